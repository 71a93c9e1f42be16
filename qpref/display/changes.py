"""Sections on what changed since the previous campaign."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from qpref.analysis.power import detectable_change
from qpref.analysis.shares import reliability
from qpref.display.charts import interval_chart
from qpref.display.section import (
    NEUTRAL,
    VERY_BAD,
    VERY_GOOD,
    Bar,
    Row,
    Section,
    Table,
    figure_rows,
)
from qpref.display.wording import VERDICTS, opinions, points, points_range
from qpref.french import enumeration, number, percent
from qpref.reference import Campaign, Questionnaire

Record = dict[Hashable, Any]


def changes(table: pd.DataFrame, questionnaire: Questionnaire, before: Campaign | None) -> Section:
    """Return the questions that changed beyond chance, and all the differences."""
    if before is None or table.empty:
        return Section(
            "evolution",
            "Première campagne : rien à comparer",
            ["Les évolutions apparaîtront à la prochaine campagne."],
        )
    rows = table.to_dict("records")
    label = {name: question.texte_court for name, question in questionnaire.by_id.items()}
    better = [label[row["question"]] for row in rows if row["verdict"] == "mieux"]
    worse = [label[row["question"]] for row in rows if row["verdict"] == "moins_bien"]
    title = _change_title(better, worse)
    main = next(row for row in rows if row["question"] == questionnaire.main.id)
    static = Table(
        caption=f"Évolution de la part d’usagers satisfaits depuis {before.libelle}",
        headings=["Question", "Écart"],
        rows=[_change_row(row, label[row["question"]]) for row in rows],
    )
    figures = figure_rows(
        "evolution",
        "écart de parts",
        [
            {
                "indicateur": row["question"],
                "libelle": label[row["question"]],
                "groupe": row["verdict"],
                "n": row["n"],
                "valeur": row["ecart"],
                "bas": row["bas"],
                "haut": row["haut"],
            }
            for row in rows
        ],
    )
    drawn = table.loc[table["verdict"] != "non_compare"].assign(
        etiquette=lambda t: t["question"].map(label), valeur=lambda t: t["ecart"]
    )
    plot = interval_chart(drawn, title, "Écart de la part d’usagers satisfaits", (-0.5, 0.5))
    sentences = [*_smallest_change(main), _CAUTION]
    return Section("evolution", title, sentences, [static], figures=figures, plot=plot)


_CAUTION = (
    "Une évolution est dite établie quand le hasard des réponses ne suffit pas à l’expliquer, "
    "compte tenu du nombre de questions comparées. « Pas de différence établie » ne veut pas dire "
    "« identique ». La barre montre l’écart possible ; le milieu de la ligne vaut zéro."
)


def _change_title(better: list[str], worse: list[str]) -> str:
    found = [
        f"{word} : {enumeration([f'« {name} »' for name in names])}"
        for word, names in (("mieux", better), ("moins bien", worse))
        if names
    ]
    title = " ; ".join(found) or "aucune évolution établie depuis la campagne précédente"
    return title[0].upper() + title[1:]


def _smallest_change(main: Record) -> list[str]:
    if main["verdict"] == "non_compare":
        return []
    smallest = detectable_change(int(main["n"]), int(main["n_avant"]), float(main["part_avant"]))
    if smallest is None:
        return ["Avec si peu de réponses, même une forte hausse pourrait passer inaperçue."]
    return [
        f"Avec {number(main['n_avant'])} puis {opinions(int(main['n']))}, une hausse réelle de la "
        f"satisfaction globale n’avait 8 chances sur 10 d’être vue qu’à partir de "
        f"{number(100 * smallest)} points."
    ]


def _change_row(row: Record, label: str) -> Row:
    before, now = (
        percent(part) if reliability(int(n)) != "aucun_pourcentage" else "trop peu d’avis"
        for part, n in ((row["part_avant"], row["n_avant"]), (row["part"], row["n"]))
    )
    if row["verdict"] == "non_compare":
        return Row(label, ["—"], detail=VERDICTS["non_compare"].capitalize())
    low, middle, high = (min(max(0.5 + row[k], 0.0), 1.0) for k in ("bas", "ecart", "haut"))
    colour = {"mieux": VERY_GOOD, "moins_bien": VERY_BAD}.get(row["verdict"], NEUTRAL)
    bars = [
        Bar(low, high - low, colour, is_thin=True),
        Bar(max(middle - 0.01, 0), 0.02, colour),
        Bar(0.4985, 0.003, "#161616"),
    ]
    detail = (
        f"{VERDICTS[row['verdict']].capitalize()} : {before} puis {now}, "
        f"écart {points_range(row['bas'], row['haut'])}"
    )
    return Row(label, [points(row["ecart"])], bars, detail)
