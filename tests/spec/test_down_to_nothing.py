"""Answers cut down to nothing: every section of every study still says something true."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from qpref.display.technical import Adjusted, adjusted
from qpref.reference import load_reference
from qpref.statistics.agreement import agreement
from qpref.statistics.numbers import promoters, summary
from tests.conftest import NIGHT, example_count
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture
from tests.drawn import projects
from tests.dwindled import Cut, cuts, faults, instead, reduced, sections, whole
from tests.notebooks.test_drawn import filled as drawn_project

NOW = datetime(2031, 1, 1, 9, 0).astimezone()
QUICK = settings(
    max_examples=example_count(1, 100),
    phases=tuple(Phase) if NIGHT else (Phase.explicit, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def by_night(*given):
    """Give an example that takes seconds to the night; the day has the others."""
    return example(*given) if NIGHT else lambda test: test


@pytest.fixture(scope="session")
def held(filled, second_filled):  # noqa: F811
    """Both examples: project, reference, all tables."""
    found = [(project, load_reference(project.reference)) for project in (filled, second_filled)]
    return [(project, known, whole(project, known)) for project, known in found]


def check(project, reference, tables, cut, place):
    """Every section is made, and says nothing hollow."""
    campaign = reference.campaigns.campagnes[-1].id
    sites = reference.sites.sites
    with instead(reduced(tables, reference, campaign, cut), reference, campaign, cut):
        for name, section in sections(project.root, sites[place % len(sites)].id, campaign):
            assert not faults(section), (name, faults(section))


@pytest.mark.lent
@QUICK
@by_night(Cut((14, None)), 0, 1)  # a site of fewer answers than a model asks of each
@example(Cut((1, 1), before=1, flow=10_000, contacts=1, judged=True), 0, 0)
@by_night(Cut((0, 0), before=0, contacts=0), 1, 0)
@by_night(Cut((None,), given=0, group="same", marks=True, judged=True, is_one_day=True), 1, 0)
@by_night(Cut((None,), given="sans_objet", group="none", flow=0), 0, 0)
@example(Cut(absent=1, flow=0), 1, 1)  # an export without any question that judges nothing
@by_night(Cut(absent=2, absent_before=1), 0, 1)
@given(cut=cuts(), which=st.integers(0, 1), place=st.integers(0, 2))
def test_sections_of_few_answers_are_true(held, cut, which, place):
    project, reference, tables = held[which]
    check(project, reference, tables, cut, place)


@pytest.mark.lent
@settings(parent=QUICK, max_examples=example_count(1, 40))
@given(files=projects(), cut=cuts(), place=st.integers(0, 2))
def test_sections_of_few_answers_to_a_drawn_questionnaire_are_true(files, cut, place):
    with drawn_project(files) as (project, reference):
        check(project, reference, whole(project, reference), cut, place)


# Sightings, with their right value


def test_three_equal_marks_have_an_interval_that_their_bounds_give():
    """None of 3 is another: the others are 1 − 0.025^(1/3) = 70.76 % at most, all 0 at worst."""
    found = summary([10, 10, 10], bounds=(0, 10))

    assert (found.low, found.high) == pytest.approx((10 - 10 * 0.7076, 10), abs=1e-3)
    middle = summary([5, 5, 5], bounds=(0, 10))
    assert (middle.low, middle.high) == pytest.approx((5 - 5 * 0.7076, 5 + 5 * 0.7076), abs=1e-3)


def test_the_interval_of_a_mean_stays_within_its_marks():
    """10, 10, 8: 9.33 ± 4.303 · 1.1547 / √3 = 6.46 to 12.2, which no mean of marks can be."""
    found = summary([10, 10, 8], bounds=(0, 10))

    assert (found.low, found.high) == pytest.approx((6.465, 10), abs=1e-3)


@pytest.mark.parametrize(
    ("mark", "expected"), [(10, (1 - 2 * 0.3085, 1)), (7, (-0.3085, 0.3085)), (0, (-1, -0.383))]
)
def test_a_net_score_of_equal_marks_is_no_point(mark, expected):
    """Ten equal marks: the others are 1 − 0.025^(1/10) = 30.85 % at most."""
    found = promoters([mark] * 10)

    assert (found.low, found.high) == pytest.approx(expected, abs=1e-3)


def test_a_kappa_without_disagreement_has_no_interval():
    found = agreement(["oui", "oui", "non"], ["oui", "oui", "non"])

    assert found.kappa == 1
    assert np.isnan([found.kappa_low, found.kappa_high]).all()


@pytest.mark.parametrize("reason", ["trop_peu", "confondus", "separes", "un_seul_cote"])
def test_a_model_without_estimate_says_why(reference, reason):
    asked = reference.questionnaires["satisfaction-1"]
    section = adjusted(Adjusted(reason, None, None, []), {}, [], asked)

    assert section.figures.empty
    assert not section.tables
    assert len(section.sentences) == 1
    assert section.sentences[0].endswith(".")
    assert not faults(section)


def test_the_scan_finds_what_it_looks_for(reference):
    """A hollow word, a point interval and a share outside its bounds are found."""
    asked = reference.questionnaires["satisfaction-1"]
    section = adjusted(Adjusted("trop_peu", None, None, ["nan", "entre 50 et 50 %"]), {}, [], asked)
    assert len(faults(section)) == 2
    line = {"section": "x", "groupe": "", "n": 3, "unite": "part", "valeur": 0.5}
    section.figures.loc[0, [*line, "bas", "haut"]] = [*line.values(), 0.6, 0.6]
    assert len(faults(section)) == 4
    assert pd.notna(section.figures["valeur"]).all()
