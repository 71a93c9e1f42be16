"""What shoppers judged on a contact: judgements and marks, read by the grid's own answers."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from qpref.intake.matching import Lexicon, as_text
from qpref.intake.mystery_sheet import Entry
from qpref.intake.rows import Cell, is_blank
from qpref.intake.values import read_number
from qpref.questions import Judged
from qpref.reference import Criterion, MysteryGrid

_Judge = Callable[["Judgements", Entry, Criterion, str], dict[str, Any]]


class Judgements:
    """
    Reads the keyed criteria of a contact.

    Parameters
    ----------
    grid
        Criteria and answers.
    refuse
        Records a cell set aside: entry, key, code, sentence, then `action` and `site`.
    """

    def __init__(self, grid: MysteryGrid, refuse: Callable[..., None]) -> None:
        self._refuse = refuse
        self._answers = Lexicon(grid.reponses)
        self._partial = {modality.code for modality in grid.partial}

    def side(self, cell: Cell) -> bool | None:
        """Return whether a cell holds a judgement that is met or not; None of any other."""
        found = self._answers.match(as_text(cell))
        is_sure = (
            found and found.modality.etat == "repondu" and found.modality.code not in self._partial
        )
        return bool(found.modality.favorable) if found and is_sure else None

    def read(self, entry: Entry, site: str, *, reached: bool) -> list[dict[str, Any]]:
        """Return state, judgement and mark of each criterion; not asked when nobody answered."""
        own = entry.criteria
        for criterion in entry.where.keyed:
            if criterion not in own and not is_blank(entry.cell(criterion.id)):
                why = f"ne se juge pas sur ce canal ({entry.channel.libelle}). Mis de côté."
                self._set_aside(entry, criterion, "hors_canal", why, site)
        return [
            {"critere": criterion.id, **self._judge(entry, criterion, site, reached=reached)}
            for criterion in own
        ]

    def _judge(
        self, entry: Entry, criterion: Criterion, site: str, *, reached: bool
    ) -> dict[str, Any]:
        if is_blank(entry.cell(criterion.id)):
            return {"etat": "non_reponse" if reached else "non_posee", "reponse": None}
        return self.JUDGED[criterion.kind.judged](self, entry, criterion, site)

    def _mark(self, entry: Entry, criterion: Criterion, site: str) -> dict[str, Any]:
        """Return a mark, « 15 » or « 15/20 »."""
        text, _, highest = as_text(entry.cell(criterion.id)).partition("/")
        try:
            mark = read_number(text)
            if highest and read_number(highest) != criterion.highest:
                mark = None
        except ValueError:
            why = "n’est pas un nombre. Valeur mise de côté."
            self._set_aside(entry, criterion, "nombre_illisible", why, site)
            return {"etat": "invalide", "reponse": None}
        if mark is not None and 0 <= mark <= criterion.highest:
            return {"etat": "repondu", "reponse": None, "note": mark}
        why = f"n’est pas une note de 0 à {criterion.highest}. Note mise de côté."
        self._set_aside(entry, criterion, "hors_echelle", why, site)
        return {"etat": "invalide", "reponse": None}

    def _answer(self, entry: Entry, criterion: Criterion, site: str) -> dict[str, Any]:
        found = self._answers.match(as_text(entry.cell(criterion.id)))
        if found is None:
            why = f"n’est pas prévu (attendu : {self._answers.expected}). Mis de côté."
            self._set_aside(entry, criterion, "hors_echelle", why, site)
            return {"etat": "invalide", "reponse": None}
        state = found.modality.etat
        return {"etat": state, "reponse": found.modality.code if state == "repondu" else None}

    def _set_aside(
        self, entry: Entry, criterion: Criterion, code: str, why: str, site: str
    ) -> None:
        self._refuse(entry, criterion.id, code, why, action="cellule", site=site)

    JUDGED: ClassVar[Mapping[Judged, _Judge]] = {Judged.ANSWER: _answer, Judged.MARK: _mark}
