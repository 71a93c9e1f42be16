"""A page that bears the name of a site and a campaign holds the figures of no other."""

import lxml.html
import nbformat
import pytest

from qpref.batch.plan import make_plan
from qpref.batch.run import run_report
from qpref.batch.setting import RunSetting
from qpref.errors import ParametersError
from qpref.reference import load_reference
from tests.conftest import NOW, copied, few_by_day
from tests.deuxieme.conftest import second_filled  # noqa: F401 - a fixture
from tests.notebooks.test_pool import write_notebook
from tests.sections import plain

pytestmark = [pytest.mark.lent, pytest.mark.notebook]

IMPORT = "from qpref.workbook import ouvrir, ouvrir_collecte, ouvrir_satisfaction, ouvrir_synthese"
OWN = "ouvrir_satisfaction(site=site, campagne=campagne).entete()"


@pytest.fixture(scope="module")
def project(filled, tmp_path_factory):
    return copied(filled, tmp_path_factory.mktemp("sujet"))


def made(project, *cells, name="70_mien", site="palaiseau", campaign="2020-11", is_joint=False):
    """Make the report of a notebook; return its failure, if any, and where the page would be."""
    write_notebook(project, name)
    path = project.notebooks / f"{name}.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells = [book.cells[0], *map(nbformat.v4.new_code_cell, (IMPORT, *cells))]
    if is_joint:
        book.cells[0].source = 'comite = ""\ncampagne = ""'
        book.metadata["qpref"]["tous_les_sites"] = True
    nbformat.write(book, path)
    reference = load_reference(project.reference)
    try:
        (report,) = make_plan(project, reference, campaign, [site], [name])
        return run_report(report, project, reference, RunSetting(NOW)).failure, report.output(
            ".html"
        )
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("opening", "what"),
    few_by_day(
        [
            (
                'ouvrir_satisfaction(site="evry", campagne="2020-11")',
                "le site evry, campagne 2020-11",
            ),
            ('ouvrir("evry", campagne)', "le site evry, campagne 2020-11"),
            ('ouvrir_collecte("", "2019-11")', "le site evry, campagne 2019-11"),
            ('ouvrir_satisfaction(site, "2019-11")', "le site palaiseau, campagne 2019-11"),
            ("ouvrir_synthese(campagne)", "les sites "),
            ("globals().update(site='evry')\nouvrir(site, campagne)", "le site evry"),
            ("[ouvrir(s, campagne) for s in (site, 'evry')]", "le site evry"),
            ("exec(\"site='evry'\")\nouvrir(site, campagne)", "le site evry"),
            ("(lambda s: ouvrir(s, campagne))('evry')", "le site evry"),
            ("import os\nos.environ.pop('QPREF_LOT', 0)\nouvrir('evry', campagne)", "le site evry"),
            ("import contextvars as c\nc.Context().run(ouvrir, 'evry', campagne)", "le site evry"),
            (
                "from concurrent.futures import ThreadPoolExecutor as Pool\n"
                "Pool().submit(ouvrir, 'evry', campagne).result()",
                "le site evry",
            ),
            (
                "import sys\nsys._getframe().f_globals['site'] = 'evry'\nouvrir(site, campagne)",
                "le site evry",
            ),
            ("get_ipython().run_cell(\"site = 'evry'\")\nouvrir(site, campagne)", "le site evry"),
            (
                "class S(str):\n    __eq__, __hash__ = lambda *_: True, str.__hash__\n"
                "ouvrir(S('evry'), campagne)",
                "le site evry",
            ),
        ],
        3,
    ),
)
def test_a_report_that_opens_another_site_or_campaign_fails(project, opening, what):
    failure, page = made(project, OWN, opening)

    assert f"« 70_mien.ipynb » ouvre {what}" in failure
    assert "70_mien, cellule 4 : " in failure  # as the analyst counts, without papermill's own
    assert "celui de : le site palaiseau, campagne 2020-11" in failure
    assert "(site=site, campagne=campagne)" in failure
    assert "comparaison=True" in failure
    assert not page.exists()


SECOND = {"site": "figeac", "campaign": "printemps-2023"}


@pytest.fixture(scope="module")
def second(request, tmp_path_factory):
    filled = request.getfixturevalue("second_filled")
    project = copied(filled, tmp_path_factory.mktemp("sujet-2"))
    project.notebooks.mkdir()  # its reports are made by those that ship with the program
    return project


@pytest.mark.parametrize(
    ("opening", "what"),
    few_by_day(
        [
            ('ouvrir_satisfaction("cahors", campagne)', "le site cahors, campagne printemps-2023"),
            (
                'ouvrir_satisfaction(site, "printemps-2022")',
                "le site figeac, campagne printemps-2022",
            ),
            ("ouvrir_synthese(campagne)", "les sites "),
        ],
        1,
    ),
)
def test_so_it_does_in_another_project(second, opening, what):
    failure, page = made(second, OWN, opening, **SECOND)

    assert f"« 70_mien.ipynb » ouvre {what}" in failure
    assert "celui de : le site figeac, campagne printemps-2023" in failure
    assert not page.exists()


def test_a_page_of_another_project_bears_its_own_site(second):
    failure, page = made(second, OWN, **SECOND)

    assert failure is None
    assert "<title>" in (text := page.read_text("utf-8"))
    assert " — Figeac — " in text.partition("</title>")[0]


@pytest.mark.parametrize(
    "showing",
    few_by_day(
        [
            'ouvrir_satisfaction("evry", "2019-11", comparaison=True).chiffres_cles()',
            'ouvrir_satisfaction("evry", "2019-11", comparaison=True).themes()',
            'autre = ouvrir("evry", "2019-11", comparaison=True)\nautre.croiser("global", "motif")',
            'autre = ouvrir("evry", "2019-11", comparaison=True)\nautre.rapport.chiffres_cles()',
            'ouvrir_collecte("evry", "2019-11", comparaison=True).par_jour()',
        ],
        2,
    ),
)
def test_a_declared_comparison_is_made_and_each_of_its_sections_bears_its_place(project, showing):
    failure, page = made(project, OWN, showing)

    assert failure is None
    html = lxml.html.fromstring(page.read_text("utf-8"))
    assert html.findtext(".//title").startswith("Satisfaction des usagers — Palaiseau — ")
    titles = [plain(one.text_content()) for one in html.iter("h2", "h3", "h4")]
    assert [one for one in titles if one.startswith("Évry, novembre-décembre 2019 — ")]


def test_a_report_with_only_comparisons_or_the_title_of_one_fails(project):
    other = 'ouvrir_satisfaction("evry", campagne, comparaison=True).entete()'
    alone, _ = made(project, other)
    above, page = made(project, other, OWN, name="71_mien")

    assert "« 70_mien.ipynb » n’ouvre jamais le site palaiseau, campagne 2020-11" in alone
    assert (
        "titre d’un autre : le site evry, campagne 2020-11, au lieu de : le site palaiseau" in above
    )
    assert not page.exists()


def test_another_project_is_another_subject(project, last_only):
    failure, _ = made(project, OWN, f"ouvrir(site, campagne, {str(last_only.root)!r})")

    assert "d’un autre projet" in failure


def test_a_report_on_all_sites_opens_each_of_them(project):
    committee = "ouvrir_synthese(campagne, comite=comite).entete()"
    each = 'ouvrir_satisfaction("evry", campagne).chiffres_cles()'
    sound, _ = made(project, committee, each, is_joint=True)
    other, _ = made(project, committee, 'ouvrir("evry", "2019-11")', name="71_mien", is_joint=True)
    titled = OWN.replace("site=site", 'site="evry"')
    one, _ = made(project, each, titled, name="72_mien", is_joint=True)

    assert sound is None
    assert "(comite=comite, campagne=campagne)" in other
    assert "titre d’un autre : le site evry" in one


def test_the_values_given_are_not_given_again(project):
    with pytest.raises(ParametersError, match=r"70_mien\.ipynb », cellule 3 : site y reçoit"):
        made(project, 'site = "evry"', OWN)
