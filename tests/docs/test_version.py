"""The version comes from tags, wherever the sources are; what is published says it."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.version import Version

from tests.conftest import ROOT
from tests.tracked import HAS_HISTORY

sys.path.insert(0, str(ROOT / "tools"))

import version

WHO = ("-c", "user.name=x", "-c", "user.email=x@exemple.invalid", "-c", "commit.gpgsign=false")


@pytest.fixture
def clone(tmp_path):
    """A history of one commit, with what makes an archive say where it comes from."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in (".gitattributes", ".git_archival.txt"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def git(folder, *words):
    return subprocess.run(
        ["git", "-C", str(folder), *WHO, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder):
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


def archived(folder, target):
    """The folder that an archive of the last commit gives, without its history."""
    target.mkdir()
    git(folder, "archive", "--output", str(target / "x.tar"), "HEAD")
    with tarfile.open(target / "x.tar") as content:
        content.extractall(target, filter="data")
    return target


@pytest.mark.parametrize("place", ["clone", "archive"])
def test_a_tag_names_the_version_and_what_follows_it_is_a_draft_of_the_next(clone, place, tmp_path):
    def said(name):
        return version.version(clone if place == "clone" else archived(clone, tmp_path / name))

    assert said("before") == version.NEXT
    git(clone, "tag", "v2.3.0")
    assert said("tagged") == "2.3.0"
    commit(clone)
    commit(clone)
    later = said("later")
    assert later.startswith("2.3.1.dev2+g")
    assert Version("2.3.0") < Version(later) < Version("2.3.1")


def test_a_tag_that_is_no_version_is_not_read(clone):
    git(clone, "tag", "essai")
    git(clone, "tag", "vieux")

    assert version.version(clone) == version.NEXT


def test_a_folder_inside_another_clone_does_not_take_its_version(clone):
    git(clone, "tag", "v9.0.0")
    inside = clone / "qpref"
    inside.mkdir()

    assert version.version(inside) == version.NEXT


def test_a_source_distribution_says_what_it_was_built_as(clone):
    git(clone, "tag", "v2.3.0")
    (clone / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: qpref\nVersion: 7.8.9\n")

    assert version.version(clone) == "7.8.9"


@pytest.mark.skipif(not HAS_HISTORY, reason="pas d’historique ici")
def test_the_version_being_prepared_is_later_than_all_tags():
    tags = [version.from_description(tag) for tag in git(ROOT, "tag").splitlines()]

    assert all(Version(tag) <= Version(version.version()) for tag in tags if tag)


@pytest.mark.lent
def test_both_distributions_are_valid_and_say_the_same(distributions):
    """What `twine check` looks at: metadata that the standard allows, a description, its form."""
    (wheel,), (source,) = distributions.glob("*.whl"), distributions.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as content:
        (name,) = (one for one in content.namelist() if one.endswith(".dist-info/METADATA"))
        installed = content.read(name)
    with tarfile.open(source) as content:
        files = {Path(*Path(one.name).parts[1:]).as_posix(): one for one in content.getmembers()}
        packed = content.extractfile(files["PKG-INFO"]).read()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert installed == packed
    told = Metadata.from_email(installed, validate=True)
    assert (told.name, str(told.version)) == ("qpref", version.version())
    assert told.description_content_type == "text/markdown"
    assert told.description.startswith("# ")
    assert told.classifiers == sorted(project["classifiers"])
    assert {*told.provides_extra} == {*project["optional-dependencies"]}
    assert "qpref/py.typed" in zipfile.ZipFile(wheel).namelist()
    assert {"pyproject.toml", "tools/version.py", "LICENSE", "tests/conftest.py"} <= {*files}
