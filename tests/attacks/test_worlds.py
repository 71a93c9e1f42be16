"""Crossed cells of one to four people: other surveys, with other values there, print the same."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.workbook import ouvrir_satisfaction
from tests.attacks import worlds
from tests.attacks.test_reconstruction import drawn
from tests.attacks.worlds import ENOUGH, Survey, sizes, unsolved, values
from tests.conftest import CAMPAIGNS, NIGHT, SITES

pytestmark = pytest.mark.notebook
PLACE = ("2020-11", "etampes")  # 74 answers, two small cells
MOST_UNSOLVED = 0.1  # of the values sought


@pytest.fixture(scope="module")
def survey(filled):
    campaign, site = PLACE
    return Survey.of(ouvrir_satisfaction(site, campaign, filled.root))


def test_other_surveys_are_printed_alike(survey):
    """One cell, each day: its satisfied for two questions."""
    shown = values(survey, survey.small_cells[1], survey.questions[:2])

    assert [len(own) for own in shown.values()] == [ENOUGH, ENOUGH]


@pytest.mark.nuit
@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("site", SITES)
def test_other_surveys_are_printed_alike_everywhere(filled, campaign, site):
    """Every small cell, every question; what could not be solved is named."""
    survey = Survey.of(ouvrir_satisfaction(site, campaign, filled.root))
    found = [one for cell in survey.small_cells for one in unsolved(survey, cell, survey.questions)]
    sought = len(survey.small_cells) * (1 + len(survey.questions))

    for one in found:
        warnings.warn(f"non résolu : {campaign}, {site}, {one}", stacklevel=1)
    assert len(found) <= MOST_UNSOLVED * sought, found


def drawn_survey(seed):
    """A survey drawn at random: one question, half-days of one kind a cluster."""
    people, happy, (rows, columns) = drawn(seed)
    columns = columns * rows.sum() / columns.sum()
    place = np.repeat(range(people.size), people.ravel())
    row, column = (axis.ravel()[place].astype(str) for axis in np.indices(people.shape))
    rank = np.concatenate([range(k) for k in people.ravel()])
    said = (rank < np.repeat(happy.ravel(), people.ravel())).astype(float)
    chance = np.random.default_rng(seed)
    days = pd.Series(np.char.add(column, chance.integers(0, 8, len(column)).astype(str)))
    counted = [{str(k): v for k, v in enumerate(one)} for one in (rows, columns)]
    return Survey(
        pd.DataFrame({"guichet": row, "demi_journee": column}),
        dict(zip(worlds.MARGINS, counted, strict=True)),
        pd.DataFrame({"q": said}),
        [SimpleNamespace(id="q", texte_court="Question")],
        days, np.zeros(len(said), dtype=int), "", chance,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(10 if NIGHT else 1))
def test_other_surveys_are_printed_alike_when_drawn(seed):
    survey = drawn_survey(seed)
    assert survey.small_cells

    for cell in survey.small_cells:
        assert unsolved(survey, cell, survey.questions) == []


def test_no_other_survey_is_printed_alike_with_all_digits(monkeypatch):
    """The same search on a program that rounds nothing finds the true counts alone."""
    monkeypatch.setattr(worlds, "published", lambda measure: measure)
    for name, fewer in (("TRIES", 2), ("WORLDS", 1), ("STEPS", (1, -1))):
        monkeypatch.setattr(worlds, name, fewer)
    survey = drawn_survey(0)
    (question,) = survey.questions
    for cell in survey.small_cells:
        inside = survey.inside(survey.counters, cell)
        happy = int(survey.answers(question)[inside].sum())

        assert sizes(survey, cell) == {inside.sum()}
        assert values(survey, cell, [question]) == {"q": {happy}}
