"""Questionnaires from any source to the canonical tables `reponses`, `items` and `verbatims`."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from operator import itemgetter

import numpy as np
import pandas as pd

from qpref.intake.columns import Array, Cells, Texts, texts_of, together
from qpref.intake.common import Counts, Outcome, Reception, Rejects, digest_of, fingerprint, joined
from qpref.intake.export import NOT_ASKED
from qpref.intake.items import Items
from qpref.intake.matching import as_text, normalise
from qpref.intake.moments import DATE, instants
from qpref.intake.privacy import mask
from qpref.intake.rows import Cell, ReceivedFile, Sheet
from qpref.intake.submission import Key, Submissions
from qpref.intake.twins import CODE as TWIN
from qpref.intake.twins import Alike, why
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


def _in_hex(numbers: Array) -> list[str]:
    """Return numbers of 64 bits as sixteen hexadecimal digits."""
    digits = numbers.astype(">u8").tobytes().hex()
    return [digits[start : start + 16] for start in range(0, len(digits), 16)]


def point_out_twins(rejects: Rejects, sheet: Sheet, alike: Alike, sites: Sequence[str]) -> None:
    """Name the questionnaires that give the same answers at the same minute; they are kept."""
    for place, first in alike.twins():
        line, site = int(alike.lines[place]), sites[alike.sites[place]]
        rejects.add(sheet, line, TWIN, why(first), action="aucune", site=site)


class SurveyBuilder:
    """Turns the questionnaires of one file into canonical rows; each is kept or explained."""

    def __init__(
        self, reception: Reception, file: ReceivedFile, source: Submissions, rejects: Rejects
    ) -> None:
        self._reception, self._file, self._source, self._rejects = reception, file, source, rejects
        self._questionnaire = reception.reference.questionnaire(reception.campaign.id)
        self._sites = reception.sites
        self._counted: dict[Key, Counter[str]] = {}
        self._numbers = np.array(source.numbers, dtype=object)
        self._lines = np.array(source.lines, dtype=np.int64)
        trials = self._questionnaire.essais
        self._trials = {normalise(text) for text in trials.vaut} if trials else set()
        self._places = [site.code for site in self._sites.modalities]
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
        ids = answers["reponse_id"].array
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
            absent_questions=self._source.absent_questions,
            personal_columns=self._source.personal_columns,
            rows_above=self._source.rows_above,
        )

    # Where and when

    def _placed(self) -> tuple[Array, Cells, Array]:
        """Return the rows whose site and date are known; the others go to quarantine."""
        count = len(self._source.lines)
        sites = self._sites_told()
        moments = self._source.cells.get(DATE, Cells.same("", count))
        asked = self._reception.asked_site if _SITE in self._source.cells else None
        is_known = sites.filled()
        is_asked = sites.which(lambda site: site == asked) if asked else is_known
        instant = instants(moments)
        found = is_asked & ~np.isnat(instant)
        for row in np.flatnonzero(~found).tolist():
            self._quarantine(row, *self._misplaced(sites[row], moments[row], asked))
        rows = np.flatnonzero(found)
        return rows, sites.taken(rows).distinct(), instant[rows]

    def _sites_told(self) -> Cells:
        """Return the site of each row, nothing where it names none that is known."""
        if _SITE not in self._source.cells:
            return Cells.same(self._source.default_site, len(self._source.lines))

        def code(cell: Cell) -> str | None:
            found = self._sites.match(as_text(cell))
            return found.modality.code if found else None

        return self._source.cells[_SITE].read(code)

    def _misplaced(self, site: str | None, moment: Cell, asked: str | None) -> tuple[Key, str, str]:
        """Return the column, the code and the explanation of a row that goes to quarantine."""
        if site is None:
            why = f"n’est pas un site connu ({self._sites.expected})."
            return _SITE, "site_inconnu", why
        if asked and site != asked:
            return _SITE, "autre_site", f"n’est pas le site demandé ({asked})."
        if moment == "":
            return DATE, "date_absente", "La date manque : la campagne est inconnue."
        return DATE, "date_illisible", "n’est pas une date (attendu : jj/mm/aaaa)."

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
            expected=[site.libelle for site in self._sites.modalities],
            given=self._times(key)[as_text(source.cell(key, row))],
        )

    def _times(self, key: Key) -> Counter[str]:
        """Return how often each text stands in a column."""
        if key not in self._counted:
            cells = self._source.cells.get(key)
            self._counted[key] = cells.counted() if cells else Counter()
        return self._counted[key]

    # What becomes of a questionnaire

    def _latest(self, rows: Array, sites: Cells) -> Array:
        """Return whether each row is the last complete entry of its number (else its last)."""
        if self._source.latest is not None:
            return np.asarray(self._source.latest[rows])
        numbers = self._numbers[rows]
        frame = pd.DataFrame({"number": pd.factorize(numbers)[0], "site": sites.places})
        order = np.argsort(self._complete(rows), kind="stable")
        last = ~frame.iloc[order].duplicated(keep="last").to_numpy()
        found = numbers == ""  # alone of its kind
        found[order[last]] = True
        return np.asarray(found, dtype=bool)

    def _complete(self, rows: Array) -> Array:
        return np.asarray(np.array(self._source.complete, dtype=bool)[rows])

    def _statuses(self, rows: Array, moments: Array, latest: Array) -> Cells:
        """Return what becomes of each questionnaire."""
        days = moments.astype("datetime64[D]")
        campaign = self._reception.campaign
        outside = (days < np.datetime64(campaign.debut)) | (days > np.datetime64(campaign.fin))
        conditions = [self._are_trials(rows), outside, ~latest, self._complete(rows)]
        known: list[Cell] = ["test", "hors_periode", "doublon", "complete", "partielle"]
        return Cells(np.select(conditions, range(len(conditions)), len(conditions)), known)

    def _are_trials(self, rows: Array) -> Array:
        cells = self._source.cells.get((self._tried, "")) if self._trials else None
        if cells is None:
            return np.zeros(len(rows), dtype=bool)

        def is_trial(cell: Cell) -> bool:
            text = as_text(cell)
            return 0 < len(text) < _LONGEST_TRIAL and normalise(text) in self._trials

        return cells.taken(rows).which(is_trial)

    def _identifiers(self, rows: Array, sites: Cells, latest: Array) -> list[str]:
        """Return stable identifiers: by the questionnaire's number, else by its content."""
        source = self._source
        begins = sites.read(
            lambda site: joined((self._reception.campaign.id, source.family, site, ""))
        )
        end = joined(("", source.part)) if source.part else ""
        own: list[str] = self._numbers[rows].tolist()
        for place in np.flatnonzero((self._numbers[rows] == "") | ~latest).tolist():
            row = rows[place]
            told = own[place] or fingerprint(*(cells[row] for cells in source.cells.values()))
            own[place] = joined((told, str(self._lines[row])))
        return [digest_of(begin + one + end) for begin, one in zip(begins, own, strict=True)]

    def _answers(self, rows: Array, sites: Cells, moments: Array, items: Items) -> pd.DataFrame:
        latest = self._latest(rows, sites)
        statuses = self._statuses(rows, moments, latest)
        self._explain(rows, sites, statuses)
        told = self._told(rows, moments.astype("datetime64[D]"), statuses)
        digests = items.digests()
        self.alike = self._alike(rows, sites, moments, (digests, told))
        if self._source.latest is None:  # else they may be in other parts of the file
            point_out_twins(self._rejects, self._source.sheet, self.alike, self._places)
        same = partial(Cells.same, count=len(rows))
        columns = {
            "reponse_id": texts_of(self._identifiers(rows, sites, latest)),
            "campagne": same(self._reception.campaign.id).coded(),
            "site": sites.coded(),
            "questionnaire": same(self._questionnaire.id).coded(),
            "mode": self._modes(items, len(rows)).coded(),
            "date_reponse": moments.astype("datetime64[D]").astype("datetime64[ns]"),
            **{name: items.modality(name).coded() for name in _KEPT},
            "statut": statuses.coded(),
            "motif_statut": statuses.read(lambda status: _WITHDRAWN.get(status, "")).coded(),
            "source_id": texts_of(self._numbers[rows]),
            "source_fichier": same(self._file.name).coded(),
            "source_feuille": same(self._source.sheet.name).coded(),
            "source_ligne": self._lines[rows],
            "empreinte": texts_of(map("-".join, zip(_in_hex(digests), told, strict=True))),
        }
        is_spooled = self._source.latest is not None
        return conform("reponses", pd.DataFrame(columns), keeps_codes=is_spooled)

    def _modes(self, items: Items, count: int) -> Cells:
        """Return the mode of each answer: what it says, else the mode of forms keyed by hand."""
        asked = self._questionnaire.by_role.get("mode")
        if asked and ("mode", "") not in self._source.cells and self._source.is_keyed:
            levels = self._questionnaire.scale(asked.id).modalites if asked.echelle else []
            keyed = next((level.code for level in levels if level.saisie), None)
            return Cells.same(keyed, count)
        return items.modality("mode")

    def _told(self, rows: Array, days: Array, statuses: Cells) -> Cells:
        """Return a digest of what each questionnaire tells beside its closed answers."""
        distinct, places = np.unique(days, return_inverse=True)
        day = Cells(places, np.datetime_as_string(distinct).tolist())
        free = [self._source.cells[q.variable, ""].taken(rows).texts() for q in self._free]
        told = together([day, statuses, *free])
        return told.read(lambda t: fingerprint(t[0], t[1], "\n".join(t[2:]))[:8]).distinct()

    def _alike(self, rows: Array, sites: Cells, moments: Array, told: tuple[Array, Cells]) -> Alike:
        """Return what tells the questionnaires that may be one."""
        closed, others = told
        numbers = np.array([int(text, 16) for text in others.known], dtype=np.uint32)
        places = np.array([self._places.index(site) for site in sites.known], dtype=np.int32)
        return Alike(
            closed,
            numbers[others.places] if len(rows) else numbers,
            places[sites.places] if len(rows) else places,
            moments.astype("datetime64[m]"),
            self._lines[rows],
        )

    def _explain(self, rows: Array, sites: Cells, statuses: Cells) -> None:
        """Say why some answers stay out of the results; they are kept in `reponses`."""
        for place in np.flatnonzero(statuses.which(_WITHDRAWN.get)).tolist():
            status = statuses[place]
            why = f"{_WITHDRAWN[status].capitalize()}. Conservée, hors des résultats."
            self._remark(rows[place], sites[place], status, why)

    def _remark(self, row: int, site: str, code: str, why: str) -> None:
        line = self._source.lines[row]
        self._rejects.add(self._source.sheet, line, code, why, action="aucune", site=site)

    # Free answers

    @property
    def _free(self) -> list[Question]:
        """The questions answered in free text."""
        asked = [q for q in self._questionnaire.questions if q.kind.answer is Answer.TEXT]
        return [q for q in asked if (q.variable, "") in self._source.cells]

    def _verbatims(self, rows: Array, ids: Texts, sites: Cells) -> pd.DataFrame:
        """Return the free answers, masked; none is publishable before a person read it."""
        own = pd.DataFrame({"reponse_id": ids, "site": sites.strings()})
        found = [self._remarks(question, rows, own) for question in self._free]
        return conform("verbatims", pd.concat(found) if found else [])

    def _remarks(self, question: Question, rows: Array, own: pd.DataFrame) -> pd.DataFrame:
        """Return the answers to one open question, masked."""
        texts = self._source.cells[question.variable, ""].taken(rows).texts()
        given = texts.which(lambda text: text not in {"", NOT_ASKED})
        masked = texts.taken(given).read(lambda text: mask(text, self._reception.names))
        return own.loc[given].assign(
            campagne=self._reception.campaign.id,
            question=question.id,
            texte_masque=masked.read(itemgetter(0)).listed(),
            n_masques=masked.read(itemgetter(1)).listed(),
            publiable=False,
        )
