"""Sections made by hand where the example does not go: crossings, labels, remarks, nothing."""

from datetime import date
from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.display import (
    agenda,
    agreement,
    changes,
    charts,
    context,
    discussion,
    exploration,
    labels,
    marks,
    meeting,
    mystery,
    priorities,
    progress,
    remarks,
    schedule,
    section,
    standard,
    technical,
    wording,
)
from qpref.display.drawn import Curve
from qpref.display.trend import _slope_sentences
from qpref.palette import shades, spread
from qpref.quality.crosstab import Crosstab
from qpref.quality.labelling import Finding
from qpref.quality.spoken import Spoken, SpokenSubject
from qpref.statistics.agreement import RaterAgreement
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import DIFFERENCE, Measure
from tests.sections import plain

DAY = date(2031, 3, 4)


def said(row):
    return [plain(cell) for cell in row.cells]


def share(label, k, n, **more):
    return Measure(label=label, n=n, count=k, value=k / n, low=max(k / n - 0.1, 0),
                   high=min(k / n + 0.1, 1), **more)  # fmt: skip


# What an analyst crosses


@pytest.fixture
def crossed():
    """Forty visitors aged, thirty young, ten of whom cannot be told apart; one answer is rare."""
    index = pd.MultiIndex.from_tuples([("jeune",), ("age",), (TOTAL,)])
    counts = pd.DataFrame(
        {"oui": [24.0, 30.0, 54.0], "non": [6.0, nan, nan], TOTAL: [30.0, 40.0, 70.0]}, index=index
    )
    return Crosstab(counts, counts)


def test_a_crossing_counts_each_answer_of_each_group(crossed):
    """24 of 30 are 80 %, 6 of 30 20 %, 30 of 40 75 %; 54 of 70 77 %."""
    groups = {("jeune",): "Jeunes", ("age",): "Aînés", (TOTAL,): "Tous"}
    answers = {"oui": ("Oui", "#111111"), "non": ("Non", "#222222")}
    found = exploration.crosstab("Titre", crossed, (groups, answers), "ligne", ["Une phrase."])
    (table,) = found.tables

    assert (found.key, found.title, list(found.sentences)) == (
        "croisement", "Titre", ["Une phrase."],
    )  # fmt: skip
    assert table.headings == ["Groupe", "Oui", "Non", "Réponses"]
    assert table.is_wide
    assert [(row.label, said(row)) for row in table.rows] == [
        ("Jeunes", ["80 %\n(24)", "20 %\n(6)", "30"]),
        ("Aînés", ["75 %\n(30)", "masqué", "40"]),
        ("Tous", ["77 %\n(54)", "masqué", "70"]),
    ]
    lines = found.figures[["indicateur", "libelle", "groupe", "effectif", "n"]].to_numpy().tolist()
    assert lines == [
        ["oui", "Oui", "Jeunes", 24, 30], ["non", "Non", "Jeunes", 6, 30],
        ["oui", "Oui", "Aînés", 30, 40], ["oui", "Oui", "Tous", 54, 70],
    ]  # fmt: skip
    drawn = {one["name"]: one["y"] for one in found.plot["data"]}
    assert drawn == {"Oui": ["Jeunes", "Aînés", "Tous"], "Non": ["Jeunes"]}
    assert [one["marker"]["color"] for one in found.plot["data"]] == ["#111111", "#222222"]


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ([10.0, 20.0, 20.0], True),
        ([10.0, 20.0, nan], True),  # the bar ends where what is told does
        ([10.0, nan, 20.0], False),  # « c » would stand where « b » is
        ([nan, nan, 20.0], False),
        ([nan, nan, nan], False),
        ([0.0, nan, nan], False),  # nothing to see
        ([40.0, 30.0, 30.0], False),  # boxes: 200 %
    ],
)
def test_a_row_is_drawn_only_where_each_part_stands_in_its_place(counts, drawn):
    """Of fifty visitors; the section has no figure where no row is drawn."""
    answers = {name: (name, f"#{place}{place}{place}") for place, name in enumerate("abc")}
    table = pd.DataFrame([[*counts, 50.0]], columns=[*answers, TOTAL])
    table.index = pd.MultiIndex.from_tuples([("x",)])
    found = exploration.crosstab("T", Crosstab(table, table), ({("x",): "X"}, answers), "ligne", [])

    assert bool(found.tables[0].rows[0].bars) is drawn
    assert (found.plot is not None) is drawn
    assert (exploration.together("c", "T", [found, found]).plot is not None) is drawn


def test_a_group_of_few_answers_is_counted_without_percentage():
    index = pd.MultiIndex.from_tuples([("a",), (TOTAL,)])
    few = pd.DataFrame({"oui": [5.0, 30.0], TOTAL: [8.0, 40.0]}, index=index)
    found = exploration.crosstab(
        "T", Crosstab(few, few), ({("a",): "A"}, {"oui": ("Oui", "#111111")}), "ligne", []
    )

    assert said(found.tables[0].rows[0]) == ["5", "8"]
    assert found.figures.empty


def test_a_weighted_share_has_no_count_and_one_of_few_has_no_percentage(crossed):
    weighted = Crosstab(crossed.counts * 2, crossed.visitors)

    assert plain(exploration._cell(weighted.measure(("jeune",), "oui"))) == "80 %"
    assert exploration._cell(Measure(value=0.5, n=3, reliability="aucun_pourcentage")) == "—"
    assert exploration._cell(None) == wording.HIDDEN


def test_colours_follow_the_sides_of_the_scale_and_else_go_from_end_to_end():
    for_, none, against = (
        shades(side, count) for side, count in ((True, 2), (None, 1), (False, 1))
    )

    assert exploration.colours([True, True, None, False]) == [*for_, *none, *against]
    assert exploration.colours([False, True, None, True]) == [*against, for_[0], *none, for_[1]]
    assert exploration.colours([None, None]) == spread(2)


def test_shares_of_groups_are_one_a_row_with_their_differences():
    """What is judged of a group is said beside its share; nothing judged adds no table."""
    found = [share("Jeunes", 24, 30, group="jeune"), share("Aînés", 30, 40, group="age"),
             Measure(label="Autres", n=3, count=2, value=2 / 3, group="x",
                     reliability="aucun_pourcentage")]  # fmt: skip
    told = exploration.shares("Titre", "cle", found, "usagers satisfaits")

    assert (told.key, told.title) == ("cle", "Titre")
    assert told.tables[0].caption == "Part d’usagers satisfaits"
    assert told.tables[0].headings[0] == "Groupe"
    assert [row.label for row in told.tables[0].rows] == ["Jeunes", "Aînés", "Autres"]
    assert told.plot["data"][0]["y"] == ["Jeunes", "Aînés"]
    assert told.plot["layout"]["xaxis"]["range"] == [0, 1]
    assert len(told.figures) == 3
    judged = pd.DataFrame(
        [{"groupe": "jeune", "question": "q", "part": 0.8, "part_reference": 0.75, "n": 30,
          "n_reference": 40, "ecart": 0.05, "bas": -0.15, "haut": 0.25, "p": 0.6, "seuil": 0.05,
          "verdict": "pas_de_difference_etablie"}]
    )  # fmt: skip
    assert exploration.differences(told, judged.iloc[:0], {}) is told
    judged.loc[1] = {**judged.loc[0], "groupe": "age", "ecart": -0.05, "verdict": "a_confirmer"}
    told = exploration.differences(told, judged, {"jeune": "Jeunes"}, exploration.BEFORE)
    assert told.tables[1].headings == ["Groupe", "Écart"]
    assert [row.label for row in told.tables[1].rows] == ["Jeunes", "age"]
    assert said(told.tables[1].rows[0])[0].startswith("+5 points")
    assert "80 %, 75 % la fois d’avant" in plain(told.tables[1].rows[0].detail)


# Another label


def commitment_states(*proved):
    return pd.DataFrame(
        {"unite": ["a", "b"], "module": [1, 1], "libelle": ["Accueil", "Écrits"],
         "etat": list(proved), "echeance": [None, None]}, dtype=object,
    )  # fmt: skip


@pytest.fixture
def other():
    """A label of one module, of which two facts are known, one not read."""
    facts = [
        SimpleNamespace(sujet="Durée", valeur="trois ans", sources=["lu"]),
        SimpleNamespace(sujet="Niveaux", valeur="", sources=[]),
    ]
    modules = [SimpleNamespace(numero=1, nom="Tout")]
    return SimpleNamespace(
        label=SimpleNamespace(nom="Accueil", faits=facts), name="Accueil", modules=modules,
        sources={"lu": "Plaquette"}, engagements=[],
    )  # fmt: skip


def test_another_label_has_its_commitments_and_what_was_read_of_it(other):
    found = {"Nord": commitment_states("prouve", "a_faire")}
    told = labels.other_label("x", other, found, DAY)
    first, second = told.tables

    assert told.key == "label-x"
    assert plain(told.title) == "Accueil, engagements prouvés : Nord, 1 sur 2"
    assert first.caption == "Engagements : Accueil"
    assert [row.label for row in first.rows] == ["Accueil", "Écrits"]
    assert plain(first.note).startswith("Lecture : « Accueil », preuve réunie. Champ")
    assert second.caption == "Ce qui a été lu du label : Accueil"
    assert second.headings == ["Sujet", "Ce qu’il dit"]
    assert [(row.label, said(row), row.detail) for row in second.rows] == [
        ("Durée", ["trois ans"], "Plaquette"), ("Niveaux", ["non lu, à confirmer"], ""),
    ]  # fmt: skip
    assert told.figures[["section", "valeur", "n"]].to_numpy().tolist() == [["label-x", 1, 2]]
    assert labels.label_facts(other) == [
        "Durée : trois ans (Plaquette).", "Niveaux : non lu, à confirmer.",
    ]  # fmt: skip
    brief = labels.other_label("x", other, found, DAY, is_explained=False)
    assert [table.caption for table in brief.tables] == ["Engagements : Accueil"]
    other.modules.append(SimpleNamespace(numero=2, nom="Plus"))
    whole = labels.other_label("x", other, found, DAY)
    assert [row.label for row in whole.tables[0].rows] == ["1. Accueil", "1. Écrits"]
    other.label, other.name = None, ""
    unnamed = labels.other_label("x", other, found, DAY)
    assert plain(unnamed.title).startswith("x, engagements prouvés")
    assert len(unnamed.tables) == 1
    assert labels.label_facts(other) == []


def test_an_article_says_whether_it_was_read(other):
    one = {"texte": "Répondre", "sources": ["lu"]}
    articles = [SimpleNamespace(numero=4, certitude="vu", **one),
                SimpleNamespace(numero=5, certitude="deduit", **one)]  # fmt: skip
    other.engagements = [SimpleNamespace(articles=articles)]

    assert labels.articles(other) == [
        "4. Répondre (lu ; Plaquette).", "5. Répondre (à confirmer ; Plaquette).",
    ]  # fmt: skip


# What remarks say


def subject(label, k, n, *tones, before=None, quotes=()):
    good, bad = (None if one is None else Measure(value=one, unit="usagers") for one in tones)
    return SpokenSubject(share(label, k, n), good, bad, before, quotes)


def test_subjects_of_remarks_are_counted_with_their_tones():
    found = Spoken(40, 50, (subject("Attente", 20, 50, 12, None, quotes=("Long.",)),
                            subject("Accueil", 10, 50, 4, 6)), ("Prix", "Langue"))  # fmt: skip
    campaign = SimpleNamespace(libelle="printemps")
    table = remarks._subjects(found, campaign)

    assert table.headings == ["Sujet", "Usagers", "Positives", "Négatives"]
    assert table.is_stacked
    assert [(row.label, said(row)) for row in table.rows] == [
        ("Attente", ["40 %", "12", "masqué"]),
        ("Accueil", ["20 %", "4", "6"]),
    ]
    assert [plain(row.detail) for row in table.rows] == [
        "Entre 30 et 50 %. « Long. »", "Entre 10 et 30 %.",
    ]  # fmt: skip
    assert [len(row.bars) for row in table.rows] == [2, 2]
    note = plain(table.note)
    assert "codé par une personne : 40 remarques sur 50, les autres d’après leurs mots." in note
    assert note.endswith("Les autres sujets sont trop peu nommés pour être dits.")


@pytest.mark.parametrize(
    ("texts", "tables", "title"),
    [
        ([], ["Ce que disent les remarques"], "30 usagers ont laissé une remarque"),
        (["Long."], ["Ce que disent les remarques"], "1 remarque choisie"),
        (["Long.", "Bien."], ["Ce que disent les remarques", "Remarques d’usagers"],
         "2 remarques choisies"),
    ],
)  # fmt: skip
def test_a_remark_quoted_under_its_subject_is_not_said_twice(texts, tables, title):
    spoken = Spoken(30, 30, (subject("Attente", 20, 30, 1, 2, quotes=("Long.",)),), ())
    told = remarks.remarks(texts, 30, [], (spoken, None))

    assert plain(told.title) == title
    assert [table.caption for table in told.tables] == tables
    assert told.figures["valeur"].tolist() == [pytest.approx(2 / 3), 1, 2, 30, 30]
    if len(texts) == 2:
        assert [row.label for row in told.tables[1].rows] == ["« Bien. »"]
        assert "Celles qui sont citées" in told.sentences[0]


# Nothing to say


def test_a_section_without_anything_says_so():
    """Every empty one, with its key: what a page shows is a title, never an empty table."""
    grid = SimpleNamespace(written=[], criteres=[])
    nothing = {
        "suites": discussion.questions([]),
        "reperes": marks.benchmarks(SimpleNamespace(reperes=[])),
        "a-faire": schedule.to_do([], {}, DAY),
        "priorites": priorities._nothing_weighs(),
        "delais": mystery.delays(pd.DataFrame(columns=["canal", "delai"]), grid),
        "limites": context.unsaid([]),
    }
    titles = {key: plain(one.title) for key, one in nothing.items()}

    assert titles == {
        "suites": "Aucun résultat n’appelle de question particulière",
        "reperes": "Aucun repère national n’est connu",
        "a-faire": "Rien n’est en retard",
        "priorites": "Rien ne permet de dire ce qui pèse le plus",
        "delais": "Aucun délai : aucun canal de la grille n’attend de réponse",
        "limites": "Ce questionnaire demande tout",
    }
    keys = {"suites": "questions"}
    assert {key: one.key for key, one in nothing.items()} == {
        key: keys.get(key, key) for key in nothing
    }
    assert not any(one.tables for one in nothing.values())
    assert [key for key, one in nothing.items() if one.is_left_out] == ["limites"]


def test_what_a_questionnaire_does_not_ask_is_told_in_full_or_in_brief():
    lost = [("l’effet de l’aide", "si l’usager a été aidé"), ("le délai", "le jour")]
    whole, brief = context.unsaid(lost), context.unsaid(lost, is_brief=True)

    assert whole.key == brief.key == "limites"
    assert [(row.label, row.cells) for row in whole.tables[0].rows] == [
        ("L’effet de l’aide", ["si l’usager a été aidé"]), ("Le délai", ["le jour"]),
    ]  # fmt: skip
    assert plain(brief.sentences[0]) == "L’effet de l’aide ; le délai."
    assert brief.tables == ()
    assert not whole.is_left_out


@pytest.mark.parametrize("lost", [[], [("le délai", "le jour")]])
def test_questions_that_no_file_has_a_column_for_are_named(lost):
    absent = [SimpleNamespace(texte_court=name) for name in ("Attente", "Accueil")]
    found = context.unsaid(lost, absent)

    assert (found.key, len(found.tables)) == ("limites", len(lost))
    assert found.title == (
        "Ce que ce questionnaire ne permet pas de dire" if lost
        else "Ce que les fichiers reçus n’ont pas"
    )  # fmt: skip
    assert [plain(one) for one in found.sentences] == [
        "Les fichiers reçus n’ont pas de colonne pour « Attente » et « Accueil »."
    ]


# Just at what they depend on


@pytest.mark.parametrize(
    ("minutes", "people", "expected"),
    [
        (60, 1, ["Autour de la table : membres."]),
        (61, 2, ["L’ordre du jour dure 61 minutes, 1 de plus que la réunion prévue.",
                 "Autour de la table : membres (2)."]),
        (60, None, []),
    ],
)  # fmt: skip
def test_an_agenda_says_that_it_is_too_long_and_who_comes(monkeypatch, minutes, people, expected):
    monkeypatch.setattr(agenda, "timetable", lambda _: [])
    monkeypatch.setattr(agenda, "minutes_asked", lambda _: minutes)
    around = [] if people is None else [SimpleNamespace(role="Membres", nombre=people)]
    meeting = SimpleNamespace(duree_minutes=60, participants=around)

    assert [plain(one) for one in agenda.agenda(meeting, {}).sentences] == expected


@pytest.mark.parametrize(
    ("low", "raw", "contacts", "expected"),
    [
        (nan, 1.0, 40, "sans intervalle : aucun désaccord"),
        (nan, 0.9, 40, "sans intervalle"),
        (0.4, 0.9, agreement.FEWEST_CONTACTS - 1, "sans intervalle : moins de"),
        (0.4, 0.9, agreement.FEWEST_CONTACTS, "entre 0,40 et 0,80"),
    ],
)
def test_a_kappa_has_bounds_from_enough_contacts(low, raw, contacts, expected):
    found = RaterAgreement(contacts, raw, 0.8, 1.0, 0.6, low, 0.8, 0.6)

    assert plain(agreement._kappa_bounds(found, contacts)).startswith(expected)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((1, 0, 0), []), ((0, 0, 0), []),
     ((1, 1, 0), ["2 questions comparées : 1 en hausse, 1 en baisse."]),
     ((1, 0, 2), ["3 questions comparées : 1 en hausse, 0 en baisse, 2 sans mouvement."])],
)  # fmt: skip
def test_one_question_alone_is_not_counted(monkeypatch, counts, expected):
    monkeypatch.setattr(changes, "directions", lambda _: counts)

    assert [plain(one) for one in changes._together(None, [])] == expected


@pytest.mark.parametrize(("covered", "rest"), [(1.0, ""), (0.5, ", sur 50 % des avis")])
def test_what_an_equal_public_leaves_out_is_said(reference, covered, rest):
    asked = reference.questionnaire("2020-11")
    role = next(iter(asked.by_role))
    change = Measure(value=0.1, low=0.02, high=0.2, unit=DIFFERENCE, verdict="mieux")
    family = SimpleNamespace(
        equal_public=SimpleNamespace(change=change), strata=role, by_flow=False, covered=covered
    )
    (told,) = changes._equal_public(family, asked, change)

    assert plain(told).count("avis réunis" + rest + ")") == 1
    assert plain(told).endswith("mieux.") or "mieux" in told
    assert changes._equal_public(family, asked, None) == []


@pytest.mark.parametrize(("tested", "is_many"), [(1, False), (2, True)])
def test_a_caution_counts_the_comparisons_from_two(tested, is_many):
    family = SimpleNamespace(tested=tested, by_half_day=True)

    assert ("2 écarts sont comparés à la fois et" in plain(changes._caution(family))) is is_many
    brief = plain(changes._caution_in_brief(family))
    assert (", 2 écarts étant comparés à la fois." in brief) is is_many


@pytest.mark.parametrize(("gap", "word"), [(0.0, "hausse"), (-0.01, "baisse"), (0.01, "hausse")])
def test_a_change_of_nothing_is_told_as_a_rise(monkeypatch, gap, word):
    monkeypatch.setattr(changes, "smallest_move", lambda _: Measure(value=nan))
    told = changes._smallest_change(SimpleNamespace(change=Measure(value=gap)))

    assert (
        plain(told) == f"Avec si peu de réponses, même une forte {word} pourrait passer inaperçue."
    )


@pytest.mark.parametrize(("p", "told"), [(0.05, "mise en doute"), (0.0501, "")])
def test_proportional_odds_are_doubted_at_one_in_twenty(p, told):
    found = SimpleNamespace(p=p, statistic=1.0, degrees=1)

    assert told in technical._check_sentence(found)
    assert ("mise en doute" in technical._check_sentence(found)) is bool(told)
    assert "n’a pas pu être vérifiée" in technical._check_sentence(None)


def test_a_small_p_is_not_told_by_its_digits():
    assert [technical.p_value(p) for p in (0.00099, 0.001, 0.2, nan)] == [
        "moins de 0,001", "0,0010", "0,20", "—",
    ]  # fmt: skip


def test_a_difference_too_small_for_its_digits_keeps_its_sign():
    """A hundredth of a point stands for what is smaller; nothing is 0."""
    told = [plain(wording._bound(bound)) for bound in (0.00002, -0.00002, 0.0, 0.05)]

    assert told == ["+0,01", "-0,01", "0", "+5"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.96, "presque certain"), (0.95, "plus de 9 chances sur 10"),
     (0.04, "très peu probable"), (0.05, "moins de 1 chance sur 10")],
)  # fmt: skip
def test_a_chance_is_nearly_certain_beyond_nineteen_in_twenty(value, words):
    assert plain(progress._chance(value)) == words


@pytest.mark.parametrize(("low", "high"), [(0.4, None), (None, 0.6)])
def test_half_an_interval_is_not_drawn(low, high):
    bars, dots = section.on_a_line(Measure(value=0.5, low=low, high=high))

    assert (bars, [dot.at for dot in dots]) == ([], [0.5])


def test_a_bar_says_where_it_stands_in_percent():
    """Thirty to eighty percent: the middle is fifty-five."""
    bar = section.Bar(0.3, 0.5, "#0a3d7a")

    assert (bar.x, bar.extent, bar.middle) == ("30%", "50%", "55%")
    assert section.Bar(0.3, 0, "#0a3d7a").extent != "0%"


def test_what_fills_its_cell_and_what_leaves_it():
    """Fifty points are the edge of the cell; beyond, nothing is drawn."""
    edge = Measure(value=0.2, low=-0.5, high=0.5, unit=DIFFERENCE)
    over = Measure(value=0.2, low=-0.51, high=0.5, unit=DIFFERENCE)

    assert section.from_the_middle(edge)[0].width == pytest.approx(1)
    assert section.from_the_middle(over) == []


def test_parts_are_written_where_they_have_room():
    room = section._ROOM
    bars = section.side_by_side([(room, "a"), (room - 0.001, "b")], is_written=True)

    assert [bool(one.text) for one in bars] == [True, False]
    assert [one.start for one in bars] == [0, room]
    assert not section.side_by_side([(room, "a")])[0].text


def test_details_and_rows_have_their_room():
    def table(detail, rows=1):
        row = section.Row("a", ["1"], [section.Bar(0, 0.5, "c")], "x" * detail)
        return section.Table("T", ["", "n"], [row] * rows)

    assert "ligne" in table(section._SHORT).style.split()
    assert "ligne" not in table(section._SHORT + 1).style.split()
    assert "longue" not in table(1, section._UNCUT_ROWS).style.split()
    assert "longue" in table(1, section._UNCUT_ROWS + 1).style.split()


@pytest.mark.parametrize(("x", "side"), [(0.5, "start"), (0.51, "end")])
def test_the_last_step_is_named_inside_the_square(x, side):
    curve = Curve("T", "t", [(0, 0), (x, 0.25)], [(x, 0.25), (1, 1)], "n", ("a", "b"), "f", "note")
    assert curve.label == (f"{100 * x:g}", 111, side)
    assert curve.path == f"M0 100H{100 * x:g}V75"
    assert curve.dotted == f"M{100 * x:g} 75L100 0"
    assert Curve("T", "t", [(0.2, 0.3), (x, 0)], [], "n", ("a", "b"), "f", "").path.startswith(
        "M20 70H"
    )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.0, 0.1, "rien n’assure"), (0.01, 0.1, "tendance à la hausse"),
     (-0.1, 0.0, "rien n’assure"), (-0.1, -0.01, "tendance à la baisse")],
)  # fmt: skip
def test_a_slope_is_sure_when_its_interval_leaves_zero(low, high, told):
    moved = Measure(value=(low + high) / 2, low=low, high=high, unit=DIFFERENCE)
    found = SimpleNamespace(moved=moved, is_by_year=True, rated=[1, 2, 3], p=0.2)

    assert told in plain(_slope_sentences(found)[0])


@pytest.mark.parametrize(("half", "rows"), [(0.5, 0), (0.499, 1)])
def test_a_criterion_is_weak_under_one_contact_in_two(monkeypatch, half, rows):
    criterion = SimpleNamespace(id="k", libelle="Sourire")
    grid = SimpleNamespace(canaux=[SimpleNamespace(id="c", libelle="Appels")], criteres=[criterion])
    monkeypatch.setattr(meeting, "_by_criterion", lambda _: {("c", "k"): (1, 2)})
    monkeypatch.setattr(
        meeting, "_met", lambda *_: Measure(key="k", label="Nord", value=half, n=2, count=1)
    )
    one = SimpleNamespace(site=SimpleNamespace(nom_court="Nord", id="nord"))
    told = meeting.mystery([one], grid)

    assert sum(len(table.rows) for table in told.tables) == rows
    assert (told.title == "Aucun critère n’est manqué plus d’une fois sur deux") is (rows == 0)


def test_spans_of_time_are_as_long_as_their_days():
    """Ten days of 86,400 seconds; a day alone is drawn as three, to be seen."""
    table = pd.DataFrame(
        {"etiquette": ["A", "B"], "debut": [DAY, DAY], "fin": [date(2031, 3, 14), DAY],
         "note": ["x", "y"], "couleur": ["#111111", "#222222"]}
    )  # fmt: skip
    (drawn,) = charts.timeline_chart(table, "T", date(2031, 4, 1))["data"]

    assert [x / 1000 / 60 / 60 / 24 for x in drawn["x"]] == [10, 3]
    assert list(drawn["base"]) == ["2031-03-04"] * 2
    assert list(drawn["y"]) == ["A (x)", "B (y)"]


# The référentiel


def test_the_result_of_a_rule_is_said_with_its_source():
    site = SimpleNamespace(nom_court="Nord", modules=[1, 2])
    base = {"type_site": "prefecture", "cert": "oui", "certitude": "vu", "sources": ["lu"],
            "requis": [1, 3], "au_choix": [2]}  # fmt: skip
    rule = SimpleNamespace(**base)
    known = SimpleNamespace(sources={"lu": "Plaquette"}, name="Accueil")

    def told(code, modules, one=rule):
        return plain(standard.finding_sentence(site, Finding(code, modules, one), known))

    start, basis = "Nord : modules 1 et 2.", "(règle lue ; Plaquette)."
    assert told("conforme", ()) == f"{start} Conforme {basis}"
    assert told("module_manquant", (3,)) == (
        f"{start} Il manque le module 3 : une préfecture avec CERT doit détenir au moins les "
        f"modules 1 et 3 {basis}"
    )
    assert told("module_non_prevu", (4,)) == (
        f"{start} Le module 4 n’est pas prévu : une préfecture avec CERT choisit parmi les "
        f"modules 1, 2 et 3 {basis}"
    )
    assert "Les modules 4 et 5 ne sont pas prévus" in told("module_non_prevu", (4, 5))
    assert told("regle_inconnue", ()) == (
        f"{start} La règle pour une préfecture avec CERT n’est pas connue {basis}"
    )
    assert told("regle_inconnue", (), None).startswith(f"{start} Aucune règle ne s’applique")
    unread = SimpleNamespace(**{**base, "sources": [], "requis": [], "au_choix": [4]})
    assert "(règle lue ; aucune source)." in told("conforme", (), unread)


# A label in time


@pytest.mark.parametrize(("is_late", "is_any"), [(True, True), (False, False)])
def test_a_terminal_says_the_forecast_of_a_site(monkeypatch, is_late, is_any):
    monkeypatch.setattr(progress, "outlook", lambda *_: "oui")
    monkeypatch.setattr(progress, "_between", lambda _: "de mars à mai")
    found = SimpleNamespace(
        today=DAY, left=1, middle=date(2031, 6, 1) if is_any else None,
        is_too_late=lambda _: is_late,
    )  # fmt: skip
    told = [
        plain(one)
        for one in progress.summary(
            SimpleNamespace(nom_court="Nord"), found, DAY, ["Écrits"] if is_any else []
        )
    ]

    assert (
        told[0] == "Nord, 4 mars 2031 : 1 engagement reste à prouver ; à temps pour le label : oui."
    )
    assert len(told) == (3 if is_any else 1)
    if is_any:
        assert told[1] == (
            "  Fin prévue au rythme actuel, échéances plus lointaines à part : juin 2031 "
            "(de mars à mai)."
        )


def test_an_end_that_is_far_is_told_in_years_and_no_follow_up_has_no_history():
    assert plain(progress._month(None)).startswith("plus de ")
    assert plain(progress._month(DAY)) == "mars 2031"
    empty = pd.DataFrame({"jour": [], "prouves": [], "total": []})
    told = progress.history(empty, None, DAY)
    assert (told.key, told.title) == ("historique", "Le suivi n’a pas commencé")
