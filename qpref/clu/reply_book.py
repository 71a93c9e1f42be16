"""Read replies keyed in a workbook, one per row; rows not understood are set aside."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from qpref.clu.answers import COMING, EXCUSED, REPRESENTED, Aside, MemberAnswer, moment, stance
from qpref.clu.reply import LONGEST, Read, Reading, answer_of, questions_of
from qpref.intake.dates import read_moment
from qpref.intake.workbooks import read_workbook
from qpref.reference.meeting import MemberQuestion
from qpref.wording.text import slug

BOOKS = {".xlsx", ".xls", ".ods", ".xlsm"}
# Headings of a workbook of replies, as `slug` writes them.
_HEADINGS = {
    "membre": ("membre", "organisation", "courriel", "adresse", "de"),
    "reponse": ("reponse", "presence", "participation"),
    "par": ("represente-par", "par", "suppleant", "remplace-par"),
    "question": ("question", "questions", "ma-question"),
    "date": ("date", "recue-le", "jour"),
}


def read_book(reading: Reading, path: Path) -> Read:
    """Return what a workbook says, line by line; lines that are not understood are set aside."""
    answers, questions, aside = list[MemberAnswer](), list[MemberQuestion](), list[Aside]()
    for sheet in read_workbook(path.name, path.read_bytes()).sheets:
        rows = [row for row in sheet.rows if any(str(cell).strip() for cell in row.cells)]
        if not rows:
            continue
        places = _places([str(cell) for cell in rows[0].cells])
        if "membre" not in places:
            aside.append(Aside(f"{path.name}, {sheet.name}", "aucune colonne « Membre »", ""))
            continue
        for row in rows[1:]:
            cells = {key: row.at(place) for key, place in places.items()}
            source = f"{path.name}, {sheet.name}, ligne {row.line}"
            member = reading.member(cells["membre"])
            said = _row_answer(cells)
            text = str(cells.get("question") or "").strip()
            if member is None or not (said[0] or text) or (cells.get("reponse") and not said[0]):
                why = "réponse non comprise" if member else "membre inconnu"
                whole = " | ".join(str(cell) for cell in row.cells)
                aside.append(Aside(source, why, whole[:LONGEST]))
                continue
            if said[0]:
                day = _day(cells.get("date"))
                sent = moment(day, reading.now) if day else ""
                answers.append(answer_of(reading, member, said, sent, source))
            questions += questions_of(reading, member, [(text, "")] if text else [])
    return Read(answers, questions, aside)


def _row_answer(cells: dict[str, object]) -> tuple[str, str]:
    told, par = str(cells.get("reponse") or "").strip(), str(cells.get("par") or "").strip()
    if par:
        return REPRESENTED, par
    short = {"oui": COMING, "non": EXCUSED}.get(told.casefold())
    return (short, "") if short else stance(told)


def _day(cell: object) -> datetime | None:
    """Return the moment of a row, None when it says none that can be read."""
    try:
        return read_moment(cell or "")
    except ValueError:
        return None


def _places(headings: Sequence[str]) -> dict[str, int]:
    """Return the place of each column that is understood, by what it holds."""
    names = [slug(heading) for heading in headings]
    return {
        key: names.index(word)
        for key, words in _HEADINGS.items()
        if (word := next((one for one in words if one in names), ""))
    }
