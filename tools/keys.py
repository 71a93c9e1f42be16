"""Write what is made from the models of the reference files: their schemas, and docs/cles.md.

`python tools/keys.py` writes them; tests/docs/test_keys.py fails when they are not up to date.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from qpref.reference.schemas import FILES, schema, schema_files
from qpref.shipped import SCHEMAS

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/cles.md"
HEAD = """# Clés des fichiers de référence

Chaque clé de chaque fichier qu’un projet peut écrire. Page tirée
du programme lui-même : ne la modifiez pas à la main.

Les mêmes explications s’affichent dans un éditeur qui lit les schémas de `data/reference/schemas`
(Visual Studio Code avec l’extension YAML, par exemple) : la première ligne de chaque fichier lui
dit lequel. `qpref projet verifier` dit tout ce qui ne va pas dans ces fichiers.

Un *nom court* est fait de lettres minuscules sans accent, de chiffres, de tirets et de traits bas.
Une date s’écrit AAAA-MM-JJ. « nom : … » se répète pour autant de noms qu’il en faut. Une clé
facultative que vous laissez vide vaut une clé absente.
"""
TYPES = {
    "boolean": "`true` ou `false`", "integer": "nombre entier", "number": "nombre",
    "string": "texte",
}  # fmt: skip
LISTS = {
    "texte": "liste de textes", "nom court": "liste de noms courts",
    "nombre entier": "liste de nombres entiers",
}  # fmt: skip
TAGS = ("type", "nature")  # keys that say which of several parts one is
_DAY = re.compile(r"'(\d{4}-\d{2}-\d{2}|\d{2}:\d{2})'")


class Page:
    """The page under way: the title under which each part is explained, once."""

    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self.told: set[str] = set()  # lists of values

    def text(self) -> str:
        """Return the whole page."""
        lines = [line for kind in FILES for line in self._file(kind)]
        return HEAD + "\n".join(lines) + "\n"

    def _file(self, kind: str) -> Iterator[str]:
        """Yield a kind of file: its keys, then those of each of its parts."""
        whole = schema(kind)
        yield from ("", f"## `{FILES[kind].path}`", "", FILES[kind].holds)
        waiting: list[tuple[str, dict[str, Any]]] = [("", whole)]
        while waiting:
            title, part = waiting.pop(0)
            yield from ("", f"### {title}") if title else ()
            yield from ("", "| clé | type | par défaut | sens | exemple |", "|---|---|---|---|---|")
            for key, said in part["properties"].items():
                for name in dict.fromkeys(references(said)):
                    if name not in self.titles:
                        held = whole["definitions"][name]
                        self.titles[name] = title_of(kind, key, held)
                        waiting.append((self.titles[name], held))
                yield self._row(key, said, is_needed=key in part.get("required", ()))

    def _row(self, key: str, said: dict[str, Any], *, is_needed: bool) -> str:
        meaning, *values = said["description"].split("\n")
        if said["description"] in self.told:
            values = []
        self.told.add(said["description"])
        values = [f"`{value[2:].replace(' : ', '` : ', 1)}" for value in values]
        examples = [f"`{written(one)}`" for one in said.get("examples", ())[:1]]
        default = "obligatoire" if is_needed else default_of(said.get("default"))
        kind = self._kind(said)
        cells = (f"`{key}`", kind, default, "<br>".join((meaning, *values)), "".join(examples))
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    def _kind(self, said: dict[str, Any]) -> str:
        """Return the type of a value, in French; what is explained elsewhere says where."""
        if "$ref" in said:
            return f"clés de {self.titles[said['$ref'].rsplit('/', 1)[-1]]}"
        if "enum" in said:
            is_told = said["enum"] == ["oui", "non"] or "markdownEnumDescriptions" in said
            values = "" if is_told else " : " + ", ".join(f"`{one}`" for one in said["enum"])
            return "oui ou non" if said["enum"] == ["oui", "non"] else f"une des valeurs{values}"
        if parts := said.get("anyOf") or said.get("oneOf"):
            return ", ou ".join(self._kind(one) for one in parts if one.get("type") != "null")
        return self._whole(said) if said["type"] in {"array", "object"} else _simple(said)

    def _whole(self, said: dict[str, Any]) -> str:
        """Return the type of a list, or of keys that are names."""
        if said["type"] == "array":
            held = self._kind(said["items"])
            return LISTS.get(held, f"liste : {held}")
        (held,) = said.get("patternProperties", {"": said.get("additionalProperties")}).values()
        return f"nom : {self._kind(held)}"


def _simple(said: dict[str, Any]) -> str:
    if "const" in said or said.get("format") == "date":
        return "une valeur" if "const" in said else "date"
    is_short = str(said.get("pattern", "")).startswith("^[a-z0-9_")
    return "nom court" if is_short else TYPES[said["type"]]


def references(said: object) -> Iterator[str]:
    """Yield the names of the parts that a property refers to."""
    if isinstance(said, dict):
        if "$ref" in said:
            yield said["$ref"].rsplit("/", 1)[-1]
        for one in said.values():
            yield from references(one)
    elif isinstance(said, list):
        for one in said:
            yield from references(one)


def title_of(kind: str, key: str, part: dict[str, Any]) -> str:
    """Return the title of a part, by the key that holds it and what tells it from others there."""
    tag = next((t for t in TAGS if "const" in part["properties"].get(t, {})), None)
    which = f", `{tag}: {part['properties'][tag]['const']}`" if tag else ""
    return f"`{kind}` › `{key}`{which}"


def default_of(value: object) -> str:
    """Return what a key is worth when it is not there."""
    return "rien" if value in (None, [], {}, "") else f"`{written(value)}`"


def written(value: object) -> str:
    """Return a value as a file writes it, on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return _DAY.sub(r"\1", text.removesuffix("...\n").strip())


def files() -> dict[str, bytes]:
    """Return what is made from the models, by path in the repository."""
    made = {f"{SCHEMAS}/{name}": content for name, content in schema_files().items()}
    return {**made, PAGE: Page().text().encode()}


if __name__ == "__main__":
    for name, content in files().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
