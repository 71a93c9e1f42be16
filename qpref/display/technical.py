"""Sections for readers who check: adjusted comparisons, tests, methods, with their p-values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.display.wording import VERDICTS, points_range
from qpref.palette import GOOD
from qpref.reference import Questionnaire
from qpref.statistics.ordinal import OddsCheck, OrderedFit, Superiority
from qpref.statistics.representativeness import Composition
from qpref.wording.french import enumeration, number, percent, percent_range, plural

_ALPHA = 0.05
_FAMILIES = {
    "evolution": "Depuis la campagne précédente",
    "autres_sites": "Ce site et les autres sites",
    "categories": "Catégories d’usagers",
    "aisance": "Aisance avec internet",
    "retraite": "Retraités et autres usagers",
    "aide": "Aide d’un service public, usagers peu à l’aise",
    "actions": "Mesures du plan d’action",
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
    return "moins de 0,001" if p < 0.001 else number(p, 3)  # noqa: PLR2004


@dataclass(frozen=True)
class Adjusted:
    """
    What compares the sites with the public held equal.

    `fit`, the model (None when it could not be made), `table` of its adjusted shares by site,
    `check` of its odds, `ranks`: this site's answers against those of the others.
    """

    fit: OrderedFit | None
    table: pd.DataFrame
    check: OddsCheck | None
    ranks: Superiority | None


def adjusted(found: Adjusted, names: Mapping[str, str], factors: Sequence[str]) -> Section:
    """
    Return the share satisfied at each site, the public held equal by the model.

    Parameters
    ----------
    found
        Model, adjusted shares, checks.
    names
        Sites.
    factors
        What the model holds equal, in French.
    """
    fit, check, ranks = found.fit, found.check, found.ranks
    sentences = []
    if ranks:
        sentences.append(
            "Une réponse prise ici au hasard est plus favorable qu’une réponse prise ailleurs "
            f"dans {percent(ranks.value)} des cas ({percent_range(ranks.low, ranks.high)}), les "
            "égalités comptant pour moitié ; 50 % veut dire : pas de différence."
        )
    if fit is None or not fit.has_converged:
        sentences.append(
            "Le modèle à public égal n’a pas pu être ajusté : aucun résultat n’en est tiré."
        )
        return Section("public-egal", "Comparaison à public égal : non établie", sentences)
    sentences.append(
        f"Modèle logit cumulatif sur {plural(fit.n, 'réponse')} "
        f"({number(fit.lost)} laissées de côté, une caractéristique manquant), qui tient égaux : "
        f"{enumeration(list(factors))}."
    )
    if check is None:
        sentences.append("Son hypothèse de cotes proportionnelles n’a pas pu être vérifiée.")
    elif check.p <= _ALPHA:
        sentences.append(
            f"Son hypothèse de cotes proportionnelles est mise en doute (test de Brant, "
            f"p = {p_value(check.p)}) : lisez plutôt la répartition des réponses."
        )
    else:
        sentences.append(
            "Rien ne contredit son hypothèse de cotes proportionnelles (test de Brant, "
            f"p = {p_value(check.p)})."
        )
    rows = found.table.to_dict("records")
    static = Table(
        "Part d’usagers satisfaits à public égal",
        ["Site", "Satisfaits"],
        [
            Row(
                names[row["niveau"]],
                [f"{percent(row['part'])}\n({percent_range(row['bas'], row['haut'])})"],
                [Bar(0, row["part"], GOOD)],
            )
            for row in rows
        ],
    )
    figures = figure_rows(
        "public-egal",
        "part",
        [
            {"indicateur": "global", "libelle": names[row["niveau"]], "groupe": row["niveau"],
             "n": fit.n, "valeur": row["part"], "bas": row["bas"], "haut": row["haut"]}
            for row in rows
        ],
    )  # fmt: skip
    title = "Comparaison à public égal : les sites ne sont pas classés"
    return Section("public-egal", title, sentences, [static], figures=figures)


def tests(
    judged: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    found: Mapping[str, Composition],
    mode: float | None,
    questionnaire: Questionnaire,
) -> Section:
    """
    Return every test of the reports, with its p-value before and after correction.

    Parameters
    ----------
    judged
        All comparisons, by family.
    labels
        Wording of groups and actions.
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
            ["Comparaison", "Écart", "p", "p corrigé"],
            [_test_row(row, labels, questionnaire) for row in table.to_dict("records")],
            is_wide=True,
        )
        for family, table in judged.items()
        if len(table)
    ]
    if found:
        rows = [
            Row(
                questionnaire.by_id[name].texte_court,
                [number(c.statistic, 2) if c.n else "—", p_value(c.p), _METHODS[c.method]],
            )
            for name, c in found.items()
        ]
        headings = ["Variable", "Khi-deux", "p", "Méthode"]
        tables.append(Table("Échantillon et passages", headings, rows, is_wide=True))
    sentences = [
        "Écart : intervalle de Newcombe à 95 %. p : khi-deux, ou Fisher exact quand un effectif "
        "attendu est inférieur à 5 ; correction de Holm entre les groupes d’une même question. "
        "p corrigé : toutes les comparaisons d’un même rapport sont jugées ensemble (Benjamini et "
        "Hochberg), la moitié du seuil de 5 % étant réservée à la satisfaction globale ; ce site "
        "et les autres sont un rapport à part. Un écart est établi si son p corrigé ne dépasse pas "
        "0,05 et si son intervalle ne contient pas zéro.",
        "La satisfaction dépend-elle du mode de réponse (papier, tablette, en ligne) ? "
        + (f"p = {p_value(mode)}." if mode is not None else "Trop peu de réponses pour le dire."),
    ]
    return Section("tests", "Tous les tests, avec leurs valeurs p", sentences, tables)


_METHODS = {"chi2": "khi-deux", "exact": "exacte", "aucun": "—"}


def _test_row(
    row: Mapping[object, object], labels: Mapping[str, str], questionnaire: Questionnaire
) -> Row:
    question, group = str(row["question"]), str(row["groupe"])
    label = labels.get(group) or questionnaire.by_id[question].texte_court
    interval = "—"
    if row["verdict"] != "non_compare":
        interval = points_range(float(str(row["bas"])), float(str(row["haut"])))
    p, corrected = (p_value(float(str(row[name]))) for name in ("p", "p_corrige"))
    return Row(label, [interval, p, corrected], detail=VERDICTS[str(row["verdict"])].capitalize())
