"""
From a mystery workbook laid out by its users to a draft of data/reference/mystere.yml.

The draft loads, and the workbook imports with it, as they are. Channels, forms and maxima are
guessed and say so (« suppose »); thresholds and the plan of contacts are left to be written.
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from qpref.intake.matching import as_text, normalise
from qpref.intake.mystery_headings import FoundColumn, FoundSheet, found_sheet
from qpref.intake.naming import identifier
from qpref.intake.rows import ReceivedFile, is_blank
from qpref.layout.mystery import NO, YES
from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES
from qpref.reference.grid import COLUMNS
from qpref.wording.french import lower_first

_STRONG = {"scenario", "sonneries", "abouti", "double_de"}  # what only mystery contacts have
_DISTINCT = {*_STRONG, "canal", "evaluateur", "repondu_le", "canal_reponse", "prevu_le"}
_ENOUGH = 2
_ABOVE = 5  # rows of a sheet in which its title may stand
_TICKS = {YES: {"oui", "o", "x", "1", "yes", "y", "vrai", "true"},
          NO: {"non", "n", "0", "no", "faux", "false"}}  # fmt: skip
# Answers whose side is known; one that is of no side is never said to be favourable or not.
_SIDES: tuple[tuple[dict[str, str], re.Pattern[str]], ...] = (
    ({"etat": "sans_objet"}, re.compile(r"sans objet|non concerne|^(so|n a|na|ne)$")),
    ({"etat": "nsp"}, re.compile(r"ne sai[ts] pas|^nsp$|^\?$|non (verifi|observ)")),
    ({}, re.compile(r"partie|partiel|moyen|passable|ameliorer|plus ou moins|mitige")),
    (
        {"favorable": "non"},
        re.compile(
            r"\b(non|pas|peu|mal|jamais)\b|in(satisf|suff|correct|complet)|mauvais|absent|defaut"
        ),
    ),
    (
        {"favorable": "oui"},
        re.compile(
            r"\b(oui|bon|bonne|bien|toujours)\b|satisf|conforme|correct|complet|respecte|acquis"
        ),
    ),
)
_MEASURES = {"sonneries": "Sonneries avant de décrocher", "repondu_le": "Délai de réponse"}
_HEADER = """# BROUILLON écrit par « qpref dictionnaire proposer », à relire avant tout usage.
# Une fois relu, placez ce fichier dans data/reference et nommez-le mystere.yml.
# À confirmer : la forme de chaque canal ; le maximum des notes (sur) ; les réponses qui
# respectent un critère (favorable: oui) ; l’engagement de chaque critère (clé engagement).
# Aucun seuil n’est proposé : sonneries et délais sont décrits, non jugés, tant que le critère n’a
# ni indicateur ni seuil (seuil: {comparaison: "<=", valeur: 5, unite: jours_ouvres}).
# Sans protocole, « qpref plan-mystere » ne peut rien tirer au sort : ajoutez la clé protocole.
"""


def draft_grid(file: ReceivedFile) -> str | None:
    """
    Return the YAML of a draft grid, None when the file is not a workbook of mystery contacts.

    Parameters
    ----------
    file
        As received, whatever its headings.
    """
    sheets = [found for sheet in file.sheets if (found := found_sheet(sheet))]
    if not file.is_workbook or not _is_mystery(file, sheets):
        return None
    builder = _Builder(f"Brouillon d’après {file.name}")
    for sheet in sheets:
        builder.add(sheet)
    left_out = [
        f"# Colonne non reprise, feuille {sheet.name} : {' '.join(text.split())}.\n"
        for sheet in sheets
        for text in (*sheet.left_out, *unsided(sheet))
    ]
    content = yaml.safe_dump(builder.content(), allow_unicode=True, sort_keys=False, width=110)
    return _HEADER + "".join(left_out) + content


def _is_mystery(file: ReceivedFile, sheets: Sequence[FoundSheet]) -> bool:
    """Whether a workbook says so, or has columns that only such contacts have."""
    keys = {column.key for sheet in sheets for column in sheet.columns}
    above = (cell for sheet in file.sheets for row in sheet.rows[:_ABOVE] for cell in row.cells)
    names = [file.name, *(sheet.name for sheet in file.sheets), *map(as_text, above)]
    says_so = any("myster" in normalise(name) for name in names)
    return bool(sheets) and (says_so or bool(keys & _STRONG and len(keys & _DISTINCT) >= _ENOUGH))


class _Builder:
    """Gathers channels, columns, answers and criteria, sheet by sheet."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._channels: dict[str, dict[str, Any]] = {}
        self._shared: list[str] = []
        self._replied_by: set[str] = set()
        self._columns: dict[str, list[str]] = {}
        self._answers: dict[str, dict[str, Any]] = {}
        self._criteria: dict[str, dict[str, Any]] = {}

    def add(self, sheet: FoundSheet) -> None:
        """Add what a sheet holds: one channel, or those that a column names."""
        rows = len(sheet.columns[0].cells)
        told = sheet.column("canal")
        names = [as_text(cell) for cell in told.cells] if told else [sheet.name] * rows
        if told:
            self._shared.append(sheet.name)
        if by := sheet.column("canal_reponse"):
            self._replied_by |= {as_text(cell) for cell in by.cells}
        for column in sheet.columns:
            if column.key and column.heading not in self._columns.setdefault(column.key, []):
                self._columns[column.key].append(column.heading)
        for name in dict.fromkeys(name for name in names if name):
            self._add_channel(sheet, name, [own == name for own in names], is_shared=bool(told))

    def _name_singly(self) -> None:
        """Call « courriel » the channel of the sheet « Courriels » when a reply came by it."""
        for channel in self._channels.values():
            for text in sorted(self._replied_by):
                if normalise(channel["libelle"]) == f"{normalise(text)}s":
                    channel["un"] = lower_first(text)

    def _add_channel(
        self, sheet: FoundSheet, name: str, rows: Sequence[bool], *, is_shared: bool
    ) -> None:
        """Add a channel of a sheet, whose rows are told, and the criteria judged on it."""
        held = [column for column in sheet.columns if _has_values(column, rows)]
        keys = {column.key for column in held}
        form = next((n for n, f in CHANNEL_FORMS.items() if f.proof and f.proof in keys), "")
        form = form or next(n for n, f in CHANNEL_FORMS.items() if not f.proof)
        channel = identifier(name) or f"canal_{len(self._channels) + 1}"
        self._channels.setdefault(
            channel,
            {
                "id": channel,
                "forme": form,
                "libelle": name,
                "un": lower_first(name),
                "feuilles": [] if is_shared else [sheet.name],
            },
        )
        for column in held:
            answers = _answers_of(column) if column.answers else None
            if column.highest or answers:
                self._add_keyed(column, answers or {}, channel)
        columns = CHANNEL_FORMS[form].columns
        for kind, declared in CRITERION_TYPES.items():
            if declared.column and declared.column in keys and declared.column in columns:
                measure = {"type": kind, "libelle": _MEASURES[declared.column]}
                self._criterion(f"mesure_{kind}", measure, channel)

    def _add_keyed(
        self, column: FoundColumn, answers: dict[str, dict[str, Any]], channel: str
    ) -> None:
        kind: dict[str, Any] = {"type": "note", "sur": column.highest}
        if answers:
            kind = {"type": "jugement"}
            for code, answer in answers.items():
                known = self._answers.setdefault(code, answer | {"synonymes": []})
                known["synonymes"] = sorted({*known["synonymes"], *answer["synonymes"]})
        name = identifier(column.heading) or "critere"
        name = f"critere_{name}" if name in COLUMNS else name
        own = {"libelle": column.heading, "entetes": [column.heading]}
        for rank in range(1, len(self._criteria) + 2):
            key = name if rank == 1 else f"{name}_{rank}"
            same = self._criteria.get(key)
            if same is None or {**same, **kind, **own} == same:
                self._criterion(key, kind | own, channel)
                return

    def _criterion(self, key: str, content: dict[str, Any], channel: str) -> None:
        known = self._criteria.setdefault(
            key,
            {"id": key, **content, "canaux": [], "certitude": "suppose", "source": self._source},
        )
        if channel not in known["canaux"]:
            known["canaux"].append(channel)

    def content(self) -> dict[str, Any]:
        """Return the whole draft."""
        delays = {"jour_envoi": 0, "certitude": "suppose", "source": "Usage de qpref, à confirmer"}
        self._name_singly()
        answers = [*self._answers.values()]
        if answers and len({own.get("favorable") == "oui" for own in answers}) == 1:
            answers += [own for own in _both_ticks() if own["code"] not in self._answers]
        return {
            "canaux": [*self._channels.values()],
            **({"feuilles_communes": self._shared} if self._shared else {}),
            "reponses": sorted(answers, key=_rank),
            "delais": delays,
            "colonnes": self._columns,
            "criteres": [*self._criteria.values()],
        }


def _has_values(column: FoundColumn, rows: Sequence[bool]) -> bool:
    return any(own and not is_blank(cell) for own, cell in zip(rows, column.cells, strict=True))


def unsided(sheet: FoundSheet) -> list[str]:
    """Return a sentence on each judgement of a sheet of which an answer has no known side."""
    return [
        f"« {column.heading} » : quelles réponses respectent le critère n’est pas reconnu"
        for column in sheet.columns
        if column.answers and _answers_of(column) is None
    ]


def _answers_of(column: FoundColumn) -> dict[str, dict[str, Any]] | None:
    """Return the answers of a judgement by code; None when the side of one is not known."""
    found: dict[str, dict[str, Any]] = {}
    for text in column.answers:
        label = next((tick for tick, forms in _TICKS.items() if normalise(text) in forms), text)
        side = next((side for side, form in _SIDES if form.search(normalise(label))), None)
        if side is None:
            return None
        code = identifier(label) or side.get("etat", "")  # « ? » has no letter
        own = found.setdefault(code, {**_answer(label), "code": code, **side})
        own["synonymes"] += [text] if text != own["libelle"] else []
    if found.keys() & {own["code"] for own in _both_ticks()}:
        found = {own["code"]: own for own in _both_ticks()} | found
    return found


def _answer(label: str) -> dict[str, Any]:
    return {"code": identifier(label), "libelle": label, "synonymes": []}


def _both_ticks() -> list[dict[str, Any]]:
    """Return yes and no: of a question answered by one of them, the other may come."""
    return [_answer(YES) | {"favorable": "oui"}, _answer(NO) | {"favorable": "non"}]


def _rank(answer: dict[str, Any]) -> int:
    """Return the place of an answer: best first, those that judge nothing last."""
    return 3 if "etat" in answer else ("oui", None, "non").index(answer.get("favorable"))
