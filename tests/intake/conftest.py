"""Exports of every source, written by the tests from the same three visitors."""

import csv
import io

import pytest
import xlsxwriter

from qpref.intake import Reception
from qpref.intake.formats import NAMES


@pytest.fixture(scope="session")
def setting(reference):
    return Reception(reference, reference.campaign("2020-11"), "evry")


@pytest.fixture(scope="session")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


@pytest.fixture
def headings(questionnaire):
    """Return the text of each question by identifier, those a visitor answers."""
    return {
        question.id: question.texte
        for question in questionnaire.questions
        if question.type not in {"technique", "contact"} and not question.options
    }


def write_csv(path, rows, separator=",", encoding="utf-8", end="\r\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(path, sheets):
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return path


def answers(headings, level):
    """Return one visitor's answers: every opinion at one level, oui elsewhere."""
    found = dict.fromkeys(headings, "")
    for name in headings:
        if name in {"suggestion", "categorie_usager", "motif", "tranche_age", "aisance_numerique"}:
            continue
        found[name] = "Oui" if name in {"retraite", "a_telephone", "a_utilise_site"} else level
    return found


LEVELS = ("Très satisfait", "Plutôt pas satisfait", "N/A")


def table(headings, before, rows):
    """Return a heading row and one row a visitor; `before` are the source's own columns."""
    lines = [[*before, *headings.values()]]
    for own, level in zip(rows, LEVELS, strict=True):
        lines.append([*own, *answers(headings, level).values()])
    return lines


def check(outcome, kind, days=("2020-11-16", "2020-11-17", "2020-12-04")):
    """The three visitors were read the same way, whatever the source."""
    reponses, items = outcome.tables["reponses"], outcome.tables["items"]
    assert outcome.kind == kind
    assert kind in NAMES
    assert reponses["date_reponse"].dt.strftime("%Y-%m-%d").tolist() == list(days)
    assert reponses["statut"].tolist() == ["complete"] * 3
    overall = items.loc[items["question"] == "global"]
    assert overall["etat"].tolist() == ["repondu", "repondu", "sans_objet"]
    assert overall["modalite"].tolist() == ["tres_satisfait", "plutot_pas_satisfait", "sans_objet"]
    everything = "".join(frame.to_csv() for frame in outcome.tables.values())
    assert "exemple.invalid" not in everything
    assert "192.0.2" not in everything
