"""Documents say what is: commands, dependencies and decisions are documented, nothing leaks."""

import gettext
import io
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import click
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from qpref.cli import commands
from qpref.shipped import documents
from tests.conftest import guide
from tests.docs.test_reference import reference
from tests.tracked import tracked

ROOT = Path(__file__).resolve().parents[2]
TRACKED = tracked()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def project():
    return tomllib.loads(read("pyproject.toml"))


def names(requirements):
    return {re.match(r"[A-Za-z0-9\-]+", line)[0] for line in requirements}


def test_every_dependency_has_its_reason_and_licence():
    table = read("docs/dependances.md")
    content = project()
    wanted = names(content["project"]["dependencies"])
    for part in (content["project"]["optional-dependencies"], content["dependency-groups"]):
        wanted |= names(line for group in part.values() for line in group)

    listed = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))
    assert listed == wanted


@pytest.mark.parametrize(
    ("name", "command"), sorted(reference.leaves(commands), key=lambda leaf: leaf[0])
)
def test_every_command_is_in_the_guide_and_every_option_explained(name, command):
    assert name in guide()
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help


def test_the_list_of_commands_says_of_each_what_its_own_help_says():
    for name, command in commands.commands.items():
        if not isinstance(command, click.Group):
            assert command.get_short_help_str(200) == command.load().get_short_help_str(200), name


def test_the_list_of_commands_comes_without_loading_pandas():
    code = "import sys, qpref.cli; qpref.cli.main(['--help']); sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


OBJECTIONS = re.findall(
    r"^\| (\d+) \| `(\w+)\.(\w+)` \| `([^:`]+)::(\w+)` \|$",
    read("docs/preuves.md"),
    re.MULTILINE,
)


def test_the_36_objections_are_answered():
    answered = re.findall(r"^\| (\d+) \| .+ \| .+ \|$", read("docs/methode.md"), re.MULTILINE)

    assert [int(number) for number in answered] == list(range(1, 37))
    assert [number for number, *_ in OBJECTIONS] == answered


def calculations(module):
    """The module of that name, in the room of statistics or in that of rules."""
    name = "statistics" if (ROOT / "qpref" / "statistics" / f"{module}.py").exists() else "quality"
    return import_module(f"qpref.{name}.{module}")


@pytest.mark.parametrize(("number", "module", "function", "path", "test"), OBJECTIONS)
def test_each_answer_has_its_function_and_its_test(number, module, function, path, test):
    assert hasattr(calculations(module), function), number
    assert re.search(rf"^(def|class) {test}\b", read(path), re.MULTILINE), number


def test_each_peculiarity_of_a_file_has_its_test():
    pattern = r"^\| ([A-Z]{2,4}(?:, [A-Z]{3})*) \|"
    first = read("docs/formats-recus.md").split("\n## ")[0]
    told = re.findall(pattern, first, re.MULTILINE)
    proofs = read("docs/preuves.md")

    assert re.findall(pattern, proofs, re.MULTILINE) == told
    for path in re.findall(r"`((?:unit|intake|attacks|spec|functional)/[\w/.]+)`", proofs):
        assert (ROOT / "tests" / path).exists(), path


def test_each_promise_to_readers_has_its_test():
    told = read("docs/preuves.md").split("## What pages promise to readers")[1].split("\n## ")[0]
    named = re.findall(r"`(\w+/test_\w+\.py)::(test_\w+)`", told)

    assert len(named) >= 12
    for path, test in named:
        assert re.search(rf"^def {test}\b", read(f"tests/{path}"), re.MULTILINE), (path, test)


@pytest.mark.parametrize(("name", "text"), documents().items(), ids=documents())
def test_pages_of_analysts_name_no_test_and_no_module(name, text):
    paths = re.findall(r"[\w./]+", text)
    named = [path for path in paths if path.startswith(("tests/", "benchmarks/", "tools/"))]
    assert not [path for path in named if (ROOT / path).exists()], name
    assert "test_" not in re.sub(r"tests/test_mock\w+", "", text)  # another project's, a source


def test_every_function_of_the_formulas_exists():
    table = read("docs/methode.md").split("## Formules et sources")[1].split("## Verdicts")[0]
    cells = [line.split("|")[2] for line in table.splitlines() if line.startswith("|")]
    for module, function in re.findall(r"`(\w+)\.(\w+)`", "\n".join(cells)):
        assert hasattr(calculations(module), function), function


def test_the_french_catalogue_is_compiled():
    folder = ROOT / "qpref" / "locale" / "fr" / "LC_MESSAGES"
    out = io.BytesIO()
    with (folder / "messages.po").open("rb") as source:
        write_mo(out, read_po(source))
    out.seek(0)
    with (folder / "messages.mo").open("rb") as compiled:
        kept, wanted = (vars(gettext.GNUTranslations(f))["_catalog"] for f in (compiled, out))

    del kept[""], wanted[""]  # headers: dates and tool
    assert kept == wanted


def test_the_readme_s_commands_are_make_targets():
    commands = set(re.findall(r"^make (\w+)$", read("README.md"), re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))

    assert {"rapports", "test"} <= commands <= targets


@pytest.mark.parametrize("name", [n for n in TRACKED if n.endswith(".md")])
def test_links_between_documents_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#\s]+)\)", read(name)):
        assert (ROOT / name).parent.joinpath(target).exists(), target


def test_accepted_decisions_are_numbered_without_gap():
    numbers = [int(Path(n).name[:4]) for n in TRACKED if n.startswith("docs/adr/0")]

    assert numbers == list(range(1, len(numbers) + 1))


# Nothing personal, nothing of the machine


TEXTS = [n for n in TRACKED if not n.endswith((".mo", ".txt", ".jpg", ".xlsx", ".zip"))]


def addresses(name):
    """Return the addresses of persons and of this machine in a file."""
    text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")  # samples in any encoding
    mails = re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+", text)
    places = {str(ROOT), f"{Path.home()}/"} - {"//"}
    return [
        *(mail for mail in mails if not mail.rstrip(".").endswith((".invalid", ".example"))),
        *(place for place in places if place in text),
    ]


def test_no_address_of_a_person_or_of_a_machine():
    found = {name: addresses(name) for name in TEXTS}

    assert {name: told for name, told in found.items() if told} == {}


def test_no_received_or_produced_data_is_tracked():
    forbidden = (
        "data/brut/",
        "data/corrections/",
        "data/propre/",
        "data/quarantaine/",
        "data/exemple/",
        "reports/",
    )

    assert not [name for name in TRACKED if name.startswith(forbidden)]
    assert not [name for name in TRACKED if (ROOT / name).stat().st_size > 1_000_000]
