"""A site or a campaign names folders: a name that Windows keeps for its devices is refused."""

import pytest
from pydantic import TypeAdapter, ValidationError

from qpref.reference.models import Campaign, FolderName
from qpref.reference.sites import Site

NAMES = TypeAdapter(FolderName)
# Microsoft, « Naming Files, Paths, and Namespaces ».
DEVICES = [
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
]


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_of_windows_names_no_folder(name):
    with pytest.raises(ValidationError, match="que Windows se réserve"):
        NAMES.validate_python(name)


@pytest.mark.parametrize("name", ["conches", "nulle", "com10", "aux-pres", "2026-11", "lpt"])
def test_names_that_look_like_one_are_kept(name):
    assert NAMES.validate_python(name) == name


@pytest.mark.parametrize("model", [Site, Campaign])
def test_sites_and_campaigns_are_so_checked(model):
    with pytest.raises(ValidationError, match="que Windows se réserve"):
        model.model_validate({"id": "aux"})
