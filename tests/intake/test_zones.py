"""A moment that names its zone is told in the zone of its site, and which zone that is is said."""

from dataclasses import replace

import pytest

from qpref.intake import Reception, receive
from qpref.layout.mystery import mystery_layout
from qpref.quality.calendar import public_holidays, working_days
from tests.intake.conftest import answers, write_csv, write_xlsx


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


@pytest.mark.parametrize("department", ["La Réunion", "Réunion", "974"])
def test_the_department_alone_tells_the_clock(tmp_path, reference, headings, department):
    """UTC+4: nobody has to say again in `jours_feries` where the project is."""
    changed = reception(reference, departement=department)

    outcome = receive(changed, jdma(tmp_path, headings, "2020-11-16 21:30:00"))

    assert outcome.tables["reponses"]["date_reponse"].dt.day.tolist() == [17]
    assert changed.reference.sites.territory == "La Réunion"


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


def contacts(reference, folder, *moments):
    """Write a workbook of contacts, made at some moments, as its own layout asks."""
    grid = reference.grid
    channel = grid.canaux[0]
    asked = mystery_layout(grid, channel).required
    told = {"site": "Évry", "sonneries": "3"}
    rows = [
        [moment if one.key == "envoye_le" else told.get(one.key, "Oui") for one in asked]
        for moment in moments
    ]
    sheet = [[one.heading for one in asked], *rows]
    return write_xlsx(folder / "contacts.xlsx", {channel.sheet: sheet})


@pytest.mark.parametrize(
    ("territory", "days"),
    [(None, [16, 17]), ("La Réunion", [17, 17]), ("Guadeloupe", [16, 16])],
)
def test_moments_of_contacts_are_told_by_the_clock_of_the_territory(
    tmp_path, reference, territory, days
):
    """21:30 and 00:30 in UTC: the days of the answers above."""
    path = contacts(reference, tmp_path, "2020-11-16T21:30:00Z", "2020-11-17T00:30:00+00:00")

    outcome = receive(reception(reference, jours_feries=territory), path)

    assert outcome.tables["contacts_mysteres"]["envoye_le"].dt.day.tolist() == days
    assert any("heure locale" in said for said in outcome.warnings)


def test_contacts_and_passages_are_dated_month_first_where_a_date_proves_it(tmp_path, reference):
    """11/25/2020 is no day-first date: 11/03/2020 beside it is the 3rd of November."""
    path = contacts(reference, tmp_path, "11/25/2020", "11/03/2020")
    visits = "Site;Date;Demi-journée;Guichet;Passages\nÉvry;11/25/2020;Matin;{0};4\n"
    visits += "Évry;12/03/2020;Matin;{0};5\n"
    counter = reference.questionnaire("2020-11").levels("guichet").modalites[0].libelle
    flow = tmp_path / "passages.csv"
    flow.write_text(visits.format(counter), encoding="utf-8")

    made = receive(reception(reference), path)
    passages = receive(reception(reference), flow)

    assert made.tables["contacts_mysteres"]["envoye_le"].dt.strftime("%m-%d").tolist() == [
        "11-25",
        "11-03",
    ]
    assert passages.counts.kept == 2  # the 12th of March is no day of the campaign
    for outcome in (made, passages):
        assert any("mois puis jour" in said for said in outcome.warnings)
