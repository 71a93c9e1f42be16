"""Sections on what differs beyond chance: since the previous campaign, from the other sites."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.display.wording import VERDICTS, opinions, points, points_range
from qpref.palette import INK, NEUTRAL, VERY_BAD, VERY_GOOD
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.comparison import LEVEL, MAIN_PART
from qpref.statistics.measure import Measure
from qpref.statistics.power import detectable_change
from qpref.statistics.shares import reliability
from qpref.wording.french import enumeration, number, percent

Record = dict[Hashable, Any]


def changes(
    table: pd.DataFrame,
    questionnaire: Questionnaire,
    before: Campaign | None,
    context: str | None,
    n_tests: int = 1,
) -> Section:
    """
    Return the questions that changed beyond chance, and all the differences.

    Parameters
    ----------
    table
        Of `statistics.comparison.compare`, judged; empty when there is nothing to compare.
    questionnaire
        Wording of the questions.
    before
        The previous campaign, if there was one.
    context
        What was particular about this campaign.
    n_tests
        Comparisons of the whole report.
    """
    if before is None:
        return Section(
            "evolution",
            "Première campagne : rien à comparer",
            ["Les évolutions apparaîtront à la prochaine campagne."],
        )
    if table.empty:
        return Section(
            "evolution",
            "Aucune comparaison avec la campagne précédente",
            [
                f"La campagne {before.libelle} n’a pas de réponse pour ce site, ou son "
                "questionnaire était différent : la courbe reprend à cette campagne."
            ],
        )
    rows = table.to_dict("records")
    label = {name: question.texte_court for name, question in questionnaire.by_id.items()}
    title = verdict_title(
        [(label[row["question"]], row["verdict"]) for row in rows],
        "aucune évolution établie depuis la campagne précédente",
    )
    main = next(row for row in rows if row["question"] == questionnaire.main.id)
    # What one question must reach when it changes alone: see `statistics.comparison.judge`.
    level = {True: LEVEL * MAIN_PART, False: LEVEL * (1 - MAIN_PART) / max(n_tests - 1, 1)}
    static = Table(
        caption=f"Évolution de la part d’usagers satisfaits depuis {before.libelle}",
        headings=["Question", "Écart"],
        rows=[
            _with_smallest(
                difference_row(row, label[row["question"]], "{avant} puis {part}"),
                row,
                level[row["question"] == questionnaire.main.id],
            )
            for row in rows
        ],
    )
    sentences = [*([context] if context else []), *_smallest_change(main), _CAUTION]
    return _with_figures(Section("evolution", title, sentences, [static]), rows, label)


def other_sites(
    table: pd.DataFrame,
    questionnaire: Questionnaire,
    names: Sequence[str],
    same_reason: dict[str, Any] | None,
) -> Section:
    """
    Return where this site differs from the other sites of the committee, taken together.

    Parameters
    ----------
    table
        Of `statistics.comparison.against_others`, judged; empty when there is one site.
    questionnaire
        Wording of the questions.
    names
        The other sites.
    same_reason
        Of `statistics.comparison.standardised`, on the main question.
    """
    if table.empty or same_reason is None:
        return Section("autres-sites", "Un seul site a répondu : rien à comparer")
    rows = table.to_dict("records")
    label = {name: question.texte_court for name, question in questionnaire.by_id.items()}
    title = verdict_title(
        [(label[row["question"]], row["verdict"]) for row in rows],
        "aucune différence établie avec les autres sites",
    )
    static = Table(
        caption=f"Écart entre ce site et les autres réunis ({enumeration(list(names))})",
        headings=["Question", "Écart"],
        rows=[
            difference_row(row, label[row["question"]], "{part} ici, {avant} ailleurs")
            for row in rows
        ],
    )
    sentences = [
        "Les sites ne reçoivent pas les mêmes publics : ces écarts ne les classent pas.",
        *_same_reason_sentence(same_reason),
    ]
    return _with_figures(Section("autres-sites", title, sentences, [static]), rows, label)


def _same_reason_sentence(found: dict[str, Any]) -> list[str]:
    if pd.isna(found["p"]):
        return ["Trop peu de motifs communs pour comparer les sites à public égal."]
    left_out = ""
    if found["couverture"] < 1:
        left_out = f" ; {percent(1 - found['couverture'])} des avis, aux motifs propres à un côté, "
        left_out += "sont laissés de côté"
    return [
        f"À motif de visite égal, la satisfaction globale serait de {percent(found['part'])} ici "
        f"et de {percent(found['part_reference'])} ailleurs : écart "
        f"{points_range(found['bas'], found['haut'])}{left_out}."
    ]


def _with_figures(section: Section, rows: list[Record], label: dict[str, str]) -> Section:
    """Return a section with the numbers and the plot of its differences."""
    figures = figure_rows(
        section.key,
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
    drawn = [
        Measure(label=label[row["question"]], value=row["ecart"], low=row["bas"], high=row["haut"])
        for row in rows
        if row["verdict"] != "non_compare"
    ]
    plot = None
    if drawn:
        plot = interval_chart(
            drawn, section.title, "Écart de la part d’usagers satisfaits", (-0.5, 0.5)
        )
    return replace(section, figures=figures, plot=plot)


_CAUTION = (
    "Une évolution est dite établie quand le hasard des réponses ne suffit pas à l’expliquer, "
    "compte tenu de toutes les comparaisons de ce rapport. « Pas de différence établie » ne veut "
    "pas dire « identique ». La barre montre l’écart possible ; le milieu de la ligne vaut zéro."
)


def verdict_title(found: Sequence[tuple[str, str]], nothing: str) -> str:
    """
    Return what is better and what is worse, or that nothing differs.

    Examples
    --------
    >>> verdict_title([("Attente", "mieux"), ("Délai", "moins_bien")], "rien")
    'Mieux : « Attente » ; moins bien : « Délai »'
    >>> verdict_title([("Attente", "pas_de_difference_etablie")], "rien")
    'Rien'
    """
    parts = []
    for code in ("mieux", "moins_bien"):
        names = [f"« {name} »" for name, verdict in found if verdict == code]
        if names:
            parts.append(f"{VERDICTS[code]} : {enumeration(names)}")
    title = " ; ".join(parts) or nothing
    return title[0].upper() + title[1:]


def _smallest(row: Record, level: float) -> float | None:
    n1, n0 = int(row["n"]), int(row["n_reference"])
    return detectable_change(n1, n0, float(row["part_reference"]), level=level)


def _with_smallest(shown: Row, row: Record, level: float) -> Row:
    """Return the row with the smallest rise that this question would likely show."""
    if row["verdict"] == "non_compare":
        return shown
    found = _smallest(row, level)
    said = f"dès {number(100 * found)} points" if found else "jamais, avec si peu d’avis"
    return replace(shown, detail=f"{shown.detail} ; hausse visible {said}")


def _smallest_change(main: Record) -> list[str]:
    if main["verdict"] == "non_compare":
        return []
    found = _smallest(main, LEVEL * MAIN_PART)
    if found is None:
        return ["Avec si peu de réponses, même une forte hausse pourrait passer inaperçue."]
    return [
        f"Avec {number(main['n_reference'])} puis {opinions(int(main['n']))}, une hausse réelle de "
        f"la satisfaction globale n’avait 8 chances sur 10 d’être vue qu’à partir de "
        f"{number(100 * found)} points. Sous chaque question : la hausse « visible », à partir de "
        "laquelle cette question l’aurait été de même."
    ]


def difference_row(row: Record, label: str, words: str) -> Row:
    """
    Return a difference with its interval, drawn from the middle of the line.

    Parameters
    ----------
    row
        One of `statistics.comparison.COLUMNS`, judged.
    label
        What is compared.
    words
        How the two shares are told, with « {part} » and « {avant} ».
    """
    if row["verdict"] == "non_compare":
        return Row(label, ["—"], detail=VERDICTS["non_compare"].capitalize())
    before, now = (
        percent(part) if reliability(int(n)) != "aucun_pourcentage" else "trop peu d’avis"
        for part, n in ((row["part_reference"], row["n_reference"]), (row["part"], row["n"]))
    )
    low, middle, high = (min(max(0.5 + row[k], 0.0), 1.0) for k in ("bas", "ecart", "haut"))
    colour = {"mieux": VERY_GOOD, "moins_bien": VERY_BAD}.get(row["verdict"], NEUTRAL)
    bars = [
        Bar(low, high - low, colour, is_thin=True),
        Bar(max(middle - 0.01, 0), 0.02, colour),
        Bar(0.4985, 0.003, INK),
    ]
    detail = (
        f"{VERDICTS[row['verdict']].capitalize()} : {words.format(part=now, avant=before)}, "
        f"écart {points_range(row['bas'], row['haut'])}"
    )
    return Row(label, [points(row["ecart"])], bars, detail)
