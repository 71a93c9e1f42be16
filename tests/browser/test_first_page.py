"""What a reader of `10_satisfaction` meets first, on a telephone and on paper, in both examples."""

import re
import shutil
import subprocess

import pytest
import yaml

from qpref.cli import main
from qpref.report.pdf import to_pdf
from tests.browser.conftest import BROWSER
from tests.deuxieme.conftest import CAMPAIGNS, HERE
from tests.readback import opened, plain, remarks_apart, words

pytestmark = pytest.mark.lent

SCREEN = (390, 844)  # of a telephone
MOST_SCREENS, MOST_HEIGHT, MOST_WORDS, MOST_SHEETS, MOST_BYTES = 2.5, 7_000, 1_200, 6, 40_000
MOST_OF_REMARKS = 250  # words of the section of remarks, quotations and subjects

# What a member of the committee would ask, and how the first page answers.
QUESTIONS = {
    "Les gens sont-ils contents ?": r"\d+ % (d’|de )[^.;]* dans l’ensemble",
    "Est-ce mieux qu’avant ?": r"[+−]?\d+ points? depuis .*?: (mieux|moins bien|pas de différence)",
    "Qu’est-ce qui a changé ?": r"Ce qui a changé : (mieux|moins bien|aucun sujet)",
    "Qu’est-ce qui va bien ?": r"Ce qui satisfait le plus : « .+? » \(\d+ %\)",
    "Qu’est-ce qui va mal ?": r"Ce qui satisfait le moins : « .+? » \(\d+ %\)",
    "Combien de gens ont répondu, et combien en voulait-on ?":
        r"\d+ usagers? (a|ont) répondu( \(objectif de \d+ (atteint|manqué)\))?",
    "Peut-on s’y fier ?": r"soit ± \d+,\d points au plus .*? (ressembl|permet de dire)",
    "Qui compte-t-on satisfait ?": r"« .+? » ou « .+? »\. Les",
    "Qu’a-t-on fait de ce qui avait été promis ?":
        r"Ce qui a été promis et fait : .*?Cette fois, \d+",
    "Qui publie, où et quand l’a-t-on demandé ?": r"du \d+.*? au \d+ .*?Publication : \w+",
}  # fmt: skip

READ = """() => {
  const all = [...document.querySelectorAll('header, main > *, main nav li')];
  const second = document.querySelectorAll('main h2')[1];
  const first = all.slice(0, all.indexOf(second)).filter(e => e.tagName !== 'NAV');
  const titles = [...document.querySelectorAll('main h2, main h3')].map(
    e => [e.id, e.getBoundingClientRect().top]);
  const remarks = titles.findIndex(([id]) => id === 'remarques');
  return {
    remarks: titles[remarks + 1][1] - titles[remarks][1],
    bottom: Math.max(...first.map(e => e.getBoundingClientRect().bottom + scrollY)),
    texts: first.filter(e => e.closest('main') && !e.closest('nav')).map(e => e.innerText),
    height: document.documentElement.scrollHeight,
  };
}"""


@pytest.fixture(scope="module")
def reports(published_whole, second):
    """The last satisfaction report of each site of both projects."""
    found = [
        *published_whole.reports.glob("2020-11/*/10_satisfaction.html"),
        *second.reports.glob("printemps-2023/*/10_satisfaction.html"),
    ]
    assert len(found) == 6
    return sorted(found)


@pytest.fixture(scope="module")
def read(reader, reports):
    """What a telephone shows of each: its first page, and how long the whole is."""
    return {
        path: reader.opens(path, *SCREEN, java_script_enabled=True).evaluate(READ)
        for path in reports
    }


@pytest.fixture(scope="module")
def printed(reports, tmp_path_factory):
    """The sheets of two of them: one of each project."""
    chosen = [path for path in reports if path.parent.name in {"evry", "cahors"}]
    assert len(chosen) == 2
    return {path: sheets(path, tmp_path_factory.mktemp("papier")) for path in chosen}


def sheets(page, folder):
    """The text of each sheet of a page."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext n’est pas installé")
    (folder / "page.pdf").write_bytes(to_pdf(page, BROWSER))
    told = ["pdftotext", folder / "page.pdf", "-"]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


@pytest.fixture(scope="module")
def large(shared):
    """The report of the second project, were it to ask 33 questions of opinion more: 39."""

    def make(folder):
        shutil.copytree(HERE / "reference", folder / "data" / "reference")
        (path,) = (folder / "data" / "reference" / "questionnaire").glob("*.yml")
        asked = yaml.safe_load(path.read_text(encoding="utf-8"))
        for rank in range(33):
            scale = ("accord", "qualite")[rank % 2]
            theme = ("trajet", "entretien", "conclusion")[rank % 3]
            text = f"Ce que vous pensez du sujet numéro {rank}"
            asked["questions"].append(
                {"id": f"sujet{rank}", "theme": theme, "type": "opinion", "echelle": scale,
                 "texte": text, "texte_court": f"Sujet numéro {rank}"}
            )  # fmt: skip
        path.write_text(yaml.safe_dump(asked, allow_unicode=True, sort_keys=False), "utf-8")
        run = ["--racine", str(folder)]
        assert main([*run, "exemple"]) == 0
        for campaign in CAMPAIGNS:
            received = str(folder / "data" / "exemple" / campaign)
            assert main([*run, "importer", received, "--campagne", campaign]) == 0
        wanted = ["--site", "cahors", "--campagne", CAMPAIGNS[-1], "--notebook", "10_satisfaction"]
        assert main([*run, "rapports", *wanted]) == 0

    return shared("nombreuses", make) / f"reports/{CAMPAIGNS[-1]}/cahors/10_satisfaction.html"


@pytest.mark.nuit
def test_the_first_page_holds_whatever_is_asked(reader, large, tmp_path):
    """Of 38 topics, the five best and the five worst; all on two screens and a half, one sheet."""
    seen = reader.opens(large, *SCREEN, java_script_enabled=True).evaluate(READ)
    told = plain(" ".join(seen["texts"]))
    drawn = opened(large).xpath(".//h3[@id='sujets']/following::table[1]/tbody")
    first = squeezed(sheets(large, tmp_path)[0])

    assert len(drawn) == 10
    assert "les 28 autres sont plus bas" in told
    assert seen["bottom"] <= MOST_SCREENS * SCREEN[1]
    assert [one for one in QUESTIONS if not re.search(QUESTIONS[one], told)] == []
    for text in seen["texts"]:
        for piece in re.split(r"[\n\t]", text):
            assert squeezed(piece) in first, piece


def squeezed(text):
    return re.sub(r"\W+", "", text)


def test_a_report_is_short(read):
    """
    On a telephone, in words (as `readback.words` counts them) and in bytes.

    What users wrote has words and a height of its own: nobody but them chose how much.
    """
    for path, seen in read.items():
        rest, remarks = remarks_apart(opened(path))
        assert len(words(rest)) <= MOST_WORDS, path
        assert len(words(remarks)) <= MOST_OF_REMARKS, path
        assert seen["height"] - seen["remarks"] <= MOST_HEIGHT, path
        assert seen["remarks"] <= MOST_SCREENS * SCREEN[1], path
        assert path.stat().st_size <= MOST_BYTES, path


def test_the_first_page_holds_on_two_screens_and_a_half(read):
    for path, seen in read.items():
        assert seen["bottom"] <= MOST_SCREENS * SCREEN[1], path


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_first_page_answers_what_a_member_would_ask(read, question):
    """In what stands above the second heading: two screens and a half."""
    for path, seen in read.items():
        told = plain(" ".join(seen["texts"]))
        assert re.search(QUESTIONS[question], told), (path, told)


def test_on_paper_the_first_page_is_the_first_sheet(read, printed):
    """All its texts, cell by cell."""
    for path, sheets in printed.items():
        first = squeezed(sheets[0])
        assert len(sheets) <= MOST_SHEETS, path
        for text in read[path]["texts"]:
            for piece in re.split(r"[\n\t]", text):
                assert squeezed(piece) in first, (path, piece)


def test_the_findings_are_three_to_six_sentences(reports):
    for path in reports:
        points = [plain(one.text_content()) for one in opened(path).xpath(".//ul[1]/li")]
        findings = [text for text in points if text.endswith(".")]
        assert 3 <= len(findings) <= 6, path


def test_where_to_write_is_what_the_project_says(reports):
    """The second project names a service, a day and an address; the first a service alone."""
    by_site = {path.parent.name: plain(opened(path).text_content()) for path in reports}

    assert (
        "Publication : Préfecture du Lot, le 12 septembre 2023. Contact : qualite@exemple.invalid."
        in by_site["cahors"]
    )
    assert "Publication : Préfecture de l’Essonne." in by_site["evry"]
    assert "Contact :" not in by_site["evry"]
