"""Invented counts of the counters: visitors, and people approached."""

import csv
import io
from collections.abc import Iterator, Sequence
from random import Random

from qpref.example.chance import open_days, pick, seeded
from qpref.example.habits import Habits, known
from qpref.example.people import Visitor
from qpref.layout import FICTIONAL
from qpref.layout.counts import APPROACHES, VISITORS, CountLayout
from qpref.reference import Question, Site

Row = list[str | int]
_REFUSING = 0.42
_FEWEST, _MORE = 15, 45  # visitors by half-day, where the project says nothing
_DATE = "%d/%m/%Y"


def flow_csv(habits: Habits, sites: Sequence[Site]) -> bytes:
    """Return the queue system's export, in the Windows code page as such systems write it."""
    strata = _strata(habits)
    rng = seeded("passages", habits.campaign.id)
    rows = [row for site in sites for row in _visitors(habits, strata, site, rng)]
    return _counts_csv(habits, VISITORS, [question.variable for question in strata], rows)


def _strata(habits: Habits) -> list[Question]:
    """Return what is told of each visitor besides the half-day: the counter, or what was said."""
    asked = habits.questionnaire
    said = [s.question for s in habits.invented.passages.strates if s.question in asked.by_id]
    counter = asked.by_role.get("guichet")
    found = [asked.by_id[name] for name in said] or ([counter] if counter else [])
    return [q for q in found if q.echelle and q.variable in VISITORS.strata]


def _visitors(habits: Habits, strata: list[Question], site: Site, rng: Random) -> Iterator[Row]:
    """Yield the visitors of a site by day, half-day and what else is told."""
    campaign, flow = habits.campaign, habits.invented.passages
    usual = _FEWEST + int(_MORE * seeded("passages", site.id).random())
    number = flow.sites.get(site.id, usual) * flow.campagnes.get(campaign.id, 1.0)
    for day in open_days(campaign.debut, campaign.fin):
        for code, moment in habits.moments.items():
            count = int(number * moment.passages * (0.8 + 0.4 * rng.random()))
            drawn: list[dict[str, object]] = [{} for _ in range(count)]
            for question in strata:
                for one in drawn:
                    one[question.id] = pick(rng, _weights(habits, question, one))
            for kind in _kinds(habits, strata):
                labels = [habits.questionnaire.label(name, str(kind[name])) for name in kind]
                half_day = _half_day(habits, code)
                yield [site.nom_court, f"{day:{_DATE}}", *half_day, *labels, drawn.count(kind)]


def _kinds(habits: Habits, strata: list[Question]) -> list[dict[str, object]]:
    """Return the kinds of visitors that are told apart."""
    kinds: list[dict[str, object]] = [{}]
    for question in strata:
        kinds = [k | {question.id: n} for k in kinds for n in _weights(habits, question, k)]
    return kinds


def _weights(habits: Habits, question: Question, one: dict[str, object]) -> dict[str, float]:
    levels = [level.code for level in habits.questionnaire.scale(question.id).answers]
    for said in habits.invented.passages.strates:
        if said.question == question.id and (own := known(said.weights(one), levels)):
            return dict(own)
    return dict(habits.choice(question, one))


def _half_day(habits: Habits, code: str) -> list[str]:
    question = habits.questionnaire.by_role.get("demi_journee")
    return [habits.questionnaire.label(question.id, code)] if question and code else []


def approaches_csv(habits: Habits, sites: Sequence[tuple[Site, list[Visitor]]]) -> bytes:
    """Return the log of the people approached, by half-day, as an interviewer keeps it."""
    rows = [row for site, visitors in sites for row in _approached(habits, site, visitors)]
    return _counts_csv(habits, APPROACHES, [], rows)


def _approached(habits: Habits, site: Site, visitors: list[Visitor]) -> Iterator[Row]:
    """Yield the people approached by day and half-day: the visitors, and those who refused."""
    campaign = habits.campaign
    rng = seeded("refus", campaign.id, site.id)
    for day in open_days(campaign.debut, campaign.fin):
        for code in habits.moments:
            made = sum(v.moment.date() == day and v.half_day == code for v in visitors)
            refused = sum(rng.random() < _REFUSING for _ in range(made + 2))
            other, partial = int(rng.random() * 2), int(rng.random() * 1.4)
            total = made + refused + other + partial
            where = [site.nom_court, f"{day:{_DATE}}", *_half_day(habits, code)]
            yield [*where, total, refused, other, partial, made]


def _counts_csv(
    habits: Habits, layout: CountLayout, strata: Sequence[str], rows: Sequence[Row]
) -> bytes:
    """Return counts under the headings of their layout, in the code page that clerks use."""
    told = {"demi_journee"} if _half_day(habits, next(iter(habits.moments))) else set()
    left = {*layout.strata} - told - {*strata}
    headings = {column.key: column.heading for column in layout.columns if column.key not in left}
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings.values())
    writer.writerows((*row, FICTIONAL) for row in rows)
    try:
        return out.getvalue().encode("cp1252")
    except UnicodeEncodeError:  # a name that this code page lacks
        return out.getvalue().encode("utf-8-sig")
