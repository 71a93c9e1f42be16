"""Explore: the same numbers and verdicts as the reports, small cells hidden."""

import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from qpref import ouvrir
from qpref.display.wording import VERDICTS
from qpref.errors import MissingDataError, UnknownKeyError, UsageError
from qpref.project import BATCH_VARIABLE
from qpref.statistics.crossing import cross, visible
from qpref.statistics.disclosure import TOTAL
from qpref.store import review, reviewed
from qpref.wording.french import upper_first
from qpref.workbook import ouvrir_satisfaction


@pytest.fixture(scope="module")
def survey(filled):
    return ouvrir_satisfaction("evry", "2020-11", filled.root)


@pytest.fixture
def explored(filled):
    return ouvrir("evry", "2020-11", filled.root)


def test_a_crossing_counts_what_pandas_counts(survey, explored):
    """Satisfied visitors by reason of visit, counted again from the tables."""
    section = explored.croiser("global", par="motif")

    items = survey.items
    own = items.loc[(items["question"] == "global") & (items["etat"] == "repondu")]
    joined = own.merge(survey.reponses[["reponse_id", "motif"]], on="reponse_id")
    happy = joined["modalite"].isin(["tres_satisfait", "plutot_satisfait"])
    expected = happy.groupby(joined["motif"].astype("object")).agg(["sum", "size"])
    assert len(section.figures)
    for row in section.figures.to_dict("records"):
        counted = expected.loc[row["groupe"]]
        assert (row["effectif"], row["n"]) == (counted["sum"], counted["size"])
        assert row["bas"] < row["valeur"] < row["haut"]
    hidden = {"associations", "collectivites"}
    assert not hidden & set(section.figures["groupe"])
    assert section.plot


def test_closed_questions_are_crossed_with_small_cells_hidden(explored):
    section = explored.croiser("motif", par="tranche_age")
    shown = section.figures

    assert (shown["effectif"] == 0).any() or (shown["effectif"] >= 5).all()
    assert not shown["effectif"].between(1, 4).any()
    assert any("masqué" in cell for row in section.tables[0].rows for cell in row.cells)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=120)
)
def test_no_small_cell_is_ever_shown(pairs):
    groups = pd.Series([group for group, _ in pairs])
    answers = pd.Series([answer for _, answer in pairs])
    found = cross(groups, answers, 5)

    assert found.n == len(pairs)
    counted = pd.crosstab(groups, answers)
    for group in counted.index:
        for answer in counted.columns:
            count = visible(found, group, answer)
            assert count is None or count == counted.loc[group, answer]
            assert count is None or count == 0 or count >= 5
    if found.p is not None:
        expected = scipy.stats.chi2_contingency(counted, correction=False)
        assert found.p == pytest.approx(expected.pvalue)


def test_a_filter_keeps_a_profile_and_refuses_what_would_name_someone(explored):
    part = explored.filtrer(motif="etrangers")

    assert set(part.reponses["motif"]) == {"etrangers"}
    assert part.items["reponse_id"].nunique() == len(part.reponses)
    assert "Titre de séjour" in part.repartition("a_telephone").title
    with pytest.raises(MissingDataError, match="personne ne soit reconnu"):
        explored.filtrer(motif="collectivites")
    with pytest.raises(UnknownKeyError, match="etrangers"):
        explored.filtrer(motif="etranger")
    with pytest.raises(UsageError, match="sans filtre"):
        part.comparer_sites()
    with pytest.raises(UsageError, match="sans filtre"):
        part.comparer_campagnes()


def test_shares_are_those_of_the_reports(survey, explored):
    own = survey.parts.set_index("question").loc["attente"]
    one = explored.repartition("attente").figures
    sites = explored.comparer_sites("attente").figures.set_index("groupe")
    told = one.loc[one["groupe"] == "satisfaits"].iloc[0]

    for row in (told, sites.loc["evry"]):
        assert (row["n"], row["effectif"]) == (own["n"], own["satisfaits"])
        assert (row["valeur"], row["bas"], row["haut"]) == pytest.approx(
            (own["part"], own["bas"], own["haut"])
        )
    assert len(explored.comparer_campagnes("attente").figures) == 2


def test_questions_that_cannot_be_crossed_are_told(explored):
    for question, by, error in (
        ("global", "attente", UsageError),
        ("motif", "motif", UsageError),
        ("globall", "motif", UnknownKeyError),
        ("suggestion", "motif", UnknownKeyError),
        ("courriel_contact", "motif", UnknownKeyError),
    ):
        with pytest.raises(error):
            explored.croiser(question, par=by)
    with pytest.raises(UsageError):
        explored.comparer_sites("motif")
    usable = explored.questions
    assert set(usable["usage"]) == {"avis", "groupe"}
    assert not {"suggestion", "courriel_contact"} & set(usable["question"])


def test_what_the_reports_compare_reads_as_they_say(survey, explored):
    """The same interval and verdict, whatever was looked at before."""
    explored.croiser("attente", par="motif")
    labels = {"categories": "categorie_usager", "retraite": "retraite"}
    for family, role in labels.items():
        own = survey.comparaisons[family]
        section = explored.croiser("global", par=survey.questionnaire.by_role[role].id)
        assert len(section.tables[-1].rows) == len(own)
        for row, line in zip(section.tables[-1].rows, own.to_dict("records"), strict=True):
            assert row.detail.startswith(upper_first(VERDICTS[line["verdict"]]))
    for question in ("global", "attente"):
        (change,) = explored.comparer_campagnes(question).tables[-1].rows
        told = {row.label: row for row in survey.evolution().tables[0].rows}
        name = survey.questionnaire.by_id[question].texte_court
        assert change.cells == told[name].cells
        assert change.detail.split(" : ")[0] == told[name].detail.split(" : ")[0]
        (here,) = explored.comparer_sites(question).tables[-1].rows
        told = {row.label: row for row in survey.autres_sites().tables[0].rows}
        assert (here.cells, here.bars) == (told[name].cells, told[name].bars)


def test_what_nobody_planned_is_at_most_to_be_confirmed(explored):
    for section in (
        explored.croiser("attente", par="motif"),
        explored.filtrer(motif="etrangers").croiser("attente", par="mode"),
        explored.croiser("motif", par="tranche_age"),
    ):
        text = str(section.html).lower()
        assert "mieux" not in text
        assert "moins bien" not in text
        if "à confirmer" in text:
            assert any("prévu" in sentence for sentence in section.sentences)


def test_looks_leave_nothing_behind(filled, explored):
    """The same call says the same, first or last."""
    first = ouvrir("evry", "2020-11", filled.root).croiser("attente", par="mode")
    for by in ("motif", "tranche_age", "retraite"):
        explored.croiser("attente", par=by)
    assert explored.croiser("attente", par="mode").html == first.html


def test_remarks_that_nobody_read_enter_no_report(own, monkeypatch):
    explored = ouvrir("evry", "2020-11", own.root)
    read = explored.lire("attente")
    assert len(read)
    assert set(read.columns) == {"remarque", "avis", "approuvee"}
    assert not read["approuvee"].any()
    assert read.iloc[0]["remarque"] not in explored.remarques("attente").html
    rows = reviewed(own, "2020-11", ["evry"])
    chosen = rows.loc[rows["texte_masque"] == read.iloc[0]["remarque"], "identifiant"]
    review(own, "2020-11", rows["identifiant"], approve=[chosen.iloc[0]])
    assert read.iloc[0]["remarque"] in explored.remarques("attente").html
    monkeypatch.setenv(BATCH_VARIABLE, "1")
    with pytest.raises(UsageError, match="non relues"):
        explored.lire()


def test_names_and_help_are_those_of_an_analyst(explored):
    names = [name for name in dir(explored) if not name.startswith("_")]
    for name in names:
        doc = getattr(type(explored), name).__doc__.strip().splitlines()[0]
        assert doc.endswith(".")
        assert doc.split()[0].istitle()
    assert "croiser" in names
    assert TOTAL not in names
