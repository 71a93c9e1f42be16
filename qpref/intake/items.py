"""Closed answers to the table `items`, a question at a time: each distinct text is read once."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

import numpy as np
import pandas as pd

from qpref.intake.columns import Array, Cells, Texts
from qpref.intake.common import Rejects
from qpref.intake.export import NOT_ASKED, UNREADABLE, is_error
from qpref.intake.matching import Lexicon, as_text
from qpref.intake.submission import Key, Submissions
from qpref.intake.values import read_mark, read_number
from qpref.layout.survey import keying_codes
from qpref.questions import Answer
from qpref.reference import TICKED, Question, Questionnaire
from qpref.schema import STATES, conform

_IN_ERROR = "est une erreur du tableur, pas une réponse. Réponse illisible, à corriger."
_RULES = ("", "exact", "normalise", "synonyme", "code")
Meaning = tuple[str, str | None, str]  # state, modality, rule


def _value(text: str, read: Callable[[str], float]) -> float:
    """Return the value of a text, NaN when it has none."""
    try:
        return read(text) if text and text != NOT_ASKED else np.nan
    except (ValueError, OverflowError):
        return np.nan


def _whole_numbers(values: Array) -> Array:
    """Return one whole number a value, for digests: as many as there are different values."""
    known = np.nan_to_num(np.round(values, 6), nan=-1.0) + 0.0  # no negative zero
    return known.astype(np.float64).view(np.uint64)


@dataclass
class _Block:
    """The answers to one question or option, as codes."""

    question: str
    option: str
    states: Array
    modalities: Array
    rules: Array
    numbers: Array


@dataclass
class Items:
    """
    Reads the closed answers of the questionnaires kept.

    Parameters
    ----------
    source, questionnaire
        What was received, and how to read it.
    rows, sites
        Rows kept, and their site.
    rejects
        Where unreadable cells are reported.
    """

    source: Submissions
    questionnaire: Questionnaire
    rows: Array
    sites: Cells
    rejects: Rejects
    _blocks: list[_Block] = field(default_factory=list)
    chosen: dict[str, Array] = field(default_factory=dict)  # modality codes by question

    def __post_init__(self) -> None:
        """Read every closed question, filters before the questions that they open."""
        scales = self.questionnaire.echelles
        figures = {n: keying_codes(s) for n, s in scales.items() if self.source.has_codes}
        self._lexicons = {n: Lexicon(s.modalites, figures.get(n)) for n, s in scales.items()}
        labels = [m.libelle for scale in (*scales.values(), TICKED) for m in scale.modalites]
        options = [o.libelle for question in self.questionnaire.questions for o in question.options]
        self._labels = [*labels, *options]
        self._ticks = Lexicon(TICKED.modalites)
        codes = {m.code for scale in (*scales.values(), TICKED) for m in scale.modalites}
        self._modalities = sorted(codes)
        self._code = {code: index for index, code in enumerate(self._modalities)}
        for question in self.questionnaire.questions:
            self.READERS[question.kind.answer](self, question)

    def _texts(self, key: Key) -> tuple[Array, list[str]]:
        """Return the distinct texts of a column, and the place of each row's among them."""
        column = self.source.cells.get(key)
        cells = column.taken(self.rows).texts() if column else Cells.same("", len(self.rows))
        return cells.places, cells.known

    def _meanings(self, texts: Iterable[str], meaning: Callable[[str], Meaning]) -> list[Array]:
        """Return state, modality and rule codes of each distinct text."""
        read = [meaning(text) for text in texts]
        return [
            np.array([STATES.index(state) for state, _, _ in read], dtype=np.int8),
            np.array([self._code.get(code or "", -1) for _, code, _ in read], dtype=np.int16),
            np.array([_RULES.index(rule) for _, _, rule in read], dtype=np.int8),
        ]

    def _read_choice(self, question: Question) -> None:
        key = (question.variable, "")
        if not question.echelle or key not in self.source.cells:
            return
        lexicon = self._lexicons[question.echelle]
        places, texts = self._texts(key)

        def meaning(text: str) -> Meaning:
            if text == NOT_ASKED:
                return "non_posee", None, ""
            if not text:
                return "non_reponse", None, ""
            match = lexicon.match(text)
            if match is None:
                return "invalide", None, ""
            return match.modality.etat, match.modality.code, match.rule

        states, modalities, rules = (codes[places] for codes in self._meanings(texts, meaning))
        self._skip(question, states)
        unread = np.flatnonzero(states == STATES.index("invalide")).tolist()
        broken = [place for place in unread if is_error(texts[places[place]])]
        self._refuse(key, broken, "cellule_en_erreur", _IN_ERROR)
        self._refuse(
            key,
            [place for place in unread if not is_error(texts[places[place]])],
            "hors_echelle",
            f"n’est pas une réponse prévue de l’échelle « {question.echelle} » "
            f"(attendu : {lexicon.expected}). Réponse mise de côté, rien n’est perdu.",
            hint=lexicon.suggestion,
        )
        self.chosen[question.variable] = modalities
        if question.kind.is_stored:
            nothing = np.full(len(self.rows), np.nan)
            self._blocks.append(_Block(question.id, "", states, modalities, rules, nothing))

    def _skip(self, question: Question, states: Array) -> None:
        """Tell a blank that was not asked from a blank that was: by the filter's own answer."""
        asked = question.filtre
        if asked is None:
            return
        filtered = self.chosen.get(self.questionnaire.by_id[asked.question].variable)
        if filtered is None:
            return
        opening = [self._code[code] for code in asked.vaut if code in self._code]
        closed = (filtered >= 0) & ~np.isin(filtered, opening)
        states[closed & (states == STATES.index("non_reponse"))] = STATES.index("non_posee")

    def _read_options(self, question: Question) -> None:
        """Read one block a box: « none ticked » is not « not answered »."""
        self._explain_left_over(question)
        read = [self._read_box(question.variable, option.code) for option in question.options]
        blank = np.all([states == STATES.index("non_reponse") for states, _, _ in read], axis=0)
        hidden = np.all([states == STATES.index("non_posee") for states, _, _ in read], axis=0)
        for option, (states, rules, ticked) in zip(question.options, read, strict=True):
            found = states.copy()
            found[(states == STATES.index("non_reponse")) & ~blank] = STATES.index("repondu")
            found[(states == STATES.index("non_posee")) & ~hidden] = STATES.index("repondu")
            values = np.where(found == STATES.index("repondu"), ticked, np.nan)
            none = np.full(len(self.rows), -1, dtype=np.int16)
            self._blocks.append(_Block(question.id, option.code, found, none, rules, values))

    def _read_box(self, question: str, option: str) -> tuple[Array, Array, Array]:
        """Return state, rule and 0 or 1 of one box."""
        places, texts = self._texts((question, option))

        def meaning(text: str) -> Meaning:
            if text == NOT_ASKED or not text:
                return ("non_posee" if text else "non_reponse"), None, ""
            if text == UNREADABLE:  # told once, for the whole answer
                return "invalide", None, ""
            match = self._ticks.match(text)
            return ("repondu", match.modality.code, match.rule) if match else ("invalide", None, "")

        states, modalities, rules = (codes[places] for codes in self._meanings(texts, meaning))
        self._refuse(
            (question, option),
            [
                place
                for place in np.flatnonzero(states == STATES.index("invalide")).tolist()
                if texts[places[place]] != UNREADABLE
            ],
            "case_illisible",
            "n’est ni Oui, ni Non, ni une croix. Case mise de côté.",
        )
        return states, rules, (modalities == self._code["oui"]).astype(float)

    def _read_number(self, question: Question) -> None:
        """Read a mark or a quantity; one that is out of its bounds is no answer."""
        low, high = -np.inf, np.inf
        expected = "un nombre"
        if question.kind.is_marked:
            low, high = question.minimum, question.maximum
            expected = f"une note de {low:g} à {high:g}"

        def value(text: str) -> float:
            found = read_mark(text) if question.kind.is_marked else read_number(text)
            if found is None or not low <= found <= high:
                raise ValueError(text)
            return found

        self._read_values(question, value, "nombre_illisible", expected)

    def _read_day(self, question: Question) -> None:
        """Read a day, kept as days since the first of January 1970."""

        def value(text: str) -> float:
            return float((datetime.fromisoformat(text).date() - date(1970, 1, 1)).days)

        self._read_values(question, value, "date_illisible", "une date jj/mm/aaaa")

    def _read_values(
        self, question: Question, value: Callable[[str], float], code: str, expected: str
    ) -> None:
        key = (question.variable, "")
        if key not in self.source.cells:
            return
        places, texts = self._texts(key)
        outside = {"": "non_reponse", NOT_ASKED: "non_posee"}
        read = [_value(text, value) for text in texts]
        distinct = [
            outside.get(text, "invalide" if np.isnan(found) else "repondu")
            for text, found in zip(texts, read, strict=True)
        ]
        states = np.array([STATES.index(one) for one in distinct], dtype=np.int8)[places]
        self._skip(question, states)
        unread = np.flatnonzero(states == STATES.index("invalide")).tolist()
        why = f"n’est pas une réponse lisible (attendu : {expected}). Réponse mise de côté."
        self._refuse(key, unread, code, why)
        none = np.full(len(self.rows), -1, dtype=np.int16)
        rules = np.zeros(len(self.rows), dtype=np.int8)
        values = np.array(read, dtype=float)[places]
        self._blocks.append(_Block(question.id, "", states, none, rules, values))

    def _leave(self, question: Question) -> None:
        """Read nothing: words are read with the remarks."""

    READERS: ClassVar[Mapping[Answer, Callable[["Items", Question], None]]] = {
        Answer.LEVEL: _read_choice,
        Answer.FIELD: _read_choice,
        Answer.BOXES: _read_options,
        Answer.NUMBER: _read_number,
        Answer.DAY: _read_day,
        Answer.TEXT: _leave,
    }

    def _explain_left_over(self, question: Question) -> None:
        """Say what part of joined answers names no box."""
        column = self.source.cells.get((question.variable, ""))
        if column:
            left = np.flatnonzero(column.taken(self.rows).filled()).tolist()
            labels = ", ".join(option.libelle for option in question.options)
            why = f"n’est pas une réponse prévue (attendu : {labels}). Mis de côté."
            self._refuse((question.variable, ""), left, "option_inconnue", why)

    def _refuse(
        self,
        key: Key,
        places: Iterable[int],
        code: str,
        why: str,
        *,
        hint: Callable[[str], str] = lambda _: "",
    ) -> None:
        cells = {place: self.source.cell(key, self.rows[place]) for place in places}
        given = Counter(map(as_text, cells.values()))
        for place, cell in cells.items():
            row = self.rows[place]
            self.rejects.add(
                self.source.sheet,
                self.source.lines[row],
                code,
                why + hint(as_text(cell)),
                action="cellule",
                column=self.source.headings[key],
                place=self.source.places.get(key),
                value=cell,
                expected=self._labels,
                given=given[as_text(cell)],
                site=self.sites[place],
            )

    def modality(self, variable: str) -> Cells:
        """Return the modality of each row for one question; None where there is none."""
        if variable not in self.chosen:
            return Cells.same(None, len(self.rows))
        return Cells(self.chosen[variable], [*self._modalities, None])  # whose code is -1

    def digests(self) -> Array:
        """Return one number a row for what was understood, whatever the export's dialect."""
        total = np.zeros(len(self.rows), dtype=np.uint64)
        for block in self._blocks:
            parts = block.states.astype(np.int64) * 10_000 + block.modalities * 10
            is_box = bool(block.option)
            parts += np.nan_to_num(block.numbers if is_box else np.nan, nan=2).astype(np.int64)
            places, distinct = pd.factorize(parts)
            codes = [self._number(block, int(part)) for part in distinct]
            if not is_box and not np.isnan(block.numbers).all():
                total += _whole_numbers(block.numbers)
            total = total * np.uint64(1_000_003) + np.array(codes, dtype=np.uint64)[places]
        return total

    def _number(self, block: _Block, part: int) -> int:
        """Return a stable number for one meaning of one question (codes may change, names not)."""
        state, rest = divmod(part + 10, 10_000)
        modality = rest // 10 - 1
        name = self._modalities[modality] if modality >= 0 else ""
        text = f"{block.question}|{block.option}|{STATES[state]}|{name}|{part % 10}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def table(self, ids: Texts, campaign: str) -> pd.DataFrame:
        """Return the canonical table `items`, in the order of questionnaires then questions."""
        if not self._blocks or not ids:
            return conform("items", [])
        size, blocks = len(self.rows), self._blocks
        questions = pd.Index(dict.fromkeys(block.question for block in blocks))
        options = pd.Index(dict.fromkeys(block.option for block in blocks))
        count = len(blocks)

        def tall(name: str) -> Array:
            return np.column_stack([getattr(block, name) for block in blocks]).ravel()

        def constant(index: pd.Index, name: str) -> Array:
            own = index.get_indexer(pd.Index([getattr(block, name) for block in blocks]))
            return np.tile(own.astype(np.int16), size)

        categories: dict[str, tuple[Array, Iterable[str]]] = {
            "reponse_id": (np.repeat(np.arange(size, dtype=np.int32), count), ids),
            "campagne": (np.zeros(size * count, dtype=np.int8), [campaign]),
            "site": (np.repeat(self.sites.places.astype(np.int16), count), self.sites.known),
            "question": (constant(questions, "question"), questions),
            "option": (constant(options, "option"), options),
            "etat": (tall("states"), list(STATES)),
            "modalite": (tall("modalities"), self._modalities),
            "regle": (tall("rules"), list(_RULES)),
        }
        columns: dict[str, object] = {
            name: pd.Categorical.from_codes(
                codes, pd.Index(np.asarray(names, dtype=object), dtype="str"), validate=False
            )
            for name, (codes, names) in categories.items()
        }
        return conform("items", pd.DataFrame(columns | {"valeur": tall("numbers")}, copy=False))
