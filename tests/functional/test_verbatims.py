"""Free answers: none is printed before a person read it."""

import json

import pytest

from qpref.cli import main
from qpref.workbook import ouvrir_satisfaction
from tests.conftest import copied


@pytest.fixture(scope="module")
def made(last_only, tmp_path_factory):
    return copied(last_only, tmp_path_factory.mktemp("verbatims"))


def call(project, capsys, *arguments):
    code = main(["--racine", str(project.root), "verbatims", "--campagne", "2020-11", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def listed(project, capsys, site="evry"):
    return json.loads(call(project, capsys, "--site", site, "--json")[1])["remarques"]


def section(project):
    return ouvrir_satisfaction("evry", "2020-11", project.root).remarques()


def test_nothing_is_printed_before_it_is_read(made, capsys):
    rows = listed(made, capsys)

    assert rows
    assert not any(row["publiable"] for row in rows)
    assert "Aucune n’a été relue pour être publiée" in section(made).sentences[0]
    assert not section(made).tables


def test_an_approved_remark_is_printed_escaped_and_may_be_withdrawn(made, capsys):
    rows = listed(made, capsys)
    chosen = next(row for row in rows if "<b>" in row["texte_masque"])
    code, out, _ = call(made, capsys, "--site", "evry", "--approuver", chosen["identifiant"])

    assert code == 0
    assert "à publier" in out
    assert [row["identifiant"] for row in listed(made, capsys) if row["publiable"]] == [
        chosen["identifiant"]
    ]
    html = section(made).html
    assert "&lt;b&gt;Très bien&lt;/b&gt; &amp; efficace" in html
    call(made, capsys, "--retirer", chosen["identifiant"])
    assert not section(made).tables


def test_an_unknown_code_changes_nothing(made, capsys):
    known = listed(made, capsys)[0]["identifiant"]
    code, _, err = call(made, capsys, "--approuver", known, "--approuver", "ffffffff")

    assert code == 5
    assert "« ffffffff » est inconnu" in err
    assert not any(row["publiable"] for row in listed(made, capsys))


def test_an_approval_holds_for_one_wording(made, capsys):
    """The name of a remark comes from its text: another text has another name."""
    rows = listed(made, capsys)

    assert len({row["identifiant"] for row in rows}) == len(rows)


def test_a_damaged_list_is_said(made, capsys):
    path = made.corrections / "verbatims-2020-11.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{", encoding="utf-8")
    code, _, err = call(made, capsys)
    path.unlink()

    assert code == 4
    assert "abîmée" in err
