"""Sections on rows written by hand: what analysts make, what is corrected, what was agreed."""

from datetime import date, time

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from qpref.display import agenda, context, erratum, exploration, own, standard
from qpref.display.agenda import agreements, evidence
from qpref.display.erratum import Revised, Revision
from qpref.display.section import Bar, Row, Section, Table, from_the_middle
from qpref.palette import GOOD
from qpref.quality.agreements import DUE_LATER, KEPT, LATE, FollowUp
from qpref.quality.handmade import judged
from qpref.quality.labelling import StandardChange
from qpref.reference.agreement import (
    Addresses,
    Agreement,
    Answers,
    Declared,
    Sent,
    Visits,
    Yearly,
)
from qpref.reference.meeting import AgendaItem, Meeting
from qpref.statistics.measure import DIFFERENCE, Measure
from tests.sections import plain

DAY = date(2031, 3, 4)


def agreed(proof, found, state=KEPT, due=DAY):
    agreement = Agreement.model_construct(
        id="a", accord="Faire mieux", responsable="référent qualité", echeance=due, preuve=proof
    )
    return FollowUp(agreement, date(2030, 1, 1), state, due, found)


@pytest.mark.parametrize(
    ("proof", "found", "due", "said"),
    [
        (Answers, {"reponses": 150, "minimum": 200}, DAY,
         "150 usagers ont répondu (campagne hiver), 200 promis."),
        (Answers, {"reponses": 150, "minimum": 200, "close_le": DAY}, DAY,
         "150 usagers ont répondu (campagne hiver), 200 promis. La campagne est close depuis le "
         "4 mars 2031 : il en manque 50."),
        (Answers, {"reponses": 200, "minimum": 200, "close_le": DAY}, DAY,
         "200 usagers ont répondu (campagne hiver), 200 promis."),
        (Visits, {"visites": 0, "minimum": 2}, DAY,
         "Aucune visite notée ; au moins 2 étaient promises."),
        (Visits, {"visites": 1, "minimum": 1}, DAY,
         "1 visite faite ; au moins 1 était promise."),
        (Sent, {"envoye_le": DAY}, DAY, "Documents envoyés le 4 mars 2031."),
        (Sent, {}, DAY, "Aucun envoi noté pour la prochaine réunion."),
        (Sent, {}, None, "Aucune réunion prévue."),
        (Yearly, {"derniere": DAY, "prochaine": date(2032, 3, 1)}, DAY,
         "Dernière réunion le 4 mars 2031, prochaine le 1er mars 2032."),
        (Yearly, {"derniere": DAY, "prochaine": None}, DAY,
         "Dernière réunion le 4 mars 2031, aucune autre n’est fixée."),
        (Addresses, {"accords": 0, "membres": 0}, DAY,
         "Le fichier des membres n’est pas là : rien ne le dit."),
        (Addresses, {"accords": 3, "membres": 5}, DAY,
         "3 membres sur 5 acceptent de partager leur adresse."),
        (Declared, {"fait_le": None}, DAY, "Aucune date de réalisation notée."),
        (Declared, {"fait_le": DAY}, DAY, "Noté fait le 4 mars 2031 (affiche)."),
    ],
)  # fmt: skip
def test_the_proof_of_an_agreement_is_said(proof, found, due, said):
    given = proof.model_construct(campagne="hiver", source="affiche")

    assert plain(evidence(agreed(given, found, due=due))) == said


def test_agreements_are_counted_by_state():
    """Two kept and one late, of four."""
    sent = Sent.model_construct()
    found = [agreed(sent, {}, state) for state in (LATE, DUE_LATER, KEPT, KEPT)]
    section = agreements(found, DAY)
    (table,) = section.tables

    assert plain(section.title) == "2 accords tenus sur 4, 1 en retard"
    assert [row.cells[0] for row in table.rows] == ["En retard", "À venir", "Tenu", "Tenu"]
    assert plain(table.rows[0].cells[1]) == "4 mars 2031"
    assert table.caption.startswith("Suivi au 4")
    assert table.is_stacked
    assert section.figures["valeur"].sum() == 4
    assert plain(agreements(found[2:], DAY).title) == "2 accords tenus sur 2"
    assert "Aucun accord" in agreements([], DAY).title
    assert agreements([agreed(sent, {}, due=None)], DAY).tables[0].rows[0].cells[1] == "—"


def revision(verdict, now, group=""):
    before = Measure(key="q", label="attente", group=group, value=0.4, n=50, verdict=verdict)
    return Revision("s", before, now, ["les réponses ont changé"])


def corrected(*revisions, meetings=(DAY,), is_fictional=False):
    return Revised("hiver", "nord/10", "Nord", meetings, revisions, 7, 3, is_fictional)


def test_an_erratum_says_how_many_figures_and_conclusions_change():
    """One figure that is no more published with its verdict; two, of which none is judged."""
    gone = corrected(revision("mieux", None))
    moved = revision("", Measure(value=0.5, n=50))
    two = corrected(moved, moved)

    assert plain(erratum.summary([gone])) == (
        "1 chiffre publié n’est plus le même, dans 1 rapport ; 1 conclusion change"
    )
    assert plain(erratum.summary([two])) == (
        "2 chiffres publiés ne sont plus les mêmes, dans 1 rapport ; aucune conclusion ne change"
    )


def test_an_erratum_begins_with_what_changes_a_conclusion():
    still = revision("", Measure(value=0.5, n=50))
    turned = revision("mieux", Measure(value=0.5, n=50, verdict="moins_bien"), group="retraités")
    report = corrected(still, turned, meetings=[date(2031, 5, 6), DAY, DAY], is_fictional=True)
    first, second = erratum.erratum([report], "d’hiver", date(2031, 6, 1), ["autre pondération"])
    told = [plain(one) for one in first.sentences]
    (table,) = second.tables

    assert first.page == {"titre": first.title, "fictif": True}
    assert first.level == 1
    assert "fictives" in told[0]
    assert told[1].endswith("documents des réunions du 4 mars 2031 et du 6 mai 2031.")
    assert told[1].startswith("Écrit le 1er juin 2031")
    assert told[-1] == "La méthode de calcul a changé : autre pondération."
    assert [row.label for row in table.rows] == ["Attente (retraités)", "Attente"]
    assert [plain(cell) for cell in table.rows[0].cells] == [
        "40 %, base 50 : mieux", "50 %, base 50 : moins bien",
    ]  # fmt: skip
    assert table.rows[0].detail == ("La conclusion change. Pourquoi : les réponses ont changé.")
    assert table.rows[1].detail == "Pourquoi : les réponses ont changé."
    assert plain(second.sentences[0]) == "7 autres chiffres de ce rapport sont inchangés."
    assert (second.key, second.level) == ("nord-10", 2)
    alone = erratum.erratum([corrected(still)], "d’hiver", DAY, [])[0]
    assert "de la réunion du 4" in alone.sentences[0]
    assert alone.page["fictif"] is False


def hand(table, figure=None, sentences=(), threshold=5):
    return own.section("Compté", judged(table, threshold), figure, sentences, threshold)


def cells(section):
    return {row.label: list(row.cells) for row in section.tables[0].rows}


def test_rows_that_are_all_few_are_added_up_before_any_is_hidden():
    """3 + 2 are 5, which may be told: 9 need not be hidden. 3 + 1 are not: they hide each other."""
    table = pd.DataFrame({"groupe": ["a", "b", "c", "d"], "usagers": [3, 9, 12, 2]})
    section = hand(table, go.Figure(go.Bar(x=["a"], y=[3])))

    assert cells(section) == {"b": ["9"], "c": ["12"], "Lignes réunies (a ; d)": ["5"]}
    assert section.sentences[0] == "Lignes dont tout effectif est sous 5, additionnées : a ; d."
    assert section.plot is None
    alone = hand(table.assign(usagers=[3, 9, 12, 1]))
    assert cells(alone) == {
        "a": ["moins de 5"], "b": ["masqué"], "c": ["12"], "d": ["moins de 5"],
    }  # fmt: skip


def test_a_share_of_all_or_of_nobody_is_not_told():
    """100 % of a group says what each answered; 0 % beside two other levels says nothing of one."""
    table = pd.DataFrame({"groupe": ["a", "b", "c"], "n": [12, 20, 9], "part": [1.0, 0.4, 0.0]})
    assert cells(hand(table)) == {
        "a": ["12", "masqué"], "b": ["20", "0,40"], "c": ["9", "masqué"],
    }  # fmt: skip
    told = pd.DataFrame({"groupe": ["a", "b"], "dit": ["100 %", "41 %"], "note": [1.0, 7.5]})
    assert cells(hand(told)) == {"a": ["masqué", "1,00"], "b": ["41 %", "7,50"]}
    percent = pd.DataFrame({"groupe": ["a", "b"], "part (%)": [100.0, 62.5]})
    assert cells(hand(percent)) == {"a": ["masqué"], "b": ["62,50"]}
    levels = pd.DataFrame(
        {"groupe": ["a", "b"], "oui": [0.5, 1.0], "peut-être": [0.5, 0.0], "non": [0.0, 0.0]}
    )
    section = hand(levels)
    assert cells(section) == {"a": ["0,50", "0,50", "0,00"], "b": ["masqué"] * 3}
    assert "ce que chacun d’un groupe a répondu" in section.sentences[-1]


def test_counts_that_say_all_or_nobody_are_not_told():
    """Of 12, 12 are satisfied, or none: told beside the size of the group, both say it all."""
    some = pd.DataFrame({"groupe": ["a", "b", "c"], "n": [12, 20, 9], "favorables": [12, 8, 0]})
    assert [row[1] for row in cells(hand(some)).values()] == ["masqué", "8", "masqué"]
    sides = pd.DataFrame({"groupe": ["a", "b"], "oui": [12, 5], "non": [0, 20]})
    assert cells(hand(sides))["a"] == ["masqué", "masqué"]


@pytest.mark.lent
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=40, deadline=None)
def test_no_few_of_an_analyst_s_crossing_are_found_by_subtraction(counts):
    """Rows add up to totals that are told: two tables at least say the same."""
    parts = pd.DataFrame(counts, columns=["oui", "non", "nsp"])
    table = parts.assign(total=parts.sum(axis=1))
    table.insert(0, "groupe", [*"abcd"[: len(parts)]])
    found = judged(table, 5)
    shown = found.table.iloc[:, 1:4].to_numpy(dtype=float)
    states = [found.states.get(rank, [""] * len(shown)) for rank in (1, 2, 3, 4)]
    facts = [(part, value) for column, own in enumerate(states) for row, state in enumerate(own)
             for part, value in [_sum_of(shown, row, column)] if not state]  # fmt: skip
    for row, column in zip(*np.nonzero((shown > 0) & (shown < 5)), strict=True):
        assert found.states[column + 1][row]
        least, most = _ends(facts, shown.size, row * 3 + column)
        assert least < shown[row, column] or shown[row, column] < most


def _mask(shown, row, column):
    found = np.zeros(shown.shape)
    found[row, column] = 1
    return found.ravel()


def _sum_of(shown, row, column):
    place = slice(None) if column == 3 else column
    return _mask(shown, row, place), shown[row, place].sum()


def _ends(facts, size, cell):
    """The least and the most that a count may be, all that is told being true."""
    rows, values = np.array([row for row, _ in facts]), [value for _, value in facts]
    aim = np.eye(size)[cell]
    bound = LinearConstraint(rows, values, values) if values else ()
    found = (milp(sign * aim, constraints=bound, bounds=Bounds(0, 99), integrality=np.ones(size))
             for sign in (1, -1))  # fmt: skip
    return [abs(one.fun) for one in found]


def test_an_analyst_s_table_hides_small_whole_numbers():
    """Under 11: 1 and 10 are hidden, 0 and 11 are shown; a share, a day and a word are told."""
    table = pd.DataFrame(
        {"groupe": ["a", "b", "c", "d"], "usagers": [0, 1, 10, 11],
         "part": [0.25, float("nan"), 1.0, 2.5], "jour": [DAY, pd.NaT, DAY, DAY],
         "vu": [True, False, True, False]},
    )  # fmt: skip
    section = hand(table, None, ["Dit.", ""], 11)
    (shown,) = section.tables

    assert [row.label for row in shown.rows] == ["a", "b", "c", "d"]
    assert [row.cells[0] for row in shown.rows] == ["0", "moins de 11", "moins de 11", "11"]
    assert [row.cells[1] for row in shown.rows] == ["0,25", "—", "1,00", "2,50"]
    assert [row.cells[2] for row in shown.rows][:2] == ["04/03/2031", "—"]
    assert [row.cells[3] for row in shown.rows][:2] == ["oui", "non"]
    assert section.sentences == ["Dit.", "Les effectifs de moins de 11 sont masqués."]
    assert shown.headings == ["Groupe", "Usagers", "Part", "Jour", "Vu"]
    assert shown.is_wide
    whole = hand(table.iloc[[0, 3]], None, ["Dit."], 11)
    assert whole.sentences == ["Dit."]
    assert own.section("Sans", None, None, [], 11).tables == ()


def test_a_hidden_number_is_neither_alone_nor_drawn():
    """Of 3, 9, 12 and 0, whose sum may be told: 3 is hidden, and 9, or 24 - 21 would give it."""
    table = pd.DataFrame({"groupe": ["a", "b", "c", "d"], "usagers": [3, 9, 12, 0]})
    section = hand(table, go.Figure(go.Bar(x=["a"], y=[3])), [], 5)

    assert [row.cells for row in section.tables[0].rows] == [
        ["moins de 5"], ["masqué"], ["12"], ["0"]
    ]  # fmt: skip
    assert section.plot is None
    assert section.sentences == [
        "Les effectifs de moins de 5 sont masqués, et le plus petit des autres, qui les rendrait.",
        "La figure n’est pas montrée : on y lirait ces nombres.",
    ]
    kept = hand(table.iloc[1:], go.Figure(go.Bar(x=["b"], y=[9])), [], 5)
    assert kept.plot


def test_groups_that_stand_out_are_named_in_the_headline(reference):
    asked = reference.questionnaire("2020-11").opinions[0]
    judged = pd.DataFrame(
        {"groupe": ["a", "b", "c"],
         "verdict": ["mieux", "a_confirmer", "pas_de_difference_etablie"]}
    )  # fmt: skip
    told = plain(exploration.headline(asked, "Âge", judged, {"a": "Jeunes", "b": "Aînés"}))

    assert told == (
        f"{asked.texte_court}, par âge : mieux pour jeunes et écart à confirmer pour aînés"
    )
    none = exploration.headline(asked, "Âge", judged.iloc[[2]], {})
    assert none.endswith(" : pas de différence établie")


@pytest.mark.parametrize(("last", "is_whole"), [(0.25, True), (0.26, True), (0.27, False)])
def test_parts_are_drawn_side_by_side_where_rounding_alone_makes_them_more(last, is_whole):
    """Of three shares, each rounded by half a point at most, 102 % may be a whole; not 103 %."""
    shares = [Measure(value=value, n=100) for value in (0.5, 0.26, last)]
    bars = exploration._parts([*shares, None], ["a", "b", "c", "d"])

    drawn = [(bar.start, bar.width, bar.colour) for bar in bars]
    whole = [(0, 0.5, "a"), (0.5, 0.26, "b"), (0.76, last, "c")]
    assert drawn == (whole if is_whole else [])


def test_many_measures_are_said_by_group():
    """An interval is told beside its share; what may not be shown is « masqué »."""
    known = Measure(label="Attente", group="g", value=0.5, low=0.4, high=0.6, n=100)
    hidden = Measure(label="Attente", group="g", value=float("nan"))
    section = exploration.by_question("T", "k", [("A", [known]), ("B", [hidden])], ["g"])

    assert [[plain(cell) for cell in row.cells] for row in section.tables[0].rows] == [
        ["50 % (entre 40 et 60 %)"], ["masqué"],
    ]  # fmt: skip
    assert section.figures["valeur"].tolist() == [0.5]
    one = exploration.measured("T", "k", [known], "part de satisfaits", (0, 1))
    assert one.tables[0].headings == ["", "Part de satisfaits", "Base"]
    assert plain(one.tables[0].rows[0].cells[1]) == "100"


def test_sections_of_counts_become_one():
    table = Table("Réponses", ["Groupe", "Oui"], [Row("a", ["3"])])
    first, second = (Section(key, key.upper(), tables=[table]) for key in ("un", "deux"))
    alone = exploration.together("k", "Titre", [first])
    both = exploration.together("k", "Titre", [first, second])

    assert (alone.key, alone.title, alone.tables) == ("k", "Titre", [table])
    assert [row.label for row in both.tables[0].rows] == ["a", "a"]
    assert both.tables[0].is_wide
    assert both.title == "Titre"


def test_versions_of_the_referentiel_differ_by_sentences():
    changes = [
        StandardChange("modules", "2", None, {"nom": "x"}, None),
        StandardChange("modules", "3", None, None, {"nom": "y"}),
        StandardChange("modules", "4", "cible", None, 0.9),
        StandardChange("modules", "5", "confirme", True, False),
    ]
    told = [standard._change_sentence(one) for one in changes]

    assert [plain(one) for one in told] == [
        "modules › 2 : retiré.",
        "modules › 3 : ajouté.",
        "modules › 4 › cible : « vide » devient « 0,9 ».",
        "modules › 5 › confirme : « oui » devient « non ».",
    ]


@pytest.mark.parametrize(
    ("low", "high", "is_drawn"),
    [(-0.5, 0.5, True), (-0.51, 0.1, False), (-0.1, 0.51, False)],
)
def test_a_difference_is_drawn_up_to_fifty_points(low, high, is_drawn):
    drawn = from_the_middle(Measure(value=0, low=low, high=high, unit=DIFFERENCE))

    assert bool(drawn) is is_drawn


def test_long_tables_and_long_details_have_their_own_style():
    """More than eight rows may be cut between pages; a detail of 80 signs still stands beside."""
    bars = [Bar(0, 0.5, GOOD)]
    short = Table("c", ["a", "b"], [Row("x", ["1"], bars, "d" * 80)] * 8)
    long = Table("c", ["a", "b"], [Row("x", ["1"], bars, "d" * 81)] * 9)

    assert short.style == "ligne"
    assert long.style == "longue"


@pytest.mark.parametrize(("minutes", "is_said"), [(60, False), (61, True)])
def test_only_a_meeting_that_is_too_long_is_said_to_be(minutes, is_said):
    meeting = Meeting.model_construct(
        date=DAY, heure=time(9), duree_minutes=60, participants=(),
        ordre_du_jour=(AgendaItem(titre="Tout", minutes=minutes),),
    )  # fmt: skip

    assert bool(agenda.agenda(meeting, {}).sentences) is is_said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (1, "1 réponse illisible de ce site, mise de côté"),
        (4, "4 réponses illisibles de ce site, mises de côté"),
    ],
)  # fmt: skip
def test_answers_set_aside_agree_with_their_number(monkeypatch, cells, said):
    monkeypatch.setattr(context, "unreadable_answers", lambda _: cells)
    section = context.reading([], pd.DataFrame(), ("réponse", "réponses"))

    assert plain(section.sentences[-1]) == f"{said} ; le reste du questionnaire est gardé."
    numbers = section.figures.set_index("indicateur")["valeur"]
    assert numbers.to_dict() == {"lues": 0, "gardees_du_site": 0, "reponses_illisibles": cells}


def test_where_every_answer_could_be_read_none_is_told(monkeypatch):
    monkeypatch.setattr(context, "unreadable_answers", lambda _: 0)
    section = context.reading([], pd.DataFrame(), ("réponse", "réponses"))

    assert "illisible" not in "".join(section.sentences)
    assert [*section.figures["indicateur"]] == ["lues", "gardees_du_site"]
