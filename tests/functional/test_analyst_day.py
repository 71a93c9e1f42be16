"""The fifteen questions of a day of an analyst, each in one to three lines of the public API.

The right values are worked out from the files as received, with pandas (`tests.essonne`).
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.miscmodels.ordinal_model import OrderedModel

from qpref import ouvrir
from qpref.errors import UnknownKeyError, UsageError
from tests.deuxieme.oracle import plain
from tests.essonne import Essonne

SITE, NOW, BEFORE = "evry", "2020-11", "2019-11"


@pytest.fixture(scope="module")
def root(filled):
    return filled.root


@pytest.fixture(scope="module")
def study(root):
    """What an analyst opens, everything shown."""
    return ouvrir(site=SITE, campagne=NOW, racine=root, diffusion=False)


@pytest.fixture(scope="module")
def raw(root, example):
    """The answers as received, and words of the questionnaire."""
    found = Essonne(root)
    found.files = example
    rows = found.of(NOW, SITE)
    words = {
        (q, m["code"]): m["libelle"]
        for q, asked in found.questions.items()
        if asked.get("echelle")
        for m in found.asked["echelles"][asked["echelle"]]["modalites"]
    }
    return SimpleNamespace(received=found, rows=rows, words=words)


def happy(raw, question, rows=None):
    """1 for a favourable answer, 0 for another, missing without opinion."""
    rows = raw.rows if rows is None else rows
    levels = [m["code"] for m in raw.received.levels(question)]
    own = rows[question].isin(raw.received.favourable(question)).astype(float)
    return own.where(rows[question].isin(levels))


def worded(raw, question):
    return raw.rows[question].map(lambda code: raw.words.get((question, code)))


def same(found, expected, **options):
    """Whether two tables say the same, whatever the order of their rows and columns."""
    expected = expected.reindex(index=found.index, columns=found.columns)
    np.testing.assert_allclose(found.astype(float), expected.astype(float), **options)


@pytest.mark.lent
def test_01_how_did_waiting_move_over_the_campaigns(study, raw):
    found = study.evolution("attente").table["part"]

    rows = [raw.received.of(campaign, SITE) for campaign in (BEFORE, NOW)]
    assert found.tolist() == pytest.approx([happy(raw, "attente", own).mean() for own in rows])
    assert found.index.tolist() == ["novembre-décembre 2019", "novembre-décembre 2020"]


def test_02_satisfaction_by_counter_and_half_day(study, raw):
    found = study.croiser("global", par=["guichet", "demi_journee"], pourcent="ligne").table

    by = [worded(raw, "guichet"), worded(raw, "demi_journee")]
    levels = [c for c in found if c != "Total"]
    given = worded(raw, "global").where(lambda words: words.isin(levels))
    expected = pd.crosstab(by, given, normalize="index")
    same(found.drop(("Total", "Total"))[levels], expected[levels])
    assert found["Total"].eq(1).all()


def test_03_are_the_retired_less_at_ease_online(study, raw):
    found = study.croiser("aisance_numerique", par="retraite").table

    expected = pd.crosstab(worded(raw, "retraite"), worded(raw, "aisance_numerique"), margins=True,
                           margins_name="Total")  # fmt: skip
    same(found, expected)


@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_asked_opens_the_first_site_and_the_last_campaign(root, nothing):
    assert repr(ouvrir(nothing, nothing, root)) == repr(ouvrir(SITE, NOW, root))


def test_a_year_typed_as_a_number_is_read_as_a_name(root):
    with pytest.raises(UnknownKeyError, match="« 2020 » est inconnu"):
        ouvrir(SITE, 2020, root)


def test_the_remarks_of_a_filtered_study_are_exported(root, tmp_path):
    """Their reasons are categories: a traceback, once."""
    kept = ouvrir(SITE, NOW, root).filtrer(mode="papier").remarques()
    file = kept.exporter(tmp_path / "remarques.csv")

    assert len(pd.read_csv(file, sep=";")) == len(kept.table) > 0


def test_04_what_did_they_write_on_waiting(study, raw):
    found = study.remarques(contient="ATTÊNTE").table

    texts = raw.rows.loc[raw.rows["suggestion"].fillna("").str.contains("ttente")]
    assert len(found) == len(texts) > 3
    assert sorted(found["remarque"]) == sorted(texts["suggestion"])
    assert sorted(found["date"]) == sorted(texts["date_visite"])
    counters = texts["guichet"].map(lambda code: raw.words["guichet", code])
    assert sorted(found["guichet"]) == sorted(counters)
    assert "motif" in found


@pytest.mark.lent
def test_05_the_sites_at_equal_public(study, raw):
    found = study.comparer(par="site", public_egal=True).table

    every = raw.received.of(NOW)
    ranks = every["global"].map({m["code"]: -rank for rank, m in
                                 enumerate(raw.received.levels("global"))})  # fmt: skip
    ranks += len(raw.received.levels("global")) - 1
    factors = every[["site", "motif", "tranche_age", "aisance_numerique"]]
    factors = factors.where(factors.ne("nsp") & factors.ne(""))
    known = factors.notna().all(axis=1) & ranks.notna()
    design = pd.get_dummies(factors[known].apply(without_rare), drop_first=True, dtype=float)
    fit = OrderedModel(ranks[known].astype(int), design, distr="logit").fit(method="bfgs", disp=0)
    for name, site in raw.received.sites.items():
        moved = design.assign(**{c: float(c == f"site_{site}") for c in design if c[:5] == "site_"})
        share = fit.predict(moved.to_numpy())[:, 2:].sum(1).mean()
        assert found.loc[name, "part"] == pytest.approx(share, abs=1e-4)
        assert found.loc[name, "bas"] < share < found.loc[name, "haut"]


def without_rare(column):
    """A factor whose levels of under 15 answers are one."""
    return column.where(column.map(column.value_counts()) >= 15, "rares")


@pytest.fixture(scope="module")
def passages(example):
    flow = pd.read_csv(example / NOW / f"frequentation_{NOW}.csv", sep=";", encoding="cp1252")
    return flow.loc[flow["Site"].map(plain) == "évry"]


def raked(rows, margins):
    """Weights of mean 1 whose totals are the margins, by repeated proportions."""
    weights = pd.Series(1.0, rows.index)
    for _ in range(500):
        for name, totals in margins.items():
            weights *= rows[name].map(totals / weights.groupby(rows[name]).sum())
    return weights / weights.mean()


@pytest.mark.lent
def test_06_weighted_or_not(study, raw, passages):
    plain_share = study.distribution("global").table["favorables"]
    weighted = study.distribution("global", poids=True).table["favorables"]

    codes = {words: code for (question, code), words in raw.words.items()
             if question in {"guichet", "demi_journee"}}  # fmt: skip
    margins = {
        "guichet": passages.groupby(passages["Guichet"].map(codes))["Passages"].sum(),
        "demi_journee": passages.groupby(passages["Demi-journée"].map(codes))["Passages"].sum(),
    }
    weights, value = raked(raw.rows, margins), happy(raw, "global")
    known = value.notna()
    assert plain_share.item() == pytest.approx(value.mean())
    assert weighted.item() == pytest.approx(np.average(value[known], weights=weights[known]))
    assert weighted.item() != pytest.approx(value.mean(), abs=0.002)
    assert study.tableau()["poids"].sort_values().to_numpy() == pytest.approx(
        np.sort(weights), rel=1e-6
    )


@pytest.mark.lent
def test_07_what_irritates_most(study, raw):
    found = study.distribution().table["favorables"].nsmallest(3)

    names = [q["id"] for q in raw.received.asked["questions"] if q["type"] == "opinion"]
    shares = pd.Series({raw.received.questions[q]["texte_court"]: happy(raw, q).mean()
                        for q in names})  # fmt: skip
    assert found.to_dict() == pytest.approx(shares.nsmallest(3).to_dict())
    assert set(study.priorites().table.index) <= set(names)


def test_08_the_score_of_recommendation_is_not_asked_here(study):
    with pytest.raises(UsageError, match="recommandation"):
        study.nps()


def test_09_the_response_rate_day_by_day(study, example):
    found = study.taux_de_reponse(par="date").table["taux"]

    log = pd.read_csv(example / NOW / f"releve_refus_{NOW}.csv", sep=";", encoding="cp1252")
    own = log.loc[log["Site"] == "Évry"].groupby("Date").sum(numeric_only=True)
    expected = own["Complets"] / (own["Abordés"] - own["Inéligibles"])
    expected.index = pd.to_datetime(expected.index, dayfirst=True)
    assert found.to_dict() == pytest.approx(expected.to_dict())


def test_10_a_clean_workbook(study, tmp_path):
    path = study.croiser("motif", par="guichet").exporter(tmp_path / "motifs.xlsx")

    found = pd.read_excel(path, index_col=0, engine="openpyxl")
    same(found, study.croiser("motif", par="guichet").table)
    text = study.evolution().exporter(tmp_path / "suivi.csv").read_text("utf-8-sig")
    assert text.startswith("groupe;n;favorables;part;")
    with pytest.raises(UsageError, match=r"\.xlsx ou en \.csv"):
        study.evolution().exporter(tmp_path / "suivi.doc")


def test_11_a_figure_to_ones_taste(study, raw):
    figure = study.comparer("global", par="retraite").figure.update_layout(title="À moi")

    (trace,) = figure.data
    shares = happy(raw, "global").groupby(worded(raw, "retraite")).mean()
    drawn = dict(zip(trace.y, trace.x, strict=True))  # as precise as the page says it
    assert drawn == pytest.approx(shares.to_dict(), abs=0.005)
    assert figure.layout.title.text == "À moi"
    assert study.comparer("global", par="retraite").figure.layout.title.text != "À moi"


def test_12_a_section_of_the_report_on_some_visitors(study, raw):
    section = study.filtrer(motif="etrangers").rapport.chiffres_cles()

    own = happy(raw, "global", raw.rows.loc[raw.rows["motif"] == "etrangers"])
    line = section.figures.loc[section.figures["indicateur"] == "global"].iloc[0]
    assert (line["n"], line["effectif"]) == (own.notna().sum(), own.sum())
    assert line["valeur"] == pytest.approx(own.mean())


def test_13_ones_own_footfall(study, raw):
    flow = {"etrangers": 4000, "point_numerique": 1500, "reglementation": 900}
    flow["accueil_general"] = 600
    found = study.ponderer(guichet=flow).distribution("global", poids=True).table["favorables"]

    weights, value = raked(raw.rows, {"guichet": pd.Series(flow)}), happy(raw, "global")
    known = value.notna()
    assert found.item() == pytest.approx(np.average(value[known], weights=weights[known]))


def test_14_straight_into_statsmodels(study, raw):
    table = study.tableau().rename(columns={"global": "avis"}).dropna(subset=["avis", "retraite"])
    table["satisfait"] = (table["avis"] >= "Plutôt satisfait").astype(int)
    fit = smf.logit("satisfait ~ retraite", table).fit(disp=False)

    value, retired = happy(raw, "global"), raw.rows["retraite"]
    odds = {code: value[retired == code].mean() for code in ("oui", "non")}
    expected = np.log(odds["non"] / (1 - odds["non"])) - np.log(odds["oui"] / (1 - odds["oui"]))
    assert fit.params["retraite[T.Non]"] == pytest.approx(expected, abs=1e-6)


def test_15_missing_answers_and_why(study, raw):
    found = study.manquants()["attente"].value_counts()

    told = raw.rows["attente"].map({"sans_objet": "Sans objet", "nsp": "Ne sait pas",
                                    "": "Sans réponse", "illisible": "Illisible"})  # fmt: skip
    assert found[found > 0].to_dict() == told.value_counts().to_dict()
    assert study.tableau()["attente"].isna().sum() == told.notna().sum()


def test_a_naive_share_is_the_right_one(study, raw):
    """« Sans objet » and « ne sait pas » are no answers: they never enter a mean of the table."""
    answers = study.tableau()["accessibilite"].dropna()

    assert (answers >= "Plutôt satisfait").mean() == pytest.approx(
        happy(raw, "accessibilite").mean()
    )
