"""The main job, run for real: papermill, all reports, failures that harm no other."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from lxml import html as lxml_html

from qpref.batch.plan import FAILED_SUFFIX
from qpref.cli import main
from qpref.project import Project
from qpref.wording.french import NBSP, THIN, long_date
from tests.conftest import CAMPAIGNS, ROOT, SITES, copied
from tests.notebooks.test_pool import PAPERMILL
from tests.sections import read_out

pytestmark = pytest.mark.notebook

REPORTS = [
    (campaign, site, notebook)
    for campaign in CAMPAIGNS
    for site in SITES
    for notebook in ("10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation")
] + [(campaign, "ensemble", "40_synthese_clu") for campaign in CAMPAIGNS]
REPORTS += [(CAMPAIGNS[-1], site, "27_indicateurs") for site in SITES]


@pytest.fixture
def made(published):
    """The example with all its reports, made by the command."""
    return published


# Reports of each campaign; with the second came figures of each month, and three other publics.
GAP = "écart de parts"
LINKS = {"2019-11": 13, "2020-11": 19}


def report(project: Project, campaign: str, site: str, notebook: str) -> Path:
    return project.reports / campaign / site / f"{notebook}.html"


def plain(text):
    return re.sub(r"\s+", " ", text.replace(NBSP, " ").replace(THIN, " "))


@pytest.mark.parametrize(("campaign", "site", "notebook"), REPORTS)
def test_a_report_is_sober_and_self_contained(made, campaign, site, notebook):
    path = report(made, campaign, site, notebook)
    page = path.read_text(encoding="utf-8")
    tree = lxml_html.fromstring(page)

    assert path.stat().st_size <= 150_000
    assert "<script" not in page
    assert tree.get("lang") == "fr"
    assert not tree.xpath("//@src | //link | //iframe | //object | //form")
    assert all(href.startswith("#") for href in tree.xpath("//@href"))
    assert not re.search(r"url\(|@import|https?://", page)
    assert "Données fictives" in plain(tree.text_content())
    assert len(tree.xpath("//h1")) == 1
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b", tree.xpath("//main")[0].text_content())


@pytest.mark.parametrize(("campaign", "site", "notebook"), REPORTS)
def test_a_report_has_its_figures_and_provenance_beside_it(made, campaign, site, notebook):
    path = report(made, campaign, site, notebook)
    facts = json.loads(path.with_suffix(".provenance.json").read_text(encoding="utf-8"))

    own = {"comite": ""} if site == "ensemble" else {"site": site}
    assert facts["parametres"] == {**own, "campagne": campaign}
    assert facts["fictif"] is True
    assert all(
        f["lignes_lues"] == f["gardees"] + f["ecartees"] + f["quarantaine"]
        for f in facts["fichiers"]
    )
    for name, digest in facts["sorties"].items():
        assert hashlib.sha256((path.parent / name).read_bytes()).hexdigest() == digest
    with path.with_suffix(".chiffres.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    assert len(rows) > 20
    assert list(rows[0])[:3] == ["section", "indicateur", "libelle"]


def signed(points):
    """How a page writes a gap, with its sign."""
    found = round(100 * float(str(points).replace(",", ".")))
    return f"{found:+d}".replace("+0", "0").replace("-", "−")


def wordings(row):
    """How a report may write a figure of its CSV: the two roundings of a half are both right."""
    value = float(row["valeur"].replace(",", "."))
    if row["section"] == "calendrier":  # days left in the CSV, the due day in the page
        return {plain(long_date(date.fromisoformat(row["groupe"])))}
    nearly = (value - 1e-11, value + 1e-11)
    digits = int(row["decimales"])
    if row["unite"] == GAP:  # signed; as a margin; or what it may be
        low, high = (signed(row[name]) if row[name] else "" for name in ("bas", "haut"))
        margin = f"{100 * value:.{digits}f} point".replace(".", ",")
        return {f"{signed(v)} point" for v in nearly} | {margin, f"entre {low} et {high} point"}
    if row["unite"] in {"part", "probabilité"}:
        n, count = (re.split("[.,]", row[name])[0] for name in ("n", "effectif"))
        counts = {f"{count}{unit} sur {n}" for unit in ("", " message", " messages")}
        return {f"{round(100 * v)} %" for v in nearly} | counts
    decimals = {f"{value:.{d}f}".replace(".", ",").replace("-", "−") for d in (1, 2, 3, digits)}
    return decimals | {f"{round(value):,}".replace(",", " "), f"{round(100 * value)} %"}


# Sections that a page tells in brief, or not at all: another notebook shows them whole.
BRIEF = {
    "10_satisfaction": {"evolution", "profil", "lecture"},
    "20_enquete_mystere": {"accord", "canaux", "lecture", "reperes"},
    "27_indicateurs": {"lecture"},
    "30_labellisation": {"calendrier", "matrice", "preuves", "prevision"},
    "40_synthese_clu": {"ensemble", "matrice", "mystere"},
}


@pytest.mark.parametrize(
    ("site", "notebook"), [(s, n) for campaign, s, n in REPORTS if campaign == "2020-11"]
)
def test_every_figure_charted_is_written_in_the_page(made, site, notebook):
    """
    Each figure of the CSV, as it is rounded, is in the text of its report.

    Likeness aside, and what is told in brief or drawn as a band.
    """
    path = report(made, "2020-11", site, notebook)
    text = plain(read_out(lxml_html.parse(str(path)).getroot()))
    with path.with_suffix(".chiffres.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter=";") if row["valeur"]]
    assert len(rows) > 40
    brief = {"ressemblance", *BRIEF.get(notebook, ())}
    rows = [row for row in rows if row["section"] not in brief]
    rows = [row for row in rows if not row["groupe"].endswith(", limites")]
    # Of a change of subject that is not established, a page says what it may be.
    rows = [row for row in rows if (row["section"], row["unite"]) != ("remarques", GAP)]

    assert len(rows) >= 10
    for row in rows:
        assert any(words in text for words in wordings(row)), row


def test_the_evry_report_opens_with_the_reply_to_the_committee(made):
    path = report(made, "2020-11", "evry", "10_satisfaction")
    tree = lxml_html.parse(str(path)).getroot()
    first = tree.xpath("//h2")[0]
    text = plain(tree.xpath("//main")[0].text_content())

    assert plain(first.text_content()) == "L’essentiel"
    reply = text.split("Ce qui a été promis et fait")[-1].split("Thème par thème")[0]
    assert "141 usagers interrogés, n’est pas représentatif" in reply
    assert "213 usagers ont répondu, contre 141 en novembre-décembre 2019, pour un" in reply
    proof = lxml_html.parse(str(report(made, "2020-11", "evry", "15_analyses"))).getroot()
    text = plain(proof.xpath("//main")[0].text_content())
    assert "213 usagers ont répondu : objectif atteint" in text
    told = re.search(
        r"d’au plus ± (\d+,\d) points sur une question à laquelle tous ont répondu, "
        r"contre ± (\d+,\d) points avec 141 réponses",
        text,
    )
    now, before = (float(margin.replace(",", ".")) for margin in told.groups())
    # 0.98/√213 is 6.7 and 0.98/√141 is 8.3; half-days make them larger, by less than a third.
    assert 6.7 < now < 9
    assert 8.3 < before < 11


@pytest.mark.parametrize(
    ("notebook", "has_them"), [("10_satisfaction", False), ("15_analyses", True)]
)
def test_p_values_stay_in_the_detailed_report(made, notebook, has_them):
    tree = lxml_html.parse(str(report(made, "2020-11", "evry", notebook))).getroot()
    text = plain(tree.xpath("//main")[0].text_content())

    assert ("p, sans correction" in text) is has_them


def test_headings_go_down_one_level_at_a_time(made):
    for campaign, site, notebook in REPORTS:
        tree = lxml_html.parse(str(report(made, campaign, site, notebook))).getroot()
        levels = [int(node.tag[1]) for node in tree.xpath("//h1|//h2|//h3|//h4")]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        anchors = tree.xpath("//@id")
        assert len(anchors) == len(set(anchors))
        assert {href[1:] for href in tree.xpath("//nav//@href")} <= set(anchors)


def test_indexes_lead_to_every_report(made):
    for campaign in CAMPAIGNS:
        tree = lxml_html.parse(str(made.reports / campaign / "index.html")).getroot()
        links = [made.reports / campaign / href for href in tree.xpath("//main//a/@href")]
        assert len(links) == LINKS[campaign]
        assert all(link.exists() for link in links)
        assert "Données fictives" in plain(tree.text_content())
    general = lxml_html.parse(str(made.reports / "index.html")).getroot()
    assert general.xpath("//main//a/@href") == [f"{name}/index.html" for name in CAMPAIGNS]


def test_the_executed_notebook_keeps_plotly_figures_and_no_raw_answer(made):
    path = report(made, "2020-11", "evry", "10_satisfaction").with_suffix(".ipynb")
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    mimes = [
        m
        for c in notebook.cells
        if c.cell_type == "code"
        for o in c.outputs
        for m in o.get("data", {})
    ]

    assert mimes.count("application/vnd.plotly.v1+json") == 2  # the topics, question by question
    assert "reponse_id" not in text
    assert "Fictivelle" not in text
    assert str(made.root) not in text
    assert str(ROOT) not in text


def test_nothing_is_left_in_progress(made):
    assert not list(made.reports.rglob("*en-cours*"))
    assert not list(made.reports.rglob(f"*{FAILED_SUFFIX}"))


@pytest.mark.lent
def test_the_same_command_gives_the_same_bytes(made, tmp_path):
    project = copied(made, tmp_path)
    paths = [
        report(project, "2020-11", "palaiseau", n)
        for n in ("10_satisfaction", "20_enquete_mystere")
    ]
    before = [path.read_bytes() for path in paths]

    asked = ["rapports", "--campagne", "2020-11", "--site", "palaiseau", "--forcer"]
    only = [word for path in paths for word in ("--notebook", path.stem)]
    code = main(["--racine", str(project.root), *asked, *only])

    assert code == 0
    assert [path.read_bytes() for path in paths] == before


@pytest.mark.lent
def test_one_failure_leaves_the_others_done_and_the_old_report(made, tmp_path, capsys):
    """A cell fails for Évry only; Étampes has no data any more; Palaiseau is made."""
    project = copied(made, tmp_path)
    path = project.notebooks / "10_satisfaction.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = "(site, campagne) != ('evry', '2020-11')"  # other publics were asked there too
    notebook.cells[-1].source = f"assert {place}, 'panne de démonstration'"
    nbformat.write(notebook, path)
    registry = project.clean / "imports" / "2020-11.json"
    content = json.loads(registry.read_text(encoding="utf-8"))
    del content["empreinte"]  # else it is made again from the parts
    for entry in content["imports"]:
        entry["gardees_par_site"].pop("etampes", None)
    registry.write_text(json.dumps(content), encoding="utf-8")
    old = {site: report(project, "2020-11", site, "10_satisfaction").read_bytes() for site in SITES}

    code = main(
        [
            "--racine",
            str(project.root),
            "rapports",
            "--campagne",
            "2020-11",
            "--notebook",
            "10_satisfaction",
        ]
    )

    err = capsys.readouterr().err
    assert code == 1
    assert "2 rapport(s) en échec sur 6" in err
    assert "panne de démonstration" in err
    assert "Aucune donnée pour 10_satisfaction, site etampes" in err
    new = {site: report(project, "2020-11", site, "10_satisfaction").read_bytes() for site in SITES}
    assert [site for site in SITES if new[site] != old[site]] == ["palaiseau"]
    assert (project.reports / "2020-11" / "evry" / f"10_satisfaction{FAILED_SUFFIX}").exists()
    assert not list(project.reports.glob(".en-cours-*"))


def test_a_process_that_dies_is_reported(made, tmp_path, capsys):
    project = copied(made, tmp_path)
    path = project.notebooks / "20_enquete_mystere.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = "import os; os._exit(3)"
    nbformat.write(notebook, path)

    code = main(
        [
            "--racine",
            str(project.root),
            "rapports",
            "--campagne",
            "2020-11",
            "--site",
            "evry",
            "--notebook",
            "20_enquete_mystere",
        ]
    )

    assert code == 1
    assert "s’est arrêté brutalement" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said(made, tmp_path, capsys):
    project = copied(made, tmp_path, ignore=shutil.ignore_patterns("reports"))
    project.reports.write_text("un fichier à la place du dossier", encoding="utf-8")

    code = main(
        ["--racine", str(project.root), "rapports", "--campagne", "2020-11", "--site", "evry"]
    )

    assert code == 11
    assert "Impossible d’écrire" in capsys.readouterr().err


def patiently(command):
    """
    Run a command; once more if it never ends.

    The last word of a kernel is sometimes lost; papermill then waits for ever, its kernel idle.
    Seen when JupyterLab starts kernels beside it.
    """
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=90)
    except subprocess.TimeoutExpired:
        subprocess.run(command, check=True, capture_output=True, timeout=600)


@pytest.mark.nuit
def test_the_explorer_runs_in_a_kernel(made, tmp_path):
    """It is no report: no batch makes it. Reports in a kernel: `test_pool.py`."""
    target = tmp_path / "00_explorer.ipynb"
    command = [
        *PAPERMILL, str(ROOT / "notebooks" / target.name), str(target),
        "-p", "site", "etampes", "--cwd", str(made.root), "--no-progress-bar",
    ]  # fmt: skip
    patiently(command)

    assert any(cell.get("outputs") for cell in nbformat.read(target, as_version=4).cells)


@pytest.mark.lent
def test_nbconvert_makes_the_same_page_from_the_executed_notebook(made, tmp_path):
    source = report(made, "2020-11", "evry", "20_enquete_mystere").with_suffix(".ipynb")
    command = [
        sys.executable, "-c", "import qpref, nbconvert.nbconvertapp as app; app.main()",
        "--to", "qpref", "--output-dir", str(tmp_path), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)

    page = (tmp_path / source.with_suffix(".html").name).read_text(encoding="utf-8")
    assert page.strip() == source.with_suffix(".html").read_text(encoding="utf-8").strip()


@pytest.mark.nuit
def test_nbconvert_runs_a_notebook_and_makes_the_page_of_the_batch(made, tmp_path):
    """A kernel dresses sections for the lab: the page has them as the batch does."""
    source = made.root / "notebooks" / "20_enquete_mystere.ipynb"
    command = [
        sys.executable, "-c", "import qpref, nbconvert.nbconvertapp as app; app.main()",
        "--to", "qpref", "--execute", "--output-dir", str(tmp_path), str(source),
    ]  # fmt: skip
    patiently(command)

    page = (tmp_path / "20_enquete_mystere.html").read_text(encoding="utf-8")
    batch = report(made, "2020-11", "evry", "20_enquete_mystere").with_suffix(".html")
    assert page.strip() == batch.read_text(encoding="utf-8").strip()


@pytest.mark.nuit
def test_papermill_from_elsewhere_says_what_it_can_do(tmp_path):
    command = [
        *PAPERMILL, str(ROOT / "notebooks" / "20_enquete_mystere.ipynb"), "sortie.ipynb",
        "--no-progress-bar",
    ]  # fmt: skip
    surroundings = {k: v for k, v in os.environ.items() if k != "QPREF_RACINE"}
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=surroundings
    )

    assert done.returncode != 0
    assert "par papermill, --cwd DOSSIER" in done.stderr
