"""Read filled-in minutes: attendance, discussion, agreements, date of the next meeting.

A .docx or a workbook, by the headings of the document that `minutes` writes. A line that is not
understood is set aside in its own words: nothing is guessed, nothing is lost.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from qpref.clu.filled import FilledDocument, filled, opened, rows_under
from qpref.clu.minutes import (
    AGREED,
    DECISIONS,
    DUE,
    EXCHANGES,
    HOW_MANY,
    MEASURE,
    NEXT,
    OWNER,
    VISIT,
    VISITED,
    VISITED_ON,
    WHO,
)
from qpref.errors import StorageError, UnreadableFileError
from qpref.intake.dates import read_moment
from qpref.intake.privacy import mask
from qpref.project import Project
from qpref.reference import Reference
from qpref.reference.meeting import HELD, MINUTES, PLANNED, REPORTED, Meeting, Minutes
from qpref.reference.rewriting import to_yaml
from qpref.reference.schemas import modeline
from qpref.store.lock import held
from qpref.wording.text import slug
from qpref.written import Kind, theirs, write_noted

_KIND = Kind("compte rendu lu")
_LONGEST_ID = 40


def read_minutes(
    path: Path, reference: Reference, meeting: Meeting, taken: Sequence[str], names: tuple[str, ...]
) -> Minutes:
    """
    Return what filled-in minutes say.

    Parameters
    ----------
    path
        A .docx or a workbook.
    reference, meeting
        Whose sites and campaigns; of which meeting.
    taken
        Identifiers of agreements that other meetings took.
    names
        Of `intake.privacy.mask`: no name of anybody is kept.

    Raises
    ------
    UnreadableFileError
        If it is neither, is damaged, or holds nothing that the document asked for.
    """
    document = opened(path)
    aside: list[str] = []
    agreed = [*_agreements(document, reference, meeting, taken, aside)]
    present = [*_present(document, aside)]
    content = {
        "participants": present,
        "points": [*_points(document)],
        "accords": agreed,
        "visites": [*_visits(document, meeting, aside)],
        "prochaine": _next(document, aside),
        "a_voir": aside,
    }
    found = Minutes.model_validate(_masked(content, names))
    if not (
        found.accords
        or found.points
        or found.participants
        or found.visites
        or found.prochaine
        or aside
    ):
        raise UnreadableFileError(
            f"« {path} » ne contient rien de ce que demande le compte rendu.",
            "Remplissez celui que « qpref clu compte-rendu » écrit, sans changer ses titres.",
        )
    return found


def _agreements(
    document: FilledDocument,
    reference: Reference,
    meeting: Meeting,
    taken: Sequence[str],
    aside: list[str],
) -> Iterator[dict[str, Any]]:
    known = {*taken, *(one.id for one in meeting.accords)}
    for cells in rows_under(document, (AGREED, OWNER, DUE, MEASURE)):
        agreed, owner, due, measure = cells
        day = _day(due)
        why = (
            "accord sans texte" if not agreed
            else "accord sans responsable" if not owner
            else f"échéance non comprise : {due}" if due and day is None
            else ""
        )  # fmt: skip
        if why:
            aside.append(f"{why} ({' | '.join(cells)})")
            continue
        name = _free(slug(agreed)[:_LONGEST_ID].strip("-") or "accord", known)
        known.add(name)
        yield {
            "id": name,
            "accord": agreed,
            "responsable": owner,
            "echeance": day,
            "certitude": "vu",
            "source": f"Compte rendu de la réunion du {meeting.date}",
            "preuve": _proof(measure, reference),
        }


def _free(name: str, known: set[str]) -> str:
    ranks = (f"{name}-{rank}" for rank in range(2, len(known) + 3))
    return next(one for one in (name, *ranks) if one not in known)


def _proof(measure: str, reference: Reference) -> dict[str, Any]:
    """Return the measure that closes an agreement: what data or files tell, or somebody's word."""
    words = slug(measure)
    count = re.search(r"\d+", re.sub(r"\d{4}-\d{2}\S*", "", measure))
    sites = [s.id for s in reference.sites.sites if slug(s.nom_court) in words or s.id in words]
    campaigns = [c.id for c in reference.campaigns.campagnes if c.id in measure]
    if "reponse" in words and count and len(sites) == 1 and len(campaigns) == 1:
        found: dict[str, Any] = {"type": "reponses", "site": sites[0], "campagne": campaigns[0]}
        return {**found, "minimum": int(count[0])}
    if re.search(r"\bvisites?\b", words):
        return {"type": "visites", "minimum": int(count[0]) if count else 1}
    if "adresse" in words:
        return {"type": "adresses"}
    if "envo" in words and re.search("document|support|dossier", words):
        return {"type": "envoi"}
    if "reunion" in words and re.search(r"\ban\b|annuel|chaque-annee", words):
        return {"type": "reunion_annuelle"}
    return {"type": "declare"} | ({"source": measure} if measure else {})


def _day(text: str) -> date | None:
    try:
        found = read_moment(text) if text else None
    except ValueError:
        return None
    return found.date() if found else None


def _present(document: FilledDocument, aside: list[str]) -> Iterator[dict[str, Any]]:
    for who, number in rows_under(document, (WHO, HOW_MANY)):
        if who and (not number or number.isdecimal()):
            if number != "0":
                yield {"role": who, "nombre": int(number or 1)}
        else:
            aside.append(f"participant non compris ({who} | {number})")


def _visits(
    document: FilledDocument, meeting: Meeting, aside: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the visits; one of which nothing is said was made if its day had come."""
    states = {"prevue": PLANNED, "faite": HELD, "racontee": REPORTED, "rapportee": REPORTED}
    for service, day, told in rows_under(document, (VISITED, VISITED_ON, VISIT)):
        on = _day(day)
        words = slug(told).split("-")
        said = [state for word, state in states.items() if word in words]
        if not (service and on) or (told and not said):
            aside.append(f"visite non comprise ({service} | {day} | {told})")
            continue
        state = said[-1] if said else HELD if on <= meeting.date else PLANNED
        yield {"date": on, "service": service, "etat": state}


def _points(document: FilledDocument) -> Iterator[dict[str, str]]:
    """Yield what was said and decided under each heading; what follows a label goes with it."""
    title, label, told = "", "", dict[str, list[str]]()
    labels = {slug(EXCHANGES): "echanges", slug(DECISIONS): "decisions"}
    for style, text in [*document.paragraphs, ("Heading 1", "")]:
        if style.casefold().startswith(("heading", "titre", "title")):
            if any(filter(None, told.values())):
                parts = {key: "\n".join(filter(None, lines)) for key, lines in told.items()}
                yield {"titre": title, **{key: one for key, one in parts.items() if one}}
            title, label, told = text, "", {}
            continue
        head, _, rest = text.partition(":")
        if slug(head) in labels:
            label = labels[slug(head)]
            told[label] = [filled(rest)]
        elif label:
            told[label].append(filled(text))


def _next(document: FilledDocument, aside: list[str]) -> date | None:
    """Return the day of the next meeting, from the line that asks for it."""
    for _, text in document.paragraphs:
        head, _, rest = text.partition(":")
        told = filled(rest)
        if slug(head) != slug(NEXT) or not told:
            continue
        dates = r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}(?:er)?\s+[a-zéûà]+\s+\d{4}"
        found = re.search(dates, told.casefold())
        day = _day(found[0]) if found else None
        if day is None:
            aside.append(f"prochaine réunion non comprise ({told})")
        return day
    return None


def _masked(value: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - YAML
    """Return what was written without what names somebody."""
    if isinstance(value, dict):
        return {
            key: one if key in {"id", "source", "preuve"} else _masked(one, names)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_masked(one, names) for one in value]
    return mask(value, names)[0] if isinstance(value, str) else value


def keep_minutes(project: Project, meeting: Meeting, found: Minutes) -> Path:
    """
    Write what minutes say beside the meeting's file; return where.

    Raises
    ------
    StorageError
        If a person changed what was read before, or it cannot be written.
    """
    path = project.committee / f"{meeting.name}{MINUTES}"
    body = to_yaml(found.model_dump(exclude_defaults=True))
    text = f"{modeline('compte-rendu')}\n{body}".encode()
    with held(project.committee):
        if theirs(project, [path]):
            raise StorageError(
                f"« {path} » a été changé par quelqu’un : il reste tel quel.",
                "Corrigez-le à la main, ou donnez-lui un autre nom pour relire le compte rendu.",
            )
        write_noted(project, path, text, _KIND)
    return path
