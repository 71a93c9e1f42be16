"""Sections of the satisfaction report."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from qpref.analysis.comparison import detectable_change
from qpref.analysis.sample import margin_of_error, target_status
from qpref.analysis.shares import reliability
from qpref.display.charts import distribution_chart, interval_chart
from qpref.display.section import (
    BAD,
    GOOD,
    NEUTRAL,
    VERY_BAD,
    VERY_GOOD,
    Bar,
    KeyFigure,
    Row,
    Section,
    Table,
    figure_rows,
)
from qpref.display.wording import VERDICTS, opinions, out_of_ten, points, points_range, share
from qpref.french import enumeration, long_date, lower_first, number, percent, plural
from qpref.reference import Campaign, Question, Questionnaire, Remark, Site

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


def _margin(n: int) -> str:
    return f"± {number(100 * margin_of_error(n), 1)} points" if n else "sans réponse"


# Answers against what was promised


def answers(
    site: Site, campaign: Campaign, counts: list[tuple[Campaign, int]], remark: Remark | None
) -> Section:
    """
    Return how many users answered: the reply to the committee's remark when there is one.

    Parameters
    ----------
    site, campaign
        Of the report.
    counts
        Campaigns in order of time, this one last, with the answers that count.
    remark
        What a member said, if this campaign replies to it.
    """
    now = counts[-1][1]
    target = campaign.objectifs.get(site.id)
    sentences: list[str] = []
    if remark:
        sentences += [
            f"Vous nous aviez dit, le {long_date(remark.date)} : « {remark.remarque} » "
            f"Nous avions promis : « {remark.promesse} »"
        ]
    if target:
        status = target_status(now, target.valeur)
        sentences.append(
            f"Cette fois, {plural(now, 'usager a répondu', 'usagers ont répondu')} pour un "
            f"objectif de {number(target.valeur)} : l’objectif est {status}."
        )
        title = f"{plural(now, 'usager a répondu', 'usagers ont répondu')} : objectif {status}"
    else:
        title = f"{plural(now, 'usager a répondu', 'usagers ont répondu')}"
        sentences.append("Aucun objectif chiffré n’a été fixé pour ce site et cette campagne.")
    sentences += _what_it_buys(counts)
    names = [c.libelle for c, _ in counts]
    table = Table(
        caption="Réponses exploitables et plus grande marge d’incertitude",
        headings=["Campagne", "Réponses", "Objectif", "Marge"],
        rows=[
            Row(
                label=c.libelle,
                cells=[number(n), _target(c, site), _margin(n)],
                bars=[Bar(0, n / max(1, *(m for _, m in counts)), VERY_GOOD)],
            )
            for c, n in counts
        ],
    )
    figures = figure_rows(
        "repondants",
        "réponses",
        [
            {"indicateur": "repondants", "libelle": name, "n": n, "valeur": n}
            for name, (_, n) in zip(names, counts, strict=True)
        ],
    )
    return Section("repondants", title, sentences, [table], figures=figures)


def _target(campaign: Campaign, site: Site) -> str:
    target = campaign.objectifs.get(site.id)
    return number(target.valeur) if target else "non fixé"


def _what_it_buys(counts: list[tuple[Campaign, int]]) -> list[str]:
    """Say what the number of answers changes, and what it cannot change."""
    now = counts[-1][1]
    if now == 0:
        return []
    gain = ""
    if len(counts) > 1 and counts[-2][1]:
        gain = f", contre {_margin(counts[-2][1])} avec {number(counts[-2][1])} réponses"
    return [
        f"Ce que ce nombre apporte : une marge d’au plus {_margin(now)} sur un pourcentage{gain}. "
        "Cette marge est indicative : elle suppose des usagers interrogés au hasard.",
        "Ce qu’il n’apporte pas : des réponses plus nombreuses ne rendent pas l’échantillon "
        "représentatif si certains publics répondent moins que d’autres. Voyez plus bas "
        "qui a répondu.",
    ]


# Key figures


def key_figures(
    main: Record, change: Record | None, n_answers: int, before: Campaign | None
) -> Section:
    """Return three figures: answers, overall satisfaction, change."""
    n = int(main["n"])
    tenths = out_of_ten(main["part"]) if reliability(n) == "normal" else None
    text = share(main["part"], main["bas"], main["haut"], n, int(main["satisfaits"]))
    value = text.split(" (", maxsplit=1)[0]
    found = [
        KeyFigure(number(n_answers), "réponses exploitables"),
        KeyFigure(
            value,
            "d’usagers satisfaits dans l’ensemble"
            + (f" ({text.split(' (', maxsplit=1)[1]}" if " (" in text else "")
            + f", {opinions(n)}",
        ),
        _change_figure(change, before),
    ]
    satisfied = f"{tenths.capitalize()} sont satisfaits" if tenths else f"Satisfaction : {value}"
    sentences = [
        "Est compté satisfait un usager « très satisfait » ou « plutôt satisfait ». Les réponses "
        "« sans objet », « ne sait pas » et les questions laissées vides ne comptent pas.",
    ]
    figures = figure_rows("chiffres-cles", "part", [_share_row(main)])
    return Section(
        "chiffres-cles", satisfied, sentences, key_figures=found, figures=figures
    )  # fmt: skip


def _change_figure(change: Record | None, before: Campaign | None) -> KeyFigure:
    if change is None or before is None:
        return KeyFigure("—", "pas de campagne précédente à comparer")
    if change["verdict"] == "non_compare":
        return KeyFigure("—", VERDICTS["non_compare"])
    interval = points_range(change["bas"], change["haut"])
    return KeyFigure(
        points(change["ecart"]),
        f"depuis {before.libelle} ({interval}) : {VERDICTS[change['verdict']]}",
    )


def _share_row(row: Record, label: str = "") -> Record:
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


# What changed


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


# Themes


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
    shown = [_share_row(record, label[record["question"]]) for record in records]
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
    for record in records:
        unsure = int(record["nsp"]) + int(record["non_reponse"])
        asked = int(record["n"]) + unsure
        if asked and unsure / asked > 0.2:  # noqa: PLR2004 - rule of the statistics facts
            found.append(
                f"« {label[record['question']]} » : {percent(unsure / asked)} des usagers "
                "concernés n’ont pas donné d’avis ; résultat à prendre avec prudence."
            )
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
    words = [
        f"{questionnaire.label(row['question'], row['modalite'])} {percent(row['part'])}"
        for row in rows
    ]
    return Row(
        label, [text, number(n)], bars, ", ".join(words[:1] + [lower_first(w) for w in words[1:]])
    )


# Who answered


def profile(
    parts: dict[str, pd.DataFrame],
    questionnaire: Questionnaire,
    n_answers: int,
    visitors: int | None,
    threshold: int,
) -> Section:
    """Return the composition of the sample, small groups merged."""
    sentences = [
        "Les pourcentages portent sur toutes les réponses exploitables. Les groupes de moins de "
        f"{number(threshold)} personnes sont réunis pour que personne ne soit reconnu.",
        "N’ont pas été interrogés : les usagers repartis avant d’être reçus, ceux qui n’ont pas "
        "obtenu de rendez-vous, ceux qui ont refusé de répondre. "
        "Le nombre de refus n’est pas connu.",
    ]
    if visitors:
        sentences.insert(
            0,
            f"{number(n_answers)} réponses pour {plural(visitors, 'passage compté', 'passages comptés')} "  # noqa: E501
            f"sur la période, soit {percent(n_answers / visitors)}.",
        )
    tables = []
    figures = []
    for name, part in parts.items():
        question = questionnaire.by_id[name]
        tables.append(
            Table(
                caption=question.texte_court,
                headings=["Réponse", "Usagers", "Part"],
                rows=[
                    Row(
                        row["libelle"],
                        [number(row["effectif"]), percent(row["part"])],
                        [Bar(0, row["part"], GOOD)],
                    )
                    for row in part.to_dict("records")
                ],
            )
        )
        figures.append(
            figure_rows(
                "profil",
                "part",
                [
                    {
                        "indicateur": name,
                        "libelle": question.texte_court,
                        "groupe": row["libelle"],
                        "n": n_answers,
                        "effectif": row["effectif"],
                        "valeur": row["part"],
                    }
                    for row in part.to_dict("records")
                ],
            )
        )
    return Section(
        "profil",
        f"Qui sont les {plural(n_answers, 'usager', 'usagers')} qui ont répondu",
        sentences,
        tables,
        figures=pd.concat(figures, ignore_index=True),
    )


# Annex


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
