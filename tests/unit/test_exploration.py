"""Explore: the same numbers as elsewhere, small cells hidden, every look counted."""

import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from qpref import ouvrir
from qpref.errors import MissingDataError, UnknownKeyError, UsageError
from qpref.project import BATCH_VARIABLE
from qpref.statistics.crossing import Looks, cross, visible
from qpref.statistics.disclosure import TOTAL
from qpref.store import review, reviewed
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


def differences(p):
    return pd.DataFrame(
        {"ecart": 0.2, "bas": [0.1] * len(p), "haut": [0.3] * len(p), "p": p}
    )  # fmt: skip


def test_each_look_makes_the_next_ones_harder():
    """Holm by hand: alone 0.02 stands; beside 0.04 it is 0.04; beside three more, 0.08."""
    looks = Looks()
    first = looks.judged(("a",), differences([0.02]))
    assert (first["p_corrige"].tolist(), first["verdict"].tolist()) == ([0.02], ["mieux"])
    again = looks.judged(("a",), differences([0.02]))
    assert again["p_corrige"].tolist() == [0.02]
    both = looks.judged(("b",), differences([0.04]))
    assert both["p_corrige"].tolist() == [0.04]
    looks.judged(("c",), differences([0.5, 0.6]))
    later = looks.judged(("a",), differences([0.02]))
    assert later["p_corrige"].tolist() == [pytest.approx(0.08)]
    assert later["verdict"].tolist() == ["pas_de_difference_etablie"]
    assert looks.count == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_looking_more_never_makes_a_difference_easier(values):
    looks = Looks()
    before = looks.corrected(("first",), 0.03)
    for rank, p in enumerate(values):
        looks.corrected((str(rank),), p)
        after = looks.corrected(("first",), 0.03)
        assert after >= before
        before = after


def test_a_filter_shares_the_count_of_looks(explored):
    explored.croiser("global", par="motif")
    part = explored.filtrer(motif="etrangers")
    told = part.croiser("attente", par="mode").sentences[-1]
    assert told.startswith("7\u00a0comparaisons")


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
