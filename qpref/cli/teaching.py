"""What the remarks that people coded teach: words for the code book, subjects learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from qpref.cli.terminal import ERR, OUT
from qpref.project import Project
from qpref.quality import coding, learned, taught
from qpref.reference import Reference
from qpref.store import codes, reviewed
from qpref.wording.french import number

_ABSENT = (
    "remarques codées par une personne : assez pour apprendre d’elles. Sans scikit-learn, "
    "les règles proposent seules : pip install scikit-learn"
)
_WORDS = ("Sujet", "Mot à ajouter peut-être à data/reference/sujets.yml",
          "Usagers de ce sujet, que les règles n’ont pas vu, avec ce mot", "sur",
          "Usagers des autres sujets, avec ce mot", "sur")  # fmt: skip
_COMPARED = ("Sujet", "Proposé d’après", "Remarques confirmées", "dont de ce sujet",
             "Erreurs des règles", "Erreurs de ce qui est appris")  # fmt: skip


@dataclass(frozen=True)
class Lessons:
    """The remarks that people coded, in all campaigns, and what they teach."""

    rows: pd.DataFrame
    words: Sequence[taught.SuggestedWord]
    compared: Sequence[learned.LearnedComparison]
    is_missing: bool

    @property
    def better(self) -> list[str]:
        """The subjects of which what was learned does better than the rules."""
        return [one.subject for one in self.compared if one.is_better]


def lessons_of(project: Project, reference: Reference) -> Lessons:
    """Return what the remarks coded in a project teach."""
    book, sites = reference.book, [site.id for site in reference.sites.sites]
    parts = []
    for campaign in reference.campaigns.campagnes:
        said = codes(project, campaign.id)
        if said:
            rows = coding.remarks_of(reviewed(project, campaign.id, sites), book, said)
            parts.append(rows.loc[rows["relu"]])
    if not parts:
        return Lessons(pd.DataFrame(), (), (), is_missing=False)
    rows = pd.concat(parts, ignore_index=True)
    words = taught.suggested(rows, book, reference.sites.seuil_diffusion.valeur)
    is_enough, is_installed = learned.is_enough(rows), learned.is_installed()
    compared = learned.compared(rows, book) if is_enough and is_installed else ()
    return Lessons(rows, words, compared, is_missing=is_enough and not is_installed)


def with_learned(rows: pd.DataFrame, lessons: Lessons, reference: Reference) -> pd.DataFrame:
    """Return remarks to code with what was learned, where it does better than the rules."""
    if not lessons.better:
        return rows
    return learned.proposed_by_learning(rows, lessons.rows, reference.book, lessons.better)


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
