"""What is wrong in a reference file: which key, on which line, and what to do about it.

A model yields `Fault`s (places by steps, as pydantic's own errors have); a `Problem` is what users
read. All those of a file are found together: a value that is refused hides no other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from qpref.errors import ReferenceFileError, listing, suggestion

Steps = tuple[str | int, ...]
CORRECT = "Corrigez la valeur de cette clé, puis relancez la commande."
_SHOWN = 60
_MOST = 5  # told by a command that needs the file; « qpref projet verifier » tells all


@dataclass(frozen=True)
class Fault:
    """
    One thing wrong.

    Parameters
    ----------
    steps
        Keys and ranks that lead to it in its file.
    sentence
        What is wrong, without its full stop.
    remedy
        What to do about it.
    missing
        The name that points to nothing; empty when something else is wrong.
    """

    steps: Steps
    sentence: str
    remedy: str = CORRECT
    missing: str = ""


class Faults(ValueError):  # noqa: N818 - pydantic wants a ValueError; it never leaves this room
    """All that a model finds wrong in itself."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.sentence for fault in found))
        self.found = found


@dataclass(frozen=True)
class Problem:
    """A fault and the line where it is; `line` is 0 when it is that of no line."""

    path: Path
    line: int
    column: int
    key: str
    sentence: str
    remedy: str
    missing: str = ""

    @property
    def text(self) -> str:
        """Where it is and what is wrong, without the file and the remedy."""
        place = f"ligne {self.line}, colonne {self.column} : " if self.line else ""
        return f"{place}{self.key} : {self.sentence}" if self.key else f"{place}{self.sentence}"


class FaultyFileError(ReferenceFileError):
    """A file that cannot be used as it is, with all its problems."""

    def __init__(self, sentence: str, remedy: str, problems: Sequence[Problem]) -> None:
        super().__init__(sentence, remedy)
        self.problems = tuple(problems)


def refusal(problems: Sequence[Problem]) -> FaultyFileError:
    """
    Return the error of a command that needs a file.

    It tells the first problems and the first remedy, and holds them all (`problems`).
    """
    first = problems[0]
    told = " ; ".join(problem.text for problem in problems[:_MOST])
    more = len(problems) - _MOST
    if more > 0:
        told += f" ; et {more} autre(s), que dit « qpref projet verifier »"
    end = "" if told.endswith("?") else "."
    return FaultyFileError(f"« {first.path} » : {told}{end}", first.remedy, problems)


def unknown(steps: Steps, value: str, known: Iterable[str] | None) -> Iterator[Fault]:
    """Yield a fault when a name points to nothing; nothing is said when the names are not known."""
    names = None if known is None else list(known)
    if names is not None and value not in names:
        yield Fault(
            steps,
            f"« {shortened(value)} » est inconnu.{suggestion(value, names)} "
            f"Valeurs connues : {listing(names)}",
            missing=value,
        )


def doubles(kind: str, parts: Iterable[object], place: str, name: str = "id") -> Iterator[Fault]:
    """Yield a fault at each part of a list that bears the name of an earlier one."""
    seen = set()
    for rank, part in enumerate(parts):
        value = getattr(part, name)
        if value in seen:
            yield Fault((place, rank, name), f"{kind} en double : {value}", "Donnez un autre nom.")
        seen.add(value)


def shortened(value: object) -> str:
    """Return what may be shown of a value, however long it is."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


_EXPECTED = {
    "bool": "oui ou non est attendu",
    "int": "un nombre entier est attendu",
    "float": "un nombre est attendu",
    "finite_number": "un nombre est attendu",
    "string_type": "un texte est attendu ; mettez-le entre guillemets",
    "list": "une liste est attendue",
    "tuple": "une liste est attendue",
    "dict": "des clés sont attendues",
    "model": "des clés sont attendues",
    "date": "une date AAAA-MM-JJ est attendue",
    "time": "une heure HH:MM est attendue",
    "none_required": "cette clé reste vide",
    "greater_than": "la valeur est trop petite",
    "less_than": "la valeur est trop grande",
    "too_short": "il en manque",
    "too_long": "il y en a trop",
}
_SLUG = "lettres minuscules sans accent, chiffres, tiret ou soulignement"


def faults_of(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """Return pydantic's findings as faults, in French."""
    found: list[Fault] = []
    for detail in error.errors(include_url=False):
        wrong = detail.get("ctx", {}).get("error")
        steps: Steps = tuple(step for step in detail["loc"] if step != "[key]")
        if detail["type"] == "invalid_key" or detail["loc"][-1:] == ("[key]",):
            steps = (*steps[:-1], str(steps[-1]))  # a key that is a number is no rank
        if isinstance(wrong, Faults):
            found += [
                Fault((*steps, *one.steps), one.sentence, one.remedy, one.missing)
                for one in wrong.found
            ]
        else:
            found.append(_fault(model, steps, detail))
    return found


def _fault(model: type[BaseModel], steps: Steps, detail: Any) -> Fault:  # noqa: ANN401 - pydantic's own typed dict
    kind, value, told = detail["type"], shortened(detail["input"]), detail.get("ctx", {})
    if kind == "missing":
        return Fault(steps, "clé obligatoire absente", "Ajoutez cette clé.")
    if kind in {"extra_forbidden", "invalid_key"}:
        return _unknown_key(model, steps)
    if kind in {"literal_error", "enum"}:
        expected = told["expected"].replace(" or ", ", ").replace("'", "")
        return Fault(steps, f"« {value} » n’est pas prévu (valeurs prévues : {expected})")
    if kind == "value_error":
        return Fault(steps, str(told["error"]))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        key = told.get("discriminator", "").replace("'", "")
        expected = told.get("expected_tags", "").replace("'", "")
        wanted = f" (valeurs prévues : {expected})" if expected else ""
        return Fault((*steps, key), f"« {told.get('tag', '')} » n’est pas prévu{wanted}")
    return Fault(steps, f"« {value} » ne convient pas ({_expected(kind, told)})")


def _expected(kind: str, told: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return _SLUG if told.get("pattern", "").startswith("^[a-z0-9") else "écriture non prévue"
    return next((text for name, text in _EXPECTED.items() if kind.startswith(name)), "refusé")


def _unknown_key(model: type[BaseModel], steps: Steps) -> Fault:
    held = model_at(model, steps[:-1])
    known = [*held.model_fields] if held else []
    return Fault(
        steps,
        "clé inconnue."
        + (suggestion(str(steps[-1]), known) or f" Clés prévues : {listing(known)}"),
        "Retirez cette clé, ou corrigez son nom.",
    )


def model_at(model: type[BaseModel], steps: Steps) -> type[BaseModel] | None:
    """Return the model of what a place holds; None when it may be one of several."""
    found: type[BaseModel] | None = model
    for step in steps:
        field = found.model_fields.get(str(step)) if found else None
        if field:
            found = _model_in(field.annotation)
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    """Return the model that an annotation holds, the only one, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(one) for one in getattr(annotation, "__args__", ())]
    models = [one for one in found if one is not None]
    return models[0] if len(models) == 1 else None
