"""What proves each commitment, and the site's mark out of ten."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from qpref.display import evidence, marks
from qpref.quality import evidence as proof
from qpref.quality import mystery, progress
from qpref.quality.score import contact_marks, site_score
from qpref.questions import Judged
from qpref.workbook import ouvrir_enquete_mystere, ouvrir_labellisation
from tests.conftest import CAMPAIGNS, SITES, example_count
from tests.unit.test_calendar_and_mystery import (
    survey,
    tables,  # noqa: F401 - a fixture
)


def frame(notes):
    """Marks by contact: (contact, criterion, commitment, mark)."""
    return pd.DataFrame(notes, columns=["contact_id", "critere", "engagement", "note"])


def test_one_criterion_gives_the_mean_and_its_t_interval():
    """The jackknife of a mean is the usual standard error: statsmodels gives the interval."""
    values = [10.0, 0.0, 10.0, 10.0, 7.0, 4.0]
    found = site_score(frame([(f"c{i}", "a", "e", v) for i, v in enumerate(values)]))
    low, high = DescrStatsW(values).tconfint_mean()

    assert found.value == pytest.approx(np.mean(values))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(min(high, 10)))
    assert (found.contacts, found.commitments) == (6, 1)


def test_commitments_weigh_the_same_whatever_their_criteria():
    """E1: criteria at 10 and 0, mean 5. E2: one criterion at 10. Site: 7.5."""
    found = site_score(
        frame(
            [
                ("c1", "a", "e1", 10.0),
                ("c2", "a", "e1", 10.0),
                ("c1", "b", "e1", 0.0),
                ("c2", "c", "e2", 10.0),
            ]
        )
    )

    assert found.value == pytest.approx(7.5)


@pytest.mark.parametrize("notes", [[], [("c1", "a", "e", 10.0)]])
def test_too_few_contacts_give_no_interval(reference, notes):
    found = site_score(frame(notes))

    assert np.isnan(found.low)
    assert "Trop peu" in marks.score(found, reference.grid, reference.standard).title


def test_a_criterion_met_in_part_is_worth_nothing(tables, reference):  # noqa: F811
    """Courtesy: yes is 10, in part 0; the marks of e-mails stay as they are."""
    found = contact_marks(survey(tables, reference))
    own = found.loc[found["critere"] == "courtoisie"].set_index("contact_id")["note"]

    assert own.to_dict() == {"c1": 10, "c2": 0}
    assert found.loc[found["critere"] == "clarte_ecrits", "note"].tolist() == [8, 5]
    assert set(found.loc[found["critere"] == "decroche_5_sonneries", "contact_id"]) == {
        "c1", "c2", "c3",
    }  # fmt: skip


@pytest.mark.lent
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from("abc"), st.floats(0, 10)),
        min_size=1,
        unique_by=lambda t: t[:2],
    )
)
def test_a_mark_lies_between_the_lowest_and_the_highest(rows):
    found = site_score(frame([(f"c{i}", c, f"e{c in 'ab'}", v) for i, c, v in rows]))
    values = [v for _, _, v in rows]

    assert min(values) - 1e-9 <= found.value <= max(values) + 1e-9
    if np.isnan(found.low):  # one contact, or contacts that weigh alike
        assert np.isnan(found.high)
    else:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 10


@pytest.mark.lent
def test_the_interval_of_the_mark_holds():
    """Simulation: 24 contacts, three criteria of two commitments, of known mean 7."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(draws := example_count(150, 600)):
        notes = [
            (f"c{i}", name, owner, 10.0 * (rng.random() < share))
            for i in range(24)
            for name, owner, share in (("a", "e1", 0.8), ("b", "e1", 0.6), ("c", "e2", 0.7))
        ]
        found = site_score(frame(notes))
        held += found.low <= 7 <= found.high
    assert 0.92 < held / draws < 0.98


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(7.0, 9.0, "au-dessus"), (6.9, 9.0, "On ne peut pas dire"), (3.0, 6.9, "au-dessous")],
)
def test_the_mark_required_is_sourced_and_to_be_confirmed(reference, low, high, said):
    found = site_score(frame([("c1", "a", "e", 8.0), ("c2", "a", "e", 8.0)]))
    found = type(found)(8.0 if low > 6 else 5.0, low, high, 20, 3)
    text = " ".join(marks.score(found, reference.grid, reference.standard).sentences).replace(
        "\u00a0", " "
    )

    assert said in text
    assert "7 sur 10" in text
    assert "à confirmer pour Qual-e-pref (source : modernisation.gouv.fr" in text


@pytest.mark.lent
@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("site", SITES)
def test_no_contact_or_criterion_is_lost_between_grid_and_report(filled, reference, site, campaign):
    """Every judgement of every kept contact is in a count of the report, recounted by hand."""
    opened = ouvrir_enquete_mystere(site, campaign, filled.root)
    judged = opened._contacts.judged
    kept = opened.contacts.loc[opened.contacts["statut"] == "complete"]
    seen = judged.loc[judged["contact_id"].isin(kept["contact_id"]) & (judged["etat"] == "repondu")]
    yes_no = {c.id for c in reference.grid.criteres if c.kind.judged is Judged.ANSWER}
    found = mystery.outcomes(survey((opened.contacts, judged), reference))

    expected = seen.loc[seen["critere"].isin(yes_no), ["contact_id", "critere", "reponse"]]
    got = found.loc[found["critere"].isin(yes_no), ["contact_id", "critere", "resultat"]]
    assert sorted(map(tuple, expected.to_numpy())) == sorted(map(tuple, got.to_numpy()))
    assert opened.conformite["n"].sum() == len(found)
    marked = mystery.marks(opened.contacts, judged, reference.grid)
    assert marked["n"].sum() == seen["note"].notna().sum()
    figures = pd.concat([section.figures for section in opened.canaux()])
    now = figures.loc[figures["groupe"] != "avant"]
    assert now["n"].sum() == len(found)
    assert opened.notes().figures["n"].sum() == marked["n"].sum()


def test_the_matrix_says_what_each_commitment_rests_on(filled):
    opened = ouvrir_labellisation("evry", "2020-11", filled.root)
    table = opened.preuves.set_index("unite")
    columns = ["enquete", "mystere", "document"]

    assert table.loc["m1_telephone", columns].tolist() == [True, True, True]
    assert table.loc["m1_formation", columns].tolist() == [False, False, False]
    assert table.loc["module-2", columns].tolist() == [False, False, False]
    assert set(table["verdict"]) == {"sans_cible"}
    html = opened.matrice().html.replace("\u00a0", " ")
    assert "à confirmer" in html
    assert "Aucun taux exigé par le label n’a encore été lu" in html


def test_a_measure_of_the_matrix_has_its_figures_below(filled):
    """Drill-down: each measured commitment has its rows, with count and interval."""
    opened = ouvrir_labellisation("evry", "2020-11", filled.root)
    measured = opened.mesures.loc[opened.mesures["n"] > 0]
    section = opened.detail()
    labels = [row.label for table in section.tables for row in table.rows]

    assert len(section.figures) == len(measured)
    names = {unit.key: unit.label for unit in opened._units}
    for name in set(measured["engagement"]):
        assert labels.count(names[name]) >= (measured["engagement"] == name).sum()


def test_a_rate_entered_is_judged_at_once(filled, reference):
    """Overall satisfaction at Évry, 77 % (71 to 82): 70 is reached, 95 not, 75 not settled."""
    opened = ouvrir_labellisation("evry", "2020-11", filled.root)
    judged = opened._contacts.judged
    marked = mystery.marks(opened.contacts, judged, reference.grid)
    measures = proof.Measures(opened.parts, opened.conformite, marked)
    stands = opened.etats
    for target, verdict in ((70, "atteint"), (95, "non_atteint"), (75, "non_tranche")):
        changed = [
            i.model_copy(update={"cible": target, "confirme": True})
            if i.id == "satisfaction_globale" else i
            for i in reference.standard.indicateurs
        ]  # fmt: skip
        standard = reference.standard.model_copy(update={"indicateurs": changed})
        found = proof.evidence(measures, opened.questionnaire, reference.grid, standard)
        table = proof.proofs(found, stands).set_index("unite")
        assert table.loc["m1_satisfaction", "verdict"] == verdict
        section = evidence.site_matrix(table.reset_index(), standard)
        assert "1\u00a0taux exigé est confirmé" in " ".join(section.sentences)
        assert {"atteint": "taux exigé atteint", "non_atteint": "taux exigé non atteint",
                "non_tranche": "on ne peut pas trancher"}[verdict] in section.html  # fmt: skip


def test_a_commitment_out_of_scope_is_said_so(reference):
    unit = progress.Unit("m4_rdv", 4, "Rendez-vous proposé")
    stands = progress.states([unit], [], pd.Timestamp("2021-01-01").date())
    stands["etat"] = "hors_perimetre"
    empty = pd.DataFrame(columns=[*proof.COLUMNS]).astype({"n": "int64"})
    section = evidence.site_matrix(proof.proofs(empty, stands), reference.standard)

    assert "hors périmètre" in section.html
    assert section.title.startswith("0")


def proof_rows(*rows):
    """Rows of `proofs`: unit, state, opinions, mystery, document."""
    names = ["unite", "etat", *proof.NATURES]
    return pd.DataFrame(rows, columns=names).assign(module=1, libelle=lambda t: t["unite"])


def test_a_commitment_is_backed_by_any_proof_and_counted_when_it_is_held():
    """Four held, two backed; the fifth is out of the scope though a contact was made."""
    table = proof_rows(
        ("a", "a_faire", True, False, False),
        ("b", "prouve", False, False, True),
        ("c", "a_faire", False, False, False),
        ("d", "en_cours", False, False, False),
        ("e", "hors_perimetre", False, True, False),
    )
    found = proof.backed(table)
    lines = proof.natures(table.assign(site="Évry"))

    assert (found.count, found.n, found.value) == (2, 4, 2)
    assert len(lines) == 15
    assert [(m.group, m.value) for m in lines[:3]] == [
        ("Évry, enquete", 1), ("Évry, mystere", 0), ("Évry, document", 0),
    ]  # fmt: skip


def test_the_measures_behind_a_commitment_are_those_based_on_something():
    """A share of 9 opinions is a count; a mark has no count; what nobody judged is left out."""
    base = {"engagement": "a", "mesure": "q", "libelle": "Q", "unite": "part", "canal": "",
            "verdict": "sans_cible", "bas": 0.1, "haut": 0.9}  # fmt: skip
    table = pd.DataFrame(
        [
            base | {"nature": "enquete", "n": 9, "effectif": 6, "valeur": 2 / 3},
            base | {"nature": "mystere", "canal": "appel", "n": 4, "valeur": 7.5, "bas": 5.0,
                    "haut": 9.0, "unite": "note"},
            base | {"nature": "mystere", "canal": "visite", "n": 0, "effectif": 0},
        ],
        columns=[*proof.COLUMNS],
    )  # fmt: skip
    opinion, mark = proof.behind(table)["a"]

    assert (opinion.measure.n, opinion.measure.count, opinion.is_mark) == (9, 6, False)
    assert opinion.measure.reliability == "aucun_pourcentage"
    assert opinion.measure.group == "a, enquete"
    assert (mark.measure.count, mark.measure.low, mark.measure.high) == (None, 5.0, 9.0)
    assert (mark.is_mark, mark.channel, mark.measure.group) == (True, "appel", "a, mystere appel")


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_threshold_is_confirmed_or_not_on_the_whole_page(reference, is_confirmed):
    """Never « confirmé » in one section and « à confirmer » in the next."""
    standard = reference.standard
    own = standard.site_mark.model_copy(update={"confirme": is_confirmed})
    others = [i for i in standard.indicateurs if i.id != own.id]
    changed = standard.model_copy(update={"indicateurs": [*others, own]})
    found = site_score(frame([("c1", "a", "e", 8.0), ("c2", "a", "e", 9.0)]))
    sections = [marks.score(found, reference.grid, changed), marks.benchmarks(changed)]
    text = " ".join(sentence for section in sections for sentence in section.sentences)

    assert ("à confirmer" in text) is not is_confirmed
    assert ("Ce seuil est confirmé" in text) is is_confirmed
    assert ("est aussi celui du référentiel" in text) is is_confirmed


def test_a_referentiel_without_mark_says_none(reference):
    standard = reference.standard
    others = [i for i in standard.indicateurs if i.id != standard.site_mark.id]
    changed = standard.model_copy(update={"indicateurs": others})
    found = site_score(frame([("c1", "a", "e", 8.0), ("c2", "a", "e", 9.0)]))

    assert marks.score(found, reference.grid, changed).title.startswith("Note d’ensemble")
    assert "seuil" not in " ".join(marks.benchmarks(changed).sentences)
