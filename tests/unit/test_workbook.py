"""What a notebook cell calls, on the example."""

import re
import subprocess
import sys

import pandas as pd
import pytest

from qpref.errors import MissingDataError, UnknownKeyError
from qpref.intake import Reception, receive
from qpref.store import Store
from qpref.workbook import (
    ouvrir_enquete_mystere,
    ouvrir_labellisation,
    ouvrir_satisfaction,
)
from tests.conftest import CAMPAIGNS, NOW, SITES

# Loaded where they are used, and not to open a campaign.
HEAVY = {
    "IPython", "docx", "filelock", "holidays", "ipywidgets", "jinja2", "nbconvert", "nbformat",
    "pandera", "papermill", "plotly", "pyarrow.parquet", "qpref.batch", "qpref.intake",
    "scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats", "statsmodels", "xlsxwriter",
}  # fmt: skip
SECTIONS = (
    "ressemblance",
    "publics",
    "actions",
    "autres_sites",
    "priorites",
    "composition",
    "resultats_ponderes",
    "public_egal",
    "tests",
    "profil",
    "tendance",
)
THEMES = ("information_avant", "accueil", "service", "distance", "global")


@pytest.mark.lent
def test_opening_loads_no_library_that_a_look_does_not_need():
    code = "import qpref.workbook, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert not HEAVY & set(loaded.stdout.decode().split())


@pytest.mark.lent
def test_following_the_fieldwork_loads_nothing_that_reads_files():
    """A third of the cost of pandas, for the answers asked for online alone."""
    code = "import qpref.cli.fieldwork, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert "qpref.intake.mystery" not in loaded.stdout.decode().split()


@pytest.mark.lent
def test_the_package_offers_what_an_analyst_begins_with():
    code = "import qpref, sys; print(*dir(qpref), *sys.modules); print(qpref.ouvrir)"
    names, found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.splitlines()

    assert names.split()[0] == "ouvrir"
    assert "pandas" not in names.split()
    assert "function ouvrir" in found


@pytest.mark.mesure
@pytest.mark.lent
@pytest.mark.parametrize(
    ("site", "campaign"),
    [
        ("evry", "2020-11"),
        ("palaiseau", "2019-11"),
        pytest.param("evry", "2019-11", marks=pytest.mark.nuit),
        pytest.param("palaiseau", "2020-11", marks=pytest.mark.nuit),
        *(pytest.param("etampes", campaign, marks=pytest.mark.nuit) for campaign in CAMPAIGNS),
    ],
)
def test_every_section_opens(filled, site, campaign):
    opened = ouvrir_satisfaction(site, campaign, filled.root)
    mystery = ouvrir_enquete_mystere(site, campaign, filled.root)
    sections = [
        opened.entete(), opened.essentiel(), opened.repondants(), opened.chiffres_cles(),
        opened.evolution(),
        *opened.themes(), opened.limites(), opened.profil(), opened.annexe(),
        opened.ressemblance(), opened.publics(), opened.actions(), opened.autres_sites(),
        opened.priorites(), opened.composition(), opened.resultats_ponderes(),
        opened.public_egal(), opened.tests(),
        opened.lecture(), opened.provenance(), mystery.entete(), mystery.contacts_realises(),
        *mystery.canaux(),
        mystery.delais(), mystery.notes(), mystery.lecture(), mystery.provenance(),
    ]  # fmt: skip

    assert all(section.title and section.html for section in sections)
    assert "Données fictives" in opened.entete().html


def test_only_answers_that_count_are_counted(filled):
    opened = ouvrir_satisfaction("evry", "2019-11", filled.root)

    assert len(opened.reponses) == 141
    assert set(opened.reponses["statut"]) == {"complete"}
    assert set(opened.items["reponse_id"]) == set(opened.reponses["reponse_id"])


def test_an_independent_count_gives_the_same_share(filled):
    """From the raw items, by hand: satisfied over opinions, for every question."""
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)
    answered = opened.items.loc[opened.items["etat"] == "repondu"]
    good = answered["modalite"].isin(["tres_satisfait", "plutot_satisfait"])
    expected = good.groupby(answered["question"]).agg(["sum", "size"])

    for row in opened.parts.itertuples():
        assert (row.satisfaits, row.n) == tuple(expected.loc[row.question])


@pytest.mark.lent
def test_the_committee_is_answered_first_at_evry_only(filled):
    texts = {
        site: " ".join(ouvrir_satisfaction(site, "2020-11", filled.root).repondants().sentences)
        for site in SITES
    }

    assert [site for site, text in texts.items() if "Vous nous aviez dit" in text] == ["evry"]


def test_a_first_campaign_compares_nothing(filled):
    opened = ouvrir_satisfaction("evry", "2019-11", filled.root)

    assert opened.ecarts.empty
    assert "Première campagne" in opened.evolution().title


def test_the_trend_goes_from_campaign_to_campaign(filled):
    """141 then 213 answers at Évry; a first campaign stands alone."""
    section = ouvrir_satisfaction("evry", "2020-11", filled.root).tendance()
    alone = ouvrir_satisfaction("evry", "2019-11", filled.root).tendance()

    assert [row.label for row in section.tables[0].rows] == [
        "novembre-décembre 2019",
        "novembre-décembre 2020",
    ]
    assert section.figures["n"].tolist() == [137, 210]  # opinions, as in the changes
    assert len(alone.tables[0].rows) == 1


@pytest.mark.lent
def test_the_previous_campaign_may_be_absent(last_only):
    opened = ouvrir_satisfaction("evry", "2020-11", last_only.root)
    sections = [getattr(opened, name)() for name in SECTIONS]

    assert not any(re.search(r"\bnan\b", section.html) for section in sections)
    assert "Aucune comparaison" in opened.evolution().title
    assert "pas de campagne précédente" in opened.chiffres_cles().html


def test_the_project_is_found_from_the_working_directory(filled, monkeypatch):
    monkeypatch.delenv("QPREF_RACINE", raising=False)
    monkeypatch.chdir(filled.notebooks)

    assert len(ouvrir_satisfaction("evry", "2019-11").reponses) == 141


@pytest.mark.parametrize("opener", [ouvrir_satisfaction, ouvrir_enquete_mystere])
def test_unknown_names_and_absent_data_are_refused(project, opener):
    with pytest.raises(UnknownKeyError, match="« evri » est inconnu"):
        opener("evri", "2020-11", project.root)
    with pytest.raises(UnknownKeyError, match="« 2021 » est inconnu"):
        opener("evry", "2021", project.root)
    with pytest.raises(MissingDataError, match="Aucune donnée"):
        opener("evry", "2020-11", project.root)


def test_sections_publish_their_outputs(filled, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.publish_display_data", lambda _, metadata: shown.append(metadata)
    )
    ouvrir_satisfaction("evry", "2019-11", filled.root).theme("accueil")._ipython_display_()

    assert shown == [{}, {"qpref": {"section": "theme-accueil"}}]


@pytest.mark.lent
def test_frames_given_to_analysts_are_plain(filled):
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)

    for frame in (opened.reponses, opened.items, opened.parts, opened.niveaux, opened.ecarts):
        assert isinstance(frame, pd.DataFrame)
        assert all(name.isascii() and name == name.lower() for name in frame.columns)


def test_precision_and_likeness_are_two_sentences(filled):
    section = ouvrir_satisfaction("evry", "2020-11", filled.root).ressemblance()
    text = section.sentences[0].replace("\u00a0", " ")

    assert "Précision : avec 213 réponses" in text
    assert "Ressemblance : " in text
    assert "représentatif" not in " ".join([section.title, *section.sentences])
    assert [row.cells for row in section.tables[-1].rows] == [["73\u00a0%"], ["53\u00a0%"]]


def test_the_profile_says_who_was_not_asked(filled):
    text = " ".join(ouvrir_satisfaction("evry", "2020-11", filled.root).profil().sentences)

    assert "repartis avant d’être reçus" in text
    assert "refusé de répondre" in text


def test_groups_hidden_in_the_profile_are_hidden_in_the_composition(filled):
    """Strata that may not be published are compared with the flow as one."""
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)
    shown = set(opened.compositions["motif"].table["strate"]) - {"regroupe"}
    counts = opened.reponses["motif"].value_counts()

    assert (counts[list(shown)] >= 5).all()


@pytest.mark.lent
def test_a_site_alone_with_few_answers_has_all_its_sections(project, reference, example):
    """One file, one site, no flow: every section says what it cannot say."""
    setting = Reception(reference, reference.campaign("2020-11"))
    path = example / "2020-11" / "saisie_guichet_etampes_2020-11.xlsx"
    Store(project).add(setting, receive(setting, path), NOW)
    opened = ouvrir_satisfaction("etampes", "2020-11", project.root)

    for name in SECTIONS:
        section = getattr(opened, name)()
        assert section.title
        assert not re.search(r"\bnan\b|\bNone\b", section.html), name


def test_a_title_bears_the_period_of_its_own_report(filled):
    """Contacts from October to December, a survey in November, a follow-up of 26 February."""
    periods = {
        ouvrir_satisfaction: "novembre-décembre 2020",
        ouvrir_enquete_mystere: "octobre-décembre 2020",
        ouvrir_labellisation: "février 2021",
    }
    for opens, period in periods.items():
        opened = opens("evry", "2020-11", filled.root)
        section = opened.entete("Analyses") if opens is ouvrir_satisfaction else opened.entete()
        assert section.title.endswith(f", {period}")
        assert section.page["titre"].endswith(f" — {period}")
