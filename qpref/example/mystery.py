"""Invented mystery contacts, as one workbook with a sheet a channel."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from qpref.example.chance import AFTERNOON, MORNING, moment_of, pick, working_days
from qpref.layout import FICTIONAL, stated
from qpref.layout.mystery import PLANNED, mystery_layout
from qpref.questions import Judged, Reached
from qpref.reference import Campaign, Channel, Criterion, MysteryGrid

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
    other: str = "Courriel"
    headings: dict[str, int] = field(default_factory=dict)


_OTHER_CHANNEL = _Drawn()
_DRAWN = {
    "appel": _Drawn(10, is_watched=True, headings={"envoye_le": 1, "abouti": 1, "sonneries": 1}),
    "courriel": _Drawn(10, replied=0.82, other="Appel", headings={"envoye_le": 2}),
    "courrier": _Drawn(4, replied=0.7, longest=28, headings={"envoye_le": 2}),
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
        sheet = book.add_worksheet(channel.feuilles[0])
        sheet.write(0, 0, f"Enquête mystère — {channel.libelle} — {campaign.libelle}")
        sheet.write(1, 0, stated(FICTIONAL, "aucun contact réel"))
        _write_channel(sheet, grid, channel, campaign=campaign, sites=sites, rng=rng)
    book.close()
    return out.getvalue()


def _write_channel(  # noqa: PLR0913 - one call site
    sheet: Any,  # noqa: ANN401
    grid: MysteryGrid,
    channel: Channel,
    *,
    campaign: Campaign,
    sites: list[str],
    rng: Random,
) -> None:
    drawn = _DRAWN.get(channel.id, _OTHER_CHANNEL)
    keyed = mystery_layout(grid, channel)
    columns = [column for column in keyed.offered if column.key not in PLANNED]
    judged = {column.key for column in columns}
    criteria = [criterion for criterion in grid.criteres if criterion.id in judged]
    for place, column in enumerate(columns):
        sheet.write(3, place, column.headings[drawn.headings.get(column.key, 0)])
    line = 4
    judged_rows = []
    for site in sites:
        for rank in range(drawn.contacts):
            contact = _contact(channel, campaign, rank, rng)
            facts = [site, *contact.who, *contact.facts]
            marks = [_judgement(c, campaign, rng) if contact.is_judged else "" for c in criteria]
            _write_row(sheet, line, [line - 3, *facts, *marks, "", *contact.end])
            if contact.is_judged and not contact.is_excluded:
                judged_rows.append((line - 3, facts, marks))
            line += 1
    # One contact in two of the visits and calls was watched by a second shopper.
    for number, facts, marks in judged_rows[::2] if drawn.is_watched else ():
        again = [m if rng.random() < 0.88 else _other(m) for m in marks]  # noqa: PLR2004
        facts[3] = "E4"
        _write_row(sheet, line, [line - 3, *facts, *again, number, "", "", ""])
        line += 1
    sheet.write(line + 1, 0, "Total")


def _write_row(sheet: Any, line: int, cells: list[Any]) -> None:  # noqa: ANN401
    for column, value in enumerate(cells):
        sheet.write(line, column, value)


def _other(judgement: Any) -> Any:  # noqa: ANN401
    """Return what a second shopper may say instead."""
    if isinstance(judgement, int):
        return max(0, min(10, judgement + (1 if judgement % 2 else -1)))
    return "Non" if judgement == "Oui" else "Oui"


@dataclass(frozen=True)
class _Contact:
    """One contact, in the order of the sheet's columns."""

    who: list[Any]
    facts: list[Any]
    end: list[Any]
    is_judged: bool

    @property
    def is_excluded(self) -> bool:
        return bool(self.end[0])


def _contact(channel: Channel, campaign: Campaign, rank: int, rng: Random) -> _Contact:
    days = working_days(campaign.mystere.debut, campaign.mystere.fin)[:-20]
    day = days[int(rng.random() * len(days))]
    hours = {"matin": MORNING, "apres_midi": AFTERNOON}
    sent = moment_of(rng, day, hours[pick(rng, dict.fromkeys(hours, 1))])
    who = [
        _SERVICES[int(rng.random() * len(_SERVICES))],
        _SCENARIOS[rank % len(_SCENARIOS)],
        f"E{1 + rank % 3}",
    ]
    is_stated = channel.form.reached is Reached.STATED
    excluded = is_stated and rank == 7 and rng.random() < 0.5  # noqa: PLR2004
    end = ["Oui", "Mauvais numéro composé", ""] if excluded else ["", "", _comment(rng)]
    drawn = _DRAWN.get(channel.id, _OTHER_CHANNEL)
    if excluded:
        return _Contact(who, [sent, "Non", 10], end, is_judged=False)
    facts, judged = FACTS[channel.form.reached](channel, drawn, campaign, rng, sent)
    return _Contact(who, [sent, *facts], end, judged)


# What happened, by form of channel: the cells of its own columns, and whether anything was judged.
_Facts = tuple[list[Any], bool]


def _called(_: Channel, _drawn: _Drawn, campaign: Campaign, rng: Random, _sent: datetime) -> _Facts:
    reached = rng.random() < _REACHED[campaign.debut.year]
    rings = 1 + int(rng.random() * 6) if reached else 10
    return ["Oui" if reached else "Non", rings], reached


def _written(channel: Channel, drawn: _Drawn, _: Campaign, rng: Random, sent: datetime) -> _Facts:
    replied = rng.random() < drawn.replied
    reply = sent + timedelta(days=1 + int(rng.random() * drawn.longest), hours=1)
    by = channel.un.capitalize() if rng.random() < 0.8 else drawn.other  # noqa: PLR2004
    return [reply, by] if replied else ["", ""], replied


def _seen(_: Channel, _drawn: _Drawn, _campaign: Campaign, _rng: Random, _sent: datetime) -> _Facts:
    return [], True


FACTS: Mapping[Reached, Callable[[Channel, _Drawn, Campaign, Random, datetime], _Facts]] = {
    Reached.STATED: _called,
    Reached.REPLIED: _written,
    Reached.ALWAYS: _seen,
}


def _judgement(criterion: Criterion, campaign: Campaign, rng: Random) -> str | int:
    if criterion.kind.judged is Judged.MARK:
        return criterion.kind.highest // 2 + int(rng.random() * (criterion.kind.highest // 2 + 1))
    chance = rng.random()
    limit = _YES[campaign.debut.year].get(criterion.id, 0.5)
    if chance < limit:
        return "Oui"
    return "En partie" if chance < limit + 0.06 else "Non"


def _comment(rng: Random) -> str:
    texts = (
        "",
        "",
        "",
        "Mise en attente sans musique.",
        "L’agent, M. Inventé, a rappelé le 01 99 00 10 20.",
    )
    return texts[int(rng.random() * len(texts))]
