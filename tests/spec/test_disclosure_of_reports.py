"""Whoever reads the reports of all sites of a campaign cannot find a group of 1 to 4 people."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from qpref.workbook import ouvrir_satisfaction
from tests.conftest import CAMPAIGNS, SITES

pytestmark = pytest.mark.lent

MERGED = "Groupes réunis"


@pytest.fixture(scope="module", params=CAMPAIGNS)
def published(request, filled):
    """By question and site: the rows of the profile as printed, and what is really there."""
    found = {}
    for site in SITES:
        opened = ouvrir_satisfaction(site, request.param, filled.root)
        rows = opened.profil().figures
        for name in opened.questionnaire.groups:
            scale = {m.libelle: m.code for m in opened.questionnaire.scale(name).modalites}
            truth = opened.reponses[name].astype("object").fillna("non_precise").value_counts()
            found[name, site] = (rows.loc[rows["indicateur"] == name], scale, truth)
    return found


def test_no_printed_count_is_small(published):
    """A row of its own has 5 people at least; so has the row that stands for several groups."""
    for rows, *_ in published.values():
        assert (rows["effectif"] >= 5).all()


def test_a_merged_row_names_two_groups_at_least(published):
    for rows, *_ in published.values():
        merged = rows.loc[rows["groupe"].str.startswith(MERGED), "groupe"]
        assert merged.str.contains(" ; ").all()


def test_no_hidden_group_can_be_bounded_within_the_threshold(published):
    """Linear programming on the printed rows: visible counts, sums of merged rows."""
    for name in dict.fromkeys(name for name, _ in published):
        for site in SITES:
            rows, scale, truth = published[name, site]
            visible = {scale.get(r.groupe, "non_precise"): r.effectif for r in rows.itertuples()
                       if not r.groupe.startswith(MERGED)}  # fmt: skip
            hidden = [code for code in truth.index if code not in visible]
            merged = rows.loc[rows["groupe"].str.startswith(MERGED), "effectif"].sum()
            assert sum(truth[code] for code in hidden) == merged
            for place, code in enumerate(hidden):
                if truth[code] < 5:
                    aim = np.eye(max(len(hidden), 2))[place]
                    least, most = (
                        linprog(s * aim, A_eq=[np.ones(len(aim))], b_eq=[merged]).fun
                        for s in (1, -1)
                    )
                    assert -most - least >= 5, (name, site, code)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("site", SITES)
def test_a_category_hidden_in_the_profile_has_no_opinion_shown(filled, site, campaign):
    opened = ouvrir_satisfaction(site, campaign, filled.root)
    scale = {m.libelle: m.code for m in opened.questionnaire.scale("categorie_usager").modalites}
    profile = opened.profil().figures.query("indicateur == 'categorie_usager'")["groupe"]
    opinions = opened.publics().figures.query("indicateur == 'categories'")["groupe"]

    assert set(opinions) <= {scale[label] for label in profile if label in scale}


def test_the_composition_shows_no_small_stratum(filled):
    """Percentages of a known number of answers are counts: none may stand for 1 to 4 people."""
    for campaign in CAMPAIGNS:
        for site in SITES:
            rows = ouvrir_satisfaction(site, campaign, filled.root).composition().figures
            counts = pd.to_numeric(rows["valeur"]) * pd.to_numeric(rows["n"])
            assert not ((counts.round() > 0) & (counts.round() < 5)).any(), (site, campaign)
