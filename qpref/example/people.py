"""Invented visitors: who they are, what they came for, what they thought. Seeded."""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from statistics import NormalDist

from qpref.reference import Campaign, Questionnaire

_NORMAL = NormalDist()
_CUTS = (-1.35, -0.55, 0.75)  # latent opinion -> the four levels of satisfaction
_LEVELS = ("pas_du_tout_satisfait", "plutot_pas_satisfait", "plutot_satisfait", "tres_satisfait")

Weights = dict[str, float]

_CATEGORY: Weights = {
    "particulier": 80,
    "entreprise": 9,
    "association": 6,
    "elu_collectivite": 3,
    "syndicat": 2,
}
_REASON: dict[str, Weights] = {
    "particulier": {"etrangers": 55, "titres": 27, "reglementation": 8, "autre": 10},
    "entreprise": {"reglementation": 55, "titres": 30, "autre": 15},
    "association": {"associations": 85, "autre": 15},
    "elu_collectivite": {"collectivites": 90, "autre": 10},
    "syndicat": {"reglementation": 50, "autre": 50},
}
_COUNTER = {
    "etrangers": "etrangers",
    "titres": "point_numerique",
    "reglementation": "reglementation",
}
_AGE: Weights = {
    "age_18_29": 24,
    "age_30_44": 34,
    "age_45_59": 21,
    "age_60_74": 16,
    "age_75_plus": 5,
}
_EASE: dict[bool, Weights] = {
    False: {
        "tres_a_l_aise": 38,
        "plutot_a_l_aise": 38,
        "peu_a_l_aise": 16,
        "pas_du_tout_a_l_aise": 8,
    },
    True: {
        "tres_a_l_aise": 10,
        "plutot_a_l_aise": 28,
        "peu_a_l_aise": 34,
        "pas_du_tout_a_l_aise": 28,
    },
}
_HELP: Weights = {"aucune": 46, "point_numerique": 26, "proche": 18, "france_services": 10}

# What each question is worth on average, on the latent scale.
_QUALITY: Weights = {
    "info_avant": 0.25,
    "horaires": 0.0,
    "signaletique": 0.45,
    "attente": -0.05,
    "confort": 0.3,
    "courtoisie": 0.8,
    "confidentialite": 0.2,
    "accessibilite": 0.35,
    "clarte": 0.5,
    "aide_dossier": 0.4,
    "delai": -0.15,
    "telephone": -0.35,
    "site_internet": 0.1,
    "global": 0.45,
}
_SITE: Weights = {"evry": 0.0, "etampes": 0.25, "palaiseau": 0.15}
# Autumn 2020: appointments shorten the wait, the foreigners' service and the telephone suffer.
_YEAR: dict[str, Weights] = {"2020-11": {"attente": 1.0, "telephone": -0.3, "confort": 0.2}}
_FOREIGNERS_2020: Weights = {
    "delai": -1.3,
    "info_avant": -0.5,
    "horaires": -0.6,
    "global": -0.3,
}

_TEXTS = (
    "Agents aimables, rien à redire.",
    "L’attente est trop longue, surtout le matin.",
    "Impossible d’obtenir un rendez-vous en ligne pour le titre de séjour.",
    "Merci à Mme Fictivelle du guichet 4 pour sa patience.",
    "Rappelez-moi au 01 99 00 45 12, personne ne décroche.",
    "Mon adresse est usager.imaginaire@exemple.invalid, j’attends toujours une réponse.",
    "Le parking est complet, prévoir plus de places.",
    "Dossier n° 9900112233 perdu deux fois.",
    "Les panneaux ne sont pas clairs, je me suis trompé d’étage.",
    "Le point numérique m’a bien aidé, je ne suis pas à l’aise avec internet.",
    "- de papier, + de guichets !",
    "Pas assez de chaises dans la salle d’attente.",
    "M. Inventé m’a reçu avec courtoisie.",
    "J’habite 12 rue de l’Exemple, trop loin pour revenir trois fois.",
    "Horaires difficiles quand on travaille.",
    "Ras",
    "Il faudrait un accueil pour les retraités qui n’ont pas d’ordinateur.",
    "<b>Très bien</b> & efficace",
)


@dataclass(frozen=True)
class Visitor:
    """One invented visitor and the answers given, by question (and option)."""

    moment: datetime
    half_day: str
    counter: str
    mode: str
    answers: dict[str, str]
    ticked: set[str] = field(default_factory=set)
    text: str = ""


def pick(rng: Random, weights: Weights) -> str:
    """Return one key, drawn by weight (independent of the order in which Python hashes)."""
    names = list(weights)
    bounds = list(accumulate(weights.values()))
    return names[bisect(bounds, rng.random() * bounds[-1], 0, len(names) - 1)]


def working_days(start: date, end: date) -> list[date]:
    """Return the days from Monday to Friday between two dates."""
    days = (start + timedelta(days=shift) for shift in range((end - start).days + 1))
    return [day for day in days if day.isoweekday() <= 5]  # noqa: PLR2004


def moment_of(rng: Random, day: date, half_day: str) -> datetime:
    """Return a minute of opening hours."""
    first, minutes = (time(9), 180) if half_day == "matin" else (time(13, 30), 150)
    return datetime.combine(day, first) + timedelta(minutes=int(rng.random() * minutes))


def _normal(rng: Random) -> float:
    return _NORMAL.inv_cdf(min(max(rng.random(), 1e-9), 1 - 1e-9))


class Crowd:
    """Draws the visitors of one site in one campaign."""

    def __init__(self, questionnaire: Questionnaire, campaign: Campaign, site: str) -> None:
        self._questionnaire, self._campaign, self._site = questionnaire, campaign, site
        self._rng = Random(f"qpref exemple {campaign.id} {site}")
        self._apart = Random(f"qpref exemple autres questions {campaign.id} {site}")
        self._days = working_days(campaign.debut, campaign.fin)
        # Agents differ: each half-day at a counter has an effect of its own.
        self._agents: Weights = {}

    def draw(self, number: int, modes: Weights) -> list[Visitor]:
        """Return visitors in order of arrival."""
        found = [self._visitor(modes) for _ in range(number)]
        return sorted(found, key=lambda visitor: visitor.moment)

    def _visitor(self, modes: Weights) -> Visitor:
        rng = self._rng
        day = self._days[int(rng.random() * len(self._days))]
        half_day = pick(rng, {"matin": 62, "apres_midi": 38})
        category = pick(rng, _CATEGORY)
        reason = pick(rng, _REASON[category])
        age = pick(rng, _AGE)
        retired = age == "age_75_plus" or (age == "age_60_74" and rng.random() < 0.7)  # noqa: PLR2004
        ease = pick(rng, _EASE[retired])
        counter = _COUNTER.get(reason, "accueil_general")
        answers = {
            "categorie_usager": category,
            "motif": reason,
            "tranche_age": age,
            "retraite": "oui" if retired else "non",
            "aisance_numerique": ease,
            "a_telephone": pick(rng, {"oui": 34, "non": 64, "nsp": 2}),
            "a_utilise_site": pick(rng, {"oui": 58, "non": 42}),
        }
        mood = 0.62 * _normal(rng) + self._agent(day, half_day, counter)
        answers |= self._opinions(answers, mood)
        answers |= self._rest(answers)
        text = _TEXTS[int(rng.random() * len(_TEXTS))] if rng.random() < 0.24 else ""  # noqa: PLR2004
        return Visitor(
            moment=moment_of(rng, day, half_day),
            half_day=half_day,
            counter=counter,
            mode=pick(rng, modes),
            answers=answers,
            ticked=self._help(ease),
            text=text,
        )

    def _agent(self, day: date, half_day: str, counter: str) -> float:
        key = f"{day} {half_day} {counter}"
        if key not in self._agents:
            self._agents[key] = 0.3 * _normal(self._rng)
        return self._agents[key]

    def _help(self, ease: str) -> set[str]:
        rng = self._rng
        if rng.random() < 0.05:  # noqa: PLR2004 - the question is skipped
            return set()
        first = pick(rng, _HELP)
        uneasy = ease in {"peu_a_l_aise", "pas_du_tout_a_l_aise"}
        if first == "aucune" or not uneasy:
            return {first}
        return {first, pick(rng, {"proche": 60, "point_numerique": 40})}

    def _opinions(self, answers: dict[str, str], mood: float) -> dict[str, str]:
        """Return the satisfaction answers; blank, « ne sait pas » and « sans objet » happen."""
        rng, found = self._rng, {}
        for question in self._questionnaire.opinions:
            if question.id not in _QUALITY:
                continue
            asked = question.filtre
            if asked and answers[asked.question] not in asked.vaut:
                continue
            value = self._latent(question.id, answers["motif"]) + mood + _normal(rng)
            level = _LEVELS[bisect(_CUTS, value)]
            rare = 0.2 if question.id == "global" else 1.0
            concerned = 0.5 if question.id == "accessibilite" else 0.06 * rare
            chance = rng.random()
            if chance < 0.035 * rare:
                continue
            if chance < 0.06 * rare:
                found[question.id] = "nsp"
            elif chance < 0.06 * rare + concerned:
                found[question.id] = "sans_objet" if question.id != "global" else level
            else:
                found[question.id] = level
        return found

    def _rest(self, answers: dict[str, str]) -> dict[str, str]:
        """Return answers, all as likely, to the questions that are no part of the example."""
        return {
            question.id: pick(
                self._apart,
                {level.code: 1 for level in self._questionnaire.scale(question.id).answers},
            )
            for question in self._questionnaire.questions
            if question.kind.is_closed and question.id not in {*answers, *_QUALITY}
        }

    def _latent(self, question: str, reason: str) -> float:
        value = _QUALITY[question] + _SITE.get(self._site, 0.0)
        value += _YEAR.get(self._campaign.id, {}).get(question, 0.0)
        if reason == "etrangers":
            value -= 0.2
            if self._campaign.id in _YEAR:
                value += _FOREIGNERS_2020.get(question, 0.0)
        return value
