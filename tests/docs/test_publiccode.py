"""The file that catalogues of public software read: the keys that its standard asks for."""

import sys
import tomllib

import yaml

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import version

KNOWN = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = {
    "publiccodeYmlVersion", "name", "platforms", "categories", "developmentStatus", "softwareType",
    "description", "legal", "maintenance", "localisation",
}  # fmt: skip


def test_what_the_standard_asks_for_is_there_but_an_address_that_nobody_gave():
    assert set(KNOWN) >= NEEDED
    assert "url" not in KNOWN
    assert KNOWN["maintenance"]["contacts"][0]["name"] == PROJECT["authors"][0]["name"]
    assert KNOWN["localisation"].keys() >= {"localisationReady", "availableLanguages"}


def test_it_says_the_name_version_and_licence_of_the_project():
    told = KNOWN["name"], KNOWN["softwareVersion"], KNOWN["legal"]["license"]

    assert told == (PROJECT["name"], version.NEXT, PROJECT["license"])


def test_descriptions_have_the_lengths_that_the_standard_allows():
    """At most 150 characters, then from 150 to 10,000; at most 100 a feature."""
    french = KNOWN["description"]["fr"]

    assert len(french["shortDescription"]) <= 150
    assert 150 <= len(french["longDescription"]) <= 10_000
    assert max(map(len, french["features"])) <= 100
