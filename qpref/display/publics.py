"""Sections on groups of users: categories, digital divide, retirees."""

from collections.abc import Mapping, Sequence

import pandas as pd

from qpref.display.changes import difference_row, verdict_title
from qpref.display.figures import figures
from qpref.display.opinions import heading
from qpref.display.section import QUARTERS, Row, Section, Table, on_a_line
from qpref.display.wording import SURVEY, cell, rate, read_aloud
from qpref.quality import groups
from qpref.reference import Questionnaire
from qpref.statistics.differences import Difference, difference
from qpref.statistics.measure import Measure
from qpref.wording.french import either, number, of

_FAMILIES = {
    "categories": "Catégorie d’usagers",
    "aisance": "Aisance avec internet",
    "retraite": "Retraités et autres usagers",
    "aide": "Peu à l’aise avec internet, selon l’aide d’un service public",
}
_LABELS = {
    groups.AT_EASE: "À l’aise avec internet",
    groups.UNEASY: "Pas à l’aise avec internet",
    groups.HELPED: "Aidés par un service public",
    groups.NOT_HELPED: "Sans cette aide",
    groups.NOT_HELPED_OR_UNTOLD: "Sans cette aide, ou sans réponse",
}
_BY_SCALE = {"categories": "categorie_usager", "retraite": "retraite"}  # groups are its levels
_OF = {
    "aisance": (groups.AT_EASE, groups.UNEASY),
    "aide": (groups.HELPED, groups.NOT_HELPED, groups.NOT_HELPED_OR_UNTOLD),
}


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
    names = labels(questionnaire)
    column = heading(questionnaire.scale(questionnaire.main).favorables)
    rows, shown, changed = list[Row](), [], []
    for family, title in _FAMILIES.items():
        own = counts.get(family)
        if own is None or own.empty:
            continue
        shares = groups.shares(own, names[family], family)
        moved = {row["groupe"]: difference(row) for row in judged[family].to_dict("records")}
        rows += [Row(title, []), *(_group_row(one, moved.get(one.group)) for one in shares)]
        shown += [one for one in shares if one.is_rated]
        changed += [moved[one.group].change for one in shares if one.group in moved]
    if not rows:
        few = f"Trop peu de réponses pour distinguer des groupes {of(questionnaire.public.pluriel)}"
        return Section("publics", few)
    field = f"groupes d’au moins {number(threshold)} personnes"
    if "aide" in {name for name, own in counts.items() if len(own)}:
        field += f". {_services(questionnaire)}"
    title = verdict_title(
        changed, f"aucune différence établie entre groupes {of(questionnaire.public.pluriel)}"
    )
    table = Table(
        "Satisfaction globale, avec son intervalle à 95 %",
        ["Groupe", column, "Avis"],
        rows,
        ticks=QUARTERS,
        note=_note(shown, field, questionnaire),
    )
    return Section("publics", title, [], [table], figures=figures("publics", shown))


def _note(shown: Sequence[Measure], field: str, questionnaire: Questionnaire) -> str:
    """Read the first group aloud, and say which groups are shown."""
    main = questionnaire.main
    favourable = of(questionnaire.scale(main).favorables)
    source = f"{SURVEY}, « {questionnaire.by_id[main].texte_court} »"
    return read_aloud(shown, field, source, f"{{value}} {favourable} pour « {{label}} »")


def _group_row(share: Measure, found: Difference | None) -> Row:
    """Return a group, if its figure says enough of it, and not too much of its few members."""
    n = number(share.base)
    if not share.is_rated:
        return Row(share.label, [rate(share), n])
    detail = ""
    if found and found.change.is_established:
        detail = difference_row(found, "{part}, {avant} pour les autres").detail
    bars, dots = on_a_line(share)
    return Row(share.label, [cell(share), n], bars, detail, dots)


def labels(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    """Return the wording of every group that is compared, by family."""
    own = {
        family: {level.code: level.who for level in questionnaire.levels(role).modalites}
        for family, role in _BY_SCALE.items()
        if role in questionnaire.by_role
    }
    return own | {family: {code: _LABELS[code] for code in codes} for family, codes in _OF.items()}


def _services(questionnaire: Questionnaire) -> str:
    """Say which boxes stand for the help of a public service."""
    question, codes = questionnaire.public_services or ("", [])
    options = questionnaire.by_id[question].options
    names = [f"« {option.libelle} »" for option in options if option.code in codes]
    return f"Aidés par un service public : ceux qui ont coché {either(names)}"
