"""How the invented visitors of a project answer: its own settings, random otherwise."""

from bisect import bisect
from collections.abc import Mapping
from functools import cached_property
from statistics import NormalDist

from qpref.example.chance import AFTERNOON, DAY, MORNING, seeded
from qpref.layout.survey import survey_layout
from qpref.questions import Answer
from qpref.reference import Campaign, Modality, OtherSurvey, Question, Questionnaire, Scale
from qpref.reference.example import Invented, Moment, Size, is_among

_REMARKS = (
    "Agents aimables, rien à redire.",
    "L’attente est trop longue.",
    "Merci à Mme Fictivelle pour sa patience.",
    "Rappelez-moi au 01 99 00 45 12, personne ne décroche.",
    "Mon adresse est usager.imaginaire@exemple.invalid, j’attends toujours une réponse.",
    "Dossier n° 9900112233 perdu deux fois.",
    "Les panneaux ne sont pas clairs.",
    "M. Inventé m’a reçu avec courtoisie.",
    "Horaires difficiles quand on travaille.",
    "Ras",
    "<b>Très bien</b> & efficace",
)
_HOURS = {1: (DAY,), 2: (MORNING, AFTERNOON)}  # by number of half-days that are told apart
_LATENT = NormalDist(0.2, 1.2)  # about how opinions are spread, see `Crowd`
_KEYED = 0.4  # share of the forms keyed by hand
_FEWEST, _MORE = 40, 80  # answers of a site that has no target


class Habits:
    """What a project's visitors do in one campaign."""

    def __init__(
        self, invented: Invented, questionnaire: Questionnaire, campaign: Campaign
    ) -> None:
        self.invented, self.questionnaire, self.campaign = invented, questionnaire, campaign

    def size(self, site: str) -> Size:
        """Return how many complete answers a site has: as said, as aimed at, or a usual number."""
        said = self.invented.effectifs.get(self.campaign.id, {}).get(site)
        if said is not None:
            return said
        aim = self.campaign.objectifs.get(site)
        rng = seeded("effectif", self.campaign.id, site)
        total = aim.valeur if aim else _FEWEST + int(_MORE * rng.random())
        if isinstance(self.campaign, OtherSurvey) and site in self.campaign.population:
            total = min(total, self.campaign.population[site].valeur // 2)
        keyed = round(_KEYED * total) if self.is_keyed else 0
        return Size(en_ligne=total - keyed, saisis=keyed)

    @cached_property
    def is_keyed(self) -> bool:
        """Whether forms are keyed by hand: a workbook must say when, and every opinion."""
        columns = {column.key for column in survey_layout(self.questionnaire).columns}
        return columns >= {"date", *(question.variable for question in self.questionnaire.opinions)}

    @cached_property
    def moments(self) -> Mapping[str, Moment]:
        """The half-days that are told apart, by code; one that has no name when none is."""
        codes = [level.code for level in self._levels("demi_journee")] or [""]
        said = self.invented.moments
        hours = _HOURS.get(len(codes), (DAY,) * len(codes))
        return {code: said.get(code, usual) for code, usual in zip(codes, hours, strict=True)}

    def _levels(self, role: str) -> list[Modality]:
        question = self.questionnaire.by_role.get(role)
        is_told = question is not None and question.echelle
        return self.questionnaire.scale(question.id).answers if question and is_told else []

    def modes(self, *, is_keyed: bool) -> Mapping[str, float]:
        """Return the weights of the modes, of the answers keyed by hand or of the others."""
        said = self.invented.modes
        levels = [level.code for level in self._levels("mode") if level.saisie == is_keyed]
        own = said.weights({}) if said else {}
        return known(own, levels) or dict.fromkeys(levels, 1)

    def choice(self, question: Question, answers: Mapping[str, object]) -> Mapping[str, float]:
        """Return the weights of the answers to a closed question, for who gave these answers."""
        codes = [level.code for level in self.questionnaire.scale(question.id).modalites]
        for said in self.invented.choix:
            if said.question == question.id and (own := known(said.weights(answers), codes)):
                return own
        return self._usual(question)

    def _usual(self, question: Question) -> Mapping[str, float]:
        rng = seeded("poids", self.questionnaire.id, question.id)
        levels = self.questionnaire.scale(question.id).answers
        return {level.code: 20 + 80 * rng.random() for level in levels}

    def boxes(self, question: Question) -> Mapping[str, float]:
        """Return the share of the visitors who tick each box, where nothing was said."""
        rng = seeded("cases", self.questionnaire.id, question.id)
        return {option.code: 0.15 + 0.4 * rng.random() for option in question.options}

    def opinion(self, question: Question, site: str, answers: Mapping[str, object]) -> float:
        """Return what a question is worth to a visitor, mood apart, on the latent scale."""
        said = self.invented.avis
        rng = seeded("avis", self.questionnaire.id, question.id)
        value = said.moyennes.get(question.id, -0.3 + 1.2 * rng.random())
        if not said.effets:
            rng = seeded("effets", self.campaign.id, site, question.id)
            return value + 0.4 * rng.random() - 0.2
        for effect in said.effets:
            of_site = effect.site in {None, site}
            in_campaign = effect.campagne in {None, self.campaign.id}
            if of_site and in_campaign and is_among(effect.public, answers):
                value += effect.effet + effect.questions.get(question.id, 0)
        return value

    def level(self, question: Question, value: float) -> Modality:
        """Return the level of an opinion: the worst levels first, whatever their order is."""
        levels = worst_first(self.questionnaire.scale(question.id))
        cuts = self.invented.avis.coupures.get(question.echelle or "", [])
        if len(cuts) != len(levels) - 1:
            whole = len(levels) * (len(levels) + 1) / 2  # better levels are more often chosen
            cuts = [_LATENT.inv_cdf(k * (k + 1) / 2 / whole) for k in range(1, len(levels))]
        return levels[bisect(cuts, value)]

    def mark(self, question: Question, value: float) -> float:
        """Return the mark of an opinion: whole numbers between whole bounds, else tenths."""
        low, high = question.minimum, question.maximum
        is_whole = low.is_integer() and high.is_integer()
        steps = int(high - low) if is_whole else 10
        place = min(int(_LATENT.cdf(value) * (steps + 1)), steps)
        return low + place if is_whole else round(low + (high - low) * place / steps, 6)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is written in answer to an open question."""
        return tuple(self.invented.remarques) or _REMARKS

    @cached_property
    def drawn_first(self) -> list[Question]:
        """The closed questions whose answers weigh on others, in the order told."""
        by_id = self.questionnaire.by_id
        said = [by_id[one.question] for one in self.invented.choix if one.question in by_id]
        return [q for q in said if q.kind.answer in _CLOSED and q.echelle]


_CLOSED = (Answer.LEVEL, Answer.FIELD)


def known(weights: Mapping[str, float], codes: list[str]) -> Mapping[str, float]:
    """Return the weights of the answers that exist."""
    return {code: weight for code, weight in weights.items() if code in codes and weight}


def worst_first(scale: Scale) -> list[Modality]:
    """Return the levels of a scale, those that are for at the end."""
    levels = scale.answers
    is_best_first = bool(levels[0].favorable) and not levels[-1].favorable
    return levels[::-1] if is_best_first else levels
