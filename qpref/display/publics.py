"""Sections on groups of users: categories, digital divide, retirees."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from qpref.display.changes import difference_row, verdict_title
from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.display.wording import cell
from qpref.palette import GOOD
from qpref.quality import groups
from qpref.reference import Questionnaire
from qpref.statistics.shares import measured, reliability, share_interval
from qpref.wording.french import number

Record = dict[Hashable, Any]

_FAMILIES = {
    "categories": "Catégorie d’usagers",
    "aisance": "Aisance avec internet",
    "retraite": "Retraités et autres usagers",
    "aide": "Usagers peu à l’aise avec internet, selon l’aide d’un service public",
}
_LABELS = {
    groups.AT_EASE: "À l’aise avec internet",
    groups.UNEASY: "Pas à l’aise avec internet",
    groups.HELPED: "Aidés par le point numérique ou France Services",
    groups.NOT_HELPED: "Sans cette aide",
}
_RETIRED = {"oui": "Retraités", "non": "Autres usagers"}


def publics(
    counts: Mapping[str, pd.DataFrame],
    judged: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    threshold: int,
) -> Section:
    """
    Return overall satisfaction by group of users, each against the others.

    Parameters
    ----------
    counts
        `groupe`, `n`, `satisfaits` by family of groups; groups that may not be published are out.
    judged
        The comparisons of the report, by family.
    questionnaire
        Wording.
    threshold
        Size under which a group is not shown.
    """
    tables, figures, verdicts = [], [], []
    for family, title in _FAMILIES.items():
        own = counts.get(family)
        if own is None or own.empty:
            continue
        table = own.assign(
            part=own["satisfaits"] / own["n"],
            libelle=[_label(family, str(name), questionnaire) for name in own["groupe"]],
        )
        table["bas"], table["haut"] = share_interval(table["satisfaits"], table["n"])
        compared = {row["groupe"]: row for row in judged[family].to_dict("records")}
        records = table.to_dict("records")
        rows = [_group_row(record, compared.get(record["groupe"])) for record in records]
        verdicts += [
            (record["libelle"], compared[record["groupe"]]["verdict"])
            for record in records
            if record["groupe"] in compared
        ]
        caption = f"{title} : satisfaction globale"
        tables.append(Table(caption, ["Groupe", "Satisfaits", "Avis"], rows))
        figures.append(_figures(family, [r for r in records if _is_enough(r)]))
    if not tables:
        return Section("publics", "Trop peu de réponses pour distinguer des groupes d’usagers")
    sentences = [
        "Chaque groupe est comparé à tous les autres réunis. Les groupes de moins de "
        f"{number(threshold)} personnes, et ceux qui permettraient de les retrouver par "
        "soustraction, ne sont pas montrés.",
    ]
    return Section(
        "publics",
        verdict_title(verdicts, "aucune différence établie entre groupes d’usagers"),
        sentences,
        tables,
        figures=pd.concat(figures, ignore_index=True),
    )


def _is_enough(record: Record) -> bool:
    """Whether a figure says enough of its group, and not too much of its few members."""
    return reliability(int(record["n"])) != "aucun_pourcentage"


def _group_row(record: Record, found: Record | None) -> Row:
    n = int(record["n"])
    if not _is_enough(record):
        return Row(record["libelle"], ["trop peu d’avis", number(n)])
    text = cell(measured(record))
    words = "{part}, {avant} pour les autres"
    detail = difference_row(found, record["libelle"], words).detail if found else ""
    return Row(record["libelle"], [text, number(n)], [Bar(0, record["part"], GOOD)], detail)


def _figures(family: str, records: list[Record]) -> pd.DataFrame:
    return figure_rows(
        "publics",
        "part",
        [
            {
                "indicateur": family,
                "libelle": record["libelle"],
                "groupe": record["groupe"],
                "n": record["n"],
                "effectif": record["satisfaits"],
                "valeur": record["part"],
                "bas": record["bas"],
                "haut": record["haut"],
            }
            for record in records
        ],
    )


def _label(family: str, name: str, questionnaire: Questionnaire) -> str:
    if family == "retraite":
        return _RETIRED.get(name, name)
    return labels(questionnaire)[name]


def labels(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the wording of every group that is compared."""
    categories = {m.code: m.libelle for m in questionnaire.scale("categorie_usager").modalites}
    return categories | _LABELS | _RETIRED
