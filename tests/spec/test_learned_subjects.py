"""Subjects learned from confirmed remarks, against the rules, on the labelled remarks.

Each half teaches, the other measures: errors are subjects given or missed, all subjects together,
without the thresholds that guard them. With the shipped code book, and with one that knows only
the first word of each subject, as that of a subject just added would. `python -m
tests.spec.test_learned_subjects` prints the table of docs/fiabilite.md.
"""

import pandas as pd
import pytest

from qpref.quality import learned
from qpref.quality.coding import remarks_of
from qpref.store import PersonCode
from tests.conftest import ROOT
from tests.spec.test_subjects import HALVES, book, labelled

pytestmark = pytest.mark.nuit


def shortened():
    """The code book with the first word of each subject."""
    subjects = tuple(one.model_copy(update={"mots": one.mots[:1]}) for one in book().sujets)
    return book().model_copy(update={"sujets": subjects})


BOOKS = {"livré": book, "un mot par sujet": shortened}


def confirmed(own, *halves):
    """Return the labelled remarks as if a person had confirmed what their labels say."""
    known = [one for half in halves for one in labelled(half)]
    names = [str(rank) for rank in range(len(known))]
    rows = pd.DataFrame({"identifiant": names, "reponse_id": names,
                         "texte_masque": [text for text, *_ in known]})  # fmt: skip
    said = {name: [PersonCode("1", tuple(sorted(subjects)), tone)]
            for name, (_, subjects, tone) in zip(names, known, strict=True)}  # fmt: skip
    return remarks_of(rows, own, said)


def errors(proposed, rows, subjects):
    pairs = zip(proposed, rows["sujets"], strict=True)
    return sum(len(({*told} ^ {*true}) & {*subjects}) for told, true in pairs)


def measure(own, taught, measured):
    """Return how many errors rules make, then learning, of one half once the other taught."""
    known, asked = confirmed(own, taught), confirmed(own, measured)
    subjects = [one for one in own.labels if one != own.other]
    new = asked.assign(relu=False)
    found = learned.proposed_by_learning(new, known, own, subjects)
    told = (asked["propose"], found["propose"])
    return len(asked), *(errors(one, asked, subjects) for one in told)


def table():
    heads = ("livre de codes", "appris sur", "mesuré sur", "erreurs des règles",
             "erreurs de ce qui est appris")  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---:|---:|"]
    for name, make in BOOKS.items():
        for taught, measured in (HALVES, HALVES[::-1]):
            count, rules, learning = measure(make(), taught, measured)
            cells = (
                name,
                f"moitié de {taught}",
                f"moitié de {measured} ({count})",
                rules,
                learning,
            )
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def kept(make):
    """Return the subjects judged on all the remarks, and those that learning keeps."""
    found = learned.compared(confirmed(make(), *HALVES), make())
    return len(found), sum(one.is_better for one in found)


def test_the_table_of_the_documentation_is_what_learning_gives():
    pytest.importorskip("sklearn")
    page = (ROOT / "docs" / "fiabilite.md").read_text(encoding="utf-8")

    for line in table():
        assert line in page
    for make, words in ((book, "livre livré"), (shortened, "livre d’un mot par sujet")):
        judged, better = kept(make)
        assert f"{better} sur {judged} avec le {words}" in page


if __name__ == "__main__":
    print(*table(), kept(book), kept(shortened), sep="\n")  # noqa: T201
