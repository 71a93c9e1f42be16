"""Mystery-shopper workbooks to contacts and observed criteria: every row and cell accounted for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from qpref.intake.common import (
    Counts,
    Outcome,
    Reception,
    Rejects,
    content_digest,
    fingerprint,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.contact_moments import ContactMoments
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.mystery_judged import Judgements
from qpref.intake.mystery_sheet import (
    Entry,
    SheetColumns,
    channel_names,
    find_columns,
    layout_of,
)
from qpref.intake.privacy import mask
from qpref.intake.rows import ReceivedFile, ReceivedRow, is_blank
from qpref.intake.values import read_number
from qpref.layout.mystery import NO, YES
from qpref.questions import Reached
from qpref.reference import Modality
from qpref.schema import conform

KIND = "mystere"
_CODE_LENGTH = 4
_FACTS = Lexicon(
    (
        Modality(code=YES.lower(), libelle=YES, synonymes=("o", "x", "1", "true", "vrai")),
        Modality(code=NO.lower(), libelle=NO, synonymes=("n", "0", "false", "faux")),
    )
)


def recognises(reception: Reception, file: ReceivedFile) -> bool:
    """Whether a sheet of the workbook bears a name of the grid."""
    grid = reception.reference.grid
    return file.is_workbook and any(layout_of(grid, sheet) for sheet in file.sheets)


def sheets_of(reception: Reception, file: ReceivedFile) -> list[str]:
    """Return the names of the sheets that bear a name of the grid."""
    grid = reception.reference.grid
    return [sheet.name for sheet in file.sheets if layout_of(grid, sheet) and sheet.rows]


def _shopper(name: str | None) -> str | None:
    """Return a shopper's code; a name written in full becomes a code, always the same."""
    if name is None or len(name) <= _CODE_LENGTH:
        return name
    return f"E-{fingerprint(normalise(name))[:4]}"


_Reach = Callable[["MysteryBuilder", Entry, datetime | None, str], bool | None]


class MysteryBuilder:
    """Turns the sheets of one workbook into contacts and criteria."""

    def __init__(self, reception: Reception, file: ReceivedFile, rejects: Rejects) -> None:
        self._reception, self._file, self._rejects = reception, file, rejects
        grid = reception.reference.grid
        self._sites = reception.sites
        self._judgements = Judgements(grid, self._refuse)
        self._channels = channel_names(grid)
        self._contacts: list[dict[str, Any]] = []
        self._criteria: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def build(self) -> Outcome:
        """Return the outcome of the workbook."""
        grid = self._reception.reference.grid
        read, fictional, ignored, said = 0, False, [], list(self._file.warnings)
        for sheet in self._file.sheets:
            layout = layout_of(grid, sheet)
            if layout is None or not sheet.rows:
                continue
            is_sited = self._reception.asked_site is not None
            found = find_columns(grid, self._file, sheet, layout, is_sited=is_sited)
            preamble = [cell for row in sheet.rows[: found.last] for cell in row.cells]
            refuse_other_model(self._file, preamble, grid.mark)
            used = set(found.place.values())
            ignored += [t for i, t in enumerate(found.texts) if t and i not in used]
            fictional |= mentions_fictional(preamble)
            rows = sheet.rows[found.last + 1 :]
            self._moments = ContactMoments(self._reception, self._file.name, found, rows)
            for row in rows:
                read += 1
                self._place(found, row)
            said += self._moments.said
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
        return Outcome(self._file, KIND, counts, tables, fictional, said, ignored)

    def _refuse(  # noqa: PLR0913 - the facts of one reject
        self, entry: Entry, key: str, code: str, why: str, *, action: str, site: str = ""
    ) -> None:
        self._rejects.add(
            entry.where.sheet,
            entry.row.line,
            code,
            why,
            action=action,
            column=entry.column(key),
            place=entry.where.place.get(key),
            value=entry.cell(key),
            site=site,
        )

    def _place(self, found: SheetColumns, row: ReceivedRow) -> None:
        """Add the contact of a row, whose channel is that of its sheet or the one that it says."""
        grid = self._reception.reference.grid
        entry = Entry(found, row, found.channel or grid.canaux[0])
        if normalise(as_text(row.at(0))).startswith("total"):
            self._refuse(entry, "", "total", "ligne de total.", action="ligne_ecartee")
        elif found.channel:
            self._add(entry)
        elif match := self._channels.match(as_text(entry.cell("canal"))):
            self._add(Entry(found, row, grid.channel(match.modality.code)))
        else:
            why = (
                f"n’est pas un canal prévu (attendu : {self._channels.expected}). "
                "Ligne mise en quarantaine."
            )
            self._refuse(entry, "canal", "canal_inconnu", why, action="ligne_quarantaine")

    def _add(self, entry: Entry) -> None:
        placed = self._site_and_date(entry)
        if placed is None:
            return
        site, sent = placed
        facts = self._facts(entry, site, sent)
        keys = self._keys(entry, site)
        self._contacts.append(
            {
                **keys,
                "canal": entry.channel.id,
                "envoye_le": sent,
                **facts,
                **self._status(entry, sent),
                "source_id": entry.number,
                "source_fichier": self._file.name,
                "source_feuille": entry.where.sheet.name,
                "source_ligne": entry.row.line,
                "empreinte": content_digest(entry.row.cells),
            }
        )
        reached = facts["abouti"] is not False
        judged = self._judgements.read(entry, site, reached=reached)
        self._criteria += [{**keys, **judgement} for judgement in judged]

    def _keys(self, entry: Entry, site: str) -> dict[str, str]:
        """Return what names a contact; of a number used twice, both contacts are kept."""
        identity = self._identity(entry, site, entry.number)
        contact = fingerprint(*identity)
        if contact in self._known:
            contact = fingerprint(*identity, entry.row.line)
        self._known.add(contact)
        return {"contact_id": contact, "campagne": self._reception.campaign.id, "site": site}

    def _identity(self, entry: Entry, site: str, number: str) -> tuple[str, ...]:
        return self._reception.campaign.id, site, entry.channel.id, number

    def _site_and_date(self, entry: Entry) -> tuple[str, datetime] | None:
        """Return site and date of a contact, or quarantine its row."""
        asked = self._reception.asked_site
        told = asked if "site" not in entry.where.place else as_text(entry.cell("site"))
        found = self._sites.match(told or "")
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

    def _moment(self, entry: Entry, key: str, site: str, action: str) -> datetime | None:
        try:
            return self._moments.read(entry, key, site)
        except (ValueError, OverflowError):
            why = "n’est pas une date (attendu : jj/mm/aaaa)."
            self._refuse(entry, key, "date_illisible", why, action=action, site=site)
            return None

    def _number(self, entry: Entry, key: str, site: str) -> float | None:
        try:
            return read_number(entry.cell(key))
        except ValueError:
            why = "n’est pas un nombre. Valeur mise de côté."
            self._refuse(entry, key, "nombre_illisible", why, action="cellule", site=site)
            return None

    def _facts(self, entry: Entry, site: str, sent: datetime) -> dict[str, Any]:
        """Return what happened to a contact: reached or not, answered when and how."""
        replied = self._moment(entry, "repondu_le", site, "cellule")
        by = self._reply_channel(entry, site)
        reached = self.REACHED[entry.channel.form.reached](self, entry, replied, site)
        if replied is not None and replied < sent:
            why = "précède la date d’envoi. Date de réponse mise de côté."
            code = "reponse_avant_envoi"
            self._refuse(entry, "repondu_le", code, why, action="cellule", site=site)
            replied = reached = None
        original = entry.text("double_de")
        return {
            "service": entry.text("service"),
            "scenario": entry.text("scenario"),
            "evaluateur": _shopper(entry.text("evaluateur")),
            "abouti": reached,
            "repondu_le": replied,
            "canal_reponse": by,
            "sonneries": self._number(entry, "sonneries", site),
            "double_de": fingerprint(*self._identity(entry, site, original)) if original else None,
            "commentaire_masque": self._masked(entry.text("commentaire") or "") or None,
        }

    def _reply_channel(self, entry: Entry, site: str) -> str | None:
        found = self._channels.match(as_text(entry.cell("canal_reponse")))
        if found is None and not is_blank(entry.cell("canal_reponse")):
            why = f"n’est pas un canal prévu (attendu : {self._channels.expected}). Mis de côté."
            self._refuse(entry, "canal_reponse", "canal_inconnu", why, action="cellule", site=site)
        return found.modality.code if found else None

    # Whether a contact got through: an unreadable answer is unknown, not « no ».

    def _by_reply(self, entry: Entry, replied: datetime | None, _: str) -> bool | None:
        unread = replied is None and not is_blank(entry.cell("repondu_le"))
        return None if unread else replied is not None

    def _as_stated(self, entry: Entry, _: datetime | None, site: str) -> bool | None:
        found = self._fact(entry, "abouti")
        if found is None:
            why = f"n’est ni {YES} ni {NO} : on ne sait pas si le contact a abouti."
            self._refuse(entry, "abouti", "abouti_illisible", why, action="cellule", site=site)
        return found

    def _fact(self, entry: Entry, key: str) -> bool | None:
        """Return what a column states, yes or no, in our words or by a judgement of the grid."""
        found = _FACTS.match(as_text(entry.cell(key)))
        return found.modality.libelle == YES if found else self._judgements.side(entry.cell(key))

    def _always(self, _entry: Entry, _replied: datetime | None, _site: str) -> bool | None:
        return True

    REACHED: ClassVar[Mapping[Reached, _Reach]] = {
        Reached.REPLIED: _by_reply,
        Reached.STATED: _as_stated,
        Reached.ALWAYS: _always,
    }

    def _masked(self, text: str) -> str:
        return mask(text, self._reception.names)[0]

    def _status(self, entry: Entry, sent: datetime) -> dict[str, str]:
        window = self._reception.campaign.contact_days
        if self._fact(entry, "exclu"):
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
