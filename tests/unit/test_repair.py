"""What is lost of the tables: made again from received files or from what is left, or named."""

import io
import json
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.errors import StorageError, UnknownKeyError
from qpref.intake import Reception, receive
from qpref.store import Store, parts
from tests.attacks.running import rows
from tests.conftest import NOW, SITES, copied, example_count, few_by_day

CAMPAIGN = "2020-11"
EXPORT = "results-survey_2020-11.csv"
REGISTRY = f"imports/{CAMPAIGN}.json"


def run(project, *words):
    return main(["--racine", str(project.root), *map(str, words)])


def again(project, example, name=EXPORT):
    return run(project, "importer", example / CAMPAIGN / name, "--campagne", CAMPAIGN)


@pytest.fixture(scope="module")
def imported(last_only):
    """The rows of one campaign imported."""
    return rows(last_only)


@pytest.fixture
def whole(last_only, imported, tmp_path):
    """A project where one campaign is imported, that a test may spoil, and its rows."""
    return copied(last_only, tmp_path), imported


def part(project, table="reponses", site="evry", entry=EXPORT):
    (found,) = (e for e in Store(project).imports(CAMPAIGN) if e.fichier == entry)
    return Store(project).part(table, CAMPAIGN, site, found.parts[table][site])


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


@pytest.mark.lent
@pytest.mark.parametrize(
    "damage",
    [
        None,
        pytest.param(lambda b: b[:400] + bytes(99) + b[499:], marks=pytest.mark.nuit),
        pytest.param(lambda b: b[:-40], marks=pytest.mark.nuit),
        pytest.param(lambda _: b"", marks=pytest.mark.nuit),
    ],
)
def test_importing_the_file_again_makes_a_lost_part_again(whole, example, capsys, damage):
    project, expected = whole
    path = part(project)
    if damage:
        path.write_bytes(damage(path.read_bytes()))
    else:
        path.unlink()
    with pytest.raises(parts.LostPartError, match=EXPORT):
        rows(project)

    assert again(project, example) == 0
    assert "1 partie(s) perdue(s) ou abîmée(s) refaite(s)" in capsys.readouterr().out
    assert rows(project) == expected
    assert again(project, example) == 0
    assert "rien ne change" in capsys.readouterr().out


@pytest.mark.lent
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=example_count(2, 200)
)
@given(data=st.data())
def test_a_part_that_reads_otherwise_is_made_again(whole, reference, example, data):
    """A flipped bit may leave a file that opens, and says something else."""
    project, expected = whole
    path = part(project, data.draw(st.sampled_from(["items", "reponses", "verbatims"])))
    good = path.read_bytes()
    path.write_bytes(flipped(good, data.draw(st.integers(0, len(good) - 1))))

    setting = Reception(reference, reference.campaign(CAMPAIGN))
    outcome = receive(setting, example / CAMPAIGN / EXPORT)
    Store(project).add(setting, outcome, NOW)

    assert rows(project) == expected


@pytest.mark.lent
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=example_count(60, 4_000),
)
@given(data=st.data())
def test_a_changed_byte_is_told_or_changes_no_row(whole, data):
    project, expected = whole
    path = part(project, data.draw(st.sampled_from(["items", "reponses", "verbatims"])))
    table, good = path.parents[2].name, path.read_bytes()
    path.write_bytes(flipped(good, data.draw(st.integers(0, len(good) - 1))))
    try:
        found = Store(project).read(table, CAMPAIGN, "evry").to_csv()
        assert found == expected[table, "evry"]
    except StorageError as error:
        told = str(error)
        assert table in told
    finally:
        path.write_bytes(good)


@pytest.mark.lent
def test_another_name_of_the_file_makes_it_again_under_its_own(whole, example, tmp_path):
    project, expected = whole
    for table in ("reponses", "rejets"):
        part(project, table).unlink()
    copy = shutil.copy(example / CAMPAIGN / EXPORT, tmp_path / "export (1).csv")

    assert run(project, "importer", copy, "--campagne", CAMPAIGN) == 0
    assert rows(project) == expected


@pytest.mark.lent
@pytest.mark.parametrize(
    "damage",
    [
        b"{",
        *(pytest.param(found, marks=pytest.mark.nuit) for found in (None, b"", b"\0" * 900, b"[]")),
    ],
)
def test_a_lost_registry_is_read_from_the_parts(whole, example, damage):
    project, expected = whole
    path = project.clean / REGISTRY
    before = {entry.fichier: entry for entry in Store(project).imports(CAMPAIGN)}
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)

    found = {entry.fichier: entry for entry in Store(project).imports(CAMPAIGN)}
    # As texts too: reports know what they were made from by them, and stay up to date.
    assert {name: one.model_dump_json() for name, one in found.items()} == {
        name: one.model_dump_json() for name, one in before.items()
    }
    assert rows(project) == expected
    assert again(project, example) == 0
    assert rows(project) == expected
    assert run(project, "projet", "reparer") == 0
    assert sorted(entry.fichier for entry in Store(project)._registry(CAMPAIGN).imports) == sorted(
        before
    )


@pytest.mark.lent
@pytest.mark.nuit
def test_an_import_after_the_registry_is_lost_deletes_nothing(whole, example, tmp_path):
    """It deleted all that it did not list: the whole campaign."""
    project, expected = whole
    (project.clean / REGISTRY).unlink()
    name = "releve_refus_2020-11.csv"
    text = (example / CAMPAIGN / name).read_bytes()
    (tmp_path / name).write_bytes(text.rsplit(b"\n", 2)[0] + b"\n")

    assert run(project, "importer", tmp_path / name, "--campagne", CAMPAIGN) == 0

    found = rows(project)
    assert {key for key in expected if found[key] != expected[key]} <= {
        ("collecte", site) for site in SITES
    }


@pytest.mark.lent
@pytest.mark.parametrize("order", few_by_day(["importer", "reparer"], 1))
def test_parts_that_an_old_registry_forgot_are_kept_aside(whole, example, tmp_path, capsys, order):
    """Somebody puts back the registry of another day: what it does not list may be all there is."""
    project, expected = whole
    path = project.clean / REGISTRY
    before = json.loads(path.read_bytes())
    kept = [one for one in before["imports"] if one["fichier"] != EXPORT]
    path.write_text(json.dumps({"imports": kept}))
    contents = {part.name for part in project.clean.rglob("*.parquet")}
    name = "releve_refus_2020-11.csv"
    text = (example / CAMPAIGN / name).read_bytes()
    (tmp_path / name).write_bytes(text.rsplit(b"\n", 2)[0] + b"\n")

    if order == "reparer":
        assert run(project, "projet", "reparer") == 0
        assert f"À importer de nouveau : {EXPORT}" in capsys.readouterr().err
    else:
        assert run(project, "importer", tmp_path / name, "--campagne", CAMPAIGN) == 0
    aside = {part.name for part in (project.clean / "abime").rglob("*.parquet")}
    assert aside <= contents
    assert len(aside) == 1  # one name for all the parts of an import
    assert again(project, example) == 0
    found = rows(project)
    assert {key for key in expected if found[key] != expected[key]} <= {
        ("collecte", site) for site in SITES
    }


@pytest.mark.lent
@pytest.mark.nuit
def test_of_two_readings_that_a_cut_left_the_last_whole_one_counts(
    whole, example, tmp_path, reference, monkeypatch
):
    project, expected = whole
    copy = tmp_path / EXPORT
    text = (example / CAMPAIGN / EXPORT).read_text(encoding="utf-8-sig")
    copy.write_text(text.replace("Plutôt satisfait", "Très satisfait"), encoding="utf-8-sig")
    setting = Reception(reference, reference.campaign(CAMPAIGN))
    later = NOW.replace(year=2022)
    with monkeypatch.context() as patch:  # cut before the registry is replaced
        patch.setattr(Store, "_drop_orphans", lambda *_: None)
        patch.setattr(Store, "_keep", lambda *_: None)
        Store(project).add(setting, receive(setting, copy), later)
    (project.clean / REGISTRY).unlink()
    corrected = rows(project)
    assert corrected != expected
    assert len(Store(project).imports(CAMPAIGN)) == 7

    fresh = next(e for e in Store(project).imports(CAMPAIGN) if e.importe_le == later)
    Store(project).part("items", CAMPAIGN, "evry", fresh.parts["items"]["evry"]).unlink()
    assert rows(project) == expected


def silence(path):
    """Write a part as it was before parts told their import."""
    table = pa.parquet.ParquetFile(path).read()
    metadata = {b"pandas": table.schema.metadata[b"pandas"]}
    pa.parquet.write_table(table.replace_schema_metadata(metadata), path)


@pytest.mark.lent
def test_parts_of_an_earlier_version_are_signed_then_rebuilt_from(whole, capsys):
    project, expected = whole
    for path in project.clean.rglob("*.parquet"):
        silence(path)
    assert rows(project) == expected
    assert run(project, "projet", "reparer") == 0
    assert "Toutes les tables sont entières" in capsys.readouterr().out
    (project.clean / REGISTRY).unlink()

    assert rows(project) == expected


@pytest.mark.lent
def test_parts_that_tell_nothing_are_set_aside_and_their_files_named(whole, example, capsys):
    project, expected = whole
    contents = sorted(path.read_bytes()[:4] for path in project.clean.rglob("*.parquet"))
    for path in project.clean.rglob("*.parquet"):
        silence(path)
    (project.clean / REGISTRY).unlink()
    for order in (
        ("importer", example / CAMPAIGN, "--campagne", CAMPAIGN),
        ("rapports", "--campagne", CAMPAIGN),
    ):
        assert run(project, *order) == StorageError.exit_code
        assert "qpref projet reparer" in capsys.readouterr().err
    assert sorted(p.read_bytes()[:4] for p in project.clean.rglob("*.parquet")) == contents

    assert run(project, "projet", "reparer") == 0
    told = capsys.readouterr().err
    assert all(path.name in told for path in (example / CAMPAIGN).iterdir())
    assert len([*(project.clean / "abime").rglob("*.parquet")]) == len(contents)
    assert run(project, "importer", example / CAMPAIGN, "--campagne", CAMPAIGN) == 0
    assert rows(project) == expected


@pytest.mark.lent
def test_what_the_received_files_make_again_is_made_by_one_command(whole, example, capsys):
    project, expected = whole
    shutil.copytree(example / CAMPAIGN, project.received, dirs_exist_ok=True)
    part(project).unlink()
    part(project, "items", "palaiseau").write_bytes(b"PAR1")
    (project.clean / REGISTRY).write_bytes(b"")

    assert run(project, "projet", "reparer") == 0
    said = capsys.readouterr().out
    assert "registre des imports refait" in said
    assert "2 partie(s)" in said
    assert "Tout est réparé" in said
    assert rows(project) == expected


@pytest.mark.mesure
@pytest.mark.lent
def test_a_site_that_the_command_had_named_is_named_again(project, example, tmp_path, capsys):
    """The file of a site that does not say it: the registry does."""
    source = (example / CAMPAIGN / EXPORT).read_text(encoding="utf-8-sig")
    frame = pd.read_csv(io.StringIO(source), sep=None, engine="python", dtype=str)
    (column,) = (name for name in frame if frame[name].astype(str).str.contains("Évry").any())
    own = frame.loc[frame[column].astype(str).str.contains("Évry")].drop(columns=column)
    path = tmp_path / "evry.csv"
    own.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    order = ("importer", path, "--campagne", CAMPAIGN, "--site", "evry")
    assert run(project, *order) in {0, 19}
    expected = rows(project)
    for one in project.clean.glob("reponses/*/*/*.parquet"):
        one.unlink()

    capsys.readouterr()
    assert run(project, "projet", "reparer", "--depuis", tmp_path) == 0, capsys.readouterr()
    assert rows(project) == expected


@pytest.mark.mesure
@pytest.mark.lent
def test_what_no_file_makes_again_is_named_and_given_up_only_when_asked(whole, example, capsys):
    project, expected = whole
    entry = next(e for e in Store(project).imports(CAMPAIGN) if e.fichier == EXPORT)
    for path in (part(project), part(project, "items", "etampes")):
        path.write_bytes(b"PAR1")

    assert run(project, "projet", "reparer") == StorageError.exit_code
    told = capsys.readouterr().err
    kept = entry.gardees_par_site["evry"] + entry.gardees_par_site["etampes"]
    assert f"{EXPORT} (importé le 05/01/2021) : {kept} lignes gardées perdues" in told
    assert "etampes, evry ; tables items, reponses" in told
    assert "--renoncer" in told
    assert run(project, "projet", "reparer", "--renoncer", "x.csv") == UnknownKeyError.exit_code

    left = len([*project.clean.rglob("*.parquet")])
    assert run(project, "projet", "reparer", "--renoncer", EXPORT) == 0
    assert len([*project.clean.rglob("*.parquet")]) == left  # nothing is deleted
    assert EXPORT not in {one.fichier for one in Store(project).imports(CAMPAIGN)}
    found = rows(project)
    assert found["contacts_mysteres", "evry"] == expected["contacts_mysteres", "evry"]
    assert run(project, "projet", "reparer") == 0
    assert again(project, example) == 0
    assert rows(project) == expected


@pytest.mark.lent
def test_rows_that_are_lost_may_come_from_another_file(whole, example, tmp_path):
    project, expected = whole
    for table in ("reponses", "items", "verbatims"):
        for site in SITES:
            part(project, table, site).unlink()
    text = (example / CAMPAIGN / EXPORT).read_text(encoding="utf-8-sig")
    (tmp_path / "nouveau.csv").write_text(text + "\r\n", encoding="utf-8-sig")

    assert run(project, "importer", tmp_path / "nouveau.csv", "--campagne", CAMPAIGN) == 0
    # The first file would now double them.
    assert again(project, example) != 0
    assert run(project, "projet", "reparer", "--renoncer", EXPORT) == 0
    found = Store(project).read("items", CAMPAIGN, "evry")
    assert found.to_csv() == expected["items", "evry"]
