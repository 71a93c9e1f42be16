"""Marks, numbers, days, boxes and crossings, said and drawn as what was given."""

import plotly.graph_objects as go
import pytest

from qpref.display import exploration, own, replies
from qpref.display.section import side_by_side
from qpref.quality.replies import Numbers, Recommended, Ticks
from qpref.reference import Question
from qpref.reference.question import Option
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.numbers import promoters, summary
from qpref.statistics.shares import proportion
from tests.sections import plain


def question(kind, **more):
    return Question.model_construct(
        id="q", theme="t", type=kind, texte="Question ?", texte_court="Conseil", **more
    )


def given(asked, values, bounds=None):
    counts = sorted((value, values.count(value)) for value in {*values})
    return Numbers(asked, summary(values, bounds), counts)


def test_a_mark_has_its_mean_its_parts_and_its_net_score():
    """Ten 10, five 8 and five 4: 8 on average; half promote, a quarter does the contrary."""
    asked = question("note", minimum=0.0, maximum=10.0, nps=True)
    marks = [10.0] * 10 + [8.0] * 5 + [4.0] * 5
    found = given(asked, marks, (0, 10))
    score = Recommended(asked, promoters(marks))
    section = replies.marks("notes", "Pour conclure", [found], [score])
    mean, net = section.tables

    assert plain(section.title) == "Conseil : 8,0 sur 10 en moyenne"
    (row,) = mean.rows
    assert row.bars[0].width == pytest.approx(0.8)
    assert plain(row.detail) == "Sur 10. 4 : 25 %, 8 : 25 %, 10 : 50 %"
    assert plain(row.cells[1]) == "20"
    assert plain(mean.note) == (
        "Lecture : 8,0 en moyenne pour « Conseil ». Champ : avis exprimés. "
        "Source : enquête de satisfaction."
    )
    (line,) = net.rows
    assert net.caption == "Score net de recommandation : promoteurs moins détracteurs"
    assert net.headings == ["Question", "Score", "Avis"]
    assert plain(line.cells[0]) == "+25 points"
    assert plain(line.detail).startswith("Entre ")
    assert plain(line.detail).endswith(
        "Promoteurs (9 et 10) : 50 %, passifs (7 et 8) : 25 %, détracteurs (0 à 6) : 25 %"
    )
    assert section.figures["valeur"].tolist()[:2] == [8, 0.25]


def test_few_marks_are_counted():
    asked = question("note", minimum=0.0, maximum=10.0, nps=True)
    section = replies.marks(
        "notes", "Pour conclure", [given(asked, [9.0, 3.0], (0, 10))],
        [Recommended(asked, promoters([9.0, 3.0]))],
    )  # fmt: skip

    assert section.title == "Pour conclure : notes moyennes"
    assert [row.cells for table in section.tables for row in table.rows] == [
        ["trop peu d’avis", "2"]
    ] * 2
    assert not section.tables[0].note
    assert section.figures["valeur"].tolist() == [2]


def test_a_number_has_its_middle_and_its_unit():
    """1 to 19 minutes: 10 in the middle, half of them between 5,5 and 14,5."""
    section = replies.quantities(
        "q",
        "Attente",
        [given(question("nombre", unite="minutes"), [float(n) for n in range(1, 20)])],
    )
    (row,) = section.tables[0].rows

    assert [plain(cell) for cell in row.cells] == ["10,0 minutes", "19"]
    assert plain(row.detail).startswith(
        "La moitié des réponses est entre 5,5 et 14,5 minutes. Moyenne : 10,0 minutes (entre "
    )
    same = replies.quantities("q", "x", [given(question("nombre", unite=""), [3.0] * 12)])
    assert "au moins est 3" in plain(same.tables[0].rows[0].detail)
    few = replies.quantities("q", "x", [given(question("nombre", unite=""), [3.0])])
    assert few.tables[0].rows[0].cells == ["trop peu de réponses", "1"]


def test_days_are_counted_by_month_and_the_most_given_is_the_message():
    counts = [
        proportion(k, 100, "q", "Conseil", month)
        for k, month in ((20, "2031-01"), (50, "2031-02"), (30, "2031-03"))
    ]
    section = replies.days("q", "Venir", [(question("date"), 100, [*counts, None])])
    (table,) = section.tables

    assert plain(section.title) == "Conseil : surtout février 2031 (50 %)"
    assert [(plain(row.label), [plain(c) for c in row.cells]) for row in table.rows] == [
        ("janvier 2031", ["20 %\n(20)"]), ("février 2031", ["50 %\n(50)"]),
        ("mars 2031", ["30 %\n(30)"]), ("1 autre mois", ["masqué"]),
    ]  # fmt: skip
    assert "Lecture : 20 % en janvier 2031. Champ : réponses données." in plain(table.note)


@pytest.mark.parametrize(
    ("ticked", "message"),
    [((10, 60, 30), "Conseil : surtout « B » (60 %)"), ((45, 45, 10), "Vous : « Conseil »")],
)
def test_boxes_are_told_by_the_one_ticked_most(ticked, message):
    """Unless two are printed alike."""
    asked = question("multiple", options=[Option(code=c.lower(), libelle=c) for c in "ABCD"])
    boxes = [proportion(k, 100, "q", "Conseil", c) for k, c in zip(ticked, "ABC", strict=True)]
    section = replies.boxes("q", "Vous", [Ticks(asked, 100, [*boxes, None])])
    (table,) = section.tables

    assert plain(section.title) == message
    assert [row.cells[0].partition("\n")[0] for row in table.rows][-1] == "masqué"
    assert plain(table.note).startswith(f"Lecture : {ticked[0]} % ont coché « A ». Champ :")
    assert "Masqué" in section.sentences[0]


def test_a_percentage_is_written_where_it_has_room():
    """From six percent of the line on."""
    bars = side_by_side([(0.06, "#000000"), (0.05, "#000000"), (0.89, "#000000")], is_written=True)

    assert [bar.text for bar in bars] == ["6", "", "89"]
    assert [bar.start for bar in bars] == pytest.approx([0, 0.06, 0.11])


def test_a_crossing_draws_shares_alone_each_in_its_group():
    one = [
        Measure(label="Attente", group=group, value=v, n=50, low=v - 0.1, high=v + 0.1)
        for group, v in (("Nord", 0.4), ("Sud", 0.6))
    ]
    gap = Measure(label="Écart", group="Nord", value=0.1, n=50, low=0, high=0.2, unit=DIFFERENCE)
    section = exploration.by_question("T", "k", [("Attente", one), ("É", [gap])], ["Nord", "Sud"])
    traces = section.plot["data"]

    assert [(t["name"], t["x"], t["y"]) for t in traces] == [
        ("Nord", [0.4], ["Attente"]), ("Sud", [0.6], ["Attente"]),
    ]  # fmt: skip
    assert [len(row.cells) for row in section.tables[0].rows] == [2, 1]


def test_what_an_analyst_draws_is_told_point_by_point():
    figure = go.Figure([go.Scatter(name="a", x=[1, 2], y=[3, 4]), go.Scatter(name="b")])

    assert own.drawn(figure).to_numpy().tolist() == [["a", 1, 3], ["a", 2, 4]]
