"""The answers in files that other programs read: values, labels and missing codes come back."""

import shutil
import subprocess

import pandas as pd
import pyarrow.parquet as pq
import pytest

from qpref import ouvrir
from qpref.cli import main
from qpref.errors import UsageError
from qpref.quality.codebook import variables
from qpref.workbook import exporting
from tests.essonne import Essonne

pyreadstat = pytest.importorskip("pyreadstat")

STATES = {"sans_objet": "Sans objet", "nsp": "Ne sait pas", "": "Sans réponse",
          "illisible": "Illisible"}  # fmt: skip
FAVOURABLE = {"Très satisfait", "Plutôt satisfait"}


@pytest.fixture(scope="module")
def folder(filled, tmp_path_factory):
    """All forms, written by the command."""
    target = tmp_path_factory.mktemp("export")
    for form in ("sav", "dta", "parquet", "csv", "xlsx"):
        run = ["--racine", str(filled.root), "exporter", "--campagne", "2020-11", "--site", "evry"]
        assert main([*run, "--format", form, "--vers", str(target / f"r.{form}")]) == 0
    return target


@pytest.fixture(scope="module")
def expected(filled, example):
    """How many gave each answer to a question, and had none, as the files received say."""
    received = Essonne(filled.root)
    received.files = example
    rows = received.of("2020-11", "evry")
    words = {m["code"]: m["libelle"] for m in received.levels("attente")} | STATES
    return rows["attente"].map(words).value_counts().to_dict()


def test_spss_reads_labels_and_missing_codes(folder, expected):
    rows, about = pyreadstat.read_sav(folder / "r.sav", user_missing=True)

    assert about.column_names_to_labels["attente"] == "Temps d’attente"
    labels = about.variable_value_labels["attente"]
    assert rows["attente"].map(labels).value_counts().to_dict() == expected
    plain, _ = pyreadstat.read_sav(folder / "r.sav")
    assert plain["attente"].isna().sum() == sum(expected.get(one, 0) for one in STATES.values())
    assert set(plain["aide_recue__proche"].dropna()) == {0, 1}
    assert plain["poids"].mean() == pytest.approx(1)
    assert str(plain["date"].min()) == "2020-11-16"


def test_stata_reads_labels_and_missing_codes(folder, expected):
    rows, about = pyreadstat.read_dta(folder / "r.dta", user_missing=True)

    labels = about.variable_value_labels["attente"]
    assert rows["attente"].map(labels).value_counts().to_dict() == expected
    assert set(about.missing_user_values["attente"]) <= set("abcde")


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R n’est pas installé")
def test_r_reads_labels_and_missing_codes(folder, expected):
    """The value labels and the tagged missing values, as haven sees them."""
    program = (
        "if (!requireNamespace('haven', quietly = TRUE)) quit(status = 3)\n"
        f"d <- haven::read_sav('{folder / 'r.sav'}', user_na = TRUE)\n"
        "cat(nrow(d), attr(d$attente, 'label'), sum(d$attente == -99992), sep = '|')\n"
        f"e <- haven::read_dta('{folder / 'r.dta'}')\n"
        "cat('|', sum(haven::na_tag(e$attente) == 'b', na.rm = TRUE), sep = '')\n"
    )
    done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip("haven (R) n’est pas installé")

    outside = expected["Sans objet"]
    assert done.stdout == f"{sum(expected.values())}|Temps d’attente|{outside}|{outside}"


def test_parquet_and_spreadsheets_are_worded(folder, expected):
    table = pd.read_parquet(folder / "r.parquet").set_index("reponse_id")
    told = table["attente"].astype("object").fillna(table["attente_manquant"].astype("object"))

    assert told.value_counts().to_dict() == expected
    assert table["attente"].cat.ordered
    fields = {one.name: one.metadata for one in pq.read_schema(folder / "r.parquet")}
    assert fields["attente"][b"libelle"].decode() == "Temps d’attente"
    book = pd.read_excel(folder / "r.xlsx", engine="openpyxl", keep_default_na=False)
    text = pd.read_csv(folder / "r.csv", sep=";", decimal=",", keep_default_na=False)
    for found in (book, text):
        given = found["attente"].where(found["attente"] != "", found["attente_manquant"])
        assert given.value_counts().to_dict() == expected
        assert set(found["aide_recue__proche"]) == {"Oui", "Non", ""}
    assert str(book["date"].min())[:10] == text["date"].min() == "2020-11-16"


def test_duckdb_has_the_answers_their_labels_and_the_codes(filled, tmp_path, expected):
    duckdb = pytest.importorskip("duckdb")
    path = ouvrir("evry", "2020-11", filled.root).exporter(tmp_path / "r.duckdb")[0]

    with duckdb.connect(str(path), read_only=True) as base:
        asked = "SELECT coalesce(attente::VARCHAR, attente_manquant), count(*) FROM reponses"
        assert dict(base.sql(f"{asked} GROUP BY ALL").fetchall()) == expected
        # The type is ordered, as the scale is.
        above = "SELECT count(*) FROM reponses WHERE attente >= 'Plutôt satisfait'"
        first = [n for words, n in expected.items() if words in FAVOURABLE]
        assert base.sql(above).fetchall() == [(sum(first),)]
        label = "SELECT comment FROM duckdb_columns() WHERE column_name = 'attente'"
        assert base.sql(label).fetchall() == [("Temps d’attente",)]
        codes = "SELECT reponse, effectif FROM codes WHERE variable = 'attente' AND effectif > 0"
        told = {words.removesuffix(" (manquant)"): n for words, n in base.sql(codes).fetchall()}
        assert told == expected


def test_a_form_that_is_not_installed_says_what_to_install(filled, tmp_path, monkeypatch):
    study = ouvrir("evry", "2020-11", filled.root)
    monkeypatch.setattr(exporting, "find_spec", lambda _name: None)
    for form, package in (("sav", "pyreadstat"), ("duckdb", "duckdb")):
        with pytest.raises(UsageError, match=f"pip install {package}"):
            study.exporter(tmp_path / f"r.{form}")


def test_the_codebook_lies_beside(folder, expected):
    book = pd.read_excel(folder / "r.sav.codes.xlsx", engine="openpyxl", keep_default_na=False)

    own = book.loc[book["variable"] == "attente"].set_index("reponse")["effectif"]
    own.index = own.index.str.removesuffix(" (manquant)")
    assert own[own > 0].to_dict() == expected
    page = (folder / "r.sav.codes.html").read_text("utf-8")
    assert "Le temps d’attente" in page
    assert "Sans objet" in page


def test_what_cannot_be_exported_is_told(filled, tmp_path):
    study = ouvrir("evry", "2020-11", filled.root)
    with pytest.raises(UsageError, match="sav, dta, parquet"):
        study.exporter(tmp_path / "r.sas")


def test_the_names_of_variables_suit_spss_and_stata(filled):
    columns = ouvrir("evry", "2020-11", filled.root)._columns
    one = columns["attente"]
    asked = ["by", "1er_motif", "x-y", "x_y", "a" * 40, "a" * 41]
    found = variables(dict.fromkeys(asked, one), {})

    assert [v.name for v in found[3:]] == [
        "by_", "q_1er_motif", "x_y", "x_y_2", "a" * 32, "a" * 29 + "_2"
    ]  # fmt: skip
    assert all(len(v.name) <= 32 for v in found)
