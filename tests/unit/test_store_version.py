"""Upgrading qpref loses nothing: older stores are brought along, newer ones are left alone."""

import importlib.util

import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

from qpref.cli import main
from qpref.errors import StorageError
from qpref.schema import TABLES
from qpref.store import Store
from qpref.store.parts import account
from qpref.store.version import FILE, LAYOUT, check, layout_of, upgrade
from tests.conftest import CAMPAIGNS, OTHERS


def test_a_new_store_bears_its_number(own):
    assert (own.clean / FILE).read_text() == f"{LAYOUT}\n"
    assert layout_of(own.clean / "vide") == LAYOUT


def test_a_store_without_number_is_read_and_brought_along(own, capsys):
    before = Store(own).read("items", "2020-11", "evry")
    (own.clean / FILE).unlink()

    assert Store(own).read("items", "2020-11", "evry").equals(before)
    assert main(["--racine", str(own.root), "migrer"]) == 0
    assert f"{LAYOUT} étape(s) faite(s)" in capsys.readouterr().out
    assert (own.clean / FILE).read_text() == f"{LAYOUT}\n"
    assert Store(own).read("items", "2020-11", "evry").equals(before)
    assert main(["--racine", str(own.root), "migrer"]) == 0
    assert "format actuel" in capsys.readouterr().out


def test_a_newer_store_is_left_alone(own):
    (own.clean / FILE).write_text(f"{LAYOUT + 1}\n")
    with pytest.raises(StorageError, match="plus récente"):
        Store(own).read("items", "2020-11", "evry")


def test_a_number_that_a_cut_spoiled_is_written_again(own, example):
    before = Store(own).read("items", "2020-11", "evry")
    for spoiled in ("", "deux\n", "\0\0"):
        (own.clean / FILE).write_text(spoiled)
        check(own.clean)
        assert Store(own).read("items", "2020-11", "evry").equals(before)
    received = example / "2020-11" / "frequentation_2020-11.csv"
    assert (
        main(["--racine", str(own.root), "importer", str(received), "--campagne", "2020-11"]) == 0
    )
    assert (own.clean / FILE).read_text() == f"{LAYOUT}\n"


def test_a_cut_upgrade_goes_on_where_it_stopped(own):
    """Three steps, the second cut once: each is done, in order, and the first is not done again."""
    calls = []

    def step(number):
        def run(root):
            calls.append(number)
            if calls == [1, 2]:
                raise KeyboardInterrupt
            (root / f"etape{number}").touch()

        return run

    (own.clean / FILE).write_text("1\n")
    steps = {number: step(number) for number in (1, 2, 3)}
    with pytest.raises(KeyboardInterrupt):
        upgrade(own.clean, steps, 4)
    assert layout_of(own.clean) == 2
    assert upgrade(own.clean, steps, 4) == [2, 3]
    assert calls == [1, 2, 2, 3]
    assert all((own.clean / f"etape{number}").exists() for number in (1, 2, 3))


def tables_of(project, names=(*TABLES,)):
    """Tables as the store reads them: site by site, the sites of the rejects included."""
    store, sites = Store(project), ("evry", "etampes", "palaiseau", "_")
    places = [(campaign, site) for campaign in (*CAMPAIGNS, *OTHERS) for site in sites]
    return {name: pd.concat([store.read(name, *one) for one in places]) for name in names}


def sorted_rows(table):
    """A digest of each row, in their own order: programs read parts as they come."""
    plain = pd.DataFrame({name: table[name].astype("object") for name in sorted(table)})
    plain = plain.fillna("").astype(str).replace({"site": {"_": ""}})
    return sorted(pd.util.hash_pandas_object(plain, index=False))


def test_a_table_opens_from_its_folder_in_pandas_arrow_and_duckdb(filled):
    """The registry apart, data/propre is what any reader of Parquet takes for tables."""
    expected = {name: rows for name, rows in tables_of(filled).items() if len(rows)}
    for name, rows in expected.items():
        folder = filled.clean / name
        assert sorted_rows(pd.read_parquet(folder)) == sorted_rows(rows)
        assert pa.dataset.dataset(folder, partitioning="hive").count_rows() == len(rows)
        if importlib.util.find_spec("duckdb"):
            import duckdb  # noqa: PLC0415 - an extra that few install

            asked = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
            found = duckdb.sql(f"FROM {asked} SELECT site, count(*) GROUP BY site").fetchall()
            sites = rows["site"].astype(str).replace("", "_")
            assert dict(found) == sites.value_counts().to_dict()
    assert min(map(len, expected.values())) > 50


def place(path):
    """Write a part as layout 1 did: it says its place, and codes on as few bits as it needs."""
    table = pa.parquet.ParquetFile(path).read()
    campaign, site = (one.name.partition("=")[2] for one in (path.parents[1], path.parent))
    frame = table.to_pandas().assign(campagne=campaign, site="" if site == "_" else site)
    if path.parents[2].name == "items":
        frame = frame.astype({"campagne": "category", "site": "category"})
    about = {b"qpref.import": table.schema.metadata[b"qpref.import"]}
    old = pa.Table.from_pandas(frame, preserve_index=False)
    told = {**old.schema.metadata, **about} if len(frame) % 2 else old.schema.metadata
    pa.parquet.write_table(old.replace_schema_metadata(told), path)


@pytest.mark.lent
def test_a_store_of_layout_1_reads_as_it_is_and_opens_elsewhere_once_migrated(own, capsys):
    """Half of its parts were written before parts told their import."""
    names = ("reponses", "items", "rejets")
    before = tables_of(own, names)
    for path in own.clean.glob("*/campagne=*/site=*/*.parquet"):
        if path.parents[2].name in names:
            place(path)
    (own.clean / FILE).write_text("1\n")
    (own.clean / "imports" / "perdue.json").write_text("{")
    with pytest.raises((pa.ArrowException, TypeError)):
        pd.read_parquet(own.clean / "reponses")
    old = tables_of(own, names)
    assert all(sorted_rows(old[name]) == sorted_rows(before[name]) for name in names)

    assert main(["--racine", str(own.root), "migrer"]) == 0

    assert "2 étape(s) faite(s)" in capsys.readouterr().out
    for name, rows in before.items():
        assert sorted_rows(pd.read_parquet(own.clean / name)) == sorted_rows(rows)
    assert all(map(account, own.clean.glob("*/campagne=*/site=*/*.parquet")))
