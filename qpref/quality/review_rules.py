"""The rules of a questionnaire's review: what each is called, why it matters, and its source."""

from dataclasses import dataclass

from qpref.reference.faults import Steps

LONGEST_QUESTION = 20  # words; Oppenheim (1992)
MOST_ANSWERS = 40  # asked of one person; our choice: no threshold is published
PLAIN = 60  # reading ease


@dataclass(frozen=True)
class Advice:
    """One remark: the rule (a key of `RULES`), the steps that lead to its place, what was found."""

    rule: str
    steps: Steps
    sentence: str


@dataclass(frozen=True)
class Rule:
    """What a rule is called, why it matters, what to do, and who showed it; French."""

    title: str
    reason: str
    remedy: str
    source: str


_KROSNICK = (
    "J. Krosnick et S. Presser, « Question and Questionnaire Design », Handbook of Survey "
    "Research, 2e éd., 2010, ch. 9"
)
_DILLMAN = (
    "D. Dillman, J. Smyth et L. Christian, Internet, Phone, Mail, and Mixed-Mode Surveys, "
    "4e éd., 2014, ch. 4 et 5"
)
RULES = {
    "question_double": Rule(
        "Deux questions en une",
        "Qui est content de l’une et pas de l’autre ne peut pas répondre, et le résultat ne dit "
        "pas de laquelle il parle.",
        "Posez deux questions, ou gardez un seul des deux mots.",
        _KROSNICK,
    ),
    "echelle_desequilibree": Rule(
        "Échelle déséquilibrée",
        "Le côté qui offre le plus de réponses en reçoit davantage, quel que soit l’avis.",
        "Donnez autant de niveaux favorables que de défavorables.",
        _DILLMAN,
    ),
    "echelles_contraires": Rule(
        "Échelles de sens contraires",
        "Qui répond vite coche la même place d’une échelle à l’autre, et se trompe de côté.",
        "Commencez toutes les échelles d’avis par le même côté.",
        _DILLMAN,
    ),
    "sans_objet": Rule(
        "Pas de « sans objet »",
        "Qui n’est pas concerné coche au hasard, ou le milieu : son avis compte sans exister.",
        "Ajoutez à l’échelle une réponse d’état « sans_objet », ou à la question un « filtre ».",
        _DILLMAN,
    ),
    "question_longue": Rule(
        "Question longue",
        f"Au-delà de {LONGEST_QUESTION} mots, le début est oublié avant la fin.",
        "Coupez la phrase, ou mettez l’explication avant la question.",
        "A. N. Oppenheim, Questionnaire Design, Interviewing and Attitude Measurement, 1992",
    ),
    "longueur": Rule(
        "Questionnaire long",
        "Plus un questionnaire est long, moins de personnes le commencent et le finissent, et plus "
        f"les dernières réponses sont brèves et semblables. Le seuil de {MOST_ANSWERS} réponses "
        "est un choix de qpref.",
        "Retirez les questions dont personne ne fait rien.",
        "M. Galesic et M. Bosnjak, Public Opinion Quarterly, 73(2), 2009, p. 349-360",
    ),
    "lecture": Rule(
        "Lecture difficile",
        f"Sous {PLAIN} sur l’échelle de Flesch, un texte demande plus que le collège.",
        "Préférez les mots courts et les phrases simples ; faites lire le formulaire à voix haute.",
        "L. Kandel et A. Moles, Cahiers d’études de radio-télévision, 19, 1958",
    ),
    "ordre_global": Rule(
        "Place de la satisfaction d’ensemble",
        "Posée après les thèmes, elle résume ce qui vient d’être demandé et leur ressemble "
        "davantage ; posée avant, elle est spontanée, et les usages vont du général au particulier "
        "(Krosnick et Presser, 2010). L’effet moyen est faible à modéré (Schimmack et Oishi, "
        "2005).",
        "Choisissez une place et gardez-la : deux campagnes qui n’ont pas la même ne se comparent "
        "pas.",
        "N. Schwarz, F. Strack et H.-P. Mai, Public Opinion Quarterly, 55(1), 1991, p. 3-23",
    ),
    "filtre_apres": Rule(
        "Question posée avant celle dont elle dépend",
        "Ni le papier ni l’outil en ligne ne peuvent l’ouvrir à temps.",
        "Placez la question du filtre avant elle.",
        _KROSNICK,
    ),
    "inutile": Rule(
        "Réponse qui ne sert à aucun rapport",
        "Chaque question coûte du temps à chaque usager ; une donnée personnelle ne se demande que "
        "si elle sert.",
        "Retirez la question ; si elle sert ailleurs, dites à l’usager à quoi, ou donnez-lui ici "
        "le rôle qui convient.",
        "Règlement (UE) 2016/679, article 5, 1, c (minimisation)",
    ),
    "traduction": Rule(
        "Texte sans traduction",
        "Qui choisit cette langue lirait du français au milieu de la sienne.",
        "Faites traduire, puis relire par une autre personne, et ajoutez le texte à « libelles ».",
        "J. Harkness, A. Villar et B. Edwards, Survey Methods in Multinational, Multiregional, and "
        "Multicultural Contexts, 2010, ch. 7",
    ),
    "changement": Rule(
        "Question changée",
        "L’écart mesuré mêle ce qui a changé chez l’usager et ce qui a changé dans la question.",
        "Rétablissez l’ancienne forme, ou donnez à la nouvelle question un autre « id » : sa série "
        "recommence.",
        "A. Beaton et R. Zwick, The Effect of Changes in the National Assessment, 1990",
    ),
}
