"""The page that opens a meeting: what, when and where, who sits, what was agreed, what is asked."""

from datetime import date, time

import pytest

from qpref.display.agenda import Quote, agenda, around_the_table, heading, questions, quoted
from qpref.reference.meeting import AgendaItem, Meeting, MemberQuestion, Participant
from qpref.reference.members import CATEGORIES
from qpref.statistics.measure import Measure
from tests.sections import plain


@pytest.fixture
def meeting(reference):
    items = [
        {"titre": "Résultats", "minutes": 40, "documents": ["nord/10_satisfaction"]},
        {"titre": "Questions", "minutes": 35},
    ]
    return Meeting.model_construct(
        date=date(2031, 3, 4),
        heure=time(9, 30),
        duree_minutes=60,
        lieu="salle A",
        fictif=False,
        sites=[reference.sites.sites[0].id],
        ordre_du_jour=tuple(AgendaItem(**item) for item in items),
        participants=(
            Participant(role="Préfet"),
            Participant(role="Associations d’usagers", nombre=2),
        ),
    )


def test_the_heading_says_what_when_and_where(meeting, reference):
    section = heading(meeting, reference.sites.sites, date(2031, 2, 18))
    told = plain(" ".join([section.title, *section.sentences]))

    assert section.page == {"titre": "Ordre du jour — 4\u00a0mars 2031", "fictif": False}
    assert "Réunion du 4 mars 2031 à 9 h 30, salle A." in told
    assert f"Sites concernés : {reference.sites.sites[0].nom_court}." in told
    assert "au plus tard le 18 février 2031" in told
    invented = meeting.model_copy(update={"fictif": True})
    assert "ictives" in heading(invented, reference.sites.sites, date(2031, 2, 18)).sentences[0]


def test_an_agenda_without_items_says_so_and_shows_no_empty_table(meeting):
    section = agenda(meeting.model_copy(update={"ordre_du_jour": ()}), {})

    assert (plain(section.title), section.tables) == ("Aucun point à l’ordre du jour", [])


def test_items_follow_each_other_and_link_to_their_documents(meeting):
    """40 minutes from 9 h 30, then 35: 15 more than the hour planned. One person has no number."""
    attached = {"nord/10_satisfaction": ("Satisfaction — Nord", "nord.pdf")}
    section = agenda(meeting, attached)
    (table,) = section.tables

    assert [(row.label, [plain(cell) for cell in row.cells], row.links) for row in table.rows] == [
        ("Résultats", ["9 h 30", "40 min"], [("Satisfaction", "nord.pdf")]),
        ("Questions", ["10 h 10", "35 min"], []),
    ]
    assert [plain(one) for one in section.sentences] == [
        "L’ordre du jour dure 75 minutes, 15 de plus que la réunion prévue.",
        "Autour de la table : préfet et associations d’usagers (2).",
    ]
    assert plain(section.title) == "2 points à l’ordre du jour"


def test_whoever_nobody_speaks_for_is_named():
    names = [*CATEGORIES]
    section = around_the_table(dict.fromkeys(names, 0) | {names[0]: 2, names[1]: 1})
    (table,) = section.tables

    assert [len(row.bars) for row in table.rows] == [1, 1, *([0] * (len(names) - 2))]
    assert [row.bars[0].width for row in table.rows[:2]] == [1, 0.5]
    assert plain(section.title).startswith(f"{len(names) - 2} catégories d’usagers sans représ")
    assert table.note.startswith("Lecture : 2 pour «")
    everybody = around_the_table(dict.fromkeys(names, 1)).title
    assert everybody == "Toutes les catégories d’usagers sont représentées"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (
            Measure(label="Attente", value=0.45, low=0.4, high=0.5, n=213, count=96),
            "Attente : 45 %, entre 40 % et 50 %, 213 avis (« Rapport »).",
        ),
        (
            Measure(label="Délai", value=2.5, unit="jours", n=8),
            "Délai : 2,5 jours, 8 avis (« Rapport »).",
        ),
        (Measure(label="Délai", value=3, unit="jours"), "Délai : 3 jours (« Rapport »)."),
        (
            Measure(label="Réponses", value=40, unit="réponses", n=40),
            "Réponses : 40 réponses (« Rapport »).",
        ),
    ],
)
def test_a_figure_is_quoted_with_its_interval_opinions_and_source(measure, said):
    assert plain(quoted(Quote(measure, "Rapport"))) == said


def test_questions_of_a_subject_stand_together():
    asked = [
        MemberQuestion(recue_le=date(2031, 2, day), de="retraités", sujet=subject, texte=text)
        for day, subject, text in ((3, "délai", "B ?"), (2, "Accueil", "A ?"), (1, "Délai", "C ?"))
    ]
    section = questions([(one, []) for one in asked])

    assert [plain(row.label) for row in section.tables[0].rows] == ["« A ? »", "« B ? »", "« C ? »"]
    assert plain(section.title) == "3 questions reçues"
    assert "Aucune question" in questions([]).title
