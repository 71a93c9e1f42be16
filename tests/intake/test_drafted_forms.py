"""Forms of other prefectures: the draft loads, imports the file, and counts what was written."""

from collections import Counter
from datetime import datetime

import pytest

from tests.intake.conftest import write_csv, write_xlsx
from tests.intake.formulaires import Asked, counts, draft, imported, other_department

ROWS = 60
SATISFIED = ("Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait")
FIVE = ("Très bien", "Bien", "Moyen", "Mauvais", "Très mauvais")
AGREED = (
    "Tout à fait d’accord",
    "Plutôt d’accord",
    "Ni d’accord, ni pas d’accord",
    "Plutôt pas d’accord",
    "Pas du tout d’accord",
)
YES = ("Oui, tout à fait", "Plutôt oui", "Plutôt non", "Non, pas du tout")
AGES = ("Moins de 25 ans", "25 à 39 ans", "40 à 59 ans", "60 ans et plus")
SITE = Asked(
    "Dans quel site avez-vous été reçu ?", ("Tulle", "Brive", "Tulle"), "technique", "site"
)
REMARKS = Asked(
    "Vos remarques",
    tuple(f"Remarque imaginaire numéro {n}, écrite pour un essai" for n in range(ROWS)),
    "texte",
)


def day(row):
    return datetime(2021, 3, 1 + row % 26, 10, row % 60)


def google(path, asked):
    rows = [["Horodateur", *(one.heading for one in asked)]]
    for row in range(ROWS):
        stamp = f"{day(row):%Y/%m/%d} {day(row).hour}:{row % 60:02}:00 AM UTC+1"
        rows.append([stamp, *(one.cell(row) for one in asked)])
    return write_csv(path / "formulaire.csv", rows)


def microsoft(path, asked):
    before = ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom"]
    rows = [[*before, *(one.heading for one in asked)]]
    for row in range(ROWS):
        moment = f"{day(row):%d/%m/%Y %H:%M:%S}"
        own = [row + 1, moment, moment, "anonymous", ""]
        rows.append([*own, *(one.cell(row) for one in asked)])
    return write_xlsx(path / "formulaire.xlsx", {"Sheet1": rows})


def keyed(path, asked):
    """A workbook keyed by hand, under two lines that say what it is."""
    rows = [["Enquête au guichet"], ["Données fictives"]]
    rows.append(["N°", "Date de la visite", *(one.heading for one in asked)])
    for row in range(ROWS):
        own = [row + 1, f"{day(row):%d/%m/%Y}"]
        rows.append([*own, *(one.cell(row) for one in asked)])
    return write_xlsx(path / "saisie.xlsx", {"Saisie": rows})


def plain(path, asked):
    rows = [["Date", *(one.heading for one in asked)]]
    rows += [[f"{day(n):%d/%m/%Y}", *(one.cell(n) for one in asked)] for n in range(ROWS)]
    return write_csv(path / "tableau.csv", rows, ";", "cp1252")


def tally(path, asked):
    rows = [["Submission ID", "Respondent ID", "Submitted at", *(one.heading for one in asked)]]
    for row in range(ROWS):
        own = [f"s{row}", f"r{row}", f"{day(row):%Y-%m-%d %H:%M:%S}"]
        rows.append([*own, *(one.cell(row) for one in asked)])
    return write_csv(path / "tally.csv", rows)


def limesurvey(path, asked):
    """Codes and texts in the headings; one column a box."""
    before = [
        "id. ID de la réponse",
        "submitdate. Date de soumission",
        "startdate. Date de lancement",
    ]
    heads, rows = list(before), []
    for number, one in enumerate(asked, start=1):
        boxes = options(one)
        heads += [
            f"Q{number:02}[SQ{rank:03}]. {one.heading} [{box}]"
            for rank, box in enumerate(boxes, start=1)
        ] or [f"Q{number:02}. {one.heading}"]
    for row in range(ROWS):
        stamp = f"{day(row):%Y-%m-%d %H:%M:%S}"
        cells = [row + 1, stamp, stamp]
        for one in asked:
            given = one.answers[row % len(one.answers)]
            cells += ["Oui" if box in given else "Non" for box in options(one)] or [one.cell(row)]
        rows.append(cells)
    return write_csv(path / "results-survey.csv", [heads, *rows], ";")


def options(one):
    if one.type != "multiple":
        return []
    return list(dict.fromkeys(option for answer in one.answers for option in answer))


FORMS = {
    "accueil, en ligne": (
        google,
        (
            SITE,
            Asked("Quel est le motif de votre visite ?", ("Permis", "Séjour", "Armes"), "unique",
                  "motif"),
            Asked("Globalement, êtes-vous satisfait de votre visite ?", SATISFIED, "opinion",
                  "satisfaction_globale", SATISFIED[:2]),
            Asked("Êtes-vous satisfait du temps d’attente ?", (*SATISFIED, "Sans objet"), "opinion",
                  None, SATISFIED[:2]),
            Asked("Quel est votre âge ?", AGES, "unique", "tranche_age"),
            Asked("Êtes-vous retraité(e) ?", ("Oui", "Non", "Non"), "unique", "retraite"),
            REMARKS,
        ),
    ),
    "service des étrangers": (
        keyed,
        (
            Asked("Guichet", ("Guichet 1", "Guichet 2", "Guichet 3"), "unique", "guichet"),
            Asked("Matin / après-midi", ("Matin", "Après-midi"), "unique", "demi_journee"),
            Asked("Accueil", FIVE, "opinion", None, FIVE[:2]),
            Asked("Clarté des réponses", FIVE, "opinion", None, FIVE[:2]),
            Asked("Temps d’attente (en minutes)", (5, 10, 25, 40, 90), "nombre",
                  more={"unite": "minutes"}),
            Asked("Avez-vous rencontré des difficultés ?", YES, "unique"),
            REMARKS,
        ),
    ),
    "démarche en ligne": (
        google,
        (
            Asked("De 0 à 10, recommanderiez-vous notre service à un proche ?", tuple(range(11)),
                  "note", more={"nps": True, "minimum": 0, "maximum": 10}),
            Asked("Notez la facilité de la démarche sur 5", (1, 2, 3, 4, 5), "note",
                  more={"nps": False, "minimum": 1, "maximum": 5}),
            Asked("Qui vous a aidé dans votre démarche ?",
                  (("Un proche",), ("Une maison France Services", "Un proche"), ("Personne",)),
                  "multiple", "aide", joint=", "),
            Asked("Avec internet, vous vous sentez…",
                  ("Très à l’aise", "Plutôt à l’aise", "Peu à l’aise", "Pas du tout à l’aise"),
                  "unique", "aisance_numerique"),
            Asked("La démarche a été simple", AGREED, "opinion", None, AGREED[:2]),
        ),
    ),
    "papier, saisi": (
        keyed,
        (
            Asked("Vous êtes", ("Un particulier", "Une entreprise", "Une association"), "unique",
                  "categorie_usager"),
            Asked("L’agent a été courtois", YES, "opinion", None, YES[:2]),
            Asked("Les locaux sont accessibles", YES, "opinion", None, YES[:2]),
            Asked("Note générale sur 20", (8, 11, 12.5, 15, 17, 20), "note",
                  more={"nps": False, "minimum": 0, "maximum": 20}),
            Asked("Nombre de visites cette année", (1, 2, 3, 12), "nombre"),
        ),
    ),
    "LimeSurvey, boîtes": (
        limesurvey,
        (
            Asked("Comment répondez-vous ?", ("Questionnaire papier", "Tablette", "En ligne"),
                  "unique", "mode"),
            Asked("Quels services avez-vous utilisés ?",
                  (("Le guichet",), ("Le téléphone", "Le guichet"), ("Le site internet",)),
                  "multiple"),
            Asked("Dans l’ensemble, êtes-vous satisfait ?", (*SATISFIED, "Ne sait pas"), "opinion",
                  "satisfaction_globale", SATISFIED[:2]),
            Asked("À quelle fréquence venez-vous ?", ("Souvent", "Parfois", "Jamais"), "unique"),
            REMARKS,
        ),
    ),
    "Microsoft Forms": (
        microsoft,
        (
            Asked("Préfecture ou sous-préfecture", ("Brive", "Tulle"), "technique", "site"),
            Asked("Le délai de réponse", ("Très rapide", "Rapide", "Long", "Très long"), "opinion",
                  None, ("Très rapide", "Rapide")),
            Asked("Qu’est-ce qui vous a amené ? (plusieurs réponses possibles)",
                  (("Un dépôt",), ("Un retrait", "Un dépôt"), ("Un renseignement",)), "multiple",
                  joint=";"),
            Asked("Avez-vous obtenu une réponse ?", ("Oui", "Non", "Ne sait pas"), "unique"),
        ),
    ),
    "cinq niveaux sans milieu dit": (
        tally,
        (
            Asked("L’accueil vous a-t-il satisfait ?",
                  ("Très satisfait", "Satisfait", "Assez satisfait", "Peu satisfait",
                   "Pas satisfait"),
                  "opinion", None, ("Très satisfait", "Satisfait")),
            Asked("L’information", ("Excellente", "Très bonne", "Bonne", "Moyenne", "Mauvaise"),
                  "unique"),
            Asked("Êtes-vous retraité ?", ("Oui", "Non"), "unique", "retraite"),
        ),
    ),
    "numéros au lieu de libellés": (
        plain,
        (
            Asked("Guichet", (1, 2, 3), "unique", "guichet"),
            Asked("Satisfaction de l’accueil (1 à 5)", (1, 2, 3, 4, 5), "note",
                  more={"minimum": 1, "maximum": 5}),
            Asked("Conseilleriez-vous nos services ? (0 à 10)", (0, 3, 6, 8, 9, 10), "note",
                  more={"nps": True}),
            Asked("Code postal", (19000, 19100, 19200), "technique"),
        ),
    ),
    "niveaux numérotés, accord et facilité": (
        plain,
        (
            Asked("L’accueil",
                  ("4 - Très satisfait", "3 - Satisfait", "2 - Insatisfait",
                   "1 - Très insatisfait"),
                  "opinion", None, ("4 - Très satisfait", "3 - Satisfait")),
            Asked("Prendre rendez-vous a été",
                  ("Très facile", "Plutôt facile", "Plutôt difficile", "Très difficile"), "opinion",
                  None, ("Très facile", "Plutôt facile")),
            Asked("Date d’obtention du titre", ("03/02/2021", "15/02/2021", "28/02/2021"), "date"),
        ),
    ),
    "sept niveaux": (
        tally,
        (
            Asked("Votre satisfaction générale",
                  ("Extrêmement satisfait", "Très satisfait", "Plutôt satisfait",
                   "Ni satisfait ni insatisfait", "Plutôt insatisfait", "Très insatisfait",
                   "Extrêmement insatisfait"),
                  "opinion", "satisfaction_globale",
                  ("Extrêmement satisfait", "Très satisfait", "Plutôt satisfait")),
            Asked("Seriez-vous d’accord pour revenir ?", AGREED, "opinion", None, AGREED[:2]),
        ),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def department(reference):
    return other_department(reference)


@pytest.mark.parametrize("name", FORMS)
def test_the_draft_of_a_form_imports_it_as_it_is(name, tmp_path, department):
    write, asked = FORMS[name]
    path = write(tmp_path, asked)
    questionnaire, _ = draft(path, department)
    has_site = "site" in questionnaire.by_role
    outcome = imported(path, department, questionnaire, None if has_site else "tulle")

    assert (outcome.counts.read, outcome.counts.kept) == (ROWS, ROWS)
    assert outcome.tables["rejets"].empty
    assert outcome.ignored_columns == []
    found = counts(outcome, questionnaire)
    for one in asked:
        question = next(q for q in questionnaire.questions if q.texte == one.heading)
        assert (question.type, question.role) == (one.type, one.role), one.heading
        assert {key: getattr(question, key) for key in one.more} == one.more, one.heading
        if question.kind.is_stored and one.type != "date":
            assert +found[question.id] == one.counts(ROWS), one.heading
        if one.favourable is not None:
            scale = questionnaire.scale(question.id)
            assert {m.libelle for m in scale.favourable} == set(one.favourable), one.heading
            assert scale.ordonnee
    if has_site:
        site = next(one for one in asked if one.role == "site")
        read = Counter(outcome.tables["reponses"]["site"])
        assert read == Counter(site.cell(n).casefold() for n in range(ROWS))
