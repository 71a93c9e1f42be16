"""Command that suggests new code-book words and learned subjects from coded remarks."""

from collections.abc import Iterator, Sequence

import pandas as pd

from qpref.cli.terminal import ERR, OUT
from qpref.quality import coding
from qpref.reference import Reference
from qpref.wording.french import number
from qpref.workbook.teaching import Lessons

_ABSENT = (
    "remarques codées par une personne : assez pour apprendre d’elles. Sans scikit-learn, "
    "les règles proposent seules : pip install scikit-learn"
)
_WORDS = ("Sujet", "Mot à ajouter peut-être à data/reference/sujets.yml",
          "Usagers de ce sujet, que les règles n’ont pas vu, avec ce mot", "sur",
          "Usagers des autres sujets, avec ce mot", "sur")  # fmt: skip
_COMPARED = ("Sujet", "Proposé d’après", "Remarques confirmées", "dont de ce sujet",
             "Erreurs des règles", "Erreurs de ce qui est appris")  # fmt: skip


def sheet_of(lessons: Lessons, reference: Reference) -> list[Sequence[object]]:
    """Return the lines of the sheet that says what corrections teach."""
    labels = reference.book.labels
    words = [
        (labels[one.subject], one.word, one.people, one.missed, one.others, one.rest)
        for one in lessons.words
    ]
    compared = [
        (labels[one.subject], coding.LEARNED if one.is_better else coding.RULES, one.n, one.own,
         one.by_rules, one.by_learned)
        for one in lessons.compared
    ]  # fmt: skip
    found: list[Sequence[object]] = [_WORDS, *words] if words else []
    if compared:
        found += [*[()] * bool(found), _COMPARED, *compared]
    return found


def tell(lessons: Lessons, reference: Reference) -> None:
    """Say the words that confirmed remarks suggest, and of which subjects learning does better."""
    for line in _told(lessons, reference):
        ERR.print(line, style="yellow")


def _told(lessons: Lessons, reference: Reference) -> Iterator[str]:
    labels = reference.book.labels
    for subject in dict.fromkeys(one.subject for one in lessons.words):
        own = [one for one in lessons.words if one.subject == subject]
        listed = ", ".join(
            f"« {one.word} » ({one.people} sur {one.missed} ; ailleurs {one.others} sur {one.rest})"
            for one in own
        )
        yield (
            f"À ajouter peut-être au sujet « {labels[subject]} » (data/reference/sujets.yml), "
            f"avec les usagers qui l’écrivent : {listed}"
        )
    if lessons.better:
        listed = ", ".join(f"« {labels[one]} »" for one in lessons.better)
        yield f"Proposé d’après les remarques codées, et non d’après les règles : {listed}"
    if lessons.is_missing:
        yield f"{len(lessons.rows)} {_ABSENT}"


def tell_agreement(rows: pd.DataFrame, reference: Reference) -> None:
    """Say what two people agree on, subject by subject."""
    for one in coding.coders_agreement(rows, reference.book):
        label = reference.book.labels[one.subject]
        kappa = number(one.kappa, 2) if one.kappa == one.kappa else "—"
        between = ""
        if one.low == one.low:
            between = f" (entre {number(one.low, 2)} et {number(one.high, 2)})"
        OUT.print(
            f"{label} : deux codeurs d’accord sur {one.same} de {one.n} ; kappa {kappa}{between}"
        )
