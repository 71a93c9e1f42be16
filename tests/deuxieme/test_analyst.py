"""The questions of an analyst on the second example, against its files read without qpref."""

import numpy as np
import pandas as pd
import pytest

from qpref import ouvrir
from tests.deuxieme.oracle import Received
from tests.filters import assert_every_filter
from tests.unit.test_copies import assert_verbs_hand_copies

SITE, NOW, BEFORE = "cahors", "printemps-2023", "printemps-2022"


@pytest.fixture(scope="module")
def root(second_filled):
    return second_filled.root


@pytest.fixture(scope="module")
def study(root):
    return ouvrir(SITE, NOW, root, diffusion=False)


@pytest.fixture(scope="module")
def answers(root):
    return Received(root)


def words(answers, question):
    return {m["code"]: m["libelle"] for m in answers.levels(question)}


def test_days_are_told_by_the_week(root):
    """Weeks of the calendar, counted again in the table; nobody is told by the day."""
    found = ouvrir("figeac", BEFORE, root).croiser("demarche", par="date").table["Total"]
    full = ouvrir("figeac", BEFORE, root, diffusion=False)
    days = full.tableau().dropna(subset="demarche")["date"].dt
    sizes = days.isocalendar()["week"].value_counts()
    assert len(sizes) > 1
    assert len(found) == len(sizes) + 1
    assert {*found.dropna()} <= {*sizes, sizes.sum()}
    assert len(full.croiser("demarche", par="date").table) == days.date.nunique() + 1


def test_a_distribution_says_what_it_hides_and_draws_no_empty_figure(root):
    """Of 93 visitors, those who came for one thing: each level of the five may be hidden."""
    one = ouvrir(SITE, NOW, root)
    everyone = one.distribution("jugement").section
    part = one.filtrer(one.profil_frequent("demarche")).distribution("jugement")

    assert (list(everyone.sentences), everyone.plot is not None) == ([], True)
    assert part.table.drop(columns=["n", "favorables"]).isna().all(axis=None)
    assert part.section.sentences == ["Les cases trop petites sont masquées."]
    assert part.section.plot is None


def test_the_score_of_recommendation(study, answers):
    found = study.nps().table.loc["Ensemble"]

    promoters, detractors, n = answers.net("recommandation", answers.of(NOW, SITE))
    assert found[["n", "promoteurs", "detracteurs"]].tolist() == [n, promoters, detractors]
    assert found["nps"] == pytest.approx(100 * (promoters - detractors) / n)
    assert found["bas"] < found["nps"] < found["haut"]
    by = study.nps(par="demarche").table
    own = answers.of(NOW, SITE).groupby("demarche")
    for code, label in words(answers, "demarche").items():
        up, down, n = answers.net("recommandation", own.get_group(code))
        assert by.loc[label, "nps"] == pytest.approx(100 * (up - down) / n)


def test_the_trend_of_the_overall_judgement(study, answers):
    found = study.evolution().table

    for (_, row), campaign in zip(found.iterrows(), (BEFORE, NOW), strict=True):
        happy, n = answers.opinion("jugement", answers.of(campaign, SITE))
        assert (row["favorables"], row["n"]) == (happy, n)
        assert row["part"] == pytest.approx(happy / n)


def test_a_crossing_boxes_and_numbers_by_group(study, answers):
    rows, names = answers.of(NOW, SITE), words(answers, "demarche")
    reasons = rows["demarche"].map(names)
    counts = study.croiser("rapidite", par="demarche").table
    expected = pd.crosstab(reasons, rows["rapidite"].map(words(answers, "rapidite")))
    for label in names.values():
        assert (
            counts.loc[label].drop("Total").to_dict()
            == expected.loc[label].reindex(counts.columns.drop("Total"), fill_value=0).to_dict()
        )

    boxes = study.croiser("sources", par="demarche", pourcent="ligne").table
    shares = rows["sources/mairie"].groupby(reasons).mean()
    assert boxes.loc[[*shares.index], "À la mairie"].tolist() == pytest.approx(shares.tolist())

    means = study.comparer("kilometres", par="demarche").table["moyenne"]
    assert means.drop(["Ensemble", "Non précisé"]).to_dict() == pytest.approx(
        rows["kilometres"].groupby(reasons).mean().to_dict()
    )


def test_a_filter_on_marks_and_days_then_a_section(study, answers):
    rows = answers.of(NOW, SITE)
    kept = rows.loc[rows["recommandation"].ge(7) & rows["jour"].le("2023-05-26")]
    part = study.filtrer(recommandation=(7, None), jour=(None, "2023-05-26"))

    happy, n = answers.opinion("jugement", kept)
    (line,) = (
        part.rapport.chiffres_cles().figures.query("indicateur == 'jugement'").to_dict("records")
    )
    assert (len(part), line["n"], line["effectif"]) == (len(kept), n, happy)


def test_every_question_by_site(root, answers):
    found = ouvrir("tous", NOW, root, diffusion=False).resume(par="site").table

    for name, site in answers.sites.items():
        rows = answers.of(NOW, site)
        for question in ("ecoute", "rapidite", "jugement"):
            text = answers.questions[question]["texte_court"]
            happy, n = answers.opinion(question, rows)
            assert found.loc[text, name].item() == pytest.approx(happy / n)
        km = answers.questions["kilometres"]["texte_court"]
        assert found.loc[(km, "moyenne"), name] == pytest.approx(rows["kilometres"].mean())
        share = (rows["demarche"] == "chasse").sum() / rows["demarche"].isin(
            words(answers, "demarche")
        ).sum()
        assert found.loc[("Démarche", "Permis de chasser"), name] == pytest.approx(share)


def test_missing_answers_and_why(study, answers):
    rows = answers.of(NOW, SITE)
    told = rows["rapidite"].map({"muet": "Ne sait pas", "hors": "Sans objet", "": "Sans réponse",
                                 "illisible": "Illisible"})  # fmt: skip
    found = study.manquants()["rapidite"].value_counts()

    assert found[found > 0].to_dict() == told.value_counts().to_dict()
    table = study.tableau()
    assert (table["rapidite"].dropna() >= "Bon").mean() == pytest.approx(
        np.divide(*answers.opinion("rapidite", rows))
    )
    assert sorted(table["depuis"].dropna()) == sorted(rows["depuis"].dropna())


def test_marks_days_and_boxes_come_back_from_spss(study, answers, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    path, *_ = study.exporter(tmp_path / "lot.sav")
    rows, about = pyreadstat.read_sav(path)

    raw = answers.of(NOW, SITE)
    assert sorted(rows["recommandation"].dropna()) == sorted(raw["recommandation"].dropna())
    assert sorted(pd.to_datetime(rows["depuis"].dropna())) == sorted(raw["depuis"].dropna())
    assert rows["sources__mairie"].sum() == raw["sources/mairie"].sum()
    assert about.column_names_to_labels["recommandation"] == "Conseil à un voisin"


def test_every_answer_of_every_question_filters_or_says_why_not(study):
    assert_every_filter(study)


@pytest.mark.nuit
def test_no_verb_hands_out_what_it_reads(root):
    assert_verbs_hand_copies(ouvrir(SITE, NOW, root), "jugement", "demarche")
