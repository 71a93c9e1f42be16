"""Counts of people have one way out: the lines of figures of the section that says them.

What a page writes of users, answers or opinions is searched in those lines, in the sizes of the
surveys, and among the numbers that the rules declare. A section that counts another way fails here.
"""

import json
import re
from collections import defaultdict

import lxml.html
import nbformat
import pytest

from qpref.display.section import STATIC_MIME
from qpref.statistics.shares import INDICATIVE_BELOW, NO_PERCENTAGE_BELOW
from qpref.store import Store
from qpref.workbook import ouvrir_satisfaction
from tests.attacks.leaving import lines, outputs
from tests.conftest import CAMPAIGNS, OTHERS, ROOT, SITES
from tests.deuxieme.conftest import CAMPAIGNS as SECOND_CAMPAIGNS
from tests.deuxieme.conftest import SITES as SECOND_SITES
from tests.deuxieme.conftest import second, second_filled  # noqa: F401 - fixtures
from tests.sections import read_out, shown

pytestmark = [pytest.mark.lent, pytest.mark.notebook]
OF_PEOPLE = re.compile(
    r"(?<![\d,])(\d[\d\u202f\xa0]*)\s(?:autres?\s)?(?:usager|réponse|avis|personne|visiteur|répondant|agent|élu|responsable)"
)
# Of the rest, a quotation, an order of size, a rate, a rule.
NOT_COUNTED = re.compile(
    r"« [^»]* »|[Oo]bjectif : \d+|[Ee]nviron \d+|\d+,\d+ réponses? par jour|[Mm]oins de \d+"
)
# Notebooks that count contacts, cases and commitments, not people.
CONTACTS = ("20_", "25_", "27_", "30_", "35_")
# Lines of received files, of all sites; statistics; sizes imagined for a bias.
APART = {"lecture", "tests", "ressemblance"}
SMALL = 5


class Known:
    """What may be said of people without a line of figures, by campaign and site."""

    def __init__(self, project, places):
        store, thresholds = Store(project), set[int]()
        self.sizes, self.margins = set(), {}
        for campaign, sites in places.items():
            counts = []
            for site in sites:
                opened = ouvrir_satisfaction(site, campaign, project.root)
                thresholds.add(opened.seuil)
                self.sizes.add(opened._asked.population(campaign))
                counts.append(len(opened.reponses))
                kept = store.read("items", campaign, site)
                kept = kept.loc[kept["reponse_id"].isin(opened.reponses["reponse_id"])]
                left = store.read("verbatims", campaign, site)
                left = left.loc[left["reponse_id"].isin(opened.reponses["reponse_id"])]
                self.sizes.add(left["reponse_id"].nunique())
                self.margins[campaign, site] = margins(kept)
            self.sizes |= {*counts, sum(counts)}
        self.threshold = min(thresholds)
        self.rules = {0, *thresholds, NO_PERCENTAGE_BELOW, INDICATIVE_BELOW}


def margins(items):
    """Return the counts of each question alone: its levels, and why others said nothing."""
    found = defaultdict(set)
    for name in ("etat", "modalite", "valeur"):
        by_box = items.groupby(["question", "option", name], observed=True, dropna=False)
        for (question, *_), count in by_box.size().items():
            found[str(question)].add(count)
    return found


@pytest.fixture(scope="module", params=["published_whole", "second"])
def project(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def known(project):
    of_second = "printemps-2022" in {path.name for path in project.reports.iterdir()}
    if of_second:
        return Known(project, dict.fromkeys(SECOND_CAMPAIGNS, SECOND_SITES))
    others = dict.fromkeys(OTHERS, SITES[:1])  # too few agents answered at the second site
    return Known(project, dict.fromkeys(CAMPAIGNS, SITES) | others)


def whole(text):
    return int(re.sub(r"\D", "", text))


def uncounted(section, data, known, place):
    """Yield the counts of people of a section that have not gone through its figures."""
    own = {
        line[name] for line in lines(data) for name in ("n", "effectif", "valeur", "bas", "haut")
    }
    said = own | known.sizes | known.rules
    page = lxml.html.fromstring(f"<div>{data.get(STATIC_MIME, '')}</div>")
    for node in page.iter("p", "li", "th", "h2", "h3", "caption", "td"):
        text = NOT_COUNTED.sub("", read_out(node).replace("\xa0", " "))
        counts = [whole(found) for found in OF_PEOPLE.findall(text)]
        if node.tag == "td" and re.fullmatch(r"\d[\d\u202f ]*", text.strip()):
            counts.append(whole(text))
            if section == "annexe":
                said |= set().union(*known.margins[place].values())
        for count in counts:
            is_group = section == "publics" and count >= known.threshold  # too few for a share
            if count not in said and not is_group:
                yield section, text.strip()


def few(data, known, place):
    """Yield the lines of figures that count one to four people, if not of one question alone."""
    for line in lines(data):
        for name in ("n", "effectif"):
            alone = known.margins[place].get(line["indicateur"], ())
            if line[name] and line[name] < SMALL and line[name] not in alone:
                yield line


def test_every_count_of_people_is_in_the_figures(project, known):
    seen = 0
    for path in sorted(project.reports.rglob("*.ipynb")):
        if path.name.startswith(CONTACTS):
            continue
        place = path.parts[-3:-1]
        for section, data in outputs(nbformat.read(path, 4)):
            if section not in APART:
                assert [*uncounted(section, data, known, place)] == [], path.parts[-3:]
                seen += 1
            if place in known.margins:
                assert [*few(data, known, place)] == [], path.parts[-3:]
    assert seen > 100


RAW = """
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table
from qpref.statistics.measure import Measure
croise = enquete.reponses.groupby(["motif", "date_reponse"], observed=True).size()
rares = croise[croise.between(1, 4)]
dits = [Measure(key="motif", label="Motif", group=str(k), count=int(n), value=1) for k, n in
        rares.items()]
{shown}
"""
WAYS = {
    "phrase": 'Section("brut", "Croisés", [f"{rares.iloc[0]} usagers : {rares.index[0]}."])',
    "titre": 'Section("brut", f"{rares.iloc[0]} personnes pour {rares.index[0]}")',
    "cellule": 'Section("brut", "Croisés", tables=[Table("Usagers", ["", "Usagers"], '
    "[Row(str(k), [str(n)]) for k, n in rares.items()])])",
    "chiffres": 'Section("brut", "Croisés", figures=figures("brut", dits))',
}


@pytest.mark.parametrize("way", WAYS)
def test_a_section_that_counts_another_way_is_found(project, known, tmp_path, monkeypatch, way):
    """Added to a copy of a notebook: reasons of visit by day, as pandas counts them."""
    place = next(iter(known.margins))
    cells = json.loads((ROOT / "notebooks" / "10_satisfaction.ipynb").read_text(encoding="utf-8"))
    kept = [cell for cell in cells["cells"] if cell["cell_type"] == "code"][:3]
    added = {"cell_type": "code", "metadata": {}, "source": [RAW.format(shown=WAYS[way])]}
    copy = tmp_path / "10_satisfaction.ipynb"
    copy.write_text(json.dumps({"cells": [*kept, added]}), encoding="utf-8")
    monkeypatch.chdir(project.root)

    (section,) = [
        one
        for key, one in shown(copy, dict(zip(("campagne", "site"), place, strict=True))).items()
        if key == "brut"
    ]

    found = section.bundles()[-1][0]
    assert [*uncounted("brut", found, known, place), *few(found, known, place)]
