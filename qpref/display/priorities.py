"""Sections on what to improve: what weighs on satisfaction, and what was decided."""

from collections.abc import Sequence

import pandas as pd

from qpref.display.changes import difference_row
from qpref.display.charts import map_chart
from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.palette import BAD, GOOD, NEUTRAL, VERY_BAD, VERY_GOOD
from qpref.reference import Action, MysteryGrid, OpinionIndicator, Questionnaire
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, long_date, number, percent, percent_range, plural

_WORDS = {
    "a_ameliorer": ("À améliorer d’abord", VERY_BAD),
    "a_preserver": ("À préserver", VERY_GOOD),
    "secondaire": ("Pèse peu", NEUTRAL),
    "incertain": ("Incertain", GOOD),
}


def priorities(table: pd.DataFrame, questionnaire: Questionnaire) -> Section:
    """
    Return the weight of each question in overall satisfaction, beside its own satisfaction.

    Parameters
    ----------
    table
        Of `statistics.drivers.priorities`.
    questionnaire
        Wording.
    """
    if table.empty:
        return Section(
            "priorites",
            "Trop peu de réponses complètes pour dire ce qui pèse le plus",
            ["Il faut au moins 15 réponses complètes par question examinée."],
        )
    rows = table.to_dict("records")
    label = {row["question"]: questionnaire.by_id[row["question"]].texte_court for row in rows}
    first = [f"« {label[r['question']]} »" for r in rows if r["verdict"] == "a_ameliorer"]
    title = (
        f"À améliorer d’abord : {enumeration(first)}"
        if first
        else "Aucune priorité ne se détache avec certitude"
    )
    known = {q.id for q in questionnaire.opinions} - {questionnaire.main.id}
    left_out = [f"« {questionnaire.by_id[q].texte_court} »" for q in known - set(label)]
    sentences = [
        f"Sur {plural(int(rows[0]['n']), 'réponse complète', 'réponses complètes')}, ces questions "
        f"expliquent ensemble {percent(rows[0]['r2'])} des différences de satisfaction globale. "
        "Ce qui va ensemble n’est pas forcément cause et effet : une seule campagne ne le dit pas.",
        "Une priorité n’est annoncée que si l’incertitude ne change pas la conclusion.",
    ]
    if left_out:
        sentences.append(
            f"Questions laissées de côté, faute d’assez d’avis : {enumeration(sorted(left_out))}."
        )
    static = Table(
        "Poids dans la satisfaction globale, et part d’usagers satisfaits",
        ["Question", "Poids", "Satisfaits"],
        [
            Row(
                label[row["question"]],
                [
                    f"{percent(row['importance'])}\n({percent_range(row['bas'], row['haut'])})",
                    f"{percent(row['part'])}\n({percent_range(row['part_bas'], row['part_haut'])})",
                ],
                [
                    Bar(0, row["importance"], _WORDS[row["verdict"]][1]),
                    Bar(row["bas"], row["haut"] - row["bas"], BAD, is_thin=True),
                ],
                _WORDS[row["verdict"]][0],
            )
            for row in rows
        ],
        legend=[(colour, words.lower()) for words, colour in _WORDS.values()],
    )
    figures = figure_rows(
        "priorites",
        "part",
        [
            {
                "indicateur": row["question"],
                "libelle": label[row["question"]],
                "groupe": row["verdict"],
                "n": row["n"],
                "valeur": row["importance"],
                "bas": row["bas"],
                "haut": row["haut"],
            }
            for row in rows
        ],
    )
    drawn = [
        (
            Measure(
                label=label[row["question"]],
                value=row["importance"],
                low=row["bas"],
                high=row["haut"],
            ),
            Measure(value=row["part"], low=row["part_bas"], high=row["part_haut"]),
            _WORDS[row["verdict"]][1],
        )
        for row in rows
    ]
    averages = (1 / max(len(table), 1), float(table["part"].mean()))
    axes = ("Poids dans la satisfaction globale", "Usagers satisfaits")
    plot = map_chart(drawn, averages, title, axes)
    return Section("priorites", title, sentences, [static], figures=figures, plot=plot)


def actions(
    decided: Sequence[Action],
    judged: pd.DataFrame,
    questionnaire: Questionnaire,
    grid: MysteryGrid,
    to_decide: Sequence[str],
) -> Section:
    """
    Return what was decided after the previous campaign, and whether its measure moved.

    Parameters
    ----------
    decided
        Actions that the previous campaign led to.
    judged
        Of `quality.actions.moves`, judged; the action as `groupe`.
    questionnaire, grid
        Wording of the measures.
    to_decide
        What should be improved and for which nothing was decided yet, in French.
    """
    found = {str(row["groupe"]): row for row in judged.to_dict("records")}
    rows = []
    for action in decided:
        row = difference_row(found[action.id], action.libelle, "{avant} puis {part}")
        judged_by = action.indicateur
        if isinstance(judged_by, OpinionIndicator):
            measure = f"satisfaction, « {questionnaire.by_id[judged_by.question].texte_court} »"
        else:
            names = {criterion.id: criterion.libelle for criterion in grid.criteres}
            measure = f"enquête mystère, « {names[judged_by.critere]} »"
        due = f"Pilote : {action.pilote} ; échéance : {long_date(action.echeance)}"
        rows.append(
            Row(row.label, row.cells, row.bars, f"{row.detail}. Mesure : {measure}. {due}.")
        )
    sentences = []
    if rows:
        sentences.append(
            "Chaque action a une mesure choisie d’avance. Une mesure qui bouge ne prouve pas à "
            "elle seule que l’action en est la cause."
        )
    else:
        sentences.append("Aucune action n’a été inscrite après la campagne précédente.")
    if to_decide:
        said = enumeration([f"« {name} »" for name in to_decide])
        sentences.append(f"À inscrire au plan d’action : {said}.")
    tables = [Table("Actions décidées et évolution de leur mesure", ["Action", "Écart"], rows)]
    return Section(
        "actions", _actions_title(list(found.values())), sentences, tables if rows else [],
        figures=_action_figures(decided, found),
    )  # fmt: skip


def _actions_title(rows: Sequence[dict[object, object]]) -> str:
    if not rows:
        return "Le plan d’action de ce site est à écrire"
    better = sum(row["verdict"] == "mieux" for row in rows)
    if not better:
        return f"{plural(len(rows), 'action suivie', 'actions suivies')} : aucun progrès établi"
    word = "établi" if better == 1 else "établis"
    return f"{number(better)} progrès {word} sur {plural(len(rows), 'action')}"


def _action_figures(
    decided: Sequence[Action], found: dict[str, dict[object, object]]
) -> pd.DataFrame:
    return figure_rows(
        "actions",
        "écart de parts",
        [
            {
                "indicateur": action.id,
                "libelle": action.libelle,
                "groupe": found[action.id]["verdict"],
                "n": found[action.id]["n"],
                "valeur": found[action.id]["ecart"],
                "bas": found[action.id]["bas"],
                "haut": found[action.id]["haut"],
            }
            for action in decided
        ],
    )
