"""The colours of every page, figure and sheet, each named once for what it says."""

# Answers, favourable to unfavourable: darkest at both ends, so that colour-blind readers, and a
# page printed in grey, tell them apart by their order.
VERY_GOOD, GOOD, BAD, VERY_BAD, NEUTRAL = "#0a3d7a", "#8ec1e8", "#f9a65a", "#7f2704", "#e3e3e3"

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
