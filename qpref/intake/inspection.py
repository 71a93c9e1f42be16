"""What a file holds, without any dictionary: columns, guessed types, counts of distinct values."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any

from qpref.intake.columns import Rows, column_of, joined, problems_of
from qpref.intake.dates import ORDERS, read_moment
from qpref.intake.export import NOT_ASKED, Column, Export, is_error
from qpref.intake.formats import read_anything, table
from qpref.intake.matching import normalise
from qpref.intake.privacy import printable, sayable
from qpref.intake.rows import ReceivedFile
from qpref.intake.sheets import holds_results, not_recognised, results_error, unread_sheets
from qpref.intake.values import read_number

MOST_VALUES = 50
_SHORT_POSTCODE = 4
_ABBREVIATED = 3  # letters up to which « nsp », « so » are looked for alone
_DONT_KNOW = {
    "nsp",
    "ne sait pas",
    "ne se prononce pas",
    "sans avis",
    "ne sais pas",
    "sans opinion",
}
_NOT_CONCERNED = {"sans objet", "non concerne", "non concernee", "n a", "so", "na"}
_YES_NO = {"oui", "non", "yes", "no", "true", "false", "vrai", "faux", "x", "y", "n"}
JOINTS = (" ; ", ";", " / ", ", ", "|")
_MOSTLY, _FEW = 0.95, 0.1
_ALL_DIFFERENT = 5
_SAMPLE = 500  # distinct answers looked at to guess a type


def envelope(file: ReceivedFile) -> dict[str, Any]:
    """
    Return what a file is and what each of its columns holds.

    Returns
    -------
    dict
        The keys of `qpref importer --json`, plus `colonnes`: for each, `intitule`, `code`, `type`,
        `etats` (empty, not asked, « ne sait pas », « sans objet » told apart) and `valeurs`, the
        count of each distinct value when there are at most 50 and none may be personal.

    Raises
    ------
    UnreadableFileError
        If no sheet looks like a table.
    """
    export, beside = united(file, read_anything(file))
    unread = unread_sheets(file, [export.sheet.name, *beside], export.consulted)
    damaged = len(problems_of(export.rows))
    kept = table.forms(export)
    given = given_in(replace(export, rows=kept))
    return {
        "fichier": file.name,
        "format": export.kind,
        "encodage": file.encoding,
        "separateur": file.separator,
        "feuille": ", ".join([export.sheet.name, *beside]),
        "feuilles_non_lues": [sheet.sentence for sheet in unread],
        "lignes_au_dessus": export.rows_above,
        "lignes_lues": len(export.rows),
        "gardees": len(kept),
        "ecartees": len(export.rows) - len(kept) - damaged,
        "quarantaine": damaged,
        "colonnes_personnelles": [c.heading for c in export.columns if c.role == "personnel"],
        "avertissements": [*file.warnings, *export.warnings, *_lost_zeros(kept, export.columns)],
        "colonnes": [describe(kept, column, given) for column in export.columns],
    }


def united(file: ReceivedFile, exports: Sequence[Export]) -> tuple[Export, list[str]]:
    """
    Return the answers of the sheets that bear the same headings, and the names of these sheets.

    The first sheet with answers decides, of tables of no known source the largest; sheets with
    other headings are left out.

    Raises
    ------
    UnreadableFileError
        If no sheet holds answers.
    """
    if not any(export.rows for export in exports):
        raise not_recognised(file)
    if all(holds_results(export.sheet) for export in exports):
        raise results_error(file)
    filled = [export for export in exports if export.rows]
    first = max(filled, key=_size) if filled[0].kind == "tableau" else filled[0]
    headings = [column.heading for column in first.columns]
    alike = [
        export
        for export in exports
        if export is not first and [column.heading for column in export.columns] == headings
    ]
    rows = joined([first.rows, *(export.rows for export in alike)])
    return replace(first, rows=rows), [export.sheet.name for export in alike]


def _size(export: Export) -> int:
    """Return how many cells a table has beside its first column: a notice has none, a key few."""
    return len(export.rows) * max(0, sum(bool(column.heading) for column in export.columns) - 1)


def _lost_zeros(rows: Rows, columns: Sequence[Column]) -> list[str]:
    """Name the postcode columns where a leading zero was lost (01000 keyed as 1000)."""
    found = []
    for column in columns:
        if "code postal" in normalise(column.heading):
            texts = column_of(rows, column.index).texts()
            short = int(texts.which(lambda t: t.isdigit() and len(t) == _SHORT_POSTCODE).sum())
            if short:
                found.append(
                    f"« {column.heading} » : {short} code(s) postal(aux) à quatre chiffres"
                )
    return found


def given_in(export: Export) -> Counter[str]:
    """Return how often each answer was given to all the closed questions of a file."""
    found: Counter[str] = Counter()
    for column in export.columns:
        if column.role == "question":
            counts = column_of(export.rows, column.index).counted()
            found.update(counts if len(counts) <= MOST_VALUES else {})
    return found


def describe(rows: Rows, column: Column, given: Mapping[str, int]) -> dict[str, Any]:
    """Return heading, guessed type, states and distinct values of one column."""
    counts = column_of(rows, column.index).counted()
    errors = [text for text in counts if is_error(text) or _is_no_answer(column, text)]
    states = {
        "vide": counts.pop("", 0),
        "illisible": sum(counts.pop(text) for text in errors),
        "non_posee": counts.pop(NOT_ASKED, 0),
        **_without_opinion(counts),
    }
    look = ColumnContent.PERSONAL if column.role == "personnel" else look_of(counts, given)
    shown = look not in {ColumnContent.PERSONAL, ColumnContent.TEXT} and len(counts) <= MOST_VALUES
    if shown:
        tell = told_of_joined if look is ColumnContent.JOINED else told_of
        told = tell(counts, given)
        states["illisible"] += sum(counts.pop(text) for text in [*counts] if text not in told)
    return {
        "intitule": column.heading,
        "code": column.code,
        "role": column.role,
        "type": look,
        "etats": states,
        "valeurs": dict(sorted(counts.items(), key=lambda p: (-p[1], p[0]))) if shown else None,
    }


def _without_opinion(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how many answers are « ne sait pas », and how many « sans objet »."""
    found = {"nsp": 0, "sans_objet": 0}
    for text, count in counts.items():
        name = normalise(text)
        found["nsp"] += count * (name in _DONT_KNOW)
        found["sans_objet"] += count * (name in _NOT_CONCERNED)
    return found


def told_of(counts: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """
    Return the answers to a closed question that may be printed or written, with their counts.

    All that is printed or written of the cells of a file passes here, in an inspection or a draft.

    Examples
    --------
    >>> found = {"Guichet": 30, "Accueil": 12, "Zorglub": 1, "12,5": 1}
    >>> told_of(found, found)
    {'Guichet': 30, 'Accueil': 12, '12,5': 1}
    """
    hidden = set(_hidden(counts, printable(counts, given)))
    return {text: n for text, n in counts.items() if text not in hidden}


def told_of_joined(counts: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """
    Return the joined answers that may be printed or written: those whose every part may be.

    A name joined to labels is told by what several gave no more than the whole cell is.

    Examples
    --------
    >>> found = {"Guichet": 30, "Accueil, Guichet": 12, "Accueil": 5, "Accueil, Zorglub": 1}
    >>> told_of_joined(found, found)
    {'Guichet': 30, 'Accueil, Guichet': 12, 'Accueil': 5}
    """
    joint = joint_of(counts)
    if not joint:
        return told_of(counts, given)
    parts: Counter[str] = Counter()
    for text, count in counts.items():
        parts.update(dict.fromkeys(parts_of([text], joint), count))
    told = told_of(parts, given)
    whole = told_of(counts, given)
    return {t: n for t, n in whole.items() if parts_of([t], joint) <= told.keys()}


def _hidden(counts: Mapping[str, int], shown: Container[str]) -> list[str]:
    """Return the answers that are not shown, numbers and dates aside."""
    readers = (read_number, read_moment)
    left = (text for text in counts if text not in shown)
    return [text for text in left if not any(_reads(reader, text) for reader in readers)]


def tally(rows: Rows, column: Column) -> Counter[str]:
    """Return how often each answer of a column was given, what is no answer left out."""
    counts = column_of(rows, column.index).counted()
    none = {NOT_ASKED, ""} | {t for t in counts if is_error(t) or _is_no_answer(column, t)}
    return Counter({text: n for text, n in counts.items() if text not in none})


def _is_no_answer(column: Column, text: str) -> bool:
    """Whether a text is declared to be no answer, neither « ne sait pas » nor « sans objet »."""
    if text not in column.missing:
        return False
    name = normalise(text)
    return not any(
        known == name or (len(known) > _ABBREVIATED and known in name)
        for known in _DONT_KNOW | _NOT_CONCERNED
    )


class ColumnContent(StrEnum):
    """What the answers of a column look like, whatever a questionnaire will say of it."""

    EMPTY = "vide"
    NUMBER = "nombre"
    DATE = "date"
    YES_NO = "oui_non"
    CHOICE = "choix"
    JOINED = "multiple"
    TEXT = "texte"
    PERSONAL = "personnel"


def look_of(counts: Mapping[str, int], given: Mapping[str, int] | None = None) -> ColumnContent:
    """
    Return what the answers of a column look like.

    Parameters
    ----------
    counts
        How often each distinct answer was given.
    given
        How often in the whole file.

    Examples
    --------
    >>> [str(look_of(one)) for one in ({"Oui": 3, "Non": 2}, {"12,5": 1}, {"16/11/2020": 1})]
    ['oui_non', 'nombre', 'date']
    """
    if not counts:
        return ColumnContent.EMPTY
    total = sum(counts.values())
    if all(normalise(text) in _YES_NO for text in counts):
        return ColumnContent.YES_NO
    sample = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:_SAMPLE])
    if _share(sample, read_number) >= _MOSTLY:
        return ColumnContent.NUMBER
    if max(_share(sample, partial(read_moment, order=order)) for order in ORDERS) >= _MOSTLY:
        return ColumnContent.DATE
    shown = sayable(sample, given or {})
    named = sum(sample[text] for text in _hidden(sample, shown)) if len(counts) <= _SAMPLE else 0
    if named <= _FEW * total and joint_of(sample):
        return ColumnContent.JOINED
    alike = len(counts) < total or total < _ALL_DIFFERENT  # else names, remarks
    few = alike and len(counts) <= MOST_VALUES and len(counts) <= max(12, total // 2)
    few = few and named <= _FEW * total
    return ColumnContent.CHOICE if few else ColumnContent.TEXT


def _share(counts: Mapping[str, int], reader: Callable[[str], object]) -> float:
    """Return the share of answers that a reader understands."""
    return sum(n for text, n in counts.items() if _reads(reader, text)) / sum(counts.values())


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        return reader(text) is not None
    except (ValueError, OverflowError):
        return False


def joint_of(texts: Iterable[str]) -> str:
    """
    Return the joint by which a few labels make many texts, or nothing.

    Examples
    --------
    >>> joint_of(["Guichet", "Téléphone", "Guichet, Téléphone"]), joint_of(["Oui, bien", "Non"])
    (', ', '')
    """
    found = set(texts)
    for joint in JOINTS:
        joined = {text for text in found if joint in text}
        parts = parts_of(found, joint)
        if not joined or not 0 < len(parts) <= MOST_VALUES:
            continue
        alone = {part for part in parts_of(joined, joint) & found if normalise(part) not in _YES_NO}
        is_fewer = len(parts) < len(found) and len(joined) > 1
        if alone or is_fewer or all(text.rstrip().endswith(joint.strip()) for text in found):
            return joint
    return ""


def parts_of(texts: Iterable[str], joint: str) -> set[str]:
    """Return the labels that a joint puts together in these texts."""
    return {part.strip() for text in texts for part in text.split(joint)} - {""}
