"""The synthetic example: two campaigns, three sites, in the formats in which data are received."""

from dataclasses import replace
from pathlib import Path
from random import Random

from qpref.errors import ReferenceFileError
from qpref.example.files import approaches_csv, counter_workbook, flow_csv, limesurvey_csv
from qpref.example.members import members_file
from qpref.example.mystery import mystery_workbook
from qpref.example.people import Crowd, Visitor, Weights, pick, working_days
from qpref.project import write_atomically
from qpref.reference import Campaign, Reference

# Complete answers wanted, by campaign and site: on line or tablet, then on paper.
SIZES = {
    "2019-11": {"evry": (52, 89), "etampes": (27, 35), "palaiseau": (25, 33)},
    "2020-11": {"evry": (131, 82), "etampes": (36, 38), "palaiseau": (45, 36)},
}
_VISITORS = {"evry": 96, "etampes": 22, "palaiseau": 27}  # by half-day in 2019
_CRISIS = 0.62  # share of the usual visitors in autumn 2020
_COUNTERS: Weights = {
    "accueil_general": 30,
    "etrangers": 38,
    "point_numerique": 22,
    "reglementation": 10,
}
# What brings visitors to each counter.
_REASONS: dict[str, Weights] = {
    "accueil_general": {"autre": 62, "associations": 28, "collectivites": 10},
    "etrangers": {"etrangers": 100},
    "point_numerique": {"titres": 100},
    "reglementation": {"reglementation": 100},
}
_LOGGED = "2020-11"  # the first campaign noted neither refusals nor approaches
_README = """Données fictives
================
Ces fichiers sont produits par « qpref exemple ». Aucun usager, agent ou contact réel n’y figure ;
les chiffres ne décrivent aucun site. Ils ont la forme des fichiers qu’une préfecture reçoit.
"""


def write_example(reference: Reference, target: Path) -> list[Path]:
    """
    Write the example and return its files, in order; the same bytes every time.

    Raises
    ------
    ReferenceFileError
        If the reference data lack a site or campaign of the example.
    """
    files = {"LISEZMOI.txt": _README.encode(), "membres.yml": members_file()}
    for name, sizes in SIZES.items():
        known = {site.id for site in reference.sites.sites}
        campaigns = {campaign.id for campaign in reference.campaigns.campagnes}
        if not set(sizes) <= known or name not in campaigns:
            raise ReferenceFileError(
                "L’exemple porte sur les sites evry, etampes et palaiseau, campagnes 2019-11 et "
                "2020-11, absents de data/reference.",
                "Rétablissez-les, ou importez vos propres fichiers.",
            )
        for file, content in _campaign_files(reference, reference.campaign(name)).items():
            files[f"{name}/{file}"] = content
    for name, content in files.items():
        write_atomically(target / name, content)
    return [target / name for name in files]


def _campaign_files(reference: Reference, campaign: Campaign) -> dict[str, bytes]:
    questionnaire = reference.questionnaire(campaign.id)
    files: dict[str, bytes] = {}
    online: list[tuple[str, Visitor]] = []
    approached: list[tuple[str | int, ...]] = []
    for site, (screens, forms) in SIZES[campaign.id].items():
        crowd = Crowd(questionnaire, campaign, site)
        label = reference.site(site).nom_court
        online += [(label, v) for v in crowd.draw(screens, {"tablette": 55, "en_ligne": 45})]
        paper = crowd.draw(forms, {"papier": 1})
        own = [visitor for name, visitor in online if name == label]
        approached += _approaches(reference, campaign, site, [*own, *paper])
        rng = Random(f"qpref exemple saisie {campaign.id} {site}")
        title = f"{reference.site(site).nom}, {campaign.libelle}"
        files[f"saisie_guichet_{site}_{campaign.id}.xlsx"] = counter_workbook(
            questionnaire, label, title, paper, rng
        )
    online.sort(key=lambda pair: pair[1].moment)
    visitors, unfinished = _with_strays(online)
    files[f"results-survey_{campaign.id}.csv"] = limesurvey_csv(questionnaire, visitors, unfinished)
    files[f"enquete_mystere_{campaign.id}.xlsx"] = mystery_workbook(
        reference.grid, campaign, [reference.site(site).nom_court for site in SIZES[campaign.id]]
    )
    files[f"frequentation_{campaign.id}.csv"] = flow_csv(_flow(reference, campaign))
    if campaign.id == _LOGGED:
        files[f"releve_refus_{campaign.id}.csv"] = approaches_csv(approached)
    return files


def _with_strays(
    online: list[tuple[str, Visitor]],
) -> tuple[list[tuple[str, Visitor]], set[int]]:
    """Add the answers every real export holds: trials, unfinished, too early, unknown site."""
    site, visitor = online[0]
    early = replace(visitor, moment=visitor.moment.replace(day=1))
    trial = replace(early, text="Test")
    stopped = online[5:40:9]
    strays = [(site, trial), (site, early), ("Autre préfecture", visitor), *stopped]
    first_stopped = len(online) + 3
    return [*online, *strays], set(range(first_stopped, first_stopped + len(stopped)))


def _approaches(
    reference: Reference, campaign: Campaign, site: str, visitors: list[Visitor]
) -> list[tuple[str | int, ...]]:
    """Return the people approached by day and half-day: the visitors, and those who refused."""
    rng = Random(f"qpref exemple refus {campaign.id} {site}")
    questionnaire = reference.questionnaire(campaign.id)
    rows: list[tuple[str | int, ...]] = []
    for day in working_days(campaign.debut, campaign.fin):
        for half_day in ("matin", "apres_midi"):
            made = sum(v.moment.date() == day and v.half_day == half_day for v in visitors)
            refused = sum(rng.random() < 0.42 for _ in range(made + 2))  # noqa: PLR2004
            other, partial = int(rng.random() * 2), int(rng.random() * 1.4)
            total = made + refused + other + partial
            name, moment = (
                reference.site(site).nom_court,
                questionnaire.label("demi_journee", half_day),
            )
            rows.append((name, f"{day:%d/%m/%Y}", moment, total, refused, other, partial, made))
    return rows


def _flow(reference: Reference, campaign: Campaign) -> list[tuple[str, str, str, str, str, int]]:
    """Return visitors by site, day, half-day, counter and reason."""
    questionnaire = reference.questionnaire(campaign.id)
    rng = Random(f"qpref exemple passages {campaign.id}")
    scale = _CRISIS if campaign.contexte else 1.0
    rows = []
    for site in SIZES[campaign.id]:
        for day in working_days(campaign.debut, campaign.fin):
            for half_day, part in (("matin", 1.15), ("apres_midi", 0.75)):
                number = int(_VISITORS[site] * scale * part * (0.8 + 0.4 * rng.random()))
                counters = [pick(rng, _COUNTERS) for _ in range(number)]
                drawn = [(counter, pick(rng, _REASONS[counter])) for counter in counters]
                rows += [
                    (
                        reference.site(site).nom_court,
                        f"{day:%d/%m/%Y}",
                        questionnaire.label("demi_journee", half_day),
                        questionnaire.label("guichet", counter),
                        questionnaire.label("motif", reason),
                        drawn.count((counter, reason)),
                    )
                    for counter in _COUNTERS
                    for reason in _REASONS[counter]
                ]
    return rows
