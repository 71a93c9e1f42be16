"""Sections on what users think: ordered answers by theme, and the full table."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from qpref.display.charts import distribution_chart
from qpref.display.section import (
    BAD,
    GOOD,
    NEUTRAL,
    VERY_BAD,
    VERY_GOOD,
    Bar,
    Row,
    Section,
    Table,
    figure_rows,
    with_interval,
)
from qpref.display.wording import opinions as count_opinions
from qpref.display.wording import share
from qpref.reference import Question, Questionnaire
from qpref.statistics.shares import reliability
from qpref.wording.french import enumeration, lower_first, number, percent

Record = dict[Hashable, Any]


_SHADES: dict[bool | None, tuple[str, ...]] = {
    True: (VERY_GOOD, GOOD),
    False: (BAD, VERY_BAD),
}


def _shades(questionnaire: Questionnaire, question: str) -> dict[str, str]:
    """Return the colour of each level: favourable from dark to light, then light to dark."""
    found: dict[str, str] = {}
    for modality in questionnaire.scale(question).answers:
        palette = _SHADES.get(modality.favorable, (NEUTRAL,))
        rank = sum(colour in found.values() for colour in palette)
        found[modality.code] = palette[min(rank, len(palette) - 1)]
    return found


def share_row(row: Record, label: str = "") -> Record:
    """Return the figures row of a share of satisfied users."""
    return {
        "indicateur": row["question"],
        "libelle": label,
        "groupe": "satisfaits",
        "n": row["n"],
        "effectif": row["satisfaits"],
        "valeur": row["part"],
        "bas": row["bas"],
        "haut": row["haut"],
    }


INTERVAL_LEGEND = ((VERY_GOOD, "part d’usagers satisfaits"), (GOOD, "intervalle à 95 %"))


def interval_row(label: str, row: Record) -> Row:
    """Return a share of satisfied users with its interval drawn, and the opinions behind it."""
    n = int(row["n"])
    text = share(row["part"], row["bas"], row["haut"], n, int(row["satisfaits"]))
    bars = with_interval(row["part"], row["bas"], row["haut"])
    return Row(label, [text.split(" (", maxsplit=1)[0]], bars, f"{text}, {count_opinions(n)}")


def theme(
    questions: Sequence[Question],
    levels: pd.DataFrame,
    shares: pd.DataFrame,
    questionnaire: Questionnaire,
) -> Section:
    """Return the ordered answers to the questions of one theme."""
    name = questions[0].theme
    records = shares.loc[shares["question"].isin([q.id for q in questions])].to_dict("records")
    label = {question.id: question.texte_court for question in questions}
    shades = _shades(questionnaire, questions[0].id)
    modalities = questionnaire.scale(questions[0].id).answers
    title = _theme_title(records, label)
    table = Table(
        caption=f"{questionnaire.themes[name]} : réponses et part d’usagers satisfaits",
        headings=["Question", "Satisfaits", "Avis"],
        rows=[
            _distribution_row(record, levels, questionnaire, label[record["question"]], shades)
            for record in records
        ],
        legend=[(shades[m.code], m.libelle) for m in modalities],
    )
    drawn = levels.loc[levels["question"].isin(label)].assign(
        etiquette=lambda t: t["question"].map(label),
        niveau=lambda t: t["modalite"].map({m.code: m.libelle for m in modalities}),
        couleur=lambda t: t["modalite"].map(shades),
    )
    shown = [share_row(record, label[record["question"]]) for record in records]
    figures = figure_rows(name, "part", [*shown, *_level_rows(drawn)])
    plot = distribution_chart(drawn, title)
    sentences = _theme_sentences(records, label)
    return Section(f"theme-{name}", title, sentences, [table], figures=figures, plot=plot)


def _level_rows(drawn: pd.DataFrame) -> list[Record]:
    return [
        {
            "indicateur": row["question"],
            "libelle": row["etiquette"],
            "groupe": row["modalite"],
            "n": row["n"],
            "effectif": row["effectif"],
            "valeur": row["part"],
        }
        for row in drawn.to_dict("records")
    ]


def _theme_title(records: list[Record], label: dict[str, str]) -> str:
    """Name best and worst when their intervals do not meet; else give the range."""
    sure = [r for r in records if reliability(int(r["n"])) != "aucun_pourcentage"]
    if not sure:
        return "Trop peu d’avis pour un pourcentage"
    best, worst = (pick(sure, key=lambda r: r["part"]) for pick in (max, min))
    if len(sure) == 1:
        return f"{label[best['question']]} : {percent(best['part'])} d’usagers satisfaits"
    if best["bas"] > worst["haut"]:
        return (
            f"« {label[best['question']]} » satisfait le plus ({percent(best['part'])}), "
            f"« {label[worst['question']]} » le moins ({percent(worst['part'])})"
        )
    return f"De {number(100 * worst['part'])} à {percent(best['part'])} d’usagers satisfaits"


def _theme_sentences(records: list[Record], label: dict[str, str]) -> list[str]:
    found = []
    few = [label[r["question"]] for r in records if reliability(int(r["n"])) != "normal"]
    if few:
        names = enumeration([f"« {name} »" for name in few])
        found.append(f"Moins de 30 avis pour {names} : à lire comme une indication.")
    found += [
        f"« {label[record['question']]} » : {percent(record['part_sans_avis'])} des usagers "
        "concernés n’ont pas donné d’avis ; résultat à prendre avec prudence."
        for record in records
        if record["sans_avis_frequent"]
    ]
    return found


def _distribution_row(
    record: Record,
    levels: pd.DataFrame,
    questionnaire: Questionnaire,
    label: str,
    shades: dict[str, str],
) -> Row:
    n = int(record["n"])
    text = share(record["part"], record["bas"], record["haut"], n, int(record["satisfaits"]))
    rows = levels.loc[levels["question"] == record["question"]].to_dict("records")
    text = text.replace(" (", "\n(", 1)
    if reliability(n) == "aucun_pourcentage":
        return Row(label, [text, number(n)])
    bars, start = [], 0.0
    for row in rows:
        bars.append(Bar(start, row["part"], shades[row["modalite"]]))
        start += row["part"]
    names = [questionnaire.label(row["question"], row["modalite"]) for row in rows]
    detail = level_words(names, [percent(row["part"]) for row in rows])
    return Row(label, [text, number(n)], bars, detail)


def level_words(names: Sequence[str], values: Sequence[str]) -> str:
    """
    Return levels and their values, the word that all levels share said once.

    Examples
    --------
    >>> level_words(["Très satisfait", "Plutôt satisfait"], ["40 %", "60 %"])
    'Satisfait : très 40 %, plutôt 60 %'
    >>> level_words(["Oui", "Non"], ["40 %", "60 %"])
    'Oui 40 %, non 60 %'
    """
    shared = {name.rpartition(" ")[2] for name in names}
    first, *others = (name.rpartition(" ")[0] for name in names)
    if len(shared) > 1 or not all((first, *others)):
        first, *others = names
        begin = ""
    else:
        word, first = shared.pop(), lower_first(first)
        begin = f"{word[0].upper()}{word[1:]} : "
    words = [first, *map(lower_first, others)]
    return begin + ", ".join(f"{w} {v}" for w, v in zip(words, values, strict=True))


def annex(levels: pd.DataFrame, shares: pd.DataFrame, questionnaire: Questionnaire) -> Section:
    """Return the full table behind the graphics."""
    modalities = questionnaire.scale(questionnaire.main.id).answers
    rows = []
    for record in shares.to_dict("records"):
        own = levels.loc[levels["question"] == record["question"]].set_index("modalite")["effectif"]
        outside = ("nsp", "sans_objet", "non_reponse", "non_posee", "invalide")
        rows.append(
            Row(
                questionnaire.by_id[record["question"]].texte_court,
                [
                    number(value)
                    for value in (
                        record["n"],
                        *(own.get(m.code, 0) for m in modalities),
                        *(record[name] for name in outside),
                    )
                ],
            )
        )
    table = Table(
        caption="Nombre de réponses par question",
        headings=[
            "Question",
            "Avis",
            *(m.libelle for m in modalities),
            "Ne sait pas",
            "Sans objet",
            "Sans réponse",
            "Non posée",
            "Illisible",
        ],
        rows=rows,
        is_wide=True,
    )
    return Section("annexe", "Tableau détaillé", [], [table])
