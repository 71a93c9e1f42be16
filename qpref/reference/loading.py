"""YAML files to typed objects, with French messages that name file, key and remedy."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from qpref.errors import ReferenceFileError, listing, suggestion


class _StrictLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader that refuses a key written twice (YAML would keep the last, silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping of a node, each key once."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.MarkedYAMLError(
                    problem=f"la clé « {key} » est écrite deux fois, ligne {line}"
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - what YAML holds is only known once validated
    """
    Return the content of a YAML file.

    Raises
    ------
    ReferenceFileError
        If the file is absent, not UTF-8, or not YAML.
    """
    remedy = "Corrigez ce fichier, puis relancez la commande."
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - safe subclass
    except FileNotFoundError as error:
        raise ReferenceFileError(
            f"Fichier de référence absent : « {path} ».", "Rétablissez-le depuis le dépôt."
        ) from error
    except UnicodeDecodeError as error:
        raise ReferenceFileError(
            f"« {path} » n’est pas enregistré en UTF-8.", "Enregistrez-le en UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" (ligne {mark.line + 1}, colonne {mark.column + 1})" if mark else ""
        detail = error.problem if mark is None else "écriture YAML incorrecte"
        raise ReferenceFileError(f"« {path} »{place} : {detail}.", remedy) from error


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
    kind, value = detail["type"], detail["input"]
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
