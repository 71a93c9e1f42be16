"""What a reader sees on a page: its texts, each with the heading and the row where it stands."""

import re
from dataclasses import dataclass, field

from lxml import html

from tests.sections import read_out

_TEXTS = {"h1", "h2", "h3", "h4", "p", "li", "caption", "figcaption", "summary"}
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DATE = re.compile(rf"\b(?:\d{{1,2}}(?:er)? )?(?:{_MONTHS})(?: \d{{4}})?\b|\b\d{{1,2}}(?:er)? au\b")
_NUMBER = r"[+−-]?\d+(?:,\d+)?"
_PAIR = re.compile(rf"({_NUMBER}) (?:et|à) ({_NUMBER}) (%|points?\b)")
_TOKEN = re.compile(rf"(?<![\w.])({_NUMBER})( %| points?\b)?")


@dataclass
class Block:
    """A text, the label of its row, and the part of the page that it belongs to."""

    tag: str
    text: str
    label: str = ""
    part: "Part" = None


@dataclass
class Part:
    """What stands under one heading of the third level: a section, as the program calls it."""

    above: str
    title: str = ""
    blocks: list[Block] = field(default_factory=list)


def visible(element):
    """The text of an element as it is read, with plain spaces."""
    text = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3}\b)", "", read_out(element))
    text = re.sub(r"(?<=[\w%])\((?=entre)", " (", text)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def parts(path):
    """The parts of a page, in order."""
    main = html.parse(str(path)).getroot().xpath("//main")[0]
    for hidden in main.xpath(".//style | .//script | .//nav"):
        hidden.drop_tree()
    found, row = [Part("", "")], ""
    for element in main.iter():
        if element.tag == "h2":
            found.append(Part(visible(element)))
        elif element.tag == "h3":
            found.append(Part(found[-1].above, visible(element)))
        if element.tag in _TEXTS:
            found[-1].blocks.append(Block(element.tag, visible(element), "", found[-1]))
        elif element.tag == "tr":
            heads = [visible(cell) for cell in element if cell.tag == "th"]
            row = heads[0] if heads else row
            text = " | ".join(visible(cell) for cell in element)
            tag = "head" if len(heads) == len(element) else "tr"
            found[-1].blocks.append(Block(tag, text, row, found[-1]))
    return found


def tokens(text, names=()):
    """The numbers of a text with their unit, names and dates apart: (value, decimals, unit)."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    text = re.sub(r"\b[0-9a-f]{12}\b|\d+\.\d+\.\d+|SHA-256", " ", text)
    text = _DATE.sub(" ", text)
    text = _PAIR.sub(r"\1 \3 ; \2 \3", text)
    for found in _TOKEN.finditer(text):
        number, unit = found.group(1), found.group(2) or ""
        value = float(number.replace("−", "-").replace(",", "."))
        digits = len(number.partition(",")[2])
        if text[: found.start()].rstrip().endswith("environ"):  # two digits, whatever its size
            digits = digits or min(0, 2 - len(number))
        yield value, digits, unit.strip().rstrip("s")
