"""Sections for readers who check the method: adjusted comparisons, tests, p-values."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from qpref.display.figures import figures
from qpref.display.opinions import heading
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import SURVEY, VERDICTS, cell, interval, read_aloud
from qpref.palette import GOOD
from qpref.quality.answers import adjusted as at_equal_public
from qpref.quality.beside import in_two_digits, of_model, of_tests
from qpref.quality.family import WHOLES
from qpref.reference import Questionnaire
from qpref.statistics.differences import Difference, difference
from qpref.statistics.measure import Measure
from qpref.statistics.ordinal import FEWEST, OddsCheck, OrderedFit
from qpref.statistics.representativeness import Composition
from qpref.statistics.superiority import Superiority
from qpref.wording.french import (
    enumeration,
    of,
    percent,
    percent_range,
    plural,
    two_digits,
    upper_first,
)

_ALPHA = 0.05
_SILENT = {"pas_de_difference_etablie", "non_compare"}  # said once, or by the dash of an interval
_FAMILIES = {
    "evolution": "Depuis la campagne précédente",
    "moyenne": "Depuis la campagne précédente, toutes questions ensemble",
    "public_egal": "Depuis la campagne précédente, à public égal",
    "autres_sites": "Ce site et les autres sites",
    "categories": "Catégories d’usagers",
    "aisance": "Aisance avec internet",
    "retraite": "Retraités et autres usagers",
    "aide": "Aide d’un service public, usagers peu à l’aise",
    "actions": "Mesures du plan d’action",
    "sujets": "Sujets des remarques, depuis la campagne précédente",
}


def p_value(p: float) -> str:
    """
    Return a p-value in French, never as zero.

    Examples
    --------
    >>> p_value(0.0312), p_value(0.0000001)
    ('0,031', 'moins de 0,001')
    """
    if pd.isna(p):
        return "—"
    return "moins de 0,001" if p < 0.001 else two_digits(p)  # noqa: PLR2004


@dataclass(frozen=True)
class Adjusted:
    """
    What compares the sites with the public held equal.

    `shares`, adjusted, by site, or the code of what prevents them; the model, `fit`, None when
    there is none; `ranks`: this site's answers against those of the others; `left`, the sites whose
    answers are too few; `check` of the odds of the model.
    """

    shares: pd.DataFrame | str
    fit: OrderedFit | None
    ranks: Superiority | None
    left: Sequence[str]
    check: OddsCheck | None = None


_WHY = {
    "trop_peu": "Trop peu d’avis, ici ou aux autres sites, pour un modèle à public égal : il en "
    f"faut {FEWEST} à chaque site comparé.",
    "rien_a_tenir_egal": "Le questionnaire ne demande rien de ce qui serait tenu égal (le motif "
    "de la visite, l’âge, l’aisance avec internet) : il n’y a pas de comparaison à public égal.",
    "aucune_reponse": "Aucune réponse ne dit à la fois l’avis global et toutes les "
    "caractéristiques à tenir égales : aucun modèle n’est possible.",
    "rien_ne_varie": "Tous les avis sont les mêmes, ou aucune caractéristique ne varie : un modèle "
    "n’aurait rien à comparer.",
    "confondus": "Certaines caractéristiques vont toujours ensemble (un site et un motif de visite "
    "que les autres sites n’ont pas, par exemple) : rien ne permet de séparer leurs effets, et le "
    "modèle à public égal n’a pas de résultat.",
    "separes": "Les caractéristiques séparent certains avis sans exception (tout un groupe a donné "
    "la réponse la plus favorable, par exemple) : le modèle à public égal n’a pas de résultat.",
    "non_converge": "Le calcul du modèle à public égal n’a pas abouti : aucun résultat n’en est "
    "tiré.",
    "un_seul_cote": "Tous les avis retenus sont favorables, ou aucun ne l’est : à public égal, il "
    "n’y a pas de part à comparer.",
}


def adjusted(
    found: Adjusted, names: Mapping[str, str], factors: Sequence[str], questionnaire: Questionnaire
) -> Section:
    """
    Return the share satisfied at each site, the public held equal by the model.

    Parameters
    ----------
    found
        Adjusted shares, model, checks.
    names
        Sites.
    factors
        What the model holds equal, in French.
    questionnaire
        Its main question, that the model explains.
    """
    ranked = _ranks_sentence(found.ranks) if found.ranks else []
    if found.left:
        few = enumeration(list(found.left))
        ranked.append(f"Moins de {FEWEST} avis, hors du modèle à public égal : {few}.")
    fit = found.fit
    if fit is None or isinstance(found.shares, str):
        title = "Comparaison à public égal : non établie"
        lines = figures("public-egal", of_model(found.ranks, None, None))
        return Section("public-egal", title, [*ranked, _WHY[str(found.shares)]], figures=lines)
    model = (
        f"Modèle logit cumulatif sur {plural(fit.n, 'réponse')} "
        f"({plural(fit.lost, 'laissée de côté', 'laissées de côté')}, une caractéristique "
        "manquant), qui tient égaux : "
        f"{enumeration(list(factors))}."
    )
    main = questionnaire.main
    favourable = questionnaire.scale(main).favorables
    shares = at_equal_public(found.shares, fit.n, main, names)
    static = Table(
        f"Part {of(favourable)} à public égal",
        ["Site", heading(favourable)],
        [Row(one.label, [cell(one)], [bar(one, GOOD)]) for one in shares],
        note=read_aloud(shares, "réponses retenues par le modèle", f"{SURVEY}, calcul de qpref"),
    )
    return Section(
        "public-egal",
        "Comparaison à public égal : les sites ne sont pas classés",
        [*ranked, model, _check_sentence(found.check)],
        [static],
        figures=figures("public-egal", [*shares, *of_model(found.ranks, fit, found.check)]),
    )


def _ranks_sentence(found: Superiority) -> list[str]:
    return [
        "Une réponse prise ici au hasard est plus favorable qu’une réponse prise ailleurs "
        f"dans {percent(found.value)} des cas ({percent_range(found.low, found.high)}), les "
        "égalités comptant pour moitié ; 50 % veut dire : pas de différence."
    ]


def _check_sentence(found: OddsCheck | None) -> str:
    if found is None:
        return "Son hypothèse de cotes proportionnelles n’a pas pu être vérifiée."
    if found.p <= _ALPHA:
        return (
            f"Son hypothèse de cotes proportionnelles est mise en doute (test de Brant, "
            f"p = {p_value(found.p)}) : lisez plutôt la répartition des réponses."
        )
    return (
        "Rien ne contredit son hypothèse de cotes proportionnelles (test de Brant, "
        f"p = {p_value(found.p)})."
    )


def tests(
    judged: Mapping[str, pd.DataFrame],
    labels: Mapping[str, Mapping[str, str]],
    found: Mapping[str, Composition],
    mode: float | None,
    questionnaire: Questionnaire,
) -> Section:
    """
    Return every comparison, with its p-value without correction and its own threshold.

    Parameters
    ----------
    judged
        All comparisons, by family.
    labels
        Wording of groups and actions, by family.
    found
        Compositions against the flow.
    mode
        p-value that satisfaction does not depend on the mode of answer; None when not testable.
    questionnaire
        Wording of the questions.
    """
    tables = [
        Table(
            _FAMILIES[family],
            ["Comparaison", "Écart", "p, sans correction", "Seuil"],
            [_test_row(one) for one in _differences(table, labels.get(family, {}), questionnaire)],
            is_wide=True,
        )
        for family, table in judged.items()
        if len(table)
    ]
    if found:
        tables.append(_compositions(found, questionnaire))
    sentences = [_HOW, *_of_mode(mode, questionnaire)]
    every = {
        family: _differences(table, labels.get(family, {}), questionnaire)
        for family, table in judged.items()
    }
    named = {questionnaire.by_variable[name].texte_court: one for name, one in found.items()}
    shown = figures("tests", _lines(every, named, mode))
    return Section("tests", _ALL_TESTS, sentences, tables, figures=shown)


def _of_mode(p: float | None, questionnaire: Questionnaire) -> list[str]:
    """Say whether satisfaction depends on the mode of answer, when it is asked."""
    if "mode" not in questionnaire.by_role:
        return []
    modes = ", ".join(level.libelle for level in questionnaire.levels("mode").answers)
    if not modes:
        return []
    said = f"p = {p_value(p)}." if p is not None else "Trop peu de réponses pour le dire."
    return [f"La satisfaction dépend-elle du mode de réponse ({modes}) ? {said}"]


_ALL_TESTS = "Tous les tests, avec leurs valeurs p"


def _lines(
    judged: Mapping[str, Sequence[Difference]], found: Mapping[str, Composition], mode: float | None
) -> list[Measure]:
    """Return the lines of figures of all tests."""
    lines = [one for family, own in judged.items() for one in of_tests(own, family)]
    if mode is not None:
        lines.append(in_two_digits("mode", mode, "valeur p", "Satisfaction selon le mode"))
    return lines + [one for label, own in found.items() for one in _of_composition(label, own)]


def _differences(
    table: pd.DataFrame, labels: Mapping[str, str], questionnaire: Questionnaire
) -> list[Difference]:
    """Return the comparisons of a family, named."""
    return [
        difference(row, _compared(row, labels, questionnaire)) for row in table.to_dict("records")
    ]


def _of_composition(label: str, found: Composition) -> list[Measure]:
    """Return the statistic and the p-value of a composition against the flow."""
    told = [("khi_deux", found.statistic, "khi-deux"), ("khi_deux_p", found.p, "valeur p")]
    return [
        in_two_digits(key, number_, unit, label)
        for key, number_, unit in told
        if not isnan(number_)
    ]


_HOW = (
    "Écart : la fourchette du rapport (Newcombe, sur les réponses que valent celles d’une même "
    "demi-journée), au niveau que lui laissent toutes les comparaisons du site et de la campagne, "
    "jugées ensemble (Benjamini et Hochberg pondérés ; fourchettes de Benjamini et Yekutieli). Un "
    "écart est établi quand cette fourchette ne contient pas zéro ; sans mention, il ne l’est pas. "
    "p, sans correction : le niveau auquel la fourchette touche zéro. Seuil : ce que p ne doit pas "
    "dépasser quand aucun autre écart n’est établi ; il monte avec le nombre des écarts établis. "
    "Les écarts avec les autres sites sont jugés à part, pour que deux sites en disent la même "
    "chose ; ceux des sujets des remarques aussi, pour que coder des remarques ne change aucun "
    "autre verdict."
)
_METHODS = {
    "chi2": "khi-deux",
    "grappes": "khi-deux, par demi-journée (Rao et Scott)",
    "exact": "exacte",
    "aucun": "—",
}


def _threshold(level: float) -> str:
    """Return what a p-value must not be over, with the digits of a small one."""
    return "—" if pd.isna(level) or level == 0 else two_digits(level)


def _compositions(found: Mapping[str, Composition], questionnaire: Questionnaire) -> Table:
    rows = [
        Row(
            questionnaire.by_variable[name].texte_court,
            [
                "—" if isnan(c.statistic) else two_digits(c.statistic),
                p_value(c.p),
                _METHODS[c.method],
            ],
        )
        for name, c in found.items()
    ]
    headings = ["Variable", "Khi-deux", "p", "Méthode"]
    return Table("Échantillon et passages", headings, rows, is_wide=True)


def _compared(
    row: Mapping[Hashable, object], labels: Mapping[str, str], questionnaire: Questionnaire
) -> str:
    """Return what a test compares: a group or an action, all questions, or else a question."""
    whole = WHOLES.get(str(row["question"])) or WHOLES.get(str(row["groupe"]))
    named = whole or labels.get(str(row["groupe"]))
    return named or questionnaire.by_id[str(row["question"])].texte_court


def _test_row(found: Difference) -> Row:
    change = found.change
    cells = [interval(change) or "—", p_value(found.p), _threshold(found.level)]
    said = upper_first(VERDICTS[change.verdict]) if change.verdict not in _SILENT else ""
    return Row(change.label, cells, detail=said)
