"""Mystery-shopper workbooks, one sheet a channel, to contacts and observed criteria."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qpref.errors import ColumnsError, listing
from qpref.intake.common import (
    Counts,
    Outcome,
    Reception,
    Rejects,
    column_names,
    content_digest,
    fingerprint,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.privacy import mask
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, Sheet, is_blank
from qpref.intake.values import read_moment, read_number
from qpref.reference import Channel, Criterion, Modality, MysteryGrid
from qpref.schema import conform

KIND = "mystere"
_SEARCHED_ROWS = 10
_HIGHEST = 10
_CODE_LENGTH = 4
_WRITTEN = ("courriel", "courrier")
_REQUIRED = {
    "appel": ("site", "envoye_le", "abouti", "sonneries"),
    "courriel": ("site", "envoye_le", "repondu_le", "canal_reponse"),
    "courrier": ("site", "envoye_le", "repondu_le", "canal_reponse"),
    "visite": ("site", "envoye_le"),
    "site_internet": ("site", "envoye_le"),
}


def _channel_of(grid: MysteryGrid, sheet: Sheet) -> Channel | None:
    name = normalise(sheet.name)
    matches = (c for c in grid.canaux if name in {normalise(text) for text in c.feuilles})
    return next(matches, None)


def recognises(reception: Reception, file: ReceivedFile) -> bool:
    """Whether a sheet of the workbook bears the name of a channel."""
    grid = reception.reference.grid
    return file.is_workbook and any(_channel_of(grid, sheet) for sheet in file.sheets)


@dataclass(frozen=True)
class _Layout:
    """Where a sheet keeps each column and criterion."""

    sheet: Sheet
    channel: Channel
    last: int
    texts: list[str]
    place: dict[str, int]
    criteria: list[Criterion]


def _layout(grid: MysteryGrid, file: ReceivedFile, sheet: Sheet, channel: Channel) -> _Layout:
    """Return the layout of a sheet, or say which columns it lacks."""
    criteria = [c for c in grid.criteres if channel.id in c.canaux and c.entetes]
    names = {normalise(text): key for key, texts in grid.colonnes.items() for text in texts}
    names |= {normalise(text): c.id for c in criteria for text in c.entetes}
    best: tuple[int, list[str], dict[str, int]] = (0, [], {})
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        texts = column_names(row.cells)
        place = {names[normalise(t)]: i for i, t in enumerate(texts) if normalise(t) in names}
        if len(place) > len(best[2]):
            best = (index, texts, place)
    last, texts, place = best
    missing = [grid.colonnes[key][0] for key in _REQUIRED[channel.id] if key not in place]
    missing += [c.entetes[0] for c in criteria if c.id not in place]
    if missing:
        raise ColumnsError(
            f"« {file.name} », feuille « {sheet.name} » : colonnes absentes : {listing(missing)}.",
            "Rétablissez ces intitulés, ou ajoutez les vôtres dans data/reference/mystere.yml.",
        )
    return _Layout(sheet, channel, last, texts, place, criteria)


@dataclass(frozen=True)
class _Entry:
    """One row of a sheet, its cells by column."""

    layout: _Layout
    row: ReceivedRow

    def cell(self, key: str) -> Cell:
        place = self.layout.place.get(key)
        return self.row.cells[place] if place is not None else ""

    def text(self, key: str) -> str | None:
        return as_text(self.cell(key)) or None

    def column(self, key: str) -> str:
        place = self.layout.place.get(key)
        return self.layout.texts[place] if place is not None else ""


def _shopper(name: str | None) -> str | None:
    """Return a shopper's code; a name written in full becomes a code, always the same."""
    if name is None or len(name) <= _CODE_LENGTH:
        return name
    return f"E-{fingerprint(normalise(name))[:4]}"


class MysteryBuilder:
    """Turns the sheets of one workbook into contacts and criteria."""

    def __init__(self, reception: Reception, file: ReceivedFile, rejects: Rejects) -> None:
        self._reception, self._file, self._rejects = reception, file, rejects
        grid = reception.reference.grid
        self._sites = reception.sites
        self._judgements = Lexicon(grid.reponses)
        self._channels = Lexicon(
            Modality(code=c.id, libelle=c.un, synonymes=c.synonymes) for c in grid.canaux
        )
        self._contacts: list[dict[str, Any]] = []
        self._criteria: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def build(self) -> Outcome:
        """Return the outcome of the workbook."""
        grid = self._reception.reference.grid
        read, fictional, ignored = 0, False, []
        for sheet in self._file.sheets:
            channel = _channel_of(grid, sheet)
            if channel is None or not sheet.rows:
                continue
            layout = _layout(grid, self._file, sheet, channel)
            preamble = [cell for row in sheet.rows[: layout.last] for cell in row.cells]
            refuse_other_model(self._file, preamble, grid.mark)
            used = set(layout.place.values())
            ignored += [t for i, t in enumerate(layout.texts) if t and i not in used]
            fictional |= mentions_fictional(preamble)
            for row in sheet.rows[layout.last + 1 :]:
                read += 1
                self._add(_Entry(layout, row))
        kept = sum(contact["statut"] == "complete" for contact in self._contacts)
        footers = self._rejects.count("ligne_ecartee")
        counts = Counts(
            read=read,
            kept=kept,
            set_aside=len(self._contacts) - kept + footers,
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        tables = {
            "contacts_mysteres": conform("contacts_mysteres", self._contacts),
            "visites_mysteres": conform("visites_mysteres", self._criteria),
            "rejets": self._rejects.table(),
        }
        return Outcome(self._file, KIND, counts, tables, fictional, self._file.warnings, ignored)

    def _refuse(  # noqa: PLR0913 - the facts of one reject
        self, entry: _Entry, key: str, code: str, why: str, *, action: str, site: str = ""
    ) -> None:
        self._rejects.add(
            entry.layout.sheet,
            entry.row.line,
            code,
            why,
            action=action,
            column=entry.column(key),
            place=entry.layout.place.get(key),
            value=entry.cell(key),
            site=site,
        )

    def _add(self, entry: _Entry) -> None:
        if normalise(as_text(entry.row.cells[0])).startswith("total"):
            self._refuse(entry, "", "total", "ligne de total.", action="ligne_ecartee")
            return
        placed = self._site_and_date(entry)
        if placed is None:
            return
        site, sent = placed
        facts = self._facts(entry, site)
        if facts["repondu_le"] is not None and facts["repondu_le"] < sent:
            why = "précède la date d’envoi. Date de réponse mise de côté."
            code = "reponse_avant_envoi"
            self._refuse(entry, "repondu_le", code, why, action="cellule", site=site)
            facts |= {"repondu_le": None, "abouti": None}
        campaign = self._reception.campaign
        number = entry.text("numero") or f"ligne {entry.row.line}"
        identity = (campaign.id, site, entry.layout.channel.id, number)
        contact_id = fingerprint(*identity)
        original = entry.text("double_de")
        if original:
            facts["double_de"] = fingerprint(*identity[:3], original)
        if contact_id in self._known:  # a number used twice: both contacts are kept
            contact_id = fingerprint(*identity, entry.row.line)
        self._known.add(contact_id)
        keys = {
            "contact_id": contact_id,
            "campagne": campaign.id,
            "site": site,
        }
        self._contacts.append(
            {
                **keys,
                "canal": entry.layout.channel.id,
                "envoye_le": sent,
                **facts,
                **self._status(entry, sent),
                "source_id": number,
                "source_fichier": self._file.name,
                "source_feuille": entry.layout.sheet.name,
                "source_ligne": entry.row.line,
                "empreinte": content_digest(entry.row.cells),
            }
        )
        reached = facts["abouti"] is not False
        for criterion in entry.layout.criteria:
            judgement = self._judge(entry, criterion, site, reached=reached)
            self._criteria.append({**keys, "critere": criterion.id, **judgement})

    def _site_and_date(self, entry: _Entry) -> tuple[str, datetime] | None:
        """Return site and date of a contact, or quarantine its row."""
        found = self._sites.match(as_text(entry.cell("site")))
        asked = self._reception.asked_site
        if found is None or (asked and found.modality.code != asked):
            expected = asked or self._sites.expected
            why = f"n’est pas le site attendu ({expected}). Ligne mise en quarantaine."
            self._refuse(entry, "site", "site_inconnu", why, action="ligne_quarantaine")
            return None
        if is_blank(entry.cell("envoye_le")) and not is_blank(entry.cell("prevu_le")):
            why = "contact prévu, non réalisé. Conservé, hors des résultats."
            site = found.modality.code
            self._refuse(entry, "envoye_le", "non_realise", why, action="ligne_ecartee", site=site)
            return None
        sent = self._moment(entry, "envoye_le", found.modality.code, "ligne_quarantaine")
        if sent is None:
            if is_blank(entry.cell("envoye_le")):
                why = "La date du contact manque. Ligne mise en quarantaine."
                self._refuse(entry, "envoye_le", "date_absente", why, action="ligne_quarantaine")
            return None
        return found.modality.code, sent

    def _moment(self, entry: _Entry, key: str, site: str, action: str) -> datetime | None:
        try:
            return read_moment(entry.cell(key))
        except ValueError:
            why = "n’est pas une date (attendu : jj/mm/aaaa)."
            self._refuse(entry, key, "date_illisible", why, action=action, site=site)
            return None

    def _number(self, entry: _Entry, key: str, site: str) -> float | None:
        try:
            return read_number(entry.cell(key))
        except ValueError:
            why = "n’est pas un nombre. Valeur mise de côté."
            self._refuse(entry, key, "nombre_illisible", why, action="cellule", site=site)
            return None

    def _facts(self, entry: _Entry, site: str) -> dict[str, Any]:
        """Return what happened to a contact: reached or not, answered when and how."""
        replied = self._moment(entry, "repondu_le", site, "cellule")
        by = self._channels.match(as_text(entry.cell("canal_reponse")))
        if by is None and not is_blank(entry.cell("canal_reponse")):
            why = f"n’est pas un canal prévu (attendu : {self._channels.expected}). Mis de côté."
            self._refuse(entry, "canal_reponse", "canal_inconnu", why, action="cellule", site=site)
        return {
            "service": entry.text("service"),
            "scenario": entry.text("scenario"),
            "evaluateur": _shopper(entry.text("evaluateur")),
            "abouti": self._reached(entry, replied, site),
            "repondu_le": replied,
            "canal_reponse": by.modality.code if by else None,
            "sonneries": self._number(entry, "sonneries", site),
            "double_de": None,
            "commentaire_masque": self._masked(entry.text("commentaire") or "") or None,
        }

    def _reached(self, entry: _Entry, replied: datetime | None, site: str) -> bool | None:
        """Return whether the contact got through; an unreadable answer is unknown, not « no »."""
        if entry.layout.channel.id in _WRITTEN:
            unread = replied is None and not is_blank(entry.cell("repondu_le"))
            return None if unread else replied is not None
        if entry.layout.channel.id != "appel":
            return True
        cell = entry.cell("abouti")
        found = self._judgements.match(as_text(cell))
        if found is None or found.modality.code not in {"oui", "non"}:
            why = "n’est ni Oui ni Non : on ne sait pas si l’appel a abouti."
            self._refuse(entry, "abouti", "abouti_illisible", why, action="cellule", site=site)
            return None
        return found.modality.code == "oui"

    def _masked(self, text: str) -> str:
        return mask(text, self._reception.names)[0]

    def _status(self, entry: _Entry, sent: datetime) -> dict[str, str]:
        window = self._reception.campaign.mystere
        excluded = self._judgements.match(as_text(entry.cell("exclu")))
        if excluded and excluded.modality.code == "oui":
            reason = entry.text("motif_exclusion") or "motif non précisé"
            status = {"statut": "exclu", "motif_statut": self._masked(reason)}
        elif not window.debut <= sent.date() <= window.fin:
            status = {"statut": "hors_periode", "motif_statut": "hors de la période de l’enquête"}
        elif entry.text("double_de"):
            reason = f"second avis sur le contact n° {entry.text('double_de')}"
            status = {"statut": "double", "motif_statut": reason}
        else:
            return {"statut": "complete", "motif_statut": ""}
        why = f"contact hors des résultats ({status['motif_statut']}). Conservé."
        self._refuse(entry, "", status["statut"], why, action="aucune")
        return status

    def _judge(
        self, entry: _Entry, criterion: Criterion, site: str, *, reached: bool
    ) -> dict[str, Any]:
        """Return state, judgement and mark of one criterion; not asked when nobody answered."""
        cell = entry.cell(criterion.id)
        if is_blank(cell):
            return {"etat": "non_reponse" if reached else "non_posee", "reponse": None}
        if criterion.type == "note10":
            mark = self._number(entry, criterion.id, site)
            if mark is None or not 0 <= mark <= _HIGHEST:
                if mark is not None:
                    why = "n’est pas une note de 0 à 10. Note mise de côté."
                    self._refuse(
                        entry, criterion.id, "hors_echelle", why, action="cellule", site=site
                    )
                return {"etat": "invalide", "reponse": None}
            return {"etat": "repondu", "reponse": None, "note": mark}
        found = self._judgements.match(as_text(cell))
        if found is None:
            why = f"n’est pas prévu (attendu : {self._judgements.expected}). Mis de côté."
            self._refuse(entry, criterion.id, "hors_echelle", why, action="cellule", site=site)
            return {"etat": "invalide", "reponse": None}
        state = found.modality.etat
        return {"etat": state, "reponse": found.modality.code if state == "repondu" else None}
