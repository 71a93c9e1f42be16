"""What remarks say, in a report: only once a person coded some, and only what may be told."""

import random
from math import isnan

import openpyxl
import pandas as pd
import pytest

from qpref.cli import main
from qpref.quality.coding import remarks_of
from qpref.quality.spoken import Gate, by_person, spoken
from qpref.reference.loading import read
from qpref.reference.subjects import CodeBook
from qpref.store import PersonCode, reviewed
from qpref.store.coded import COLUMNS
from qpref.workbook import ouvrir_satisfaction, protected
from tests.conftest import ROOT, copied
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture

SMALL = 5
PLACES = {"last_only": ("2020-11", "evry"), "second_filled": ("printemps-2023", "cahors")}


def run(project, *arguments):
    assert main(["--racine", str(project.root), "verbatims", *arguments]) == 0


def code_all(project, campaign, path):
    """Confirm what is proposed of all remarks, as a person would who agrees."""
    run(project, "coder", "--campagne", campaign, "--vers", str(path))
    book = openpyxl.load_workbook(path)
    for line in range(2, book.worksheets[0].max_row + 1):
        book.worksheets[0].cell(line, COLUMNS.index("Relu") + 1).value = "oui"
    book.save(path)
    run(project, "coder", "--campagne", campaign, "--lire", str(path))


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    project = copied(request.getfixturevalue(request.param), tmp_path)
    return project, *PLACES[request.param]


def section(place):
    project, campaign, site = place
    return ouvrir_satisfaction(site, campaign, project.root).remarques()


def subjects(found):
    return [table for table in found.tables if table.caption == "Ce que disent les remarques"]


def test_subjects_are_told_once_a_person_coded_and_nobody_s_words_are(place, tmp_path):
    """The canary: every remark is coded, none approved, and no text of any is on the page."""
    project, campaign, site = place
    assert not subjects(section(place))

    code_all(project, campaign, tmp_path / "a.xlsx")
    found = section(place)

    (table,) = subjects(found)
    assert table.rows
    texts = reviewed(project, campaign, [site])["texte_masque"]
    words = [text for text in texts if len(text) > 20]
    assert words
    assert not any(text in str(found.html) for text in words)
    counts = found.figures[["n", "effectif"]]
    assert not ((counts > 0) & (counts < SMALL)).any(axis=None)


def test_what_is_approved_is_quoted_once_and_nothing_else(place, tmp_path):
    project, campaign, site = place
    code_all(project, campaign, tmp_path / "a.xlsx")
    rows = reviewed(project, campaign, [site])
    rows = rows.loc[~rows["texte_masque"].duplicated(keep=False)].iloc[:6]
    chosen = [word for name in rows["identifiant"] for word in ("--approuver", name)]
    run(project, "--campagne", campaign, "--site", site, *chosen)

    found = section(place)

    quoted = [row.detail for table in subjects(found) for row in table.rows]
    below = [row.label for table in found.tables for row in table.rows]
    for text in rows["texte_masque"]:
        assert sum(f"« {text} »" in told for told in (*quoted, *below)) == 1
    left = {*reviewed(project, campaign, [site])["texte_masque"]} - {*rows["texte_masque"]}
    assert not any(f"« {text} »" in told for text in left for told in (*quoted, *below))


BOOK = read(CodeBook, ROOT / "data/reference/sujets.yml")
NAMES = ["attente", "rdv", "locaux"]


def drawn(draw):
    """Return the remarks of some people, each coded by hand, by what they say."""
    lines, said = [], {}
    for person in range(draw.randint(0, 40)):
        for rank in range(draw.randint(1, 2)):
            name = f"{person}-{rank}"
            lines.append({"identifiant": name, "reponse_id": str(person), "texte_masque": "",
                          "publiable": False})  # fmt: skip
            own = tuple(draw.sample(NAMES, draw.randint(1, 2)))
            said[name] = [PersonCode("1", own, draw.choice(["positif", "negatif", "neutre"]))]
    columns = ["identifiant", "reponse_id", "texte_masque", "publiable"]
    return remarks_of(pd.DataFrame(lines, columns=columns), BOOK, said)


def test_no_few_people_are_told_nor_left_by_subtraction():
    """Those who name a subject, and who do not; of the former, those of each tone, and the rest."""
    told = 0
    for seed in range(60):
        rows = drawn(random.Random(seed))  # noqa: S311 - repeatable
        moments = pd.Series(0, index=rows["reponse_id"].unique())
        found = spoken(rows, BOOK, moments, Gate(SMALL, protected.large))
        for one in found.subjects if found else ():
            share, tones = one.share, [m.value for m in (one.positive, one.negative) if m]
            parts = [share.count, share.n - share.count]
            parts += [*tones, share.count - sum(tones)] if tones else []
            assert not [part for part in parts if 0 < part < SMALL]
            assert not isnan(share.low)
            told += 1
    assert told > 50


def test_a_person_counts_once_a_subject_and_two_tones_are_neither():
    """Written by hand: one person says good and bad of waiting, another bad twice."""
    tones = [("1", "positif"), ("1", "negatif"), ("2", "negatif"), ("2", "negatif")]
    said = {str(k): [PersonCode("1", ("attente",), tone)] for k, (_, tone) in enumerate(tones)}
    rows = pd.DataFrame(
        {"identifiant": [*said], "reponse_id": [who for who, _ in tones], "texte_masque": ""}
    )

    people = by_person(remarks_of(rows, BOOK, said), BOOK)

    assert people["attente"].to_dict() == {"1": "autre", "2": "negatif"}
    assert people.drop(columns="attente").isna().all(axis=None)


def test_a_code_of_a_subject_that_the_book_lost_counts_no_more():
    rows = pd.DataFrame({"identifiant": ["a"], "reponse_id": ["1"], "texte_masque": ["la queue"]})
    said = {"a": [PersonCode("1", ("perdu",), "neutre")]}

    found = remarks_of(rows, BOOK, said).iloc[0]

    assert (found["sujets"], found["relu"]) == (("attente",), False)
