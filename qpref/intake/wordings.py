"""
How French forms word questions and answers: what a draft questionnaire is guessed from.

Everything that depends on the words of a form is here, and only drafts use it: an answer received
is never interpreted by these patterns. `levels` and `roles` say what is concluded from them.

Patterns apply to `bare` texts (no case, accents nor punctuation), unless they say « as written ».
"""

import re

from qpref.intake.matching import normalise
from qpref.questions import GROUPS


def bare(text: str) -> str:
    """
    Return a text without case, accents, punctuation nor the marks that end a question.

    Examples
    --------
    >>> bare("Êtes-vous retraité(e) ? *")
    'etes vous retraite'
    """
    return normalise(text).strip(' ?!*()[]«»"')


def _words(text: str) -> re.Pattern[str]:
    """Return a pattern that finds one of these expressions as whole words."""
    return re.compile(rf"\b(?:{'|'.join(text.split(';'))})\b")


# Levels of a scale

OUTSIDE = (
    ("sans_objet", _words("sans objet;(?:pas|non) concerne\\w*;(?:non|pas) utilise\\w*"
                          ";ne s applique pas;non applicable")),
    ("sans_objet", re.compile(r"^(?:n a|na|so)$")),
    ("nsp", _words("ne sai[ts] pas;nsp;(?:sans|pas d|aucun) (?:avis|opinion);se prononce\\w*"
                   ";incertaine?;ne souhaite pas repondre")),
)  # fmt: skip
MIDDLE = _words(
    "moyen(?:ne)?s?;moyennement;neutre;ni;mitigee?;partagee?;passable\\w*;indifferente?"
    ";plus ou moins;sans plus;correcte?;acceptable;entre les deux;partiellement;en partie"
)
# Words that praise and that blame, each with what it means when levels share it.
PRAISE = {
    word: _words(forms)
    for word, forms in {
        "satisfait": "satisf\\w+", "d’accord": "(?:d|en) accord", "content": "contente?",
        "bien": "bien", "bon": "bon(?:ne)?s?", "facile": "faciles?;facilement",
        "simple": "simples?", "rapide": "rapides?;rapidement", "clair": "claire?s?",
        "utile": "utiles?", "agréable": "agreables?", "aimable": "aimables?",
        "accueillant": "accueillante?s?", "propre": "propres?", "confortable": "confortables?",
        "efficace": "efficaces?", "compétent": "competente?s?", "courtois": "courtoise?s?",
        "favorable": "favorables?", "positif": "positi(?:f|ve)s?", "adapté": "adaptee?s?",
        "suffisant": "suffisante?s?", "compréhensible": "comprehensibles?",
        "accessible": "accessibles?", "excellent": "excellente?s?", "parfait": "parfaite?s?",
    }.items()
}  # fmt: skip
BLAME = _words(
    "insatisf\\w+;mecontente?s?;mal;mauvaise?s?;difficiles?;difficilement;compliquee?s?;complexes?"
    ";lente?s?;longs?;longues?;confuse?s?;inutiles?;desagreables?;sales?;inconfortables?"
    ";inefficaces?;mediocres?;insuffisante?s?;inadaptee?s?;defavorables?;negati(?:f|ve)s?"
    ";decue?s?;decevante?s?;desaccord;nulle?s?;incomprehensibles?;inaccessibles?"
    ";catastrophiques?;execrables?"
)
NEGATION = _words("pas;(?<!un )peu;aucunement;guere;non;nullement")
IDIOM = _words("pas mal;pas mauvaise?")  # which say more than their words
WEAK = _words(
    "plutot;assez;un peu;peu;pas (?:tres|vraiment|tout a fait|assez|tellement|totalement)"
    ";relativement;legerement;probablement"
)
STRONG = _words(
    "tres;tout a fait;totalement;entierement;completement;parfaitement;fortement;vraiment"
    ";absolument;pas du tout;du tout;trop;certainement;excellente?s?;parfaite?s?;catastrophiques?"
    ";execrables?;nulle?s?"
)
EXTREME = _words(
    "extremement;excellente?s?;parfaite?s?;exceptionnel\\w*;catastrophiques?;execrables?"
)
# Words beside those that tell a level: « Je suis plutôt satisfait ».
LITTLE = _words(
    "je;j;suis;ai;vous;etes;c;est;etait;tout;a;fait;du;de;d;en;un;une;le;la;l;et;ou;meme;fait;sur"
    ";oui;non;en general;ete"
)
YES_OR_NO = _words("oui;non")
DEGREE_ALONE = re.compile(
    r"^(?:tout a fait|plutot|absolument|totalement|(?:plutot |absolument )?pas(?: du tout| vraiment"
    r"| tout a fait| tellement)?)$"
)
YES_NO = {
    "oui": frozenset({"oui", "o", "x", "yes", "y", "true", "vrai"}),
    "non": frozenset({"non", "n", "no", "false", "faux"}),
}
# What a favourable level is said of: people, or else their answers.
OF_PEOPLE = {
    "satisfait": "usagers satisfaits", "d’accord": "usagers d’accord", "content": "usagers contents"
}  # fmt: skip
# Questions for which saying yes, or agreeing, is no praise.
COMPLAINT = re.compile(
    r"\b(?:difficulte|probleme|insatisf|mecontent|trop|renonc|gene|plaint|reproch|compliqu"
    r"|insuffis|manque|refus|echec|erreur|litige|obstacle|inquiet)"
)
RANGE = re.compile(
    r"\d.*\bans\b|^\d+ (?:a |et )?\d+|\b(?:moins|plus) de \d|\d.*\bet plus\b|^\d+ ?\+$"
)

# What a question asks for

SEVERAL = re.compile(
    r"\bplusieurs (?:reponses|choix|options)|\bcochez (?:tou|la ou les|une ou plus)|choix multiple"
)
REMARK = re.compile(
    r"\b(?:remarque|suggestion|commentaire|observation|precise[zr]|amelior|message|texte libre"
    r"|expliqu|avez vous (?:quelque|autre) chose|pourquoi(?! (?:etes vous venu|venez vous)))"
)
# How to answer, between brackets at the end of a wording, as written.
INSTRUCTION = re.compile(
    r"(?i)\s*\((?:plusieurs|une seule|un seul|cochez|de \d+ (?:à|a) \d+|(?:note )?sur \d+"
    r"|facultatif|obligatoire|choix multiples?|\d+ (?:réponses?|choix))\b[^()]*\)(?=\s*[?:*.]*\s*$)"
)
QUANTITY = _words(
    "combien;nombre;duree;minutes?;heures?;fois;age;annees?;ans;euros?;distance;km;kilometres?"
    ";temps;delai;jours"
)
UNIT = re.compile(r"\ben (minutes|heures|jours|semaines|mois|euros|kilometres)\b")
LABEL_OF_RECORD = re.compile(
    r"\b(?:codes? posta(?:l|ux)|identifiant|uuid)\b|^(?:id|n°|numero|departement|annee)\b"
)
# Words by which a number is a mark even when only two different ones were given.
SURELY_MARK = re.compile(r"\bnot(?:e|er|ez|eriez)\b|\brecommand|\betoiles?\b|\bevaluez")
RECOMMEND = re.compile(r"\brecommand|\bconseill(?:er|eriez|ez)\b")
# Words by which a number is a mark even when only two different ones were given.
SURELY_MARK = re.compile(r"\bnot(?:e|er|ez|eriez)\b|\brecommand|\betoiles?\b|\bevaluez")
OUT_OF = re.compile(r"(?:\bsur|/)\s*(4|5|6|10|20|100)\b", re.I)  # as written
BETWEEN = re.compile(r"\b([01])\b\D{1,60}?\b(3|4|5|6|7|8|9|10|20|100)\b")  # as written
BARE_MARK = re.compile(r"^\d+(?:[.,]\d+)?(?:\s*/\s*(\d+)|\s*(?:étoiles?|points?))?$", re.I)

# Headings by which a role is known, and the answers that confirm it

HEADINGS = {
    "site": re.compile(
        r"^(?:nom du )?(?:site|lieu|prefecture|sous prefecture|implantation|antenne)"
        r"(?: (?:d accueil|de (?:la |votre )?(?:visite|passage|reception|venue)|concerne\w*"
        r"|visite\w*|ou sous prefecture))?$"
        r"|\bquel(?:le)? (?:site|prefecture|sous prefecture|antenne|lieu)\b"
        r"|^ou avez vous ete (?:recu|accueilli)|^ou (?:etes|avez) vous (?:venu|ete recu)"
    ),
    "date": re.compile(r"\b(?:date|jour)\b"),
    "numero": re.compile(
        r"^(?:n°|no|num|numero|id|identifiant|n° d ordre)"
        r"(?: (?:du |de |de la |d )?(?:questionnaire|fiche|formulaire|reponse|saisie)s?)?$"
    ),
    "mode": re.compile(
        r"^mode(?: de (?:reponse|recueil|passation|saisie|collecte))?$|comment repondez vous"
        r"|^(?:support|canal|type)(?: (?:de|du) (?:reponse|recueil|questionnaire|support))?$"
        r"|questionnaire (?:rempli|saisi|recu) (?:sur|par|via)|^vous repondez"
    ),
    "demi_journee": re.compile(
        r"\bdemi journee|^moment(?: de (?:la |votre )?(?:journee|visite|venue|passage))?$"
        r"|a quel moment|matin ou apres midi|matin apres midi|^creneau|plage horaire"
    ),
    "guichet": re.compile(
        r"^(?:n° (?:de |du )?)?(?:guichet|bureau|service|pole)(?: (?:d accueil|visite\w*"
        r"|concerne\w*|sollicite\w*|frequente\w*|de (?:la |votre )?visite))?$"
        r"|\bquel (?:guichet|bureau|service|pole)\b"
    ),
    "categorie_usager": re.compile(
        r"categorie|en tant que|^vous etes\b|^etes vous|type d usager|^qualite\b|^profil|^usager$"
        r"|^statut"
    ),
    "motif": re.compile(
        r"^(?:principal )?motif\b|\bmotif (?:de|principal)"
        r"|^(?:raison|objet|nature) de (?:la |votre )?(?:visite|venue|demarche|demande|passage)"
        r"|pourquoi etes vous venu|pour quelle raison"
        r"|quelle (?:est |etait )?(?:votre |la )?demarche|^(?:type de )?demarche"
        r"|pour quelle demarche|quel (?:est|etait) (?:le motif|l objet)|vous venez pour"
    ),
    "tranche_age": re.compile(r"\bage\b"),
    "retraite": re.compile(r"\bretraitee?s?\b"),
    "aisance_numerique": re.compile(
        r"(?:\baise|\baisance|\bhabitu|familier).*(?:internet|numerique|en ligne|ordinateur"
        r"|informatique)|(?:internet|numerique|en ligne|ordinateur|informatique).*(?:\baise"
        r"|\baisance|\bsentez)"
    ),
    "langue": re.compile(
        r"^(?:langue|language)(?: (?:du|de la|de|of the) (?:questionnaire|formulaire|feuille|saisie"
        r"|reponse|form|survey))?$"
    ),
    "aide": re.compile(r"\baide(?:e?s?)\b|\baide\b|\baccompagne?\w*|\bassiste"),
    "satisfaction_globale": re.compile(
        r"\bglobal\w*|\bdans l ensemble\b|\ben general\b|\bsatisfaction generale\b|\bd ensemble\b"
        r"|^satisfaction$|^etes vous satisfait$"
    ),
}
ANSWERS = {
    "mode": re.compile(
        r"papier|tablette|en ligne|internet|\bqr\b|borne|smartphone|courriel|\bsms\b"
    ),
    "demi_journee": re.compile(r"\bmatin|\bapres midi|\baprem|\bsoir|\b\d{1,2} ?h\b"),
    "categorie_usager": re.compile(
        r"\bparticulier|\bentreprise|\bassociation|\bprofessionnel|\bcollectivite|\bmairie|\belue?\b"
        r"|\bsyndicat|\busager"
    ),
    "tranche_age": RANGE,
    "retraite": re.compile(r"^(?:oui|non|yes|no|o|n|y)$"),
    "langue": re.compile(r"^[a-z]{2}$|^(?:francais|anglais|arabe|english|french|arabic)$"),
}
CHOICE_ROLES = (*GROUPS, "demi_journee", "guichet")  # asked by a choice that judges nothing
# Roles that their answers alone tell, the heading being anything but a wish.
TOLD_BY_ANSWERS = ("demi_journee", "categorie_usager", "tranche_age")
NEVER_SITE = re.compile(r"habit|resid|domicil|commune|internet|web")
WISH = re.compile(r"prefer|souhait|aimeri|voudri|ideal")
PAPER = re.compile(r"papier")
PUBLIC_SERVICE = re.compile(
    r"point numerique|france services?|mairie|prefecture|\bccas\b|service public"
    r"|conseiller numerique|\bagents?\b|mediateur|bibliotheque|mediatheque|\bmsap\b"
)
