"""Sections on the evidence of each commitment: compliance matrix and figures behind it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from qpref.display.figures import figures
from qpref.display.progress import STATES
from qpref.display.section import Row, Section, Table
from qpref.display.wording import count, extent, interval, value
from qpref.quality.evidence import (
    DOCUMENT,
    MYSTERY,
    OPINIONS,
    Measured,
    backed,
    behind,
    confirmed_targets,
    natures,
)
from qpref.reference import DONE, MysteryGrid, Standard
from qpref.wording.french import lower_first, number, percent_range, plural

_NATURES = {OPINIONS: "enquête", MYSTERY: "mystère", DOCUMENT: "document"}
_VERDICTS = {
    "atteint": "taux exigé atteint",
    "non_atteint": "taux exigé non atteint",
    "non_tranche": "taux exigé : on ne peut pas trancher",
}
_READING = (
    "« Enquête » : des usagers ont donné leur avis. « Mystère » : un évaluateur l’a vérifié. "
    "« Document » : une preuve est réunie."
)


def _cell(row: Mapping[Any, Any]) -> str:
    """Return what a commitment rests on, one line per nature of proof."""
    if row["etat"] == "hors_perimetre":
        return "hors périmètre"
    found = [words for name, words in _NATURES.items() if row[name]]
    lines = found or ["à confirmer" if str(row["unite"]).startswith("module-") else "non mesuré"]
    if row["verdict"] in _VERDICTS:
        lines.append(_VERDICTS[row["verdict"]])
    return "\n".join(lines)


def _unknown_targets(standard: Standard) -> str:
    known = confirmed_targets(standard)
    if known:
        return (
            f"{plural(known, 'taux exigé est confirmé', 'taux exigés sont confirmés')} ; les "
            "autres sont à confirmer dans le texte officiel."
        )
    return (
        "Aucun taux exigé par le label n’a encore été lu dans le texte officiel : être mesuré ne "
        "dit pas que l’engagement est tenu. À confirmer."
    )


def _by_module(table: pd.DataFrame, standard: Standard) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the title of each module and its rows."""
    for number_, rows in table.groupby("module", sort=True):
        module = int(str(number_))
        yield f"Module {module}. {standard.module(module).nom}", rows


def site_matrix(table: pd.DataFrame, standard: Standard) -> Section:
    """
    Return what each commitment of one site rests on, and its state in the follow-up.

    Parameters
    ----------
    table
        Of `quality.evidence.proofs`.
    standard
        Names of the modules; says which targets are confirmed.
    """
    tables = [
        Table(
            title,
            ["Engagement", "Repose sur"],
            [
                Row(
                    row["libelle"],
                    [_cell(row)],
                    detail=f"Suivi : {lower_first(STATES[row['etat']][0])}",
                )
                for row in rows.to_dict("records")
            ],
        )
        for title, rows in _by_module(table, standard)
    ]
    whole = backed(table)
    title = f"{count(whole)} engagements mesurés ou prouvés"
    sentences = [_READING, _unknown_targets(standard)]
    shown = figures("matrice", [whole, *natures(table)])
    return Section("matrice", title, sentences, tables, figures=shown)


def details(
    measured: pd.DataFrame, stands: pd.DataFrame, grid: MysteryGrid, standard: Standard
) -> Section:
    """
    Return every measure and document behind the matrix, commitment by commitment.

    Parameters
    ----------
    measured
        Of `quality.evidence.evidence`.
    stands
        Of `quality.progress.states`.
    grid, standard
        Wording.
    """
    known, tables, shown = behind(measured), [], []
    headings = ["Engagement", "Mesure", "Nombre", "Résultat", "Intervalle"]
    for title, own in _by_module(stands, standard):
        rows = []
        for unit in own.to_dict("records"):
            found = known.get(unit["unite"], [])
            rows += [_measure_row(each, unit["libelle"], grid) for each in found]
            rows += _document_rows(unit)
            shown += [each.measure for each in found]
        if rows:
            tables.append(Table(title, headings, rows, is_wide=True))
    sentences = [
        "L’enquête donne la part de réponses favorables ; l’enquête mystère, le nombre de contacts "
        "où le critère est respecté. Les deux ne s’additionnent pas."
    ]
    title = f"{plural(len(shown), 'mesure')} derrière ce tableau"
    return Section("preuves", title, sentences, tables, figures=figures("preuves", shown))


def _document_rows(unit: Mapping[Any, Any]) -> list[Row]:
    """Return the row of the document that proves a commitment, if there is one."""
    if not unit["preuve"] or unit["etat"] not in DONE:
        return []
    return [Row(unit["libelle"], [f"document : {unit['preuve']}", "—", "—", "—"])]


def _measure_row(found: Measured, unit: str, grid: MysteryGrid) -> Row:
    """Return a measure of the matrix: opinions as a share, contacts as a count."""
    measure, n = found.measure, number(found.measure.base)
    end = f"\n{_VERDICTS[found.verdict]}" if found.verdict in _VERDICTS else ""
    if found.nature == OPINIONS:
        name = f"enquête : {lower_first(measure.label)}"
        return Row(unit, [name, n, value(measure) + end, interval(measure) or "—"])
    channel = lower_first(grid.channel(found.channel).libelle)
    name = f"mystère, {channel} : {lower_first(measure.label)}"
    if found.is_mark:
        highest = grid.criterion(measure.key).highest
        mark = f"{number(measure.value, measure.digits)} sur {number(highest)}"
        return Row(unit, [name, n, mark, f"notes {extent(measure)}"])
    between = percent_range(measure.low or 0.0, measure.high or 0.0)
    return Row(unit, [name, n, count(measure) + end, between])


def obligations(
    sentences: Sequence[str], to_confirm: Sequence[str], reserve: str | None
) -> Section:
    """
    Return whether the modules chosen by the site follow the rules, and what is left to confirm.

    Parameters
    ----------
    sentences
        Of `display.standard.finding_sentence`.
    to_confirm
        Of `display.standard.unconfirmed`.
    reserve
        The condition on which the choice depends, None without.
    """
    extra = [f"Ce choix est envisagé {reserve}."] if reserve else []
    points = plural(len(to_confirm), "point")
    more = [
        "Les sites avancent ensemble, mais chacun aura son propre label.",
        f"{points} du référentiel à confirmer dans le texte officiel ; la cellule qualité en tient "
        "la liste.",
    ]
    title = "Les modules choisis, et la règle"
    return Section("regle", title, [*sentences, *extra, *more])
