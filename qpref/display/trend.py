"""Section on overall satisfaction, campaign after campaign."""

from collections.abc import Hashable, Sequence
from typing import Any

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading, interval_legend, interval_row
from qpref.display.section import Section, Table
from qpref.quality.answers import satisfied
from qpref.wording.french import of, plural, upper_first

Record = dict[Hashable, Any]


def trend(found: Sequence[tuple[str, Record]], favourable: str) -> Section:
    """
    Return the share of satisfied users at each campaign, with its interval.

    Parameters
    ----------
    found
        Name of the campaign and its row of `quality.answers.satisfaction`, oldest first.
    favourable
        Who chose a favourable level, of the question's scale.
    """
    known = [satisfied(row, name) for name, row in found if row["n"]]
    if not known:
        return Section("tendance", "Aucune campagne à montrer")
    table = Table(
        f"{upper_first(favourable)} dans l’ensemble, par campagne",
        ["Campagne", heading(favourable)],
        [interval_row(measure) for measure in known],
        legend=interval_legend(favourable),
    )
    title = f"Satisfaction sur {plural(len(known), 'campagne')}"
    plot = interval_chart(known, title, f"Part {of(favourable)}", (0, 1))
    sentences = [
        "Des intervalles qui se recouvrent ne disent pas que rien n’a changé : voyez le rapport de "
        "satisfaction pour le verdict."
    ]
    lines = figures("tendance", known)
    return Section("tendance", title, sentences, [table], figures=lines, plot=plot)
