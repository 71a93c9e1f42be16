"""A year of complaints, by the commands of the guide; nothing goes out unread, or of too few."""

import json
import zipfile

import lxml.html
import pytest
import xlsxwriter

from qpref.cli.app import main
from qpref.layout.complaints import REGISTER, TEXTS
from qpref.store import Store
from tests.conftest import few_by_day
from tests.sections import plain

pytestmark = pytest.mark.lent
CAMPAIGN = ("--campagne", "2020-11")
# Words that no masking rule knows: if a page shows one, only an approval can have let it out.
CANARIES = {"texte": "serinjaune", "suite": "serinvert", "changement": "serinbleu"}
SERVICE = "Serinnoir"


def call(project, capsys, *words):
    capsys.readouterr()
    code = main(["--racine", str(project.root), *words])
    said = capsys.readouterr()
    return code, said.out + said.err


def fill(path, sizes):
    """Write a register: so many complaints a channel, each with its canaries."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(REGISTER.sheet)
    sheet.write_row(0, 0, ["Données fictives"])
    sheet.write_row(1, 0, [column.heading for column in REGISTER.offered])
    line = 2
    for channel, size in sizes.items():
        for _ in range(size):
            told = {name: f"{word} {line}" for name, word in CANARIES.items()}
            told |= {
                "site": "Palaiseau", "numero": line, "recue": "02/11/2020", "canal": channel,
                "nature": "Réclamation", "repondue": "05/11/2020", "service": SERVICE,
            }  # fmt: skip
            sheet.write_row(line, 0, [told.get(one.key, "") for one in REGISTER.offered])
            line += 1
    book.close()


def shown(project):
    """All that reports and publication hold, workbooks included, but the analyst's notebooks."""
    return "\n".join(
        text for path in sorted(project.reports.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" for text in inside(path)
    )  # fmt: skip


def inside(path):
    """The texts of a file: those of its parts when it is an archive."""
    if not zipfile.is_zipfile(path):
        return [path.read_text(encoding="utf-8", errors="replace")]
    with zipfile.ZipFile(path) as parts:
        return [parts.read(name).decode("utf-8", errors="replace") for name in parts.namelist()]


REPORTS = [w for n in ("27_indicateurs", "30_labellisation", "40_synthese_clu", "10_satisfaction")
           for w in ("--notebook", n)]  # fmt: skip


# So many letters, alone or among 21 and more: a count of people under the threshold, each time.
FEW = few_by_day([(3, True), *((few, True) for few in (1, 2, 4)), (1, False), (4, False)], 1)


@pytest.mark.parametrize(("few", "is_counted"), FEW)
def test_no_complaint_goes_out_unread_or_counted_among_few(own, tmp_path, capsys, few, is_counted):
    """Of few in all, nothing; of few letters among others, none, nor what would give them back."""
    path = tmp_path / "registre.xlsx"
    fill(path, {"Courrier": few} | ({"Courriel": 8, "Téléphone": 12} if is_counted else {}))
    code, said = call(own, capsys, "importer", str(path), *CAMPAIGN)
    assert code == 0, said
    assert (
        SERVICE.casefold()
        not in "".join(
            Store(own).read("reclamations", "2020-11", "palaiseau")["service"]
        ).casefold()
    )

    code, said = call(own, capsys, "rapports", *CAMPAIGN, "--site", "palaiseau", *REPORTS)
    assert code == 0, said
    code, said = call(own, capsys, "publier", *CAMPAIGN, "--jour", "2021-03-16")
    assert code == 0, said
    words = shown(own).casefold()

    assert not [word for word in (*CANARIES.values(), SERVICE.casefold()) if word in words]
    page = own.report_folder("2020-11", "palaiseau") / "27_indicateurs.html"
    text = plain(lxml.html.parse(page).getroot().text_content())
    assert ("trop peu pour être comptées" in text) is not is_counted
    if is_counted:
        assert f"{few + 20} réclamations et suggestions" in text
        assert "courriel et courrier" in text  # neither is counted
        assert "Téléphone12" in text

    found = json.loads(
        call(own, capsys, "verbatims", *CAMPAIGN, "--site", "palaiseau", "--json")[1]
    )["remarques"]
    chosen = next(one for one in found if one["question"] == TEXTS["changement"])
    call(own, capsys, "verbatims", *CAMPAIGN, "--approuver", chosen["identifiant"])
    call(own, capsys, "rapports", *CAMPAIGN, "--site", "palaiseau", *REPORTS)
    words = shown(own).casefold()
    assert (chosen["texte_masque"].casefold() in words) is is_counted
    assert not [word for name, word in CANARIES.items() if word in words and name != "changement"]


def test_the_guide_from_the_workbook_to_the_import(project, capsys):
    code, said = call(
        project, capsys, "modele-saisie", *CAMPAIGN, "--pour", "reclamations", "--site", "evry"
    )
    assert code == 0, said
    path = project.received / "modele_reclamations_evry_2020-11.xlsx"
    code, said = call(project, capsys, "importer", str(path), *CAMPAIGN)
    assert "pas encore rempli" in plain(said)
    (project.reference / "reclamations.yml").unlink()
    code, said = call(
        project, capsys, "modele-saisie", *CAMPAIGN, "--pour", "reclamations", "--site", "evry"
    )
    assert code != 0
    assert "reclamations.yml" in said
