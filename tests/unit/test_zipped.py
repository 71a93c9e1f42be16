"""Workbooks and documents are the same bytes on Windows: there, zipfile marks each entry."""

import io
import sys
import zipfile
from datetime import datetime
from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.display.figures import MEANINGS
from qpref.example import example_files
from qpref.reference.example import load_invented
from qpref.spreadsheets import spreadsheet_xlsx
from qpref.template import survey_template
from qpref.wording import word
from tests.conftest import ROOT
from tests.test_architecture import MODULES

DAY = datetime(2021, 1, 5, 9, 0).astimezone()


@pytest.fixture
def as_on_windows(monkeypatch):
    """Have zipfile believe that it is there, when asked."""

    def believe():
        monkeypatch.setattr(zipfile, "sys", SimpleNamespace(**{**vars(sys), "platform": "win32"}))
        assert zipfile.ZipInfo("a").create_system == 0

    return believe


def made(reference):
    """What each maker of archives gives, by name."""
    found = {
        "figures": spreadsheet_xlsx(pd.DataFrame({"a": [1, 2]}), MEANINGS),
        "document": word.content_of(word.begun("Titre", DAY, is_fictional=True)),
    }
    campaign, site = reference.campaigns.campagnes[0], reference.sites.sites[0]
    found["template"] = survey_template(reference.questionnaire(campaign.id), campaign, site)
    return found | example_files(reference, load_invented(ROOT / "data" / "reference"))


@pytest.mark.lent
def test_windows_gives_the_same_archives(as_on_windows, reference):
    here = made(reference)
    as_on_windows()
    there = made(reference)

    assert {name: content == there[name] for name, content in here.items()} == dict.fromkeys(
        here, True
    )
    assert sum(zipfile.is_zipfile(io.BytesIO(content)) for content in here.values()) > 4


def test_whoever_makes_an_archive_makes_it_alike():
    """A new maker goes through `qpref.zipped`, whose bytes do not tell the system."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        writes = "xlsxwriter.Workbook(" in text or ("ZipFile(" in text and ', "w"' in text)
        assert not writes or "qpref.zipped import" in text or path.name == "zipped.py", path
        assert "ZipInfo(" not in text or path.name == "zipped.py", path
