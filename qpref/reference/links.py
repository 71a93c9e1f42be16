"""Check names that one reference file borrows from another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from qpref.reference.actions import Action, ActionPlan, OpinionIndicator
from qpref.reference.agreement import Answers
from qpref.reference.committee import Committee
from qpref.reference.complaints import Complaints
from qpref.reference.criteria import Criterion
from qpref.reference.faults import Fault, Steps, unknown
from qpref.reference.grid import MysteryGrid
from qpref.reference.labelling import Labelling
from qpref.reference.meeting import Meeting
from qpref.reference.models import Campaign
from qpref.reference.monthly import Monthly
from qpref.reference.questionnaire import Questionnaire
from qpref.reference.sites import Sites
from qpref.reference.standard import Standard
from qpref.reference.surveys import Campaigns, OtherSurvey
from qpref.shipped import FOLLOWED, LABELS

Names = list[str] | None  # None when the file that holds them cannot be read


@dataclass(frozen=True)
class OtherLabel:
    """A label that sites follow beside the first: its référentiel, and how far they are."""

    standard: Standard | None
    labelling: Labelling | None


@dataclass(frozen=True)
class Parts:
    """The reference files of a project; None for one that cannot be read, or is not there."""

    sites: Sites | None
    campaigns: Campaigns | None
    standard: Standard | None
    grid: MysteryGrid | None
    questionnaires: Mapping[str, Questionnaire | None]
    committee: Committee | None = None
    plan: ActionPlan | None = None
    labelling: Labelling | None = None
    monthly: Monthly | None = None
    others: Mapping[str, OtherLabel] = field(default_factory=dict)
    complaints: Complaints | None = None

    @property
    def site_names(self) -> Names:
        """The sites."""
        return [site.id for site in self.sites.sites] if self.sites else None

    @property
    def campaign_names(self) -> Names:
        """The campaigns."""
        return [one.id for one in self.campaigns.campagnes] if self.campaigns else None

    @property
    def commitments(self) -> Names:
        """The commitments of the référentiel."""
        return [one.id for one in self.standard.engagements] if self.standard else None

    @property
    def modules(self) -> Names:
        """The modules of the référentiel, as texts."""
        return [str(one.numero) for one in self.standard.modules] if self.standard else None

    @property
    def unread_modules(self) -> Names:
        """The modules of which no commitment was read, by what a step calls them."""
        if self.standard is None:
            return None
        empty = [m for m in self.standard.modules if not self.standard.commitments_of(m.numero)]
        return [f"module-{module.numero}" for module in empty]


def broken_links(parts: Parts) -> Iterator[tuple[str, Fault]]:
    """Yield each name that points to nothing, after the file that holds it."""
    found: dict[str, Iterable[Fault]] = {
        "sites.yml": _of_sites(parts),
        "campagnes.yml": _of_campaigns(parts),
        "clu.yml": _of_remarks(parts),
        "referentiel.yml": _of_standard(parts),
        "mystere.yml": _of_grid(parts),
        "labellisation.yml": _of_labelling(parts),
        "actions.yml": _of_actions(parts),
        "indicateurs.yml": _of_months(parts),
        "reclamations.yml": _of_complaints(parts),
    }
    for name, questionnaire in parts.questionnaires.items():
        if questionnaire:
            found[f"questionnaire/{name}.yml"] = _of_questions(questionnaire, parts)
    for name, other in parts.others.items():
        own = replace(parts, standard=other.standard, labelling=other.labelling)
        found[f"{LABELS}/{name}.yml"] = _of_standard(own)
        found[f"{LABELS}/{name}{FOLLOWED}"] = _of_labelling(own)
    for file, faults in found.items():
        yield from ((file, fault) for fault in faults)


def meeting_links(meeting: Meeting, sites: Names, campaigns: Names) -> Iterator[Fault]:
    """Yield the names of a meeting that point to nothing."""
    for rank, site in enumerate(meeting.sites):
        yield from unknown(("sites", rank), site, sites)
    if meeting.campagne:
        yield from unknown(("campagne",), meeting.campagne, campaigns)
    for rank, agreement in enumerate(meeting.accords):
        if isinstance(agreement.preuve, Answers):
            place: Steps = ("accords", rank, "preuve")
            yield from unknown((*place, "site"), agreement.preuve.site, sites)
            yield from unknown((*place, "campagne"), agreement.preuve.campagne, campaigns)


def _of_sites(parts: Parts) -> Iterator[Fault]:
    for rank, site in enumerate(parts.sites.sites if parts.sites else ()):
        for place, number in enumerate(site.modules):
            yield from unknown(("sites", rank, "modules", place), str(number), parts.modules)


def _of_campaigns(parts: Parts) -> Iterator[Fault]:
    for rank, campaign in enumerate(parts.campaigns.campagnes if parts.campaigns else ()):
        place: Steps = ("campagnes", rank)
        yield from _of_questionnaire(campaign, (*place, "questionnaire"), parts)
        if name := campaign.precedente:
            yield from unknown((*place, "precedente"), name, parts.campaign_names)
        yield from _of_sites_named(campaign, place, parts)
    for rank, survey in enumerate(parts.campaigns.enquetes if parts.campaigns else ()):
        yield from _of_survey(survey, ("enquetes", rank), parts)


def _of_sites_named(campaign: Campaign, place: Steps, parts: Parts) -> Iterator[Fault]:
    for site in campaign.objectifs:
        yield from unknown((*place, "objectifs", site), site, parts.site_names)


def _of_survey(survey: OtherSurvey, place: Steps, parts: Parts) -> Iterator[Fault]:
    """Yield what a survey of another public names, and a threshold under that of the project."""
    yield from _of_questionnaire(survey, (*place, "questionnaire"), parts)
    yield from _of_sites_named(survey, place, parts)
    for site in survey.population:
        yield from unknown((*place, "population", site), site, parts.site_names)
    least = parts.sites.seuil_diffusion.valeur if parts.sites else 0
    if survey.seuil and survey.seuil.valeur < least:
        told = f"le seuil ({survey.seuil.valeur}) est sous seuil_diffusion de sites.yml ({least})"
        yield Fault((*place, "seuil", "valeur"), told, f"Écrivez {least} ou plus.")
    yield from _of_its_public(survey, place, parts)


def _of_its_public(survey: OtherSurvey, place: Steps, parts: Parts) -> Iterator[Fault]:
    """Yield a questionnaire that names no public, or is a campaign's, or was put to others."""
    asked = parts.questionnaires.get(survey.questionnaire)
    campaigns = parts.campaigns
    if asked is None or campaigns is None:
        return
    if survey.questionnaire in {one.questionnaire for one in campaigns.campagnes}:
        told = f"« {survey.questionnaire} » est le questionnaire d’une campagne"
        remedy = "Donnez à ce public un questionnaire à lui : on ne réunit jamais leurs réponses."
        yield Fault((*place, "questionnaire"), told, remedy)
    elif asked.public.are_users:
        told = f"« {survey.questionnaire} » ne dit pas à quel public il est proposé"
        remedy = "Ajoutez-y par exemple : public: {id: agents, singulier: agent, pluriel: agents}."
        yield Fault((*place, "questionnaire"), told, remedy)
    former = _asked_in(survey.precedente or "", parts)
    if former and former.public != asked.public:
        told = f"« {survey.precedente} » interroge un autre public ({former.public.pluriel})"
        yield Fault((*place, "precedente"), told, "Retirez cette clé, ou corrigez-la.")


def _of_questionnaire(campaign: Campaign, place: Steps, parts: Parts) -> Iterator[Fault]:
    if parts.questionnaires:
        yield from unknown(place, campaign.questionnaire, sorted(parts.questionnaires))
        return
    name = f"data/reference/questionnaire/{campaign.questionnaire}.yml"
    yield Fault(
        place,
        "il n’y a encore aucun questionnaire",
        f"D’après votre formulaire : qpref dictionnaire proposer FICHIER --vers {name}",
    )


def _of_remarks(parts: Parts) -> Iterator[Fault]:
    for rank, remark in enumerate(parts.committee.remarques if parts.committee else ()):
        yield from unknown(("remarques", rank, "site"), remark.site, parts.site_names)


def _of_questions(questionnaire: Questionnaire, parts: Parts) -> Iterator[Fault]:
    for rank, question in enumerate(questionnaire.questions):
        place: Steps = ("questions", rank)
        if question.engagement:
            yield from unknown((*place, "engagement"), question.engagement, parts.commitments)
        if question.module is not None:
            yield from unknown((*place, "module"), str(question.module), parts.modules)


def _of_labelling(parts: Parts) -> Iterator[Fault]:
    followed = parts.labelling
    if followed is None:
        return
    for rank, step in enumerate(followed.suivi):
        yield from unknown(("suivi", rank, "site"), step.site, parts.site_names)
        key = "engagement" if step.engagement else "module"
        known = parts.commitments if step.engagement else parts.unread_modules
        yield from unknown(("suivi", rank, key), step.unit, known)
    for rank, audit in enumerate(followed.audits):
        yield from unknown(("audits", rank, "site"), audit.site, parts.site_names)


def _of_actions(parts: Parts) -> Iterator[Fault]:
    for rank, action in enumerate(parts.plan.actions if parts.plan else ()):
        place: Steps = ("actions", rank)
        yield from unknown((*place, "site"), action.site, parts.site_names)
        yield from unknown((*place, "campagne"), action.campagne, parts.campaign_names)
        yield from unknown((*place, "engagement"), action.engagement, parts.commitments)
        yield from _of_indicator(action, (*place, "indicateur"), parts)


def _of_months(parts: Parts) -> Iterator[Fault]:
    if parts.monthly is None:
        return
    for rank, one in enumerate(parts.monthly.indicateurs):
        if one.engagement:
            place: Steps = ("indicateurs", rank, "engagement")
            yield from unknown(place, one.engagement, parts.commitments)
    yield from parts.monthly.site_faults(parts.site_names)


def _of_complaints(parts: Parts) -> Iterator[Fault]:
    if parts.complaints is None:
        return
    yield from parts.complaints.site_faults(parts.site_names)
    heard, standard = parts.complaints.prouve, parts.standard
    if heard is None or standard is None:
        return
    yield from unknown(("prouve", "engagement"), heard.engagement, parts.commitments)
    own = [one for one in standard.engagements if one.id == heard.engagement]
    if heard.article and own:
        numbers = [article.numero for article in own[0].articles]
        yield from unknown(("prouve", "article"), heard.article, numbers)


def _of_indicator(action: Action, place: Steps, parts: Parts) -> Iterator[Fault]:
    judged, grid = action.indicateur, parts.grid
    if isinstance(judged, OpinionIndicator):
        asked = _asked_in(action.campagne, parts)
        if asked:
            opinions = [question.id for question in asked.opinions]
            yield from unknown((*place, "question"), judged.question, opinions)
    elif grid:
        channels = [channel.id for channel in grid.canaux]
        yield from unknown((*place, "canal"), judged.canal, channels)
        criteria = [c.id for c in grid.criteres if judged.canal in c.canaux]
        if judged.canal in channels:
            yield from unknown((*place, "critere"), judged.critere, criteria)


def _asked_in(name: str, parts: Parts) -> Questionnaire | None:
    """Return the questionnaire of a campaign, if both can be read."""
    campaigns = parts.campaigns.every if parts.campaigns else []
    asked = next((one.questionnaire for one in campaigns if one.id == name), "")
    return parts.questionnaires.get(asked)


def _of_standard(parts: Parts) -> Iterator[Fault]:
    """Yield the questions of opinion that indicators name, and no questionnaire asks."""
    asked = [found for found in parts.questionnaires.values() if found]
    is_whole = len(asked) == len(parts.questionnaires)
    opinions = sorted({question.id for found in asked for question in found.opinions})
    for rank, indicator in enumerate(parts.standard.indicateurs if parts.standard else ()):
        if indicator.question and asked and is_whole:
            yield from unknown(("indicateurs", rank, "question"), indicator.question, opinions)


def _of_grid(parts: Parts) -> Iterator[Fault]:
    grid, standard = parts.grid, parts.standard
    if grid is None or standard is None:
        return
    if grid.protocole:
        yield from _of_source(("protocole", "source"), grid.protocole.source, standard)
    indicators = [indicator.id for indicator in standard.indicateurs]
    for rank, criterion in enumerate(grid.criteres):
        place: Steps = ("criteres", rank)
        yield from _of_source((*place, "source"), criterion.source, standard)
        if criterion.engagement:
            yield from unknown((*place, "engagement"), criterion.engagement, parts.commitments)
        if criterion.indicateur:
            yield from unknown((*place, "indicateur"), criterion.indicateur, indicators)
        if criterion.indicateur in indicators:
            yield from _unjudged(criterion, place, standard)


def _of_source(place: Steps, source: str, standard: Standard) -> Iterator[Fault]:
    """Yield an unknown identifier of a source; a sentence stands for itself."""
    if " " not in source:
        yield from unknown(place, source, standard.sources)


def _unjudged(criterion: Criterion, place: Steps, standard: Standard) -> Iterator[Fault]:
    """Yield a measured criterion whose indicator cannot judge it."""
    unit, limit = criterion.kind.unit, criterion.threshold(standard)
    if unit and (limit is None or limit.unite != unit):
        told = f"critère {criterion.id} : un critère de type « {criterion.type} » se juge par un "
        told += f"seuil en {unit}, et « {criterion.indicateur} » n’en a pas dans referentiel.yml"
        remedy = "Corrigez l’indicateur ou son seuil ; si le seuil n’est pas connu, retirez la clé "
        remedy += "« indicateur » : la mesure sera décrite, sans être jugée."
        yield Fault((*place, "indicateur"), told, remedy)
