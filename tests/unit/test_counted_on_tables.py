"""The numbers of the example's reports, counted again on the canonical tables."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qpref.store import Store
from qpref.wording.french import THIN
from tests.sections import bounds, figure, percent, plain, points

CAMPAIGN = "2020-11"
HALF_PERCENT = HALF_POINT = 0.00501
BLUE, ORANGE = "#0a3d7a", "#f9a65a"
MARGINS = ["guichet", "demi_journee"]
FAVOURABLE = ("tres_satisfait", "plutot_satisfait")
UNFAVOURABLE = ("plutot_pas_satisfait", "pas_du_tout_satisfait")


@pytest.fixture(scope="module")
def read(filled):
    return lambda table: Store(filled).read(table, CAMPAIGN, "evry")


def opinions_of(report):
    """The section of a report that shows the answers to questions of opinion."""
    return next(
        section
        for key, section in report.items()
        if key.startswith("theme-") and not key.endswith(("-choix", "-cases"))
    )


@pytest.mark.mesure
@pytest.mark.lent
def test_satisfied_shares_are_counted_on_the_answers(reports, read, reference):
    """Of the visitors kept who gave an opinion, those who said one of the two good levels."""
    questionnaire = reference.questionnaire(CAMPAIGN)
    answers = read("reponses")
    kept = set(answers.loc[answers["statut"] == "complete", "reponse_id"])
    items = read("items")
    items = items.loc[items["reponse_id"].isin(kept) & (items["etat"] == "repondu")]
    counted = {name: Counter(rows["modalite"]) for name, rows in items.groupby("question")}

    seen = 0
    for key, section in reports["10_satisfaction"].items():
        is_shown = key.startswith("theme-") and not key.endswith(("-choix", "-cases"))
        for name in section.figures["indicateur"].unique() if is_shown else ():
            counts = counted[name]
            n = sum(counts[level] for level in FAVOURABLE + UNFAVOURABLE)
            good = sum(counts[level] for level in FAVOURABLE)
            found = figure(section, indicateur=name, groupe="satisfaits")
            assert (found["n"], found["effectif"]) == (n, good)
            row = next(
                r
                for r in section.tables[0].rows
                if r.label == questionnaire.by_id[name].texte_court
            )
            assert int(row.cells[1]) == n
            assert [bar.width for bar in row.bars] == pytest.approx(
                [counts[level] / n for level in FAVOURABLE + UNFAVOURABLE]
            )
            seen += 1
    assert seen == 14


def test_the_annex_counts_every_state_of_every_question(reports, read, reference):
    answers = read("reponses")
    kept = set(answers.loc[answers["statut"] == "complete", "reponse_id"])
    items = read("items")
    items = items.loc[items["reponse_id"].isin(kept)]
    questionnaire = reference.questionnaire(CAMPAIGN)
    names = {question.texte_court: question.id for question in questionnaire.questions}

    table = reports["15_analyses"]["annexe"].tables[0]
    for row in table.rows:
        own = items.loc[items["question"] == names[row.label]]
        levels, states = Counter(own["modalite"]), Counter(own["etat"])
        part, *counts = row.cells
        favourable = sum(levels[level] for level in FAVOURABLE)
        assert percent(part) == pytest.approx(favourable / states["repondu"], abs=HALF_PERCENT)
        assert [int(cell.replace(THIN, "")) for cell in counts] == [
            states["repondu"],
            *(levels[level] for level in FAVOURABLE + UNFAVOURABLE),
            *(states[n] for n in ("nsp", "sans_objet", "non_reponse", "non_posee", "invalide")),
        ]
        assert sum(states.values()) == len(kept)


def test_mystery_contacts_are_counted_by_channel(reports, read, reference):
    contacts = read("contacts_mysteres")
    channels = {channel.id: channel.libelle for channel in reference.grid.canaux}

    table = reports["25_mystere_detail"]["canaux"].tables[0]
    for name, label in channels.items():
        own = contacts.loc[(contacts["canal"] == name) & (contacts["double_de"].fillna("") == "")]
        kept = own.loc[own["statut"] == "complete"]
        row = next(row for row in table.rows if row.label == label)
        assert int(row.cells[0]) == len(kept)
        assert int(row.cells[1]) == int(kept["abouti"].fillna(value=False).sum())


def test_rows_read_are_those_of_the_imports(reports, filled):
    entries = {entry.fichier: entry for entry in Store(filled).imports(CAMPAIGN)}

    for row in reports["15_analyses"]["lecture"].tables[0].rows:
        entry = entries[row.label]
        assert [int(cell) for cell in row.cells] == [entry.lignes_lues, entry.gardees]
        apart = [int(n) for n in re.findall(r"(\d+) (?:écartée|en quarantaine)", plain(row.detail))]
        assert apart == [entry.ecartees, entry.quarantaine]


def test_key_figures_are_the_numbers_of_the_survey(reports, read):
    """Share of the main question, its change in points, and last the answers kept."""
    share, change, *_, count = reports["10_satisfaction"]["chiffres-cles"].key_figures
    answers = read("reponses")
    now = figure(opinions_of(reports["10_satisfaction"]), indicateur="global", groupe="satisfaits")
    changes = reports["10_satisfaction"]["evolution"]
    moved = figure(changes, indicateur="global", unite="écart de parts")

    assert int(count.value) == (answers["statut"] == "complete").sum()
    assert percent(share.value) == pytest.approx(now["valeur"], abs=HALF_PERCENT)
    assert bounds(share.meaning) == pytest.approx((now["bas"], now["haut"]), abs=HALF_PERCENT)
    assert points(change.value) == pytest.approx(moved["valeur"], abs=HALF_POINT)
    assert bounds(change.meaning, "points") == pytest.approx(
        (moved["bas"], moved["haut"]), abs=HALF_POINT
    )


def test_profile_counts_add_up_to_all_answers(reports):
    section = reports["15_analyses"]["profil"]
    total = int(re.search(r"(\d+) usagers", plain(section.title))[1])

    (table,) = section.tables
    by_question = section.figures.groupby("libelle", sort=False)
    assert {row.label for row in table.rows} == {*by_question.groups}
    for row in table.rows:
        own = by_question.get_group(row.label)
        assert own["effectif"].sum() == total
        told = [int(n) for n in re.findall(r"(\d+) %", plain(row.detail))]
        assert told == [round(100 * count / total) for count in own["effectif"]]


def test_the_four_lines_of_the_poster_are_counted(reports, read):
    """Answers kept, the main question, then the best and the worst of the others."""
    lines = reports["60_affiche"]["lignes"]
    answered, *found = lines.figures["valeur"].astype(float).tolist()
    told = reports["10_satisfaction"]["sujets"].tables[0].rows
    answers = read("reponses")

    count, *shares = lines.key_figures
    assert int(count.value) == answered == (answers["statut"] == "complete").sum()
    assert [percent(one.value) for one in shares] == pytest.approx(found, abs=HALF_PERCENT)
    assert [percent(row.cells[0]) for row in (told[0], told[-1])] == [
        percent(one.value) for one in shares[1:]
    ]
    assert shares[1].meaning.startswith(told[0].label)
    assert shares[2].meaning.startswith(told[-1].label)


@pytest.fixture(scope="module")
def raked(read):
    """
    Answers with both margins known, and their weights.

    Counters and half-days in turn, until both give the passages counted.
    """
    rows, flow = read("reponses"), read("population")
    rows = rows.loc[rows["statut"] == "complete"].set_index("reponse_id")
    rows = rows.loc[rows[MARGINS].notna().all(axis=1), MARGINS].astype(str)
    weights = pd.Series(1.0, index=rows.index)
    for _ in range(200):
        for name in MARGINS:
            known = flow.loc[flow["variable"] == name].set_index("strate")["effectif"]
            weights *= rows[name].map(known / weights.groupby(rows[name]).sum())
    return rows, weights


@pytest.mark.lent
def test_weights_are_raked_again_by_a_plain_loop(reports, raked):
    """Smallest and largest over the mean, and (Σw)² / Σw² answers of equal weight (Kish)."""
    said, (_, weights) = plain(reports["15_analyses"]["ponderation"].sentences[0]), raked

    ends = [weights.min() / weights.mean(), weights.max() / weights.mean()]
    found = [float(number.replace(",", ".")) for number in re.findall(r"\d,\d+", said)]
    assert found == pytest.approx(ends, abs=0.0501)
    worth = weights.sum() ** 2 / (weights**2).sum()
    assert 100 <= worth < 1000  # two digits: told to the ten
    assert f"{len(weights)} réponses en valent environ {10 * round(worth / 10)}." in said


def test_weighted_shares_are_counted_with_the_weights_raked_again(reports, read, raked):
    """
    Σwy / Σw, question by question, and its interval.

    Variance: what the two margins do not explain of w (y − share) / Σw (Deville and Särndal 1992),
    added up by half-day. Interval: Clopper and Pearson on the answers that this variance is worth,
    times (t of n − 1 over t of the half-days − 1)² (Korn and Graubard 1998).
    """
    section, items, (rows, weights) = reports["15_analyses"]["ponderation"], read("items"), raked
    own = read("reponses").set_index("reponse_id").loc[rows.index]
    moment = own["date_reponse"].dt.strftime("%Y-%m-%d") + own["demi_journee"].astype(str)
    levels = np.column_stack([pd.get_dummies(rows[name], dtype=float) for name in MARGINS])
    halves = moment.nunique()
    whole = stats.t.isf(0.025, halves - 1)

    shares = section.figures.loc[section.figures["groupe"] == "pondere"]
    assert len(shares)
    for name in shares["indicateur"]:
        own = items.loc[(items["question"] == name) & (items["etat"] == "repondu")]
        given = own.set_index("reponse_id")["modalite"].reindex(rows.index)
        happy, w = given.isin(FAVOURABLE)[given.notna()], weights[given.notna()]
        share, n = (w * happy).sum() / w.sum(), len(w)
        parts = ((happy - share) / w.sum()).reindex(rows.index, fill_value=0).to_numpy(float)
        rest = parts - levels @ np.linalg.lstsq(levels, parts, rcond=None)[0]
        variance = halves * (weights * rest).groupby(moment).sum().var(ddof=1)
        variance = max(variance, share * (1 - share) / n)  # never less than of answers one by one
        size = share * (1 - share) / variance * (stats.t.isf(0.025, n - 1) / whole) ** 2
        k = share * size

        found = figure(section, indicateur=name, groupe="pondere")
        assert found["n"] == n
        assert [found[column] for column in ("valeur", "bas", "haut")] == pytest.approx(
            [share, stats.beta.ppf(0.025, k, size - k + 1), stats.beta.isf(0.025, k + 1, size - k)],
            abs=1e-6,
        )


def test_the_change_at_equal_public_is_the_mean_change_of_the_counters(reports, filled):
    """Counter by counter, the change of the share; its mean, by the passages of both campaigns."""
    parts, passages = {}, Counter()
    for campaign in ("2019-11", CAMPAIGN):
        items = Store(filled).read("items", campaign, "evry")
        own = items.loc[(items["question"] == "global") & (items["etat"] == "repondu")]
        happy = own.set_index("reponse_id")["modalite"].isin(FAVOURABLE)
        rows = Store(filled).read("reponses", campaign, "evry").set_index("reponse_id")
        rows = rows.loc[rows["statut"] == "complete"]
        counter = rows["guichet"].astype(str).reindex(happy.index)
        parts[campaign] = happy.groupby(counter).mean()
        flow = Store(filled).read("population", campaign, "evry")
        flow = flow.loc[flow["variable"] == "guichet"].set_index("strate")["effectif"]
        passages.update(flow.to_dict())
    change = parts[CAMPAIGN] - parts["2019-11"]
    expected = sum(change[name] * n for name, n in passages.items()) / sum(passages.values())

    found = figure(reports["10_satisfaction"]["evolution"], indicateur="public_egal")
    assert found["valeur"] == pytest.approx(expected)
    assert round(100 * expected) == 3  # where the plain change is -2
