"""A second example, as unlike the first as we could make it: every report, every number."""

import re
from functools import cache
from itertools import product

import pytest

from tests.conftest import few_by_day
from tests.deuxieme.checking import (
    false_figures,
    false_lines,
    names_of,
    unexplained,
    unexplained_by,
)
from tests.deuxieme.conftest import CAMPAIGNS, SITES
from tests.deuxieme.expected import Expected
from tests.deuxieme.figures import figures
from tests.deuxieme.judged import all_sites
from tests.deuxieme.mystery import Contacts
from tests.deuxieme.pages import parts
from tests.deuxieme.pools import Pool

pytestmark = [pytest.mark.notebook, pytest.mark.lent]

# Facts of the first example, which no page of another project may show.
FOREIGN = (
    "Évry",
    "Essonne",
    "Palaiseau",
    "Étampes",
    "Papier",
    "plutôt satisfait",
    "point numérique",
)
SURVEY = (
    "10_satisfaction",
    "15_analyses",
    "50_suivi_collecte",
    "60_affiche",
    "65_retour_aux_agents",
)


@pytest.fixture(scope="session")
def expected(received):
    return cache(lambda campaign, site: Expected(received, campaign, site))


def text_of(path):
    return "\n".join(block.text for part in parts(path) for block in part.blocks)


def test_every_report_of_every_site_is_made(second):
    """The survey, its analyses, mystery contacts and follow-up at each site; no labelling file."""
    wanted = {
        f"{campaign}/{site}/{notebook}.html"
        for campaign in CAMPAIGNS
        for site in SITES
        for notebook in (*SURVEY, "20_enquete_mystere")
    } | {f"{campaign}/ensemble/40_synthese_clu.html" for campaign in CAMPAIGNS}

    made = {path.relative_to(second.reports).as_posix() for path in second.reports.rglob("*.html")}
    assert wanted <= made


@pytest.mark.parametrize("word", FOREIGN)
def test_no_page_shows_a_fact_of_the_first_example(pages, word):
    assert [path.as_posix() for path in pages if word in text_of(path)] == []


@pytest.mark.parametrize(
    ("campaign", "site", "notebook"), few_by_day(product(CAMPAIGNS, SITES, SURVEY), 1)
)
def test_every_number_of_a_page_is_counted_from_the_files(
    second, expected, campaign, site, notebook
):
    path = second.reports / campaign / site / f"{notebook}.html"

    assert list(unexplained(path, expected(campaign, site))) == []
    assert list(false_figures(path.with_suffix(".chiffres.csv"), expected(campaign, site))) == []


@pytest.mark.parametrize(("campaign", "site"), few_by_day(product(CAMPAIGNS, SITES), 3))
def test_every_number_of_the_mystery_page_is_counted_from_the_workbook(
    second, expected, received, campaign, site
):
    path = second.reports / campaign / site / "20_enquete_mystere.html"
    names = list(names_of(expected(campaign, site)))

    pool = Contacts(received, campaign, site).pool
    assert list(unexplained_by(path, pool, names)) == []
    assert list(false_lines(path.with_suffix(".chiffres.csv"), lambda _: pool)) == []


@pytest.mark.parametrize("campaign", few_by_day(CAMPAIGNS, 1))
def test_every_number_of_the_synthesis_is_counted_from_the_files(
    second, expected, received, campaign
):
    """All sites, one row each: opinions of the whole and mystery contacts."""
    path = second.reports / campaign / "ensemble" / "40_synthese_clu.html"
    whole = expected(campaign, "ensemble")
    pool = Pool(numbers={0, len(SITES), len(whole.now)})
    for site in SITES:
        pool |= expected(campaign, site).survey | Contacts(received, campaign, site).pool
        for name in expected(campaign, site).judged.names:
            pool |= expected(campaign, site).question(name)
    pool |= all_sites([expected(campaign, site).judged for site in SITES])

    assert list(unexplained_by(path, pool, list(names_of(whole)))) == []
    assert list(false_lines(path.with_suffix(".chiffres.csv"), lambda _: pool)) == []


def wrong_share(share, pool):
    """The next percentage that is not by chance another number of the page."""
    return next(one for one in range(share + 1, 100) if not pool.explains(one, 0, "%"))


def test_a_false_number_is_seen(second, expected, tmp_path):
    """What this file forbids, it finds: one share of one row, a little too high."""
    path = second.reports / CAMPAIGNS[1] / SITES[0] / "10_satisfaction.html"
    whole = expected(CAMPAIGNS[1], SITES[0])
    k, n = whole.received.opinion("jugement", whole.now)
    share = round(100 * k / n)
    wrong = wrong_share(share, whole.survey)
    page = path.read_text(encoding="utf-8")
    false = re.sub(rf"\b{share}(?=[\u00a0\u202f]%)", str(wrong), page)
    (tmp_path / path.name).write_text(false, encoding="utf-8")

    found = list(unexplained(tmp_path / path.name, whole))
    assert {number for _, _, number in found} == {f"{wrong} %"}


def test_a_false_fitted_number_is_seen(second, expected, tmp_path):
    """One share at equal public, too high on the page; a weight, in the figures file."""
    site, whole = SITES[0], expected(CAMPAIGNS[1], SITES[0])
    path = second.reports / CAMPAIGNS[1] / site / "15_analyses.html"
    share = round(100 * whole.fitted.at_equal_public[site][0])
    told = {one for three in whole.fitted.at_equal_public.values() for one in three}
    wrong = wrong_share(share, Pool(shares=told | whole.fitted.over))
    page, lines = path.read_text(encoding="utf-8"), path.with_suffix(".chiffres.csv")
    before, title, after = page.partition("à public égal</caption>")
    false = re.sub(rf"\b{share}(?=[\u00a0\u202f]%)", str(wrong), after, count=1)
    (tmp_path / path.name).write_text(before + title + false, encoding="utf-8")
    heavy = next(row for row in figures(lines) if row["section"] == "priorites")

    (tmp_path / lines.name).write_bytes(lines.read_bytes())
    found = list(unexplained(tmp_path / path.name, whole))
    assert [number for _, _, number in found] == [f"{wrong} %"]
    assert list(whole.fitted.wrong(heavy)) == []
    assert list(whole.fitted.wrong(heavy | {"valeur": heavy["valeur"] + 0.01})) == ["valeur"]


@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("site", SITES)
def test_every_question_is_in_the_figures_and_on_the_page(second, received, campaign, site):
    """Who answered, by group, is on the page of the analyses."""
    path = second.reports / campaign / site / "10_satisfaction.html"
    named = {row["indicateur"] for row in figures(path.with_suffix(".chiffres.csv"))}
    named = {received.roles.get(name, name) for name in named}
    text = text_of(path) + text_of(path.with_stem("15_analyses"))

    asked = [q for q in received.asked["questions"] if q["type"] != "technique"]
    assert [q["id"] for q in asked if q["id"] not in named] == []
    assert [q["texte_court"] for q in asked if q["texte_court"] not in text] == []


def test_levels_and_outside_make_the_answers_received(second, received):
    """The detailed table: each row adds up to the number of answers of its site."""
    for campaign in CAMPAIGNS:
        for site in SITES:
            path = second.reports / campaign / site / "15_analyses.html"
            blocks = [
                b for part in parts(path) if part.title == "Tableau détaillé" for b in part.blocks
            ]
            rows = [block.text.split(" | ") for block in blocks if block.tag == "tr"]
            opinions = [q for q in received.asked["questions"] if q["type"] == "opinion"]
            assert len(rows) == len(opinions)
            for row in rows:
                avis, *cells = [int(cell) for cell in row[2:]]  # after the share
                assert sum(cells) == len(received.of(campaign, site)), row
                assert sum(cells[:-5]) == avis, row
