"""Figures of each month: what is read of our workbook and of declared exports, what is refused."""

import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref import template
from qpref.errors import ConflictError
from qpref.intake import Reception, receive
from qpref.layout.monthly import SHEET
from qpref.reference import Monthly
from qpref.store import Store
from tests.conftest import NOW, example_count
from tests.intake.conftest import write_csv, write_xlsx
from tests.intake.test_canaries import NAMES as CANARIES
from tests.intake.test_canaries import leaks

CERTAIN = {"certitude": "exemple", "source": "essai"}
CALLS = {
    "id": "appels", "libelle": "Appels décrochés", "unite": "part", "numerateur": "décrochés",
    "denominateur": "reçus", "sens": "hausse", **CERTAIN,
}  # fmt: skip
LOST = CALLS | {"id": "perdus", "libelle": "Appels perdus", "numerateur": "perdus"}
DELAY = {"id": "delai", "libelle": "Délai", "unite": "jours", "sens": "baisse", **CERTAIN}
PAGES = CALLS | {"id": "pages", "libelle": "Pages vérifiées", "frequence": "trimestre"}
SWITCHBOARD = {
    "id": "standard", "libelle": "standard", "disposition": "colonnes", "site": "Site",
    "periode": "Mois",
    "mesures": [
        {"intitule": "Décrochés", "indicateur": "appels", "partie": "numerateur"},
        {"intitule": "Reçus", "indicateur": "appels", "partie": "denominateur"},
        {"intitule": "Perdus", "indicateur": "perdus", "partie": "numerateur"},
        {"intitule": "Reçus", "indicateur": "perdus", "partie": "denominateur"},
    ],
}  # fmt: skip
LONG = {
    "id": "tickets", "libelle": "tickets", "disposition": "lignes", "site": "Lieu",
    "periode": "Période", "rubrique": "Quoi", "nombre": "Nombre",
    "mesures": [
        {"intitule": "Délai moyen", "indicateur": "delai", "partie": "valeur"},
        {"intitule": "Taux", "indicateur": "appels", "partie": "valeur", "echelle": "part"},
    ],
}  # fmt: skip
ACROSS = {
    "id": "tableau", "libelle": "tableau de bord", "disposition": "mois", "site_unique": "evry",
    "rubrique": "Indicateur suivi",
    "mesures": [
        {"intitule": "Délai", "indicateur": "delai", "partie": "valeur"},
        {"intitule": "Décroché", "indicateur": "appels", "partie": "valeur"},
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def monthly():
    return Monthly.model_validate(
        {"indicateurs": [CALLS, LOST, DELAY, PAGES], "exports": [SWITCHBOARD, LONG, ACROSS]}
    )


@pytest.fixture(scope="session")
def months(reference, monthly):
    known = replace(reference, monthly=monthly)
    return Reception(known, known.campaign("2020-11"))


def read(outcome):
    rows = outcome.tables["indicateurs"]
    return {
        (row.site, row.periode, row.indicateur): (row.numerateur, row.denominateur, row.valeur)
        for row in rows.astype(object).where(rows.notna(), None).itertuples()
    }


def told(outcome):
    return [tuple(row) for row in outcome.tables["rejets"][["ligne", "code", "action"]].to_numpy()]


def test_a_column_a_number_is_read_for_each_indicator_that_it_serves(tmp_path, months):
    """90 in 100, then 10 in 100: one column of calls received, two indicators."""
    lines = [["Site", "Mois", "Reçus", "Décrochés", "Perdus"], ["Évry", "mars 2020", "100", 90, 10]]

    outcome = receive(months, write_csv(tmp_path / "standard.csv", lines, ";"))
    assert not outcome.is_fictional

    assert outcome.nature == "indicateurs"
    assert (outcome.counts.read, outcome.counts.kept) == (1, 1)
    assert read(outcome) == {
        ("evry", "2020-03", "appels"): (90, 100, 0.9),
        ("evry", "2020-03", "perdus"): (10, 100, 0.1),
    }
    assert set(outcome.tables["indicateurs"]["source"]) == {"standard"}


def test_a_line_a_number_is_read_by_its_label(tmp_path, months):
    lines = [
        ["Export du 3 mai"],
        ["Lieu", "Période", "Quoi", "Nombre", "Agent"],
        ["Évry", datetime(2020, 4, 1), "Délai moyen", "1 234,5"],
        ["Étampes", "avr. 2020", "Taux", 0.95],
        ["Évry", "04/2020", "Appels sortants", 12],
    ]  # fmt: skip

    outcome = receive(months, write_xlsx(tmp_path / "tickets.xlsx", {"Feuil1": lines}))

    assert read(outcome) == {
        ("evry", "2020-04", "delai"): (None, None, 1234.5),
        ("etampes", "2020-04", "appels"): (None, None, 0.95),
    }
    assert told(outcome) == [(5, "rubrique_non_declaree", "ligne_ecartee")]
    assert outcome.ignored_columns == ["Agent"]
    assert outcome.rows_above == 1


def test_a_column_a_month_is_read_for_the_only_site(tmp_path, months):
    lines = [
        ["Indicateur suivi", "janv. 2020", "févr. 2020", "Moyenne"],
        ["Délai", "12", "", "12"],
        ["Décroché", "95,16 %", "93 %", ""],
    ]

    outcome = receive(months, write_csv(tmp_path / "tableau.csv", lines, ";", "cp1252"))

    assert read(outcome) == {
        ("evry", "2020-01", "delai"): (None, None, 12),
        ("evry", "2020-01", "appels"): (None, None, 0.9516),
        ("evry", "2020-02", "appels"): (None, None, 0.93),
    }


def test_a_name_in_the_figures_of_a_month_is_neither_kept_nor_said(tmp_path, months):
    """Where a site, a month, a label, a number or a source is expected; the line stays told."""
    export = [["Site", "Mois", "Reçus", "Décrochés", "Perdus"], [CANARIES[0]] * 5]
    export += [["Évry", CANARIES[1], 1, 1, ""], ["Évry", "03/2020", *[CANARIES[2]] * 3]]
    labels = [["Lieu", "Période", "Quoi", "Nombre"], ["Évry", "03/2020", CANARIES[0], 5]]
    sheet = [[column.heading for column in SHEET.offered], ["Évry", "2020-03", CANARIES[1], 1, 1]]
    sheet.append(["Évry", "2020-03", "Délai", "", "", 5, f"Mme {CANARIES[0]}, 06 39 98 12 34"])
    paths = [
        write_csv(tmp_path / "standard.csv", export),
        write_csv(tmp_path / "tickets.csv", labels),
        write_xlsx(tmp_path / "saisie.xlsx", {SHEET.sheet: sheet}),
    ]

    for path in paths:
        outcome = receive(months, path)

        assert len(outcome.tables["rejets"])
        assert not leaks("\n".join(table.to_csv() for table in outcome.tables.values()))
    assert read(outcome) == {("evry", "2020-03", "delai"): (None, None, 5)}


@pytest.mark.parametrize(
    ("cells", "code", "action"),
    [
        (["Lyon", "03/2020", 1, 1, ""], "site_inconnu", "ligne_quarantaine"),
        (["Total", "03/2020", 1, 1, ""], "site_inconnu", "ligne_ecartee"),
        (["Évry", "hier", 1, 1, ""], "mois_illisible", "ligne_quarantaine"),
        (["Évry", "Total", 1, 1, ""], "mois_illisible", "ligne_ecartee"),
        (["Évry", "03/2020", "", "", ""], "sans_nombre", "ligne_ecartee"),
        (["Évry", "03/2020", "dix", "dix", ""], "nombre_illisible", "ligne_quarantaine"),
        (["Évry", "03/2020", 1.5, 1.5, ""], "nombre_illisible", "ligne_quarantaine"),
        (["Évry", "03/2020", -1, "", ""], "nombre_illisible", "ligne_quarantaine"),
        (["Évry", "03/2020", 5, 6, ""], "releve_incoherent", "ligne_quarantaine"),
        (["Évry", "03/2020", 5, "", ""], "releve_incoherent", "ligne_quarantaine"),
        (["Évry", "T1 2020", 6, 5, ""], "autre_rythme", "ligne_quarantaine"),
    ],
)
def test_what_is_not_understood_has_its_place_and_its_reason(tmp_path, months, cells, code, action):
    lines = [["Site", "Mois", "Reçus", "Décrochés", "Perdus"], cells]

    outcome = receive(months, write_csv(tmp_path / "standard.csv", lines, ";"))

    assert not len(outcome.tables["indicateurs"])
    assert told(outcome)[0] == (2, code, action)
    message = outcome.tables["rejets"]["message"].iloc[0]
    assert "standard.csv › ligne 2" in message
    assert (outcome.counts.quarantined, outcome.counts.set_aside).count(1) == 1


def test_a_share_that_may_be_two_is_refused(months, tmp_path):
    """0.95 in a cell of a percentage is what a spreadsheet keeps of « 95 % »."""
    lines = [
        ["Site", "Période", "Indicateur", "Numérateur", "Dénominateur", "Valeur"],
        ["Évry", "2020-03", "Appels décrochés", None, None, 0.95],
        ["Évry", "2020-04", "Appels décrochés", None, None, 95],
        ["Évry", "2020-05", "Délai", 3, None, None],
        ["Évry", "2020-05", "Delais", 3, None, None],
    ]

    outcome = receive(months, write_xlsx(tmp_path / "saisie.xlsx", {"Indicateurs": lines}))

    assert read(outcome) == {("evry", "2020-04", "appels"): (None, None, 0.95)}
    assert [code for _, code, _ in told(outcome)] == [
        "nombre_illisible", "pas_une_part", "indicateur_inconnu",
    ]  # fmt: skip


def test_a_month_said_twice_is_used_once_or_refused(tmp_path, months):
    same, other = ["Évry", "03/2020", 100, 90, ""], ["Évry", "04/2020", 100, 90, ""]
    lines = [["Site", "Mois", "Reçus", "Décrochés", "Perdus"], same, same, other]
    lines += [["Évry", "avril 2020", 100, 91, ""]]

    outcome = receive(months, write_csv(tmp_path / "standard.csv", lines, ";"))

    assert read(outcome) == {("evry", "2020-03", "appels"): (90, 100, 0.9)}
    counts = outcome.counts
    assert (counts.read, counts.kept, counts.set_aside, counts.quarantined) == (4, 1, 1, 2)


def test_a_lost_column_is_said(tmp_path, months):
    lines = [["Site", "Mois", "Reçus", "Perdus"], ["Évry", "03/2020", 100, 3]]

    outcome = receive(months, write_csv(tmp_path / "standard.csv", lines, ";"))

    assert list(read(outcome)) == [("evry", "2020-03", "perdus")]
    assert any("Décrochés" in text for text in outcome.warnings)


def test_another_file_may_not_say_another_number(project, tmp_path, months):
    store = Store(project)
    head = ["Site", "Mois", "Reçus", "Décrochés", "Perdus"]
    for name, answered in (("a.csv", 90), ("a.csv", 91), ("b.csv", 92)):
        path = write_csv(tmp_path / name, [head, ["Évry", "03/2020", 100, answered, ""]], ";")
        outcome = receive(months, path)
        if name == "b.csv":
            with pytest.raises(ConflictError, match="dont 1 différente"):
                store.add(months, outcome, NOW)
        else:
            change = store.add(months, outcome, NOW)[1]
    assert (change.etat, change.modifiees) == ("remplace", 1)
    kept = store.read("indicateurs", "2020-11", "evry")
    assert kept["valeur"].tolist() == [0.91]


def test_the_workbook_has_a_line_an_indicator_and_month(months):
    """Three monthly indicators of 12 months, one of the five quarters that these months touch."""
    reference = months.reference
    content = template.monthly_template(reference.monthly, months.campaign, reference.site("evry"))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Indicateurs"]
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=6) if row[0].value]

    assert len(rows) == 3 * 12 + 4
    assert rows[0] == ["Évry", "2020-01", "Appels décrochés"]
    assert rows[-1] == ["Évry", "T4 2020", "Pages vérifiées"]


NAMES = {
    "appels": "Appels décrochés", "perdus": "Appels perdus", "delai": "Délai",
    "pages": "Pages vérifiées",
}  # fmt: skip
SITES = {"evry": "Évry", "etampes": "Étampes"}
LONG_NAMES = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
]  # fmt: skip
SHORT_NAMES = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
]  # fmt: skip
WRITINGS = {
    "iso": lambda y, m: f"{y}-{m:02}",
    "slash": lambda y, m: f"{m:02}/{y}",
    "day": lambda y, m: f"01/{m:02}/{y}",
    "named": lambda y, m: f"{LONG_NAMES[m - 1]} {y}",
    "short": lambda y, m: f"{SHORT_NAMES[m - 1]} {y}",
}
NUMBERS = {
    "plain": str,
    "spaces": lambda n: f"{n:,}".replace(",", "\u202f"),
    "comma": lambda n: f"{n},0",
}


@st.composite
def drawn(draw):
    """Readings of some months of two sites: numerator and denominator by key."""
    keys = st.tuples(
        st.sampled_from([*SITES]), st.integers(2018, 2021), st.integers(1, 12),
        st.sampled_from(["appels", "perdus"]),
    )  # fmt: skip
    found = draw(st.lists(keys, min_size=1, max_size=12, unique=True))
    sizes = [draw(st.integers(1, 99_999)) for _ in found]
    return {key: (draw(st.integers(0, size)), size) for key, size in zip(found, sizes, strict=True)}


@pytest.mark.lent
@settings(
    max_examples=example_count(4, 300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(drawn(), st.data())
def test_readings_come_back_from_the_workbook_and_from_any_export(tmp_path, months, known, data):
    """Whatever was drawn: what is written is read, every row used, nothing else."""
    when = WRITINGS[data.draw(st.sampled_from([*WRITINGS]))]
    written = NUMBERS[data.draw(st.sampled_from([*NUMBERS]))]
    sheet = [["Site", "Période", "Indicateur", "Numérateur", "Dénominateur", "Valeur", "Source"]]
    sheet += [
        [SITES[site], when(year, month), NAMES[name], count, size]
        for (site, year, month, name), (count, size) in known.items()
    ]
    columns = ["Perdus", "Site", "Reçus perdus", "Mois", "Reçus", "Décrochés"]
    order = data.draw(st.permutations(columns))
    lines = [order]
    for (site, year, month, name), (count, size) in known.items():
        row = dict.fromkeys(columns, "") | {"Site": SITES[site], "Mois": when(year, month)}
        cells = {"appels": ("Décrochés", "Reçus"), "perdus": ("Perdus", "Reçus perdus")}[name]
        row |= dict(zip(cells, (written(count), written(size)), strict=True))
        lines.append([row[column] for column in order])
    declared = SWITCHBOARD | {
        "mesures": [
            *SWITCHBOARD["mesures"][:3],
            SWITCHBOARD["mesures"][3] | {"intitule": "Reçus perdus"},
        ]
    }
    monthly = Monthly.model_validate(
        {"indicateurs": [CALLS, LOST, DELAY, PAGES], "exports": [declared]}
    )
    own = replace(months, reference=replace(months.reference, monthly=monthly))
    expected = {
        (site, f"{year}-{month:02}", name): (count, size, count / size)
        for (site, year, month, name), (count, size) in known.items()
    }
    separator, code = data.draw(st.sampled_from([(";", "utf-8"), (",", "utf-8"), ("\t", "utf-16")]))

    for path in (
        write_xlsx(tmp_path / "saisie.xlsx", {"Indicateurs": sheet}),
        write_csv(tmp_path / "standard.csv", lines, separator, code),
    ):
        outcome = receive(own, path)

        assert read(outcome) == expected, path.name
        assert outcome.counts.read == outcome.counts.kept == len(known)
