"""Sections on what comes next for the label: reminders, deadlines, audits."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from qpref.display.charts import timeline_chart
from qpref.display.figures import figures
from qpref.display.section import Bar, Row, Section, Table
from qpref.display.wording import FOLLOW_UP, chart_note
from qpref.palette import INK, VERY_BAD, VERY_GOOD
from qpref.quality.milestones import Span, spans
from qpref.quality.progress import SOON, Reminder, how_many
from qpref.reference import Audit
from qpref.reference.labelling import AUDITS
from qpref.wording.french import long_date, plural

_SOON = f"{SOON.days} jours"
_LEAST_WIDTH, _MARK_WIDTH = 0.02, 0.005  # of the cell: a bar and a mark that can be seen
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
    Return the reminders, most urgent first.

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
        sentence = f"Aucune échéance dans les {_SOON}."
        return Section("a-faire", "Rien n’est en retard", [sentence])
    rows = [
        Row(
            _REMINDERS[reminder.code],
            [long_date(reminder.day) if reminder.day else "—"],
            detail=_subject(reminder, label),
        )
        for reminder in found
    ]
    late, soon = how_many(found, "retard"), how_many(found, "bientot")
    title = (
        f"{plural(late, 'engagement en retard', 'engagements en retard')}, "
        f"{plural(soon, 'échéance proche', 'échéances proches')}"
    )
    sentences = [f"Situation au {long_date(today)}. « Bientôt » : dans les {_SOON}."]
    table = Table("À faire, du plus urgent au moins urgent", ["Rappel", "Échéance"], rows)
    return Section("a-faire", title, sentences, [table])


def _subject(reminder: Reminder, label: dict[str, str]) -> str:
    return AUDITS.get(reminder.unit) or label.get(reminder.unit, "")


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
    found = spans(table, audits, today, deadline)
    if not found:
        return Section("calendrier", "Aucune échéance n’est fixée")
    end = max(deadline, *(each.end for each in found))
    static = Table(
        "Échéances, de la plus proche à la plus lointaine, puis audits",
        ["Engagement ou audit", "Échéance"],
        [_span_row(each, (start, end), deadline) for each in found],
        legend=[
            (VERY_GOOD, "à temps"),
            (VERY_BAD, "en retard, ou après l’échéance du label"),
            (INK, f"échéance du label, {long_date(deadline)}"),
        ],
        note=chart_note(
            f"{long_date(found[0].end)} pour « {found[0].left.label} »",
            "engagements à prouver et audits",
            FOLLOW_UP,
        ),
    )
    sentences = [
        f"Chaque ligne va du {long_date(start)} (à gauche) au {long_date(end)} (à droite). La "
        f"barre va de la situation du {long_date(today)} à l’échéance."
    ]
    due = sum(each.module is not None for each in found)
    title = f"{plural(due, 'échéance')} jusqu’au {long_date(end)}"
    plot = timeline_chart(pd.DataFrame([_drawn(each) for each in found]), title, deadline)
    shown = figures("calendrier", [each.left for each in found])
    return Section("calendrier", title, sentences, [static], figures=shown, plot=plot)


def _colour(span: Span) -> str:
    return VERY_BAD if span.is_late else VERY_GOOD


def _note(span: Span) -> str:
    if span.module is not None:
        return f"module {span.module}"
    return "réalisé" if span.is_over else "prévu"


def _drawn(span: Span) -> dict[str, object]:
    """Return what `charts.timeline_chart` draws of a span."""
    return {
        "etiquette": span.left.label,
        "debut": span.start,
        "fin": span.end,
        "note": _note(span),
        "couleur": _colour(span),
    }


def _span_row(span: Span, scale: tuple[date, date], deadline: date) -> Row:
    """Return a span as a bar between two days, with a mark at the deadline; both stay visible."""
    first, last = sorted((span.start, span.end))
    left = _place(first, scale)
    width = max(_place(last, scale) - left, _LEAST_WIDTH)
    bar = Bar(min(left, 1 - width), width, _colour(span))
    mark = Bar(min(_place(deadline, scale), 1 - _MARK_WIDTH), _MARK_WIDTH, INK)
    return Row(span.left.label, [long_date(span.end)], [bar, mark], _note(span))


def _place(day: date, scale: tuple[date, date]) -> float:
    """Return where a day stands between two others, 0 to 1."""
    start, end = scale
    return (day - start).days / max((end - start).days, 1)
