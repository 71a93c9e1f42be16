"""The figures file of a report holds what its page prints, number by number, digit by digit.

Of each text of a page, what is no figure of the survey is left out by its kind: dates and years,
ages and other numbers in the names of groups, words quoted, digests and versions, the level of
intervals, the scale of a drawing. The rest must be in the lines of the page's own file. Sections
that are not whole yet are named here.
"""

import csv
import re
from collections import defaultdict

import pytest

from tests.deuxieme.conftest import second, second_filled  # noqa: F401 - fixtures
from tests.readback import opened, plain

pytestmark = pytest.mark.notebook
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
NO_FIGURE = re.compile(
    r"« [^»]*»"  # words of a form, of a committee
    rf"|\b\d{{1,2}}(?:er)? (?:au \d{{1,2}} )?(?:{MONTHS})\b"
    r"|\b\d\d/\d\d/\d{4}\b|\b20\d\d\b(?! \w+s\b)"
    r"|\b\d{1,2} h(?: \d\d)?\b"
    r"|\b[0-9a-f]{7,}\b|\b\d+\.\d+(?:\.\d+)*\b|\bISO \d+"
    r"|95 %|95 enquêtes sur 100|\d chances? sur 10\b|[Ee]nviron \d+ \w+ sur 10"
    r"|[Mm]oins de \d+|au moins \d+|[Àà] partir de \d+"
)
NUMBER = re.compile(r"(?<![\w,])[+−]?\d+(?:,\d+)?(?![\w])")
AGE = re.compile(r"\d.*[^\W\d]|[^\W\d].*\d")  # a number in a name
TEXTS = ("h1", "h2", "h3", "p", "li", "caption", "th", "td")
OF_FILES = {"lecture", "provenance"}  # sections that count lines of received files
PLANNED = ("10_", "15_", "20_", "30_", "40_")  # the notebooks that are made without being named
# What these say beside their figures: margins, passages and people approached, scores of a
# composition, sizes of both sides, weeks, what others than this survey gave.
NOT_WHOLE = {
    ("10_satisfaction", "chiffres-cles"),
    ("10_satisfaction", "mots-employes"),
    ("10_satisfaction", "profil"),
    ("10_satisfaction", "repondants"),
    ("10_satisfaction", "ressemblance"),
    ("10_satisfaction", "theme-conclusion-notes"),
    ("15_analyses", "autres-sites"),
    ("15_analyses", "composition"),
    ("15_analyses", "non-reponse"),
    ("15_analyses", "ponderation"),
    ("15_analyses", "priorites"),
    ("15_analyses", "profil"),
    ("15_analyses", "public-egal"),
    ("15_analyses", "repondants"),
    ("15_analyses", "ressemblance"),
    ("20_enquete_mystere", "accord"),
    ("20_enquete_mystere", "canal-standard"),
    ("20_enquete_mystere", "canaux"),
    ("20_enquete_mystere", "delais"),
    ("20_enquete_mystere", "note"),
    ("20_enquete_mystere", "notes"),
    ("30_labellisation", "avancement"),
    ("30_labellisation", "matrice"),
    ("30_labellisation", "prevision"),
    ("40_synthese_clu", "points"),
    ("40_synthese_clu", "questions"),
    ("40_synthese_clu", "satisfaction"),
    ("40_synthese_clu", "suites"),
}


@pytest.fixture(scope="module", params=["published_whole", "second"])
def project(request):
    return request.getfixturevalue(request.param)


def lines_of(page):
    """Return the lines of the figures file beside a page."""
    with page.with_name(f"{page.stem}.chiffres.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=";"))


def numbers(lines):
    """Return each number of some lines, and as a percentage or points when it is a share."""
    found = set()
    for line in lines:
        for name in ("n", "effectif", "valeur", "bas", "haut"):
            if line[name]:
                value = abs(float(line[name].replace(",", ".")))
                found |= {value, 100 * value} if "part" in line["unite"] else {value}
    return found


def untold(page):
    """Yield each printed number that the figures file of a page does not hold: section, text."""
    lines = lines_of(page)
    told = numbers(lines)
    names = {line[name] for line in lines for name in ("libelle", "groupe") if line[name]}
    named = sorted(
        (one for one in names if re.search(r"\d.*[^\W\d]|[^\W\d].*\d", one)), key=len, reverse=True
    )
    section = ""
    for node in opened(page).iter(*TEXTS):
        section = node.get("id", section) if node.tag in ("h1", "h2", "h3") else section
        if section in OF_FILES:
            continue
        for drawing in node.xpath(".//*[local-name()='svg']"):
            drawing.drop_tree()
        text = plain(node.text_content())
        for one in named:
            text = text.replace(plain(one), "")
        for found in NUMBER.findall(NO_FIGURE.sub(" ", text)):
            shown = found.lstrip("+−")
            decimals = len(shown.partition(",")[2])
            if not any(f"{one:.{decimals}f}".replace(".", ",") == shown for one in told):
                yield section, f"{found} — {text}"


def test_the_figures_file_holds_what_the_page_prints(project):
    found = defaultdict(list)
    pages = [
        page
        for page in sorted(project.reports.rglob("*.html"))
        if page.stem.startswith(PLANNED) and page.with_name(f"{page.stem}.chiffres.csv").exists()
    ]
    assert len(pages) > 15
    for page in pages:
        for section, text in untold(page):
            found[page.stem, section].append(f"{page.parent.name}: {text}")

    assert {place: texts[:3] for place, texts in found.items() if place not in NOT_WHOLE} == {}


def test_a_number_that_is_nowhere_else_is_seen(tmp_path):
    """3 of 12 are told; 27 % and 0,4 are not; a date, an age and a level are no figures."""
    page = tmp_path / "10_page.html"
    page.write_text(
        "<meta charset='utf-8'><main><h2 id='s'>Le 16 novembre 2020</h2>"
        "<p>3 sur 12, soit 25 % (entre 9 et 53 %), à 95 %.</p>"
        "<table><tr><th>18 à 29 ans</th><td>27 %</td><td>0,4</td></tr></table></main>",
        encoding="utf-8",
    )
    (tmp_path / "10_page.chiffres.csv").write_text(
        "section;indicateur;libelle;groupe;n;effectif;valeur;bas;haut;unite\n"
        "s;age;Âge;18 à 29 ans;12,0;3,0;0,25;0,09;0,53;part\n",
        encoding="utf-8",
    )

    assert [text.partition(" ")[0] for _, text in untold(page)] == ["27", "0,4"]
