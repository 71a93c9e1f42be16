"""Columns of an export to the questions of the questionnaire, in one shape for all sources."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from qpref.errors import ColumnsError, listing, suggestion
from qpref.intake.common import Rejects, Setting, content_digest, mentions_fictional, site_of_sheet
from qpref.intake.export import NOT_ASKED, Column, Export
from qpref.intake.formats import limesurvey, read_source, table
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedFile, Row, is_blank
from qpref.intake.survey import Key, Submission, Submissions
from qpref.intake.values import read_moment
from qpref.reference import Question, Questionnaire

PARIS = ZoneInfo("Europe/Paris")
_SHORTENED = 8  # an abbreviated heading shorter than this names no question
_RANK = re.compile(r"^(.*?)[ _](\d{1,2})$")
_INSIDE = (re.compile(r"^(.*)\[([^\[\]]+)\]$"), re.compile(r"^(.*)\(([^()]+)\)$"))


def read_export(setting: Setting, file: ReceivedFile) -> Export | None:
    """Return the answer export of a file: of a known source, or headed as the questionnaire."""
    found = read_source(file)
    if found is not None:
        return found
    questionnaire = setting.reference.questionnaire(setting.campaign.id)
    known = {name for texts in _texts(questionnaire).values() for name in texts}
    return table.read_keyed(file, known, sum(bool(texts) for texts in _expected(questionnaire)))


def _expected(questionnaire: Questionnaire) -> Iterable[Sequence[str]]:
    """Yield the headings by which a keyed workbook may name each column."""
    for question in questionnaire.questions:
        if question.options:
            yield from (option.entetes for option in question.options)
        elif question.type != "contact":
            yield question.entetes


def _texts(questionnaire: Questionnaire) -> dict[Key, set[str]]:
    """Return the normalised headings of each question and option."""
    found: dict[Key, set[str]] = {}
    for question in questionnaire.questions:
        own = {normalise(text) for text in (question.texte, *question.entetes)}
        found[question.id, ""] = own
        for option in question.options:
            names = {normalise(text) for text in option.entetes}
            names |= {
                f"{text} {normalise(label)}"
                for text in own
                for label in (option.libelle, option.code)
            }
            found[question.id, option.code] = names
    return found


class _Matcher:
    """Finds the column of each question: by the source's code, else by heading."""

    def __init__(self, export: Export, questionnaire: Questionnaire) -> None:
        self._by_code = {c.code: c for c in reversed(export.columns) if c.code}
        self._by_text: dict[str, Column] = {}
        for column in reversed(export.columns):
            for name in _names_of(column):
                self._by_text[name] = column
        self._kind = export.kind
        self._texts = _texts(questionnaire)

    def find(self, key: Key, *codes: str | None) -> Column | None:
        """Return the column of a question or option, if there is one."""
        for code in codes:
            if code and code in self._by_code:
                return self._by_code[code]
        return next(
            (self._by_text[t] for t in sorted(self._texts[key]) if t in self._by_text),
            self._shortened(key),
        )

    def ranked(self, key: Key) -> list[Column]:
        """Return the columns « question_1 », « question_2 »… of answers packed by rank."""
        found = []
        for text, column in self._by_text.items():
            rank = _RANK.match(text)
            if rank and rank.group(1) in self._texts[key]:
                found.append((int(rank.group(2)), column))
        return [column for _, column in sorted(found, key=lambda pair: pair[0])]

    def _shortened(self, key: Key) -> Column | None:
        """Return the only column whose abbreviated heading begins this question's text."""
        found = {
            column.index: column
            for text, column in self._by_text.items()
            if column.heading.endswith(("..", "…")) and len(text) >= _SHORTENED
            for own in self._texts[key]
            if own.startswith(text)
        }
        return next(iter(found.values())) if len(found) == 1 else None


def _names_of(column: Column) -> list[str]:
    """Return the texts by which a column may be known, the whole heading first."""
    heading = column.heading
    if column.code and heading.startswith(column.code):
        heading = heading[len(column.code) :].lstrip(" .:")
    names = [normalise(heading.replace("_", " "))]
    inside = next((found for form in _INSIDE if (found := form.match(heading))), None)
    if inside:  # « question [sub-question] », « question (option) »
        names += [
            normalise(inside.group(2)),
            f"{normalise(inside.group(1))} {normalise(inside.group(2))}",
        ]
    return [name for name in names if name]


@dataclass(frozen=True)
class _Place:
    """Where a question's answers are: one column, one a box, or one a rank."""

    question: Question
    shape: str  # single, boxes, joined, ranked
    columns: dict[str, Column]


def submissions(
    setting: Setting, file: ReceivedFile, export: Export, rejects: Rejects
) -> Submissions:
    """
    Return the questionnaires of an export.

    Raises
    ------
    ColumnsError
        If a satisfaction question has no column.
    UsageError
        If neither the file nor --site says which site.
    """
    questionnaire = setting.reference.questionnaire(setting.campaign.id)
    places = _places(export, questionnaire)
    missing = _missing(places, questionnaire)
    _refuse_missing(file, export, missing, questionnaire)
    used = {column.index for place in places.values() for column in place.columns.values()}
    has_site = "site" in places
    contact = {q.id for q in questionnaire.questions if q.type == "contact"}
    personal = [c for c in export.columns if c.role == "personnel" and c.index not in used]
    personal += [c for name in contact & places.keys() for c in places[name].columns.values()]
    kept = {name: place for name, place in places.items() if name not in contact}
    rows = _usable_rows(export, kept, rejects)
    optional = [q.texte_court for q in missing]
    return Submissions(
        kind=export.kind,
        sheet=export.sheet,
        headings=_headings(kept, export),
        rows=[_submission(export, kept, row) for row in rows],
        default_site=None if has_site else site_of_sheet(setting, file, export.preamble),
        is_fictional=_is_fictional(export),
        warnings=[
            *export.warnings,
            *([f"questions absentes : {listing(optional)}"] if optional else []),
        ],
        ignored_columns=[
            c.heading
            for c in export.columns
            if c.role == "question" and c.index not in used and c.heading
        ],
        personal_columns=[c.heading for c in sorted(personal, key=lambda c: c.index)],
    )


def _places(export: Export, questionnaire: Questionnaire) -> dict[str, _Place]:
    """Return where each question is."""
    matcher = _Matcher(export, questionnaire)
    found: dict[str, _Place] = {}
    for question in questionnaire.questions:
        code = question.codes.get(export.kind) or question.limesurvey
        place = _multiple(matcher, question) if question.options else None
        if place is None:
            column = matcher.find((question.id, ""), code)
            if column is None:
                continue
            shape = "joined" if question.options else "single"
            place = _Place(question, shape, {"": column})
        found[question.id] = place
    return found


def _multiple(matcher: _Matcher, question: Question) -> _Place | None:
    """Return the columns of a question with several answers: one a box, or one a rank."""
    boxes = {
        option.code: column
        for option in question.options
        if (
            column := matcher.find(
                (question.id, option.code), f"{question.limesurvey}[{option.limesurvey}]"
            )
        )
    }
    if len(boxes) == len(question.options):
        return _Place(question, "boxes", boxes)
    ranks = matcher.ranked((question.id, ""))
    if ranks:
        return _Place(question, "ranked", {str(i): column for i, column in enumerate(ranks)})
    return None


def _missing(places: dict[str, _Place], questionnaire: Questionnaire) -> list[Question]:
    return [
        question
        for question in questionnaire.questions
        if question.id not in places and question.type not in {"contact", "technique"}
    ]


def _refuse_missing(
    file: ReceivedFile, export: Export, missing: list[Question], questionnaire: Questionnaire
) -> None:
    """Stop the import when a satisfaction question has no column; others are only named."""
    opinions = {question.id for question in questionnaire.opinions}
    lost = [question for question in missing if question.id in opinions]
    if not lost:
        return
    by_code = export.kind.startswith("limesurvey") and any(c.code for c in export.columns)
    names = [
        (q.limesurvey if by_code and q.limesurvey else (q.entetes or [q.texte])[0]) for q in lost
    ]
    sheet = f", feuille « {export.sheet.name} »" if export.sheet.name else ""
    close = suggestion(names[0], [column.heading for column in export.columns])
    raise ColumnsError(
        f"« {file.name} »{sheet} : colonnes absentes : {listing(names)}.{close}",
        "Rétablissez ces intitulés, ou ajoutez les vôtres (clés « entetes », « limesurvey » ou "
        f"« codes ») au questionnaire {questionnaire.id}.",
    )


def _headings(places: dict[str, _Place], export: Export) -> dict[Key, str]:
    """Return the heading of each question and option, for messages."""
    found: dict[Key, str] = {}
    for name, place in places.items():
        first = next(iter(place.columns.values()))
        found[name, ""] = first.heading
        for option in place.question.options:
            found[name, option.code] = place.columns.get(option.code, first).heading
    start = export.role("debut") or export.role("fin")
    if start is not None:
        found.setdefault(("date_visite", ""), start.heading)
    return found


def _is_fictional(export: Export) -> bool:
    """Whether the preamble, or a technical column, bears the mark of the example."""
    technical = [c.index for c in export.columns if c.role == "technique"]
    marks = (row.cells[i] for row in export.rows for i in technical if i < len(row.cells))
    return mentions_fictional(export.preamble) or mentions_fictional(marks)


# Rows


def _usable_rows(export: Export, places: dict[str, _Place], rejects: Rejects) -> list[Row]:
    """Return the rows that are questionnaires; the others are set aside or quarantined."""
    width = max((column.index for column in export.columns), default=0) + 1
    found = []
    for row in export.rows:
        damage = row.problem or _ragged(row, width, export)
        reason = _not_a_form(row, export, places)
        if damage:
            why = f"{damage} Ligne mise en quarantaine."
            rejects.add(export.sheet, row.line, "ligne_abimee", why, action="ligne_quarantaine")
        elif reason:
            rejects.add(export.sheet, row.line, *reason, action="ligne_ecartee")
        else:
            found.append(row)
    return found


def _ragged(row: Row, width: int, export: Export) -> str:
    """Say when a text row has not the width of its heading (a workbook pads by itself)."""
    if export.sheet.name or len(row.cells) == width:
        return ""
    if len(row.cells) > width and all(is_blank(cell) for cell in row.cells[width:]):
        return ""
    return f"{len(row.cells)} cellules au lieu de {width}."


def _not_a_form(row: Row, export: Export, places: dict[str, _Place]) -> tuple[str, str] | None:
    """Return why a row below the heading is no questionnaire, or None when it is one."""
    number = _number(export, places, row)
    if table.is_footer(table.first_text(row), number):
        return "total", "ligne de total, pas un questionnaire."
    if table.repeats(row, export.columns):
        return "entete_repete", "intitulés répétés, pas un questionnaire."
    answers = (
        row.cells[column.index]
        for name, place in places.items()
        if name != "numero"
        for column in place.columns.values()
    )
    if export.kind == table.KIND and all(is_blank(cell) for cell in answers):
        return "ligne_vide", "ligne numérotée mais vide."
    return None


def _number(export: Export, places: dict[str, _Place], row: Row) -> str:
    own = as_text(export.cell(row, "numero"))
    if own or "numero" not in places:
        return own
    return as_text(row.cells[places["numero"].columns[""].index])


def _submission(export: Export, places: dict[str, _Place], row: Row) -> Submission:
    """Return one questionnaire, every answer in the shape that `survey` reads."""
    cells: dict[Key, Cell] = {}
    for name, place in places.items():
        cells |= _answers(name, place, row)
    if ("date_visite", "") not in cells or is_blank(cells["date_visite", ""]):
        cells["date_visite", ""] = _moment(export, row)
    used = [c.index for place in places.values() for c in place.columns.values()]
    return Submission(
        line=row.line,
        number=_number(export, places, row),
        cells=cells,
        is_complete=export.is_complete(row),
        digest=content_digest(row.cells[index] for index in sorted(set(used))),
    )


def _answers(name: str, place: _Place, row: Row) -> dict[Key, Cell]:
    if place.shape == "single":
        return {(name, ""): row.cells[place.columns[""].index]}
    if place.shape == "boxes":
        return {(name, code): row.cells[c.index] for code, c in place.columns.items()}
    texts = [as_text(row.cells[column.index]) for column in place.columns.values()]
    return _split(name, place.question, [text for text in texts if text])


def _split(name: str, question: Question, texts: list[str]) -> dict[Key, Cell]:
    """Return one answer a box from texts that hold several labels, longest label first."""
    codes = [option.code for option in question.options]
    if not texts:
        return dict.fromkeys(((name, code) for code in codes), "")
    if texts == [NOT_ASKED]:
        return dict.fromkeys(((name, code) for code in codes), NOT_ASKED)
    rest = " ".join(f" {normalise(text)} " for text in texts)
    found = set()
    labels = [(normalise(t), o.code) for o in question.options for t in (o.libelle, *o.synonymes)]
    for label, code in sorted(labels, key=lambda pair: -len(pair[0])):
        if f" {label} " in rest:
            found.add(code)
            rest = rest.replace(f" {label} ", "  ")
    cells: dict[Key, Cell] = {(name, code): "Oui" if code in found else "Non" for code in codes}
    left = " ".join(rest.strip(" ;|/,").split())
    return cells | ({(name, ""): left} if left else {})


def _moment(export: Export, row: Row) -> Cell:
    """Return when a questionnaire was answered: begun, else sent; in local time."""
    moments = [export.cell(row, role) for role in ("debut", "fin")]
    known = [
        cell
        for cell in moments
        if not is_blank(cell) and not limesurvey.is_unstamped(as_text(cell))
    ]
    if not known:
        return ""
    return _local(known[0]) if export.zone else known[0]


def _local(cell: Cell) -> Cell:
    """Return a moment in UTC as local time: an answer after midnight stays on its own day."""
    try:
        moment = read_moment(cell)
    except ValueError:
        return cell
    if not isinstance(moment, datetime):
        return cell
    return moment.replace(tzinfo=UTC).astimezone(PARIS).replace(tzinfo=None)
