"""A folder of received files: nothing in it goes unsaid, at any depth."""

import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.cli import main
from qpref.clu.replies import files_of
from qpref.errors import UnreadableFileError
from qpref.intake.files import read_file
from qpref.intake.folders import Looking, contents
from qpref.project import Project
from qpref.store import Store

LOT = Path(__file__).parents[1] / "deuxieme" / "reference"
CAMPAIGN = "printemps-2022"
STEMS = st.sampled_from(
    ["a", "Saisie", "~$saisie", ".~lock.a", ".cache", "noms", "LISEZMOI", "é à"]
)
ENDS = st.sampled_from(
    ["", ".csv", ".CSV", ".xlsx", ".xlsb", ".zip", ".pdf", ".lss", ".csv.gz", ".txt", ".part"]
)
FOLDERS = st.sampled_from(["a", "Cahors", ".git", "__MACOSX", "été", "doc.numbers", "x.csv.d"])


def a_tree(files):
    return st.lists(st.tuples(st.lists(FOLDERS, max_size=3), files), max_size=12)


@given(tree=a_tree(st.tuples(STEMS, ENDS).map("".join)), empty=st.lists(FOLDERS, max_size=3))
@settings(deadline=None)
def test_each_thing_of_a_folder_is_read_or_set_aside_once(tmp_path_factory, tree, empty):
    """Counted by the system's own walk: each file is named, itself or by a folder above it."""
    top = tmp_path_factory.mktemp("dossier")
    for above, name in tree:
        path = top.joinpath(*above, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(b"")
    top.joinpath("vide", *empty).mkdir(parents=True)

    found = contents(top, Looking())

    files = [one.name for one in found.files]
    told = [one.name for one in found.aside]
    assert len({*files, *told}) == len(files) + len(told)
    folders = tuple(name for name in told if name.endswith("/"))
    for place, inside, names in os.walk(top):
        below = Path(place).relative_to(top).as_posix()
        for name in names:
            whole = name if below == "." else f"{below}/{name}"
            times = (whole in files) + (whole in told) + whole.startswith(folders)
            assert times == 1, whole
        if not names and not inside:
            assert f"{below}/".startswith(folders), below


def test_what_is_never_answers_is_named_with_the_remedy(tmp_path):
    for name in (
        "~$a.xlsx",
        ".DS_Store",
        "Thumbs.db",
        "noms.txt",
        "lisez-moi.txt",
        "a.pdf",
        "b.gz",
    ):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre" / "a.csv").write_bytes(b"x")
    found = contents(tmp_path, Looking())

    assert [one.name for one in found.files] == ["autre/a.csv"]
    told = "\n".join(found.sentences)
    for words in ("fermez-le", "service", "noms à masquer", "mode d’emploi", "Demandez", ".gz"):
        assert words in told


@pytest.mark.skipif(os.name == "nt", reason="les liens demandent des droits")
def test_a_link_to_a_folder_is_named_and_never_followed(tmp_path):
    (tmp_path / "lien").symlink_to(tmp_path)
    found = contents(tmp_path, Looking())

    assert found.files == []
    assert "lien/ : lien vers un dossier" in "\n".join(found.sentences)


@pytest.mark.skipif(os.name == "nt", reason="droits POSIX")
def test_a_folder_that_cannot_be_listed_is_refused(tmp_path, monkeypatch):
    closed = tmp_path / "ferme"
    closed.mkdir()
    listed = Path.iterdir

    def iterdir(path):
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    (refused,) = contents(tmp_path, Looking()).closed
    assert "ferme" in str(refused)


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="Windows n’a pas de tube nommé parmi ses fichiers"
)
def test_a_pipe_is_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "tube.csv")
    with pytest.raises(UnreadableFileError, match="tube ou un appareil"):
        read_file(tmp_path / "tube.csv")


def test_replies_of_members_name_what_they_do_not_read(tmp_path):
    for name in ("a.eml", "b.msg", "~$c.xlsx", "d.docx"):
        path = tmp_path / "reponses" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")

    files, left = files_of([tmp_path])

    assert [path.name for path in files] == ["a.eml"]
    assert any("b.msg : message d’Outlook. Enregistrez-le au format .eml" in one for one in left)
    assert len(left) == 3


@pytest.fixture(scope="module")
def sited(shared):
    """A project whose form asks for no site: its exports lie in the folder of their site."""

    def make(folder):
        shutil.copytree(LOT, folder / "data" / "reference")
        form = folder / "data" / "reference" / "questionnaire" / "avis-lot.yml"
        lines = form.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if "role: site" not in line)
        form.write_text(kept, encoding="utf-8")
        assert main(["--racine", str(folder), "exemple"]) == 0

    return Project(shared("sans-site", make))


def imported(project, tmp_path, *words):
    """Import into a copy; return what the store holds of each site, and the copy."""
    copy = Project(tmp_path / "projet")
    shutil.copytree(project.root, copy.root)
    code = main(["--racine", str(copy.root), "importer", *map(str, words), "--campagne", CAMPAIGN])
    entries = Store(copy).imports(CAMPAIGN)
    return code, [(entry.fichier, entry.gardees_par_site) for entry in entries], copy


@pytest.mark.lent
def test_a_folder_named_after_a_site_gives_it(sited, tmp_path, capsys):
    """The same tables as each folder imported alone with --site, in one command on the parent."""
    example = sited.root / "data" / "exemple"

    code, whole, copy = imported(sited, tmp_path / "a", example)

    told = capsys.readouterr().out
    assert code == 0
    assert "printemps-2023/ : dossier d’une autre campagne" in told
    exports = {site for name, kept in whole if name.startswith("results") for site in kept}
    assert exports == {"cahors", "figeac", "gourdon"}
    for site in exports:
        run = ["--racine", str(copy.root), "importer", str(example / CAMPAIGN / site)]
        assert main([*run, "--campagne", CAMPAIGN, "--site", site]) == 0
    assert capsys.readouterr().out.count("déjà importé, rien ne change") == 3


@pytest.mark.lent
def test_two_files_of_one_name_never_take_each_other_s_place(sited, tmp_path, capsys):
    """Two folders of one site, a file of one name in each: the second is refused, both named."""
    source = sited.root / "data" / "exemple" / CAMPAIGN / "cahors"
    export = next(source.iterdir())
    folder = tmp_path / "envois"
    lines = export.read_bytes().splitlines(keepends=True)
    for name, kept in (("mai", lines[:15]), ("juin", [lines[0], *lines[15:]])):
        path = folder / "Cahors" / name / export.name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(kept))
    code, whole, _ = imported(sited, tmp_path, folder)

    assert code == 8
    assert len(whole) == 1
    told = capsys.readouterr().err
    assert "Cahors/juin/" in told
    assert "Cahors/mai/" in told
    assert "Renommez" in told


@pytest.mark.lent
def test_a_site_asked_for_never_overrules_the_folder(sited, tmp_path, capsys):
    source = sited.root / "data" / "exemple" / CAMPAIGN / "cahors"
    code, whole, _ = imported(sited, tmp_path, source, "--site", "figeac")

    assert (code, whole) == (2, [])
    assert "dossier du site cahors" in capsys.readouterr().err


@pytest.mark.lent
def test_a_file_of_data_brut_has_the_site_of_its_folder(sited, tmp_path):
    """As the home page imports it: by its own path."""
    copy = Project(tmp_path / "projet")
    shutil.copytree(sited.root, copy.root)
    source = copy.root / "data" / "exemple" / CAMPAIGN / "gourdon"
    shutil.copytree(source, copy.received / "Gourdon" / "mai")
    path = next((copy.received / "Gourdon" / "mai").iterdir())

    code = main(["--racine", str(copy.root), "importer", str(path), "--campagne", CAMPAIGN])

    assert code == 0
    assert [*Store(copy).imports(CAMPAIGN)[0].gardees_par_site] == ["gourdon"]


def test_inspecter_lists_what_it_leaves(tmp_path, capsys):
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous" / "a.csv").write_text("Sexe;Âge\nF;3\n", encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(b"x")

    assert main(["inspecter", str(tmp_path), "--json"]) == 0

    content = json.loads(capsys.readouterr().out)
    assert [one["fichier"] for one in content["fichiers"]] == ["sous/a.csv"]
    assert [one["chemin"] for one in content["non_lus"]] == ["b.docx"]


@pytest.mark.lent
def test_a_correction_reads_the_file_as_it_was_imported(sited, tmp_path, capsys):
    """Of the site of its folder; the cell corrected counts, no answer moves to another site."""
    source = sited.root / "data" / "exemple" / CAMPAIGN / "cahors"
    export = next(source.iterdir())
    folder = sited.root / "data" / "brut" / "Cahors"
    folder.mkdir(parents=True, exist_ok=True)
    text = export.read_text(encoding="utf-8-sig").replace("Excellent", "Exxcellent", 1)
    (folder / export.name).write_text(text, encoding="utf-8")
    _, _, copy = imported(sited, tmp_path, sited.root / "data" / "brut")
    run = ["--racine", str(copy.root), "quarantaine"]
    assert main([*run, "corriger", "--campagne", CAMPAIGN]) == 0
    path = copy.quarantine / CAMPAIGN / "corrections.xlsx"
    book = openpyxl.load_workbook(path)
    cells = [
        row for row in book["Corrections"].iter_rows(min_row=2) if row[6].value == "Exxcellent"
    ]
    assert len(cells) == 1
    cells[0][8].value = "Excellent"
    book.save(path)

    assert main([*run, "reintegrer", str(path), "--campagne", CAMPAIGN]) == 0

    (entry,) = Store(copy).imports(CAMPAIGN)
    assert [*entry.gardees_par_site] == ["cahors"]
    assert "1 modifiée(s)" in capsys.readouterr().out
    assert "Exxcellent" not in Store(copy).rejects(CAMPAIGN)["valeur"].tolist()
