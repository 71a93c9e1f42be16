"""What the minutes of the CLU of 16 October 2020 say, as tables a quality officer can read."""

from datetime import date

import pytest

MODULES = [
    ("evry", "prefecture", [1, 2, 3, 4, 5, 6, 7]),
    ("etampes", "sous_prefecture", [1, 3, 5, 6]),
    ("palaiseau", "sous_prefecture", [1, 3, 6]),
]


@pytest.mark.parametrize(("site", "kind", "modules"), MODULES)
def test_modules_planned_by_each_site(reference, site, kind, modules):
    found = reference.site(site)

    assert (found.type_site, found.modules) == (kind, modules)


def test_seven_modules_are_named(reference):
    assert [module.numero for module in reference.standard.modules] == [1, 2, 3, 4, 5, 6, 7]


def test_campaign_dates_and_promise(reference):
    campaign = reference.campaign("2020-11")

    assert (campaign.debut, campaign.fin) == (date(2020, 11, 16), date(2020, 12, 4))
    assert {site: target.valeur for site, target in campaign.objectifs.items()} == {"evry": 200}
    assert "16 octobre 2020" in campaign.objectifs["evry"].source


def test_only_evry_2020_answers_a_remark(reference):
    cases = {
        (site.id, campaign.id): reference.remark(site.id, campaign.id) is not None
        for site in reference.sites.sites
        for campaign in reference.campaigns.campagnes
    }

    assert [case for case, answered in cases.items() if answered] == [("evry", "2020-11")]
