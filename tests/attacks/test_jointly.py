"""What the reports of all sites and campaigns, read together, tell of a crossed cell."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.workbook import ouvrir_satisfaction
from tests.attacks import jointly
from tests.attacks.jointly import ENOUGH, Place, Prefecture, Sum
from tests.attacks.test_reconstruction import drawn
from tests.conftest import CAMPAIGNS, NIGHT, SITES
from tests.deuxieme.conftest import CAMPAIGNS as SECOND_CAMPAIGNS
from tests.deuxieme.conftest import SITES as SECOND_SITES
from tests.deuxieme.conftest import second_filled  # noqa: F401 - a fixture

pytestmark = [pytest.mark.lent, pytest.mark.notebook]
BOUNDS = (0.3, 3)  # of the weights, as multiples of their mean
AXES = ("guichet", "demi_journee", "motif")
DRAWN_CELLS = 6  # each day
PLACES = {"filled": (SITES, CAMPAIGNS), "second_filled": (SECOND_SITES, SECOND_CAMPAIGNS)}
# Searches stopped before their end: campaign, site, axes crossed, ranks of the cell.
UNSOLVED = {
    ("2019-11", "evry", (1, 2), (2, 3)),
    ("2019-11", "etampes", (0, 2), (1, 1)),
    ("2019-11", "palaiseau", (1, 2), (1, 2)),
}
NAME = (0, 0)  # of a drawn prefecture
SEEDS = range(10 if NIGHT else 1)


def let_out(value, unit="part"):
    """Return a share, or a difference of shares, as it leaves."""
    return published(Measure(value=value, unit=unit)).value


def crossed(opened, known):
    """Return people, opinions and satisfied of the main question, by cell of the three axes."""
    asked = opened._asked
    happy = asked.satisfied(asked.ranks)
    rows = asked.rows.set_index(asked.rows["reponse_id"].astype(str)).reindex(happy.index)
    codes = [
        pd.Index(levels).get_indexer(rows[name].astype(object).fillna("")) if name in rows
        else np.zeros(len(rows), dtype=int)
        for name, levels in known.items()
    ]  # fmt: skip
    shape = tuple(map(len, known.values()))
    place = np.ravel_multi_index(codes, shape)
    counts = (np.ones(len(happy)), happy.notna(), happy.fillna(0))
    size = int(np.prod(shape))
    return [np.bincount(place, one, minlength=size).reshape(shape) for one in counts]


def levels_of(project, campaigns, sites):
    """Return the levels of each axis, of all sites and campaigns together."""
    found = {name: {""} for name in AXES}
    for campaign in campaigns:
        for site in sites:
            rows = ouvrir_satisfaction(site, campaign, project.root)._asked.rows
            for name in AXES:
                found[name] |= {*rows.get(name, pd.Series(dtype=object)).astype(object).fillna("")}
    return {name: sorted(own) for name, own in found.items()}


def prefecture(project, campaigns, sites):
    """Return what the reports of some sites and campaigns tell of the main question together."""
    known, places, sums = levels_of(project, campaigns, sites), {}, []
    opened = {(c, s): ouvrir_satisfaction(s, c, project.root) for c in campaigns for s in sites}
    for name, one in opened.items():
        people, opinions, happy = crossed(one, known)
        weighted, passages, share = one._models.weighted_main, None, None
        if weighted and {*weighted[1]} == {*AXES[:2]}:
            share = let_out(weighted[0].weighted.value)
            passages = tuple(
                np.array([one._models._margin(axis).get(level, 0.0) for level in known[axis]])
                for axis in AXES[:2]
            )
        places[name] = Place(people, opinions, happy, passages, BOUNDS, share)
    for (campaign, site), one in opened.items():
        sums += at_equal_reasons(places, campaign, site, one, known)
        sums += at_equal_public(places, campaign, site, one, known)
    return Prefecture(places, tuple(sums))


def at_equal_reasons(places, campaign, site, opened, known):
    """Yield both shares that the report of a site tells at equal reasons of visit."""
    told, axis = opened._models.at_equal_reasons, AXES.index("motif")
    if not told or not np.isfinite(told["ecart"]):
        return
    others = [(campaign, one) for one in opened._asked.sites[1:]]
    own = places[campaign, site].opinions.sum(axis=(0, 1))
    beside = sum(places[name].opinions.sum(axis=(0, 1)) for name in others)
    is_told = np.array(known["motif"]) != ""
    both = np.where(is_told & (own > 0) & (beside > 0), own + beside, 0.0)
    weight = both / both.sum()
    for names, key in (([(campaign, site)], "part"), (others, "part_reference")):
        parts, value = jointly.equal(places, names, [], axis, weight)
        assert value == pytest.approx(told[key])  # the attacker knows how it is computed
        yield Sum(parts, let_out(told[key]))


def at_equal_public(places, campaign, site, opened, known):
    """Yield the change of a site had both campaigns heard the same public."""
    table = opened._compared.families["public_egal"]
    if table.empty:
        return
    line, before = table.iloc[0], opened._sources.previous.id
    axis, flow = AXES.index(opened._compared.family.strata), opened._compared._flow
    now, then = (places[one, site] for one in (campaign, before))
    others = tuple(rank for rank in range(3) if rank != axis)
    asked = [one.opinions.sum(axis=others) for one in (now, then)]
    public = sum(asked) if flow is None else flow.reindex(known[AXES[axis]]).fillna(0).to_numpy()
    is_told = np.array(known[AXES[axis]]) != ""
    public = np.where(is_told & (asked[0] >= 5) & (asked[1] >= 5), public, 0.0)
    names = [(campaign, site)], [(before, site)]
    parts, value = jointly.equal(places, *names, axis, public / public.sum())
    assert value == pytest.approx(line["ecart"])
    yield Sum(parts, let_out(line["ecart"], "écart de parts"))


def attacked(told, name, most=None):
    """
    Return the small cells of a place that are determined, those not solved, how many were tried.

    Margins, of which the attacker is told more than is published, may be small themselves: a cell
    that they alone determine is neither.
    """
    wrong, unsolved, tried = [], [], 0
    margins = jointly.alone(told)
    for axes, ranks in islice(jointly.small_cells(told.places[name]), most):
        if len(jointly.values(margins, name, axes, ranks)[0]) < ENOUGH:
            continue
        tried += 1
        known, is_whole = jointly.values(told, name, axes, ranks)
        if len(known) < ENOUGH:
            (wrong if is_whole else unsolved).append((*name, axes, ranks, sorted(known)))
    return wrong, unsolved, tried


def drawn_prefecture(seed):
    """Two sites and two campaigns drawn at random, two reasons of visit, all opinions given."""
    chance = np.random.default_rng(seed)
    places, passages = {}, {}
    for rank, name in enumerate((c, s) for c in (0, 1) for s in (0, 1)):
        table, _, passages[name] = drawn(100 * seed + rank)
        first = chance.binomial(table, 0.5)
        people = np.stack([first, table - first], axis=2)
        happy = chance.binomial(people, chance.uniform(0.5, 0.9))
        rows, columns = passages[name]
        flow = rows, columns * rows.sum() / columns.sum()
        one = Place(people, people, happy, flow, BOUNDS, 0.0)
        places[name] = replace(one, share=let_out(jointly.weighted(one)))
    sums = []
    for name in places:
        beside = (name[0], 1 - name[1])
        reasons = [places[one].people.sum(axis=(0, 1)) for one in (name, beside)]
        for names in ([name], [beside]):
            parts, value = jointly.equal(places, names, [], 2, sum(reasons) / sum(reasons).sum())
            sums.append(Sum(parts, let_out(value)))
    for site in (0, 1):
        public = passages[0, site][0] + passages[1, site][0]
        parts, value = jointly.equal(places, [(1, site)], [(0, site)], 0, public / public.sum())
        sums.append(Sum(parts, let_out(value, "écart de parts")))
    return Prefecture(places, tuple(sums))


@pytest.mark.parametrize("whose", ["filled", "second_filled"])
def test_no_cell_is_determined_by_all_sites_and_campaigns(whose, request):
    """Of every small cell at night, of some of the last site each day: what is not solved is told.

    The second example has fewer characteristics: where none is crossed, nothing is asked.
    """
    project = request.getfixturevalue(whose)
    sites, campaigns = PLACES[whose]
    told = prefecture(project, campaigns, sites)
    names = [*told.places] if NIGHT else [*told.places][-1:]
    tried = 0
    for name in names:
        wrong, unsolved, own = attacked(told, name, None if NIGHT else DRAWN_CELLS)
        assert wrong == []
        assert {one[:-1] for one in unsolved} <= UNSOLVED
        tried += own
    assert told.sums
    assert tried or whose == "second_filled"


@pytest.mark.parametrize("whose", ["filled", "second_filled"])
def test_no_other_question_joins_sites_or_campaigns(whose, request):
    """Figures reckoned over cells of two sites or campaigns are of the main question alone.

    Of the others, reports tell totals, that say nothing of a cell, and weighted shares, that
    `test_reconstruction` puts together for one site and campaign. One more joint figure, and this
    attack has more to put together.
    """
    project = request.getfixturevalue(whose)
    sites, campaigns = PLACES[whose]
    joined = set()
    for campaign in campaigns:
        for site in sites:
            opened = ouvrir_satisfaction(site, campaign, project.root)
            for name, table in opened._compared.families.items():
                if name == "public_egal":
                    joined |= {*table["question"]} - {opened._asked.main}
                    assert len(table) <= 1
            assert "part" in (opened._models.at_equal_reasons or {"part": None})

    assert joined == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cell_of_a_drawn_prefecture_is_determined(seed):
    told = drawn_prefecture(seed)
    found = [attacked(told, name) for name in (told.places if NIGHT else [(1, 1)])]

    assert [one[:2] for one in found] == [([], [])] * len(found)
    assert sum(one[2] for one in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_joint_attack_succeeds_on_full_digits(seed):
    """Shares with all their digits: the satisfied of the small cells of a site are known."""
    told = drawn_prefecture(seed)
    whole, place = jointly.with_all_digits(told, told.places), told.places[NAME]
    cells = [ranks for axes, ranks in jointly.small_cells(place) if axes == (0, 1)]
    assert cells

    for ranks in cells:
        mask = np.zeros(place.people.shape)
        mask[ranks] = 1
        true = int((mask * place.satisfied).sum())
        others = {*range(int((mask * place.people).sum()) + 1)} - {true}
        table = place.people.sum(axis=2)
        fits = {one: jointly.holds(whole, NAME, table, mask, one) for one in others}
        assert fits == dict.fromkeys(others, False)
