"""A moment that names its zone is told in the zone of its site, and which zone that is is said."""

from dataclasses import replace

import pytest

from qpref.intake import Reception, receive
from qpref.quality.calendar import public_holidays, working_days
from tests.intake.conftest import answers, write_csv


def reception(reference, **changes):
    """Return the reception of a project whose sites keep another clock."""
    sites = reference.sites.model_copy(update=changes)
    return Reception(replace(reference, sites=sites), reference.campaign("2020-11"), "evry")


def jdma(folder, headings, *moments):
    lines = [["Identifiant avis", "Date de l’avis", *headings.values()]]
    own = answers(headings, "Très satisfait").values()
    lines += [[str(number), moment, *own] for number, moment in enumerate(moments)]
    return write_csv(folder / "avis.csv", lines, ";")


@pytest.mark.parametrize(
    ("territory", "days"),
    [
        (None, ["2020-11-16", "2020-11-17"]),  # Paris: UTC+1 in November
        ("La Réunion", ["2020-11-17", "2020-11-17"]),  # UTC+4
        ("Guadeloupe", ["2020-11-16", "2020-11-16"]),  # UTC-4
    ],
)
def test_utc_moments_are_told_by_the_clock_of_the_territory(
    tmp_path, reference, headings, territory, days
):
    path = jdma(tmp_path, headings, "2020-11-16 21:30:00", "2020-11-17 00:30:00")

    outcome = receive(reception(reference, jours_feries=territory), path)

    assert outcome.tables["reponses"]["date_reponse"].dt.strftime("%Y-%m-%d").tolist() == days
    zone = reference.sites.model_copy(update={"jours_feries": territory}).zone("evry")
    assert any("UTC" in said and str(zone) in said for said in outcome.warnings)


def test_a_site_may_keep_another_clock_than_the_others(tmp_path, reference, headings):
    own = [
        site.model_copy(update={"fuseau": "Pacific/Marquesas" if site.id == "evry" else None})
        for site in reference.sites.sites
    ]
    changed = reception(reference, jours_feries="Polynésie française", sites=own)

    outcome = receive(changed, jdma(tmp_path, headings, "2020-11-17 09:15:00"))

    assert outcome.tables["reponses"]["date_reponse"].dt.day.tolist() == [16]  # UTC-9:30: 23:45
    assert changed.reference.sites.zone("etampes").key == "Pacific/Tahiti"


def test_a_day_without_an_hour_is_the_same_in_all_zones(tmp_path, reference, headings):
    outcome = receive(
        reception(reference, jours_feries="Guadeloupe"), jdma(tmp_path, headings, "2020-11-17")
    )

    assert outcome.tables["reponses"]["date_reponse"].dt.day.tolist() == [17]


def test_the_abolition_of_slavery_is_a_holiday_where_it_was_abolished():
    """Dates by decree 83-1003 of 1983; the working days by the calendar, by hand."""
    import pandas as pd  # noqa: PLC0415

    days = {"La Réunion": (12, 20), "Guyane": (6, 10), "Martinique": (5, 22), "Mayotte": (4, 27)}
    for territory, (month, day) in days.items():
        found = {(d.month, d.day) for d in public_holidays(2021, 2021, territory)}
        assert (month, day) in found, territory
        assert (month, day) not in {(d.month, d.day) for d in public_holidays(2021, 2021)}
    sent, replied = (pd.Series(pd.to_datetime([d])) for d in ("2021-12-17", "2021-12-21"))
    assert working_days(sent, replied, "La Réunion").tolist() == [1.0]  # Friday, Tuesday
    assert working_days(sent, replied).tolist() == [2.0]
