"""Upgrading qpref loses nothing: older stores are brought along, newer ones are left alone."""

import pytest

from qpref.cli import main
from qpref.errors import StorageError
from qpref.store import Store
from qpref.store.version import FILE, LAYOUT, check, layout_of, upgrade


def test_a_new_store_bears_its_number(own):
    assert (own.clean / FILE).read_text() == f"{LAYOUT}\n"
    assert layout_of(own.clean / "vide") == LAYOUT


def test_a_store_without_number_is_read_and_brought_along(own, capsys):
    before = Store(own).read("items", "2020-11", "evry")
    (own.clean / FILE).unlink()

    assert Store(own).read("items", "2020-11", "evry").equals(before)
    assert main(["--racine", str(own.root), "migrer"]) == 0
    assert "1 étape(s) faite(s)" in capsys.readouterr().out
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

    steps = {number: step(number) for number in (1, 2, 3)}
    with pytest.raises(KeyboardInterrupt):
        upgrade(own.clean, steps, 4)
    assert layout_of(own.clean) == 2
    assert upgrade(own.clean, steps, 4) == [2, 3]
    assert calls == [1, 2, 2, 3]
    assert all((own.clean / f"etape{number}").exists() for number in (1, 2, 3))
