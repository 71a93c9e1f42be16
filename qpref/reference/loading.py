"""YAML files to typed objects, with French messages that name file, key and remedy."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from qpref.errors import ReferenceFileError, listing, suggestion

MAX_BYTES = 5_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 30  # our files have 8 levels; libyaml overflows the stack of the process at 30,000
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_SHOWN = 60


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type]
    """A safe loader that refuses a key written twice (YAML would keep the last, silently)."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401
        """Return the value of a node; one that YAML cannot make, such as 2020-11-31, is placed."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            text = node.value if isinstance(node, yaml.ScalarNode) else "cet ensemble"
            raise yaml.MarkedYAMLError(
                problem=f"« {_shortened(text)} » n’est pas une valeur possible",
                problem_mark=node.start_mark,
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping of a node, each key once."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.MarkedYAMLError(
                    problem="une clé est un texte, pas une liste", problem_mark=key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"la clé « {_shortened(key)} » est écrite deux fois",
                    problem_mark=key_node.start_mark,
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


Model = TypeVar("Model", bound=BaseModel)


def _shortened(value: object) -> str:
    """Return what may be shown of a value, however long it is."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _code(character: int | str) -> int:
    """Return the code of a character that the reader refused (libyaml gives the code itself)."""
    return character if isinstance(character, int) else ord(character)


def _check_shape(text: str) -> None:
    """
    Refuse, before anything is built, what a small file may use to take all memory.

    Levels without end, and references (`*a`) that stand for more and more values.
    """
    opened: list[tuple[str | None, int]] = [(None, 0)]  # anchor and values of each open collection
    known: dict[str | None, int] = {}  # values of each anchor
    for event in yaml.parse(text, Loader=_Loader):
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = opened.pop()
            known |= {anchor: size} if anchor else {}
        elif isinstance(event, yaml.AliasEvent):
            size = known.get(event.anchor, MAX_VALUES)  # one that is still open holds itself
        elif isinstance(event, yaml.ScalarEvent):
            known |= {event.anchor: 1} if event.anchor else {}
            size = 1
        opened[-1] = (opened[-1][0], opened[-1][1] + size)
        if problem := _excess(event, len(opened), opened[-1][1]):
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _excess(event: yaml.Event, depth: int, values: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"plus de {MAX_DEPTH} niveaux l’un dans l’autre"
    if values > MAX_VALUES:
        return f"plus de {MAX_VALUES} valeurs, ou un renvoi (« * ») à lui-même"
    if getattr(event, "tag", None):
        return "une étiquette (« ! ») n’est pas prévue : mettez le texte entre guillemets"
    return None


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - what YAML holds is only known once validated
    """
    Return the content of a YAML file.

    Raises
    ------
    ReferenceFileError
        If the file is absent, not UTF-8, not YAML, too large or too deep.
    """
    remedy = "Corrigez ce fichier, puis relancez la commande."
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReferenceFileError(f"« {path} » est trop gros.", "Vérifiez ce fichier.")
        text = path.read_text(encoding="utf-8")
        _check_shape(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - safe subclass
    except FileNotFoundError as error:
        raise ReferenceFileError(
            f"Fichier de référence absent : « {path} ».",
            "Écrivez-le, ou partez d’un dossier neuf : qpref projet creer DOSSIER.",
        ) from error
    except UnicodeDecodeError as error:
        raise ReferenceFileError(
            f"« {path} » n’est pas enregistré en UTF-8.", "Enregistrez-le en UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" (ligne {mark.line + 1}, colonne {mark.column + 1})" if mark else ""
        ours = error.problem if type(error) is yaml.MarkedYAMLError else None
        detail = ours or "écriture YAML incorrecte"
        raise ReferenceFileError(f"« {path} »{place} : {detail}.", remedy) from error
    except yaml.reader.ReaderError as error:
        raise ReferenceFileError(
            f"« {path} » contient un caractère interdit en YAML (U+{_code(error.character):04X}).",
            remedy,
        ) from error


def parse(model: type[Model], content: Any, path: Path) -> Model:  # noqa: ANN401
    """Return the content as a typed object, or say in French which key is wrong and why."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        found = [_sentence(detail) for detail in error.errors(include_url=False)]
        raise ReferenceFileError(
            f"« {path} » : " + " ; ".join(found[:5]) + ".",
            "Corrigez la valeur de cette clé, puis relancez la commande.",
        ) from error


_EXPECTED = {
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "float_type": "un nombre est attendu",
    "string_type": "un texte est attendu",
    "list_type": "une liste est attendue",
    "tuple_type": "une liste est attendue",
    "dict_type": "des clés sont attendues",
    "model_type": "des clés sont attendues",
    "model_attributes_type": "des clés sont attendues",
    "date_from_datetime_parsing": "une date AAAA-MM-JJ est attendue",
    "date_parsing": "une date AAAA-MM-JJ est attendue",
    "date_type": "une date AAAA-MM-JJ est attendue",
    "string_pattern_mismatch": "lettres minuscules sans accent, chiffres, tiret ou soulignement",
    "greater_than_equal": "la valeur est trop petite",
}


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's own typed dict
    """Return one pydantic finding as « clé › sous-clé : … »."""
    *parents, key = detail["loc"] or ("fichier",)
    place = " › ".join(str(step + 1) if isinstance(step, int) else step for step in (*parents, key))
    kind, value = detail["type"], _shortened(detail["input"])
    if kind == "missing":
        return f"{place} : clé obligatoire absente"
    if kind == "extra_forbidden":
        return f"{place} : clé inconnue"
    if kind in {"literal_error", "enum"}:
        expected = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        return f"{place} : « {value} » n’est pas prévu (valeurs prévues : {expected})"
    if kind == "value_error":
        return f"{place} : {detail['ctx']['error']}"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        expected = detail["ctx"].get("expected_tags", "").replace("'", "")
        tag = detail["ctx"].get("tag", "")
        return f"{place} › nature : « {tag} » n’est pas prévu (valeurs prévues : {expected})"
    return f"{place} : « {value} » ne convient pas ({_EXPECTED.get(kind, 'valeur refusée')})"


def check_known(path: Path, place: str, value: str, known: list[str]) -> None:
    """Refuse a name that points to nothing, saying which names exist."""
    if value not in known:
        raise ReferenceFileError(
            f"« {path} » : {place} : « {value} » est inconnu.{suggestion(value, known)} "
            f"Valeurs connues : {listing(known)}.",
            "Corrigez la valeur de cette clé, puis relancez la commande.",
        )
