"""A command killed anywhere leaves nothing that the same command, run again, does not remove."""

import json
import os
import platform
import random
import subprocess
import sys

import pytest

from qpref.project import write_atomically
from qpref.store import reviewed
from tests.conftest import NIGHT, copied, few_by_day

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(sys.platform == "win32", reason="signaux de Linux et macOS"),
]
COMMANDS = {
    "importer": ("importer", "{received}", "--campagne", "2020-11"),
    "modele-saisie": ("modele-saisie", "--campagne", "2020-11", "--site", "evry"),
    "corriger": ("quarantaine", "corriger", "--campagne", "2020-11"),
    "approuver": ("verbatims", "--campagne", "2020-11", "--approuver", "{remark}"),
    "plan-echantillon": ("plan-echantillon", "--campagne", "2020-11"),
    "reparer": ("projet", "reparer"),
    "sauvegarder": ("projet", "sauvegarder", "--vers", "{archive}"),
}


@pytest.fixture(scope="module")
def attempt(tmp_path_factory):
    """Return what runs one command in a process of its own, and the system's folder it sees."""
    place = tmp_path_factory.mktemp("systeme")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.attacks.orphans"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(place)},
    ) as process:

        def run(words, kill=0):
            process.stdin.write(json.dumps({"command": words, "kill": kill}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        run.place = place
        yield run
        process.stdin.close()


def left(*folders):
    """Return what is under way for ever."""
    return [path for folder in folders for path in folder.rglob("*") if ".en-cours" in path.name]


@pytest.mark.lent
@pytest.mark.parametrize("name", few_by_day(COMMANDS, 2))
def test_a_killed_command_is_swept_by_the_next(name, attempt, last_only, example, tmp_path):
    project = copied(last_only, tmp_path)
    received = tmp_path / "releve_refus_2020-11.csv"
    text = (example / "2020-11" / received.name).read_bytes()
    remark = reviewed(project, "2020-11", ["evry"])["identifiant"].iloc[0]
    draw = random.Random(name)  # noqa: S311 - repeatable

    def words(rank):
        received.write_bytes(text.rsplit(b"\n", 1 + rank % 9)[0] + b"\n")  # other rows each time
        values = {"received": received, "remark": remark, "archive": tmp_path / f"{rank}.zip"}
        return ["--racine", str(project.root), *(w.format(**values) for w in COMMANDS[name])]

    count = attempt(words(0))["operations"]
    for rank, at in enumerate(range(1, count + 1) if NIGHT else [draw.randint(1, count)], start=1):
        attempt(words(rank), kill=at)  # the last ones may end before it
        done = attempt(words(rank + 1000))
        assert done["code"] == 0, done["said"]
        assert left(project.root, tmp_path, attempt.place) == []


def test_a_file_killed_while_it_is_written_is_swept_and_a_neighbour_s_is_not(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from qpref import project\n"
        "project.os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
        "project.write_atomically(Path(sys.argv[1]), b'x')"
    )
    target = tmp_path / "registre[1].json"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert len(left(tmp_path)) == 1  # the second swept what the first left
    living = tmp_path / f".{target.stem}.{platform.node()}-{os.getpid()}-x.en-cours"
    living.write_bytes(b"y")

    write_atomically(target, b"z")

    assert left(tmp_path) == [living]
    assert target.read_bytes() == b"z"
