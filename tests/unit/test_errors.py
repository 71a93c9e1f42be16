"""Every error a user can cause has a code of its own and a sentence in French."""

from pathlib import Path

from qpref import errors
from qpref.errors import QprefError, UnknownKeyError


def classes():
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, QprefError)
    ]


def test_each_error_has_its_own_exit_code():
    codes = [error.exit_code for error in classes()]

    assert len(codes) == len(set(codes))
    assert all(0 < code < 126 for code in codes)


def test_an_unknown_site_is_named_with_those_that_exist():
    error = UnknownKeyError("Site", "evri", ["evry", "etampes"], "data/reference/sites.yml")

    assert "« evri » est inconnu" in str(error)
    assert "Vouliez-vous dire « evry » ?" in str(error)
    assert "data/reference/sites.yml" in error.remedy


def test_the_exit_codes_are_documented():
    guide = (Path(__file__).parents[2] / "docs" / "codes-de-sortie.md").read_text(encoding="utf-8")

    for error in classes():
        assert f"| {error.exit_code} | {error.meaning} |" in guide
