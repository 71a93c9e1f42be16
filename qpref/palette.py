"""The colours of every page, figure and sheet, each named once for what it says."""

# Answers, favourable to unfavourable: darkest at both ends, so that colour-blind readers, and a
# page printed in grey, tell them apart by their order.
VERY_GOOD, GOOD, BAD, VERY_BAD, NEUTRAL = "#0a3d7a", "#8ec1e8", "#f9a65a", "#7f2704", "#e3e3e3"

_SIDES = {True: (VERY_GOOD, GOOD), False: (BAD, VERY_BAD), None: (NEUTRAL, "#b5b5b5")}


def shades(side: bool | None, count: int) -> list[str]:
    """
    Return the colours of the levels of one side of a scale, the most favourable first.

    Parameters
    ----------
    side
        For, against, or neither.
    count
        Levels on that side.

    Examples
    --------
    >>> shades(True, 2), shades(False, 1), shades(True, 3)[1]
    (['#0a3d7a', '#8ec1e8'], ['#f9a65a'], '#4c7fb1')
    """
    first, last = (_parts(colour) for colour in _SIDES[side])
    if count == 1:
        return [_SIDES[side][0]]
    steps = [rank / (count - 1) for rank in range(count)]
    return [
        "#" + "".join(f"{round(a + step * (b - a)):02x}" for a, b in zip(first, last, strict=True))
        for step in steps
    ]


def spread(count: int) -> list[str]:
    """
    Return the colours of answers that have no side, told apart from one end to the other.

    Examples
    --------
    >>> spread(3) == [VERY_GOOD, GOOD, BAD]
    True
    """
    half = (count + 1) // 2
    return [*shades(True, half), *(shades(False, count - half) if count > half else [])]


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


INK, PAPER = "#161616", "#ffffff"
RULE = "#666"  # thin lines between the rows of a table
SPREAD = "#5f5f5f"  # intervals around the points of a map
OUTSIDE = "#ffffff"  # what is left out of the scope


def readable_on(colour: str) -> str:
    """
    Return which of ink and paper is told apart best from a colour (contrast of the WCAG).

    Examples
    --------
    >>> readable_on(VERY_GOOD) == PAPER, readable_on(GOOD) == INK
    (True, True)
    """
    own = _luminance(colour)
    dark, light = _luminance(INK), _luminance(PAPER)
    return INK if (own + 0.05) / (dark + 0.05) > (light + 0.05) / (own + 0.05) else PAPER


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour of sRGB."""
    levels = [part / 255 for part in _parts(colour)]
    linear = [((level + 0.055) / 1.055) ** 2.4 for level in levels]  # near black: all alike
    return sum((w * level for w, level in zip((0.2126, 0.7152, 0.0722), linear, strict=True)), 0.0)


# Names by which a style sheet asks for a colour, as in « $encre ».
IN_STYLE_SHEETS = {
    "accent": VERY_GOOD,
    "alerte": VERY_BAD,
    "encre": INK,
    "papier": PAPER,
    "filet": RULE,
    "trame": NEUTRAL,
    "bande": GOOD,
    # For who prefers dark pages; charts stay on paper there, in the colours that say what they say.
    "accent_nuit": "#9cc8f2",
    "alerte_nuit": "#ffb38f",
    "encre_nuit": "#ededed",
    "papier_nuit": "#1b1b1b",
    "filet_nuit": "#8f8f8f",
}
