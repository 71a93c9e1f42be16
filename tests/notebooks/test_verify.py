"""A report is made again and compared: equal, or what differs, named figure by figure."""

import csv
import hashlib
import os
import subprocess
import sys

import nbformat
import pytest

from qpref.batch.plan import FAILED_SUFFIX, make_plan
from qpref.batch.pool import Limits, make_all
from qpref.batch.setting import RunSetting
from qpref.cli import main
from qpref.cli.verify import DifferenceError
from qpref.written import REPORT, write_noted
from tests.conftest import NOW, copied

pytestmark = [pytest.mark.lent, pytest.mark.notebook]
NAME = "20_enquete_mystere"


@pytest.fixture(scope="module")
def made(filled, reference, tmp_path_factory):
    project = copied(filled, tmp_path_factory.mktemp("verifier"))
    plan = make_plan(project, reference, "2020-11", ["etampes"], [NAME])
    make_all(plan, project, RunSetting(NOW), Limits(), lambda _: None)
    return project, plan[0]


def call(project, *arguments):
    return main(["--racine", str(project.root), "verifier", *arguments])


def test_an_untouched_report_is_equal(made, capsys):
    project, report = made
    assert call(project, str(report.output(".html"))) == 0
    assert call(project) == 0
    assert "2020-11, etampes, 20_enquete_mystere : égal" in capsys.readouterr().out


def test_a_page_made_on_demand_is_verified_too(made, capsys):
    """The poster is made when it is named only; what was made is verified like the rest."""
    project, report = made
    folder = ["--campagne", "2020-11", "--site", "etampes"]
    poster = report.folder / "60_affiche.html"
    assert (
        main(["--racine", str(project.root), "rapports", *folder, "--notebook", poster.stem]) == 0
    )
    capsys.readouterr()

    assert call(project, str(poster)) == 0
    assert "2020-11, etampes, 60_affiche : égal" in capsys.readouterr().out
    assert call(project, *folder) == 0
    assert "2 rapport(s) égaux" in capsys.readouterr().out
    for path in report.folder.glob("60_affiche*"):
        path.unlink()


def test_a_figure_changed_by_hand_is_named(made, capsys):
    project, report = made
    path = report.output(".chiffres.csv")
    before = path.read_bytes()
    rows = [*csv.reader(before.decode("utf-8-sig").splitlines(), delimiter=";")]
    column = rows[0].index("effectif")
    place = next(i for i, row in enumerate(rows) if i and row[column])
    rows[place][column] = "999,0"
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8-sig")

    assert call(project) == DifferenceError.exit_code

    said = capsys.readouterr()
    path.write_bytes(before)
    assert "fichier modifié depuis : 20_enquete_mystere.chiffres.csv" in said.out
    assert "effectif 999,0 →" in said.out
    assert rows[place][0] in said.out
    assert "1 rapport(s) sur 1" in said.err


@pytest.mark.parametrize(("nudge", "is_equal"), [(1e-12, True), (1e-6, False)])
def test_the_last_digits_are_no_figure_that_moved(made, capsys, nudge, is_equal):
    """As after another version of a library; 1e-6 is a figure that moved, if not yet printed."""
    project, report = made
    paths = [report.output(suffix) for suffix in (".chiffres.csv", ".provenance.json")]
    before = [path.read_bytes() for path in paths]
    rows = [*csv.reader(before[0].decode("utf-8-sig").splitlines(), delimiter=";")]
    column = rows[0].index("valeur")
    place = next(i for i, row in enumerate(rows) if i and "," in row[column])
    value = float(rows[place][column].replace(",", ".")) * (1 + nudge)
    rows[place][column] = repr(value).replace(".", ",")
    content = "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")
    old, new = (hashlib.sha256(text).hexdigest().encode() for text in (before[0], content))
    paths[0].write_bytes(content)
    provenance = before[1].replace(old, new)
    write_noted(project, paths[1], provenance, REPORT)  # as if that version had written it

    code = call(project)

    said = capsys.readouterr().out
    for path, text in zip(paths, before, strict=True):
        path.write_bytes(text)
    assert (code == 0) == is_equal
    assert ("1 chiffre(s) au dernier rang près" in said) == is_equal
    assert ("valeur" in said) != is_equal


def test_another_notebook_is_told_as_a_cause(made, capsys):
    project, report = made
    path = report.notebook.path
    before = path.read_text(encoding="utf-8")
    changed = before.replace('"## ', '"## Nouveau titre : ', 1)
    assert changed != before
    path.write_text(changed, encoding="utf-8")
    code = call(project)
    said = capsys.readouterr().out
    path.write_text(before, encoding="utf-8")
    assert code == DifferenceError.exit_code
    assert "notebook changé" in said
    assert "les chiffres sont les mêmes" in said


def test_a_report_that_fails_leaves_its_notebook_where_it_is_said(made, capsys):
    project, report = made
    source, page = report.notebook.path, report.output(".html")
    before, published = source.read_text(encoding="utf-8"), page.read_bytes()
    content = nbformat.reads(before, as_version=4)
    content.cells[-1].source = "1 / 0"
    nbformat.write(content, source)
    code, said = call(project), capsys.readouterr().out
    source.write_text(before, encoding="utf-8")

    kept = report.output(FAILED_SUFFIX)
    assert code == DifferenceError.exit_code
    assert "ZeroDivisionError" in said
    assert str(kept) in said.replace("\n", "")  # cut at the width of the screen
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    assert page.read_bytes() == published
    kept.unlink()


def test_a_page_of_elsewhere_is_refused(made, tmp_path, capsys):
    assert call(made[0], str(tmp_path / "autre.html")) == 1
    assert "ne sont pas de ce projet" in capsys.readouterr().err


def another_digit(path):
    """Change a figure in the middle of a file."""
    content = bytearray(path.read_bytes())
    figures = [place for place, one in enumerate(content) if chr(one).isdigit()]
    place = figures[len(figures) // 2]
    content[place] = ord("0") + (content[place] - ord("0") + 1) % 10
    path.write_bytes(content)


@pytest.mark.lent
def test_a_figure_changed_in_any_published_file_is_named(published, tmp_path, capsys):
    """Pages, figures, notebooks and provenance of a report; lists, editions and what they hold."""
    project = copied(published, tmp_path)
    call = ["--racine", str(project.root)]
    assert main([*call, "publier"]) == 0
    folder = project.report_folder("2020-11", "evry")
    drawn = [*project.reports.glob("*.html"), *project.reports.glob("2020-11/*.html")]
    drawn += [path for path in project.publication.rglob("*") if path.is_file()]
    capsys.readouterr()
    assert main([*call, "verifier", *map(str, drawn)]) == 0
    assert capsys.readouterr().out.count("tel que qpref l’a écrit") == len(drawn)
    silent = []
    for path in (*folder.glob("10_satisfaction.*"), *drawn):
        before = path.read_bytes()
        another_digit(path)
        page = folder / "10_satisfaction.html" if path.parent == folder else path
        code = main([*call, "verifier", str(page)])
        told = capsys.readouterr()
        if code != DifferenceError.exit_code or path.name not in f"{told.out}{told.err}":
            silent.append(path.name)
        path.write_bytes(before)

    assert len(drawn) > 8
    assert silent == []


AWAY = {"LC_ALL": "C", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}
THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
WEST = {"LC_ALL": "C.UTF-8", "TZ": "America/Cayenne", "PYTHONHASHSEED": "77"}


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(AWAY | THREADS, id="all"),
        pytest.param(AWAY, id="auckland", marks=pytest.mark.nuit),
        pytest.param(WEST, id="cayenne", marks=pytest.mark.nuit),
        pytest.param(THREADS | {"PYTHONHASHSEED": "random"}, id="threads", marks=pytest.mark.nuit),
    ],
)
def test_other_settings_of_the_machine_give_the_same_bytes(made, setting):
    """Locale, time zone, hash seed, threads: the page is compared byte for byte."""
    project, report = made
    command = [sys.executable, "-m", "qpref", "--racine", str(project.root), "verifier"]
    found = subprocess.run(
        [*command, report.output(".html")],
        env={**os.environ, "PYTHONIOENCODING": "cp1252", **setting},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "1 rapport(s) égaux" in found.stdout
