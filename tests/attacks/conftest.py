"""A project whose reports were made without any fault, to compare with."""

import shutil

import pytest

from tests.attacks.running import WANTED, pages
from tests.conftest import copied

collect_ignore = ["night.py"]  # it needs a package that is no dependency


@pytest.fixture(scope="session")
def reference_run(filled, published, tmp_path_factory):
    """The example with the reports that the attacks make, made without any fault; its pages."""
    project = copied(filled, tmp_path_factory.mktemp("sain"))
    folder = published.reports / "2020-11" / "evry"
    for name in WANTED:
        for path in folder.glob(f"{name}.*"):
            target = project.reports / "2020-11" / "evry" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return project, pages(project)
