"""Invented mystery contacts, as one workbook with a sheet a channel."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from qpref.example.people import moment_of, pick, working_days
from qpref.layout import FICTIONAL, stated
from qpref.layout.mystery import NO, PLANNED, YES, mystery_layout
from qpref.questions import Judged, Reached
from qpref.reference import Campaign, Channel, Criterion, MysteryGrid

_Row = dict[str, Any]  # the cells of a contact by column
_HEADINGS = 3  # the row of the headings, from 0
_CREATED = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)
_SERVICES = ("Accueil général", "Étrangers", "Réglementation", "Collectivités")
_SCENARIOS = (
    "Demande d’information sur un titre de séjour",
    "Horaires et pièces à fournir",
    "Déclaration d’association",
    "Renseignement pour une personne handicapée",
)
_YES = {2019: {"orientation": 0.74, "courtoisie": 0.86, "agent_identifiable": 0.5},
        2020: {"orientation": 0.8, "courtoisie": 0.88, "agent_identifiable": 0.62}}  # fmt: skip
_REACHED = {2019: 0.78, 2020: 0.68}  # calls that got through
_USUAL = 0.75  # of another year


@dataclass(frozen=True)
class _Drawn:
    """
    How the contacts of a channel are invented.

    `contacts` by site; `is_watched`, whether a second shopper judges one in two; `replied`, the
    share that is answered, within `longest` days, sometimes by `other`; `headings`, the rank of
    the grid's other headings that the workbook bears, as people write their own.
    """

    contacts: int = 2
    is_watched: bool = False
    replied: float = 0.75
    longest: int = 9
    other: str = ""
    headings: dict[str, int] = field(default_factory=dict)


_OTHER_CHANNEL = _Drawn()
_DRAWN = {
    "appel": _Drawn(10, is_watched=True, headings={"envoye_le": 1, "abouti": 1, "sonneries": 1}),
    "courriel": _Drawn(10, replied=0.82, other="Appel", headings={"envoye_le": 2}),
    "courrier": _Drawn(4, replied=0.7, longest=28, other="Courriel", headings={"envoye_le": 2}),
    "visite": _Drawn(4, is_watched=True, headings={"envoye_le": 3}),
    "site_internet": _Drawn(2, headings={"envoye_le": 4}),
}


def mystery_workbook(grid: MysteryGrid, campaign: Campaign, sites: list[str]) -> bytes:
    """Return the workbook of one campaign; the same bytes every time."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    book.set_properties({"created": _CREATED, "title": FICTIONAL, "comments": FICTIONAL})
    rng = Random(f"qpref exemple mystère {campaign.id}")
    for channel in grid.canaux:
        sheet = book.add_worksheet(channel.sheet)
        sheet.write(0, 0, f"Enquête mystère — {channel.libelle} — {campaign.libelle}")
        sheet.write(1, 0, stated(FICTIONAL, "aucun contact réel"))
        _write_channel(sheet, grid, channel, _drawn_rows(grid, channel, campaign, sites, rng))
    book.close()
    return out.getvalue()


def _write_channel(sheet: Any, grid: MysteryGrid, channel: Channel, rows: list[_Row]) -> None:  # noqa: ANN401
    """Write the headings that this channel's workbook bears, the contacts, a line of total."""
    ranks = _DRAWN.get(channel.id, _OTHER_CHANNEL).headings
    columns = [c for c in mystery_layout(grid, channel).offered if c.key not in PLANNED]
    for place, column in enumerate(columns):
        rank = min(ranks.get(column.key, 0), len(column.headings) - 1)
        sheet.write(_HEADINGS, place, column.headings[rank])
    for line, row in enumerate(rows, start=_HEADINGS + 1):
        for place, column in enumerate(columns):
            sheet.write(line, place, row.get(column.key, ""))
    sheet.write(_HEADINGS + len(rows) + 2, 0, "Total")


def _drawn_rows(
    grid: MysteryGrid, channel: Channel, campaign: Campaign, sites: list[str], rng: Random
) -> list[_Row]:
    """Return the contacts of a channel, then those that a second shopper judges again."""
    drawn = _DRAWN.get(channel.id, _OTHER_CHANNEL)
    criteria = [own for own in grid.criteria_of(channel) if own.kind.is_keyed]
    rows: list[_Row] = []
    judged: list[_Row] = []
    for site in sites:
        for rank in range(drawn.contacts):
            contact = _contact(channel, grid, campaign, rank, rng)
            row = {"numero": len(rows) + 1, "site": site, **contact.facts}
            if contact.is_judged:
                row |= {own.id: _judgement(own, grid, campaign, rng) for own in criteria}
                judged.append(row)
            rows.append(row)
    # One contact in two of the visits and calls was watched by a second shopper.
    for row in judged[::2] if drawn.is_watched else ():
        again = {
            own.id: row[own.id] if rng.random() < 0.88 else _other(row[own.id], own, grid)  # noqa: PLR2004
            for own in criteria
        }
        told = {"numero": len(rows) + 1, "evaluateur": "E4", "double_de": row["numero"]}
        rows.append(row | again | told | {"commentaire": ""})
    return rows


def _other(judgement: Any, criterion: Criterion, grid: MysteryGrid) -> Any:  # noqa: ANN401
    """Return what a second shopper may say instead."""
    if isinstance(judgement, int):
        return max(0, min(criterion.highest, judgement + (1 if judgement % 2 else -1)))
    best, *_, worst = grid.judgements
    return worst.libelle if judgement == best.libelle else best.libelle


@dataclass(frozen=True)
class _Contact:
    """One contact: what the columns of its sheet hold, and whether it was judged."""

    facts: _Row
    is_judged: bool


def _contact(
    channel: Channel, grid: MysteryGrid, campaign: Campaign, rank: int, rng: Random
) -> _Contact:
    days = working_days(campaign.contact_days.debut, campaign.contact_days.fin)[:-20]
    day = days[int(rng.random() * len(days))]
    sent = moment_of(rng, day, pick(rng, {"matin": 1, "apres_midi": 1}))
    facts = {
        "service": _SERVICES[int(rng.random() * len(_SERVICES))],
        "scenario": _SCENARIOS[rank % len(_SCENARIOS)],
        "evaluateur": f"E{1 + rank % 3}",
        "envoye_le": sent,
    }
    is_stated = channel.form.reached is Reached.STATED
    if is_stated and rank == 7 and rng.random() < 0.5:  # noqa: PLR2004
        missed = {"exclu": YES, "motif_exclusion": "Mauvais numéro composé"}
        return _Contact(facts | {"abouti": NO, "sonneries": 10, **missed}, is_judged=False)
    facts["commentaire"] = _comment(rng)
    drawn = _DRAWN.get(channel.id, _OTHER_CHANNEL)
    names = [own.un.capitalize() for own in grid.canaux if own.id != channel.id]
    other = drawn.other or (names or [channel.un.capitalize()])[0]
    made = _Making(channel, drawn, campaign, sent, other)
    own, judged = FACTS[channel.form.reached](made, rng)
    return _Contact(facts | own, judged)


@dataclass(frozen=True)
class _Making:
    """A contact being made: on which channel, when, and by which other it may be answered."""

    channel: Channel
    drawn: _Drawn
    campaign: Campaign
    sent: datetime
    other: str


# What happened, by form of channel: its own columns, and whether anything was judged.
_Facts = tuple[_Row, bool]


def _called(made: _Making, rng: Random) -> _Facts:
    reached = rng.random() < _REACHED.get(made.campaign.debut.year, _USUAL)
    rings = 1 + int(rng.random() * 6) if reached else 10
    return {"abouti": YES if reached else NO, "sonneries": rings}, reached


def _written(made: _Making, rng: Random) -> _Facts:
    replied = rng.random() < made.drawn.replied
    reply = made.sent + timedelta(days=1 + int(rng.random() * made.drawn.longest), hours=1)
    by = made.channel.un.capitalize() if rng.random() < 0.8 else made.other  # noqa: PLR2004
    return {"repondu_le": reply, "canal_reponse": by} if replied else {}, replied


def _seen(_made: _Making, _rng: Random) -> _Facts:
    return {}, True


FACTS: Mapping[Reached, Callable[[_Making, Random], _Facts]] = {
    Reached.STATED: _called,
    Reached.REPLIED: _written,
    Reached.ALWAYS: _seen,
}


def _judgement(
    criterion: Criterion, grid: MysteryGrid, campaign: Campaign, rng: Random
) -> str | int:
    """Return a mark in the upper half, or a judgement, mostly the best."""
    if criterion.kind.judged is Judged.MARK:
        return criterion.highest // 2 + int(rng.random() * (criterion.highest // 2 + 1))
    chance = rng.random()
    best, *others = sorted(grid.judgements, key=lambda own: not own.favorable)
    limit = _YES.get(campaign.debut.year, {}).get(criterion.id, 0.5)
    if chance < limit:
        return best.libelle
    return others[0].libelle if chance < limit + 0.06 else others[-1].libelle


def _comment(rng: Random) -> str:
    texts = (
        "",
        "",
        "",
        "Mise en attente sans musique.",
        "L’agent, M. Inventé, a rappelé le 01 99 00 10 20.",
    )
    return texts[int(rng.random() * len(texts))]
