"""Invented answers, contacts and counts for any project, in the formats in which data come."""

from collections.abc import Sequence

from qpref.example.chance import seeded
from qpref.example.complaints import InventedRegister
from qpref.example.counts import approaches_csv, flow_csv
from qpref.example.export import OnlineAnswers, limesurvey_csv, with_strays
from qpref.example.habits import Habits
from qpref.example.keyed import Pile, counter_workbook
from qpref.example.members import members_file
from qpref.example.months import month_files
from qpref.example.mystery import mystery_workbook
from qpref.example.people import Crowd, Visitor
from qpref.reference import OtherSurvey, Reference, Site
from qpref.reference.example import Invented

_README = """Données fictives
================
Ces fichiers sont produits par « qpref exemple ». Aucun usager, agent ou contact réel n’y figure ;
les chiffres ne décrivent aucun site. Ils ont la forme des fichiers qu’une préfecture reçoit.
"""
_SITES_APART = """
Le questionnaire ne demande pas le site : chaque export se trouve dans le dossier de son site.
Pour tout importer : qpref importer CAMPAGNE --campagne CAMPAGNE
"""


def example_files(reference: Reference, invented: Invented) -> dict[str, bytes]:
    """
    Return the files of a project's example by name, in order; the same bytes every time.

    Parameters
    ----------
    reference
        Its sites, campaigns, questionnaires and mystery grid.
    invented
        What the project says of its example; the rest is drawn.
    """
    asked = [reference.questionnaire(campaign.id) for campaign in reference.campaigns.every]
    is_told = all("site" in questionnaire.by_role for questionnaire in asked)
    readme = _README if is_told else _README + _SITES_APART
    files = {"LISEZMOI.txt": readme.encode(), "membres.yml": members_file()}
    for campaign, questionnaire in zip(reference.campaigns.every, asked, strict=True):
        habits = Habits(invented, questionnaire, campaign)
        for file, content in _campaign_files(reference, habits).items():
            files[f"{campaign.id}/{file}"] = content
    return files


def _campaign_files(reference: Reference, habits: Habits) -> dict[str, bytes]:
    """Return the files that a campaign brings, by name."""
    campaign, sites = habits.campaign, reference.sites.sites
    if isinstance(campaign, OtherSurvey):
        return _survey_files(habits, [site for site in sites if site.id in campaign.sites])
    files: dict[str, bytes] = {}
    online: list[tuple[Site, list[Visitor]]] = []
    approached: list[tuple[Site, list[Visitor]]] = []
    for site in sites:
        crowd, size = Crowd(habits, site.id), habits.size(site.id)
        screens = crowd.draw(size.en_ligne, is_keyed=False)
        forms = crowd.draw(size.saisis, is_keyed=True)
        online.append((site, screens))
        approached.append((site, [*screens, *forms]))
        if forms:
            name = f"saisie_guichet_{site.id}_{campaign.id}.xlsx"
            files[name] = counter_workbook(_pile(habits, site, forms))
    files |= _exports(habits, online)
    files[f"enquete_mystere_{campaign.id}.xlsx"] = mystery_workbook(
        reference.grid,
        campaign,
        [site.nom_court for site in sites],
        habits.invented.mystere,
    )
    files[f"frequentation_{campaign.id}.csv"] = flow_csv(habits, sites)
    logged = habits.invented.releves
    if logged is None or campaign.id in logged:
        files[f"releve_refus_{campaign.id}.csv"] = approaches_csv(habits, approached)
    months = habits.invented.mois
    if months and months.campagne == campaign.id:
        found = month_files(reference.monthly, months, sites)
        files |= {f"{name}_{campaign.id}.csv": content for name, content in found.items()}
    heard = habits.invented.reclamations
    if heard and reference.complaints and heard.campagne == campaign.id:
        register = InventedRegister(reference.complaints, reference.book, heard)
        for name, content in register.files(sites).items():
            stem, _, suffix = name.rpartition(".")
            files[f"{stem}_{campaign.id}.{suffix}"] = content
    return files


def _survey_files(habits: Habits, sites: Sequence[Site]) -> dict[str, bytes]:
    """Return the export of a survey of another public: it is answered online, and nowhere else."""
    drawn = [(site, Crowd(habits, site.id)) for site in sites]
    return _exports(
        habits, [(s, crowd.draw(habits.size(s.id).total, is_keyed=False)) for s, crowd in drawn]
    )


def _pile(habits: Habits, site: Site, forms: list[Visitor]) -> Pile:
    rng = seeded("saisie", habits.campaign.id, site.id)
    title = f"{site.nom}, {habits.campaign.libelle}"
    return Pile(habits.questionnaire, site.nom_court, title, forms, rng)


def _exports(habits: Habits, online: list[tuple[Site, list[Visitor]]]) -> dict[str, bytes]:
    """Return the export of the survey system; one a site when nothing in it says the site."""
    name = f"results-survey_{habits.campaign.id}.csv"
    rows = {
        site.id: [OnlineAnswers(site.nom_court, one) for one in found] for site, found in online
    }
    if "site" in habits.questionnaire.by_role:
        return {name: _export(habits, [one for own in rows.values() for one in own])}
    return {f"{site}/{name}": _export(habits, own) for site, own in rows.items()}


def _export(habits: Habits, sent: list[OnlineAnswers]) -> bytes:
    sent = sorted(sent, key=lambda one: one.visitor.moment)
    rows = with_strays(habits.questionnaire, habits.campaign.debut, sent)
    return limesurvey_csv(habits.questionnaire, rows)
