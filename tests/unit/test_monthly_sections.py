"""Months of a site as measures and sections: by hand, on drawn-up readings."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.display.monthly import across_sites, followed, summary, supporting
from qpref.palette import PAPER
from qpref.quality.monthly import SIGNAL, follow_months
from qpref.reference import Monthly
from tests.sections import plain

CERTAIN = {"certitude": "vu", "source": "essai"}
CALLS = {
    "id": "appels", "libelle": "Appels décrochés", "unite": "part", "numerateur": "décrochés",
    "denominateur": "reçus", "sens": "hausse", "cible": 85, **CERTAIN,
}  # fmt: skip
DELAY = {"id": "delai", "libelle": "Délai", "unite": "jours", "sens": "baisse", **CERTAIN}
PAGES = CALLS | {"id": "pages", "libelle": "Pages vérifiées", "frequence": "trimestre"}
CRISIS = {"debut": "2020-03", "fin": "2020-04", "motif": "crise sanitaire", **CERTAIN}


def declared(**more):
    return Monthly.model_validate({"indicateurs": [CALLS, DELAY, PAGES], **more})


def readings(name, values, first="2019-07", size=None):
    """Readings of months in a row: values, or counts out of `size`; None for no reading."""
    months = pd.period_range(first, periods=len(values), freq="M").strftime("%Y-%m")
    rows = [
        {
            "indicateur": name, "periode": month, "source": "standard",
            "numerateur": value if size else None, "denominateur": size,
            "valeur": value / size if size else value,
        }
        for month, value in zip(months, values, strict=True)
        if value is not None
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"numerateur": float, "denominateur": float, "valeur": float})


def told(rows, monthly, name="appels"):
    found = {one.indicator.id: one for one in follow_months(rows, monthly, "evry")}[name]
    section = followed(found, "Téléphonie", "Évry")
    lines = [
        f"{row.label} {' '.join(row.cells)} {row.detail}"
        for table in section.tables
        for row in table.rows
    ]
    text = plain(" | ".join([section.title, *section.sentences, *lines, section.lines[0].note]))
    return text, section, found


def test_a_share_in_its_limits_is_said_so():
    """900 of 1 000, eight times: p̄ = 0.9, 3 √(0.9 · 0.1 / 1 000) = 2.8 points."""
    text, section, found = told(readings("appels", [900] * 8, size=1000), declared())

    assert "Appels décrochés : 90 % en février 2020" in text
    assert "Référence : 8 mois, de juillet 2019 à février 2020, moyenne 90 %" in text
    assert "entre 87 et 93 %" in text
    assert "en février 2020, sans signal" in text
    assert "Cible : 85 % au moins." in text
    assert "Appuie l’engagement « Téléphonie »." in text
    assert "soit 900 sur 1 000 (décrochés sur reçus)" in text
    assert "Champ : Évry. Source : standard." in text
    assert len(section.figures) == 8 + 8 + 1  # months, their limits, the mean
    assert found.limits.spread == 1
    assert "élargies" not in section.lines[0].note


@pytest.mark.parametrize(("spread", "is_said"), [(1.0, False), (1.01, True)])
def test_limits_made_wider_are_said_so(spread, is_said):
    _, _, found = told(readings("appels", [900] * 8, size=1000), declared())
    found = replace(found, limits=replace(found.limits, spread=spread))

    note = followed(found, "", "Évry").lines[0].note
    assert ("(décrochés sur reçus). Limites élargies. Champ" in plain(note)) is is_said


@pytest.mark.parametrize(("months", "is_concluded"), [(7, False), (8, True)])
def test_nothing_is_concluded_under_eight_months(months, is_concluded):
    text, section, found = told(readings("appels", [900] * months, size=1000), declared())

    assert ("sous 8 mois, rien n’est conclu" in text) != is_concluded
    assert ("limites" in " ".join(section.figures["groupe"])) == is_concluded
    silent = summary([found], ["Délai"], "Évry")
    assert "Déclarés, sans relevé ici : « Délai »." in silent.sentences


def test_a_month_beyond_the_limits_is_a_signal_on_its_side():
    """Delays of 10 and 12 in turn: mean 11, mean range 2, limits 11 ± 5.3; 20 is beyond."""
    span = {"debut": "2019-07", "fin": "2020-02"}
    values = [10.0, 12.0] * 4 + [20.0]

    text, section, found = told(readings("delai", values), declared(reference=span), "delai")

    assert "Délai : 20 jours en mars 2020 ; 1 signal" in text
    assert "en moins bien, mars 2020" in text
    assert found.mean.value == 11
    assert found.last.limits.high == pytest.approx(11 + 2.66 * 2)
    line = section.figures.set_index("groupe").loc["2020-03"]
    assert (line["verdict"], line["valeur"], line["unite"]) == (SIGNAL, 20, "jours")
    assert "À regarder : délai" in plain(summary([found], [], "Évry").title)


def test_months_set_apart_are_shown_and_move_nothing():
    """March and April at 500 of 1 000: the mean stays 90 %, neither is a signal."""
    counts = [900] * 8 + [500, 500]
    text, section, found = told(
        readings("appels", counts, size=1000), declared(mois_a_part=[CRISIS])
    )

    assert found.limits.mean == pytest.approx(0.9)
    assert found.signals == []
    apart = "Mis à part : crise sanitaire, mars 2020 (50 %) et avril 2020 (50 %)."
    assert apart in text
    assert [spot.told for spot in section.lines[0].spots] == [PAPER] * 2


def test_a_month_without_reading_is_said_and_parts_the_runs():
    values = [10.0, 12.0] * 4 + [None, 11.0]

    text, _, found = told(readings("delai", values), declared(), "delai")

    assert "Pas de relevé   | mars 2020 —" in text
    assert found.limits.months == 9


def test_few_cases_are_counted_and_no_percentage_is_given():
    """Under ten cases a month, as everywhere; they are calls, not people: nothing is hidden."""
    text, section, _ = told(readings("appels", [3] * 8, size=4), declared())

    assert "en février 2020, 3 sur 4" in text
    assert set(section.figures["n"].dropna()) == {4}


def test_percentages_without_cases_have_the_limits_of_single_values():
    rows = readings("appels", [0.90, 0.92] * 4)

    _, _, found = told(rows, declared())

    assert found.last.limits.high == pytest.approx(0.91 + 2.66 * 0.02)


def test_quarters_follow_each_other():
    rows = readings("pages", [10] * 3, size=10).assign(periode=["2019-T4", "2020-T1", "2020-T3"])

    text, _, found = told(rows, declared(mois_a_part=[CRISIS]), "pages")

    assert [one.period for one in found.points] == ["2019-T4", "2020-T1", "2020-T2", "2020-T3"]
    assert "crise sanitaire, 1er trimestre 2020 (100 %)" in text
    assert "Pas de relevé   | 2e trimestre 2020 —" in text


def test_the_line_stands_where_its_values_are():
    """Delays of 10 and 12 in turn, limits 11 ± 2.66 × 2, printed 6 to 16: a scale of 5 to 20."""
    values = [10.0, 12.0] * 4
    _, section, _ = told(readings("delai", values), declared(), "delai")
    line = section.lines[0]

    assert [tick.name for tick in line.scale] == ["5", "10", "15", "20"]
    assert line.runs == [[(rank / 7, (value - 5) / 15) for rank, value in enumerate(values)]]
    assert line.level == pytest.approx((11 - 5) / 15)
    (band,) = line.bands
    assert [round(edge, 3) for edge in band[0]] == [0, round(1 / 15, 3), round(11 / 15, 3)]
    assert [mark.at for mark in line.marks] == [0, 1]
    assert line.spots == []
    assert plain(line.told) == (
        "Délai : juillet 2019, 10 jours ; août 2019, 12 jours ; septembre 2019, 10 jours ; octobre "
        "2019, 12 jours ; novembre 2019, 10 jours ; décembre 2019, 12 jours ; janvier 2020, 10 "
        "jours ; février 2020, 12 jours."
    )


def test_a_month_without_reading_cuts_the_line():
    _, section, _ = told(readings("delai", [10.0, 12.0, None, 11.0]), declared(), "delai")

    assert [len(run) for run in section.lines[0].runs] == [2, 1]


@given(
    values=st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=30).filter(
        lambda found: any(one is not None for one in found)
    ),
    stretch=st.sampled_from([1.0, 0.001, 90.0, 12345.6]),
    is_share=st.booleans(),
)
def test_all_that_is_drawn_is_on_the_scale(values, stretch, is_share):
    name, factor = ("appels", 1.0) if is_share else ("delai", stretch)
    found = told(
        readings(name, [one if one is None else one * factor for one in values]), declared(), name
    )
    line = found[1].lines[0]
    heights = [y for run in line.runs for _, y in run]
    heights += [edge for band in line.bands for _, *edges in band for edge in edges]
    heights += [spot.y for spot in line.spots] + ([] if line.level is None else [line.level])

    assert all(-1e-6 <= y <= 1 + 1e-6 for y in heights)
    assert line.scale[0].at == 0
    assert line.scale[-1].at == pytest.approx(1)
    assert 2 <= len(line.scale) <= 7
    assert len({tick.name for tick in line.scale}) == len(line.scale)


THEMES = {"m1_telephone": "Téléphonie"}


def both_sites():
    """Calls in their limits at one site; at the other a last month at 500 of 1 000: a signal."""
    span = {"debut": "2019-07", "fin": "2020-02"}
    bearing = CALLS | {"engagement": "m1_telephone"}
    monthly = declared(reference=span, indicateurs=[bearing, DELAY])
    calm = readings("appels", [900] * 9, size=1000)
    bad = readings("appels", [900] * 8 + [500], size=1000)
    delays = readings("delai", [10.0, 12.0] * 4)
    return {
        "Évry": follow_months(pd.concat([calm, delays]), monthly, "evry"),
        "Étampes": follow_months(bad, monthly, "etampes"),
    }


def test_what_bears_on_a_commitment_is_told_with_it():
    found = both_sites()

    calm = supporting(found["Évry"], THEMES, "Évry")
    bad = supporting(found["Étampes"], THEMES, "Étampes")

    assert plain(calm.title) == "1 chiffre du mois appuie un engagement : aucun signal"
    assert plain(bad.title) == "1 chiffre du mois appuie un engagement : 1 signal"
    (row,) = bad.tables[0].rows
    assert (row.label, *map(plain, row.cells)) == ("Appels décrochés", "50 %", "90 %")
    assert row.detail == "Téléphonie ; mars 2020 ; signal : en moins bien"
    assert list(calm.figures["valeur"]) == [0.9, 0.9]  # the last month, and the reference
    assert supporting(found["Évry"][1:], THEMES, "Évry").is_left_out  # a delay, of no commitment
    assert supporting([], THEMES, "Évry").is_left_out


def test_a_committee_sees_the_signals_of_all_sites():
    found = both_sites()

    section = across_sites(found)

    assert plain(section.title) == "Chiffres du mois : 1 signal sur 3 chiffres suivis"
    (row,) = section.tables[0].rows
    assert row.detail == "Étampes ; mars 2020 ; signal : en moins bien"
    month = "Étampes, 2020-03"
    assert list(section.figures["groupe"]) == [month, f"{month}, référence"]
    calm = across_sites({"Évry": found["Évry"]})
    assert plain(calm.title) == "Chiffres du mois : aucun ne sort de ce que le hasard explique"
    assert not calm.tables
    assert across_sites({"Évry": []}).is_left_out
