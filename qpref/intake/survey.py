"""Questionnaires from any source to the canonical tables `reponses`, `items` and `verbatims`."""

from datetime import datetime
from typing import Any

from qpref.intake.common import Counts, Outcome, Rejects, Setting, fingerprint
from qpref.intake.export import NOT_ASKED
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.privacy import mask
from qpref.intake.rows import ReceivedFile, is_blank
from qpref.intake.submission import Key, Submission, Submissions
from qpref.intake.values import read_moment
from qpref.reference import Question
from qpref.schema import PROFILE, conform

_WITHDRAWN = {
    "test": "réponse d’essai",
    "hors_periode": "réponse hors de la période de la campagne",
    "doublon": "questionnaire saisi deux fois ; la dernière saisie complète est gardée",
    "partielle": "questionnaire non terminé",
}


class SurveyBuilder:
    """Turns the submissions of one file into canonical rows; every row is kept or explained."""

    def __init__(
        self, setting: Setting, file: ReceivedFile, source: Submissions, rejects: Rejects
    ) -> None:
        self._setting, self._file, self._source, self._rejects = setting, file, source, rejects
        self._questionnaire = setting.reference.questionnaire(setting.campaign.id)
        self._lexicons = {
            name: Lexicon(scale.modalites) for name, scale in self._questionnaire.echelles.items()
        }
        self._sites = setting.sites
        self._trials = {normalise(text) for text in self._questionnaire.essais.vaut}
        self._items: list[dict[str, Any]] = []
        self._verbatims: list[dict[str, Any]] = []
        self._answers: list[dict[str, Any]] = []

    def build(self) -> Outcome:
        """Return the outcome of the file."""
        footers = self._rejects.count("ligne_ecartee")
        broken = self._rejects.count("ligne_quarantaine")  # by the reader, not in the rows
        latest = self._latest_of_each()
        for submission in self._source.rows:
            self._add(submission, is_latest=latest[self._identity(submission)] is submission)
        kept = sum(
            answer["statut"] == "complete"
            or (answer["statut"] == "partielle" and self._setting.campaign.partielles == "incluses")
            for answer in self._answers
        )
        counts = Counts(
            read=len(self._source.rows) + footers + broken,
            kept=kept,
            set_aside=len(self._answers) - kept + footers,
            quarantined=self._rejects.count("ligne_quarantaine"),
        )
        tables = {
            "reponses": conform("reponses", self._answers),
            "items": conform("items", self._items),
            "verbatims": conform("verbatims", self._verbatims),
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
        )

    def _identity(self, submission: Submission) -> Key:
        found = self._sites.match(self._site_text(submission))
        site = found.modality.code if found else ""
        return (submission.number or f"ligne {submission.line}", site)

    def _site_text(self, submission: Submission) -> str:
        return as_text(submission.cells.get(("site", ""), self._source.default_site or ""))

    def _latest_of_each(self) -> dict[Key, Submission]:
        """Return, for each questionnaire number, its last complete entry (else its last)."""
        latest: dict[Key, Submission] = {}
        for submission in self._source.rows:
            known = latest.get(self._identity(submission))
            if known is None or submission.is_complete or not known.is_complete:
                latest[self._identity(submission)] = submission
        return latest

    def _quarantine(self, submission: Submission, key: Key, code: str, explanation: str) -> None:
        self._rejects.add(
            self._source.sheet,
            submission.line,
            code,
            f"{explanation} Ligne mise en quarantaine.",
            action="ligne_quarantaine",
            column=self._source.headings.get(key, ""),
            place=self._source.places.get(key),
            value=submission.cells.get(key, ""),
        )

    def _site(self, submission: Submission) -> str | None:
        """Return the site of a row, or quarantine it."""
        if ("site", "") not in submission.cells:
            return self._source.default_site
        found = self._sites.match(self._site_text(submission))
        if found is None:
            known = self._sites.expected
            self._quarantine(
                submission, ("site", ""), "site_inconnu", f"n’est pas un site connu ({known})."
            )
            return None
        asked = self._setting.asked_site
        if asked and found.modality.code != asked:
            self._quarantine(
                submission, ("site", ""), "autre_site", f"n’est pas le site demandé ({asked})."
            )
            return None
        return found.modality.code

    def _moment(self, submission: Submission) -> datetime | None:
        """Return when a row was answered, or quarantine it."""
        key = ("date_visite", "")
        try:
            moment = read_moment(submission.cells.get(key, ""))
        except ValueError:
            self._quarantine(
                submission, key, "date_illisible", "n’est pas une date (attendu : jj/mm/aaaa)."
            )
            return None
        if moment is None:
            self._quarantine(
                submission, key, "date_absente", "La date manque : la campagne est inconnue."
            )
        return moment

    def _add(self, submission: Submission, *, is_latest: bool) -> None:
        site = self._site(submission)
        moment = self._moment(submission) if site else None
        if site is None or moment is None:
            return
        campaign = self._setting.campaign
        source = self._source.kind.removesuffix("_vv")  # two exports of one survey share numbers
        identity = (campaign.id, source, site, submission.number or submission.digest)
        row = {} if is_latest and submission.number else {"line": submission.line}
        answer_id = fingerprint(*identity, *row.values())
        status = self._status(submission, moment, is_latest=is_latest)
        if status != "complete":
            self._explain(submission, site, status)
        keys = {"reponse_id": answer_id, "campagne": campaign.id, "site": site}
        first = len(self._items), len(self._verbatims)
        found = self._read_items(submission, keys)
        self._read_verbatims(submission, keys)
        self._answers.append(
            {
                **keys,
                "questionnaire": self._questionnaire.id,
                **{name: found.get(name) for name in ("mode", "demi_journee", "guichet", *PROFILE)},
                "date_reponse": datetime(moment.year, moment.month, moment.day),  # noqa: DTZ001
                "statut": status,
                "motif_statut": _WITHDRAWN.get(status, ""),
                "source_id": submission.number,
                "source_fichier": self._file.name,
                "source_feuille": self._source.sheet.name,
                "source_ligne": submission.line,
                "empreinte": self._digest(first, moment, status),
            }
        )

    def _digest(self, first: tuple[int, int], moment: datetime, status: str) -> str:
        """Return the digest of what was understood: the same whatever the export's dialect."""
        own = (*self._items[first[0] :], *self._verbatims[first[1] :])
        names = ("question", "option", "etat", "modalite", "valeur", "texte_masque")
        return fingerprint(moment, status, *(row.get(name) for row in own for name in names))

    def _status(self, submission: Submission, moment: datetime, *, is_latest: bool) -> str:
        trial = self._questionnaire.essais.question
        if normalise(as_text(submission.cells.get((trial, ""), ""))) in self._trials:
            return "test"
        if not self._setting.campaign.debut <= moment.date() <= self._setting.campaign.fin:
            return "hors_periode"
        if not is_latest:
            return "doublon"
        return "complete" if submission.is_complete else "partielle"

    def _explain(self, submission: Submission, site: str, status: str) -> None:
        """Say why an answer stays out of the results; it is kept in `reponses`."""
        self._rejects.add(
            self._source.sheet,
            submission.line,
            status,
            f"{_WITHDRAWN[status].capitalize()}. Conservée, hors des résultats.",
            action="aucune",
            site=site,
        )

    def _read_items(self, submission: Submission, keys: dict[str, str]) -> dict[str, str | None]:
        """Append the closed answers of a row; return the modality of each question."""
        found: dict[str, str | None] = {}
        for question in self._questionnaire.questions:
            if question.type == "multiple":
                self._read_options(question, submission, keys)
            elif question.echelle and (question.id, "") in submission.cells:
                item = self._read_choice(question, submission, found, keys["site"])
                found[question.id] = item["modalite"]
                if question.type != "technique":
                    self._items.append({**keys, "question": question.id, "option": "", **item})
        if ("mode", "") not in submission.cells:
            found["mode"] = "papier"  # a workbook keyed at the counter holds paper forms
        return found

    def _read_choice(
        self,
        question: Question,
        submission: Submission,
        found: dict[str, str | None],
        site: str,
    ) -> dict[str, Any]:
        """Return state, modality and rule of one closed answer."""
        key = (question.id, "")
        cell = submission.cells[key]
        asked = question.filtre
        if as_text(cell) == NOT_ASKED:
            return {"etat": "non_posee", "modalite": None, "regle": ""}
        if is_blank(cell):
            skipped = asked and found.get(asked.question) not in {None, *asked.vaut}
            return {
                "etat": "non_posee" if skipped else "non_reponse",
                "modalite": None,
                "regle": "",
            }
        lexicon = self._lexicons[question.echelle or ""]
        match = lexicon.match(as_text(cell))
        if match is None:
            self._rejects.add(
                self._source.sheet,
                submission.line,
                "hors_echelle",
                f"n’est pas une réponse prévue de l’échelle « {question.echelle} » "
                f"(attendu : {lexicon.expected}). Réponse mise de côté, rien n’est perdu.",
                action="cellule",
                column=self._source.headings[key],
                place=self._source.places.get(key),
                value=cell,
                site=site,
            )
            return {"etat": "invalide", "modalite": None, "regle": ""}
        return {"etat": match.modality.etat, "modalite": match.modality.code, "regle": match.rule}

    def _read_options(
        self, question: Question, submission: Submission, keys: dict[str, str]
    ) -> None:
        """Append one row per box: « none ticked » is not « not answered »."""
        boxes = self._lexicons["oui_non"]
        cells = {o.code: submission.cells.get((question.id, o.code), "") for o in question.options}
        if all(as_text(cell) == NOT_ASKED for cell in cells.values()):
            self._append_options(question, keys, "non_posee")
            return
        answered = any(not is_blank(cell) for cell in cells.values())
        self._explain_left_over(question, submission, keys["site"])
        for option, cell in cells.items():
            match = boxes.match(as_text(cell)) if not is_blank(cell) else None
            state = "repondu" if answered else "non_reponse"
            if match is None and not is_blank(cell):
                state = "invalide"
                self._rejects.add(
                    self._source.sheet,
                    submission.line,
                    "case_illisible",
                    "n’est ni Oui, ni Non, ni une croix. Case mise de côté.",
                    action="cellule",
                    column=self._source.headings[question.id, option],
                    place=self._source.places.get((question.id, option)),
                    value=cell,
                    site=keys["site"],
                )
            ticked = float(match is not None and match.modality.code == "oui")
            self._items.append(
                {
                    **keys,
                    "question": question.id,
                    "option": option,
                    "etat": state,
                    "modalite": None,
                    "valeur": ticked if state == "repondu" else None,
                    "regle": match.rule if match else "",
                }
            )

    def _append_options(self, question: Question, keys: dict[str, str], state: str) -> None:
        """Append every box of a question in the same state."""
        self._items += [
            {
                **keys,
                "question": question.id,
                "option": option.code,
                "etat": state,
                "modalite": None,
                "valeur": None,
                "regle": "",
            }
            for option in question.options
        ]

    def _explain_left_over(self, question: Question, submission: Submission, site: str) -> None:
        """Say what part of a joined answer names no box."""
        left = submission.cells.get((question.id, ""), "")
        if not is_blank(left):
            labels = ", ".join(option.libelle for option in question.options)
            self._rejects.add(
                self._source.sheet,
                submission.line,
                "option_inconnue",
                f"n’est pas une réponse prévue (attendu : {labels}). Mis de côté.",
                action="cellule",
                column=self._source.headings[question.id, ""],
                place=self._source.places.get((question.id, "")),
                value=left,
                site=site,
            )

    def _read_verbatims(self, submission: Submission, keys: dict[str, str]) -> None:
        """Append the free answers, masked; none is publishable before a person read it."""
        for question in self._questionnaire.questions:
            text = as_text(submission.cells.get((question.id, ""), ""))
            if question.type == "texte" and text and text != NOT_ASKED:
                masked, count = mask(text)
                self._verbatims.append(
                    {
                        **keys,
                        "question": question.id,
                        "texte_masque": masked,
                        "n_masques": count,
                        "publiable": False,
                    }
                )
