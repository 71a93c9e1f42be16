"""Sections on the sample: precision on one side, likeness to the visitors on the other."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd

from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.display.wording import points
from qpref.palette import BAD, GOOD
from qpref.quality.profile import OTHER
from qpref.reference import Questionnaire
from qpref.statistics.design import mean, share_bounds
from qpref.statistics.representativeness import Clustering, Composition, overall
from qpref.statistics.sample import coverage_under_bias, margin_of_error
from qpref.statistics.shares import reliability
from qpref.statistics.weighting import Weights
from qpref.wording.french import enumeration, lower_first, number, percent, percent_range, plural

_TRUTH, _BIAS = 0.80, 0.05
_VERDICTS = {
    "proche": "L’échantillon ressemble aux usagers venus, pour ce qui a été compté",
    "ecarts": "L’échantillon diffère des usagers venus",
    "non_verifiable": "Les passages n’ont pas été comptés : la ressemblance est invérifiable",
}


def likeness(
    found: Mapping[str, Composition],
    questionnaire: Questionnaire,
    n: int,
    rate: Mapping[str, float] | None,
    sizes: Sequence[int],
) -> Section:
    """
    Return whether the sample resembles the visitors, apart from its precision.

    Parameters
    ----------
    found
        Composition by variable whose flow is known.
    questionnaire
        Wording.
    n
        Answers that count.
    rate
        Of `statistics.fieldwork.response_rate`; None without an approach log.
    sizes
        Numbers of answers for which the effect of a bias is shown.
    """
    state = overall(list(found.values()))
    sentences = [
        f"Précision : avec {plural(n, 'réponse')}, l’incertitude est d’au plus "
        f"± {number(100 * margin_of_error(max(n, 1)), 1)} points. "
        f"Ressemblance : {lower_first(_VERDICTS[state])}. "
        "L’une ne remplace pas l’autre.",
        *(_gap_sentence(found, questionnaire) if found else []),
        _rate_sentence(rate),
        _bias_sentence(sizes),
    ]
    tables = [_bias_table(sizes)]
    if found:
        rows = [_variable_row(name, c, questionnaire) for name, c in found.items()]
        caption = "Échantillon et passages comptés : plus grand écart"
        tables.insert(0, Table(caption, ["Comparé sur", "Écart"], rows))
    figures = figure_rows(
        "ressemblance",
        "écart de parts",
        [
            {
                "indicateur": name,
                "libelle": questionnaire.by_id[name].texte_court,
                "groupe": stratum(questionnaire, name, row["strate"]),
                "n": composition.n,
                "valeur": row["ecart"],
            }
            for name, composition in found.items()
            for row in composition.table.to_dict("records")
        ],
    )
    return Section("ressemblance", _VERDICTS[state], sentences, tables, figures=figures)


def stratum(questionnaire: Questionnaire, name: str, code: object) -> str:
    """Return the wording of a stratum; small groups are compared as one."""
    return "Groupes réunis" if code == OTHER else questionnaire.label(name, str(code))


def _largest(composition: Composition) -> dict[Any, Any]:
    rows = composition.table.to_dict("records")
    return max(rows, key=lambda row: 0.0 if isnan(row["ecart"]) else abs(row["ecart"]))


def _variable_row(name: str, composition: Composition, questionnaire: Questionnaire) -> Row:
    row = _largest(composition)
    said = {"ecarts": "écart au-delà du hasard", "proche": "proche"}.get(
        composition.likeness, "invérifiable"
    )
    label = stratum(questionnaire, name, row["strate"])
    detail = (
        f"{said.capitalize()} : « {label} », {percent(row['part'])} des réponses pour "
        f"{percent(row['part_flux'])} des passages"
        if composition.n
        else "Aucune réponse"
    )
    value = points(row["ecart"]) if composition.n else "—"
    return Row(questionnaire.by_id[name].texte_court, [value], detail=detail)


def _gap_sentence(found: Mapping[str, Composition], questionnaire: Questionnaire) -> list[str]:
    over: list[str] = []
    under: list[str] = []
    for name, composition in found.items():
        if composition.likeness == "ecarts":
            for row in composition.table.to_dict("records"):
                if abs(row["ecart"]) >= 0.05 and row["strate"] != OTHER:  # noqa: PLR2004 - points
                    label = f"« {stratum(questionnaire, name, row['strate'])} »"
                    (over if row["ecart"] > 0 else under).append(label)
    parts = []
    if over:
        parts.append(f"trop présents parmi les réponses : {enumeration(over)}")
    if under:
        parts.append(f"trop peu présents : {enumeration(under)}")
    text = " ; ".join(parts)
    return [text[0].upper() + text[1:] + "."] if text else []


def _rate_sentence(rate: Mapping[str, float] | None) -> str:
    if rate is None or isnan(rate["taux_reponse"]):
        return (
            "Le nombre de refus n’a pas été relevé : on ne sait pas si ceux qui ont refusé "
            "pensent comme ceux qui ont répondu."
        )
    return (
        f"{plural(int(rate['abordes']), 'usager abordé', 'usagers abordés')} d’après le relevé, "
        f"dont {number(rate['refus'])} refus : {percent(rate['taux_reponse'])} des usagers "
        "concernés ont répondu jusqu’au bout."
    )


def _bias_sentence(sizes: Sequence[int]) -> str:
    low, high = (coverage_under_bias(n, _TRUTH, _BIAS) for n in (sizes[0], sizes[-1]))
    return (
        f"Ce qu’un biais ferait : si {percent(_TRUTH)} de tous les usagers étaient satisfaits, "
        f"mais {percent(_TRUTH + _BIAS)} de ceux qui acceptent de répondre, l’intervalle annoncé "
        f"contiendrait la vérité {percent(low)} du temps avec {number(sizes[0])} réponses, et "
        f"{percent(high)} seulement avec {number(sizes[-1])}. Interroger plus ne corrige pas un "
        "échantillon déformé."
    )


def _bias_table(sizes: Sequence[int]) -> Table:
    rows = []
    for n in sizes:
        share = coverage_under_bias(n, _TRUTH, _BIAS)
        rows.append(Row(plural(n, "réponse"), [percent(share)], [Bar(0, share, GOOD)]))
    without = "sans biais, l’intervalle contient la vérité environ 95 fois sur 100"
    return Table(f"Chances que l’intervalle dise vrai malgré 5 points de biais ({without})",
                 ["Taille", "Dit vrai"], rows)  # fmt: skip


def compositions(found: Mapping[str, Composition], questionnaire: Questionnaire) -> Section:
    """Return the composition of the sample beside the flow, stratum by stratum."""
    if not found:
        return Section("composition", _VERDICTS["non_verifiable"])
    tables, figures = [], []
    for name, composition in found.items():
        rows = composition.table.to_dict("records")
        question = questionnaire.by_id[name].texte_court
        tables.append(
            Table(
                f"{question} : réponses et passages",
                ["Groupe", "Réponses", "Écart"],
                [_stratum_row(row, stratum(questionnaire, name, row["strate"])) for row in rows],
            )
        )
        figures.append(
            figure_rows(
                "composition",
                "part",
                [
                    {
                        "indicateur": name,
                        "libelle": question,
                        "groupe": stratum(questionnaire, name, row["strate"]),
                        "n": composition.n,
                        "valeur": row["part"],
                    }
                    for row in rows
                ],
            )
        )
    sentences = [
        "L’écart réduit dit combien de fois l’écart dépasse ce que le hasard donne d’ordinaire : "
        "au-delà de 2, il sort du commun. La barre fine montre les passages."
    ]
    title = "Composition de l’échantillon, groupe par groupe"
    return Section(
        "composition", title, sentences, tables, figures=pd.concat(figures, ignore_index=True)
    )


def _stratum_row(row: dict[Any, Any], label: str) -> Row:
    if isnan(row["part"]):
        return Row(label, ["—", "—"], detail=f"{percent(row['part_flux'])} des passages")
    bars = [Bar(0, row["part"], GOOD), Bar(0, row["part_flux"], BAD, is_thin=True)]
    flow = f"{percent(row['part_flux'])} des passages ; écart réduit {number(row['residu'], 1)}"
    return Row(label, [percent(row["part"]), points(row["ecart"])], bars, flow)


def weighted(
    found: tuple[Weights, pd.DataFrame, list[str]] | str,
    satisfied: pd.DataFrame,
    questionnaire: Questionnaire,
    clustering: Clustering,
) -> Section:
    """
    Return the shares with and without weights.

    Parameters
    ----------
    found
        Weights, the answers weighted and the margins; or the sentence that says why there is none.
    satisfied
        1, 0 or missing: one row a visitor, one column a question.
    questionnaire
        Wording.
    clustering
        Effect of half-days.
    """
    sentences = [_clustering_sentence(clustering)]
    if isinstance(found, str):
        return Section("ponderation", "Résultats non pondérés", [found, *sentences])
    weights, rows, margins = found
    own, design = satisfied.reindex(rows.index), weights.design()
    shown, moved, records = [], 0.0, []
    for question in questionnaire.opinions:
        values = own[question.id]
        n = int(values.notna().sum())
        if reliability(n) != "normal":  # indicative even without weights
            continue
        plain = float(values.mean())
        estimate = mean(design, values.to_numpy(), values.notna().to_numpy())
        low, high = share_bounds(estimate)
        moved = max(moved, abs(estimate.value - plain))
        shown.append(
            Row(
                question.texte_court,
                [percent(plain), f"{percent(estimate.value)}\n({percent_range(low, high)})"],
                detail=f"{plural(n, 'avis', 'avis')}, effet de plan {number(estimate.deff, 2)}",
            )
        )
        records.append(
            {"indicateur": question.id, "libelle": question.texte_court, "groupe": "pondere",
             "n": n, "valeur": estimate.value, "bas": low, "haut": high}
        )  # fmt: skip
    names = enumeration([f"« {lower_first(questionnaire.by_id[m].texte_court)} »" for m in margins])
    sentences.insert(
        0,
        f"Les réponses sont pondérées pour reproduire les passages comptés selon {names}. "
        f"Les poids vont de {number(weights.by_answer.min() / weights.by_answer.mean(), 1)} à "
        f"{number(weights.by_answer.max() / weights.by_answer.mean(), 1)} fois la moyenne : les "
        f"{plural(len(rows), 'réponse')} en valent {number(weights.n_effective)}. "
        "Le rapport de satisfaction donne les résultats non pondérés.",
    )
    title = f"Pondérer change les résultats d’au plus {number(100 * moved, 1)} points"
    table = Table(
        "Part d’usagers satisfaits, sans et avec pondération", ["Question", "Sans", "Avec"], shown
    )
    figures = figure_rows("ponderation", "part", records)
    return Section("ponderation", title, sentences, [table], figures=figures)


def _clustering_sentence(found: Clustering) -> str:
    if isnan(found.deff):
        return (
            f"Réponses recueillies sur {plural(found.clusters, 'demi-journée')} : trop peu pour "
            "mesurer l’effet du recueil par demi-journée sur la précision (il en faut 10)."
        )
    return (
        "Les réponses d’une même demi-journée se ressemblent plus ou moins : l’effet de plan vaut "
        f"{number(found.deff, 2)} sur {plural(found.clusters, 'demi-journée')}, comme si l’on "
        f"avait {number(found.n_effective)} réponses indépendantes."
    )
