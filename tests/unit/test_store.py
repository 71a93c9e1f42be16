"""The store: an import is whole or not at all, twice is once, a correction replaces."""

import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from filelock import FileLock

from qpref.errors import ConflictError, StorageError
from qpref.intake import Reception, receive
from qpref.project import write_atomically
from qpref.schema import typed
from qpref.spreadsheets import spreadsheet_csv
from qpref.store import Store, lock, parts
from qpref.store import tables as store_module

FILE = "results-survey_2020-11.csv"


@pytest.fixture
def setting(reference):
    return Reception(reference, reference.campaign("2020-11"))


@pytest.fixture
def export(example, tmp_path):
    """A copy of the LimeSurvey export that a test may correct."""
    path = tmp_path / FILE
    path.write_bytes((example / "2020-11" / FILE).read_bytes())
    return path


def add(project, setting, path, now):
    return Store(project).add(setting, receive(setting, path), now)


def everything(project):
    """Return the bytes of every file of the store and the quarantine."""
    folders = (project.clean, project.quarantine)
    return {p: p.read_bytes() for f in folders for p in sorted(f.rglob("*")) if p.is_file()}


@pytest.fixture
def now():
    return pd.Timestamp("2021-01-05 09:00", tz="Europe/Paris").to_pydatetime()


@pytest.mark.lent
def test_what_is_added_is_read_back(project, setting, export, now):
    outcome = receive(setting, export)
    Store(project).add(setting, outcome, now)

    for table in ("reponses", "items", "verbatims"):
        kept = outcome.tables[table]
        for site in ("evry", "etampes", "palaiseau"):
            expected = kept.loc[kept["site"] == site].astype({"site": str, "campagne": str})
            expected = typed(table, expected)  # the place that folders tell is one category
            pd.testing.assert_frame_equal(Store(project).read(table, "2020-11", site), expected)
        together = Store(project).read_together(table, "2020-11", ["palaiseau", "evry", "nulle"])
        assert [*together] == ["palaiseau", "evry", "nulle"]  # the same, of sites read at once
        for site, found in together.items():
            alone = Store(project).read(table, "2020-11", site)
            # The texts of a column that is stored coded are those of its rows, and no others.
            pd.testing.assert_frame_equal(found, alone, check_categorical=False)
            for name in found.select_dtypes("category"):
                assert [*found[name].cat.categories] == sorted({*alone[name].dropna()})


@pytest.mark.lent
def test_the_same_file_again_changes_nothing(project, setting, export, now):
    add(project, setting, export, now)
    before = everything(project)

    later = now.replace(year=2022)
    entry, change = add(project, setting, export, later)

    assert change.etat == "inchange"
    assert entry.importe_le == now
    assert everything(project) == before


@pytest.mark.lent
def test_the_same_content_under_another_name_changes_nothing(project, setting, export, now):
    add(project, setting, export, now)
    renamed = export.rename(export.with_name("export (1).csv"))

    entry, change = add(project, setting, renamed, now)

    assert (entry.fichier, change.etat) == (FILE, "inchange")


@pytest.mark.lent
def test_a_corrected_file_replaces_its_rows_and_says_so(project, setting, export, now):
    """One answer corrected, one removed: 218 rows for 219, told apart by the row's digest."""
    add(project, setting, export, now)
    lines = export.read_bytes().decode("utf-8-sig").split("\r\n")
    first = lines[1]
    corrected = first.replace("Plutôt satisfait", "Très satisfait", 1)
    assert corrected != first
    text = "\r\n".join([lines[0], corrected, *lines[3:]])
    export.write_bytes(text.encode("utf-8-sig"))

    entry, change = add(project, setting, export, now)

    assert change.model_dump() == {
        "etat": "remplace", "ajoutees": 0, "modifiees": 1, "retirees": 1, "refaites": 0,
    }  # fmt: skip
    assert entry.lignes_lues == 218
    assert len(Store(project).imports("2020-11")) == 1
    parts = list(project.clean.glob("reponses/*/*/*.parquet"))
    assert len(parts) == 3  # one a site: the old ones are gone


@pytest.mark.lent
def test_a_changed_dictionary_reads_the_same_file_again(project, setting, export, now, reference):
    add(project, setting, export, now)
    changed = Reception(
        type(reference)(**{**vars(reference), "digest": "0" * 64}), setting.campaign
    )

    assert add(project, changed, export, now)[1].etat == "remplace"


@pytest.mark.lent
def test_rows_already_there_under_another_name_are_refused(project, setting, export, now):
    add(project, setting, export, now)
    before = everything(project)
    other = export.with_name("autre.csv")
    other.write_text(export.read_text(encoding="utf-8-sig") + "\r\n", encoding="utf-8-sig")

    with pytest.raises(ConflictError, match="déjà importée"):
        add(project, setting, other, now)
    assert everything(project) == before


@pytest.mark.lent
def test_two_sites_may_use_the_same_file_name(project, setting, example, tmp_path, now):
    for site in ("evry", "palaiseau"):
        folder = tmp_path / site
        folder.mkdir()
        copy = folder / "saisie.xlsx"
        copy.write_bytes((example / "2020-11" / f"saisie_guichet_{site}_2020-11.xlsx").read_bytes())
        add(project, setting, copy, now)

    kept = [entry.gardees_par_site for entry in Store(project).imports("2020-11")]
    assert kept == [{"evry": 82}, {"palaiseau": 36}]


@pytest.mark.lent
def test_files_of_one_name_share_their_quarantine_list(project, setting, example, tmp_path, now):
    """The second file’s list replaced the first’s, and a clean file deleted it."""
    counts = []
    for site in ("evry", "palaiseau"):
        copy = tmp_path / site / "saisie.xlsx"
        copy.parent.mkdir()
        copy.write_bytes((example / "2020-11" / f"saisie_guichet_{site}_2020-11.xlsx").read_bytes())
        counts.append(len(receive(setting, copy).tables["rejets"]))
        add(project, setting, copy, now)
        path = project.quarantine / "2020-11" / "saisie.xlsx.csv"
        listed = pd.read_csv(path, sep=";", encoding="utf-8-sig")
        assert len(listed) == sum(counts)
    add(project, setting, tmp_path / "evry" / "saisie.xlsx", now)

    assert len(pd.read_csv(path, sep=";", encoding="utf-8-sig")) == sum(counts)


@pytest.mark.lent
def test_an_import_reads_no_part_of_other_sites(project, setting, example, now, monkeypatch):
    add(project, setting, example / "2020-11" / "saisie_guichet_evry_2020-11.xlsx", now)
    read = []
    content = parts.content
    monkeypatch.setattr(parts, "content", lambda *one: (read.append(one), content(*one))[1])
    add(project, setting, example / "2020-11" / "saisie_guichet_palaiseau_2020-11.xlsx", now)

    assert read == []


@pytest.mark.lent
def test_invented_and_real_data_never_mix(project, setting, export, example, now):
    add(project, setting, example / "2020-11" / "saisie_guichet_evry_2020-11.xlsx", now)
    text = export.read_text(encoding="utf-8-sig").replace("Données fictives", "accueil")
    export.write_text(text, encoding="utf-8-sig")

    with pytest.raises(ConflictError, match="contient des données réelles"):
        add(project, setting, export, now)


def test_a_second_count_of_visitors_is_refused(project, setting, example, tmp_path, now):
    original = example / "2020-11" / "frequentation_2020-11.csv"
    add(project, setting, original, now)
    other = tmp_path / "passages.csv"
    other.write_bytes(original.read_bytes().replace(b"Matin;Point", b"matin;Point"))

    with pytest.raises(ConflictError, match="vient déjà de"):
        add(project, setting, other, now)


@pytest.mark.lent
def test_a_cut_before_the_registry_leaves_the_old_import(
    project, setting, export, now, monkeypatch
):
    """Power fails after the parts are written, before the registry is replaced."""
    add(project, setting, export, now)
    expected = Store(project).read("reponses", "2020-11", "evry")
    export.write_text(
        export.read_text(encoding="utf-8-sig").replace("Plutôt satisfait", "Très satisfait"),
        encoding="utf-8-sig",
    )
    real = store_module.write_atomically

    def cut(target, content, **how):
        if target.suffix == ".json":
            raise KeyboardInterrupt
        real(target, content, **how)

    monkeypatch.setattr(store_module, "write_atomically", cut)
    with pytest.raises(KeyboardInterrupt):
        add(project, setting, export, now)
    monkeypatch.undo()

    pd.testing.assert_frame_equal(Store(project).read("reponses", "2020-11", "evry"), expected)
    assert add(project, setting, export, now)[1].etat == "remplace"


@pytest.mark.lent
def test_a_store_held_by_another_run_says_who_and_since_when(project, setting, export, now):
    """Another process holds it; the sentence names it, its machine and the minute."""
    code = (
        "import sys, time; from pathlib import Path; from qpref.store.lock import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(project.clean)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as other, pytest.MonkeyPatch.context() as patch:
        other.stdout.readline()
        patch.setattr(lock, "SECONDS", 0.05)
        told = rf"autre commande.*depuis le .* à .* \(0 min ; processus {other.pid}, machine"
        with pytest.raises(StorageError, match=told):
            add(project, setting, export, now)
        other.kill()  # no one has to remove a lock left behind
        other.wait()
        add(project, setting, export, now)

    assert not (project.clean / lock.HOLDER).exists()


@pytest.mark.lent
def test_a_holder_that_wrote_nothing_readable_is_still_waited_for(project, setting, export, now):
    project.clean.mkdir(parents=True)
    for text in ("", "{", "[]", '{"depuis": "hier"}'):
        (project.clean / lock.HOLDER).write_text(text, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch, FileLock(project.clean / lock.FILE):
            patch.setattr(lock, "SECONDS", 0.05)
            with pytest.raises(StorageError, match="autre commande qpref l’utilise\\. Attendez"):
                add(project, setting, export, now)


@pytest.mark.lent
@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:400] + bytes(99) + b[499:]])
def test_a_damaged_part_says_what_to_do(project, setting, export, now, damage):
    add(project, setting, export, now)
    part = next(project.clean.glob("reponses/campagne=2020-11/site=evry/*"))
    part.write_bytes(damage(part.read_bytes()))

    with pytest.raises(StorageError) as caught:
        Store(project).read("reponses", "2020-11", "evry")
    assert part.name in str(caught.value)
    assert FILE in str(caught.value)
    assert "Importez de nouveau" in caught.value.remedy


def test_an_empty_store_reads_as_empty_tables(project):
    found = Store(project).read("reponses", "2020-11", "evry")

    assert found.empty
    assert "statut" in found.columns


@pytest.fixture
def held(monkeypatch):
    """What the store holds in memory, empty at first and forgotten at the end."""
    monkeypatch.setattr(store_module, "_HELD", {})
    return store_module._HELD


@pytest.mark.lent
def test_a_held_campaign_is_read_once_and_nobody_can_spoil_it(
    project, setting, export, now, held, monkeypatch
):
    add(project, setting, export, now)
    before = Store(project).read("items", "2020-11", "evry")
    Store(project).hold("2020-11")
    assert held
    monkeypatch.setattr(parts, "content", None)  # no part is opened any more

    found = Store(project).read("items", "2020-11", "evry")
    pd.testing.assert_frame_equal(found, before)
    found["valeur"] = -1.0
    found.loc[0, "question"] = found.loc[1, "question"]

    pd.testing.assert_frame_equal(Store(project).read("items", "2020-11", "evry"), before)


@pytest.mark.lent
@pytest.mark.usefixtures("held")
def test_a_corrected_file_is_seen_behind_what_is_held(project, setting, export, now):
    add(project, setting, export, now)
    Store(project).hold("2020-11")
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join(lines[:40]))

    add(project, setting, export, now)

    sites = ("evry", "etampes", "palaiseau")
    found = [len(Store(project).read("reponses", "2020-11", site)) for site in sites]
    imported = Store(project).imports("2020-11")
    parts = [p for e in imported for p in Store(project).files(e, sites) if "reponses" in p.parts]
    assert sum(found) == sum(pd.read_parquet(part).shape[0] for part in parts) < 40


@pytest.mark.lent
def test_a_large_campaign_is_not_held(project, setting, export, now, held, monkeypatch):
    add(project, setting, export, now)
    monkeypatch.setattr(store_module, "_HELD_MOST", 1000)
    Store(project).hold("2020-11")
    assert not held


@pytest.mark.lent
def test_parts_written_with_other_kinds_of_strings_are_read_together(
    project, setting, example, now
):
    """Arrow has two types of text; which one a part holds depends on who wrote it."""
    for name in (FILE, "saisie_guichet_evry_2020-11.xlsx"):
        add(project, setting, example / "2020-11" / name, now)
    before = Store(project).read("reponses", "2020-11", "evry")
    part = min(project.clean.glob("reponses/campagne=2020-11/site=evry/*"))
    table = pyarrow.parquet.read_table(part, partitioning=None)
    kinds = [pa.large_string() if pa.types.is_string(t) else t for t in table.schema.types]
    other = table.cast(pa.schema(zip(table.schema.names, kinds, strict=True)))
    assert other.schema.types != table.schema.types
    metadata = {b"pandas": table.schema.metadata[b"pandas"]}
    pyarrow.parquet.write_table(other.replace_schema_metadata(metadata), part)

    pd.testing.assert_frame_equal(Store(project).read("reponses", "2020-11", "evry"), before)


def test_categories_are_in_the_order_of_the_alphabet_whatever_the_files(
    project, setting, example, now
):
    """Rows of a draw followed that of the files: bounds of a weight moved by a fifth."""
    for name in (FILE, "saisie_guichet_evry_2020-11.xlsx"):
        add(project, setting, example / "2020-11" / name, now)
    items = Store(project).read("items", "2020-11", "evry")
    coded = items.select_dtypes("category")

    assert len(coded.columns) > 3
    assert all(coded[name].cat.categories.is_monotonic_increasing for name in coded)


def test_a_file_without_rejects_has_no_quarantine_list(project, setting, example, now):
    add(project, setting, example / "2020-11" / "frequentation_2020-11.csv", now)

    assert not list(project.quarantine.rglob("*.csv"))


def test_the_quarantine_list_opens_in_a_french_spreadsheet(project, setting, export, now):
    add(project, setting, export, now)

    text = (project.quarantine / "2020-11" / f"{FILE}.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert "Massy" not in text.decode()
    assert "« Autre préfecture » n’est pas un site connu" in text.decode("utf-8-sig")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+33", "-1", "@x", "\tx", "=cmd|' /C calc'!A0", "\x00=1", " =1", "\u200b\x00 @x",
     "\ufeff=1", *(chr(sign) + "1" for sign in (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0xFE63))],
)  # fmt: skip
def test_no_cell_is_written_as_a_formula(text):
    frame = pd.DataFrame({"a": [text], "n": [-1.5]})

    line = spreadsheet_csv(frame).decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")
    assert line.endswith(";-1,5")


@pytest.mark.parametrize("text", ["a=1", "« -1 »", "\u22125 points", "\x00a", "", "1-2"])
def test_a_cell_that_no_spreadsheet_runs_is_written_as_it_is(text):
    line = spreadsheet_csv(pd.DataFrame({"a": [text], "n": [1]})).decode("utf-8-sig")

    assert line.splitlines()[1] in {f"{text};1", f'"{text}";1'}


@pytest.mark.parametrize("column", [[-0.25, None], [-0.25, "x"], [-0.25, float("nan")], [-0.25]])
def test_a_number_is_written_as_one_whatever_its_column(column):
    """Of objects, a negative number once got an apostrophe, and a point for its comma."""
    lines = spreadsheet_csv(pd.DataFrame({"a": pd.Series(column, dtype=object)}))

    assert lines.decode("utf-8-sig").splitlines()[1] == "-0,25"


@pytest.mark.parametrize("is_ordered", [False, True])
def test_no_category_is_written_as_a_formula(is_ordered):
    """Remarks of a filtered study have some: such a column once ended in a traceback."""
    said = pd.Categorical(["=1+1", None, "oui"], ["oui", "=1+1"], ordered=is_ordered)
    lines = spreadsheet_csv(pd.DataFrame({"a": said, "n": [1, 2, 3]})).decode("utf-8-sig")

    assert lines.splitlines() == ["a;n", "'=1+1;1", ";2", "oui;3"]


def test_a_refused_write_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "rapport.html"
    write_atomically(target, b"ancien")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qpref.project.os.fsync", full)
    with pytest.raises(StorageError, match="intact"):
        write_atomically(target, b"nouveau")
    assert target.read_bytes() == b"ancien"
    assert [p.name for p in tmp_path.iterdir()] == ["rapport.html"]
