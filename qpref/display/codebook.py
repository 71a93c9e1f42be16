"""The codebook of an exported file, as a page that any browser reads."""

import pandas as pd

from qpref.wording.html import templates


def page(title: str, lines: pd.DataFrame) -> str:
    """
    Return the codebook as a page.

    Parameters
    ----------
    title
        What was exported.
    lines
        Of `quality.codebook.lines`.
    """
    groups = [(one[0], one[1].to_dict("records")) for one in lines.groupby("variable", sort=False)]
    return (
        templates("qpref.display").get_template("codebook.html").render(title=title, groups=groups)
    )
