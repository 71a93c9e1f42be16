"""Sections that the example alone would try: charts of two axes, joint reports, calendars."""

from datetime import date
from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.display import (
    charts,
    discussion,
    evidence,
    exploration,
    joint_changes,
    marks,
    meeting,
    monthly,
    mystery,
    opinions,
    progress,
    replies,
    schedule,
    wording,
)
from qpref.display.section import QUARTERS
from qpref.palette import INK, VERY_BAD, VERY_GOOD, shades
from qpref.quality import evidence as proof
from qpref.quality import mystery_measures as measures
from qpref.quality.milestones import Span
from qpref.quality.monthly import FollowedIndicator
from qpref.reference import DONE, USERS
from qpref.statistics.differences import Difference
from qpref.statistics.measure import DIFFERENCE, Measure
from tests.sections import plain

DAY = date(2031, 3, 4)


def said(row):
    return [plain(cell) for cell in row.cells]


def share(k, n, **more):
    return Measure(n=n, count=k, value=k / n, low=k / n - 0.1, high=k / n + 0.1, **more)


# Charts


def test_a_map_has_a_point_a_question_its_intervals_and_the_averages():
    first = share(60, 100, label="Attente"), share(70, 100), VERY_BAD
    second = Measure(label="Délai", value=0.2), Measure(value=0.9), VERY_GOOD
    found = charts.map_chart([first, second], (0.333, 0.666), "Titre", ("Poids", "Satisfaits"))
    one, two = found["data"]
    layout = found["layout"]

    assert (one["x"], one["y"], one["name"], one["text"]) == ([0.6], [0.7], "Attente", ["Attente"])
    assert (two["x"], two["y"], two["name"]) == ([0.2], [0.9], "Délai")
    assert [each["marker"]["color"] for each in (one, two)] == [VERY_BAD, VERY_GOOD]
    assert one["marker"]["line"] == {"color": INK, "width": 1}
    assert one["mode"] == "markers+text"
    for error in (one["error_x"], one["error_y"]):
        assert error["array"] == pytest.approx([0.1])
        assert error["arrayminus"] == pytest.approx([0.1])
    lines = [(line["x0"], line["x1"], line["y0"], line["y1"]) for line in layout["shapes"]]
    assert lines == [(0.33, 0.33, 0, 1), (0, 1, 0.67, 0.67)]
    assert layout["title"]["text"] == "Titre"
    assert layout["showlegend"] is False
    assert layout["xaxis"] == {
        "title": {"text": "Poids"}, "tickformat": ".0%", "rangemode": "tozero",
    }  # fmt: skip
    assert layout["yaxis"] == {
        "title": {"text": "Satisfaits"}, "tickformat": ".0%", "automargin": True,
    }  # fmt: skip


def test_a_chart_grows_with_its_rows():
    """A row has the same room in each: 42 pixels; nobody drawn leaves room for one."""
    groups = [[share(50, 100, label=str(n)) for n in range(rows)] for rows in range(4)]
    drawn = [charts.interval_chart(group, "T", "axe", None) for group in groups]
    heights = [one["layout"]["height"] for one in drawn]
    assert heights[0] == heights[1]
    assert heights[2] - heights[1] == heights[3] - heights[2] == 42


def test_the_map_of_the_example_is_its_table(reports):
    section = reports["15_analyses"]["priorites"]
    points = {one["name"]: one for one in section.plot["data"]}
    (table,) = section.tables

    assert [*points] == [row.label for row in table.rows]
    assert table.is_stacked
    assert len(table.legend) == 4
    for row in table.rows:
        assert points[row.label]["marker"]["color"] == row.bars[0].colour
        assert plain(row.cells[1]).startswith(f"{100 * points[row.label]['y'][0]:.0f} %")
        assert plain(row.cells[0]).startswith(f"{100 * points[row.label]['x'][0]:.0f} %")


def test_levels_for_are_of_one_side_and_levels_against_of_the_other(reference):
    """From dark to light, then from light to dark: blue is for, in every scale."""
    seen = 0
    for questionnaire in reference.questionnaires.values():
        for asked in questionnaire.opinions:
            found = opinions._shades(questionnaire, asked.id)
            for side in (True, None, False):
                codes = [
                    one.code
                    for one in questionnaire.scale(asked.id).answers
                    if one.favorable is side
                ]
                if codes:
                    assert [found[code] for code in codes] == [*shades(side, len(codes))]
                    seen += 1
    assert seen > 10


# The joint report


def site(name, answers, k=80, n=100, **more):
    parts = pd.DataFrame(
        [{"question": "q", "n": n, "satisfaits": k, "part": k / n, "bas": k / n - 0.1,
          "haut": k / n + 0.1}]
    )  # fmt: skip
    family = SimpleNamespace(main=lambda _: None, mean=None, changes=lambda _: [])
    given = {"weighted": None, "late": 1, "contacts": None, "states": None, "forecast": None}
    return SimpleNamespace(site=SimpleNamespace(nom_court=name, id=name.lower()), answers=answers,
                           parts=parts, family=family, **(given | more))  # fmt: skip


@pytest.fixture
def asked(reference):
    """A questionnaire whose main question is « q »."""
    whole = reference.questionnaire("2020-11")
    return SimpleNamespace(
        public=USERS, main="q", scale=lambda _: whole.scale(whole.main), by_id=whole.by_id,
        favourables=whole.favourables,
    )  # fmt: skip


def test_satisfaction_of_sites_is_told_without_a_ranking(monkeypatch, asked):
    """150 answers at two sites, 60 and 80 %; a third made no survey."""
    monkeypatch.setattr(meeting, "what_counts", lambda *_: "Compté.")
    weighed = SimpleNamespace(weighted=Measure(key="q", value=0.75, n=100))
    found = [site("Nord", 100, weighted=(weighed, [])), site("Sud", 50, 30, 50), site("Est", 0)]
    told = meeting.satisfaction(found, asked, None)
    (table,) = told.tables
    who = plain(asked.scale("q").favorables)

    assert told.key == "satisfaction"
    assert plain(told.title).startswith("150 usagers ont répondu sur 3 sites : 60 à 80 % ")
    assert [(row.label, said(row)) for row in table.rows] == [
        ("Nord", ["80 %", "100"]), ("Sud", ["60 %", "50"]), ("Est", ["pas d’enquête", "—"]),
    ]  # fmt: skip
    assert [plain(row.detail) for row in table.rows] == ["75 % selon les passages comptés", "", ""]
    assert plain(table.caption).lower() == f"{who} dans l’ensemble, par site".lower()
    assert len(table.headings) == 3
    assert (table.headings[0], table.headings[-1]) == ("Site", "Réponses")
    assert table.ticks == QUARTERS
    assert plain(table.note).startswith("Lecture : 80 %")
    assert plain(table.note).endswith("ce tableau ne les classe pas. Compté.")
    assert told.figures["valeur"].tolist() == [0.8, 0.6, 0.75, 150, 100, 50]
    before = SimpleNamespace(libelle="hiver")
    later = meeting.satisfaction(found, asked, before)
    assert later.tables[0].headings[2] == "Avant"
    assert said(later.tables[0].rows[2]) == ["pas d’enquête", "—", "—"]
    same = meeting.satisfaction([site("Nord", 1), site("Sud", 0)], asked, None)
    assert plain(same.title).startswith("1 usager a répondu sur 2 sites : 80 % ")
    nobody = meeting.satisfaction([site("Nord", 0)], asked, None)
    assert plain(nobody.title) == "0 usager a répondu sur 1 site"


@pytest.mark.parametrize("is_fictional", [True, False])
def test_a_joint_report_says_of_whom_and_of_when(is_fictional):
    sites = [SimpleNamespace(nom_court=name, id=name.lower()) for name in ("Nord", "Sud")]
    campaign = SimpleNamespace(libelle="hiver", id="h", contexte="Travaux.")
    told = meeting.heading(sites, campaign, is_fictional=is_fictional)

    assert (told.key, told.level) == ("en-tete", 1)
    assert told.title == "Synthèse pour le comité local des usagers, hiver"
    assert told.page == {
        "titre": "Synthèse pour le comité — hiver", "fictif": is_fictional,
        "sites": ["nord", "sud"], "campagne": "h",
    }  # fmt: skip
    assert [one.startswith("Sites réunis : Nord et Sud.") for one in told.sentences] == [
        *([False] if is_fictional else []), True, False,
    ]  # fmt: skip
    assert told.sentences[-1] == "Travaux."


def moved(gap, verdict, label="Attente"):
    change = Measure(key="q", label=label, value=gap, low=gap - 0.05, high=gap + 0.05,
                     unit=DIFFERENCE, verdict=verdict)  # fmt: skip
    return Difference(change=change, now=change, before=change, sizes=(1, 1), p=0.5, level=0.05)


def test_what_chance_does_not_explain_is_told_site_by_site(monkeypatch, asked):
    """One question at the first, the mean of all at the second, nothing at the third."""
    found = [site("Nord", 10), site("Sud", 10), site("Est", 10)]
    found[1].family.mean = moved(-0.1, "moins_bien", "Ensemble")
    found[2].family.mean = moved(0.01, "pas_de_difference_etablie")
    known = {"nord": [moved(0.2, "mieux").change, moved(0, "pas_de_difference_etablie").change]}
    monkeypatch.setattr(joint_changes, "changes_of", lambda one, _: known.get(one.site.id, []))
    told = joint_changes.established(found, asked)

    assert plain(told.title) == "2 changements établis depuis la campagne précédente"
    assert [plain(one) for one in told.sentences] == [
        "Nord : attente (mieux, +20 points).", "Sud : ensemble (moins bien, -10 points).",
        "Aucun changement établi : Est.",
    ]  # fmt: skip
    assert told.figures[["groupe", "valeur"]].to_numpy().tolist() == [["nord", 0.2], ["sud", -0.1]]
    assert told.figures["n"].isna().all()
    first = site("Ouest", 10)
    among = joint_changes.established([*found, first], asked)
    assert plain(among.sentences[-1]) == "Rien à comparer avec une campagne précédente : Ouest."
    assert joint_changes.established([first], asked).is_left_out  # once « aucun changement établi »
    still = joint_changes.established(found[2:], asked)
    assert plain(still.title) == "Aucun changement établi depuis la campagne précédente"


def test_all_sites_together_have_their_sides():
    before = SimpleNamespace(libelle="hiver")
    main = moved(0.1, "mieux", "Ensemble")
    rest = Difference(
        change=Measure(key="r", label="Attente", value=0.2, unit=DIFFERENCE, verdict="moins_bien"),
        now=main.now, before=main.now, sizes=(1, 1), p=0.5, level=0.05,
    )  # fmt: skip
    whole, without = (joint_changes.overall(one, "q", before) for one in ([main, rest], [rest]))

    assert (
        plain(whole.title) == "Tous sites réunis : satisfaction d’ensemble en hausse depuis hiver"
    )
    assert plain(whole.sentences[0]) == "Moins bien pour « Attente » (+20 points)."
    assert plain(whole.sentences[1]).startswith("Dans l’ensemble : +10 points")
    assert len(whole.figures) == 2
    assert not whole.is_left_out
    assert without.title == "Tous sites réunis, depuis hiver"
    assert len(without.sentences) == 2
    alone = joint_changes.overall([main], "q", before)
    assert plain(alone.sentences[0]) == "Aucun sujet n’a changé de façon sûre."
    assert joint_changes.overall([], "q", before).is_left_out
    assert joint_changes.overall([main], "q", None).key == "ensemble"


def test_commitments_of_sites_are_counted_with_their_outlook(monkeypatch):
    monkeypatch.setattr(meeting, "outlook", lambda *_: "oui")
    monkeypatch.setattr(
        meeting, "proved_measure", lambda _, name: Measure(label=name, value=3, n=12, unit="x")
    )
    followed = SimpleNamespace(label_avant=SimpleNamespace(valeur=DAY))
    told = meeting.labelling([site("Nord", 1), site("Sud", 1, late=2)], followed)
    (table,) = told.tables

    assert told.key == "labellisation"
    assert plain(told.title) == "Engagements prouvés : Nord, 3 sur 12 ; Sud, 3 sur 12"
    assert [plain(row.detail) for row in table.rows] == [
        "Oui ; 1 engagement en retard", "Oui ; 2 engagements en retard",
    ]  # fmt: skip
    assert [row.bars[0].width for row in table.rows] == [0.25, 0.25]
    assert table.headings == ["Site", "Prouvés"]
    assert plain(table.caption).endswith("pour le 4 mars 2031 ?")
    assert plain(table.note).startswith("Lecture : 3 sur 12 à Nord.")
    assert told.figures["valeur"].tolist() == [3, 3]


def test_criteria_of_sites_are_kept_by_channel():
    contacts = pd.DataFrame(
        {"canal": ["c", "d"], "critere": ["k", "k"], "conformes": [1, 2], "n": [3, 4]}
    )
    found = meeting._by_criterion(site("Nord", 1, contacts=contacts))
    assert found == {("c", "k"): (1, 3), ("d", "k"): (2, 4)}
    criterion = SimpleNamespace(id="k", libelle="Sourire")
    met = meeting._met(SimpleNamespace(id="nord"), "c", criterion, 1, 4)
    assert (met.key, met.label, met.group, met.value, met.n) == (
        "k", "Sourire", "nord, c", 0.25, 4,
    )  # fmt: skip


def test_a_promise_is_told_with_what_was_reached(monkeypatch):
    monkeypatch.setattr(meeting, "promise", lambda _: "Promis.")
    place = SimpleNamespace(nom_court="Nord", id="nord")
    goal = SimpleNamespace(objectifs={"nord": SimpleNamespace(valeur=100)})
    free = SimpleNamespace(objectifs={})
    told = meeting.remarks([(None, place, goal, 90), (None, place, free, 1)])

    assert told.key == meeting.remarks([]).key == "suites"
    assert plain(told.title) == "2 remarques du comité, et ce qui a été fait"
    assert [plain(one) for one in told.sentences] == [
        "Nord. Promis. 90 usagers ont répondu, pour un objectif de 100 : objectif manqué.",
        "Nord. Promis. 1 usager a répondu.",
    ]
    assert meeting.remarks([]).title == "Aucune remarque du comité n’attend de réponse"


def test_a_criterion_seldom_met_is_asked_about():
    channel = SimpleNamespace(libelle="Appels")
    grid = SimpleNamespace(
        criterion=lambda _: SimpleNamespace(libelle="Sourire"), channel=lambda _: channel
    )
    weak = pd.DataFrame(
        [{"critere": "k", "canal": "c", "conformes": 1, "n": 4, "part": 0.25}], dtype=object
    )
    (told,) = discussion._of_contacts(weak, grid)

    assert [plain(str(part)) for part in told] == [
        "mystere", "Pourquoi « Sourire » est-il si rarement respecté (appels) ?", "1 sur 4", "0.25",
    ]  # fmt: skip


# Days


def test_a_calendar_goes_from_its_first_day_to_its_last(monkeypatch):
    """A hundred days: due at the fiftieth, audit at the hundredth; the label at the eightieth."""
    days = [date.fromordinal(DAY.toordinal() + n) for n in (0, 10, 50, 80, 100)]
    start, today, due, deadline, audit = days
    spans = [
        Span(Measure(label="Écrits", value=40, unit="jours"), today, due, False, module=3),
        Span(Measure(label="Audit", value=90, unit="jours"), today, audit, True),
    ]
    monkeypatch.setattr(schedule, "spans", lambda *_: spans)
    told = schedule.calendar(None, [], (start, today), deadline)
    (table,) = told.tables
    first, second = table.rows

    assert told.key == "calendrier"
    assert plain(told.title) == f"1 échéance jusqu’au {plain(second.cells[0])}"
    assert [row.label for row in table.rows] == ["Écrits", "Audit"]
    assert [row.detail for row in table.rows] == ["module 3", "prévu"]
    assert [(round(bar.start, 3), round(bar.width, 3), bar.colour) for bar in first.bars] == [
        (0.1, 0.4, VERY_GOOD), (0.8, schedule._MARK_WIDTH, INK),
    ]  # fmt: skip
    assert (round(second.bars[0].start, 3), second.bars[0].colour) == (0.1, VERY_BAD)
    assert [colour for colour, _ in table.legend] == [VERY_GOOD, VERY_BAD, INK]
    assert plain(table.note).startswith(f"Lecture : {plain(first.cells[0])} pour « Écrits ».")
    assert told.figures["valeur"].tolist() == [40, 90]
    assert [list(one["y"]) for one in told.plot["data"]] == [["Écrits (module 3)", "Audit (prévu)"]]
    monkeypatch.setattr(schedule, "spans", lambda *_: [])
    none = schedule.calendar(None, [], (start, today), deadline)
    assert (none.key, none.title) == ("calendrier", "Aucune échéance n’est fixée")
    assert schedule._note(Span(Measure(value=0), today, due, False, is_over=True)) == "réalisé"
    edge = schedule._span_row(
        Span(Measure(label="x", value=0), audit, audit, False), (start, audit), audit
    )
    assert all(bar.start + bar.width <= 1 + 1e-9 for bar in edge.bars)
    assert schedule._place(start, (start, start)) == 0


@pytest.mark.parametrize("middle", [None, date(2031, 6, 1)])
def test_the_way_to_the_label_has_large_figures(monkeypatch, middle):
    monkeypatch.setattr(progress, "outlook", lambda *_: "oui")
    monkeypatch.setattr(progress, "_between", lambda _: "de mars à mai")
    monkeypatch.setattr(
        progress, "proved_count", lambda _: Measure(value=3, n=12, count=3, unit="x")
    )
    found = SimpleNamespace(middle=middle, weeks_to=lambda _: 2)
    followed = SimpleNamespace(label_avant=SimpleNamespace(valeur=DAY))
    told = progress.key_figures(None, found, followed)
    shown = [(plain(one.value), plain(one.meaning)) for one in told.key_figures]

    assert (told.key, plain(told.title)) == ("avancement", "À temps pour le label : oui")
    assert shown[0] == ("3 sur 12", "engagements dont la preuve est réunie")
    assert shown[-1] == ("2 semaines", "avant l’échéance du label, 4 mars 2031")
    assert shown[1:-1] == (
        [("juin 2031", "fin prévue au rythme actuel (de mars à mai)")] if middle else []
    )
    assert told.figures["valeur"].tolist() == [3, 2]


# Facts and marks


def test_questions_of_fact_have_their_parts(monkeypatch):
    """Thirty answers in two groups; a question that nobody answered is counted 0."""
    asked = SimpleNamespace(id="q", texte_court="Motif", est_multiple=False)
    part = pd.DataFrame({"effectif": [20, 10]})
    parts = [share(20, 30, key="q", label="Motif", group="Titre"),
             share(10, 30, key="q", label="Motif", group="Autre")]  # fmt: skip
    monkeypatch.setattr(replies, "groups", lambda one, *_: parts if len(one) else [])
    monkeypatch.setattr(
        replies, "received", lambda question, n: Measure(key=question.id, value=n, unit="usagers")
    )
    told = replies.choices("cle", "Titre", [(asked, part), (asked, part.iloc[:0])])
    (table,) = told.tables

    assert (told.key, told.title) == ("cle", "Titre")
    assert [(row.label, said(row)) for row in table.rows] == [("Motif", ["30"]), ("Motif", ["0"])]
    assert [plain(row.detail) for row in table.rows] == ["titre 67 %, autre 33 %", ""]
    assert told.figures["valeur"].tolist() == [pytest.approx(2 / 3), pytest.approx(1 / 3), 0]


def test_marks_are_sorted_in_a_table_by_maximum(monkeypatch):
    def mark(label, mean, n=2):
        return Measure(label=label, value=mean, n=n, low=mean - 1, high=mean + 1, group="c",
                       unit="note", digits=1)  # fmt: skip

    found = {10: [mark("Bas", 5.0), mark("Haut", 8.0), mark("Rien", nan, 0)], 20: [mark("B", 12.0)]}
    monkeypatch.setattr(measures, "marks", lambda *_: found)
    grid = SimpleNamespace(channel=lambda _: SimpleNamespace(libelle="Appels"))
    label = SimpleNamespace(name="Accueil")
    told = marks.marks(None, grid, label)
    ten, twenty = told.tables

    assert told.key == "notes"
    assert plain(told.title) == "Notes moyennes de 5,0 à 8,0 sur 10, de 12,0 sur 20"
    assert [row.label for row in ten.rows] == ["Haut", "Bas", "Rien"]
    assert said(ten.rows[2]) == ["jamais noté"]
    assert [row.bars[0].width for row in ten.rows[:2]] == [0.8, 0.5]
    assert twenty.rows[0].bars[0].width == 0.6
    assert plain(ten.rows[0].told) == "2 notes, de 7 à 9"
    assert ten.rows[0].detail == "Appels"
    assert plain(ten.note).startswith("Lecture : 8,0 sur 10 en moyenne pour « Haut ».")
    assert "Les notes sur 10 et sur 20 ne sont pas mêlées" in plain(told.sentences[1])
    assert len(told.figures) == 4
    monkeypatch.setattr(measures, "marks", lambda *_: {10: found[10][2:]})
    assert marks.marks(None, grid, label).title == "Aucune note donnée"
    monkeypatch.setattr(measures, "marks", lambda *_: {})
    none = marks.marks(None, grid, label)
    assert (none.key, none.title) == ("notes", "Aucune note : la grille n’a pas de critère noté")


# Monthly figures, and what analysts measure


def test_a_value_alone_is_never_told_as_always():
    told = [wording.extent(Measure(value=7, n=n, low=7, high=7)) for n in (1, 2)]

    assert told == ["7", "toujours 7"]


def test_a_measure_without_base_is_based_on_nobody():
    found = [Measure(label="Délai", value=3, unit="jours"), share(30, 60, label="Part")]
    (table,) = exploration.measured("T", "k", found, "délai", None).tables

    assert [said(row)[1] for row in table.rows] == ["0", "60"]


def indicator(sens="hausse", **more):
    own = SimpleNamespace(sens=sens, is_share=True, certitude="vu")
    return SimpleNamespace(**{"indicator": own, **more})


@pytest.mark.parametrize(
    ("target", "sens", "expected"),
    [(0.85, "hausse", ["Cible : 85 % au moins."]), (0.85, "baisse", ["Cible : 85 % au plus."]),
     (nan, "hausse", [])],
)  # fmt: skip
def test_a_target_is_told_by_its_side_when_there_is_one(target, sens, expected):
    found = indicator(sens, target=Measure(value=target))

    assert [plain(one) for one in monthly._target(found)] == expected


@pytest.mark.parametrize(
    ("sens", "is_high", "expected"),
    [("hausse", True, "en mieux"), ("hausse", False, "en moins bien"),
     ("baisse", True, "en moins bien"), ("baisse", False, "en mieux"),
     ("aucun", True, "en hausse"), ("aucun", False, "en baisse")],
)  # fmt: skip
def test_a_signal_is_on_the_side_that_the_indicator_wants(sens, is_high, expected):
    point = SimpleNamespace(signal=SimpleNamespace(is_high=is_high))

    found = FollowedIndicator(indicator(sens).indicator, [point], None, Measure(value=nan), [], "")
    assert monthly.side_of(found, point) == expected


def test_months_set_apart_are_told_by_their_reason():
    def apart(period, reason, value=1.0):
        return SimpleNamespace(period=period, reason=reason, measure=Measure(value=value))

    found = indicator(apart=[apart("2031-01", "panne"), apart("2031-02", "panne"),
                             apart("2031-03", "travaux", nan)])  # fmt: skip
    told = [plain(one) for one in monthly._apart(found)]

    assert told == ["Mis à part : panne, janvier 2031 (100 %) et février 2031 (100 %)."]
    assert monthly._apart(indicator(apart=[])) == []
    assert monthly._commitment(indicator(), "") == []
    assert plain(monthly._commitment(indicator(), "Écrits")[0]) == "Appuie l’engagement « Écrits »."
    supposed = indicator(indicator=SimpleNamespace(certitude="suppose"))
    assert plain(monthly._commitment(supposed, "Écrits")[0]) == (
        "Appuie l’engagement « Écrits » ; ce qui est compté est supposé, à confirmer."
    )


def test_a_site_without_commitment_is_not_given_one(monkeypatch):
    monkeypatch.setattr(meeting, "outlook", lambda *_: "oui")
    monkeypatch.setattr(
        meeting, "proved_measure", lambda _, name: Measure(label=name, value=0, n=0, unit="x")
    )
    followed = SimpleNamespace(label_avant=SimpleNamespace(valeur=DAY))
    told = meeting.labelling([site("Nord", 1)], followed)

    assert said(told.tables[0].rows[0]) == ["0 sur 0"]
    assert told.tables[0].rows[0].bars[0].width == 0


@pytest.mark.parametrize(
    ("document", "state", "is_listed"),
    [("Charte", "prouve", True), ("Charte", "verifie", True), ("Charte", "a_faire", False),
     ("", "prouve", False)],
)  # fmt: skip
def test_only_what_is_proved_and_has_a_document_is_listed(document, state, is_listed):
    unit = {"libelle": "Accueil", "preuve": document, "etat": state}
    rows = [(row.label, row.cells[0]) for row in evidence._document_rows(unit)]

    assert rows == ([("Accueil", "document : Charte")] if is_listed else [])


def test_every_proof_of_a_commitment_is_told_measures_then_its_document(reference, monkeypatch):
    """Module by module; a commitment that rests on nothing has no row, nor a module of such."""
    opinion = Measure(key="q", label="Accueil", value=0.5, low=0.4, high=0.6, n=100, count=50)
    found = {"a": [proof.Measured(opinion, proof.OPINIONS, "", "", is_mark=False)]}
    monkeypatch.setattr(evidence, "behind", lambda _: found)
    first, second, *_ = reference.standard.modules
    stands = pd.DataFrame(
        [(second.numero, "c", "Sans rien", "", "a_faire"),
         (first.numero, "b", "Charte", "Charte", DONE[0]),
         (first.numero, "a", "Accueil", "Guide", DONE[0])],
        columns=["module", "unite", "libelle", "preuve", "etat"],
    )  # fmt: skip
    section = evidence.details(None, stands, reference.grid, reference.standard)
    (table,) = section.tables

    assert first.nom in table.caption
    assert [[row.label, *map(plain, row.cells)] for row in table.rows] == [
        ["Charte", "document : Charte", "—", "—", "—"],
        ["Accueil", "enquête : accueil", "100", "50 %", "entre 40 et 60 %"],
        ["Accueil", "document : Guide", "—", "—", "—"],
    ]
    assert plain(section.title) == "1 mesure derrière ce tableau"
    assert [*section.figures["valeur"]] == [0.5]


@pytest.mark.parametrize("known", [True, False])
def test_a_reply_that_is_awaited_is_judged_by_a_threshold_or_said_not_to_be(reference, known):
    grid, standard = reference.grid, reference.standard
    awaited = [one for one in grid.criteres if one.kind.awaits_reply]
    asked = [one for one in awaited if one.threshold(standard) is not None]
    others = [one for one in grid.criteres if not one.kind.awaits_reply]
    own = asked[0] if known else asked[0].model_copy(update={"indicateur": None, "seuil": None})
    told = mystery._thresholds(SimpleNamespace(criteres=[others[0], own]), standard)

    assert len(told) == 1
    begins = f"Seuil appliqué : {own.libelle} (" if known else (
        f"Aucun seuil n’est connu pour « {own.libelle} » : décrit, pas jugé."
    )  # fmt: skip
    assert told[0].startswith(begins)
