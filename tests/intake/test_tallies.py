"""Counts kept at the counters: visitors, and people approached."""

import pytest

from qpref.errors import ColumnsError, ConflictError
from qpref.intake import Counts, Reception, receive
from qpref.store import Store
from tests.conftest import NOW

FLOW = "Site;Date;Demi-journée;Guichet;Passages\n"


def test_visitors_are_added_up(tmp_path, setting):
    path = tmp_path / "f.csv"
    path.write_text(
        FLOW
        + "Évry;16/11/2020;Matin;Accueil général;10\nÉvry;17/11/2020;Matin;Point numérique;5\n",
        encoding="cp1252",
    )
    outcome = receive(setting, path)
    assert not outcome.is_fictional

    table = outcome.tables["population"].set_index(["variable", "strate"])["effectif"]
    assert table["total", "total"] == 15
    assert table["demi_journee", "matin"] == 15
    assert table["guichet", "point_numerique"] == 5


@pytest.mark.parametrize(
    ("line", "code", "aside"),
    [
        ("Lyon;16/11/2020;Matin;Accueil général;1", "site_inconnu", 0),
        ("Évry;16/11/2020;Nuit;Accueil général;1", "hors_echelle", 0),
        ("Évry;16/11/2020;Matin;Cave;1", "hors_echelle", 0),
        ("Évry;hier;Matin;Accueil général;1", "date_illisible", 0),
        ("Évry;16/10/2020;Matin;Accueil général;1", "hors_periode", 1),
        ("Évry;16/11/2020;Matin;Accueil général;1,5", "nombre_illisible", 0),
        ("Évry;16/11/2020;Matin;Accueil général;-1", "nombre_illisible", 0),
        ("Évry;16/11/2020;Matin;Accueil général;dix", "nombre_illisible", 0),
        ("Évry;16/11/2020", "largeur", 0),
    ],
)
def test_a_count_that_cannot_be_used_is_explained(tmp_path, setting, line, code, aside):
    path = tmp_path / "f.csv"
    path.write_text(FLOW + line + "\n", encoding="utf-8")
    outcome = receive(setting, path)

    assert outcome.counts == Counts(1, 0, aside, 1 - aside)
    assert outcome.tables["rejets"]["code"].tolist() == [code]


def test_a_flow_file_without_its_columns_is_refused(tmp_path, setting):
    path = tmp_path / "f.csv"
    path.write_text("Site;Passages\nÉvry;3\n", encoding="utf-8")

    with pytest.raises(ColumnsError, match="Demi-journée"):
        receive(setting, path)


def test_a_flow_of_another_site_than_asked_is_quarantined(tmp_path, reference):
    path = tmp_path / "f.csv"
    path.write_text(FLOW + "Évry;16/11/2020;Matin;Accueil général;3\n", encoding="utf-8")
    asked = Reception(reference, reference.campaign("2020-11"), "etampes")

    assert receive(asked, path).counts.quarantined == 1


def test_visitors_are_counted_by_reason_too_when_the_column_is_there(tmp_path, setting):
    path = tmp_path / "f.csv"
    path.write_text(
        "Site;Date;Demi-journée;Guichet;Motif;Passages\n"
        "Évry;16/11/2020;Matin;Accueil général;Vie associative;4\n"
        "Évry;16/11/2020;Matin;Accueil général;Autre motif;6\n"
        "Évry;16/11/2020;Matin;Accueil général;Promenade;1\n",
        encoding="utf-8",
    )
    outcome = receive(setting, path)

    table = outcome.tables["population"].set_index(["variable", "strate"])["effectif"]
    assert table["motif", "associations"] == 4
    assert table["total", "total"] == 10
    assert outcome.counts == Counts(3, 2, 0, 1)


LOG = "Site;Date;Demi-journée;Abordés;Refus;Inéligibles;Partiels;Complets\n"


def log(tmp_path, *lines, name="r.csv"):
    path = tmp_path / name
    path.write_text(LOG + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_people_approached_are_added_up_by_half_day(tmp_path, setting):
    lines = ["Évry;16/11/2020;Matin;10;3;1;1;5", "Évry;16/11/2020;Matin;2;1;0;0;1"]
    outcome = receive(setting, log(tmp_path, *lines))

    row = outcome.tables["collecte"].iloc[0]
    assert outcome.nature == "collecte"
    assert [row[name] for name in ("abordes", "refus", "complets")] == [12, 4, 6]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Évry;16/11/2020;Matin;9;3;1;1;5", "somme_fausse"),
        ("Évry;16/11/2020;Matin;11;3;1;1;5", "somme_fausse"),
        ("Évry;16/11/2020;Matin;10;3;1;1;cinq", "nombre_illisible"),
        ("Évry;16/11/2020;Soir;10;3;1;1;5", "hors_echelle"),
    ],
)
def test_a_log_whose_sum_is_wrong_is_quarantined(tmp_path, setting, line, code):
    """3 refused, 1 not concerned, 1 unfinished and 5 complete make 10."""
    outcome = receive(setting, log(tmp_path, line))

    assert outcome.counts == Counts(1, 0, 0, 1)
    assert outcome.tables["rejets"]["code"].tolist() == [code]


def test_a_second_log_of_the_same_site_is_refused(tmp_path, project, setting):
    store = Store(project)
    store.add(setting, receive(setting, log(tmp_path, "Évry;16/11/2020;Matin;1;0;0;0;1")), NOW)
    other = log(tmp_path, "Évry;17/11/2020;Matin;1;0;0;0;1", name="autre.csv")

    with pytest.raises(ConflictError, match="Le relevé des refus"):
        store.add(setting, receive(setting, other), NOW)
