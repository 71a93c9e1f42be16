"""Explore: the same numbers and verdicts as the reports, small cells hidden."""

import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from qpref import ouvrir
from qpref.display.wording import VERDICTS
from qpref.errors import MissingDataError, UnknownKeyError, UsageError
from qpref.project import BATCH_VARIABLE
from qpref.quality.choice import Condition
from qpref.statistics.crossing import cross, visible
from qpref.store import review, reviewed
from qpref.wording.french import lower_first, upper_first
from qpref.workbook import completion, ouvrir_satisfaction
from tests.filters import assert_every_filter


@pytest.fixture(scope="module")
def survey(filled):
    return ouvrir_satisfaction("evry", "2020-11", filled.root)


@pytest.fixture
def study(filled):
    return ouvrir("evry", "2020-11", filled.root)


@pytest.fixture(scope="module")
def whole(filled):
    """Every place of the example, nothing hidden."""
    return ouvrir("tous", "toutes", filled.root, diffusion=False)


@pytest.mark.lent
def test_a_comparison_counts_what_pandas_counts(survey, study):
    """Satisfied visitors by reason of visit, counted again from the tables."""
    section = study.comparer("global", par="motif").section

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


@pytest.mark.lent
def test_rare_groups_are_one_in_every_verb(study, whole):
    """Three elected people and four of a union are seven, told together and never apart."""
    sizes = whole.filtrer(site="evry", campagne="2020-11").croiser("categorie_usager").table.iloc[0]
    rare = {label: size for label, size in sizes.drop("Total").items() if size < 5}
    merged = f"Groupes réunis ({' ; '.join(rare)})"

    assert study.croiser("categorie_usager").table.loc["Ensemble", merged] == sum(rare.values())
    assert study.croiser("categorie_usager").table.notna().all(axis=None)
    for name in ("global", "attente"):
        found = study.croiser(name, par="categorie_usager").table
        assert merged in found.index
        assert not {*rare} & {*found.index}
    codes = study._rare("categorie_usager")
    assert len(study.filtrer(categorie_usager=[*codes])) == sum(rare.values())
    with pytest.raises(MissingDataError, match="une partie seulement"):
        study.filtrer(categorie_usager=[min(codes), "particulier"])


@pytest.mark.lent
def test_small_cells_are_hidden_in_the_table_as_in_the_section(study):
    found = study.croiser("motif", par="tranche_age", pourcent="ligne")
    shown, counts = found.section.figures, study.croiser("motif", par="tranche_age").table

    assert not shown["effectif"].between(1, 4).any()
    assert any("masqué" in cell for row in found.section.tables[0].rows for cell in row.cells)
    assert counts.isna().any(axis=None)
    assert not counts.isin([1, 2, 3, 4]).any(axis=None)
    assert found.table.isna().sum().sum() >= counts.isna().sum().sum()


@pytest.mark.lent
def test_a_group_of_hidden_size_has_no_share(study):
    """A share of 2/3 tells of three people, or six: it says as much as the count."""
    found = [study.distribution("global", par=name).table for name in ("motif", "tranche_age")]
    hidden = [table.loc[table["n"].isna()] for table in found]

    assert any(len(table) for table in hidden)
    assert all(table.isna().all(axis=None) for table in hidden)


@pytest.mark.lent
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


@pytest.mark.lent
def test_a_filter_keeps_a_profile_and_refuses_what_would_name_someone(study, whole):
    part = study.filtrer(motif="etrangers")

    assert set(part.tableau(codes=True)["motif"]) == {"etrangers"}
    assert part.items["reponse_id"].nunique() == len(part)
    assert "Titre de séjour" in part.distribution("a_telephone").section.title
    with pytest.raises(MissingDataError, match="personne ne soit reconnu"):
        study.filtrer(motif="collectivites")
    assert 0 < len(whole.filtrer(motif="collectivites", site="evry", campagne="2020-11")) < 5
    with pytest.raises(UnknownKeyError, match="etrangers"):
        study.filtrer(motif="etranger")


@pytest.mark.mesure
@pytest.mark.lent
def test_filters_take_lists_intervals_labels_and_reasons(whole):
    table = whole.tableau(codes=True)
    days = ("2020-11-18", "2020-11-20")
    for wanted, expected in (
        ({"motif": ["etrangers", "Vie associative"]},
         table["motif"].isin(["etrangers", "associations"])),
        ({"date": days}, table["date"].between(*map(pd.Timestamp, days))),
        ({"date_visite": (None, "2019-12-31")}, table["campagne"] == "2019-11"),
        ({"site": "Étampes"}, table["site"] == "etampes"),
        ({"tranche_age": ("45 à 59 ans", None)},
         table["tranche_age"].isin(["age_45_59", "age_60_74", "age_75_plus"])),
        ({"satisfaction_globale": "Très satisfait"}, table["global"] == "tres_satisfait"),
        ({"aide_recue": "proche"}, table["aide_recue__proche"] == 1),
        ({"aide_recue__proche": False}, table["aide_recue__proche"] == 0),
        ({"telephone": "non_posee"},
         (whole.manquants()["telephone"] == "Non posée").reindex(table.index)),
        ({"attente": ["nsp", "sans_objet", "tres_satisfait"]},
         whole.manquants()["attente"].isin(["Ne sait pas", "Sans objet"])
         | (table["attente"] == "tres_satisfait")),
    ):  # fmt: skip
        assert set(whole.filtrer(wanted).tableau().index) == set(table.index[expected]), wanted
    chained = whole.filtrer(motif="etrangers").filtrer({"global": "tres_satisfait"})
    assert (
        len(chained)
        == ((table["motif"] == "etrangers") & (table["global"] == "tres_satisfait")).sum()
    )


@pytest.mark.lent
def test_every_answer_of_every_question_filters_or_says_why_not(filled):
    assert_every_filter(ouvrir("evry", "2020-11", filled.root, diffusion=False))


@pytest.mark.lent
def test_shares_are_those_of_the_reports(survey, study):
    own = survey.parts.set_index("question").loc["attente"]
    one = study.evolution("attente").table.iloc[-1]
    site = study.comparer("attente").table.loc["Évry"]

    for row in (one, site):
        assert (row["n"], row["favorables"]) == (own["n"], own["satisfaits"])
        assert (row["part"], row["bas"], row["haut"]) == pytest.approx(
            (own["part"], own["bas"], own["haut"])
        )
    levels = survey.niveaux.set_index(["question", "modalite"])["part"]
    found = study.distribution("attente").table.iloc[0]
    assert found["Très satisfait"] == pytest.approx(levels["attente", "tres_satisfait"])
    assert study.comparer(public_egal=True).section.html == survey.public_egal().html


def test_what_cannot_be_crossed_or_compared_is_told(study, filled):
    several = ouvrir("evry", ["2019-11", "2020-11"], filled.root)
    for call, error in (
        (lambda: study.croiser("motif", par="motif"), UsageError),
        (lambda: study.croiser("globall", par="motif"), UnknownKeyError),
        (lambda: study.croiser("global", par="aide_recue"), UsageError),
        (lambda: study.croiser("suggestion", par="motif"), UsageError),
        (lambda: study.croiser("courriel_contact", par="motif"), UsageError),
        (lambda: study.croiser("global", par="motif", pourcent="lignes"), UsageError),
        (lambda: study.comparer("motif"), UsageError),
        (lambda: study.taux_de_reponse("motif"), UsageError),
        (lambda: study.filtrer(motif="etrangers").taux_de_reponse(), UsageError),
        (lambda: several.rapport, UsageError),
    ):
        with pytest.raises(error):
            call()
    usable = study.questions.set_index("question")["usage"]
    assert usable[["global", "motif", "suggestion", "courriel_contact"]].tolist() == [
        "avis", "groupe", "", ""
    ]  # fmt: skip


@pytest.mark.lent
def test_what_the_reports_compare_reads_as_they_say(survey, study):
    """The same interval and verdict, whatever was looked at before."""
    study.comparer("attente", par="motif")
    labels = {"categories": "categorie_usager", "retraite": "retraite"}
    for family, role in labels.items():
        own = survey.comparaisons[family]
        section = study.comparer("global", par=survey.questionnaire.by_role[role].id).section
        assert len(section.tables[-1].rows) == len(own)
        for row, line in zip(section.tables[-1].rows, own.to_dict("records"), strict=True):
            words = upper_first(VERDICTS[line["verdict"]])
            is_silent = line["verdict"] == "pas_de_difference_etablie"  # said once, in the note
            assert row.detail.startswith(words) is not is_silent
            assert not is_silent or section.tables[-1].note.endswith(f"{lower_first(words)}.")
    for question in ("global", "attente"):
        (change,) = study.evolution(question).section.tables[-1].rows
        told = {row.label: row for row in survey.evolution().tables[0].rows}
        name = survey.questionnaire.by_id[question].texte_court
        assert change.cells == told[name].cells
        verdicts = [row.detail.rpartition(" : ")[0] for row in (change, told[name])]
        assert verdicts[0] == verdicts[1]
        (here,) = study.comparer(question).section.tables[-1].rows
        told = {row.label: row for row in survey.autres_sites().tables[0].rows}
        assert (here.cells, here.bars) == (told[name].cells, told[name].bars)


@pytest.mark.lent
def test_what_nobody_planned_is_at_most_to_be_confirmed(study):
    part = study.filtrer(motif="etrangers")
    for found in (
        study.comparer("attente", par="motif"),
        part.comparer("attente", par="mode"),
        part.evolution("attente"),
        study.croiser("motif", par="tranche_age"),
    ):
        text = str(found.section.html).lower()
        assert "mieux" not in text
        assert "moins bien" not in text
        if "à confirmer" in text:
            assert any("prévu" in sentence for sentence in found.section.sentences)


@pytest.mark.lent
def test_looks_leave_nothing_behind(filled, study):
    """The same call says the same, first or last."""
    first = ouvrir("evry", "2020-11", filled.root).comparer("attente", par="mode")
    for by in ("motif", "tranche_age", "retraite"):
        study.comparer("attente", par=by)
    assert study.comparer("attente", par="mode").section.html == first.section.html


@pytest.mark.lent
def test_all_sections_of_the_report_run_on_a_part_and_establish_nothing(filled):
    study = ouvrir("evry", "2020-11", filled.root, diffusion=False)
    report = study.filtrer(motif="etrangers").rapport
    for name in ("essentiel", "chiffres_cles", "evolution", "autres_sites", "publics", "tests",
                 "sujets", "profil", "priorites", "tendance", "annexe"):  # fmt: skip
        section = getattr(report, name)()
        assert not {"mieux", "moins_bien"} & set(section.figures["verdict"]), name
        assert section.html
    assert report.repondants().title


@pytest.mark.lent
def test_several_places_are_one_study(whole, filled):
    parts = [ouvrir(s, c, filled.root) for c in ("2019-11", "2020-11")
             for s in ("evry", "etampes", "palaiseau")]  # fmt: skip

    assert len(whole) == sum(map(len, parts))
    table = whole.tableau()
    sizes = table.groupby(["campagne", "site"], observed=True).size()
    assert sizes.tolist() == [*map(len, parts)]
    assert table.index.is_unique
    assert table["campagne"].cat.ordered
    found = ouvrir("tous", "2020-11", filled.root).comparer("attente", par="site").table
    assert found["n"].sum() == table.loc[table["campagne"] == "2020-11", "attente"].count()
    assert whole.evolution("attente").table["n"].sum() == table["attente"].count()


@pytest.mark.lent
def test_a_table_knows_its_labels_and_orders(study):
    table = study.tableau(manquants=True)

    assert table.attrs["libelles"]["attente"] == "Temps d’attente"
    assert table["attente"].cat.categories.tolist() == [
        "Pas du tout satisfait", "Plutôt pas satisfait", "Plutôt satisfait", "Très satisfait"
    ]  # fmt: skip
    assert table["attente"].cat.ordered
    assert not table["motif"].cat.ordered
    assert table["tranche_age"].min() == "18 à 29 ans"
    assert table["aide_recue__proche"].dtype == "boolean"
    assert (table["attente"].isna() == table["attente_manquant"].notna()).all()
    assert table["grappe"].nunique() == 30
    assert study["attente"].equals(study.tableau()["attente"])
    assert "attente" in study._ipython_key_completions_()
    assert pd.concat([table, table]).attrs == table.attrs


@pytest.mark.lent
def test_remarks_that_nobody_read_enter_no_report(own, monkeypatch):
    study = ouvrir("evry", "2020-11", own.root)
    read = study.remarques("attente").table
    assert len(read)
    assert not read["approuvee"].any()
    assert read.iloc[0]["remarque"] not in study.remarques("attente").section.html
    rows = reviewed(own, "2020-11", ["evry"])
    chosen = rows.loc[rows["texte_masque"] == read.iloc[0]["remarque"], "identifiant"]
    review(own, "2020-11", rows["identifiant"], approve=[chosen.iloc[0]])
    found = study.remarques("attente")
    assert read.iloc[0]["remarque"] in found.section.html
    monkeypatch.setenv(BATCH_VARIABLE, "1")
    assert study.remarques("attente").table["approuvee"].all()
    with pytest.raises(UsageError, match="masqué"):
        ouvrir("evry", "2020-11", own.root, diffusion=False)


@pytest.mark.lent
def test_names_and_help_are_those_of_an_analyst(study):
    names = [name for name in dir(study) if not name.startswith("_")]
    for name in names:
        doc = getattr(type(study), name).__doc__.strip().splitlines()[0]
        assert doc.endswith((".", ":"))
        assert doc.split()[0].istitle()
    assert {"croiser", "tableau", "filtrer", "resume", "nps"} <= set(names)
    assert set(dir(study.evolution())) == {"table", "figure", "section", "exporter"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('e.croiser("mot', ["motif"]),
        ('e.croiser("global", par=["guichet", "demi', ["demi_journee"]),
        ("e.filtrer(mode='papier').comparer('att", ["attente"]),
        ('e.filtrer(motif="et', ["etrangers"]),
        ('e.filtrer(motif=["etrangers", "ti', ["titres"]),
        ('e.filtrer({"glo', ["global"]),
        ('e.filtrer(aide_recue="pro', ["proche"]),
        ('e["a_tel', ["a_telephone"]),
        ('autre.croiser("mot', []),
    ],
)
def test_names_complete_inside_quotes(study, shell, typed, expected):
    shell.user_ns["e"] = study
    with provisionalcompleter():
        found = [one.text.strip("\"'") for one in shell.Completer.completions(typed, len(typed))]

    assert [name for name in found if name in {*study.noms, "etrangers", "titres", "proche"}] == (
        expected
    )


@pytest.fixture(scope="module")
def shell():
    found = InteractiveShell()
    completion.add(found)
    return found


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        ((None, 3), [True, True, False]),
        ((3, None), [False, True, False]),
        ((1, 2), [True] + [False] * 2),
    ],
)
def test_a_bound_may_be_open_and_what_was_not_said_is_between_none(between, kept):
    condition = Condition("note", "note", between=between)

    assert condition.among(pd.Series([2.0, 3.0, None])).tolist() == kept
