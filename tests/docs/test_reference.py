"""Reference pages are made from the program; a newcomer finds the page that answers."""

import re
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_architecture import ROOMS

sys.path.append(str(ROOT / "tools"))

import reference

DOCS = ROOT / "docs"
FRONT = [ROOT / "README.md", DOCS / "index.md"]
GUIDE = DOCS / "guide"
QUESTIONS = {  # what a newcomer asks, and words that the heading of its page or passage holds
    "How do I import my form?": ("dictionnaire.md", "formulaire que qpref ne connaît pas"),
    "How do I import the files received?": ("importer.md", "importer les fichiers reçus"),
    "Why is a line missing?": ("mis-de-cote.md", "mises de côté"),
    "How do I make the reports?": ("rapports.md", "faire les rapports"),
    "How do I prepare the committee's meeting?": ("reunion.md", "réunion du comité"),
    "How do I try it before the survey?": ("essayer.md", "données fictives"),
    "No administrator here: how do I install it?": ("poste-verrouille.md", "poste verrouillé"),
    "Which key names the site?": ("cles.md", "`data/reference/sites.yml`"),
    "What does code 6 mean?": ("codes-de-sortie.md", "Codes de sortie"),
    "What does this option do?": ("commandes.md", "`qpref importer`"),
    "What is in this column of the figures?": ("colonnes.md", "Colonnes des fichiers de chiffres"),
    "How are these shares computed?": ("methode.md", "Méthode"),
}


def links(path: Path) -> set[Path]:
    """Return the documents that one leads to, the lists of the site's builder included."""
    text = path.read_text(encoding="utf-8")
    found = {(path.parent / target) for target in re.findall(r"\]\(([^)#\s]+\.md)", text)}
    for block in re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL):
        names = [line for line in block.splitlines() if line and not line.startswith(":")]
        found |= {path.parent / f"{name}.md" for name in names}
    return {target.resolve() for target in found}


def headings(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_reference_page_is_up_to_date(name):
    """`python tools/reference.py` writes it again."""
    assert (ROOT / name).read_text(encoding="utf-8") == reference.PAGES[name]()


@pytest.mark.parametrize("front", FRONT, ids=lambda path: path.name)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomer_finds_the_page_in_two_clicks(front, question):
    name, words = QUESTIONS[question]
    one = links(front)
    within = one.union(*(links(path) for path in one if path.exists()))
    answers = [path for path in within if path.name == name and path.exists()]
    assert len(answers) == 1
    assert any(words in heading for heading in headings(answers[0]))


def test_the_guide_lists_each_of_its_pages_by_its_title():
    text = (GUIDE / "index.md").read_text(encoding="utf-8")
    listed = {name: title for title, name in re.findall(r"^- \[(.*)\]\((.*)\.md\)$", text, re.M)}
    pages = {path.stem: headings(path)[0] for path in GUIDE.glob("*.md") if path.stem != "index"}
    assert listed == pages
    hidden = re.search(r"```\{toctree\}\n:hidden:\n\n(.*?)```", text, re.DOTALL)[1].split()
    assert hidden == [*listed]


def test_a_page_of_the_guide_answers_one_question():
    for path in GUIDE.glob("*.md"):
        if path.stem != "index":
            titles = headings(path)
            assert titles[0].endswith(" ?")
            assert len(titles) == 1
            assert len(path.read_text(encoding="utf-8").split()) < 900


def test_every_room_is_in_the_architecture():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    rooms = {name for names in ROOMS for name in names} - {"__main__"}
    assert rooms <= set(re.findall(r"`([a-z_]+)`", text))
