"""Months of a site as measures and sections: by hand, on drawn-up readings."""

import pandas as pd
import pytest

from qpref.display.monthly import followed, summary
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
    lines = [f"{row.label} {row.cells[0]} {row.detail}" for row in section.tables[0].rows]
    text = plain(" | ".join([section.title, *section.sentences, *lines, section.tables[0].note]))
    return text, section, found


def test_a_share_in_its_limits_is_said_so():
    """900 of 1 000, eight times: p̄ = 0.9, 3 √(0.9 · 0.1 / 1 000) = 2.8 points."""
    text, section, found = told(readings("appels", [900] * 8, size=1000), declared())

    assert "Appels décrochés : 90 % en février 2020" in text
    assert "Référence : 8 mois, de juillet 2019 à février 2020, moyenne 90 %" in text
    assert "entre 87 et 93 %" in text
    assert "Aucun mois ne sort de ce que le hasard explique" in text
    assert "Cible : 85 % au moins." in text
    assert (
        "Appuie l’engagement « Téléphonie » ; ce qui est compté est lu dans la source citée."
        in text
    )
    assert "février 2020 90 % 900 sur 1 000" in text
    assert "soit 900 sur 1 000 (décrochés sur reçus)" in text
    assert "Champ : Évry. Source : standard." in text
    assert len(section.figures) == 8 + 8 + 1  # months, their limits, the mean
    assert found.limits.spread == 1


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
    assert "Mis à part, montrés, hors des limites : mars 2020 et avril 2020 (crise sanitaire)" in (
        text
    )
    assert [dot.is_hollow for row in section.tables[0].rows for dot in row.dots][-2:] == [True] * 2


def test_a_month_without_reading_is_said_and_parts_the_runs():
    values = [10.0, 12.0] * 4 + [None, 11.0]

    text, _, found = told(readings("delai", values), declared(), "delai")

    assert "mars 2020 — pas de relevé" in text
    assert found.limits.months == 9


def test_few_cases_are_counted_and_no_percentage_is_given():
    """Under ten cases a month, as everywhere; they are calls, not people: nothing is hidden."""
    text, section, _ = told(readings("appels", [3] * 8, size=4), declared())

    assert "février 2020 3 sur 4" in text
    assert set(section.figures["n"].dropna()) == {4}


def test_percentages_without_cases_have_the_limits_of_single_values():
    rows = readings("appels", [0.90, 0.92] * 4)

    _, _, found = told(rows, declared())

    assert found.last.limits.high == pytest.approx(0.91 + 2.66 * 0.02)


def test_quarters_follow_each_other():
    rows = readings("pages", [10] * 3, size=10).assign(periode=["2019-T4", "2020-T1", "2020-T3"])

    text, _, found = told(rows, declared(mois_a_part=[CRISIS]), "pages")

    assert [one.period for one in found.points] == ["2019-T4", "2020-T1", "2020-T2", "2020-T3"]
    assert "1er trimestre 2020 100 % 10 sur 10 ; mis à part : crise sanitaire" in text
