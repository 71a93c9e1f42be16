"""The figures that a mail says: those of a project, and nothing of what it does not know."""

from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.clu.headlines import headlines
from qpref.display.section import Section

SCALE = SimpleNamespace(favorables="réponses favorables")


def row(satisfied, n):
    """Return a line of shares as the reports count them, with a round interval."""
    value = satisfied / n if n else 0.0
    return {"question": "tout", "n": n, "satisfaits": satisfied, "part": value,
            "bas": value - 0.1, "haut": value + 0.1, "fiabilite": "correcte"}  # fmt: skip


def plain(text):
    return text.replace("\u00a0", " ")


def site(name, answers, *, is_compared=True):
    moved = SimpleNamespace(change=SimpleNamespace(is_compared=is_compared))
    return SimpleNamespace(
        site=SimpleNamespace(nom_court=name),
        answers=answers,
        parts=pd.DataFrame([row(answers // 2, answers)]),
        family=SimpleNamespace(changes=lambda _: [moved]),
    )


def joint(sites, *, main="tout", is_followed=True, changes=1):
    figures = pd.DataFrame({"cle": range(changes)})
    changed = Section("changements", f"{changes} changement", ["Ici : mieux."], figures=figures)
    return SimpleNamespace(
        resultats=sites,
        questionnaire=SimpleNamespace(main=main, scale=lambda _: SCALE),
        changements=lambda: changed,
        labellisation=lambda: Section("l", "Prouvés : 1 sur 2", is_left_out=not is_followed),
        points=lambda: Section("points", "Le plus apprécié : « X »"),
    )


@pytest.fixture(autouse=True)
def _counted(monkeypatch):
    """Shares are read by `satisfied`, tested elsewhere; here « 50 » of a hundred."""
    monkeypatch.setattr("qpref.clu.headlines.satisfied", lambda line: line)
    monkeypatch.setattr(
        "qpref.clu.headlines.both", lambda line: f"{100 * line['satisfaits'] // line['n']} %"
    )


def test_four_sentences_in_the_order_of_the_report():
    assert [*map(plain, headlines(joint([site("A", 100), site("B", 40)])))] == [
        "140 usagers ont répondu : A, 100 ; B, 40.",
        "Réponses favorables dans l’ensemble : A, 50 % ; B, 50 %.",
        "1 changement. Ici : mieux.",
        "Prouvés : 1 sur 2.",
    ]


def test_nothing_is_said_of_what_is_not_asked_compared_or_followed():
    """What satisfies most takes the place; a site that nobody answered at is not counted."""
    alone = joint([site("A", 100, is_compared=False)], main="", is_followed=False)
    assert [*map(plain, headlines(alone))] == [
        "100 usagers ont répondu.",
        "Le plus apprécié : « X ».",
    ]
    assert headlines(joint([site("A", 0), site("B", 0)])) == []
    told = headlines(joint([site("A", 0), site("B", 1)], changes=0))
    assert plain(told[0]) == "1 usager a répondu : B, 1."
    assert told[1] == "Réponses favorables dans l’ensemble : B, 0 %."
    assert told[2] == "Aucun changement établi depuis la campagne précédente."


def test_many_sites_are_counted_beyond_six():
    told = headlines(joint([site(f"S{rank}", 10) for rank in range(9)]))
    assert plain(told[0]).endswith("S5, 10 ; 3 autres sites dans la synthèse.")
    assert told[2:] == ["1 changement.", "Le plus apprécié : « X »."]
