"""A process that makes several reports: which share it, and what ends it."""

import logging
import os
import shutil
import threading
import warnings
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from qpref import shipped
from qpref.batch import shared
from qpref.wording import french


def test_nothing_is_left_by_nothing():
    before = shared.state()
    pd.DataFrame({"a": [1]}).describe()

    assert shared.left_behind(before) == []


def changed_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def changed_variable(_, monkeypatch):
    monkeypatch.setitem(os.environ, "QPREF_ESSAI", "1")


def changed_path(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))


def replaced_function(_, monkeypatch):
    monkeypatch.setattr(french, "number", lambda *_: "0")


LEFT = [
    ("dossier", changed_folder),
    ("environnement", changed_variable),
    ("chemins", changed_path),
    ("remplaces", replaced_function),
]


@pytest.mark.parametrize(("name", "change"), LEFT)
def test_what_a_report_leaves_is_named(tmp_path, monkeypatch, name, change):
    before = shared.state()
    change(tmp_path, monkeypatch)

    assert shared.left_behind(before) == [name]
    monkeypatch.undo()
    assert shared.left_behind(before) == []


def within():
    """Changes that end with a block, by what is left meanwhile."""
    handler = logging.NullHandler()
    return {
        "pandas": pd.option_context("display.max_rows", 3),
        "numpy": np.printoptions(precision=2),
        "journal": mock.patch.object(logging.root, "handlers", [*logging.root.handlers, handler]),
    }


@pytest.mark.parametrize("name", sorted(within()))
def test_options_are_compared(name):
    before = shared.state()
    with within()[name]:
        assert shared.left_behind(before) == [name]
    assert shared.left_behind(before) == []


def test_a_filter_of_warnings_is_compared():
    before = shared.state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        assert shared.left_behind(before) == ["avertissements"]


def test_a_thread_that_goes_on_is_seen():
    before = shared.state()
    end = threading.Event()
    one = threading.Thread(target=end.wait)
    one.start()
    try:
        assert shared.left_behind(before) == ["fils"]
    finally:
        end.set()
        one.join()


def test_only_our_notebooks_unchanged_share_a_process(tmp_path):
    (ours, *_) = sorted((shipped.root() / shipped.NOTEBOOKS).glob("[1-9]*.ipynb"))
    copy = tmp_path / ours.name
    shutil.copy(ours, copy)
    other = tmp_path / "un_autre.ipynb"
    shutil.copy(ours, other)

    assert shared.may_share(copy)
    assert not shared.may_share(other)
    copy.write_bytes(ours.read_bytes() + b"\n")
    assert not shared.may_share(copy)
