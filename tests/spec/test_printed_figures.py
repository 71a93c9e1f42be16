"""Every number that a page prints is in its figures file, or is no figure: said here, and why.

Pages of both examples, those made on demand and those of committees included, are read as a
stranger would. The other way round, that each line of a figures file is said, is in
`tests/functional`.
"""

import re
from collections import defaultdict

import pandas as pd
import pytest
from hypothesis import Phase, given, settings

from qpref.cli import main
from qpref.errors import MissingDataError
from tests import readback
from tests.conftest import ROOT, example_count
from tests.deuxieme.conftest import second, second_filled  # noqa: F401 - fixtures
from tests.drawn import projects
from tests.notebooks.test_drawn import filled

pytestmark = pytest.mark.notebook
PARTS = {"part", "écart de parts", "probabilité"}
MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
NUMBER = re.compile(r"(?<![\w,.\-/])\d+(?:,\d+)?(?![\w/])")
# What is no figure, by what it is.
KINDS = {
    "a date, an hour, a year": rf"\b\d{{1,2}}(?:er)? (?:{MONTH})(?: \d{{4}})?|\b(?:19|20)\d\d\b|"
    r"\b\d{2}/\d{2}/\d{4}|\b\d{4}-\d{2}(?:-\d{2})?|\b\d{1,2} ?h(?: ?\d{2})?\b",
    "our version": r"qpref \d[\d.]*\w*",
    "what somebody wrote, or a label": r"« [^»]* »",
    "the level of an interval": r"à 95 %|95 (?:enquêtes|fois) sur 100|dans 95 % des cas|"
    r"[89] chances sur 10|moins d’un rapport sur vingt",
    "a threshold": r"(?:seuil|côté) de \d+ sur \d+|notés \d+ sur \d+ ou plus|"
    r"[Mm]oins de \d+|au-delà de \d+|sous \d+|au moins \d+|moins de 0,001|il en faut \d+|"
    r"chaque question examinée, \d+ usagers",
    "a rule of control charts": r"\d mois sur \d près|\d mois sur \d loin|\d mois de suite|"
    r"un mois sur \d+",
    "how a mark is made": r"ceux qui donnent (?:de )?\d+ (?:ou|à) \d+|"
    r"de −100 à \+100 points|\d+ quand un critère|ramenée à \d+|(?:noté |notes? )?sur 20\b|"
    r"[Nn]otes? sur \d+",
    "an example of a word": r"De 70 % à 75 %, la hausse est de 5 points|50 % veut dire|"
    r"malgré 5 points|si \d+ % de tous les usagers .*? accepte\w* de répondre|"
    r"^\d+ points de moins$",
    "how many a page lists": r"\d+ (?:signa\w+|mois, de|autres? mois|échéances?|"
    r"questions? (?:comparées?|à discuter)|mesures?|écarts? (?:étant|sont)|"
    r"sujets?|points? du référentiel|engagements? ou critères|chiffres?|changements?|"
    r"site\(?s?\)?|en hausse|en baisse|sans mouvement)",
    "a level of a mark": r"(?:Sur \d+\.|,) \d+ :",
    "ages that name a group": r"\d+ à \d+ ans|\d+ ans",
}
NO_FIGURE = re.compile("|".join(KINDS.values()))
BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "caption", "th", "td", "summary", "figcaption")


def written(line):
    """Return every way in which the numbers of a line may be printed."""
    digits = int(line["decimales"])
    found = {float(line[name]) for name in ("n", "effectif") if not pd.isna(line[name])}
    for name in ("valeur", "bas", "haut"):
        if not pd.isna(line[name]):
            shown = abs(line[name]) * (100 if line["unite"] in PARTS else 1)
            # A bound that is not the end of the scale is told with the decimals that show it; the
            # file was rounded too: 58,50 may have been 58,496 or 58,504.
            found |= {
                round(shown + nudge, d)
                for d in ({digits} if name == "valeur" else {digits, 0, 1, 2})
                for nudge in (-1e-9, 1e-9)
            }
    return found


def sentences(main):
    """Yield what stands by itself on a page, and the section where it is."""
    section = ""
    for node in main.iter(*BLOCKS):
        if node.tag in {"h2", "h3"} and node.get("id"):
            section = node.get("id")
        if not any(child.tag in BLOCKS for child in node.iterdescendants()):
            yield section, readback.plain(" ".join(node.xpath(SAID)))


SAID = ".//text()[not(ancestor::*[local-name()='svg' or name()='style' or name()='script'])]"


def figures_of(path):
    """Where the figures of a page are."""
    return path.with_suffix(".chiffres.csv")


def pattern_of(texts):
    """Return what finds texts, the longest first, wherever typography adds or changes spaces."""
    letters = (re.sub(r"\s", "", readback.plain(text)) for text in texts)
    found = [r"\s*".join(map(re.escape, one)) for one in sorted(letters, key=len)[::-1]]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found) or '(?!)'})(?!\w)", re.IGNORECASE)


def unfiled(path, worded=()):
    """
    Return the numbers of a page that are in none of its lines of figures, by section.

    `worded`: texts of the project that hold figures, which say nothing of answers.
    """
    lines = pd.read_csv(figures_of(path), sep=";", decimal=",").to_dict("records")
    known = set().union(*map(written, lines))
    texts = {str(line[name]) for line in lines for name in ("libelle", "groupe", "indicateur")}
    named, wording = (
        pattern_of(t for t in texts if re.search(r"\d.*[a-z]|[a-z].*\d", t)),
        pattern_of(worded),
    )
    found = defaultdict(list)
    for section, text in sentences(readback.opened(path)):
        left = named.sub("", NO_FIGURE.sub("", wording.sub("", text)))
        for number in NUMBER.findall(left):
            if float(number.replace(",", ".")) not in known:
                found[section].append((number, text))
    return found


def missing_of(project, least, worded=()):
    """Return each printed number of a project's pages that has no line, with its place."""
    pages = [path for path in sorted(project.reports.rglob("*.html")) if figures_of(path).exists()]
    assert len(pages) >= least
    return [
        (*path.parts[-3:], section, number, text)
        for path in pages
        for section, found in unfiled(path, worded).items()
        for number, text in found
    ]


def test_every_printed_number_is_in_the_figures_file(published):
    """Those of sections that say nothing else than their lines, and of all others."""
    assert missing_of(published, 30) == []


@pytest.mark.lent
@pytest.mark.parametrize("project", ["published_whole", "second"])
def test_every_printed_number_of_every_page_is_in_the_figures_file(project, request):
    """Pages made on demand and those of committees included."""
    assert missing_of(request.getfixturevalue(project), 25) == []


def made(root, campaign):
    """Make all reports that a project can have, those on demand too; some of them say nothing."""
    names = [path.stem for path in (ROOT / "notebooks").glob("[1-9]*.ipynb")]
    asked = [word for name in names for word in ("--notebook", name)]
    for words in ((), asked):
        order = ["--racine", str(root), "rapports", "--campagne", campaign, *words]
        assert main(order) in {0, 1, MissingDataError.exit_code}


@pytest.mark.lent
@settings(max_examples=example_count(1, 20), phases=(Phase.explicit, Phase.generate))
@given(files=projects())
def test_every_printed_number_of_a_drawn_project_is_in_the_figures_file(files):
    """Any labels, scales, roles and filters, one to three sites, no mystery contacts."""
    with filled(files) as (project, reference):
        made(project.root, reference.campaigns.campagnes[-1].id)
        assert missing_of(project, 0, wordings_of(files)) == []


def wordings_of(content):
    """Return the texts of a drawn project that hold a figure, and without their first word."""
    if isinstance(content, dict | list):
        parts = content.values() if isinstance(content, dict) else content
        return {text for part in parts for text in wordings_of(part)}
    if not isinstance(content, str):
        return set()
    told = (content, content.partition(" ")[2])
    return {text for text in told if re.search(r"\d", text) and re.search(r"\w .*\w", text)}


def test_a_number_that_is_not_filed_is_found(tmp_path):
    """A share that no line holds, beside one that a line holds, a date and a label with figures."""
    page = tmp_path / "page.html"
    page.write_text(
        "<meta charset=utf-8><main>"
        "<h3 id=a>Le 16 novembre 2020, 79 % puis 62 % ; 18 à 25 ans ; « 12 »</h3></main>",
        encoding="utf-8",
    )
    figures_of(page).write_text(
        "indicateur;libelle;groupe;n;effectif;valeur;bas;haut;unite;decimales\n"
        "q;Accueil;;141;111;0,79;;;part;0\n",
        encoding="utf-8",
    )
    assert {key: [one[0] for one in found] for key, found in unfiled(page).items()} == {"a": ["62"]}
