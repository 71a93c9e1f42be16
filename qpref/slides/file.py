"""A slide show as a .pptx file: places of the template filled, notes, French, fixed bytes."""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from qpref.lazy import lazy
from qpref.slides.deck import Deck, Slide
from qpref.slides.fit import height, largest, pages
from qpref.slides.native import Box, add_chart, add_curve, add_table
from qpref.slides.steady import steady
from qpref.slides.theme import POINT, Template
from qpref.wording.french import typeset

enums = lazy("pptx.enum.shapes")
names = lazy("pptx.oxml.ns")
util = lazy("pptx.util")

FICTIONAL = "Données fictives : aucun chiffre n’est réel."
_TITLE, _TEXT, _ROWS = (28, 24, 20, 17), (20, 18, 16, 14), (20, 18, 16, 14, 12)
_SMALL = (11, 10, 9, 8)
_FOOT = 24 * POINT
_BESIDE = 0.34  # of the width, for the sentences beside a chart
_LEFT_TO_SPEAKER = "La suite de ce texte est dans les commentaires."
_MOST_PAGES = 2  # of one table: beyond, smaller letters


def to_pptx(deck: Deck, template: Template, now: datetime) -> bytes:
    """
    Return the file; the same bytes for the same slides, template and moment.

    Parameters
    ----------
    deck
        What is said.
    template
        Of `theme.open_template`.
    now
        Written in the properties of the file.
    """
    writer = _Writer(template, is_fictional=deck.is_fictional)
    writer.opening(deck)
    for slide in deck.slides:
        writer.add(slide)
    _properties(template.show, deck.title, now)
    _in_french(template.show)
    out = io.BytesIO()
    template.show.save(out)
    return steady(out.getvalue())


class _Writer:
    """Adds slides to a presentation."""

    def __init__(self, template: Template, *, is_fictional: bool) -> None:
        self._template, self._is_fictional = template, is_fictional

    def opening(self, deck: Deck) -> None:
        """Add the first slide."""
        slide = self._template.show.slides.add_slide(self._template.opening)
        under = [deck.subtitle, *([FICTIONAL] if deck.is_fictional else [])]
        slide.shapes.title.text_frame.text = typeset(deck.title)
        kind = enums.PP_PLACEHOLDER.SUBTITLE
        (place,) = [p for p in slide.placeholders if p.placeholder_format.type == kind]
        place.text_frame.text = "\n".join(map(typeset, under))
        _drop_empty(slide)
        self._notes(slide, ["Ouverture de la réunion."])

    def add(self, told: Slide) -> None:
        """Add a slide, or several when its table is longer than one."""
        if told.table is None:
            self._add(told)
            return
        width, room = self._room(told)
        size, cut = _table_pages(told, width, room)
        for rank, rows in enumerate(cut):
            title = told.title if len(cut) == 1 else f"{told.title} ({rank + 1} sur {len(cut)})"
            table = replace(told.table, rows=rows)
            self._add(replace(told, title=title, table=table), size)

    def _room(self, told: Slide) -> tuple[float, float]:
        """Return the width and the height left for a table, in points."""
        place = _content(self._template.content)
        width = place.width / POINT
        above = height(told.sentences, _TEXT[-1], width) + 8 if told.sentences else 0
        return width, place.height / POINT - above

    def _add(self, told: Slide, size: float = 0) -> None:
        slide = self._template.show.slides.add_slide(self._template.content)
        title = slide.shapes.title
        _write(title, [told.title], _TITLE)
        place = _content(slide)
        box = (place.left, place.top, place.width, place.height)
        words, rest = _divided(told, box)
        left = _sentences(place, told.sentences, words)
        if told.chart:
            add_chart(slide, told.chart, rest)
        if told.curve:
            add_curve(slide, told.curve, rest)
        if told.table:
            add_table(slide, told.table, told.table.rows, size, rest)
        if not told.sentences:
            place._element.getparent().remove(place._element)  # noqa: SLF001
        _drop_empty(slide)
        source = [told.source] if told.source else []
        self._foot(slide, [*([FICTIONAL] if self._is_fictional else []), *source], box)
        self._notes(slide, [*left, *_spoken(told)])

    def _foot(self, slide: Any, texts: Sequence[str], box: Box) -> None:  # noqa: ANN401
        """Write the source and the mark of invented data at the foot, and the number."""
        kind = enums.PP_PLACEHOLDER
        left, top, width, tall = box
        foot = None
        for one in self._template.content.placeholders:
            what = one.placeholder_format.type
            if what in {kind.FOOTER, kind.SLIDE_NUMBER}:
                place = _copied(slide, one)
                foot = place if what == kind.FOOTER else foot
        if foot is None:
            foot = slide.shapes.add_textbox(left, top + tall, width, _FOOT)
        _write_foot(foot, texts)

    @staticmethod
    def _notes(slide: Any, texts: Sequence[str]) -> None:  # noqa: ANN401
        slide.notes_slide.notes_text_frame.text = "\n".join(map(typeset, texts))


def _table_pages(told: Slide, width: float, room: float) -> tuple[float, list[list[Any]]]:
    """Return the size of the words of a table, and its rows cut into as few slides as can be."""
    table = told.table
    if table is None:
        return 0, []
    for size in _ROWS:
        cut = pages(table, width, room, size)
        if len(cut) == 1:
            return size, cut
    for size in _ROWS:
        cut = pages(table, width, room, size)
        if len(cut) <= _MOST_PAGES:
            return size, cut
    return _ROWS[-1], cut


def _content(owner: Any) -> Any:  # noqa: ANN401
    """Return the place of the content of a slide or a layout."""
    kind = enums.PP_PLACEHOLDER
    return next(
        place
        for place in owner.placeholders
        if place.placeholder_format.type in {kind.OBJECT, kind.BODY}
    )


def _divided(told: Slide, box: Box) -> tuple[Box, Box]:
    """Return the places of the sentences and of what stands with them: beside, or below."""
    left, top, width, tall = box
    if not told.sentences:
        return box, box
    if told.chart or told.curve:
        beside = round(_BESIDE * width)
        return (left, top, beside, tall), (left + beside, top, width - beside, tall)
    if told.table:
        above = round((height(told.sentences, _TEXT[-1], width / POINT) + 8) * POINT)
        return (left, top, width, above), (left, top + above, width, tall - above)
    return box, box


def _sentences(place: Any, texts: Sequence[str], box: Box) -> list[str]:  # noqa: ANN401
    """Write sentences in a place, and return those that do not fit, for the speaker."""
    place.left, place.top, place.width, place.height = box
    return _write(place, texts, _TEXT)


def _write(place: Any, texts: Sequence[str], sizes: Sequence[float]) -> list[str]:  # noqa: ANN401
    """Write texts as large as they can be; return those left out."""
    if not texts:
        return []
    width, room = place.width / POINT - 15, place.height / POINT - 8
    size, kept = largest(texts, width - 26, room, sizes)
    shown, left = [*texts[:kept]], [*texts[kept:]]
    if left:
        shown[-1] = _LEFT_TO_SPEAKER
        left = [*texts[kept - 1 :]]
    frame = place.text_frame
    frame.text = "\n".join(map(typeset, shown))
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = util.Pt(size)
    return left


def _copied(slide: Any, place: Any) -> Any:  # noqa: ANN401
    """Add a place of the layout that the library leaves out: the footer, the number."""
    element = deepcopy(place._element)  # noqa: SLF001
    slide.shapes._spTree.append(element)  # noqa: SLF001
    shape = slide.shapes[-1]
    shape.left, shape.top, shape.width, shape.height = (
        place.left, place.top, place.width, place.height,
    )  # fmt: skip
    return shape


def _write_foot(place: Any, texts: Sequence[str]) -> None:  # noqa: ANN401
    """Write all that a footer can hold, the first text at least: the notes have the others."""
    width, room = place.width / POINT - 15, place.height / POINT
    whole = [" ".join(texts)]
    size, _ = largest(whole, width, room, _SMALL)
    if height(whole, size, width) > room:
        whole = [*texts[:1]]
        size, _ = largest(whole, width, room, _SMALL)
    place.text_frame.text = typeset(whole[0] if whole else "")
    for run in place.text_frame.paragraphs[0].runs:
        run.font.size = util.Pt(size)


def _spoken(told: Slide) -> list[str]:
    """Return the notes: what was written for the speaker, and the details of the table."""
    rows = told.table.rows if told.table else []
    details = [f"{row.label} : {row.detail}" for row in rows if row.detail]
    return [*told.notes, *details, *([told.source] if told.source else [])]


def _drop_empty(slide: Any) -> None:  # noqa: ANN401
    """Remove the places that the template offers and nothing fills."""
    for place in list(slide.placeholders):
        if place.has_text_frame and not place.text_frame.text:
            place._element.getparent().remove(place._element)  # noqa: SLF001


def _properties(show: Any, title: str, now: datetime) -> None:  # noqa: ANN401
    own = show.core_properties
    own.title, own.language = title, "fr-FR"
    own.author = own.last_modified_by = own.comments = own.keywords = own.subject = ""
    own.revision = 1
    own.created = own.modified = now.replace(tzinfo=None, microsecond=0)


def _in_french(show: Any) -> None:  # noqa: ANN401
    """Say that every word is French: spelling and screen readers follow it."""
    owners = [show, show.slide_master, *show.slide_layouts, *show.slides]
    owners += [slide.notes_slide for slide in show.slides]
    for owner in owners:
        root = owner.element if hasattr(owner, "element") else owner._element  # noqa: SLF001
        for run in root.iter(names.qn("a:r")):
            run.get_or_add_rPr()
        for tag in ("a:rPr", "a:defRPr", "a:endParaRPr"):
            for words in root.iter(names.qn(tag)):
                words.set("lang", "fr-FR")
