"""Invented mystery contacts, as one workbook with a sheet a channel."""

import io
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from qpref.example.files import MARK
from qpref.example.people import moment_of, pick, working_days
from qpref.reference import Campaign, Channel, MysteryGrid

_CREATED = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)
_CONTACTS = {"appel": 10, "courriel": 10, "courrier": 4, "visite": 4, "site_internet": 2}
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
_WATCHED = ("visite", "appel")
_REPLIED = {"courriel": 0.82, "courrier": 0.7}
_HEADINGS = {
    "appel": ("Date de l’appel", "Appel abouti", "Nombre de sonneries"),
    "courriel": ("Envoyé le", "Répondu le", "Canal de la réponse"),
    "courrier": ("Envoyé le", "Répondu le", "Canal de la réponse"),
    "visite": ("Date de la visite",),
    "site_internet": ("Date de la consultation",),
}


def mystery_workbook(grid: MysteryGrid, campaign: Campaign, sites: list[str]) -> bytes:
    """Return the workbook of one campaign; the same bytes every time."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    book.set_properties({"created": _CREATED, "title": MARK, "comments": MARK})
    rng = Random(f"qpref exemple mystère {campaign.id}")
    for channel in grid.canaux:
        sheet = book.add_worksheet(channel.feuilles[0])
        sheet.write(0, 0, f"Enquête mystère — {channel.libelle} — {campaign.libelle}")
        sheet.write(1, 0, f"{MARK} : aucun contact réel")
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
    criteria = [c for c in grid.criteres if channel.id in c.canaux and c.entetes]
    heading = ["N°", "Site", "Service", "Scénario", "Évaluateur", *_HEADINGS[channel.id]]
    heading += [c.entetes[0] for c in criteria]
    heading += ["Second avis sur le n°", "Exclu", "Motif d’exclusion", "Commentaire"]
    for column, text in enumerate(heading):
        sheet.write(3, column, text)
    line = 4
    judged_rows = []
    for site in sites:
        for rank in range(_CONTACTS[channel.id]):
            cells = _contact(channel, campaign, rank, rng)
            judged = cells.pop("judged")
            facts = [site, *cells["who"], *cells["facts"]]
            marks = [_judgement(c.id, c.type, campaign, rng) if judged else "" for c in criteria]
            _write_row(sheet, line, [line - 3, *facts, *marks, "", *cells["end"]])
            if judged and cells["end"][0] != "Oui":
                judged_rows.append((line - 3, facts, marks))
            line += 1
    # One contact in two of the visits and calls was watched by a second shopper.
    for number, facts, marks in judged_rows[::2] if channel.id in _WATCHED else ():
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


def _contact(channel: Channel, campaign: Campaign, rank: int, rng: Random) -> dict[str, Any]:
    """Return the facts of one contact in the order of the sheet's columns."""
    days = working_days(campaign.mystere.debut, campaign.mystere.fin)[:-20]
    day = days[int(rng.random() * len(days))]
    sent = moment_of(rng, day, pick(rng, {"matin": 1, "apres_midi": 1}))
    who = [
        _SERVICES[int(rng.random() * len(_SERVICES))],
        _SCENARIOS[rank % len(_SCENARIOS)],
        f"E{1 + rank % 3}",
    ]
    excluded = channel.id == "appel" and rank == 7 and rng.random() < 0.5  # noqa: PLR2004
    end = ["Oui", "Mauvais numéro composé", ""] if excluded else ["", "", _comment(rng)]
    if channel.id == "appel":
        reached = not excluded and rng.random() < _REACHED[campaign.debut.year]
        rings = 1 + int(rng.random() * 6) if reached else 10
        facts: list[Any] = [sent, "Oui" if reached else "Non", rings]
        return {"who": who, "facts": facts, "end": end, "judged": reached}
    if channel.id in _REPLIED:
        replied = rng.random() < _REPLIED[channel.id]
        longest = 9 if channel.id == "courriel" else 28
        reply = sent + timedelta(days=1 + int(rng.random() * longest), hours=1)
        other = "Appel" if channel.id == "courriel" else "Courriel"
        by = channel.un.capitalize() if rng.random() < 0.8 else other  # noqa: PLR2004
        facts = [sent, reply, by] if replied else [sent, "", ""]
        return {"who": who, "facts": facts, "end": end, "judged": replied}
    return {"who": who, "facts": [sent], "end": end, "judged": True}


def _judgement(criterion: str, kind: str, campaign: Campaign, rng: Random) -> Any:  # noqa: ANN401
    if kind == "note10":
        return 5 + int(rng.random() * 6)
    chance = rng.random()
    limit = _YES[campaign.debut.year].get(criterion, 0.5)
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
