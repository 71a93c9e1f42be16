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


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


INK, PAPER = "#161616", "#fff"
RULE = "#666"  # thin lines between the rows of a table
SPREAD = "#5f5f5f"  # intervals around the points of a map
OUTSIDE = "#ffffff"  # what is left out of the scope

# Names by which a style sheet asks for a colour, as in « $encre ».
IN_STYLE_SHEETS = {
    "accent": VERY_GOOD,
    "alerte": VERY_BAD,
    "encre": INK,
    "papier": PAPER,
    "filet": RULE,
}
