"""Whoever holds every report and every table of figures: what can be known of a small group?

The reports of all sites, both campaigns, all notebooks, read as a stranger would: from the files.
"""

from math import ceil, floor

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, linprog, milp

from qpref.workbook import ouvrir_satisfaction
from tests.conftest import CAMPAIGNS, SITES

pytestmark = [pytest.mark.notebook, pytest.mark.lent]
FLOWS = ("guichet", "demi_journee")
SMALL = 5
HALF_PERCENT = 0.005 + 1e-9  # as a share is printed
# The tables that count groups; `test_remarks.py` reads the last.
COUNTS = {"profil", "composition", "ressemblance", "publics", "remarques"}


@pytest.fixture(scope="module")
def figures(published_whole):
    """Every line of every table of figures, with the report it comes from."""
    frames = []
    for path in sorted(published_whole.reports.rglob("*.chiffres.csv")):
        frame = pd.read_csv(path, sep=";", decimal=",", dtype={"groupe": str, "libelle": str})
        campaign, site = path.relative_to(published_whole.reports).parts[:2]
        notebook = path.name.split(".")[0]
        frames.append(frame.assign(campagne=campaign, lieu=site, notebook=notebook))
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def truth(filled):
    """By campaign, site and question: how many people each group really has, by label."""
    found = {}
    for campaign in CAMPAIGNS:
        for site in SITES:
            opened = ouvrir_satisfaction(site, campaign, filled.root)
            for name in (*opened.questionnaire.groups, *FLOWS):
                scale = opened.questionnaire.scale(name).modalites
                labels = {modality.code: modality.libelle for modality in scale}
                answers = opened.reponses[name].map(labels).fillna("Non précisé")
                found[campaign, site, name] = answers.value_counts()
    return found


def printed(figures, campaign, site, name):
    """
    Return what the tables say of a question: groups named, and sums of groups that are not.

    Each as the fewest and the most people that the line may stand for: a share is rounded.
    """
    rows = figures.loc[
        (figures["campagne"] == campaign)
        & (figures["lieu"] == site)
        & (figures["indicateur"] == name)
        & figures["section"].isin(["profil", "composition"])
    ]
    named, sums = {}, []
    for row in rows.itertuples():
        around = HALF_PERCENT if row.section == "composition" else 0.0
        count = row.effectif if row.section == "profil" else row.n * row.valeur
        between = ceil(count - around * row.n), floor(count + around * row.n)
        if row.groupe.startswith("Groupes réunis"):
            inside = row.groupe.partition("(")[2].rstrip(")").split(" ; ")
            sums.append((between, inside if inside != [""] else None))
        else:
            named.setdefault(row.groupe, set()).add(between)
    return named, sums


def test_tables_agree_on_what_they_name(figures, truth):
    """A group that two tables count has one count, the true one: no difference to exploit."""
    for key, people in truth.items():
        named, _ = printed(figures, *key)
        for label, counts in named.items():
            assert all(low <= people.get(label, 0) <= high for low, high in counts), (key, label)


def test_no_group_that_a_table_hides_is_named_by_another(figures, truth):
    for (campaign, site, name), people in truth.items():
        named, sums = printed(figures, campaign, site, name)
        for (_, most), inside in sums:
            assert most >= SMALL
            assert not set(inside or ()) & named.keys(), (campaign, site, name)
        assert not set(people.index[people < SMALL]) & named.keys(), (campaign, site, name)


def test_group_counts_are_nowhere_else(figures, filled):
    """A table that this attack does not read may not count the people of a group."""
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)
    words = set()
    for name in (*opened.questionnaire.groups, *FLOWS):
        for modality in opened.questionnaire.scale(name).modalites:
            if modality.code not in {"oui", "non"}:
                words |= {modality.code, modality.libelle}
    is_box = figures["indicateur"] == opened.questionnaire.by_role["aide"].id  # one bears a name
    named = figures["groupe"].isin(words) | figures["libelle"].isin(words)
    # Of answers to a question alone, in the words of a group perhaps; of tests, which count nobody.
    is_opinion = figures["indicateur"].isin([q.id for q in opened.questionnaire.opinions])
    is_counted = figures["n"].notna() | figures["effectif"].notna()
    alone = (figures["section"] == "annexe") & is_opinion
    found = figures.loc[named & ~is_box & ~alone & (is_counted | (figures["section"] != "tests"))]

    # The log of refusals counts people asked by moment, each count over the threshold.
    logged = figures.loc[figures["section"] == "non-reponse", "effectif"].dropna()
    assert (logged >= SMALL).all()
    assert set(found["section"]) - {"non-reponse"} <= COUNTS
    assert set(found["lieu"]) <= set(SITES)  # never all sites together: no total to subtract from


def test_no_small_group_can_be_bounded(figures, truth):
    """Linear programming on all that is printed of a question at a site, in all its reports."""
    hidden_anywhere = 0
    for key, people in truth.items():
        named, sums = printed(figures, *key)
        hidden = [label for label in people.index if label not in named]
        if not hidden:
            continue
        rows, least, most = [], [], []
        for (fewest, largest), inside in sums:
            rows.append([float(inside is None or label in inside) for label in hidden])
            least.append(fewest)
            most.append(largest)
        limits = LinearConstraint(np.array(rows), least, most)
        for place, label in enumerate(hidden):
            if not 0 < people[label] < SMALL:
                continue
            hidden_anywhere += 1
            aim = np.eye(len(hidden))[place]
            if len(hidden) == 1:
                pytest.fail(f"{key} : {label} se déduit")
            low, high = (sign * milp(sign * aim, constraints=limits).fun for sign in (1, -1))
            assert high - low >= SMALL, (key, label, low, high)
    assert hidden_anywhere > 5  # the example does hold small groups


def test_the_attack_succeeds_on_tables_that_do_not_hide():
    """Two merged tables that differ by one group give it away: the same attack finds it."""
    people = pd.Series({"a": 2, "b": 9, "c": 7})
    rows, totals = [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [11, 16, 18]
    aim = np.array([1.0, 0.0, 0.0])
    low, high = (sign * linprog(sign * aim, A_eq=rows, b_eq=totals).fun for sign in (1, -1))

    assert round(low) == round(high) == people["a"]
