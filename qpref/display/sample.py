"""Sections on the sample: precision, and likeness to the visitors."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import (
    SURVEY,
    bare,
    cell,
    chart_note,
    margin,
    opinions,
    read_aloud,
    value,
)
from qpref.palette import BAD, GOOD
from qpref.quality.beside import both_parts, of_flow, of_half_days, of_refusals, of_weights
from qpref.quality.likeness import (
    BIAS,
    TRUTH,
    Stratum,
    Weighted,
    gaps,
    largest,
    moved,
    strata,
    tells_of_few,
    truth_held,
    weight_range,
)
from qpref.reference import Questionnaire
from qpref.statistics.measure import Measure
from qpref.statistics.representativeness import (
    FEWEST_CLUSTERS,
    Clustering,
    Composition,
    overall,
)
from qpref.statistics.weighting import Weights
from qpref.wording.french import (
    enumeration,
    lower_first,
    number,
    of,
    percent,
    plural,
    two_digits,
    upper_first,
)

_VERDICTS = {
    "proche": "L’échantillon ressemble aux usagers venus, pour ce qui a été compté",
    "ecarts": "L’échantillon diffère des usagers venus",
    "non_verifiable": "Les passages ne sont connus pour aucun groupe d’usagers : la ressemblance "
    "est invérifiable",
}
_LIKENESS = {"ecarts": "Écart au-delà du hasard", "proche": "Proche"}


def likeness_in_brief(
    found: Mapping[str, Composition],
    questionnaire: Questionnaire,
    rate: Mapping[str, float] | None,
) -> Section:
    """
    Return whether the sample resembles the visitors.

    Parameters
    ----------
    found
        Composition by variable whose flow is known.
    questionnaire
        Wording.
    rate
        Of `statistics.fieldwork.response_rate`; None without an approach log.
    """
    by_name = {name: strata(name, one, questionnaire) for name, one in found.items()}
    sentences = [
        *_gap_sentence([by_name[name] for name in found if found[name].likeness == "ecarts"]),
        _rate_sentence(rate),
    ]
    shown = [stratum.gap for own in by_name.values() for stratum in own]
    shown += of_refusals(rate)
    title = _VERDICTS[overall([*found.values()])]
    return Section("ressemblance", title, sentences, figures=figures("ressemblance", shown))


def likeness(
    found: Mapping[str, Composition],
    questionnaire: Questionnaire,
    precision: Measure,
    rate: Mapping[str, float] | None,
    sizes: Sequence[int],
) -> Section:
    """
    Return whether the sample resembles the visitors, apart from its precision.

    Parameters
    ----------
    found, questionnaire, rate
        As above.
    precision
        Of `statistics.shares.largest_margin`.
    sizes
        Numbers of answers for which the effect of a bias is shown.
    """
    brief = likeness_in_brief(found, questionnaire, rate)
    held = truth_held(sizes) if precision.is_rated else []
    sentences = [
        f"Précision : {_precision_words(precision)}. Ressemblance : {lower_first(brief.title)}. "
        "L’une ne remplace pas l’autre.",
        *brief.sentences,
        *([_bias_sentence(held[0], held[-1])] if held else []),
    ]
    tables = [_bias_table(held)] if held else []
    if found:
        rows = [
            _variable_row(strata(name, one, questionnaire), one.likeness)
            for name, one in found.items()
        ]
        caption = "Échantillon et passages comptés : plus grand écart"
        tables.insert(0, Table(caption, ["Comparé sur", "Écart"], rows))
    far = [largest(strata(name, one, questionnaire)) for name, one in found.items()]
    shown = [
        *(
            stratum.gap
            for name, one in found.items()
            for stratum in strata(name, one, questionnaire)
        ),
        *of_refusals(rate),
        *([replace(precision, key="marge")] if precision.is_rated else []),
        *(replace(one, key="dit_vrai", group=number(one.base)) for one in held),
        *(side for one in far if one.share.n for side in both_parts(one)),
    ]
    lines = figures("ressemblance", shown)
    return replace(brief, sentences=sentences, tables=tables, figures=lines)


def _precision_words(found: Measure) -> str:
    answers = plural(found.base, "réponse")
    if not found.is_rated:
        return f"avec {answers}, aucun pourcentage n’est calculé"
    return (
        f"avec {answers}, l’incertitude est d’au plus {margin(found)} sur une question à laquelle "
        "tous ont répondu"
    )


def _variable_row(found: Sequence[Stratum], likeness: str) -> Row:
    """Return the largest gap of a variable."""
    far = largest(found)
    if not far.share.n:
        return Row(far.share.label, ["—"], detail="Aucune réponse")
    said = _LIKENESS.get(likeness, "Invérifiable")
    detail = (
        f"{said} : « {far.share.group} », {value(far.share)} des réponses pour "
        f"{value(far.flow)} des passages"
    )
    return Row(far.share.label, [value(far.gap)], detail=detail)


def _gap_sentence(found: Sequence[Sequence[Stratum]]) -> list[str]:
    """Name the strata too many and too few, among the variables that differ beyond chance."""
    sides = [gaps(own) for own in found]
    parts = []
    for side, words in ((0, "trop présents parmi les réponses"), (1, "trop peu présents")):
        names = [f"« {name} »" for own in sides for name in own[side]]
        if names:
            parts.append(f"{words} : {enumeration(names)}")
    return [f"{upper_first(' ; '.join(parts))}."] if parts else []


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


def _bias_sentence(few: Measure, many: Measure) -> str:
    return (
        f"Ce qu’un biais ferait : si {percent(TRUTH)} de tous les usagers étaient satisfaits, "
        f"mais {percent(TRUTH + BIAS)} de ceux qui acceptent de répondre, l’intervalle annoncé "
        f"contiendrait la vérité {value(few)} du temps avec {number(few.base)} réponses, et "
        f"{value(many)} seulement avec {number(many.base)}. Interroger plus ne corrige pas un "
        "échantillon déformé."
    )


def _bias_table(held: Sequence[Measure]) -> Table:
    rows = [Row(plural(one.base, "réponse"), [value(one)], [bar(one, GOOD)]) for one in held]
    without = "sans biais, l’intervalle contient la vérité environ 95 fois sur 100"
    caption = f"Chances que l’intervalle dise vrai malgré 5 points de biais ({without})"
    note = chart_note(
        f"{value(held[0])} des intervalles de {plural(held[0].base, 'réponse')} disent vrai",
        "enquêtes imaginées",
        "calcul de qpref",
    )
    return Table(caption, ["Taille", "Dit vrai"], rows, note=note)


def compositions(found: Mapping[str, Composition], questionnaire: Questionnaire) -> Section:
    """Return the composition of the sample beside the flow, stratum by stratum."""
    if not found:
        return Section(
            "composition", "Composition de l’échantillon : les passages comptés manquent"
        )
    by_name = {name: strata(name, one, questionnaire) for name, one in found.items()}
    tables = [
        Table(
            f"{questionnaire.by_variable[name].texte_court} : réponses et passages",
            ["Groupe", "Réponses", "Écart"],
            [_stratum_row(one) for one in own],
            note=read_aloud(
                [replace(one.share, label=one.share.group) for one in own if one.share.n],
                "usagers qui ont répondu",
                f"{SURVEY} et passages comptés, « {questionnaire.by_variable[name].texte_court} »",
            ),
        )
        for name, own in by_name.items()
    ]
    sentences = [
        "L’écart réduit dit combien de fois l’écart dépasse ce que le hasard donne d’ordinaire : "
        "au-delà de 2, il sort du commun. La barre fine montre les passages."
    ]
    far = largest([one for own in by_name.values() for one in own])
    title = "Composition de l’échantillon, groupe par groupe"
    if far.share.n:
        title = (
            f"Composition de l’échantillon : « {far.share.group} », {value(far.share)} des "
            f"réponses pour {value(far.flow)} des passages"
        )
    every = [one for own in by_name.values() for one in own]
    lines = figures("composition", [*(one.share for one in every), *of_flow(every)])
    return Section("composition", title, sentences, tables, figures=lines)


def _stratum_row(found: Stratum) -> Row:
    share, flow = found.share, f"{value(found.flow)} des passages"
    if not share.is_known:
        return Row(share.group, [value(share), value(found.gap)], detail=flow)
    bars = [bar(share, GOOD), replace(bar(found.flow, BAD), is_thin=True)]
    reduced = "" if isnan(found.residual) else f" ; écart réduit {two_digits(found.residual)}"
    return Row(share.group, [value(share), value(found.gap)], bars, f"{flow}{reduced}")


def weighted(
    found: tuple[Weights, list[Weighted], list[str]] | str,
    questionnaire: Questionnaire,
    clustering: Clustering,
    threshold: int,
) -> Section:
    """
    Return the shares with and without weights.

    Parameters
    ----------
    found
        Weights, shares with and without them, margins; or the sentence that says why there is none.
    questionnaire
        Wording.
    clustering
        Effect of half-days.
    threshold
        Smallest group that may be shown: what a smaller crossed one would give back is not told.
    """
    gathered = _clustering_sentence(clustering)
    if isinstance(found, str):
        lines = figures("ponderation", of_half_days(clustering))
        return Section("ponderation", "Résultats non pondérés", [found, gathered], figures=lines)
    weights, shares, margins = found
    most, is_told = moved(shares), not tells_of_few(weights, threshold)
    asked = [questionnaire.by_variable[margin].texte_court for margin in margins]
    names = enumeration([f"« {lower_first(text)} »" for text in asked])
    rows = [
        Row(
            one.plain.label,
            [value(one.plain), cell(one.weighted)],
            detail=_weighted_detail(one, is_told=is_told),
        )
        for one in shares
    ]
    favourable = questionnaire.favourables(one.plain.key for one in shares)
    caption = f"Part {of(favourable)}, sans et avec pondération"
    return Section(
        "ponderation",
        f"Pondérer change les résultats d’au plus {bare(most)} points",
        [_weights_sentence(weights, names, is_told=is_told), gathered],
        [Table(caption, ["Question", "Sans", "Avec"], rows)],
        figures=figures(
            "ponderation",
            [
                replace(most, key="plus_grand_effet"),
                *(side for one in shares for side in (one.weighted, one.plain)),
                *of_weights(found, clustering, is_told=is_told),
            ],
        ),
    )


def _weighted_detail(one: Weighted, *, is_told: bool) -> str:
    """Return the opinions and the design effect, which equal opinions do not have."""
    effect = "" if isnan(one.deff) or not is_told else f", effet de plan {two_digits(one.deff)}"
    return f"{opinions(one.plain.base)}{effect}"


def _weights_sentence(weights: Weights, names: str, *, is_told: bool) -> str:
    low, high = weight_range(weights)
    told = (
        f"Les poids vont de {two_digits(low)} à {two_digits(high)} fois la moyenne : les "
        f"{plural(len(weights.by_answer), 'réponse')} en valent environ "
        f"{two_digits(weights.n_effective)}. "
        if is_told
        else "Trop peu d’usagers réunissent certaines de ces réponses : ni les poids ni les effets "
        "de plan ne sont donnés, car on pourrait en déduire combien ils sont. "
    )
    return (
        f"Les réponses sont pondérées pour reproduire les passages comptés selon {names}. {told}"
        "Le rapport de satisfaction donne les résultats sans pondération, et la satisfaction "
        "globale avec."
    )


_EFFECT = "l’effet du recueil par demi-journée sur la précision"


def _clustering_sentence(found: Clustering) -> str:
    if not found.clusters:
        return f"La demi-journée des réponses n’est pas connue : {_EFFECT} ne se mesure pas."
    if found.clusters < FEWEST_CLUSTERS:
        return (
            f"Réponses recueillies sur {plural(found.clusters, 'demi-journée')} : trop peu pour "
            f"mesurer {_EFFECT} (il en faut {FEWEST_CLUSTERS})."
        )
    if isnan(found.deff):
        return f"Tous les avis sont les mêmes : {_EFFECT} ne se mesure pas."
    return (
        "Les réponses d’une même demi-journée se ressemblent plus ou moins : l’effet de plan vaut "
        f"{two_digits(found.deff)} sur {plural(found.clusters, 'demi-journée')}, comme si l’on "
        f"avait environ {two_digits(found.n_effective)} réponses indépendantes."
    )
