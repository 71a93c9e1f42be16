"""Several calls in one page, or in several pages, give back no crossed cell of a few visitors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qpref import ouvrir
from qpref.errors import MissingDataError, UsageError
from qpref.quality.axes import is_lost
from qpref.quality.crosstab import crosstab
from qpref.quality.guarded import ToldElsewhere
from qpref.quality.profile import UNKNOWN
from qpref.reference import load_reference
from qpref.schema import typed
from qpref.workbook.several import Several
from qpref.workbook.study import Etude
from tests.attacks.calls import FEW, NONE, Analyst, groups_of, sites_told
from tests.conftest import CAMPAIGNS, NIGHT, SITES
from tests.deuxieme.conftest import CAMPAIGNS as SECOND_CAMPAIGNS
from tests.deuxieme.conftest import SITES as SECOND_SITES
from tests.deuxieme.conftest import second_filled  # noqa: F401 - a fixture
from tests.dwindled import instead, whole

pytestmark = pytest.mark.lent
PLACES = {"filled": (SITES, CAMPAIGNS), "second_filled": (SECOND_SITES, SECOND_CAMPAIGNS)}
# Facts of the fieldwork, which are exchanged among visitors as answers are.
FACTS = {
    "guichet", "mode", "categorie_usager", "tranche_age", "retraite", "aisance_numerique", "motif",
}  # fmt: skip
DRAWS = range(40 if NIGHT else 1)


def analyst(project, places, seed):
    """An analyst of a place, a question of opinion and three groups, all drawn."""
    chance = np.random.default_rng(seed)
    sites, campaigns = places
    site, campaign = chance.choice(sites), chance.choice(campaigns)
    study = ouvrir(site, campaign, project.root)
    names = sorted(map(str, chance.choice(groups_of(study), 3, replace=False)))
    question = str(chance.choice(study.avis))
    return Analyst(site, campaign, project.root, question=question, names=names)


@pytest.mark.parametrize("seed", DRAWS)
@pytest.mark.parametrize("whose", PLACES)
def test_no_small_cell_is_given_back_by_several_calls(whose, seed, request):
    one = analyst(request.getfixturevalue(whose), PLACES[whose], seed)
    one.publish()

    assert one.told.rows
    assert one.given_back() == []


def redrawn(tables, place, chance):
    """Return a survey of some visitors of a place: each question answered by others among them."""
    rows, items = (tables[name, *place] for name in ("reponses", "items"))
    n = min(len(rows), int(chance.integers(25, 160)))
    rows = rows.iloc[chance.permutation(len(rows))[:n]].reset_index(drop=True)
    for name in {*rows} & FACTS:
        rows[name] = rows[name].to_numpy()[chance.permutation(n)]
    people = rows["reponse_id"].astype(str).to_numpy()
    own = items.loc[items["reponse_id"].isin(people)]
    parts = [
        part.assign(reponse_id=part["reponse_id"].astype(str).map(
            dict(zip(people, people[chance.permutation(n)], strict=True))))
        for _, part in own.groupby("question", observed=True)
    ]  # fmt: skip
    order = {person: rank for rank, person in enumerate(people)}
    found = pd.concat(parts).sort_values(
        "reponse_id", key=lambda one: one.map(order), kind="stable", ignore_index=True
    )
    return {("reponses", *place): typed("reponses", rows), ("items", *place): typed("items", found)}


@pytest.mark.parametrize("seed", range(20 if NIGHT else 1))
@pytest.mark.parametrize("whose", PLACES)
def test_no_small_cell_of_a_drawn_survey_is_given_back(whose, seed, request):
    project, (sites, campaigns) = request.getfixturevalue(whose), PLACES[whose]
    chance = np.random.default_rng(1000 + seed)
    place = str(chance.choice(campaigns)), str(chance.choice(sites))
    tables = whole(project, load_reference(project.root / "data" / "reference"))
    with instead({**tables, **redrawn(tables, place, chance)}):
        study = ouvrir(place[1], place[0], project.root)
        names = sorted(map(str, chance.choice(groups_of(study), 3, replace=False)))
        question = str(chance.choice(study.avis))
        one = Analyst(place[1], place[0], project.root, question=question, names=names)
        one.publish()

        assert [*one.small()]
        assert one.given_back() == []


def _judged_alone(self, answers, by, *_, missing=False):
    """Count the visitors kept, beside nobody else: as if each call were the only one."""
    published = ToldElsewhere(tells_lost=missing)
    return crosstab(self._codes(by), answers(self), self._threshold, None, published)


def _judged_by_question(self, names, answers, weights=None, *, missing=False):
    """Judge those who answered the question that is asked, as another table than its reverse."""
    given = answers(self)
    given = given if missing else given.loc[~given.iloc[:, 0].map(is_lost)]
    groups = pd.DataFrame({name: self._groups_of(name) for name in names}, given.index)
    published = replace(self._published([*given]), tells_lost=missing)
    return crosstab(groups, given, self._threshold, weights, published)


def test_the_attack_succeeds_where_each_call_is_judged_alone(filled, monkeypatch):
    monkeypatch.setattr(Etude, "_counts", _judged_alone)
    monkeypatch.setattr(Etude, "_tells_size", True)
    names = ["aide_recue__proche", "demi_journee", "tranche_age"]
    one = Analyst("evry", "2020-11", filled.root, question="global", names=names)
    one.publish()

    assert one.given_back()


def test_the_attack_succeeds_where_a_crossing_is_judged_each_way(second_filled, monkeypatch):  # noqa: F811
    """As it was: who answered q4 by source of information, and that source by opinion."""
    monkeypatch.setattr(Several, "_judged_crossing", _judged_by_question)
    names = ["demarche", "sources__mairie", "sources__presse"]
    root = second_filled.root
    one = Analyst("gourdon", "printemps-2022", root, question="jugement", names=names)
    one.publish()

    assert one.given_back()


def marked(project, names):
    """An analyst of marks of recommendation, of means and net scores by group."""
    one = Analyst("gourdon", "printemps-2023", project.root, question="recommandation", names=names)
    one.publish()
    one.hear_numbers()
    return one


def test_no_small_cell_is_given_back_by_means_and_net_scores(second_filled):  # noqa: F811
    """As it was: how many of a filter gave a mark, by group, told of two who did not write."""
    assert marked(second_filled, ["a_ecrit", "sources__mairie"]).given_back() == []


def test_the_attack_succeeds_where_means_are_told_of_any_large_group(second_filled, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Etude, "_tells_n", lambda *_: True)
    monkeypatch.setattr(
        Etude, "_sized", lambda self, asked, by: self._told_of(by, self._numbers(asked))
    )
    assert marked(second_filled, ["a_ecrit", "sources__mairie"]).given_back()


def weighed(project, site, question):
    """An analyst whose groups are those that make the weights."""
    names = ["guichet", "demi_journee"]
    one = Analyst(site, CAMPAIGNS[-1], project.root, question=question, names=names)
    one.publish()
    one.hear_weights()
    return one


@pytest.mark.parametrize("site", SITES if NIGHT else SITES[1:2])
@pytest.mark.parametrize("question", ["global", "info_avant"])
def test_no_small_cell_is_given_back_by_weighted_shares(site, question, filled):
    """The share of all visitors is told, to a percent: of 72 small cells, none is given back."""
    assert weighed(filled, site, question).given_back() == []


def test_the_attack_succeeds_where_weighted_numbers_are_told_by_group(filled, monkeypatch):
    monkeypatch.setattr(
        Etude, "_weights", lambda self, *, poids: self._known_weights() if poids else None
    )
    assert weighed(filled, SITES[1], "global").given_back()


def test_a_number_weighted_by_group_or_at_will_is_refused(filled):
    study = ouvrir(SITES[0], CAMPAIGNS[-1], filled.root)
    part = study.filtrer(motif="etrangers")
    calls = [
        lambda: study.croiser("global", poids=True),
        lambda: study.distribution("global", par="guichet", poids=True),
        lambda: study.comparer("global", par="guichet", poids=True),
        lambda: study.resume(poids=True),
        lambda: study.ponderer(guichet={"etrangers": 5}),
        lambda: part.comparer("global", poids=True),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="diffusion=False"):
            call()

    shares = study.comparer("global", poids=True).table
    assert (shares["part"] == shares["part"].round(2)).all()


def small_of_sites(told, question, by):
    """Yield the crossed cells of one to four visitors of a site, the group being known."""
    for key, rows in told.kinds.groupby([question, by, "site"]).groups.items():
        mask = told.kinds.index.isin(rows)
        if not {NONE, UNKNOWN} & {*key} and 0 < mask @ told.true < FEW:
            yield key, mask


@pytest.mark.parametrize("rank", range(8 if NIGHT else 1))
@pytest.mark.parametrize("whose", PLACES)
def test_the_total_of_sites_gives_back_no_site(whose, rank, request):
    project, (sites, campaigns) = request.getfixturevalue(whose), PLACES[whose]
    study = ouvrir(sites[0], campaigns[-1], project.root)
    by = study.groupes[rank % len(study.groupes)]
    question = study._questionnaire.main
    told = sites_told(sites, campaigns[-1], project.root, question, by)

    cells = [*small_of_sites(told, question, by)]
    assert cells
    assert [key for key, mask in cells if told.is_known(mask)] == []


def test_the_attack_on_sites_succeeds_where_a_total_is_judged_alone(filled, monkeypatch):
    """As it was: reasons of visit of all sites, less those of two, are those of the third."""
    monkeypatch.setattr(Several, "_told_apart", lambda *_: {})
    monkeypatch.setattr(Several, "_is_one_system", True)
    told = sites_told(SITES, CAMPAIGNS[-1], filled.root, "global", "motif")

    assert any(told.is_known(mask) for _, mask in small_of_sites(told, "global", "motif"))


@pytest.mark.parametrize("interval", [("2020-11-16", "2020-11-18"), ("2020-11-17", "2020-11-22")])
def test_days_are_kept_by_whole_weeks(filled, interval):
    """Two intervals that differ by a day would tell what its ten visitors answered."""
    study = ouvrir("evry", "2020-11", filled.root)
    with pytest.raises(MissingDataError, match="une partie seulement d’une semaine"):
        study.filtrer(date=interval)

    week = study.filtrer(date=("2020-11-16", "2020-11-22"))
    full = ouvrir("evry", "2020-11", filled.root, diffusion=False)
    assert len(week) == full.tableau()["date"].between("2020-11-16", "2020-11-22").sum()
    assert "Semaine du 16/11/2020" in study.croiser("global", par="date").table.index
    assert len(full.filtrer(date=interval))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"recommandation": (9, None)}, "deux filtres voisins"),
        ({"depuis": (None, "2023-05-26")}, "deux filtres voisins"),
        ({"sources__presse": False, "a_ecrit": "oui", "site": "cahors"}, "3 questions"),
    ],
)
def test_a_filter_that_its_neighbours_would_undo_is_refused(second_filled, wanted, told):  # noqa: F811
    study = ouvrir("cahors", "printemps-2023", second_filled.root)
    with pytest.raises(UsageError, match=told) as refused:
        study.filtrer(wanted)

    assert "diffusion=False" in str(refused.value)


def test_sections_of_a_report_are_not_made_of_a_part(filled):
    """The annex would say each answer of a group that `croiser` hides."""
    part = ouvrir("evry", "2020-11", filled.root).filtrer(motif="etrangers")
    with pytest.raises(UsageError, match="diffusion=False"):
        _ = part.rapport

    alone = ouvrir("evry", "2020-11", filled.root, diffusion=False).filtrer(motif="etrangers")
    assert alone.rapport.annexe().html
