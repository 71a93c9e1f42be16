"""The sections that a notebook shows, and the numbers read back from their texts."""

import ast
import copy
import json
import re

from qpref.display.section import Section, Sections
from qpref.wording.french import NBSP, THIN


def shown(path, given):
    """
    Return the sections that the cells of a notebook show, by their keys.

    The cells run here, without a kernel; `given` holds the parameters, and others that the notebook
    does not declare.
    """
    space, found = {}, {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        if "parameters" in cell["metadata"].get("tags", []):
            space |= {node.targets[0].id: given[node.targets[0].id] for node in body}
            continue
        for node in body:
            if isinstance(node, ast.Expr):
                value = eval(compile(ast.Expression(node.value), path.name, "eval"), space)  # noqa: S307 - ours
                found |= {section.key: section for section in each(value)}
            else:
                exec(compile(ast.Module([node], []), path.name, "exec"), space)  # noqa: S102 - ours
    return found


def read_out(node):
    """Return the text of a page as it is read aloud: a drawing by its label, not by its marks."""
    node = copy.deepcopy(node)
    for svg in node.xpath(".//*[local-name()='svg']"):
        told, tail = svg.get("aria-label") or "", svg.tail or ""
        svg.tail = f" {told} {tail}"
        svg.drop_tree()
    return node.text_content()


def each(value):
    """Return the sections that a cell shows: one, several, or none."""
    if isinstance(value, Sections):
        return value
    return [value] if isinstance(value, Section) else []


def plain(text):
    """Return a text with plain spaces and signs."""
    return text.replace(NBSP, " ").replace(THIN, " ").replace("−", "-")


def percent(text):
    """Return the share that a text begins with: « 77 % »."""
    found = re.match(r"(\d+) %", plain(text))
    return int(found[1]) / 100 if found else None


def points(text):
    """Return the difference of shares that a text begins with: « −10 points »."""
    found = re.match(r"([+-]?\d+) points?", plain(text))
    return int(found[1]) / 100 if found else None


def bounds(text, unit="%"):
    """Return the interval that a text tells: « entre 71 et 82 % »."""
    bound = r"([+-]?\d+(?:,\d+)?)"
    found = re.search(rf"entre {bound} et {bound} {unit}", plain(text))
    return tuple(float(one.replace(",", ".")) / 100 for one in found.groups()) if found else None


def out_of(text):
    """Return the count and its base that a text tells: « 5 sur 9 »."""
    found = re.match(r"(\d+) sur (\d+)$", plain(text))
    return (int(found[1]), int(found[2])) if found else None


def decimal(text):
    return float(re.match(r"-?\d+(?:,\d+)?", plain(text))[0].replace(",", "."))


def figure(section, **wanted):
    """Return the one line of the figures that has these values."""
    found = section.figures
    for name, value in wanted.items():
        found = found.loc[found[name] == value]
    assert len(found) == 1, wanted
    return found.iloc[0]
