"""« Une autre préfecture : la première heure »: each command, as a quality officer types it."""

import csv
import re
import shlex
import shutil

import lxml.html
import pytest

from qpref.cli import main
from tests.conftest import ROOT

pytestmark = pytest.mark.lent

PAGE = ROOT / "docs" / "premiere-heure.md"
HEADINGS = (
    "Horodateur", "Dans quel site avez-vous été reçu ?", "Quel était le motif de votre visite ?",
    "Êtes-vous satisfait de l’accueil ?", "Les informations étaient claires",
    "Globalement, êtes-vous satisfait de votre visite ?", "Recommanderiez-vous ce service ?",
    "Avez-vous une remarque ?",
)  # fmt: skip
SATISFIED = ("Très satisfait", "Plutôt satisfait", "Plutôt pas satisfait", "Pas du tout satisfait")
AGREED = ("Tout à fait d’accord", "Plutôt d’accord", "Plutôt pas d’accord", "Pas du tout d’accord")
REASONS = ("Titre de séjour", "Carte grise", "Association")


def commands():
    blocks = re.findall(r"```\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def write_answers(path, count):
    """Visitors of Évreux two times in three; of those, one in two is very satisfied overall."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        for i in range(count):
            site = "Bernay" if i % 3 == 2 else "Évreux"
            overall = SATISFIED[0] if i % 3 == 0 else SATISFIED[2] if i % 3 == 1 else SATISFIED[1]
            writer.writerow(
                (
                    f"{1 + i % 28:02d}/10/2026 {9 + i % 7:02d}:{i % 60:02d}:00", site,
                    REASONS[i % 3], SATISFIED[i % 4], AGREED[i % 4], overall, i % 11,
                    f"remarque numéro {i}" if i % 5 == 0 else "",
                )
            )  # fmt: skip


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The folder in which every command of the page was run, and what each printed."""
    folder = tmp_path_factory.mktemp("heure")
    write_answers(folder / "formulaire.csv", 120)
    write_answers(folder / "reponses.csv", 240)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in commands():
            name, *words = shlex.split(line)
            if name == "cd":
                patch.chdir(words[0])
                shutil.copytree(".", folder / "essai")
                continue
            assert name == "qpref"
            assert main(words) == 0, line
    return folder


def figures(project, site):
    path = project / "reports" / "2026-10" / site / "10_satisfaction.chiffres.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_reports_of_ones_own_form_are_made(followed):
    """160 visitors of Évreux, 80 of whom are very satisfied overall, 80 not quite: 50 %."""
    overall = [
        line for line in figures(followed / "eure", "evreux") if line["section"] == "chiffres-cles"
    ]

    assert (overall[0]["n"], overall[0]["effectif"]) == ("160,0", "80,0")
    page = (followed / "eure/reports/2026-10/evreux/10_satisfaction.html").read_text("utf-8")
    text = lxml.html.fromstring(page.encode()).text_content()
    assert "Êtes-vous satisfait de l’accueil" in text
    assert "score net" in text.casefold()
    assert "onnées fictives" not in text


def test_invented_answers_say_so_on_every_page(followed):
    pages = [*(followed / "essai" / "reports").rglob("[0-9]*.html")]

    assert pages
    for page in pages:
        assert "onnées fictives" in page.read_text(encoding="utf-8")
