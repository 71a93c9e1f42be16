"""What a page shows of another site or campaign, opened as a comparison: it bears its place."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from qpref.display.section import Section, Sections
from qpref.workbook.base import Classeur
from qpref.workbook.result import Resultat
from qpref.workbook.study import Etude

P = ParamSpec("P")
T = TypeVar("T")


def bearing_its_place(open_: Callable[P, T]) -> Callable[P, T]:
    """Have what is opened as a comparison name its place in the title of each section."""

    @wraps(open_)
    def opening(*args: P.args, **named: P.kwargs) -> T:
        opened = open_(*args, **named)
        return _placed(opened) if named.get("comparaison") else opened

    return opening


class _Elsewhere:
    """Before a class of study: sections, and studies drawn from it, bear the same place."""

    _named_place: str

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever an analyst asks for
        found = super().__getattribute__(name)
        if name.startswith("_"):
            return found
        place = super().__getattribute__("_named_place")
        if not callable(found):
            return _told(found, place)

        @wraps(found)
        def told(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the method itself
            return _told(found(*args, **named), place)

        return told


def _placed(opened: T) -> T:
    """Return a study like another, whose sections bear its place; the other is left as it is."""
    kind = type(opened)
    if issubclass(kind, _Elsewhere):
        return opened
    found = copy(opened)
    place = opened._place  # type: ignore[attr-defined]  # noqa: SLF001 - of every study
    named = {"__doc__": kind.__doc__, "_named_place": place}
    found.__class__ = type(kind.__name__, (_Elsewhere, kind), named)
    return found


def _told(found: Any, place: str) -> Any:  # noqa: ANN401 - of any kind
    """Return what a study gives, its place in the titles."""
    if isinstance(found, Section):
        return _named(found, place)
    if isinstance(found, Sections):
        return Sections(_named(one, place) for one in found)
    if isinstance(found, Resultat):
        return found._with_section(_named(found.section, place))  # noqa: SLF001 - not an analyst’s
    if isinstance(found, Classeur | Etude):
        return _placed(found)
    if isinstance(found, dict):
        return {key: _told(one, place) for key, one in found.items()}
    return found


def _named(section: Section, place: str) -> Section:
    """Return a section whose title begins with a place, unless it does."""
    if section.title.startswith(place):
        return section
    title = f"{place} — {section.title}" if section.title else place
    plot = section.plot
    if plot:
        layout = {**plot["layout"], "title": {**plot["layout"]["title"], "text": title}}
        plot = {**plot, "layout": layout}
    return replace(section, title=title, plot=plot)
