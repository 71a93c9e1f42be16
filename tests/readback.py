"""What pages say, read back by a reader who knows nothing of the program: texts, numbers, bars."""

import copy
import math
import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import html

NUMBER = r"[+−]?\d+(?:,\d+)?"
BETWEEN = re.compile(rf"[Ee]ntre ({NUMBER}) et ({NUMBER})")
_VALUE = re.compile(  # no year
    rf"(?<!\d)([+−]?\d{{1,3}}(?:,\d+)?)(?: %| points?| sur \d+)? ?\(entre ({NUMBER}) et ({NUMBER})"
)
_CHANGE = re.compile(rf"({NUMBER}) points?\b[^.]*?entre ({NUMBER}) et ({NUMBER}) points")
_NOTHING = re.compile(r"(?<![\w’])(?:nan|inf|none|nat)(?![\w’])", re.IGNORECASE)
# An interval is printed to a point, a bar drawn to a tenth of a percent: half of each, and the
# hair by which nothing is drawn.
PRINTED, DRAWN, HAIR = 0.5, 0.15, 0.3


def plain(text):
    """A text as it is read, with plain spaces; numbers of more than three digits in one piece."""
    text = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3}\b)", "", text)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def number(text):
    """The number that a text begins with; None if there is none."""
    found = re.match(NUMBER, text)
    return float(found[0].replace("−", "-").replace(",", ".")) if found else None


@dataclass
class Drawn:
    """A row of a table: its cells, what stands below, its bars (start, width, is thin, colour)."""

    caption: str
    headings: list
    legend: dict  # label by colour
    cells: list
    label: str
    detail: str = ""
    bars: list = field(default_factory=list)
    dots: list = field(default_factory=list)  # where, and whether it is hollow

    @property
    def text(self):
        return " | ".join([self.label, *self.cells, self.detail])

    @property
    def thick(self):
        return [bar for bar in self.bars if not bar[2]]

    @property
    def thin(self):
        return [bar for bar in self.bars if bar[2]]


def opened(path):
    return html.parse(str(path)).getroot().xpath("//main")[0]


def words(node):
    """
    The words of a page or of a part of it: the one counter that every limit of words is held by.

    A word begins with a letter or a digit and may hold apostrophes and hyphens: « aujourd’hui »,
    « Qual-e-pref » and « 2023 » are one each, « l’avis » too; signs alone (« % », « : ») are none.
    All that can be read counts: titles, menu, tables, notes, sources, digests. Left out: the inside
    of a drawing, whose numbers stand beside it, and what is no text (style, script).
    """
    node = copy.deepcopy(node)
    for apart in node.xpath(".//*[local-name()='svg' or name()='style' or name()='script']"):
        apart.drop_tree()
    return re.findall(r"\w[\w’'-]*", plain(node.text_content()))


def remarks_apart(main):
    """Return a page without the section of what users wrote, and that section alone."""
    rest, own = copy.deepcopy(main), html.Element("div")
    for title in rest.xpath(".//h3[@id='remarques']"):
        node = title
        while node is not None and (node is title or node.tag not in {"h2", "h3"}):
            following = node.getnext()
            own.append(node)
            node = following
    return rest, own


def texts(main):
    """Every text of a page that stands by itself: sentences, titles, cells, details."""
    for node in main.iter("h1", "h2", "h3", "p", "li", "caption", "th", "td"):
        yield plain(node.text_content())


def tables(main):
    """The rows of each table of a page."""
    for table in main.iter("table"):
        caption = plain(table.findtext("caption") or table.find("caption").text_content())
        headings = [plain(cell.text_content()) for cell in table.xpath("./thead//th")]
        marks = table.xpath("./caption/span")
        legend = {m.xpath(".//@fill")[0]: plain(m.text_content()) for m in marks}
        yield [_row(body, caption, headings, legend) for body in table.xpath("./tbody")]


def _row(body, caption, headings, legend):
    label = plain(body.xpath("string(.//th)"))
    lines = [line.xpath("./td") for line in body.xpath("./tr")]
    below = [cells[0] for cells in lines if len(cells) == 1 and cells[0].get("colspan")]
    cells = [plain(c.text_content()) for line in lines for c in line if c not in below]
    found = Drawn(caption, headings, legend, cells, label)
    for cell in below:
        told = " ".join(cell.xpath(".//*[local-name()='svg']/@aria-label"))
        for text in cell.xpath(".//*[local-name()='text']"):
            text.drop_tree()
        found.detail += plain(f"{told} {cell.text_content()}")
    for dot in body.xpath(".//*[local-name()='circle']"):
        found.dots.append((float(dot.get("cx").rstrip("%")), dot.get("r") == "4"))
    for rect in body.xpath(".//*[local-name()='rect']"):
        start, width = (float((rect.get(name) or "0").rstrip("%")) for name in ("x", "width"))
        found.bars.append((start, width, rect.get("height") == "4", rect.get("fill")))
    return found


# What no page may say


def nothing_said(main):
    """Texts and bars made of what is no number."""
    found = [text for text in texts(main) if _NOTHING.search(text)]
    sizes = (rect.get(name) or "" for rect in main.iter("rect") for name in ("x", "width"))
    return found + [size for size in sizes if _NOTHING.search(size)]


def outside_their_interval(main):
    """Numbers that are not between the bounds printed after them."""
    rows = [" ".join([*row.cells[:1], row.detail]) for table in tables(main) for row in table]
    return [
        text
        for text in [*texts(main), *rows]
        for value, low, high in [*_VALUE.findall(text), *_CHANGE.findall(text)]
        if not number(low) <= number(value) <= number(high)
    ]


def wide_as_nothing(main):
    """Intervals whose bounds are printed alike."""
    return [
        text for text in texts(main) for low, high in BETWEEN.findall(text) if low == high
    ]  # fmt: skip


def contradicted(main):
    """Verdicts that their interval contradicts, in rows and in the items of key figures."""
    said = [text for text in texts(main) if "points" in text]
    rows = [row for table in tables(main) for row in table]
    silent = [row.text for row in rows if "Écart" in row.headings]
    said += [row.text for row in rows if "Écart" not in row.headings]
    return [text for text in said if _is_contradicted(text.lower())] + [
        text for text in silent if _is_contradicted(text.lower(), is_silent=True)
    ]


def _is_contradicted(text, *, is_silent=False):
    """Where `is_silent`, a text without a verdict says that nothing is established."""
    found = re.search(rf"entre ({NUMBER}) et ({NUMBER}) points", text)
    if not found:
        return False
    low, high = map(number, found.groups())
    said = "mieux|moins bien|en hausse|en baisse|écart à confirmer"
    silent = is_silent and not re.search(rf"\b({said})\b", text)
    if silent or "pas de différence établie" in text or "pas de changement établi" in text:
        return low > 0 or high < 0
    if re.search(r"\bmoins bien\b|\ben baisse\b", text):
        return high >= 0
    return bool(re.search(r"\bmieux\b|\ben hausse\b", text)) and low <= 0


MOST = 3  # times that a page may say the same


def said_too_often(main):
    """Sentences of four words or more that a page says again and again; names of rows aside."""
    names = {plain(one.text_content()).lower() for one in main.iter("th")}
    told = []
    for element in main.xpath(".//h1|.//h2|.//h3|.//p|.//li|.//caption|.//td"):
        apart = "ancestor::*[local-name()='svg' or parent::caption]"  # drawings, legends
        own = plain(" ".join(element.xpath(f".//text()[not({apart})]")))
        told += [part.strip(" «»").lower() for part in re.split(r"[.;:!?()|]", own)]
    counts = Counter(one for one in told if len(re.findall(r"[^\W\d_]+", one)) >= 4)
    return [(text, n) for text, n in counts.items() if n > MOST and text not in names]


NOTE = re.compile(r"^Lecture : .+\. Champ : .+\. Source : .+\.")


def charts_without_note(main):
    """Charts that do not say how to read them, of whom they are and where they come from."""
    drawn = [
        one
        for one in main.xpath(".//table|.//figure")
        if one.tag == "figure" or one.xpath("./tbody//*[local-name()='svg']")
    ]
    found = []
    for one in drawn:
        beside = one.getparent() if one.getparent().get("class") == "large" else one
        note = beside.getnext()
        told = "" if note is None or note.get("class") != "note" else plain(note.text_content())
        found += [] if NOTE.match(told) else [plain(one.text_content())[:80]]
    return found


def under_their_p(main):
    """Corrected p-values under the one that they correct."""
    found = []
    for row in (row for table in tables(main) for row in table):
        own = dict(zip(row.headings[-len(row.cells) :], row.cells, strict=False))
        raw = next((v for k, v in own.items() if re.match(r"p\b(?!.*corrigé)", k)), None)
        for name, corrected in own.items():
            is_corrected = re.match(r"p\b.*corrigé", name)
            if is_corrected and raw and _p(corrected) < _p(raw):
                found.append(row.text)
    return found


def _p(text):
    value = number(text.removeprefix("moins de "))
    return math.nan if value is None else value


# Bars


def untrue_bars(rows):
    """
    The rows of a table whose bars are not as long as their numbers, or whose numbers are not read.

    The whole line is 100 %, or the highest mark, or the highest count of the table.
    """
    if rows and rows[0].caption.startswith("Échéances, de la plus proche"):
        return []  # days on a calendar
    most = max((row.thick[0][1] for row in rows if len(row.thick) == 1), default=0)
    counts = [number(row.cells[0]) for row in rows if row.cells and _is_count(row)]
    highest = max(counts, default=0)
    return [
        (row.text, row.bars)
        for row in rows
        if (row.bars or row.dots) and not _is_true(row, most / highest if highest else 0)
    ]


def _is_count(row):
    return bool(re.fullmatch(r"\d+", row.cells[0])) and not _percents(row)


def _is_true(row, per_count):
    if row.dots:
        return _is_true_line(row)
    if len(row.bars) == 3 and re.search(r"points?$", row.cells[0]):
        return _is_true_difference(row)
    if len(row.thick) > 1 or (row.thick and not row.thin and _parts(row)):
        return _are_true_parts(row)
    full = _full(row, per_count)
    return full is not None and _is_true_alone(row, full)


def _is_true_line(row):
    """
    A share and the one before it, on a line from 0 to 100 %, the interval behind.

    Or the same share at several sites, a mark each.
    """
    now, before = (
        [at for at, is_hollow in row.dots if is_hollow is side] for side in (False, True)
    )
    told = [one for one in map(_of_hundred, row.cells) if one is not None]
    if len(told) != len(row.dots):  # « 43 sur 96 » answered: no place on the line
        told = [float(one[1]) for one in (re.match(r"(\d+) %", c) for c in row.cells) if one]
    if len(now) != 1:
        is_alone = not before and not row.bars and len(now) == len(told)
        return is_alone and all(map(near, now, told))
    bounds = BETWEEN.search(" ".join([row.cells[0], row.detail]))
    ends = [end for start, width, *_ in row.thin for end in (start, start + width)]
    between = map(number, bounds.groups()) if bounds else (told[0], told[0])
    return (
        len(told) == len(row.dots)
        and all(map(near, [*now, *before], told))
        and all(map(near, ends, between))
    )


def _of_hundred(cell):
    """The place on the line that a cell tells: « 77 % », « 7 sur 10 »."""
    share, ratio = re.match(r"(\d+) %", cell), re.match(r"(\d+) sur (\d+)$", cell)
    if share:
        return float(share[1])
    return 100 * int(ratio[1]) / int(ratio[2]) if ratio and int(ratio[2]) else None


def _is_true_difference(row):
    (start, width, *_), (mark, thick, *_), (zero, line, *_) = row.bars
    low, high = map(number, BETWEEN.search(row.detail).groups())
    return (
        near(zero + line / 2, 50)
        and near(mark + thick / 2, 50 + number(row.cells[0]))
        and near(start, 50 + low)
        and near(start + width, 50 + high)
    )


def _parts(row):
    """The parts of a whole that a row tells below: percentages, or counts; then what it counts."""
    told = [float(n) for n in re.findall(r"(?<!entre )\b(\d+) %", row.detail)]
    if told and not BETWEEN.search(row.detail):
        return told
    counts = [int(n) for n in re.findall(r" : (\d+)(?= ;|$)", row.detail)]
    return [100 * n / sum(counts) for n in counts] if sum(counts) else []


def _touch(bars):
    bars = [bar for bar in bars if bar[1] > HAIR]
    ends = [start + width for start, width, *_ in bars]
    return all(near(a, b[0], DRAWN) for a, b in zip(ends, bars[1:], strict=False))


def _are_true_parts(row):
    told = [part for part in _parts(row) if part] or [100.0]
    drawn = [width for _, width, *_ in row.thick if width > HAIR]
    rare = [width for width in drawn if width < PRINTED]  # drawn, and written as 0 %
    drawn = [width for width in drawn if width not in rare or len(drawn) == len(told)]
    return _touch(row.thick) and len(told) == len(drawn) and all(map(near, drawn, told))


def _percents(row):
    return [float(n) for cell in row.cells[:2] for n in re.findall(r"^(\d+(?:,\d+)?) %", cell)]


def _full(row, per_count):
    """How many hundredths of the line one unit of the row's number takes."""
    if _percents(row) or re.match(r"\d+ sur \d+$", row.cells[0]):
        return 1
    for place in (row.detail, row.cells[0], row.caption):
        found = re.search(r"\b[Ss]ur (\d+)\b", place)
        if found:
            return 100 / int(found[1])
    return per_count if _is_count(row) else None


def _is_true_alone(row, full):
    (start, width, *_), *_ = row.thick
    ratio = re.match(r"(\d+) sur (\d+)$", row.cells[0])
    told = _percents(row)
    if told:
        value, rounding = told[0], PRINTED
    elif ratio and full == 1:
        value, rounding = 100 * int(ratio[1]) / int(ratio[2]), 0
    else:
        value, rounding = number(row.cells[0]) * full, (0 if _is_count(row) else 0.05 * full)
    is_true = start == 0 and (
        near(width, value, rounding + DRAWN) or (width == HAIR and value <= 1)
    )
    if not row.thin or (ratio and full == 1):
        return is_true
    (low, length, *_), text = row.thin[0], " ".join([*row.cells, row.detail])
    flow = re.search(r"(\d+) % des passages", text)
    if flow:
        return is_true and low == 0 and near(length, float(flow[1]))
    found = BETWEEN.search(text)
    if not found:
        return False
    bounds = [number(bound) * full for bound in found.groups()]
    ends = (low, low + length)
    step = rounding if not told else PRINTED
    return is_true and all(near(a, b, step + DRAWN) for a, b in zip(ends, bounds, strict=True))


def near(drawn, told, most=PRINTED + DRAWN):
    return abs(drawn - told) <= most + 1e-9
