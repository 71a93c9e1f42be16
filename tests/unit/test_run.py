"""What one report leaves behind: a French error, the environment, the files of an earlier run."""

import os
from pathlib import Path

import pytest
from papermill.exceptions import PapermillExecutionError

from qpref.batch import execution, run
from qpref.batch.plan import Notebook, Report
from qpref.errors import StorageError
from qpref.project import BATCH_VARIABLE, ROOT_VARIABLE, Project
from qpref.written import REPORT, put


@pytest.fixture
def home(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def report(home, tmp_path):
    """A report made earlier, with a PDF and an interactive page."""
    folder = home.report_folder("2020-11", "evry")
    found = Report(Notebook(tmp_path / "10_essai.ipynb", (), ()), "2020-11", "evry", folder, "", ())
    folder.mkdir(parents=True)
    for suffix in (".html", ".pdf", ".interactif.html"):
        put(home, {found.output(suffix): b"ancien"}, REPORT)
    return found


@pytest.fixture
def draft(tmp_path):
    (tmp_path / "brouillon").mkdir()
    return tmp_path / "brouillon"


@pytest.mark.parametrize("name", ["MissingDataError", "PdfError", "NotebookError"])
def test_an_error_of_ours_is_told_by_its_own_sentence_after_its_cell(report, name):
    error = PapermillExecutionError(3, 4, "", name, "Aucune donnée. Importez-les.", [])
    told = str(execution.explained(report, error)).strip()

    assert told == "10_essai, cellule 4 : Aucune donnée. Importez-les."


def test_another_error_is_told_with_its_cell(report):
    error = PapermillExecutionError(3, 4, "", "KeyError", "'motif'", [])

    assert "cellule 4 : KeyError ('motif')" in str(execution.explained(report, error))


def test_the_environment_is_the_same_after_a_report(report, tmp_path, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, "ailleurs")
    monkeypatch.delenv(BATCH_VARIABLE, raising=False)
    seen = []

    def refuse(*_, **__):
        seen.append((os.environ[ROOT_VARIABLE], os.environ[BATCH_VARIABLE]))
        raise OSError(28, "plus de place")

    monkeypatch.setattr(execution, "_run", refuse)
    with pytest.raises(StorageError, match="plus de place"):
        execution.executed_notebook(report, Project(tmp_path), tmp_path / "execute.ipynb", None)

    assert seen == [(str(tmp_path), "1")]
    assert os.environ[ROOT_VARIABLE] == "ailleurs"
    assert BATCH_VARIABLE not in os.environ


def test_a_pdf_that_somebody_reads_stops_the_report_before_its_page(
    report, home, draft, monkeypatch
):
    rename = Path.rename

    def locked(self, target):
        if self.suffix == ".pdf":
            raise PermissionError(13, "fichier ouvert")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", locked)
    published = []
    refused = pytest.raises(StorageError, match=r"10_essai.pdf.*Fermez-le")
    with refused, run._set_aside(report, home, draft):
        published.append(report)

    assert not published
    for suffix in (".html", ".pdf", ".interactif.html"):
        assert report.output(suffix).read_text(encoding="utf-8") == "ancien"


def test_a_page_not_published_keeps_the_pdf_of_the_old_one(report, home, draft):
    with pytest.raises(StorageError), run._set_aside(report, home, draft):
        raise StorageError("Disque plein.", "Faites de la place.")

    assert report.output(".pdf").exists()
    with run._set_aside(report, home, draft):
        pass
    assert not report.output(".pdf").exists()
    assert not report.output(".interactif.html").exists()
    assert report.output(".html").exists()


def test_the_depot_and_the_disk_agree_on_where_a_report_is(report, tmp_path):
    depot = pytest.importorskip("qpref.batch.depot")

    assert depot._where(report, Project(tmp_path)) == "reports/2020-11/evry"
