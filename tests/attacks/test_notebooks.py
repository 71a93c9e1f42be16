"""Notebooks run code: which ones, with what, and what they leave behind."""

import ast
import contextlib
import csv
import io
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from pathlib import Path

import lxml.html
import nbformat
import papermill.translators
import psutil
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from qpref.batch.plan import report_notebooks
from qpref.batch.provenance import read_provenance
from qpref.cli import main
from qpref.errors import ReportError, StorageError
from tests.attacks.running import ONE_SITE, REPORTS, run, start
from tests.conftest import NIGHT, ROOT, copied, copy_project

pytestmark = pytest.mark.lent

TEXTS = st.text(max_size=40)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@given(VALUES)
@example('"; import os; os.system("x") #')
@example('"""\n!rm -rf .\n%run x\n')
@example("{{ 7*7 }} {site} \\")
@example("\r\n\u2028\x00\x1a'")
def test_a_parameter_is_data_and_cannot_become_code(value):
    """As papermill writes it and IPython reads it: one assignment, of this very value."""
    code = papermill.translators.PythonTranslator.codify({"site": value})
    tree = ast.parse(TransformerManager().transform_cell(code))

    assert [type(node) for node in tree.body] == [ast.Assign]
    assert [name.id for name in tree.body[0].targets] == ["site"]
    assert ast.literal_eval(tree.body[0].value) == value


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "evry; rm", 'evry"\nimport os', "/etc/x", "", "évry\x00"]
)
@pytest.mark.parametrize("option", ["--site", "--campagne", "--notebook"])
def test_a_name_that_is_not_known_runs_nothing(filled, capsys, option, name):
    before = {path: path.stat().st_mtime_ns for path in filled.root.rglob("*")}
    words = ["rapports", "--campagne", "2020-11", option, name]

    assert main(["--racine", str(filled.root), *words]) in {2, 5}
    assert "inconnu" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in filled.root.rglob("*")} == before


@pytest.fixture
def one(tmp_path):
    """A folder with one notebook that makes reports, as JSON."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    content = json.loads((ROOT / "notebooks" / "10_satisfaction.ipynb").read_text("utf-8"))
    return folder, content


def test_a_notebook_gone_since_the_folder_was_listed_is_not_called_damaged(one, monkeypatch):
    folder, content = one
    (folder / "10_satisfaction.ipynb").write_text(json.dumps(content), encoding="utf-8")

    def gone(path):
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr("qpref.batch.plan._notebook", gone)
    with pytest.raises(StorageError) as caught:
        report_notebooks(folder)
    assert "ne peut pas être lu" in str(caught.value)
    assert "partage réseau" in caught.value.remedy


@pytest.mark.skipif(os.name == "nt", reason="les liens demandent des droits")
def test_a_link_to_a_notebook_of_elsewhere_is_refused(one, tmp_path):
    folder, content = one
    elsewhere = tmp_path / "ailleurs.ipynb"
    elsewhere.write_text(json.dumps(content), encoding="utf-8")
    (folder / "10_lien.ipynb").symlink_to(elsewhere)

    with pytest.raises(ReportError, match="copiez-le dans notebooks/local"):
        report_notebooks(folder)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"nbformat": 4}', '{"nbformat": 99}', '{"a":' * 30_000,
     '{"nbformat": 3, "worksheets": []}'],
)  # fmt: skip
def test_what_is_no_notebook_is_named(one, text):
    folder, _ = one
    (folder / "70_abime.ipynb").write_text(text, encoding="utf-8")

    with pytest.raises(ReportError, match=r"70_abime\.ipynb.*JupyterLab"):
        report_notebooks(folder)


@given(st.data())
def test_a_notebook_with_anything_in_it_is_read_or_refused(data):
    """One value of the notebook, wherever it is, replaced by another of any type."""
    content = json.loads((ROOT / "notebooks" / "10_satisfaction.ipynb").read_text("utf-8"))
    place, spot = content, None
    while isinstance(place, dict | list) and len(place):
        keys = list(place) if isinstance(place, dict) else range(len(place))
        spot = (place, data.draw(st.sampled_from(list(keys))))
        place = place[spot[1]]
        if data.draw(st.booleans()):
            break
    spot[0][spot[1]] = data.draw(VALUES)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ReportError):
        Path(folder, "10_x.ipynb").write_text(json.dumps(content), encoding="utf-8")
        own = [one for one in report_notebooks(Path(folder)) if one.path.parent == Path(folder)]
        assert len(own) <= 1


PLOTLY = "application/vnd.plotly.v1+json"  # shares and counts, as the page shows them
FORMULA = re.compile(r"[=+@\t\r]|-(?![\d,.])")  # a number may be negative
SECRETS = {
    "remarque": "Canariremarque nonrelue",
    "courriel": "canaricourriel@exemple.invalid",
    "adresse": "198.51.100.77",
    "invalide": "Canarivaleur impossible",
}


TRAP = "=1+1<img src=x onerror=alert(1)>{{7*7}}.csv"


@pytest.fixture(scope="module")
def spied(example, tmp_path_factory):
    """A project whose received file holds words that must stay in it, and its reports."""
    folder = tmp_path_factory.mktemp("canari")
    project = copy_project(folder / "projet")
    received = folder / "recus"
    shutil.copytree(example / "2020-11", received)
    path = received / "results-survey_2020-11.csv"
    rows = [*csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")]
    column = {heading.split(".")[0]: place for place, heading in enumerate(rows[0])}
    for row in rows[1:40]:
        row[column["G07Q02"]] = SECRETS["remarque"]
        row[column["G07Q03"]] = SECRETS["courriel"]
        row[column["ipaddr"]] = SECRETS["adresse"]
    rows[3][column["G07Q01"]] = SECRETS["invalide"]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    path.rename(path.with_name(TRAP))
    assert run(project, "importer", str(received), "--campagne", "2020-11")[0] == 0
    code, said = run(project, *(ONE_SITE[:3] if NIGHT else ONE_SITE))
    assert code == 0, said
    return project


def texts_of(path):
    """Return the bytes of a file, those inside a workbook too."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return path.read_bytes()


def test_what_is_published_holds_no_raw_answer(spied):
    """Pages, executed notebooks, figures, provenance, journal: every file of reports/."""
    files = [path for path in spied.reports.rglob("*") if path.is_file()]

    assert {path.suffix for path in files} >= {".html", ".ipynb", ".csv", ".xlsx", ".json"}
    for path in files:
        content = texts_of(path)
        for kind, secret in SECRETS.items():
            assert secret.encode() not in content, (path.name, kind)
            assert json.dumps(secret)[1:-1].encode() not in content, (path.name, kind)


def test_a_file_name_acts_nowhere(spied):
    """It is printed by every page: as text; and no cell of a table begins as a formula."""
    pages = [*spied.reports.rglob("*.html")]
    shown = 0
    for path in pages:
        tree = lxml.html.fromstring(path.read_bytes())
        assert not tree.xpath("//img | //script | //iframe | //@*[starts-with(name(), 'on')]")
        shown += TRAP in tree.text_content()
    assert shown >= 2
    tables = [*spied.reports.rglob("*.csv"), *spied.quarantine.rglob("*.csv")]
    for path in tables:
        rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
        assert not [cell for row in rows for cell in row if FORMULA.match(cell)], path.name
    for path in spied.reports.rglob("*.provenance.json"):
        assert TRAP in {source.fichier for source in read_provenance(path).fichiers} or (
            "mystere" in path.name
        )


def test_contact_columns_reach_no_file_at_all(spied):
    """The masked remark and the refused value stay for the unit; the contacts nowhere."""
    kept = b"".join(texts_of(path) for path in spied.root.rglob("*") if path.is_file())

    assert SECRETS["courriel"].encode() not in kept
    assert SECRETS["adresse"].encode() not in kept


def test_what_is_published_holds_nothing_of_the_machine(spied):
    words = [str(spied.root), str(ROOT), str(Path.home()) + "/.", os.uname().nodename + "-"]
    for path in spied.reports.rglob("*"):
        if path.is_file():
            content = texts_of(path)
            for word in words:
                assert word.encode() not in content, (path.name, word)


def test_an_executed_notebook_holds_its_outputs_only(spied):
    """No table of answers: the outputs are sections, and what papermill says of the run."""
    for path in spied.reports.rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        kinds = {
            kind
            for cell in notebook.cells
            if cell.cell_type == "code"
            for output in cell.outputs
            for kind in output.get("data", {})
        }
        ours = {kind for kind in kinds if kind.startswith("application/vnd.qpref")}
        assert kinds - ours <= {"text/html", "text/plain", PLOTLY}, path.name


@pytest.mark.nuit
@pytest.mark.notebook
def test_a_batch_listens_to_nobody(filled, tmp_path):
    """Neither the driver, nor the warm process, nor the reports open a port."""
    project = copied(filled, tmp_path)
    process, seen = start(project, *REPORTS), set()
    while process.poll() is None:
        try:
            family = [psutil.Process(process.pid)]
            family += family[0].children(recursive=True)
            for one_ in family:
                seen |= {c for c in one_.net_connections("inet") if c.status == psutil.CONN_LISTEN}
        except psutil.Error:
            continue
        time.sleep(0.05)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert not seen
