"""Sections on what proves each commitment: the compliance matrix and the figures behind it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from qpref.display.progress import STATES
from qpref.display.section import Row, Section, Table, figure_rows
from qpref.display.wording import count_of, interval, value
from qpref.quality.progress import in_scope
from qpref.reference import DONE, MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.statistics.shares import reliability
from qpref.wording.french import lower_first, number, percent_range, plural

_NATURES = {"enquete": "enquête", "mystere": "mystère", "document": "document"}
_VERDICTS = {
    "atteint": "taux exigé atteint",
    "non_atteint": "taux exigé non atteint",
    "non_tranche": "taux exigé : on ne peut pas trancher",
}
_NOT_CHOSEN = "non choisi"
_READING = (
    "« Enquête » : des usagers ont donné leur avis. « Mystère » : un évaluateur l’a vérifié. "
    "« Document » : une preuve est réunie."
)


def _cell(row: dict[Any, Any]) -> str:
    """Return what an engagement rests on, one line a kind of proof."""
    if row["etat"] == "hors_perimetre":
        return "hors périmètre"
    found = [words for name, words in _NATURES.items() if row[name]]
    lines = found or ["à confirmer" if str(row["unite"]).startswith("module-") else "non mesuré"]
    if row["verdict"] in _VERDICTS:
        lines.append(_VERDICTS[row["verdict"]])
    return "\n".join(lines)


def _unknown_targets(standard: Standard) -> str:
    known = sum(i.confirme and i.cible is not None for i in standard.indicateurs)
    if known:
        return (
            f"{plural(known, 'taux exigé est confirmé', 'taux exigés sont confirmés')} ; les "
            "autres sont à confirmer dans le texte officiel."
        )
    return (
        "Aucun taux exigé par le label n’a encore été lu dans le texte officiel : être mesuré ne "
        "dit pas que l’engagement est tenu. À confirmer."
    )


def matrix(found: dict[str, pd.DataFrame], standard: Standard) -> Section:
    """
    Return the compliance matrix: a row a commitment, a column a site.

    Parameters
    ----------
    found
        By short name of site, `quality.evidence.proofs`.
    standard
        Names of the modules; says which targets are confirmed.
    """
    every = pd.concat([table.assign(site=name) for name, table in found.items()])
    tables = [_module_matrix(int(str(n)), rows, found, standard) for n, rows in _by_module(every)]
    proved = {name: _proved(table) for name, table in found.items()}
    sentences = [_READING, _unknown_targets(standard)]
    parts = [f"{name}, {number(n - k)}" for name, (k, n) in proved.items() if n > k]
    if parts:
        sentences.append(f"Engagements sans aucune preuve ni mesure : {' ; '.join(parts)}.")
    counts = " ; ".join(f"{name}, {count_of(k, n)}" for name, (k, n) in proved.items())
    title = f"Engagements mesurés ou prouvés : {counts}"
    return Section("matrice", title, sentences, tables, figures=_natures(every))


def _natures(table: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a matrix: 1 for each kind of proof that a commitment rests on."""
    rows = [
        {
            "indicateur": row["unite"],
            "libelle": row["libelle"],
            "groupe": f"{row['site']}, {nature}" if "site" in row else nature,
            "valeur": int(row[nature]),
        }
        for row in table.to_dict("records")
        for nature in _NATURES
    ]
    return figure_rows("matrice", "preuve", rows)


def _by_module(table: pd.DataFrame) -> Any:  # noqa: ANN401 - a pandas grouping
    return table.groupby("module", sort=True)


def _proved(table: pd.DataFrame) -> tuple[int, int]:
    scope = in_scope(table)
    return int(scope[list(_NATURES)].any(axis=1).sum()), len(scope)


def _module_matrix(
    module: int, rows: pd.DataFrame, found: dict[str, pd.DataFrame], standard: Standard
) -> Table:
    lines = []
    for _, own in rows.groupby("unite", sort=False):
        by_site = {row["site"]: row for row in own.to_dict("records")}
        cells = [_cell(by_site[name]) if name in by_site else _NOT_CHOSEN for name in found]
        lines.append(Row(str(own["libelle"].iloc[0]), cells))
    return Table(
        f"Module {module}. {standard.module(module).nom}",
        ["Engagement", *found],
        lines,
        is_stacked=True,
    )


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
            f"Module {n}. {standard.module(int(str(n))).nom}",
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
        for n, rows in _by_module(table)
    ]
    known, total = _proved(table)
    title = f"{count_of(known, total)} engagements mesurés ou prouvés"
    sentences = [_READING, _unknown_targets(standard)]
    return Section("matrice", title, sentences, tables, figures=_natures(table))


def details(
    measured: pd.DataFrame, stands: pd.DataFrame, grid: MysteryGrid, standard: Standard
) -> Section:
    """
    Return every figure and document behind the matrix, commitment by commitment.

    Parameters
    ----------
    measured
        Of `quality.evidence.evidence`.
    stands
        Of `quality.progress.states`.
    grid, standard
        Wording.
    """
    tables, shown = [], []
    for number_, own in _by_module(stands):
        rows = []
        for unit in own.to_dict("records"):
            mine = measured.loc[(measured["engagement"] == unit["unite"]) & (measured["n"] > 0)]
            rows += [_measure_row(row, unit["libelle"], grid) for row in mine.to_dict("records")]
            shown += mine.to_dict("records")
            if unit["preuve"] and unit["etat"] in DONE:
                rows.append(Row(unit["libelle"], [f"document : {unit['preuve']}", "—", "—", "—"]))
        if rows:
            name = f"Module {number_}. {standard.module(int(number_)).nom}"
            headings = ["Engagement", "Mesure", "Nombre", "Résultat", "Intervalle"]
            tables.append(Table(name, headings, rows, is_wide=True))
    figures = figure_rows(
        "preuves",
        "part ou note",
        [
            {
                "indicateur": row["mesure"],
                "libelle": row["libelle"],
                "groupe": f"{row['engagement']}, {row['nature']} {row['canal']}".strip(),
                **{name: row[name] for name in ("n", "effectif", "valeur", "bas", "haut")},
            }
            for row in shown
        ],
    )
    sentences = [
        "L’enquête donne la part d’usagers satisfaits ; l’enquête mystère, le nombre de contacts "
        "où le critère est respecté. Les deux ne s’additionnent pas."
    ]
    title = f"{plural(len(shown), 'mesure')} derrière ce tableau"
    return Section("preuves", title, sentences, tables, figures=figures)


def _measure_row(row: dict[Any, Any], unit: str, grid: MysteryGrid) -> Row:
    n = int(row["n"])
    end = f"\n{_VERDICTS[row['verdict']]}" if row["verdict"] in _VERDICTS else ""
    if row["nature"] == "enquete":
        found = Measure(
            n=n,
            count=int(row["effectif"]),
            value=row["valeur"],
            low=row["bas"],
            high=row["haut"],
            reliability=reliability(n),
        )
        name = f"enquête : {lower_first(row['libelle'])}"
        return Row(unit, [name, number(n), value(found) + end, interval(found) or "—"])
    channel = lower_first(grid.channel(row["canal"]).libelle)
    name = f"mystère, {channel} : {lower_first(row['libelle'])}"
    if row["unite"] == "note":
        spread = f"notes de {number(row['bas'])} à {number(row['haut'])}"
        return Row(unit, [name, number(n), f"{number(row['valeur'], 1)} sur 10", spread])
    bounds = percent_range(row["bas"], row["haut"])
    return Row(unit, [name, number(n), count_of(row["effectif"], n) + end, bounds])


def obligations(
    sentences: Sequence[str], to_confirm: Sequence[str], reserve: str | None
) -> Section:
    """
    Return whether the site's choice of modules respects the rules, and what is to be confirmed.

    Parameters
    ----------
    sentences
        Of `display.standard.finding_sentence`.
    to_confirm
        Of `display.standard.unconfirmed`.
    reserve
        What the choice depends on, if it does.
    """
    extra = [f"Ce choix est envisagé {reserve}."] if reserve else []
    count = plural(len(to_confirm), "point")
    more = [
        "Les sites avancent ensemble, mais chacun aura son propre label.",
        f"{count} du référentiel à confirmer dans le texte officiel ; la cellule qualité en tient "
        "la liste.",
    ]
    title = "Les modules choisis, et la règle"
    return Section("regle", title, [*sentences, *extra, *more])
