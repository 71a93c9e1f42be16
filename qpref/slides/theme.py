"""The templates of a slide show: ours, or a file of the service; which layouts are needed."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qpref.errors import QprefError
from qpref.lazy import lazy
from qpref.palette import BAD, GOOD, INK, VERY_BAD, VERY_GOOD

pptx = lazy("pptx")
constants = lazy("pptx.opc.constants")
enums = lazy("pptx.enum.shapes")
oxml = lazy("pptx.oxml.ns")

CM = 360_000  # English Metric Units, in which slides are measured
POINT = 12_700
_WIDTH, _HEIGHT, _EDGE = round(33.867 * CM), round(19.05 * CM), round(1.4 * CM)
_FONT = "Arial"
_NAMES = {"Title Slide": "Titre", "Title and Content": "Titre et contenu"}
_PROMPTS = {
    "Click to edit Master title style": "Titre",
    "Click to edit Master subtitle style": "Sous-titre",
    "Click to edit Master text styles": "Texte",
    "Second level": "Deuxième niveau",
    "Third level": "Troisième niveau",
    "Fourth level": "Quatrième niveau",
    "Fifth level": "Cinquième niveau",
}
_LEAST_WIDTH, _LEAST_HEIGHT = 12 * CM, 7 * CM


class TemplateError(
    QprefError,
    exit_code=22,
    meaning="modèle de diaporama illisible, ou sans les dispositions nécessaires",
):
    """A .pptx in which the slides have no place."""


@dataclass(frozen=True)
class Template:
    """A presentation without slides, and its layouts for the opening and for the other slides."""

    show: Any
    opening: Any
    content: Any


def open_template(path: Path | None) -> Template:
    """
    Return our template, or that of a service, its own slides removed.

    Parameters
    ----------
    path
        A .pptx file; None for ours.

    Raises
    ------
    TemplateError
        If it cannot be read, or has no layout for the opening or for the content.
    """
    if path is None:
        show = pptx.Presentation()
        _dress(show)
        _place(show)
    else:
        show = _read(path)
        _empty(show)
    where = f"« {path} »" if path else "le modèle"
    return Template(show, _opening(show, where), _content(show, where))


def _read(path: Path) -> Any:  # noqa: ANN401 - the library has no public type
    if not path.is_file():
        raise TemplateError(f"« {path} » : fichier absent.", "Vérifiez le chemin de --modele.")
    try:
        return pptx.Presentation(io.BytesIO(path.read_bytes()))
    except Exception as error:  # the library raises whatever a broken archive makes it meet
        raise TemplateError(
            f"« {path} » ne se lit pas comme une présentation .pptx ({type(error).__name__}).",
            "Enregistrez votre modèle au format « Présentation PowerPoint (.pptx) ».",
        ) from error


def _empty(show: Any) -> None:  # noqa: ANN401
    """Remove the slides of a template: a service often gives one of its presentations."""
    slides = show.slides._sldIdLst  # noqa: SLF001 - the library cannot remove a slide
    for entry in list(slides):
        show.part.drop_rel(entry.rId)
        slides.remove(entry)


# Which layouts serve


def _kinds(layout: Any) -> dict[Any, Any]:  # noqa: ANN401
    """Return the placeholders of a layout by kind, the first of each."""
    found: dict[Any, Any] = {}
    for place in layout.placeholders:
        found.setdefault(place.placeholder_format.type, place)
    return found


def _opening(show: Any, where: str) -> Any:  # noqa: ANN401
    kind = enums.PP_PLACEHOLDER
    for layout in show.slide_layouts:
        if {kind.CENTER_TITLE, kind.SUBTITLE} <= _kinds(layout).keys():
            return layout
    raise _lacking(show, where, "de titre (un titre centré et un sous-titre)")


def _content(show: Any, where: str) -> Any:  # noqa: ANN401
    """Return the first layout with a title and one large place below it."""
    for layout in show.slide_layouts:
        places = [one for one in layout.placeholders if _is_content(one)]
        has_title = enums.PP_PLACEHOLDER.TITLE in _kinds(layout)
        if has_title and len(places) == 1 and _is_large(places[0]):
            return layout
    raise _lacking(show, where, "« titre et contenu » (un titre, et un seul espace d’au moins "
                   "12 cm sur 7 cm)")  # fmt: skip


def _is_content(place: Any) -> bool:  # noqa: ANN401
    kind = enums.PP_PLACEHOLDER
    return place.placeholder_format.type in {kind.OBJECT, kind.BODY}


def _is_large(place: Any) -> bool:  # noqa: ANN401
    return (place.width or 0) >= _LEAST_WIDTH and (place.height or 0) >= _LEAST_HEIGHT


def _lacking(show: Any, where: str, what: str) -> TemplateError:  # noqa: ANN401
    names = ", ".join(f"« {layout.name} »" for layout in show.slide_layouts) or "il n’y en a pas"
    return TemplateError(
        f"{where} n’a pas de disposition {what}. Ses dispositions : {names}.",
        "Dans PowerPoint ou Impress, ajoutez-la au masque des diapositives du modèle.",
    )


# Our own


def _dress(show: Any) -> None:  # noqa: ANN401
    """Give the theme our colours and a typeface that every machine has, or one of its width."""
    part = show.slide_master.part.part_related_by(constants.RELATIONSHIP_TYPE.THEME)
    text = part.blob.decode("utf-8")
    colours = {"dk2": VERY_GOOD, "accent1": VERY_GOOD, "accent2": GOOD, "accent3": BAD,
               "accent4": VERY_BAD, "dk1": INK}  # fmt: skip
    for name, colour in colours.items():
        fill = f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", fill, text, count=1, flags=re.DOTALL)
    text = re.sub(r'<a:latin typeface="Calibri"', f'<a:latin typeface="{_FONT}"', text)
    text = re.sub(r'<a:theme ([^>]*)name="[^"]*"', r'<a:theme \1name="qpref"', text, count=1)
    part._blob = text.encode()  # noqa: SLF001 - the library does not open themes
    properties = show.slide_master.element.find(oxml.qn("p:txStyles"))
    title = properties.find(oxml.qn("p:titleStyle")).find(oxml.qn("a:lvl1pPr"))
    title.set("algn", "l")
    words = title.find(oxml.qn("a:defRPr"))
    words.set("sz", "2800")
    words.set("b", "1")
    words.find(f".//{oxml.qn('a:schemeClr')}").set("val", "tx2")


def _place(show: Any) -> None:  # noqa: ANN401
    """Make the slides wide, keep the layouts that serve, and put their places on one grid."""
    kind = enums.PP_PLACEHOLDER
    show.slide_width, show.slide_height = _WIDTH, _HEIGHT
    for layout in list(show.slide_layouts):
        if layout.name in _NAMES:
            layout.name = _NAMES[layout.name]
        else:
            show.slide_layouts.remove(layout)
    inside, foot, low = _WIDTH - 2 * _EDGE, round(17.2 * CM), round(1.4 * CM)
    grid = {
        kind.TITLE: (_EDGE, round(0.7 * CM), inside, round(2.4 * CM)),
        kind.OBJECT: (_EDGE, round(3.3 * CM), inside, round(13.6 * CM)),
        kind.BODY: (_EDGE, round(3.3 * CM), inside, round(13.6 * CM)),
        kind.CENTER_TITLE: (_EDGE, 4 * CM, inside, 4 * CM),
        kind.SUBTITLE: (_EDGE, round(8.6 * CM), inside, 5 * CM),
        kind.FOOTER: (_EDGE, foot, round(27 * CM), low),
        kind.SLIDE_NUMBER: (_WIDTH - _EDGE - 3 * CM, foot, 3 * CM, low),
    }
    for owner in (show.slide_master, *show.slide_layouts):
        for one in list(owner.placeholders):
            _put(one, grid)
        for pale in list(owner.element.iter(oxml.qn("a:tint"))):  # too pale to be read from afar
            pale.getparent().remove(pale)
        for words in owner.element.iter(oxml.qn("a:t")):
            words.text = _PROMPTS.get(words.text, words.text)


def _put(place: Any, grid: Mapping[Any, tuple[int, int, int, int]]) -> None:  # noqa: ANN401
    """Put a place where the grid says; the footer begins at the left, and there is no date."""
    kind, what = enums.PP_PLACEHOLDER, place.placeholder_format.type
    if what == kind.DATE:
        place._element.getparent().remove(place._element)  # noqa: SLF001
        return
    if what in grid:
        place.left, place.top, place.width, place.height = grid[what]
    if what == kind.FOOTER:
        for level in place._element.iter(oxml.qn("a:lvl1pPr")):  # noqa: SLF001
            level.set("algn", "l")
