"""What remarks say, in a report: only once a person coded some, and only what may be told."""

import openpyxl
import pandas as pd
import pytest
import yaml

from qpref.cli import main
from qpref.display.remarks import remarks
from qpref.layout.complaints import TEXTS
from qpref.quality.coding import remarks_of
from qpref.quality.spoken import Written, by_person, compared
from qpref.quality.spoken_publics import told_pairs
from qpref.reference.loading import read
from qpref.reference.subjects import CodeBook
from qpref.statistics.measure import DIFFERENCE
from qpref.store import PersonCode, reviewed
from qpref.store.coded import COLUMNS
from qpref.workbook import ouvrir_satisfaction
from tests.coded import code_remarks
from tests.conftest import ROOT, copied
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture

SMALL = 5
FORMS = {"2020-11": "satisfaction-1", "printemps-2023": "avis-lot"}
PAIRS = {
    "filled": (("2019-11", "2020-11"), "evry", ["acces", "internet"]),
    "second_filled": (("printemps-2022", "printemps-2023"), "figeac", ["autre"]),
}
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


@pytest.mark.lent
def test_what_is_approved_is_quoted_once_and_nothing_else(place, tmp_path):
    project, campaign, site = place
    code_all(project, campaign, tmp_path / "a.xlsx")
    rows = reviewed(project, campaign, [site])
    rows = rows.loc[~rows["question"].isin(TEXTS.values())]  # what a register holds is elsewhere
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


def test_no_section_where_no_question_asks_for_remarks(place):
    """Seen on a form of two closed questions: « 0 usager a laissé une remarque »."""
    project, campaign, site = place
    (path,) = (project.root / "data/reference/questionnaire").glob(f"{FORMS[campaign]}.yml")
    asked = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked["questions"] = [one for one in asked["questions"] if one["type"] != "texte"]
    asked.pop("essais", None)
    path.write_text(yaml.safe_dump(asked, allow_unicode=True), encoding="utf-8")

    found = section((project, campaign, site))

    assert found.is_left_out
    assert all("static" not in str(data) for data, _ in found.bundles())


def test_nobody_wrote_is_said_in_words():
    assert remarks([], 0).title == "Aucun usager n’a laissé de remarque"
    assert not remarks([], 0).sentences


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


def whole(project, campaigns, site):
    """Return the section of the last campaign, and every verdict of the survey."""
    study = ouvrir_satisfaction(site, campaigns[-1], project.root)
    return study.remarques(), study._compared.families


@pytest.mark.lent
@pytest.mark.parametrize("name", PAIRS)
def test_change_is_judged_once_a_person_coded_both_campaigns_and_moves_no_other_verdict(
    request, name, tmp_path
):
    project = copied(request.getfixturevalue(name), tmp_path)
    campaigns, site, told = PAIRS[name]
    _, before = whole(project, campaigns, site)
    code_remarks(project, campaigns, [site], [(campaigns[0], site)])
    found, _ = whole(project, campaigns, site)
    assert not (found.figures["unite"] == DIFFERENCE).any()  # some remarks of the former are left

    code_remarks(project, campaigns, [site])
    found, after = whole(project, campaigns, site)

    moves = found.figures.loc[found.figures["unite"] == DIFFERENCE]
    assert set(moves["indicateur"]) == {f"sujet_{one}" for one in told}
    assert set(moves["verdict"]) == {"pas_de_difference_etablie"}
    assert (moves["bas"] <= moves["valeur"]).all()
    assert (moves["valeur"] <= moves["haut"]).all()
    for family, table in before.items():
        pd.testing.assert_frame_equal(table, after[family])


def people_of(named, n, subject="attente"):
    """Return as many people, of whom some name a subject and the others another."""
    tones = [("neutre", None)] * named + [(None, "neutre")] * (n - named)
    return pd.DataFrame(tones, columns=[subject, "rdv"], index=[str(k) for k in range(n)])


def compare(now, before):
    sides = [Written(one, pd.Series(dtype=object)) for one in (now, before)]
    return compared(*sides, SMALL)


def test_a_subject_is_compared_only_where_both_campaigns_may_be_told():
    """30 of 60 then 10 of 50: 50 % − 20 %; 3 of 50 are too few to be told, nobody is not."""
    (line,) = (
        compare(people_of(30, 60), people_of(10, 50))
        .query("groupe == 'attente'")
        .to_dict("records")
    )

    assert (line["n"], line["n_reference"]) == (60, 50)
    assert line["ecart"] == pytest.approx(0.3)
    assert compare(people_of(30, 60), people_of(3, 50)).empty
    assert (
        compare(people_of(30, 60), people_of(0, 50)).query("groupe == 'attente'")["ecart"].item()
        == 0.5
    )


def test_groups_are_told_of_what_enough_of_each_name():
    """
    Written by hand: of 20 « a » 8 name waiting, of 30 « b » 12; of 12 « c » 2, who would be found.

    The others name appointments. Without « c », both groups are told of both subjects. With it, all
    22 less 8 and 12 would be its 2: « b » alone is told, and « c » may be of any number up to 10.
    """
    parts = {"a": (8, 20), "b": (12, 30), "c": (2, 12)}

    def told(*groups):
        labels = pd.Series([g for g in groups for _ in range(parts[g][1])], dtype=object)
        waits = [rank < parts[g][0] for g in groups for rank in range(parts[g][1])]
        named = pd.DataFrame({"attente": waits, "rdv": [not one for one in waits]})
        return told_pairs(named, labels, SMALL)

    assert told("a", "b") == {"a": ["rdv", "attente"], "b": ["rdv", "attente"]}
    assert told("a", "b", "c") == {"a": [], "b": ["rdv", "attente"], "c": []}
