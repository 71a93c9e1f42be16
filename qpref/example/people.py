"""Invented visitors: when they came and what they answered. Seeded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qpref.example.chance import moment_of, normal, open_days, pick, seeded
from qpref.example.form import PaperForm
from qpref.example.habits import Habits


@dataclass(frozen=True)
class Visitor:
    """
    One invented visitor.

    Parameters
    ----------
    moment, half_day
        When; the half-day is empty when the questionnaire tells none apart.
    answers
        By question: a level, the boxes ticked, a number, a day or a text. What was not asked, or
        not answered, is absent.
    has_written
        Whether an open question was answered.
    """

    moment: datetime
    half_day: str
    answers: Mapping[str, Any]
    has_written: bool = False


class Crowd:
    """Draws the visitors of one site in one campaign."""

    def __init__(self, habits: Habits, site: str) -> None:
        self._habits, self._site = habits, site
        campaign = habits.campaign
        self._rng = seeded(campaign.id, site)
        self._apart = seeded("autres questions", campaign.id, site)
        self._days = open_days(campaign.debut, campaign.fin)
        self._hours = {code: moment.poids for code, moment in habits.moments.items()}
        # Agents differ: each half-day at a counter has an effect of its own.
        self._agents: dict[str, float] = {}

    def draw(self, number: int, *, is_keyed: bool) -> list[Visitor]:
        """Return visitors in order of arrival."""
        modes = self._habits.modes(is_keyed=is_keyed)
        found = [self._visitor(modes) for _ in range(number)]
        return sorted(found, key=lambda visitor: visitor.moment)

    def _visitor(self, modes: Mapping[str, float]) -> Visitor:
        rng, roles = self._rng, self._habits.questionnaire.by_role
        form = PaperForm(self._habits, self._site, rng, self._apart)
        day = form.day = self._days[int(rng.random() * len(self._days))]
        half_day = pick(rng, self._hours)
        if half_day:
            form.answers[roles["demi_journee"].id] = half_day
        for question in self._habits.drawn_first:
            form.fill(question)
        counter = form.answers.get(roles["guichet"].id) if "guichet" in roles else None
        form.mood = 0.62 * normal(rng) + self._agent(f"{day} {half_day} {counter}")
        for question in self._habits.questionnaire.questions:
            form.fill(question)
        form.write()
        moment = moment_of(rng, day, self._habits.moments[half_day])
        if modes:
            form.answers[roles["mode"].id] = pick(rng, modes)
        form.finish()
        return Visitor(moment, half_day, form.answers, form.has_written)

    def _agent(self, served: str) -> float:
        if served not in self._agents:
            self._agents[served] = 0.3 * normal(self._rng)
        return self._agents[served]
