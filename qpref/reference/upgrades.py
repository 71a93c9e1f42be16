"""
Add to files of earlier versions the keys that are now required.

Each function takes what a YAML file holds and returns it in today's form, without touching what it
was given: files of earlier versions are read through them, and may be written anew.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from qpref.reference.former import renewed

# What grids written before `forme` existed meant by these channels.
OLD_FORMS: Mapping[str, str] = {
    "appel": "telephone",
    "courriel": "ecrit",
    "courrier": "ecrit",
    "visite": "observation",
    "site_internet": "observation",
}
# Types of criteria that had other names, and what they are now.
OLD_TYPES: Mapping[str, Mapping[str, Any]] = {
    "oui_non": {"type": "jugement"},
    "note10": {"type": "note", "sur": 10},
}
_OLD_ANSWER = ("code", "libelle", "favorable", "etat", "synonymes", "codes")
_OLD_PARTIAL = "partiel"  # the one answer that was told apart, though said unfavourable


def upgraded_grid(content: Any) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    """
    Return a mystery grid with the form of each channel and the types of criteria of today.

    A channel whose form is neither said nor known stays without: the grid is then refused. A grid
    without forms could leave out a usual channel that its criteria still named: the name goes.

    Examples
    --------
    >>> mark = {"id": "a", "type": "note10", "canaux": ["appel"]}
    >>> found = upgraded_grid({"canaux": [{"id": "appel"}], "criteres": [mark]})
    >>> found["canaux"], found["criteres"][0]["type"], found["criteres"][0]["sur"]
    ([{'id': 'appel', 'forme': 'telephone'}], 'note', 10)
    """
    if not isinstance(content, dict):
        return content
    channels, is_old = _channels(content.get("canaux"))
    parts = {
        "canaux": channels,
        "criteres": [_criterion(own) for own in _mappings(content.get("criteres"))],
        "reponses": [_answer(own) for own in _mappings(content.get("reponses"))],
    }
    found = content | {key: own for key, own in parts.items() if isinstance(content.get(key), list)}
    return _without_usual(found) if is_old else found


def _mappings(content: Any) -> list[Any]:  # noqa: ANN401 - see above
    return content if isinstance(content, list) else []


def _channels(content: Any) -> tuple[list[Any], bool]:  # noqa: ANN401 - see above
    """Return the channels with their forms, and whether one did not say its own."""
    found, is_old = [], False
    for channel in _mappings(content):
        name = channel.get("id") if isinstance(channel, dict) else None
        if isinstance(name, str) and name in OLD_FORMS and not channel.get("forme"):
            found.append(channel | {"forme": OLD_FORMS[name]})
            is_old = True
        else:
            found.append(channel)
    return found, is_old


def _criterion(content: Any) -> Any:  # noqa: ANN401 - see above
    kind = content.get("type") if isinstance(content, dict) else None
    return content | OLD_TYPES[kind] if isinstance(kind, str) and kind in OLD_TYPES else content


def _answer(content: Any) -> Any:  # noqa: ANN401 - see above
    is_partial = isinstance(content, dict) and content.get("code") == _OLD_PARTIAL
    return content | {"favorable": None} if is_partial and "favorable" in content else content


def _without_usual(grid: dict[str, Any]) -> dict[str, Any]:
    """Return an old grid without the usual channels that it names and does not have."""
    own = [c.get("id") for c in _mappings(grid.get("canaux")) if isinstance(c, dict)]
    gone = [name for name in OLD_FORMS if name not in own]

    def kept(part: Any) -> Any:  # noqa: ANN401 - see above
        """Return a criterion, a scenario or the counts of a protocol, without these channels."""
        if isinstance(part, dict) and isinstance(part.get("canaux"), list):
            return part | {"canaux": [name for name in part["canaux"] if name not in gone]}
        return part

    found = dict(grid)
    if isinstance(grid.get("criteres"), list):
        criteria = [kept(criterion) for criterion in grid["criteres"]]
        found["criteres"] = [c for c in criteria if not isinstance(c, dict) or c.get("canaux")]
    if isinstance(protocol := grid.get("protocole"), dict):
        found["protocole"] = {
            key: [kept(part) for part in value] if isinstance(value, list)
            else {name: n for name, n in value.items() if name not in gone}
            if isinstance(value, dict) else value
            for key, value in protocol.items()
        }  # fmt: skip
    return found


def as_before(criterion: dict[str, Any], highest: int | None) -> str:
    """Return a criterion as it was written when types bore their highest mark."""
    own = {"type": criterion["type"]} | ({"sur": highest} if highest else {})
    before = (name for name, now in OLD_TYPES.items() if now == own)
    name = next(before, f"{criterion['type']}{highest or ''}")
    return json.dumps(criterion | {"type": name}, ensure_ascii=False, separators=(",", ":"))


def answer_as_before(answer: dict[str, Any]) -> str:
    """Return an answer as it was written: by fewer keys, and a partial one said unfavourable."""
    is_partial = answer["code"] == _OLD_PARTIAL and answer["favorable"] is None
    written = {key: answer[key] for key in _OLD_ANSWER} | (
        {"favorable": False} if is_partial else {}
    )
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


# For each kind of file that had another form, what reads it.
RENEWALS: Mapping[str, Callable[[Any], Any]] = {"questionnaire": renewed, "mystere": upgraded_grid}


def kind_of(name: str) -> str:
    """Return the kind of a file, by its name in data/reference."""
    return name.split("/", maxsplit=1)[0].removesuffix(".yml")


def is_former(name: str, content: Any) -> bool:  # noqa: ANN401 - see above
    """Whether a file, by its name in data/reference, is written as an earlier version had it."""
    renew = RENEWALS.get(kind_of(name))
    return renew is not None and renew(content) != content
