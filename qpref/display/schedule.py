"""Sections on what comes next on the way to the label: reminders, due days, audits."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from qpref.display.charts import timeline_chart
from qpref.display.section import Bar, Row, Section, Table, figure_rows
from qpref.palette import INK, VERY_BAD, VERY_GOOD
from qpref.quality.progress import Reminder, unproved
from qpref.reference import Audit
from qpref.wording.french import long_date, plural

_AUDITS = {"interne": "Audit interne", "externe": "Audit du label", "suivi": "Audit de suivi"}
_REMINDERS = {
    "retard": "En retard",
    "audit_passe": "Audit à confirmer",
    "audit_tardif": "Audit trop tardif",
    "apres_label": "Échéance après le label",
    "bientot": "Bientôt",
    "audit_interne_a_fixer": "Audit interne à fixer",
    "audit_externe_a_fixer": "Audit du label à fixer",
    "sans_echeance": "Sans échéance",
    "sans_pilote": "Sans pilote",
}


def reminder_lines(found: Sequence[Reminder], label: dict[str, str]) -> list[str]:
    """Return the reminders, one line each."""
    return [
        " : ".join(
            part
            for part in (
                _REMINDERS[reminder.code],
                _subject(reminder, label),
                long_date(reminder.day) if reminder.day else "",
            )
            if part
        )
        for reminder in found
    ]


def to_do(found: Sequence[Reminder], label: dict[str, str], today: date) -> Section:
    """
    Return what to do next, most urgent first.

    Parameters
    ----------
    found
        Of `quality.progress.reminders`.
    label
        Wording of the units.
    today
        Day of the follow-up.
    """
    if not found:
        return Section("a-faire", "Rien n’est en retard", ["Aucune échéance dans les 60 jours."])
    rows = [
        Row(
            _REMINDERS[reminder.code],
            [long_date(reminder.day) if reminder.day else "—"],
            detail=_subject(reminder, label),
        )
        for reminder in found
    ]
    late = sum(reminder.code == "retard" for reminder in found)
    soon = sum(reminder.code == "bientot" for reminder in found)
    title = (
        f"{plural(late, 'engagement en retard', 'engagements en retard')}, "
        f"{plural(soon, 'échéance proche', 'échéances proches')}"
    )
    sentences = [f"Situation au {long_date(today)}. « Bientôt » : dans les 60 jours."]
    table = Table("À faire, du plus urgent au moins urgent", ["Rappel", "Échéance"], rows)
    return Section("a-faire", title, sentences, [table])


def _subject(reminder: Reminder, label: dict[str, str]) -> str:
    return _AUDITS.get(reminder.unit) or label.get(reminder.unit, "")


def _colour(due: date, today: date, deadline: date) -> str:
    return VERY_BAD if due >= deadline or due < today else VERY_GOOD


def calendar(
    table: pd.DataFrame, audits: Sequence[Audit], span: tuple[date, date], deadline: date
) -> Section:
    """
    Return the time left to each commitment not proved, and the audits, on one scale.

    Parameters
    ----------
    table, audits
        Of one site.
    span
        First day of the follow-up and today.
    deadline
        Of the label.
    """
    start, today = span
    left = unproved(table)
    open_units = left.loc[left["echeance"].notna()]
    ends = [*open_units["echeance"], *(audit.date for audit in audits), deadline]
    if open_units.empty and not audits:
        return Section("calendrier", "Aucune échéance n’est fixée")
    end = max(ends)
    whole: int = max((end - start).days, 1)

    def place(day: date) -> float:
        return (day - start).days / whole

    drawn = [
        {
            "etiquette": row["libelle"],
            "debut": today,
            "fin": row["echeance"],
            "note": f"module {row['module']}",
            "couleur": _colour(row["echeance"], today, deadline),
        }
        for row in open_units.sort_values(["echeance", "unite"]).to_dict("records")
    ]
    drawn += [
        {
            "etiquette": _AUDITS[audit.nature],
            "debut": audit.date,
            "fin": audit.date,
            "note": "réalisé" if audit.etat == "realise" else "prévu",
            # An audit that took place is no longer awaited.
            "couleur": _colour(
                audit.date, audit.date if audit.etat == "realise" else today, deadline
            ),
        }
        for audit in sorted(audits, key=lambda a: a.date)
    ]
    rows = []
    for row in drawn:
        first, last = sorted((row["debut"], row["fin"]))
        width = max(place(last) - place(first), 0.02)
        bar = Bar(min(place(first), 1 - width), width, row["couleur"])
        mark = Bar(min(place(deadline), 0.995), 0.005, INK)
        rows.append(Row(row["etiquette"], [long_date(row["fin"])], [bar, mark], row["note"]))
    static = Table(
        "Échéances, de la plus proche à la plus lointaine, puis audits",
        ["Engagement ou audit", "Échéance"],
        rows,
        legend=[
            (VERY_GOOD, "à temps"),
            (VERY_BAD, "en retard, ou après l’échéance du label"),
            (INK, f"échéance du label, {long_date(deadline)}"),
        ],
    )
    sentences = [
        f"Chaque ligne va du {long_date(start)} (à gauche) au {long_date(end)} (à droite). La "
        f"barre va de la situation du {long_date(today)} à l’échéance."
    ]
    title = f"{plural(len(open_units), 'échéance')} jusqu’au {long_date(end)}"
    frame = pd.DataFrame(drawn)
    plot = timeline_chart(frame, title, deadline)
    figures = figure_rows(
        "calendrier",
        "jours",
        [
            {
                "indicateur": "echeance",
                "libelle": row["etiquette"],
                "groupe": f"{row['fin']:%Y-%m-%d}",
                "valeur": (row["fin"] - today).days,
            }
            for row in drawn
        ],
    )
    return Section("calendrier", title, sentences, [static], figures=figures, plot=plot)
