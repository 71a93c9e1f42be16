"""Cells of one to four people, searched among the tables that could give what is published."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from qpref.display.section import FIGURES_MIME
from qpref.quality.groups import digital_ease
from qpref.quality.profile import UNKNOWN
from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.statistics.weighting import rake
from qpref.workbook import ouvrir_collecte, ouvrir_satisfaction
from tests.attacks import reconstruction
from tests.attacks.reconstruction import ENOUGH, SMALL, Share, Told
from tests.conftest import CAMPAIGNS, NIGHT, SITES
from tests.deuxieme.conftest import CAMPAIGNS as SECOND_CAMPAIGNS
from tests.deuxieme.conftest import SITES as SECOND_SITES
from tests.deuxieme.conftest import second_filled  # noqa: F401 - a fixture

pytestmark = [pytest.mark.lent, pytest.mark.notebook]
MARGINS = ("guichet", "demi_journee")
DAY = "date_reponse"  # the follow-up of fieldwork tells the answers of days
FLOWS = (*MARGINS, "mode", DAY)
BOUNDS = (0.3, 3)  # of the weights, as multiples of their mean
DRAWN = 10 if NIGHT else 3
DRAWN_CELLS = 15  # of a site, each day
DRAWN_OF_THREE = 60
SENTENCE = re.compile(
    r"Les poids vont de ([\d,]+) à ([\d,]+) fois la moyenne : les (\d+) réponses en valent "
    r"environ (\d+)"
)


def lines(*sections):
    """Return the lines of figures of sections, as they leave."""
    rows = [
        row for one in sections for data, _ in one.bundles() for row in data.get(FIGURES_MIME, [])
    ]
    return pd.DataFrame(rows)


def told_of(project, campaign, site):
    """Return what the reports of a site tell, and the table that they must not give."""
    opened = ouvrir_satisfaction(site, campaign, project.root)
    section = opened.resultats_ponderes()
    said = SENTENCE.search(" ".join(section.sentences[0].split()))
    ends = None
    if said:
        ends = tuple(float(text.replace(",", ".")) for text in said.group(1, 2, 4))
    given = lines(opened.sujets(), *opened.themes())
    happy = given.loc[given["groupe"] == "satisfaits"].groupby("indicateur")["effectif"].first()
    weighted = lines(section).query("groupe == 'pondere'").to_dict("records")
    shares = tuple(
        Share(int(row["n"]), int(happy[row["indicateur"]]), row["valeur"]) for row in weighted
    )
    table = pd.crosstab(*(opened.reponses[name].astype(str) for name in MARGINS))
    flow = opened._sources.flow.groupby(["variable", "strate"], observed=True)["effectif"].sum()
    passages = tuple(
        flow[name].reindex(levels).to_numpy(float)
        for name, levels in zip(MARGINS, (table.index, table.columns), strict=True)
    )
    truth = table.to_numpy()
    margins = tuple(truth.sum(axis=1)), tuple(truth.sum(axis=0))
    return Told(*margins, passages, ends, shares, BOUNDS), truth


@pytest.mark.parametrize("campaign", CAMPAIGNS if NIGHT else CAMPAIGNS[1:])
@pytest.mark.parametrize("site", SITES if NIGHT else SITES[1:])
def test_no_crossed_cell_of_the_weights_is_determined(filled, campaign, site):
    """Shares with weights, and the numbers of the weights; margins and passages are given."""
    told, truth = told_of(filled, campaign, site)
    assert len(told.shares) > 5

    assert reconstruction.attack(told, truth) == ([], [])


@pytest.mark.parametrize("name", ["filled", "second_filled"])
def test_no_crossed_cell_of_two_answers_is_determined(request, name):
    """
    Two characteristics, the sizes told of each, and the satisfied told of each group.

    The margins are those of the whole campaign, of which every report tells a part.
    """
    project = request.getfixturevalue(name)
    campaigns = CAMPAIGNS if name == "filled" else SECOND_CAMPAIGNS
    sites = SITES if name == "filled" else SECOND_SITES
    places = [(campaign, site) for campaign in campaigns for site in sites]
    seen = 0
    for campaign, site in places if NIGHT else places[-1:]:
        for what, crossed, cell in small_cells(project, campaign, site):
            for of_satisfied in (False, True):
                least, most = reconstruction.between(crossed, cell, of_satisfied=of_satisfied)
                assert most - least + 1 >= ENOUGH, (campaign, site, what, cell, least, most)
            seen += 1
            if not NIGHT and seen == DRAWN_CELLS:
                return
    assert seen > 10


GROUPED = {"categories": "categorie_usager", "retraite": "retraite", "aisance": "aisance_numerique"}


@pytest.mark.nuit
@pytest.mark.parametrize("place", [(c, s) for c in CAMPAIGNS for s in SITES])
def test_no_crossed_cell_of_three_answers_is_determined(filled, place):
    """
    Three characteristics: as of two, nothing is told of them but one by one.

    Cells are drawn: there are thousands. The second example asks too few characteristics.
    """
    chance = np.random.default_rng(0)
    found = [*small_cells(filled, *place, together=3)]
    assert len(found) > DRAWN_OF_THREE
    for rank in chance.choice(len(found), DRAWN_OF_THREE, replace=False):
        what, crossed, cell = found[rank]
        for of_satisfied in (False, True):
            least, most = reconstruction.between(crossed, cell, of_satisfied=of_satisfied)
            assert most - least + 1 >= ENOUGH, (place, what, cell, least, most)


def small_cells(project, campaign, site, together=2):
    """Yield each small cell of some characteristics: their names, what is told, its rank."""
    opened = ouvrir_satisfaction(site, campaign, project.root)
    questionnaire, happy = opened.questionnaire, satisfied_of(opened)
    told = lines(opened.publics())
    by_day = lines(ouvrir_collecte(site, campagne=campaign, racine=project.root).par_jour())
    names = [n for n in (*questionnaire.groups, *FLOWS) if n in opened.reponses]
    for crossing in combinations(dict.fromkeys(names), together):
        columns = [opened.reponses[name].astype("object").fillna(UNKNOWN) for name in crossing]
        codes, known = zip(*(pd.factorize(one, sort=True) for one in columns), strict=True)
        shape = tuple(map(len, known))
        if min(shape) == 1:  # not asked here
            continue
        people = np.bincount(np.ravel_multi_index(codes, shape), minlength=np.prod(shape))
        people = people.reshape(shape)
        sizes, judged = [], []
        for axis, (name, levels) in enumerate(zip(crossing, known, strict=True)):
            shown = opened._groups.shown(name) if name != DAY else ()
            others = tuple(one for one in range(together) if one != axis)
            sizes += [
                (axis, (rank,), size, size)
                for rank, size in enumerate(people.sum(axis=others))
                if levels[rank] in shown
            ]
            if name == DAY:
                sizes += [(axis, *one) for one in told_days(by_day, levels)]
            judged += [*judged_of(told, questionnaire, name, levels, axis)]
        crossed = reconstruction.Crossed(
            people.shape, people.sum(), happy.notna().sum(), int(happy.sum()), tuple(sizes),
            tuple(judged),
        )  # fmt: skip
        is_small = (people > 0) & (people < SMALL)
        for cell in np.flatnonzero(is_small):
            yield crossing, crossed, int(cell)


def told_days(by_day, levels):
    """Yield the answers of days that the follow-up of fieldwork tells, some together."""
    days = [f"{level:%Y-%m-%d}" for level in levels]
    for row in by_day.dropna(subset="libelle").to_dict("records"):  # one line is their mean
        first, _, last = row["libelle"].partition("/")
        ranks = tuple(rank for rank, day in enumerate(days) if first <= day <= (last or first))
        if ranks:
            yield ranks, int(row["valeur"]), int(row["valeur"])


def satisfied_of(opened):
    """Return 1, 0 or missing, one a visitor: overall satisfaction."""
    asked = opened._asked
    return asked.satisfied(asked.ranks)


def judged_of(told, questionnaire, name, levels, axis):
    """Yield the opinions and the satisfied told of groups, each one level or several together."""
    if told.empty:
        return
    for row in told.to_dict("records"):
        if GROUPED.get(row["indicateur"]) != name:
            continue
        codes = [row["groupe"]]
        if row["indicateur"] == "aisance":
            codes = [code for code, side in digital_ease(questionnaire).items() if side in codes]
        ranks = tuple(rank for rank, level in enumerate(levels) if level in codes)
        yield axis, ranks, int(row["n"]), int(row["effectif"])


def drawn(seed):
    """A survey drawn at random: people, satisfied and passages by cell, all opinions given."""
    chance = np.random.default_rng(seed)
    people = chance.integers(5, 14, (3, 2))
    people[chance.integers(3), chance.integers(2)] = chance.integers(1, SMALL)
    happy = chance.binomial(people, chance.uniform(0.5, 0.9))
    passages = people * chance.uniform(0.7, 1.5, people.shape) * 37
    return people, happy, (passages.sum(1).round(), passages.sum(0).round())


def survey(seed):
    """The same, weighted by the program: its weights, the exact weighted share, the counts."""
    people, happy, (rows, columns) = drawn(seed)
    columns = columns * rows.sum() / columns.sum()
    row, column = (axis.ravel() for axis in np.indices(people.shape))
    answers = pd.DataFrame({"r": row, "c": column}).loc[np.repeat(range(6), people.ravel())]
    totals = {"r": dict(enumerate(rows)), "c": dict(enumerate(columns))}
    weights = rake(answers.reset_index(drop=True), totals, bounds=BOUNDS)
    w = weights.by_answer / weights.by_answer.mean()
    said = np.concatenate(
        [[1.0] * h + [0.0] * (n - h) for n, h in zip(people.ravel(), happy.ravel(), strict=True)]
    )
    ends = (w.min(), w.max(), weights.n_effective)
    told = Told(
        tuple(people.sum(1)), tuple(people.sum(0)), (rows, columns), ends,
        (Share(len(w), int(said.sum()), float(w @ said / w.sum())),), BOUNDS,
    )  # fmt: skip
    return told, people, happy


def gated(told):
    """What the program lets out of it: no number of the weights, since a crossed cell is small."""
    let_out = tuple(
        Share(one.n, one.satisfied, published(Measure(value=one.weighted)).value)
        for one in told.shares
    )
    return Told(told.rows, told.columns, told.passages, None, let_out, told.bounds)


@pytest.mark.parametrize("seed", range(DRAWN))
def test_no_crossed_cell_of_a_drawn_survey_is_determined(seed):
    told, people, _ = survey(seed)

    assert reconstruction.attack(gated(told), people) == ([], [])


def test_the_numbers_of_the_weights_would_give_a_small_cell():
    """Why they are not told: two digits of each leave fewer than three counts, in some survey."""
    surveys = [survey(seed) for seed in range(3)]
    kept = [(replace(gated(told), weights=told.weights), people) for told, people, _ in surveys]

    assert any(reconstruction.attack(told, people)[0] for told, people in kept)


@pytest.mark.parametrize("seed", range(DRAWN))
def test_the_attack_succeeds_on_full_digits(seed):
    """One weighted share with all its digits: one table alone, and its satisfied, give it."""
    told, people, happy = survey(seed)

    fits = reconstruction.fitting(told)
    found = reconstruction.exact(told, *fits)

    (rank,) = found
    assert (fits[0][rank] == people).all()
    assert found[rank] == {tuple(happy.ravel())}


def test_a_table_that_could_not_be_searched_is_named():
    """Too many tables to try: the small cell is told as not solved, never as safe."""
    people = np.full((4, 3), 30)
    people[0, 0] = 2
    told = Told(tuple(people.sum(1)), tuple(people.sum(0)), (np.ones(4), np.ones(3)), None, ())

    assert reconstruction.attack(told, people) == ([], [("trop de tables", 0)])
