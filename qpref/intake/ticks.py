"""Boxes told in one cell: which labels a text holds, and what is left over.

Exports join the boxes of a person by a sign that labels may hold too. A label within a sentence is
no answer: who writes « je n’ai pas trouvé le point numérique » did not tick it.
"""

import re
from collections.abc import Sequence

from qpref.intake.export import NOT_ASKED, UNREADABLE
from qpref.intake.matching import normalise
from qpref.intake.rows import Cell
from qpref.intake.submission import Key
from qpref.reference import Question

_JOINTS = re.compile(r"([;,|/\n\r])[;,|/\n\r\s]*")
_DENIED = re.compile(r"\b(?:pas|ni|non|sans|jamais|aucun\w*|personne|rien)\b")
_Label = tuple[str, str]  # as written, signs kept, and the code of its box


def labels_of(question: Question) -> list[_Label]:
    """Return how the boxes of a question may be written, normalised, and their codes."""
    labels = [
        (_signed(*_cut(text)), option.code)
        for option in question.options
        for text in (option.libelle, *option.libelles.values(), *option.synonymes)
    ]
    return sorted([pair for pair in labels if pair[0]], key=lambda pair: -len(pair[0]))


def _cut(text: str) -> tuple[list[str], list[str]]:
    """Return what stands between the signs that join, normalised, and the sign after each."""
    pieces = [*_JOINTS.split(text), ""]
    told = [(normalise(part), sign) for part, sign in zip(pieces[::2], pieces[1::2], strict=True)]
    return [part for part, _ in told if part], [sign for part, sign in told if part]


def _signed(parts: Sequence[str], signs: Sequence[str]) -> str:
    """Return parts with the signs between them."""
    return "".join(f"{part}{sign}" for part, sign in zip(parts, signs, strict=True))[
        : -1 if signs and signs[-1] else None
    ]


def _plain(label: str) -> str:
    return _JOINTS.sub(" ", label)


def ticked(labels: Sequence[_Label], text: str) -> tuple[set[str], str]:
    """
    Return the codes of the labels that a text is made of, and what is left.

    Where no sign joins them, labels may follow each other, if they hold every word and nothing is
    denied: « aucune aide » is neither « Aucune » nor « Aide ».
    """
    found, others = _told_apart(labels, *_cut(text))
    inside = [_following(labels, part) for part in others]
    if all(inside):
        return found.union(*inside), ""
    return found, " ".join(others)


def _following(labels: Sequence[_Label], part: str) -> set[str]:
    """Return the codes of the labels that follow each other in a part, if it has no other word."""
    found, rest = set[str](), f" {part} "
    for label, code in labels:
        if f" {_plain(label)} " in rest:
            found.add(code)
            rest = rest.replace(f" {_plain(label)} ", "  ")
    return set() if rest.strip() or _DENIED.search(part) else found


def _told_apart(
    labels: Sequence[_Label], parts: Sequence[str], signs: Sequence[str]
) -> tuple[set[str], list[str]]:
    """
    Return the codes of the labels that runs of parts are, and the parts that are none.

    Of all ways to cut, the one that leaves the fewest parts; then that takes the fewest labels with
    other signs than theirs (« A;B » is two boxes, were « A, B » a third); then the fewest labels.
    """
    exact = dict(reversed(labels))
    loose = {_plain(label): code for label, code in reversed(labels)}
    most = max(len(_JOINTS.split(label)) // 2 + 1 for label in exact)
    best: list[tuple[int, int, int, int, str]] = [(0, 0, 0, 0, "")]  # what it costs, its last run
    for end in range(1, len(parts) + 1):
        left, other, count, *_ = best[end - 1]
        ways = [(left + 1, other, count, end - 1, "")]
        for start in range(max(0, end - most), end):
            left, other, count, *_ = best[start]
            own = exact.get(_signed(parts[start:end], [*signs[start : end - 1], ""]), "")
            code = own or loose.get(" ".join(parts[start:end]), "")
            if code:
                ways.append((left, other + (not own), count + 1, start, code))
        best.append(min(ways))
    found, others, end = set[str](), list[str](), len(parts)
    while end:
        *_, start, code = best[end]
        if code:
            found.add(code)
        else:
            others.insert(0, parts[start])
        end = start
    return found, others


def boxes(name: str, labels: Sequence[_Label], texts: Sequence[str]) -> dict[Key, Cell]:
    """
    Return one answer a box, from the texts that hold the labels.

    Parameters
    ----------
    name
        Of the question.
    labels
        Those of its boxes.
    texts
        What each of its columns holds: a label never runs over two columns.
    """
    codes = list(dict.fromkeys(code for _, code in labels))
    if not texts:
        return dict.fromkeys(((name, code) for code in codes), "")
    if [*texts] == [NOT_ASKED]:
        return dict.fromkeys(((name, code) for code in codes), NOT_ASKED)
    read = [ticked(labels, text) for text in texts]
    found = set().union(*(own for own, _ in read))
    left = " ".join(filter(None, (rest for _, rest in read)))
    if left and not found:  # nothing was understood: no box is left empty on purpose
        return dict.fromkeys(((name, code) for code in codes), UNREADABLE) | {(name, ""): left}
    cells: dict[Key, Cell] = {(name, code): "Oui" if code in found else "Non" for code in codes}
    return cells | ({(name, ""): left} if left else {})
