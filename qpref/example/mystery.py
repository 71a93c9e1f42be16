"""Invented mystery contacts, as one workbook with a sheet a channel."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from qpref.example.chance import AFTERNOON, MORNING, moment_of, pick, working_days
from qpref.layout import FICTIONAL, stated
from qpref.layout.mystery import NO, PLANNED, YES, mystery_layout
from qpref.questions import Judged, Reached
from qpref.reference import Campaign, Channel, Criterion, MysteryGrid
from qpref.reference.example import InventedContacts, Shopping
from qpref.zipped import alike

_Row = dict[str, Any]  # the cells of a contact by column
_HEADINGS = 3  # the row of the headings, from 0
_CREATED = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)
_HOURS = {"matin": MORNING, "apres_midi": AFTERNOON}
_LAST_DAYS = 20  # of the survey, when no contact is made: a reply could come too late
_SERVICE, _SCENARIO = "Accueil", "Demande d’information"
_REACHED, _MET = 0.75, 0.5  # shares of the calls that get through, of the criteria met


@dataclass(frozen=True)
class _Survey:
    """The mystery survey of one campaign, and what the project says of its example."""

    grid: MysteryGrid
    campaign: Campaign
    contacts: InventedContacts

    def shopping(self, channel: Channel) -> Shopping:
        """Return how the contacts of a channel are invented: as said, else as its plan says."""
        said = self.contacts.canaux.get(channel.id)
        plan = self.grid.protocole
        if said or not plan:
            return said or Shopping()
        return Shopping(
            par_site=plan.volumes.get(channel.id, Shopping().par_site),
            seconds_avis=plan.seconds_avis.get(channel.id, 0) > 0,
        )

    @property
    def scenarios(self) -> list[str]:
        """What shoppers ask for."""
        plan = self.grid.protocole
        return [own.libelle for own in plan.scenarios] if plan and plan.scenarios else [_SCENARIO]

    def met(self, criterion: Criterion) -> float:
        """Return the share of the contacts that meet a criterion."""
        return self.contacts.conformes.get(self.campaign.id, {}).get(criterion.id, _MET)


def mystery_workbook(
    grid: MysteryGrid,
    campaign: Campaign,
    sites: list[str],
    contacts: InventedContacts | None = None,
) -> bytes:
    """Return the workbook of one campaign; the same bytes every time."""
    survey = _Survey(grid, campaign, contacts or InventedContacts())
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    book.set_properties({"created": _CREATED, "title": FICTIONAL, "comments": FICTIONAL})
    rng = Random(f"qpref exemple mystère {campaign.id}")
    for channel in grid.canaux:
        sheet = book.add_worksheet(channel.sheet)
        sheet.write(0, 0, f"Enquête mystère — {channel.libelle} — {campaign.libelle}")
        sheet.write(1, 0, stated(FICTIONAL, "aucun contact réel"))
        _write_channel(sheet, survey, channel, _drawn_rows(survey, channel, sites, rng))
    book.close()
    return alike(out.getvalue())


def _write_channel(sheet: Any, survey: _Survey, channel: Channel, rows: list[_Row]) -> None:  # noqa: ANN401
    """Write the headings that this channel's workbook bears, the contacts, a line of total."""
    ranks = survey.shopping(channel).intitules
    columns = [c for c in mystery_layout(survey.grid, channel).offered if c.key not in PLANNED]
    for place, column in enumerate(columns):
        rank = min(ranks.get(column.key, 0), len(column.headings) - 1)
        sheet.write(_HEADINGS, place, column.headings[rank])
    for line, row in enumerate(rows, start=_HEADINGS + 1):
        for place, column in enumerate(columns):
            sheet.write(line, place, row.get(column.key, ""))
    sheet.write(_HEADINGS + len(rows) + 2, 0, "Total")


def _drawn_rows(survey: _Survey, channel: Channel, sites: list[str], rng: Random) -> list[_Row]:
    """Return the contacts of a channel, then those that a second shopper judges again."""
    shopping, grid = survey.shopping(channel), survey.grid
    criteria = [own for own in grid.criteria_of(channel) if own.kind.is_keyed]
    rows: list[_Row] = []
    judged: list[_Row] = []
    for site in sites:
        for rank in range(shopping.par_site):
            contact = _contact(survey, channel, rank, rng)
            row = {"numero": len(rows) + 1, "site": site, **contact.facts}
            if contact.is_judged:
                row |= {own.id: _judgement(own, survey, rng) for own in criteria}
                judged.append(row)
            rows.append(row)
    # Where a second shopper watches, one contact in two.
    for row in judged[::2] if shopping.seconds_avis else ():
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


def _contact(survey: _Survey, channel: Channel, rank: int, rng: Random) -> _Contact:
    window, scenarios = survey.campaign.contact_days, survey.scenarios
    every = working_days(window.debut, window.fin)
    days = every[:-_LAST_DAYS] or every
    day = days[int(rng.random() * len(days))]
    sent = moment_of(rng, day, _HOURS[pick(rng, dict.fromkeys(_HOURS, 1))])
    services = survey.contacts.services or [_SERVICE]
    facts = {
        "service": services[int(rng.random() * len(services))],
        "scenario": scenarios[rank % len(scenarios)],
        "evaluateur": f"E{1 + rank % 3}",
        "envoye_le": sent,
    }
    is_stated = channel.form.reached is Reached.STATED
    if is_stated and rank == 7 and rng.random() < 0.5:  # noqa: PLR2004
        missed = {"exclu": YES, "motif_exclusion": "Mauvais numéro composé"}
        return _Contact(facts | {"abouti": NO, "sonneries": 10, **missed}, is_judged=False)
    facts["commentaire"] = _comment(rng)
    own, judged = FACTS[channel.form.reached](_Making(survey, channel, sent), rng)
    return _Contact(facts | own, judged)


@dataclass(frozen=True)
class _Making:
    """A contact being made: on which channel, and when."""

    survey: _Survey
    channel: Channel
    sent: datetime

    @property
    def other(self) -> str:
        """The channel by which it may be answered instead."""
        said = self.survey.shopping(self.channel).autre
        others = [own for own in self.survey.grid.canaux if own.id != self.channel.id]
        chosen = next((own for own in others if own.id == said), (others or [self.channel])[0])
        return chosen.un.capitalize()


# What happened, by form of channel: its own columns, and whether anything was judged.
_Facts = tuple[_Row, bool]


def _called(made: _Making, rng: Random) -> _Facts:
    survey = made.survey
    reached = rng.random() < survey.contacts.aboutis.get(survey.campaign.id, _REACHED)
    rings = 1 + int(rng.random() * 6) if reached else 10
    return {"abouti": YES if reached else NO, "sonneries": rings}, reached


def _written(made: _Making, rng: Random) -> _Facts:
    shopping = made.survey.shopping(made.channel)
    replied = rng.random() < shopping.repondus
    reply = made.sent + timedelta(days=1 + int(rng.random() * shopping.plus_long), hours=1)
    by = made.channel.un.capitalize() if rng.random() < 0.8 else made.other  # noqa: PLR2004
    return {"repondu_le": reply, "canal_reponse": by} if replied else {}, replied


def _seen(_made: _Making, _rng: Random) -> _Facts:
    return {}, True


FACTS: Mapping[Reached, Callable[[_Making, Random], _Facts]] = {
    Reached.STATED: _called,
    Reached.REPLIED: _written,
    Reached.ALWAYS: _seen,
}


def _judgement(criterion: Criterion, survey: _Survey, rng: Random) -> str | int:
    """Return a mark in the upper half, or a judgement, mostly the best."""
    if criterion.kind.judged is Judged.MARK:
        return criterion.highest // 2 + int(rng.random() * (criterion.highest // 2 + 1))
    chance = rng.random()
    best, *others = sorted(survey.grid.judgements, key=lambda own: not own.favorable)
    limit = survey.met(criterion)
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
