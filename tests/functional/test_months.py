"""A year of months, by the commands of the guide: workbook, import, report, for any project."""

import lxml.html
import openpyxl
import pytest

from qpref.batch.plan import report_notebooks
from qpref.cli.app import main
from qpref.store import Store
from qpref.workbook import ouvrir_indicateurs
from tests.sections import plain

pytestmark = pytest.mark.lent
DECLARED = """
mois_a_part:
  - {debut: "2020-03", fin: "2020-05", motif: "crise sanitaire", certitude: exemple, source: Essai}
indicateurs:
  - id: appels
    libelle: "Appels décrochés"
    unite: part
    numerateur: "décrochés"
    denominateur: "reçus"
    sens: hausse
    engagement: m1_telephone
    certitude: vu
    source: "Essai"
"""


def call(project, capsys, *words):
    capsys.readouterr()
    code = main(["--racine", str(project.root), *words])
    said = capsys.readouterr()
    return code, plain(said.out + said.err)


def planned(project):
    """Whether a project has the report made without naming it: only one that declares figures."""
    (notebook,) = [n for n in report_notebooks(project.notebooks) if n.name == "27_indicateurs"]
    return notebook.is_usual(project)


def test_a_year_of_months_goes_from_the_workbook_to_a_report(project, capsys):
    """
    Nine months at 900 of 1 000 and three of the spring of 2020 at 500, all used.

    p̄ = 0.9: 3 √(0.9 · 0.1 / 1 000) = 2.8 points.
    """
    campaign = ("--campagne", "2020-11")
    for name in ("indicateurs", "reclamations"):  # what the example declares
        (project.reference / f"{name}.yml").unlink()
    assert not planned(project)
    (project.reference / "indicateurs.yml").write_text(DECLARED, encoding="utf-8")
    assert planned(project)
    asked = ("modele-saisie", *campaign, "--pour", "indicateurs", "--site", "evry")
    assert call(project, capsys, *asked)[0] == 0
    path = project.received / "modele_indicateurs_evry_2020-11.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["Indicateurs"].iter_rows(min_row=6):
        if row[0].value:
            is_spring = row[1].value in {"2020-03", "2020-04", "2020-05"}
            row[3].value, row[4].value = 500 if is_spring else 900, 1000
    book.save(path)

    code, said = call(project, capsys, "importer", str(path), *campaign)
    assert code == 0, said
    assert "12 lignes lues = 12 gardées" in said
    code, said = call(project, capsys, "rapports", *campaign, "--notebook", "27_indicateurs")

    page = project.report_folder("2020-11", "evry") / "27_indicateurs.html"
    text = plain(lxml.html.parse(page).getroot().text_content())
    assert "Appels décrochés : 90 % en décembre 2020" in text
    assert "9 mois, de janvier 2020 à décembre 2020, moyenne 90 %" in text
    assert "entre 87 et 93 %" in text
    assert "crise sanitaire, mars 2020 (50 %), avril 2020 (50 %) et mai 2020 (50 %)" in text
    assert "Appuie l’engagement « Téléphonie »" in text
    assert "12 lignes lues, tous sites compris ; pour ce site, 12 relevés" in text
    assert "etampes" in said  # which has no figures: told once, and no page
    assert "aucune donnée importée (chiffres du mois, registre des réclamations)" in said
    assert not project.report_folder("2020-11", "etampes").exists()
    assert len(Store(project).read("indicateurs", "2020-11", "evry")) == 12


def test_a_month_said_again_with_another_value_is_told(project, capsys):
    """Two months in the first campaign; the second says one again as it was, the other anew."""
    (project.reference / "indicateurs.yml").write_text(DECLARED, encoding="utf-8")
    for campaign, values in (("2019-11", {"2019-11": 900, "2019-12": 800}),
                             ("2020-11", {"2019-11": 900, "2019-12": 850})):  # fmt: skip
        asked = ("modele-saisie", "--campagne", campaign, "--pour", "indicateurs", "--site", "evry")
        assert call(project, capsys, *asked)[0] == 0
        path = project.received / f"modele_indicateurs_evry_{campaign}.xlsx"
        book = openpyxl.load_workbook(path)
        rows = list(book["Indicateurs"].iter_rows(min_row=6))
        for row, (month, count) in zip(rows, values.items(), strict=False):
            row[0].value, row[1].value = rows[0][0].value, month
            row[3].value, row[4].value = count, 1000
        for row in rows[len(values) :]:
            row[3].value = row[4].value = None
        book.save(path)
        code, said = call(project, capsys, "importer", str(path), "--campagne", campaign)
        assert code == 0, said
    section = ouvrir_indicateurs("evry", "2020-11", project.root).essentiel()
    (told,) = [plain(one) for one in section.sentences if "corrigés" in one]

    assert told == (
        "Relevés corrigés depuis la campagne précédente : appels décrochés, décembre 2019."
    )
    before = ouvrir_indicateurs("evry", "2019-11", project.root).essentiel()
    assert not [one for one in before.sentences if "corrigés" in one]
