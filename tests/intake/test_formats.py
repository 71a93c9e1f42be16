"""A received format is declared in full: a step of the recipe that is left out is told here."""

import pkgutil

from qpref.intake import formats
from tests.conftest import guide


def test_every_module_of_the_folder_is_a_source():
    modules = {module.name for module in pkgutil.iter_modules(formats.__path__)}

    sources = {source.__name__.rpartition(".")[2] for source in formats.SOURCES}

    assert modules == sources | {"table"}


def test_every_source_declares_its_readers_and_the_names_of_its_files():
    for source in formats.SOURCES:
        assert source.READERS, source.__name__
        assert source.NAMES, source.__name__


def test_the_guide_says_how_every_format_is_recognised():
    text = guide()
    rows = [line for line in text.splitlines() if line.startswith("|")]

    for kind in formats.NAMES:
        assert any(f"`{kind}`" in row for row in rows), kind
