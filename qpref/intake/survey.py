"""Questionnaires from any source to the canonical tables `reponses`, `items` and `verbatims`."""

from datetime import datetime
from typing import Any

import pandas as pd

from qpref.intake.common import Counts, Outcome, Reception, Rejects, fingerprint
from qpref.intake.dates import read_moment
from qpref.intake.export import NOT_ASKED
from qpref.intake.items import Items
from qpref.intake.matching import as_text, normalise
from qpref.intake.moments import DATE
from qpref.intake.privacy import mask
from qpref.intake.rows import Cell, ReceivedFile
from qpref.intake.submission import Key, Submissions
from qpref.questions import GROUPS, Answer
from qpref.reference import Question
from qpref.schema import conform

_SITE: Key = ("site", "")
_KEPT = ("demi_journee", "guichet", *(role for role in GROUPS if role != "mode"))
_LONGEST_TRIAL = 60
_WITHDRAWN = {
    "test": "réponse d’essai",
    "hors_periode": "réponse hors de la période de la campagne",
    "doublon": "questionnaire saisi deux fois ; la dernière saisie complète est gardée",
    "partielle": "questionnaire non terminé",
}


class SurveyBuilder:
    """Turns the questionnaires of one file into canonical rows; each is kept or explained."""

    def __init__(
        self, reception: Reception, file: ReceivedFile, source: Submissions, rejects: Rejects
    ) -> None:
        self._reception, self._file, self._source, self._rejects = reception, file, source, rejects
        self._questionnaire = reception.reference.questionnaire(reception.campaign.id)
        self._sites = reception.sites
        self._site_codes: dict[str, str | None] = {}
        trials = self._questionnaire.essais
        self._trials = {normalise(text) for text in trials.vaut} if trials else set()
        self._tried = self._questionnaire.by_id[trials.question].variable if trials else ""

    def build(self) -> Outcome:
        """Return the outcome of the file."""
        footers = self._rejects.count("ligne_ecartee")
        broken = self._rejects.count("ligne_quarantaine")  # by the reader, not in the rows
        rows, sites, moments = self._placed()
        items = Items(self._source, self._questionnaire, rows, sites, self._rejects)
        answers = self._answers(rows, sites, moments, items)
        statuses = answers["statut"].value_counts()
        kept = int(statuses.get("complete", 0))
        if self._reception.campaign.partielles == "incluses":
            kept += int(statuses.get("partielle", 0))
        counts = Counts(
            read=len(self._source.lines) + footers + broken,
            kept=kept,
            set_aside=len(answers) - kept + footers,
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        ids = answers["reponse_id"].tolist()
        tables = {
            "reponses": answers,
            "items": items.table(ids, self._reception.campaign.id),
            "verbatims": self._verbatims(rows, ids, sites),
            "rejets": self._rejects.table(),
        }
        return Outcome(
            file=self._file,
            kind=self._source.kind,
            counts=counts,
            tables=tables,
            is_fictional=self._source.is_fictional,
            warnings=[*self._file.warnings, *self._source.warnings],
            ignored_columns=self._source.ignored_columns,
            personal_columns=self._source.personal_columns,
            rows_above=self._source.rows_above,
        )

    # Where and when

    def _placed(self) -> tuple[list[int], list[str], list[datetime]]:
        """Return the rows whose site and date are known; the others go to quarantine."""
        rows: list[int] = []
        sites: list[str] = []
        moments: list[datetime] = []
        for row in range(len(self._source.lines)):
            site = self._site(row)
            moment = self._moment(row) if site else None
            if site is not None and moment is not None:
                rows.append(row)
                sites.append(site)
                moments.append(moment)
        return rows, sites, moments

    def _quarantine(self, row: int, key: Key, code: str, explanation: str) -> None:
        source = self._source
        self._rejects.add(
            source.sheet,
            source.lines[row],
            code,
            f"{explanation} Ligne mise en quarantaine.",
            action="ligne_quarantaine",
            column=source.headings.get(key, ""),
            place=source.places.get(key),
            value=source.cell(key, row),
        )

    def _site_code(self, cell: Cell) -> str | None:
        text = as_text(cell)
        if text not in self._site_codes:
            found = self._sites.match(text)
            self._site_codes[text] = found.modality.code if found else None
        return self._site_codes[text]

    def _site(self, row: int) -> str | None:
        """Return the site of a row, or quarantine it."""
        if _SITE not in self._source.cells:
            return self._source.default_site
        site = self._site_code(self._source.cells[_SITE][row])
        asked = self._reception.asked_site
        if site is None:
            why = f"n’est pas un site connu ({self._sites.expected})."
            self._quarantine(row, _SITE, "site_inconnu", why)
        elif asked and site != asked:
            self._quarantine(row, _SITE, "autre_site", f"n’est pas le site demandé ({asked}).")
            return None
        return site

    def _moment(self, row: int) -> datetime | None:
        """Return when a row was answered, or quarantine it."""
        try:
            moment = read_moment(self._source.cell(DATE, row))
        except ValueError:
            why = "n’est pas une date (attendu : jj/mm/aaaa)."
            self._quarantine(row, DATE, "date_illisible", why)
            return None
        if moment is None:
            why = "La date manque : la campagne est inconnue."
            self._quarantine(row, DATE, "date_absente", why)
        return moment

    # What becomes of a questionnaire

    def _latest(self, rows: list[int], sites: list[str]) -> set[int]:
        """Return the last complete entry of each questionnaire number (else its last)."""
        latest: dict[Key, int] = {}
        complete = self._source.complete
        for row, site in zip(rows, sites, strict=True):
            number = self._source.numbers[row] or f"ligne {self._source.lines[row]}"
            known = latest.get((number, site))
            if known is None or complete[row] or not complete[known]:
                latest[number, site] = row
        return set(latest.values())

    def _status(self, row: int, moment: datetime, *, is_latest: bool) -> str:
        trial = as_text(self._source.cell((self._tried, ""), row)) if self._trials else ""
        if trial and len(trial) < _LONGEST_TRIAL and normalise(trial) in self._trials:
            return "test"
        if not self._reception.campaign.debut <= moment.date() <= self._reception.campaign.fin:
            return "hors_periode"
        if not is_latest:
            return "doublon"
        return "complete" if self._source.complete[row] else "partielle"

    def _identifier(self, row: int, site: str, *, is_latest: bool) -> str:
        """Return a stable identifier: by the questionnaire's number, else by its content."""
        source = self._source.family
        number = self._source.numbers[row]
        own = number or fingerprint(*(cells[row] for cells in self._source.cells.values()))
        line = [] if is_latest and number else [self._source.lines[row]]
        part = [self._source.part] if self._source.part else []
        return fingerprint(self._reception.campaign.id, source, site, own, *line, *part)

    def _answers(
        self, rows: list[int], sites: list[str], moments: list[datetime], items: Items
    ) -> pd.DataFrame:
        latest = self._latest(rows, sites)
        statuses = self._statuses(rows, sites, moments, latest)
        days = [moment.date().isoformat() for moment in moments]
        digests = self._digests(rows, days, statuses, items)
        self._point_out_twins(rows, sites, moments, digests)
        identifiers = [
            self._identifier(row, site, is_latest=row in latest)
            for row, site in zip(rows, sites, strict=True)
        ]
        columns = {
            "reponse_id": identifiers,
            "campagne": self._reception.campaign.id,
            "site": sites,
            "questionnaire": self._questionnaire.id,
            "mode": self._modes(items, len(rows)),
            "date_reponse": pd.to_datetime(pd.Series(days, dtype="str")),
            **{name: items.modality(name) for name in _KEPT},
            "statut": statuses,
            "motif_statut": [_WITHDRAWN.get(status, "") for status in statuses],
            "source_id": [self._source.numbers[row] for row in rows],
            "source_fichier": self._file.name,
            "source_feuille": self._source.sheet.name,
            "source_ligne": [self._source.lines[row] for row in rows],
            "empreinte": digests,
        }
        return conform("reponses", pd.DataFrame(columns))

    def _modes(self, items: Items, count: int) -> list[str | None]:
        """Return the mode of each answer: what it says, else the mode of forms keyed by hand."""
        asked = self._questionnaire.by_role.get("mode")
        if asked and ("mode", "") not in self._source.cells and self._source.is_keyed:
            levels = self._questionnaire.scale(asked.id).modalites if asked.echelle else []
            keyed = next((level.code for level in levels if level.saisie), None)
            return [keyed] * count
        return items.modality("mode")

    def _statuses(
        self, rows: list[int], sites: list[str], moments: list[datetime], latest: set[int]
    ) -> list[str]:
        """Return what becomes of each questionnaire, and say why some stay out of the results."""
        statuses = [
            self._status(row, moment, is_latest=row in latest)
            for row, moment in zip(rows, moments, strict=True)
        ]
        for row, site, status in zip(rows, sites, statuses, strict=True):
            if status != "complete":
                self._explain(row, site, status)
        return statuses

    def _digests(
        self, rows: list[int], days: list[str], statuses: list[str], items: Items
    ) -> list[str]:
        """Return the digest of each questionnaire, by which a corrected one is recognised."""
        own = zip(days, statuses, self._free_texts(rows), strict=True)
        known: dict[tuple[str, ...], str] = {}
        return [
            f"{digest:016x}-{known.get(told) or known.setdefault(told, fingerprint(*told)[:8])}"
            for digest, told in zip(items.digests().tolist(), own, strict=True)
        ]

    def _point_out_twins(
        self, rows: list[int], sites: list[str], moments: list[datetime], digests: list[str]
    ) -> None:
        """Name the questionnaires that give the same answers at the same minute; keep them."""
        seen: dict[tuple[str, datetime, str], int] = {}
        for row, site, moment, digest in zip(rows, sites, moments, digests, strict=True):
            line = self._source.lines[row]
            minute = moment.replace(second=0, microsecond=0)
            first = seen.setdefault((site, minute, digest), line)
            if first != line and (minute.hour or minute.minute):
                why = f"mêmes réponses, même minute que la ligne {first}. Gardée : à vérifier."
                self._remark(row, site, "doublon_possible", why)

    def _explain(self, row: int, site: str, status: str) -> None:
        """Say why an answer stays out of the results; it is kept in `reponses`."""
        why = f"{_WITHDRAWN[status].capitalize()}. Conservée, hors des résultats."
        self._remark(row, site, status, why)

    def _remark(self, row: int, site: str, code: str, why: str) -> None:
        line = self._source.lines[row]
        self._rejects.add(self._source.sheet, line, code, why, action="aucune", site=site)

    # Free answers

    def _open_questions(self) -> list[Question]:
        asked = [q for q in self._questionnaire.questions if q.kind.answer is Answer.TEXT]
        return [q for q in asked if (q.variable, "") in self._source.cells]

    def _free_texts(self, rows: list[int]) -> list[str]:
        columns = [self._source.cells[q.variable, ""] for q in self._open_questions()]
        return ["\n".join(as_text(column[row]) for column in columns) for row in rows]

    def _verbatims(self, rows: list[int], ids: list[str], sites: list[str]) -> pd.DataFrame:
        """Return the free answers, masked; none is publishable before a person read it."""
        found: list[dict[str, Any]] = []
        masks: dict[str, tuple[str, int]] = {}
        for question in self._open_questions():
            cells = self._source.cells[question.variable, ""]
            for row, answer, site in zip(rows, ids, sites, strict=True):
                text = as_text(cells[row])
                if not text or text == NOT_ASKED:
                    continue
                if text not in masks:
                    masks[text] = mask(text, self._reception.names)
                masked, count = masks[text]
                found.append(
                    {
                        "reponse_id": answer,
                        "campagne": self._reception.campaign.id,
                        "site": site,
                        "question": question.id,
                        "texte_masque": masked,
                        "n_masques": count,
                        "publiable": False,
                    }
                )
        return conform("verbatims", found)
