"""Values and data of `valeurs.R`."""

import json
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parent


@pytest.fixture(scope="session")
def reference():
    return json.loads((FOLDER / "valeurs.json").read_text(encoding="utf-8"))


@pytest.fixture
def rows():
    def read(name):
        return pd.read_csv(FOLDER / "donnees" / f"{name}.csv")

    return read
