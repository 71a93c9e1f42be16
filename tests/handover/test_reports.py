"""Examples handed over: the same reports elsewhere, and nobody named where none was wanted."""

import io
import zipfile
from datetime import date

import pandas as pd
import pytest

from qpref.cli import main
from qpref.clu.retention import REMOVED, overdue
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store, review, reviewed
from tests.conftest import copied, few_by_day
from tests.handover.test_archive import files

pytestmark = [pytest.mark.notebook, pytest.mark.lent]
SEEN = (".html", ".chiffres.csv", ".chiffres.xlsx")


def make(project, campaign, site, name, *more):
    run = ["--racine", str(project.root), "rapports", "--campagne", campaign, "--site", site]
    assert main([*run, "--notebook", name, *more]) == 0


def pages(project):
    return {name: one for name, one in files(project.reports).items() if name.endswith(SEEN)}


def hand_over(project, folder, *more):
    """Save by the command and restore by the command; return the project and the archive."""
    archive = folder / "remise.zip"
    assert main(["--racine", str(project.root), "projet", "sauvegarder", "--vers", str(archive),
                 *more]) == 0  # fmt: skip
    assert main(["projet", "restaurer", str(archive), str(folder / "ailleurs")]) == 0
    return Project(folder / "ailleurs"), archive


@pytest.mark.parametrize(
    ("source", "campaign", "site", "more"),
    few_by_day(
        [
            ("last_only", "2020-11", "palaiseau", ["--sans-personnelles", "--chiffrer"]),
            ("last_only", "2020-11", "evry", []),
            ("second_filled", "printemps-2023", "cahors", ["--sans-personnelles"]),
            ("second_filled", "printemps-2022", "figeac", ["--chiffrer"]),
        ],
        1,
    ),
)
def test_a_report_made_after_a_hand_over_is_the_one_made_before(
    request, tmp_path, capsys, source, campaign, site, more
):
    project = copied(request.getfixturevalue(source), tmp_path)
    remarks = reviewed(project, campaign, [site])["identifiant"].tolist()
    review(project, campaign, remarks, approve=remarks[:1])
    make(project, campaign, site, "10_satisfaction")
    there, _ = hand_over(project, tmp_path, *more)
    capsys.readouterr()

    assert pages(there) == pages(project)
    make(there, campaign, site, "10_satisfaction")
    assert "à jour" in capsys.readouterr().out  # nothing had to be made
    make(there, campaign, site, "10_satisfaction", "--forcer")
    assert pages(there) == pages(project)


CANARY = "Zorglub"
TEXTS = {  # by table, what people wrote
    "verbatims": ["texte_masque"],
    "contacts_mysteres": ["commentaire_masque"],
    "rejets": ["valeur", "message"],
}


@pytest.fixture
def marked(last_only, tmp_path):
    """A project with a canary in every place where a person may be named."""
    project = copied(last_only, tmp_path)
    root, word = project.root, CANARY.encode()
    for name in (
        "data/brut/enquete.csv", "data/brut/noms.txt", "data/quarantaine/2020-11/x.csv",
        "data/corrections/2020-11.json", "data/clu/envoi.yml", "data/clu/2021-03.questions.yml",
        "data/clu/membres-anciens.yml", "data/clu/liste.xlsx", "data/exemple/x.csv",
        "reports/clu/2021-03-16/invitation.eml", "reports/clu/2021-03-16/compte-rendu.docx",
        "reports/2020-11/evry/10_satisfaction.echec.ipynb", "reports/2020-11/appels.xlsx",
        "notebooks/local/liste.csv", "atelier/.ipynb_checkpoints/x.ipynb", "atelier/export.parquet",
        "data/reference/contacts.csv", "reports/.en-cours-x/execute.ipynb",
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(word)
    member = f"{{id: a, organisation: {CANARY}, categorie: elus, courriel: z@exemple.invalid, "
    member += "echange_adresse: non}"
    (root / "data/clu/membres.yml").write_text(
        f"fictif: oui\nconserver_jusqu_au: 2020-01-01\nmembres:\n  - {member}\n"
    )
    shown = (
        '{"cells": [{"cell_type": "code", "source": ["1"], "metadata": {}, "execution_count": 1, '
        f'"outputs": [{{"name": "stdout", "output_type": "stream", "text": "{CANARY}"}}]}}], '
        f'"metadata": {{"widgets": {{"state": "{CANARY}"}}}}, "nbformat": 4, "nbformat_minor": 5}}'
    )
    for name in ("atelier/mien.ipynb", "notebooks/local/70_mien.ipynb"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(shown)
    for table, columns in TEXTS.items():
        for path in project.clean.glob(f"{table}/*/*/*.parquet"):
            rows = pd.read_parquet(path)
            rows.assign(**dict.fromkeys(columns, CANARY)).to_parquet(path, index=False)
    return project


def readable(content):
    """Return what can be read in a file, columns of a part included."""
    if content.startswith(b"PAR1"):
        return pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    return content


def test_nothing_of_anybody_leaves_without_personal_data(marked, tmp_path):
    store = Store(marked)
    for site in ("evry", "etampes"):  # the canary reached the tables
        assert CANARY in store.read("verbatims", "2020-11", site).to_csv()
    remarks = reviewed(marked, "2020-11", ["evry"])["identifiant"].tolist()
    there, archive = hand_over(marked, tmp_path, "--sans-personnelles")

    with zipfile.ZipFile(archive) as source:
        held = {name: readable(source.read(name)) for name in source.namelist()}
    assert [name for name, content in held.items() if CANARY.encode() in content] == []
    assert [name for name in held if "zorglub" in name.lower()] == []
    due = overdue(marked, load_reference(marked.reference), date.max).expired
    old = [one for one in due if one.fate == REMOVED]  # the others stay, emptied
    assert len(old) >= 2
    assert not {f"projet/{one.path.relative_to(marked.root).as_posix()}" for one in old} & {*held}
    # What names nobody is there: tables with as many rows, notebooks with their cells.
    assert len(reviewed(there, "2020-11", ["evry"])) == len(remarks)
    assert b'"source": [\n' in held["projet/atelier/mien.ipynb"]
    for name in ("sites.yml", "campagnes.yml"):
        assert f"projet/data/reference/{name}" in held


def test_with_personal_data_everything_leaves(marked, tmp_path, capsys):
    there, _ = hand_over(marked, tmp_path)

    def seen(project):
        found = files(project.root)
        return {name: one for name, one in found.items() if "/." not in f"/{name}"}

    assert seen(there) == seen(marked)
    assert "avec les données personnelles" in capsys.readouterr().out


@pytest.mark.mesure
def test_a_remark_that_was_approved_stays_and_its_neighbours_go(last_only, tmp_path):
    project = copied(last_only, tmp_path)
    before = reviewed(project, "2020-11", ["evry"])
    chosen = before["identifiant"].iloc[3]
    review(project, "2020-11", [chosen], approve=[chosen])
    there, _ = hand_over(project, tmp_path, "--sans-personnelles")

    after = reviewed(there, "2020-11", ["evry"])
    assert after.loc[after["publiable"], "texte_masque"].tolist() == [
        before["texte_masque"].iloc[3]
    ]
    assert set(after.loc[~after["publiable"], "texte_masque"]) == {""}
