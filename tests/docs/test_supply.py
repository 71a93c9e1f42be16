"""What qpref is made of, and what is in what leaves the house: packages, licences, history."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from qpref.shipped import documents
from tests.conftest import NIGHT
from tests.tracked import HAS_HISTORY

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import supply  # noqa: E402 - a script of tools/

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]*\w@[\w-]+\.[\w.-]*\w")
PHONE = re.compile(r"(?<!\d)0[1-9](?:[ .]\d\d){4}(?!\d)")
INVENTED = re.compile(r"01[ .]99[ .]|0[67][ .]39[ .]98[ .]")  # kept for fiction by the regulator


@pytest.fixture(scope="module")
def bill():
    return supply.bill()


@pytest.mark.nuit
def test_the_bill_of_materials_is_valid_and_complete(bill):
    """The validator takes a fifth of a second for each package: each day looks at a few."""
    text = json.dumps(bill)
    few = bill if NIGHT else {**bill, "components": bill["components"][::60]}

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(few)) is None
    assert {supply._plain(part["name"]) for part in bill["components"]} == set(supply.pinned())
    assert all(part["purl"].startswith("pkg:pypi/") for part in bill["components"])
    assert str(ROOT) not in text


@pytest.mark.nuit
def test_the_bill_of_materials_is_the_same_each_time(bill):
    assert supply.bill() == bill


def test_every_run_time_package_has_a_licence_that_we_accept():
    bad = {name: supply.licence_of(name) for name in supply.pinned()}

    assert {name: found for name, found in bad.items() if supply.refused(found)} == {}
    assert len(bad) > 100


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND LGPL-2.1", "Proprietary", ""])
def test_another_licence_is_refused(licence):
    assert supply.refused(licence)


@pytest.mark.parametrize(
    "licence",
    ["MIT", "GPL-2.0 OR MIT", "Apache-2.0 AND (BSD-2-Clause OR ISC)", "ISC License (ISCL)"],
)
def test_a_known_licence_is_accepted(licence):
    assert supply.refused(licence) == []


def test_an_audit_without_network_says_what_it_did_not_see():
    weak = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}
    unseen = {"name": "b", "version": "1", "skip_reason": "not found"}
    answer = json.dumps(
        {"dependencies": [weak, unseen, {"name": "c", "version": "1", "vulns": []}]}
    )

    assert supply.judged(answer) == (["a 1 : PYSEC-1"], 1)
    for none in ("", "Traceback", "[]", '{"dependencies": null}'):
        assert supply.judged(none) == ([], len(supply.pinned()))


def personal(text):
    """Return addresses that lead to somebody (two ends are for none), and numbers that ring."""
    mails = {mail for mail in MAIL.findall(text) if not mail.endswith((".invalid", ".example"))}
    return mails | {n for n in PHONE.findall(text) if not INVENTED.match(n)}


@pytest.mark.skipif(not HAS_HISTORY, reason="sources without history")
def test_the_history_holds_no_personal_data():
    """All that was ever added or removed, in every branch."""
    log = subprocess.run(
        ["git", "log", "--all", "--format=", "--patch", "--no-color", "--no-textconv"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode("utf-8", errors="replace")  # fmt: skip

    assert len(log) > 100_000
    assert personal(log) == set()


def test_the_attack_sees_personal_data():
    """Cut in two here, so that the history of this test holds none either."""
    assert personal("a.b@exam" + "ple.org, 06 12 3" + "4 56 78, 01 99 00 12 34") == {
        "a.b@exam" + "ple.org",
        "06 12 3" + "4 56 78",
    }


def test_the_package_holds_qpref_only(wheel):
    """Neither data nor tests: what is published is what is installed, and what ships with it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = [
            archive.read(name).decode("utf-8", errors="replace")
            for name in names
            if not name.endswith(".mo")  # its compiler writes the address of a mailing list
        ]

    facts = f"{wheel.name.split('-py3')[0]}.dist-info"
    assert {name.split("/")[0] for name in names} == {"qpref", facts}
    assert not any(name.endswith((".parquet", ".xlsx", ".csv")) for name in names)
    ours = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    ours |= {f"data/reference/{name}.yml" for name in ("referentiel", "mystere", "sujets")}
    labels = (ROOT / "data" / "reference" / "labels").glob("*.yml")
    ours |= {f"data/reference/labels/{path.name}" for path in labels}
    schemas = (ROOT / "data" / "reference" / "schemas").glob("*.json")
    ours |= {f"data/reference/schemas/{path.name}" for path in schemas}
    ours |= {f"docs/{name}.md" for name in documents()}  # which the lab opens without the Internet
    shipped = {name.removeprefix("qpref/livre/") for name in names if "/livre/" in name}
    assert shipped == ours
    assert not [name for name in names if name.endswith(".ipynb") and "/livre/" not in name]
    assert personal("\n".join(texts)) == set()
    assert not any(str(ROOT) in text for text in texts)
