"""Page that tells a committee which of the figures it received have changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from qpref.display.context import INVENTED
from qpref.display.priorities import WORDS
from qpref.display.section import Row, Section, Table
from qpref.display.wording import VERDICTS, interval, value
from qpref.statistics.measure import DIFFERENCE, PROBABILITY, SHARE, Measure
from qpref.wording.french import NBSP, enumeration, long_date, number, plural, upper_first

_SAID = VERDICTS | {code: words.lower() for code, (words, _) in WORDS.items()}


@dataclass(frozen=True)
class Revision:
    """
    A figure that readers would not read today as it was published.

    `now` is None when today's report does not say it; `reasons`, what may explain it.
    """

    section: str
    before: Measure
    now: Measure | None
    reasons: Sequence[str]

    @property
    def name(self) -> str:
        """What was measured, of whom."""
        label = self.before.label or self.before.key
        return f"{label} ({self.before.group})" if self.before.group else label

    @property
    def is_of_verdict(self) -> bool:
        """Whether another conclusion is drawn now, or none where there was one."""
        return self.before.verdict != (self.now.verdict if self.now else "")


@dataclass(frozen=True)
class Revised:
    """
    A report that a committee received and what differs in it now.

    `title`: of the report; `meetings`: for which it was sent; `unchanged`: figures read as before;
    `method`: version by which it was made.
    """

    campaign: str
    name: str
    title: str
    meetings: Sequence[date]
    revisions: Sequence[Revision]
    unchanged: int
    method: int
    is_fictional: bool


def said(measure: Measure | None) -> str:
    """
    Return a figure as readers see it: value, interval, base, what was concluded.

    Examples
    --------
    >>> change = Measure(value=0.062, low=0.01, high=0.113, n=210, unit=DIFFERENCE, verdict="mieux")
    >>> said(change).replace("\u00a0", " ")
    '+6 points, entre +1 et +11 points, base 210 : mieux'
    >>> said(Measure(value=7.5, unit="note sur 10", digits=1)).replace("\u00a0", " ")
    '7,5 note sur 10'
    >>> said(None)
    'n’est plus publié'
    """
    if measure is None:
        return "n’est plus publié"
    as_share = measure.unit == PROBABILITY
    shown = replace(measure, unit=SHARE) if as_share else measure
    unit = "" if shown.unit in {SHARE, DIFFERENCE, ""} or not shown.is_known else shown.unit
    parts = [f"{value(shown)}{NBSP}{unit}".strip(), interval(shown)]
    if measure.n is not None and measure.reliability != "aucun_pourcentage":
        parts.append(f"base{NBSP}{number(measure.n)}")
    concluded = _SAID.get(measure.verdict, measure.verdict)
    return ", ".join(filter(None, parts)) + (f"{NBSP}: {concluded}" if concluded else "")


def summary(found: Sequence[Revised]) -> str:
    """Return how many figures of how many reports differ, and how many conclusions."""
    changed = [one for report in found for one in report.revisions]
    verdicts = sum(one.is_of_verdict for one in changed)
    figures = plural(len(changed), "chiffre publié n’est", "chiffres publiés ne sont")
    same = "plus le même" if len(changed) < 2 else "plus les mêmes"  # noqa: PLR2004
    where = plural(len(found), "rapport")
    conclusions = (
        plural(verdicts, "conclusion change", "conclusions changent")
        if verdicts
        else "aucune conclusion ne change"
    )
    return f"{figures} {same}, dans {where} ; {conclusions}"


def erratum(
    found: Sequence[Revised], campaign: str, day: date, method: Sequence[str]
) -> list[Section]:
    """
    Return the sections of the page: what differs as a whole, then report by report.

    Parameters
    ----------
    found
        The reports that differ, of one campaign.
    campaign
        Its name.
    day
        When the page is written.
    method
        What changed in the method since the oldest of these reports, if anything did.
    """
    days = sorted({day for report in found for day in report.meetings})
    held = enumeration([f"du {long_date(one)}" for one in days])
    meetings = f"{'de la réunion' if len(days) == 1 else 'des réunions'} {held}"
    is_fictional = any(report.is_fictional for report in found)
    title = f"Erratum : chiffres publiés de la campagne {campaign}"
    sentences = [
        INVENTED.replace("ce rapport", "cette page") if is_fictional else "",
        f"Écrit le {long_date(day)}, à l’intention des membres du comité local des usagers qui ont "
        f"reçu les documents {meetings}.",
        f"{upper_first(summary(found))}. Un chiffre figure ici quand il ne s’écrirait plus comme "
        "vous l’avez lu ; les autres sont inchangés.",
        *(f"La méthode de calcul a changé : {text}." for text in method),
    ]
    page = {"titre": title, "fictif": is_fictional}
    heading = Section("erratum", title, [*filter(None, sentences)], page=page, level=1)
    return [heading, *(_of_report(report) for report in found)]


def _of_report(report: Revised) -> Section:
    """Return what differs in a report, the conclusions that change first."""
    ordered = sorted(report.revisions, key=lambda one: not one.is_of_verdict)
    rows = [
        Row(
            upper_first(one.name),
            [said(one.before), said(one.now)],
            detail=f"{'La conclusion change. ' if one.is_of_verdict else ''}"
            f"Pourquoi : {enumeration(one.reasons)}.",
        )
        for one in ordered
    ]
    table = Table(f"Chiffres changés : {report.title}", ["Chiffre", "Publié", "Maintenant"], rows)
    same = plural(report.unchanged, "autre chiffre de ce rapport est inchangé",
                  "autres chiffres de ce rapport sont inchangés")  # fmt: skip
    key = report.name.replace("/", "-")
    return Section(key, report.title, [f"{same}."], [table], level=2)
