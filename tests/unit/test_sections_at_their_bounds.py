"""Sentences of a section just under, at and just above what they depend on."""

from dataclasses import replace
from datetime import date, timedelta
from math import nan
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.display import (
    changes,
    charts,
    collection,
    discussion,
    nonresponse,
    opinions,
    progress,
    remarks,
    replies,
    respondents,
    sample,
    technical,
)
from qpref.display.same_reason import same_reason_sentence
from qpref.display.section import Section
from qpref.palette import BAD, GOOD
from qpref.quality.family import Family
from qpref.quality.likeness import Stratum, Weighted
from qpref.quality.milestones import DelayScenario, Milestone
from qpref.quality.nonresponse import NonResponse, RefusalScenario
from qpref.quality.progress import Forecast
from qpref.quality.replies import Ticks
from qpref.reference import USERS, Question
from qpref.reference.question import Option
from qpref.statistics.differences import Difference
from qpref.statistics.fieldwork import Progress
from qpref.statistics.measure import DIFFERENCE, PROBABILITY, Measure
from qpref.statistics.nonresponse import RIndicator
from qpref.statistics.representativeness import Clustering, Composition
from tests.sections import plain

DAY = date(2031, 3, 4)


def said(sentences):
    return [plain(one) for one in sentences]


# The fieldwork.


@pytest.mark.parametrize(
    ("answers", "left", "chance", "expected"),
    [
        (12, 2, 1.0, "Objectif : 12 réponses."),
        (11, 0, nan, "Objectif : 12 réponses."),
        (11, 2, nan, "Il faut 0,5 réponse par jour pour atteindre 12."),
        (11, 2, 0.8, "Il faut 0,5 réponse par jour pour atteindre 12. Chances d’y arriver : "
                     "environ 8 chances sur 10."),
        (11, 2, 0.97, "Il faut 0,5 réponse par jour pour atteindre 12. Chances d’y arriver : "
                      "97 %."),
    ],
)  # fmt: skip
def test_what_is_left_of_a_target_is_said(answers, left, chance, expected):
    found = Progress(answers, 12, 3, left, 4.0, 0.5, 11, 12, 13, chance)

    assert said(collection._target_sentences(found)) == [expected]


@pytest.mark.parametrize(
    ("elapsed", "left", "figures"),
    [(3, 2, ["30", "10,0", "50"]), (3, 0, ["30", "10,0"]), (0, 2, ["30", "—"])],
)
def test_a_forecast_needs_days_elapsed_and_days_left(elapsed, left, figures):
    """Ten a day: fifty after five days, of which three are over."""
    found = Progress(30, None, elapsed, left, 10.0, None, 45, 50, 55, None)
    section = collection.progress(found, DAY, {"taux_reponse": 0.5, "refus": 30, "abordes": 60})
    days = "jours ouvrés écoulés" if elapsed > 1 else "jour ouvré écoulé"
    ahead = "restants" if left > 1 else "restant"

    assert [plain(one.value) for one in section.key_figures] == figures
    assert plain(section.title) == "30 réponses au 4 mars 2031 : sans objectif"
    assert said(section.sentences) == [
        f"{elapsed} {days}, {left} {ahead}.",
        *["À ce rythme, le total serait compris entre 45 et 55 réponses le dernier jour."]
        * (len(figures) == 3),
        "Aucun objectif chiffré n’a été fixé pour ce site et cette campagne.",
        "50 % des usagers concernés qui ont été abordés répondent jusqu’au bout (30 refus).",
    ]


@pytest.mark.parametrize("rate", [None, {"taux_reponse": nan, "refus": 0}])
def test_without_a_log_the_response_rate_is_unknown(rate):
    assert collection._rate_sentence(rate).startswith("Le relevé des refus n’est pas tenu")
    assert sample._rate_sentence(rate).startswith("Le nombre de refus n’a pas été relevé")


def test_days_of_few_answers_are_told_together():
    """Of 8, 0, 3 and 5 with a threshold of 5, the last two are one bar as long as the first."""
    days = [DAY + timedelta(days=rank) for rank in range(4)]
    section = collection.by_day([*zip(days, (8, 0, 3, 5), strict=True)], 5)
    (table,) = section.tables

    assert plain(section.title) == "4,0 réponses par jour en moyenne"
    assert said(section.sentences) == ["Aucune réponse : 5 mars 2031."]
    assert [plain(row.cells[0]) for row in table.rows] == ["8", "0", "8"]
    assert [row.bars[0].width for row in table.rows] == [1, 0, 1]
    assert plain(table.note) == (
        "Lecture : 8 le 4 mars 2031. Champ : réponses exploitables. Source : enquête de "
        "satisfaction. Un jour de moins de 5 réponses est réuni à d’autres."
    )
    alone = collection.by_day([(DAY, 8)], 5)
    assert "réuni" not in alone.tables[0].note
    assert alone.sentences == []


# The sample.


@pytest.mark.parametrize(
    ("clusters", "deff", "begin"),
    [
        (9, nan, "Réponses recueillies sur 9 demi-journées : trop peu"),
        (10, nan, "Tous les avis sont les mêmes"),
        (10, 1.5, "Les réponses d’une même demi-journée se ressemblent plus ou moins : l’effet "
                  "de plan vaut 1,5 sur 10 demi-journées, comme si l’on avait environ 80 réponses"),
    ],
)  # fmt: skip
def test_the_cost_of_half_days_is_told_from_ten(clusters, deff, begin):
    found = Clustering(clusters, deff, 80.0)

    assert plain(sample._clustering_sentence(found)).startswith(begin)
    alone = sample.weighted("Aucun passage.", None, found, 5)
    assert alone.title == "Résultats non pondérés"
    assert alone.sentences == ["Aucun passage.", sample._clustering_sentence(found)]


def stratum(group, part, flow, residual=nan, n=100):
    own = {"key": "age", "label": "Âge", "group": group, "n": n}
    gap = Measure(value=part - flow, unit=DIFFERENCE, **own)
    return Stratum(group, Measure(value=part, **own), Measure(value=flow, **own), gap, residual)


def test_who_is_too_many_and_too_few_is_named():
    """From 5 points on; 30 % for 40 % is the largest gap."""
    found = [stratum("Jeunes", 0.45, 0.35), stratum("Aînés", 0.30, 0.40), stratum("A", 0.25, 0.25)]

    assert sample._gap_sentence([found]) == [
        "Trop présents parmi les réponses : « Jeunes » ; trop peu présents : « Aînés »."
    ]
    assert sample._gap_sentence([found[1:]]) == ["Trop peu présents : « Aînés »."]
    assert sample._gap_sentence([found[2:]]) == []
    row = sample._variable_row(found[1:], "ecarts")
    assert (row.label, plain(row.cells[0])) == ("Âge", "-10 points")
    assert plain(row.detail) == (
        "Écart au-delà du hasard : « Aînés », 30 % des réponses pour 40 % des passages"
    )
    assert sample._variable_row(found[1:], "autre").detail.startswith("Invérifiable : ")
    nobody = sample._variable_row([stratum("Jeunes", nan, 0.35, n=0)], "autre")
    assert (nobody.cells, nobody.detail) == (["—"], "Aucune réponse")


def test_a_stratum_stands_beside_its_passages():
    known = sample._stratum_row(stratum("Jeunes", 0.45, 0.35, 2.4))
    plainly = sample._stratum_row(stratum("Jeunes", 0.45, 0.35))
    none = sample._stratum_row(stratum("Jeunes", nan, 0.35))

    assert said(known.cells) == ["45 %", "+10 points"]
    assert plain(known.detail) == "35 % des passages ; écart réduit 2,4"
    assert [(one.width, one.colour, one.is_thin) for one in known.bars] == [
        (0.45, GOOD, False), (0.35, BAD, True),
    ]  # fmt: skip
    assert plain(plainly.detail) == "35 % des passages"
    assert (said(none.cells), list(none.bars)) == (["—", "—"], [])
    assert sample.compositions({}, None).title.endswith("les passages comptés manquent")


def composition(codes, n=100):
    table = pd.DataFrame(
        {"strate": codes, "part": [0.75, 0.25] if n else [nan, nan],
         "part_flux": [0.5, 0.5], "ecart": [0.25, -0.25] if n else [nan, nan],
         "residu": [5.0, -5.0]},
    )  # fmt: skip
    return Composition(table, 25.0, 0.001 if n else nan, "chi2", n)


def test_the_composition_names_its_largest_gap(reference):
    asked = reference.questionnaire("2020-11")
    question = asked.opinions[0]
    name, codes = question.variable, [one.code for one in asked.scale(question.id).modalites][:2]
    found = sample.compositions({name: composition(codes)}, asked)
    first, (table,) = found.figures["groupe"].iloc[0], found.tables

    assert plain(found.title) == (
        f"Composition de l’échantillon : « {first} », 75 % des réponses pour 50 % des passages"
    )
    assert len(found.sentences) == 1
    assert [plain(row.cells[1]) for row in table.rows] == ["+25 points", "-25 points"]
    assert plain(table.note).startswith(
        f"Lecture : 75 % pour « {first} ». Champ : usagers qui ont répondu."
    )
    assert sample.compositions({name: composition(codes, 0)}, asked).title == (
        "Composition de l’échantillon, groupe par groupe"
    )
    brief = sample.likeness_in_brief({name: composition(codes)}, asked, None)
    assert brief.title == "L’échantillon diffère des usagers venus"
    assert first in brief.sentences[0]
    precise = Measure(value=0.1, n=100, unit=DIFFERENCE)
    whole = sample.likeness({name: composition(codes)}, asked, precise, None, [100, 1000])
    assert plain(whole.sentences[0]) == (
        "Précision : avec 100 réponses, l’incertitude est d’au plus ± 10 points sur une question "
        "à laquelle tous ont répondu. Ressemblance : l’échantillon diffère des usagers venus. "
        "L’une ne remplace pas l’autre."
    )
    assert [len(one.rows) for one in whole.tables] == [1, 2]
    few = replace(precise, n=5, reliability="aucun_pourcentage")
    least = sample.likeness({}, asked, few, None, [100, 1000])
    assert "avec 5 réponses, aucun pourcentage n’est calculé" in plain(least.sentences[0])
    assert least.tables == []


@pytest.mark.parametrize(
    ("deff", "is_told", "detail"),
    [(1.5, True, "90 avis, effet de plan 1,5"), (1.5, False, "90 avis"), (nan, True, "90 avis")],
)
def test_a_design_effect_is_told_when_it_tells_of_nobody(deff, is_told, detail):
    one = Weighted(Measure(value=0.5, n=90), Measure(value=0.6, n=90), deff)

    assert plain(sample._weighted_detail(one, is_told=is_told)) == detail


# Those who did not answer.


@pytest.mark.parametrize(
    ("adjusted", "told_as", "words"),
    [(0.9, "0,90", "rien ne montre que l’on réponde beaucoup plus à certains moments"),
     (0.89, "0,89", "on répond bien plus à certains moments qu’à d’autres")],
)  # fmt: skip
def test_chances_to_answer_are_uneven_under_nine_tenths(adjusted, told_as, words):
    indicator = RIndicator(**dict.fromkeys(RIndicator.__dataclass_fields__, adjusted))
    (told,) = nonresponse._indicator_sentence(
        NonResponse(Measure(value=0.5, n=100), indicator=indicator)
    )

    assert plain(told).startswith(
        f"Selon le jour et le moment, {words} : indicateur R de {told_as} "
    )


def test_those_who_did_not_answer_are_told_by_halves_and_scenarios():
    halves = (
        Measure(value=0.8, n=50), Measure(value=0.6, n=50),
        Measure(value=-0.2, low=-0.4, high=0.01, n=100, unit=DIFFERENCE),
    )  # fmt: skip
    worse = RefusalScenario(Measure(value=0.1, unit=DIFFERENCE), Measure(value=0.65, n=100))
    by_day = [
        Measure(label="lundi", value=0.5, low=0.4, high=0.6, n=100, count=50),
        Measure(label="mardi", value=0.5, n=8, count=4, reliability="aucun_pourcentage"),
    ]
    found = NonResponse(Measure(value=0.5, n=200), by_day=by_day, halves=halves, scenarios=[worse])
    section = nonresponse.nonresponse(found, "usagers satisfaits")
    days, scenarios = section.tables

    assert plain(section.title) == "50 % des usagers abordés ont répondu jusqu’au bout"
    assert said(section.sentences) == [
        "Le relevé ne permet pas de dire si l’on répond plus à certains moments.",
        "Première moitié des jours de la campagne : 80 % ; seconde moitié : 60 %, soit -20 points "
        "(entre -40 et +1 points). Un écart net voudrait dire que le résultat dépend du moment où "
        "l’on interroge.",
        "Si la part de « usagers satisfaits » était plus basse de 10 points parmi ceux qui n’ont "
        "pas répondu, elle serait de 65 % pour l’ensemble des usagers abordés.",
    ]
    assert [(row.label, said(row.cells)) for row in days.rows] == [
        ("Lundi", ["50 %\n(entre 40 et 60 %)"]), ("Mardi", ["4 sur 8"]),
    ]  # fmt: skip
    assert plain(days.note).startswith("Lecture : 50 % le lundi. Champ : usagers concernés")
    assert plain(scenarios.rows[0].label) == "10 points de moins"
    assert plain(scenarios.note).startswith("Lecture : 65 % d’usagers satisfaits si les autres")
    few = NonResponse(Measure(value=0.5, n=4, reliability="aucun_pourcentage"))
    assert nonresponse._title(few).startswith("Trop peu d’usagers abordés")
    assert nonresponse.nonresponse(few, "").tables == []
    assert len(nonresponse.nonresponse(None, "").sentences) == 1


# The way to the label.


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.951, "presque certain"), (0.95, "plus de 9 chances sur 10"), (0.76, None),
        (0.74, "plus de 7 chances sur 10"), (0.66, "moins de 7 chances sur 10"),
        (0.05, "moins de 1 chance sur 10"), (0.049, "très peu probable"), (1.0, "presque certain"),
        (0.8, "environ 8 chances sur 10"), (0.0, "très peu probable"),
    ],
)  # fmt: skip
def test_a_chance_is_told_out_of_ten(chance, words):
    assert plain(progress._chance(chance)) == (words or "moins de 8 chances sur 10")


def test_a_line_is_cut_where_it_leaves_the_square():
    """From (0,5 ; 0,4) to (1,5 ; 1,0): 0,7 at the right side."""
    assert progress._cut((0.5, 0.4), (1.5, 1.0)) == (1.0, pytest.approx(0.7))
    assert progress._cut((0.5, 0.4), (1.0, 1.0)) == (1.0, 1.0)


START, TODAY, DUE = date(2031, 1, 1), date(2031, 4, 11), date(2031, 7, 20)
WAY = Forecast(4, 2, START, TODAY, date(2031, 5, 1), date(2031, 6, 10), date(2031, 9, 1))


def proved(count):
    return Measure(key="prouves", value=count, n=6, count=count, unit="engagements")


def test_the_way_to_the_label_is_a_line_up_to_the_deadline():
    """200 days to the deadline: half of them over today, and 160 at the day expected."""
    known = [
        Milestone(START, proved(1), ["a"], []),
        Milestone(date(2031, 2, 20), proved(4), [], []),
    ]
    curve = progress._curve(known, WAY, DUE)
    done = progress._curve(known, replace(WAY, left=0), DUE)

    assert curve.steps == [(0, pytest.approx(1 / 6)), (0.25, pytest.approx(4 / 6)),
                           (0.5, pytest.approx(4 / 6))]  # fmt: skip
    assert curve.beyond == [(0.5, pytest.approx(4 / 6)), (pytest.approx(0.8), 1.0)]
    assert not done.beyond


def test_a_forecast_says_its_pace_and_its_bounds():
    """Four in a hundred days, that is fourteen weeks; with two proved there is no pace."""
    told = said(progress._forecast_sentences(WAY, DUE))

    assert told[0] == "Rythme : 4 engagements prouvés en 14 semaines ; 2 restent à prouver."
    assert told[1].startswith(
        "Si ce rythme se maintient, la dernière preuve arriverait entre mai 2031 et "
        "septembre 2031 (8 chances sur 10)."
    )
    late = said(progress._forecast_sentences(replace(WAY, due=DUE), DUE))
    assert late[0].endswith("Une échéance est déjà fixée au 20 juillet 2031, après celle du label.")
    assert "les autres preuves seraient réunies" in late[1]
    (few,) = said(progress._forecast_sentences(replace(WAY, done=2), DUE))
    assert few.endswith("Il en faut au moins 3 pour prévoir une date.")
    assert progress._forecast_sentences(replace(WAY, left=0), DUE) == []
    assert progress._forecast_title(replace(WAY, due=DUE), DUE) == (
        "Toutes les preuves à temps : non, d’après les échéances déjà fixées"
    )
    assert progress._forecast_title(replace(WAY, left=0), DUE) == "Toutes les preuves sont réunies"
    assert progress._forecast_title(replace(WAY, done=2), DUE) == "Pas encore de prévision"
    assert progress._forecast_title(WAY, DUE).startswith("Toutes les preuves à temps, au rythme")


def test_a_delay_is_told_by_its_weeks():
    chance = Measure(key="retard", label="Attente", value=0.5, unit=PROBABILITY)
    end = date(2031, 8, 1)
    row = progress._scenario_row(DelayScenario(4, chance, end, ["Accueil", "Délai"]), WAY, DUE)
    none = replace(chance, value=nan)

    assert plain(row.label) == "Attente (4 semaines)"
    assert row.cells[0] == "août 2031"
    assert row.cells[1] == progress.outlook(WAY, DUE - timedelta(weeks=4))
    assert row.detail == "Dépasse l’échéance du label : accueil et délai."
    bare = progress._scenario_row(DelayScenario(0, none, None, []), WAY, DUE)
    assert (bare.label, bare.cells) == ("Attente", ["—", "—"])
    assert bare.detail == "Aucune échéance fixée ne dépasse celle du label."
    too_late = progress._scenario_row(DelayScenario(0, chance, end, []), replace(WAY, due=DUE), DUE)
    assert too_late.cells[1] == "non"


# Answers.


def boxed(*shares, n=100):
    options = tuple(
        Option.model_construct(code=f"o{rank}", libelle=f"Motif {rank}")
        for rank in range(len(shares))
    )
    asked = Question.model_construct(
        id="q", theme="t", type="multiple", texte="Question ?", texte_court="Venue", options=options
    )
    found = [
        None if one is None else Measure(key="q", group=f"o{rank}", value=one, n=n)
        for rank, one in enumerate(shares)
    ]
    return Ticks(asked, n, found)


def test_boxes_ticked_name_the_one_ticked_most():
    section = replies.boxes("k", "Titre", [boxed(0.5, 0.3, 0.2)])
    (table,) = section.tables

    assert plain(section.title) == "Venue : surtout « Motif 0 » (50 %)"
    assert section.sentences == []
    assert plain(table.caption) == "100 usagers ont répondu"
    assert plain(table.note).startswith("Lecture : 50 % ont coché « Motif 0 ». Champ : usagers")
    both = replies.boxes("k", "Titre", [boxed(0.5, 0.3, 0.2), boxed(0.4, 0.4, 0.2)])
    assert plain(both.title) == "Titre : « Venue », surtout « Motif 0 » (50 %) et « Venue »"
    hidden = replies.boxes("k", "Titre", [boxed(0.5, None, 0.2)] * 2)
    assert hidden.title == "Titre : « Venue » et « Venue »"
    assert len(hidden.sentences) == 1
    assert hidden.tables[0].rows[1].cells == ["masqué"]
    assert plain(hidden.tables[0].caption) == "Venue : 100 usagers ont répondu"
    nobody = replies.boxes("k", "Titre", [boxed(0.5, 0.3, 0.2, n=0)])
    assert nobody.tables[0].rows[0].cells == ["—"]
    assert nobody.tables[0].note == ""


def test_the_questions_that_were_written_under_are_told_from_two():
    """Of one question, the number of users is the total already."""
    asked = boxed(0.5).question
    one = remarks.remarks([], 7, [(asked, 7)])
    two = remarks.remarks(["Bien."], 7, [(asked, 4), (asked, 3)])

    assert (plain(one.title), list(one.tables)) == ("7 usagers ont laissé une remarque", [])
    assert plain(two.title) == "1 remarque choisie"
    assert [[row.cells for row in table.rows] for table in two.tables] == [[["4"], ["3"]], [[]]]
    assert two.tables[1].rows[0].label == "« Bien. »"


def test_what_pleases_least_is_asked_but_for_the_main_question(reference, monkeypatch):
    """The main question has the least of all: it is no subject."""
    asked = reference.questionnaire("2020-11")
    names = [asked.main, *[one.id for one in asked.opinions if one.id != asked.main][:4]]
    parts = pd.DataFrame(
        [{"question": name, "n": 100, "satisfaits": k, "part": k / 100, "bas": k / 100 - 0.05,
          "haut": k / 100 + 0.05} for name, k in zip(names, (10, 90, 80, 30, 20), strict=True)]
    )  # fmt: skip
    found = SimpleNamespace(
        parts=parts, late=1, forecast=replace(WAY, due=DUE), site=SimpleNamespace(nom_court="Ici"),
        family=family(0),
    )  # fmt: skip
    monkeypatch.setattr(discussion, "changes_of", lambda *_: [])
    raised = discussion.raised(found, asked, None, pd.DataFrame(), DUE)

    assert [(one.kind, plain(one.figure)) for one in raised] == [
        ("deplait", "20 %"), ("deplait", "30 %"),
        ("retard", "1 en retard"), ("echeance", "non, d’après les échéances déjà fixées"),
    ]  # fmt: skip
    assert asked.main not in {one.text for one in raised}
    shown = discussion.questions(
        [discussion.Raised("deplait", "Que faire ?", site, "20 %", 0.2) for site in ("A", "B")]
    )
    assert shown.title == "1 question à discuter".replace(" q", "\u00a0q")
    # Both sites are as large: only what is in brackets, an interval, is small.
    assert "A : 20" in plain(shown.html)
    assert "<small>" not in shown.html


def test_a_bias_is_told_with_few_and_with_many():
    few, many = Measure(n=100, value=0.8), Measure(n=1000, value=0.1)

    assert "contiendrait la vérité 80 % du temps avec 100 réponses, et 10 % seulement avec " in (
        plain(sample._bias_sentence(few, many))
    )
    table = sample._bias_table([few, many])
    assert [plain(row.label) for row in table.rows] == ["100 réponses", "1 000 réponses"]


# Charts.


def test_charts_put_together_have_each_answer_once():
    """Two themes of one question each: one bar by level, of both, and one scale."""
    plots = [
        charts.distribution_chart(
            [(level, colour, [Measure(label=name, value=part)])
             for level, colour, part in (("Oui", GOOD, share), ("Non", BAD, 1 - share))], "t",
        )
        for name, share in (("A", 0.25), ("B", 0.5))
    ]  # fmt: skip
    found = charts.stacked(plots, "Ensemble")
    layout = found["layout"]

    assert [(one["name"], one["x"], one["y"]) for one in found["data"]] == [
        ("Oui", [0.25, 0.5], ["A", "B"]), ("Non", [0.75, 0.5], ["A", "B"]),
    ]  # fmt: skip
    assert layout["barmode"] == plots[0]["layout"]["barmode"] == "stack"
    assert layout["xaxis"] == {"tickformat": ".0%", "range": [0, 1]} == plots[0]["layout"]["xaxis"]
    assert layout["yaxis"] == {"automargin": True, "autorange": "reversed"}
    assert layout["title"]["text"] == "Ensemble"
    assert layout["height"] == 150 + 42 * 2


@pytest.mark.parametrize(
    ("limits", "form"), [((0, 1), ".0%"), ((-0.5, 0.5), ".0%"), (None, ".3~f")]
)
def test_an_interval_has_its_axis(limits, form):
    one = Measure(label="A", value=0.5, low=0.4, high=0.8)
    found = charts.interval_chart([one], "Titre", "Part", limits)
    (trace,), axis = found["data"], found["layout"]["xaxis"]

    assert (trace["x"], trace["y"]) == ([0.5], ["A"])
    assert (trace["error_x"]["array"], trace["error_x"]["arrayminus"]) == ([0.3], [0.1])
    assert trace["error_x"]["symmetric"] is False
    assert axis["title"]["text"] == "Part"
    assert axis["tickformat"] == form
    assert axis.get("range") == (list(limits) if limits else None)
    groups = charts.group_chart([("g", [one]), ("h", [one])], "T")
    assert groups["layout"]["xaxis"] == {"tickformat": ".0%", "range": [0, 1]}
    assert [t["marker"]["symbol"] for t in groups["data"]] == ["circle", "square"]
    moved = charts.topic_chart([one], [(one, replace(one, value=0.3))], "T")
    assert moved["layout"]["xaxis"] == {"tickformat": ".0%", "range": [0, 1]}
    assert [(t["name"], t["x"]) for t in moved["data"]] == [("avant", [0.3]), ("maintenant", [0.5])]


# The poster.


# What changed.


def difference(gap, verdict, key="q", low=-0.02, high=0.12, n=100):
    own = {"key": key, "label": "Attente"}
    change = Measure(value=gap, low=low, high=high, unit=DIFFERENCE, verdict=verdict, **own)
    now, before = (Measure(value=part, n=n, **own) for part in (0.5 + gap, 0.5))
    return Difference(change=change, now=now, before=before, sizes=(n, n), p=0.5, level=0.05)


def family(rows=2, **more):
    table = pd.DataFrame({"ecart": [0.1] * rows})
    return Family({"evolution": table}, "", 1.0, **{"by_half_day": True} | more)


def test_questions_that_rose_and_fell_are_counted_from_two():
    up, down, still = (difference(gap, "mieux") for gap in (0.1, -0.1, 0.0))

    assert changes._together(None, [up]) == []
    assert said(changes._together(None, [up, down])) == [
        "2 questions comparées : 1 en hausse, 1 en baisse."
    ]
    assert said(changes._together(up, [up, down, still])) == [
        "3 questions comparées : 1 en hausse, 1 en baisse, 1 sans mouvement. En moyenne sur ces "
        "questions : +10 points (entre -2 et +12 points), mieux."
    ]


def test_the_caution_tells_of_many_and_of_half_days():
    one, two, apart = family(1), family(2), family(2, by_half_day=False)

    assert "comparés à la fois" not in changes._caution(one) + changes._caution_in_brief(one)
    assert "tient compte de ce que 2 écarts sont comparés à la fois et de ce que les usagers" in (
        plain(changes._caution(two))
    )
    assert ", 2 écarts étant comparés à la fois. « Pas" in plain(changes._caution_in_brief(two))
    assert "d’ordinaire" not in changes._caution(two)
    assert "se ressemblent d’ordinaire (les demi-journées n’étant pas" in changes._caution(apart)


def test_a_row_says_its_verdict_when_something_is_established():
    better = changes.difference_row(difference(0.1, "mieux"), "{avant} puis {part}")
    same = changes.difference_row(
        difference(0.0, "pas_de_difference_etablie"), "{avant} puis {part}"
    )
    none = changes.difference_row(difference(0.1, "non_compare"), "{avant} puis {part}")

    assert plain(better.detail) == "Mieux : 50 % puis 60 %, écart entre -2 et +12 points"
    assert plain(same.detail) == "50 % puis 50 %, écart entre -2 et +12 points"
    assert (none.cells, none.detail) == (["—"], "Trop peu d’avis pour comparer")
    assert list(none.bars) == []


@pytest.mark.parametrize(("gap", "word"), [(0.0, "hausse"), (0.1, "hausse"), (-0.1, "baisse")])
def test_the_smallest_move_is_that_of_the_side_that_moved(gap, word):
    told = plain(changes._smallest_change(difference(gap, "mieux")))
    few = plain(changes._smallest_change(difference(gap, "mieux", n=1)))

    assert told.startswith(f"Avec 100 puis 100 avis, une {word} réelle de la satisfaction globale")
    assert few == (f"Avec si peu de réponses, même une forte {word} pourrait passer inaperçue.")


@pytest.mark.parametrize(
    ("covered", "rest"),
    [(1.0, ""), (0.75, " ; 25 % des avis, aux motifs propres à un côté, sont laissés de côté")],
)
def test_sites_are_compared_for_the_same_reason(covered, rest):
    row = {"question": "q", "n": 100, "part": 0.6, "n_reference": 100, "part_reference": 0.5,
           "ecart": 0.1, "bas": 0.02, "haut": 0.18, "couverture": covered}  # fmt: skip

    assert plain(same_reason_sentence(row)) == (
        "À motif de visite égal, la satisfaction globale serait de 60 % ici et de 50 % ailleurs : "
        f"écart entre +2 et +18 points{rest}."
    )
    assert same_reason_sentence(row | {"ecart": nan}).startswith("Trop peu de motifs")
    told = same_reason_sentence(row | {"ecart": nan, "tait": True})
    assert told.startswith("La comparaison à motif de visite égal n’est pas dite")


def test_nothing_to_compare_says_why(reference):
    first = changes._nothing_to_compare(None)
    before = changes._nothing_to_compare(reference.campaign("2019-11"))

    assert (first.key, before.key) == ("evolution", "evolution")
    assert first.title == "Première campagne : rien à comparer"
    assert before.title == "Aucune comparaison avec la campagne précédente"
    assert "n’a pas de réponse pour ce site" in before.sentences[0]
    empty = changes.other_sites(pd.DataFrame(), None, [], None)
    assert (empty.key, empty.title) == (
        "autres-sites", "Un seul site a répondu : rien à comparer",
    )  # fmt: skip
    assert np.isnan(difference(nan, "").change.value)


@pytest.mark.parametrize(
    ("verdict", "value", "label"),
    [
        (None, "—", "pas de campagne précédente à comparer"),
        ("non_compare", "—", "trop peu d’avis"),
        ("hausse", "+10 points", "depuis {before} trop peu d’avis"),
    ],
)
def test_a_change_that_is_not_compared_has_no_figure(monkeypatch, reference, verdict, value, label):
    before = reference.campaign("2019-11")
    change = Measure(value=0.1, low=0.02, high=0.18, unit=DIFFERENCE, verdict=verdict or "")
    told = (change, "trop peu d’avis") if verdict else None
    monkeypatch.setattr(respondents, "headline_change", lambda *_: told)
    found = respondents._change_figure(None, "", before)

    assert plain(found.value) == value
    assert plain(found.meaning) == plain(label.format(before=before.libelle))


def test_differences_are_drawn_on_one_scale_where_some_are_compared():
    """From 50 points less to 50 more, as in all reports; what is not compared is not drawn."""
    change = Measure(label="Accueil", value=0.1, low=0.02, high=0.18, unit=DIFFERENCE)
    sure, none = (
        SimpleNamespace(change=replace(change, verdict=verdict))
        for verdict in ("hausse", "non_compare")
    )
    section = Section("evolution", "")

    drawn = changes._judged(section, [sure, none], "rien", "satisfaits")
    assert drawn.plot["layout"]["xaxis"]["range"] == [-0.5, 0.5]
    assert len(drawn.plot["data"][0]["x"]) == 1
    assert len(drawn.figures) == 2
    assert changes._judged(section, [none], "rien", "satisfaits").plot is None


@pytest.mark.parametrize(("n", "many"), [(1, ""), (2, ", 2 questions")])
def test_the_note_of_a_chart_counts_its_questions_from_two(n, many):
    asked = [Measure(key=str(rank), value=0.5, n=100, count=50) for rank in range(n)]
    drawn = [Measure(key="0", label="Accueil", group="a", value=0.25, n=100)]
    scale = SimpleNamespace(names={"a": "Tout à fait"})
    note = plain(opinions._note(asked, drawn, scale, USERS))

    assert "25 % ont répondu « tout à fait » (à gauche) pour « Accueil »" in note
    assert f"enquête de satisfaction{many}." in note
    assert opinions._note([], drawn, scale, USERS) == ""


def test_the_test_of_a_composition_is_told_with_its_method(reference):
    """The table scrolls on a phone; a test that was not made has dashes."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    names = [*questionnaire.by_variable][:2]
    tests = Composition(None, 5.02, 0.025, "chi2", 100), Composition(None, nan, nan, "aucun", 0)
    found = dict(zip(names, tests, strict=True))
    table = technical._compositions(found, questionnaire)

    assert table.is_wide
    assert [[plain(cell) for cell in row.cells] for row in table.rows] == [
        ["5,0", "0,025", "khi-deux"], ["—", "—", "—"],
    ]  # fmt: skip
