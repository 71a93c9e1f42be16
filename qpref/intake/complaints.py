"""
The register of complaints and suggestions: our own workbook, and the exports that are declared.

Each row becomes one complaint, is set aside, or goes to quarantine, with its place. What people and
agents wrote (the complaint, what was answered, what was changed) is masked and kept beside the
remarks of surveys: nothing of it is published before a person read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from qpref.intake.common import (
    Counts,
    Outcome,
    Reception,
    Rejects,
    fingerprint,
    mentions_fictional,
    refuse_other_model,
)
from qpref.intake.complaint_sheets import ComplaintSheet, registers_of
from qpref.intake.dates import DAY_FIRST, read_moment
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.privacy import mask, mask_answer
from qpref.intake.rows import ReceivedFile, ReceivedRow, is_blank
from qpref.layout.complaints import ANSWERED, RECEIVED, TEXTS
from qpref.reference import Complaints, Modality
from qpref.reference.complaints import KINDS
from qpref.schema import conform

KIND = "reclamations"
_TOTALS = ("total", "ensemble", "cumul", "somme")
_KINDS_TOLD = {"reclamation": ("plainte", "doléance"), "suggestion": ("idée", "proposition")}
_LATEST = timedelta(days=366)  # after a campaign: a day further on is a slip of the pen
QUARANTINE, ASIDE, CELL = "ligne_quarantaine", "ligne_ecartee", "cellule"


def recognises(reception: Reception, file: ReceivedFile) -> bool:
    """Whether a file is our register of complaints, or an export that the project declares."""
    return bool(registers_of(reception.reference.complaints, file))


class _NotKept(Exception):  # noqa: N818 - no error: a row that is said and left
    """A row that is set aside or in quarantine; it was said why."""


@dataclass
class RegisterBuilder:
    """Turns the sheets of one register into complaints."""

    reception: Reception
    file: ReceivedFile
    rejects: Rejects
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    _kept: list[dict[str, Any]] = field(default_factory=list)
    _texts: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        reference = self.reception.reference
        self._declared = reference.complaints or Complaints(canaux=[])
        self._sites = self.reception.sites
        self._found = registers_of(reference.complaints, self.file)
        self._order = self.reception.dating.order or DAY_FIRST
        self._lexicons = {
            "canal": Lexicon(self._declared.channels),
            "nature": Lexicon(
                Modality(code=code, libelle=label, synonymes=_KINDS_TOLD[code])
                for code, label in KINDS.items()
            ),
            "sujet": Lexicon(
                Modality(code=code, libelle=label) for code, label in reference.book.labels.items()
            ),
        }

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets read."""
        return [found.sheet.name for found in self._found]

    def build(self) -> Outcome:
        """Return the outcome of the file."""
        fictional, ignored, above, read = False, [], 0, 0
        for found in self._found:
            preamble = [cell for row in found.preamble for cell in row.cells]
            if found.version:
                refuse_other_model(self.file, preamble, found.version)
            fictional |= mentions_fictional(preamble)
            ignored += found.ignored
            above += len(found.preamble)
            read += len(found.body)
            for row in found.body:
                self._take(found, row)
        counts = Counts(
            read=read,
            kept=len(self._kept),
            set_aside=self.rejects.count(ASIDE),
            quarantined=self.rejects.count(QUARANTINE),
        )
        tables = {
            KIND: conform(KIND, self._kept),
            "verbatims": conform("verbatims", self._texts),
            "rejets": self.rejects.table(),
        }
        said = [*self.file.warnings]
        return Outcome(self.file, KIND, counts, tables, fictional, said, ignored, rows_above=above)

    def _take(self, found: ComplaintSheet, row: ReceivedRow) -> None:
        """Keep a row, or say why it is not."""
        one = _Row(self, found, row)
        try:
            one.keep()
        except _NotKept:
            return
        self._kept.append(one.record)
        self._texts += one.texts

    def known(self, key: str, text: str) -> str | None:
        """Return the code that a text names: a channel, a kind, a subject."""
        match = self._lexicons[key].match(text)
        return match.modality.code if match else None

    def expected(self, key: str) -> str:
        """Return what may be written there, for a message."""
        return self._lexicons[key].expected

    def site(self, text: str) -> str:
        """Return the site that a text names; « » when it names none."""
        match = self._sites.match(text)
        return match.modality.code if match else ""

    def expected_sites(self) -> str:
        """Return the sites, for a message."""
        return self._sites.expected

    def masked_service(self, text: str) -> str:
        """Return the service as it may be kept: a declared one, else without who it may name."""
        return mask_answer(text, self._declared.services, self.reception.names)

    def moment(self, cell: object) -> datetime | None:
        """Return the day that a cell says, None when it is empty; ValueError when it says none."""
        return read_moment(cell, self._order)

    def first_line(self, key: str, content: str, line: int) -> tuple[str, int]:
        """Return what the first row of this identifier said, and its line."""
        return self._seen.setdefault(key, (content, line))

    def is_known(self, key: str) -> bool:
        """Whether a row has this identifier already."""
        return key in self._seen


class _Row:
    """One row of a register, as it is read."""

    def __init__(self, builder: RegisterBuilder, found: ComplaintSheet, row: ReceivedRow) -> None:
        self._of, self._found, self._row = builder, found, row
        self.record: dict[str, Any] = {}
        self._site = ""

    def keep(self) -> None:
        """
        Read the row.

        Raises
        ------
        _NotKept
            If it is set aside or in quarantine.
        """
        if self._row.problem:
            self._leave("", "ligne_abimee", self._row.problem)
        self._site = self._read_site()
        received = self._day(RECEIVED)
        answered = self._day(ANSWERED)
        if received is None:
            self._leave(RECEIVED, "date_absente", "la date de réception manque.")
        if answered is not None and answered < received:
            why = f"réponse avant la réception ({received:%d/%m/%Y})."
            self._leave(ANSWERED, "reponse_avant", why)
        reception = self._of.reception
        told = {
            "site": self._site,
            "recue_le": datetime.combine(received, datetime.min.time()),
            "repondue_le": answered and datetime.combine(answered, datetime.min.time()),
            "nature": self._kind(),
            "canal": self._found.channel or self._label("canal"),
            "sujet": self._label("sujet"),
        }
        content = fingerprint(*(self._text(key) for key in self._found.place))
        self.record = told | {
            "reclamation_id": self._identifier(content),
            "campagne": reception.campaign.id,
            "service": self._of.masked_service(self._text("service")),
            "source_fichier": self._of.file.name,
            "source_feuille": self._found.sheet.name,
            "source_ligne": self._row.line,
            "empreinte": content,
        }

    @property
    def texts(self) -> Iterator[dict[str, Any]]:
        """The free texts of the row, masked."""
        for key, question in TEXTS.items():
            if text := self._text(key):
                masked, count = mask(text, self._of.reception.names)
                yield {
                    "reponse_id": self.record["reclamation_id"],
                    "campagne": self.record["campagne"],
                    "site": self._site,
                    "question": question,
                    "texte_masque": masked,
                    "n_masques": count,
                    "publiable": False,
                }

    def _text(self, key: str) -> str:
        return as_text(self._found.cell(self._row, key)[0])

    def _leave(self, key: str, code: str, why: str, action: str = QUARANTINE) -> NoReturn:
        self._say(key, code, why, action)
        raise _NotKept

    def _say(self, key: str, code: str, why: str, action: str) -> None:
        cell, place = self._found.cell(self._row, key)
        self._of.rejects.add(
            self._found.sheet, self._row.line, code, why, action=action,
            column=self._found.heading(key), place=place, value=cell, site=self._site,
        )  # fmt: skip

    def _read_site(self) -> str:
        text = self._text("site")
        site, asked = self._found.site or self._of.site(text), self._of.reception.asked_site
        if not site:
            is_total = normalise(text).startswith(_TOTALS)
            why = f"site inconnu ({self._of.expected_sites()})."
            self._leave("site", "site_inconnu", why, ASIDE if is_total else QUARANTINE)
        if asked not in {None, site}:
            self._leave("site", "autre_site", "n’est pas le site demandé.")
        return site

    def _day(self, key: str) -> date | None:
        try:
            moment = self._of.moment(self._found.cell(self._row, key)[0])
        except ValueError:
            self._leave(key, "date_illisible", "date attendue (jj/mm/aaaa).")
        last = self._of.reception.campaign.fin + _LATEST
        if moment is not None and moment.date() > last:
            why = f"plus d’un an après la campagne (au plus tard le {last:%d/%m/%Y})."
            self._leave(key, "date_lointaine", why)
        return None if moment is None else moment.date()

    def _kind(self) -> str:
        """Return whether it is a complaint or a suggestion; a complaint, where nothing says."""
        text = self._text("nature")
        kind = self._of.known("nature", text) if text else "reclamation"
        if kind is None:
            why = f"nature inconnue ({self._of.expected('nature')})."
            self._leave("nature", "nature_inconnue", why)
        return kind or ""

    def _label(self, key: str) -> str | None:
        text = self._text(key)
        code = self._of.known(key, text) if text else None
        if text and code is None:
            why = f"valeur inconnue ({self._of.expected(key)}) : comptée « non précisé »."
            self._say(key, f"{key}_inconnu", why, CELL)
        return code

    def _identifier(self, content: str) -> str:
        """Return what names a complaint in every version of its register."""
        number, text = self._text("numero"), self._text("texte")
        told = [self._site, self._text(RECEIVED), self._text("canal"), self._text("nature"), text]
        key = fingerprint(self._site, "numero", number) if number else fingerprint(*told)
        if not number and is_blank(text):  # two slips of one day, without a word, are two
            rank = 0
            while self._of.is_known(fingerprint(key, rank)):
                rank += 1
            key = fingerprint(key, rank)
        first, line = self._of.first_line(key, content, self._row.line)
        if line != self._row.line and first == content:
            why = f"déjà dite ligne {line}."
            self._leave("numero", "doublon", why, ASIDE)
        if line != self._row.line:
            why = f"la ligne {line} porte le même numéro, ou le même texte, et dit autre chose."
            self._leave("numero" if number else "texte", "contradictoire", why)
        return key
