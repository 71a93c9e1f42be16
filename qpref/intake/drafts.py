"""Questions as a file describes them: one a column of an export, boxes of one question together."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qpref.intake.dates import ORDERS, read_moment
from qpref.intake.export import Column, Export
from qpref.intake.inspection import (
    JOINTS,
    ColumnContent,
    given_in,
    joint_of,
    look_of,
    parts_of,
    tally,
    told_of,
    told_of_joined,
)
from qpref.intake.levels import MOST_LEVELS, graded, is_yes_no, outside
from qpref.intake.marks import bounds_of
from qpref.intake.values import read_number
from qpref.intake.wordings import (
    CHOICE_ROLES,
    HEADINGS,
    LABEL_OF_RECORD,
    QUANTITY,
    REMARK,
    SEVERAL,
    bare,
)
from qpref.wording.french import upper_first

_INSIDE = re.compile(r"^(.*?)\s*\[([^\[\]]+)\]$")
_AFTER_COLON = re.compile(r"^(.+?)\s*:\s+(\S.*?)\s*[?:]*$")
_FEWEST_ROWS = 3  # headings that begin alike, up to a colon: the rows of one question
_SYSTEM = {"ipaddr", "token", "firstname", "lastname", "email"}  # of the source, not questions
_BITS = {"0", "1"}
_MOST_CODES = 10
_TIMES = 5  # that a choice is given on average, when its question seems to ask for remarks
_LONGEST = 120  # letters; a column with longer answers holds remarks


class Shape(StrEnum):
    """How a question of a received form is answered."""

    LEVEL = "niveau"
    BOXES = "cases"
    MARK = "note"
    NUMBER = "nombre"
    DATE = "date"
    TEXT = "texte"
    PERSONAL = "coordonnees"
    RECORD = "fiche"  # a number or code of the form, of which nothing is said


@dataclass(frozen=True)
class Draft:
    """
    One question as a source describes it.

    Parameters
    ----------
    theme, text, code
        Group, wording and code in the source.
    shape
        How it is answered.
    choices
        Code and label of each answer or option.
    short
        Short wording; the wording itself by default.
    seen
        How often each answer was given, in an export.
    bounds
        Of a mark.
    asked_if
        Code of another question and the codes of its answers that open this one.
    doubt
        What could not be taken from the source; French, told to users.
    untold
        How many distinct answers are left out because they may name somebody.
    """

    theme: str
    text: str
    code: str
    shape: Shape
    choices: Sequence[tuple[str, str]] = ()
    short: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[float, float] = (0, 10)
    asked_if: tuple[str, Sequence[str]] | None = None
    doubt: str = ""
    untold: int = 0

    @property
    def labels(self) -> list[str]:
        """The answers or options, without their codes."""
        return [label for _, label in self.choices]


@dataclass(frozen=True)
class DraftedForm:
    """
    The questions of a file.

    Parameters
    ----------
    drafts
        In order.
    is_dated
        Whether the tool stamps each answer with its date.
    is_whole
        Whether it states all that the form offers, in its order; an export shows what was answered.
    """

    drafts: Sequence[Draft]
    is_dated: bool = False
    is_whole: bool = False


def form_of(export: Export) -> DraftedForm:
    """Return what an export says of its form."""
    is_dated = export.role("debut") is not None or export.role("fin") is not None
    return DraftedForm(drafts_of(export), is_dated)


def drafts_of(export: Export) -> list[Draft]:
    """Return one draft a column; the boxes of one question are put together."""
    found: list[Draft] = []
    boxes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    columns = [column for column in export.columns if _is_asked(column)]
    given = given_in(export)
    rows = {column.index: _row_of(_wording(column)) for column in columns}
    groups = Counter(theme for theme, _ in rows.values())
    for column in columns:
        texts = tally(export.rows, column)
        wording = _wording(column)
        inside = _INSIDE.match(wording)
        if inside and column.role == "question" and _are_ticks(texts):
            parent = (inside[1], column.code.split("[")[0])
            if parent not in boxes:
                boxes[parent] = []
                found.append(Draft("", *parent, Shape.BOXES, boxes[parent]))
            boxes[parent].append((column.code.partition("[")[2].rstrip("]"), inside[2]))
            continue
        theme, short = rows[column.index]
        if groups[theme] < (2 if inside else _FEWEST_ROWS):
            theme = short = ""
        found.append(_draft(column, texts, given, theme, short))
    return found


def _row_of(wording: str) -> tuple[str, str]:
    """Return the question and the row that a heading of a grid tells, nothing of another."""
    if found := _INSIDE.match(wording):
        return found[1], found[2]
    found = _AFTER_COLON.match(wording)
    return (found[1], upper_first(found[2])) if found else ("", "")


def _is_asked(column: Column) -> bool:
    is_question = column.role in {"question", "personnel"} and bool(column.heading)
    return is_question and column.code not in _SYSTEM


def _are_ticks(texts: Mapping[str, int]) -> bool:
    return look_of(texts) is ColumnContent.YES_NO or set(texts or "?") <= _BITS


def _wording(column: Column) -> str:
    heading = column.heading
    if column.code and heading.startswith(column.code):
        heading = heading[len(column.code) :].lstrip(" .:")
    return heading or column.code


def _draft(
    column: Column, texts: Counter[str], given: Mapping[str, int], theme: str, short: str
) -> Draft:
    wording = _wording(column)

    def made(shape: Shape, times: Mapping[str, int] | None = None, **more: object) -> Draft:
        labels = times or {}
        choices = [("", label) for label in told_of(labels, given)]
        tell = told_of_joined if shape is Shape.BOXES else told_of
        seen = tell(texts, given) if shape is not Shape.TEXT else texts
        untold = len(labels) - len(choices) if times else len(texts) - len(seen)
        if untold and times:
            more.setdefault("doubt", _untold(untold))
        return Draft(
            theme,
            wording,
            column.code,
            shape,
            choices,
            short,
            seen,
            untold=untold,
            **more,  # type: ignore[arg-type]
        )

    if column.role == "personnel":
        return Draft(theme, wording, column.code, Shape.PERSONAL)  # its answers are left there
    if not texts:
        return made(Shape.TEXT, doubt="colonne vide : type inconnu, « texte » par défaut")
    bounds = None if _numbers_things(bare(wording)) else bounds_of(wording, texts)
    if bounds:
        return made(Shape.MARK, bounds=bounds)
    shape = _shape(bare(wording), texts, given)
    labels = {Shape.LEVEL: _most_first, Shape.BOXES: _options}.get(shape)
    return made(shape, labels(texts) if labels else None)


def _untold(count: int) -> str:
    """Say how many answers a draft leaves out because they may name somebody."""
    several = "s" if count > 1 else ""
    return (
        f"{count} réponse{several} non reprise{several}, car peut-être un nom ; "
        "ajoutez à la main ce qui manque"
    )


def _most_first(texts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(texts.items(), key=lambda pair: (-pair[1], pair[0])))


def _options(texts: Mapping[str, int]) -> dict[str, int]:
    """Return how many ticked each box, alone or among others."""
    joint = joint_of(texts) or next((j for j in JOINTS if any(j in text for text in texts)), "\n")
    times: Counter[str] = Counter()
    for text, count in texts.items():
        times.update(dict.fromkeys(parts_of([text], joint), count))
    return dict(sorted(times.items()))


def _shape(wording: str, texts: Counter[str], given: Mapping[str, int]) -> Shape:
    """Return how a question that is no mark is answered, by its wording then by its answers."""
    look = look_of(texts, given)
    is_dated = bool(HEADINGS["date"].search(wording)) and all(map(_is_date, texts))
    if is_dated or look is ColumnContent.DATE:  # a serial number is a date under such a heading
        return Shape.DATE
    is_code = look is ColumnContent.NUMBER and _are_codes_and_words(texts)
    if look is ColumnContent.NUMBER and not is_code:
        return _shape_of_numbers(wording, texts)
    is_choice = is_code or look is ColumnContent.CHOICE
    if _are_levels(list(texts)) or look is ColumnContent.YES_NO:
        return Shape.LEVEL
    if look is ColumnContent.JOINED or (is_choice and SEVERAL.search(wording)):
        return Shape.BOXES
    return Shape.LEVEL if is_choice and _is_closed(wording, texts) else Shape.TEXT


def _are_codes_and_words(texts: Mapping[str, int]) -> bool:
    """Whether few numbers stand beside a word given several times: a level, and not a slip."""
    own = {text: count for text, count in texts.items() if not outside(text)}
    words = {text: count for text, count in own.items() if not _is_number(text)}
    return len(own) - len(words) <= _MOST_CODES and max(words.values(), default=0) > 1


def _is_number(text: str) -> bool:
    try:
        return read_number(text) is not None
    except ValueError:
        return False


def _is_closed(wording: str, texts: Mapping[str, int]) -> bool:
    """Whether a few answers are the choices of a form rather than short remarks."""
    if max(map(len, texts)) > _LONGEST:
        return False
    is_repeated = sum(texts.values()) >= _TIMES * len(texts)
    return is_repeated or is_yes_no(list(texts)) or not REMARK.search(wording)


def _is_date(text: str) -> bool:
    """Whether a text is a date, in one order or the other; a serial number is one."""
    for order in ORDERS:
        try:
            return read_moment(text, order) is not None
        except (ValueError, OverflowError):
            continue
    return False


def _are_levels(labels: Sequence[str]) -> bool:
    """Whether all the answers are levels of a scale, whatever their number."""
    own = [label for label in labels if not outside(label)]
    return 2 <= len(own) <= MOST_LEVELS and graded(own) is not None  # noqa: PLR2004


def _numbers_things(wording: str) -> bool:
    """Whether numbers name something: a form, a counter, a reason for coming, an age."""
    names = ("numero", *CHOICE_ROLES)
    return bool(LABEL_OF_RECORD.search(wording)) or any(HEADINGS[n].search(wording) for n in names)


def _shape_of_numbers(wording: str, texts: Mapping[str, int]) -> Shape:
    if LABEL_OF_RECORD.search(wording) and not HEADINGS["guichet"].search(wording):
        return Shape.RECORD
    codes = {str(code) for code in range(_MOST_CODES + 1)}
    if QUANTITY.search(wording) or not set(texts) <= codes:
        return Shape.NUMBER
    return Shape.LEVEL  # codes of a choice
