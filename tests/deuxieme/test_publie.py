"""What the second example's committee received, then an answer withdrawn: said, and written."""

import json
import re
import shutil
from datetime import date

import lxml.html
import pytest

from qpref.cli import main
from qpref.cli.errata import PublishedFigureError
from qpref.clu.archive import editions
from tests.conftest import copied
from tests.deuxieme.conftest import CAMPAIGNS

pytestmark = [pytest.mark.notebook, pytest.mark.lent]

LAST, NAME = CAMPAIGNS[1], "10_satisfaction"
MEETING = f"""date: 2023-09-12
heure: "10:00"
lieu: "salle à préciser"
fictif: oui
sites: [cahors, figeac]
campagne: {LAST}
ordre_du_jour:
  - titre: "Résultats"
    minutes: 30
    documents: [cahors/{NAME}, figeac/{NAME}]
"""
MEMBERS = """fictif: oui
conserver_jusqu_au: 2099-12-31
membres:
  - {id: usagers, organisation: "Usagers du Lot (fictive)", categorie: associations,
     courriel: canari@exemple.invalid, echange_adresse: oui}
"""


@pytest.fixture(scope="module")
def sent(second, tmp_path_factory):
    """The second example once its committee's pack was prepared."""
    project = copied(second, tmp_path_factory.mktemp("publie"))
    project.committee.mkdir(parents=True)
    (project.committee / "2023-09-12.yml").write_text(MEETING, encoding="utf-8")
    (project.committee / "membres.yml").write_text(MEMBERS, encoding="utf-8")
    assert call(project, "clu", "preparer", "--reunion", "2023-09", "--jour", "2023-08-20") == 0
    return project


def call(project, *arguments):
    return main(["--racine", str(project.root), *arguments])


def withdraw_one(project):
    """Take one answer of Cahors away from the file received; return how many there were."""
    folder = project.root / "data" / "exemple" / LAST
    path = folder / f"results-survey_{LAST}.csv"
    reports = project.report_folder(LAST, "cahors") / f"{NAME}.provenance.json"
    facts = json.loads(reports.read_text(encoding="utf-8"))["fichiers"]
    before = sum(f["gardees_ce_site"] for f in facts
                 if (f["campagne"], f["nature"]) == (LAST, "satisfaction"))  # fmt: skip
    lines = path.read_bytes().splitlines(keepends=True)
    place = next(  # submitted, in this site
        i for i, line in enumerate(lines)
        if b'"Cahors"' in line and line.split(b";")[1] not in {b'""', b""}
    )  # fmt: skip
    path.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
    assert call(project, "importer", str(path), "--campagne", LAST) == 0
    return before


def test_a_project_that_never_sent_anything_says_nothing_of_archives(second, capsys):
    """No pack, no archive: neither an error nor a word."""
    page = second.report_folder(LAST, "cahors") / f"{NAME}.html"
    assert call(second, "verifier", str(page)) == 0
    assert "archiv" not in capsys.readouterr().out


def test_a_pack_made_before_archives_is_said_once_and_is_no_error(sent, tmp_path, capsys):
    project = copied(sent, tmp_path, ignore=shutil.ignore_patterns("archives"))
    page = project.report_folder(LAST, "cahors") / f"{NAME}.html"

    assert call(project, "verifier", str(page)) == 0
    assert capsys.readouterr().out.count("Rien n’a été archivé pour : 2023-09-12") == 1
    assert call(project, "clu", "suivi") == 0
    assert call(project, "verifier", "--erratum", "--campagne", LAST) == 0


def test_an_answer_withdrawn_later_is_told_to_the_committee(sent, capsys):
    """One answer of Cahors fewer: the count goes from n to n − 1, because the file changed."""
    (edition,) = editions(sent, date(2023, 9, 12))
    assert edition.facts.rapports == (f"cahors/{NAME}", f"figeac/{NAME}")
    before = withdraw_one(sent)
    capsys.readouterr()

    assert call(sent, "rapports", "--campagne", LAST, "--notebook", NAME) == 0
    told = capsys.readouterr().err.replace("\n", " ")
    assert f"qpref verifier --campagne {LAST}" in told
    page = str(sent.report_folder(LAST, "cahors") / f"{NAME}.html")
    assert call(sent, "verifier", page) == PublishedFigureError.exit_code
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert f"publié « {before} réponses" in said
    assert f"maintenant « {before - 1} réponses" in said
    assert "fichier changé" in said or "fichier ajouté" in said
    assert call(sent, "verifier", "--erratum", "--campagne", LAST) == 0
    (erratum,) = sent.campaign_folder(LAST).glob("erratum-*.html")
    tree = lxml.html.parse(str(erratum)).getroot()
    text = re.sub(r"\s+", " ", tree.text_content())
    assert f"{before} réponses" in text
    assert f"{before - 1} réponses" in text
    assert "12 septembre 2023" in text
    assert "canari" not in "".join(
        path.read_text(encoding="utf-8-sig") for path in edition.folder.rglob("*.*")
    )
