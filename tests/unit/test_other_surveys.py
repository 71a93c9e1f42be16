"""A survey of another public: what may be declared, and what is refused with its remedy."""

import shutil
from pathlib import Path

import pytest
import yaml

from qpref.errors import ReferenceFileError
from qpref.reference import Reference, load_reference
from qpref.reference.audience import Audience

FACT = {"certitude": "exemple", "source": "essai"}
CAMPAIGN, SITES = "campagnes.yml", "sites.yml"


def declared(**changes: object) -> dict[str, object]:
    """Return a survey of agents as a project declares it, but for what is changed."""
    return {
        "id": "essai-agents", "libelle": "enquête auprès des agents", "debut": "2020-11-16",
        "fin": "2020-12-04", **FACT, "questionnaire": "agents-essai", "rattachee": "2020-11",
        "seuil": {"valeur": 10, **FACT}, "population": {"evry": {"valeur": 120, **FACT}}, **changes,
    }  # fmt: skip


def asked(**changes: object) -> dict[str, object]:
    """Return a questionnaire put to agents, but for what is changed."""
    question = {"id": "global", "texte": "Dans l’ensemble ?", "texte_court": "Dans l’ensemble",
                "type": "opinion", "theme": "travail", "echelle": "accord",
                "role": "satisfaction_globale"}  # fmt: skip
    levels = [{"code": "oui", "libelle": "Oui", "favorable": "oui"},
              {"code": "non", "libelle": "Non", "favorable": "non"}]  # fmt: skip
    scale = {"ordonnee": "oui", "favorables": "agents satisfaits", "modalites": levels}
    public = {"id": "agents", "singulier": "agent", "pluriel": "agents"}
    return {"id": "agents-essai", "libelle": "Agents", **FACT, "public": public,
            "themes": {"travail": "Le travail"}, "echelles": {"accord": scale},
            "questions": [question], **changes}  # fmt: skip


def reference(
    folder: Path, survey: dict[str, object], questionnaire: dict[str, object]
) -> Reference:
    """Return the reference of the example with one survey of another public."""
    own = folder / "reference"
    shutil.copytree("data/reference", own)
    found = yaml.safe_load((own / CAMPAIGN).read_text(encoding="utf-8"))
    found["enquetes"] = [survey]
    (own / CAMPAIGN).write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")
    path = own / "questionnaire" / f"{questionnaire['id']}.yml"
    path.write_text(yaml.safe_dump(questionnaire, allow_unicode=True), encoding="utf-8")
    return load_reference(own)


def test_a_survey_is_known_by_its_name_and_is_no_campaign(tmp_path):
    """It opens by its name; nothing that goes from campaign to campaign meets it."""
    found = reference(tmp_path, declared(), asked())
    assert found.campaign("essai-agents").rattachee == "2020-11"
    assert "essai-agents" not in {one.id for one in found.campaigns.campagnes}
    assert [one.id for one in found.campaigns.beside("2020-11")] == ["essai-agents"]
    assert found.questionnaire("essai-agents").public.pluriel == "agents"
    assert found.questionnaire("2020-11").public.pluriel == "usagers"


@pytest.mark.parametrize(("own", "expected"), [({"valeur": 10, **FACT}, 10), (None, 5)])
def test_its_threshold_is_the_project_s_or_more(tmp_path, own, expected):
    """The example hides groups of fewer than 5; a survey may ask for more, never for less."""
    found = reference(tmp_path, declared(seuil=own), asked())
    assert (found.threshold("essai-agents"), found.threshold("2020-11")) == (expected, 5)


def test_nothing_is_shown_of_it_unless_it_is_said(tmp_path):
    """A survey whose file does not say to whom it may be shown is the service's own."""
    (survey,) = reference(tmp_path, declared(), asked()).campaigns.enquetes
    assert not survey.is_for_committee


@pytest.mark.parametrize(
    ("changes", "public", "words"),
    [
        ({"seuil": {"valeur": 3, **FACT}}, {}, ("sous seuil_diffusion", "Écrivez 5 ou plus")),
        ({"rattachee": "1999-01"}, {}, ("1999-01", "enquetes")),
        ({"id": "2020-11"}, {}, ("est déjà le nom d’une campagne",)),
        ({"questionnaire": "satisfaction-1"}, {}, ("questionnaire d’une campagne",)),
        ({"precedente": "2019-11"}, {}, ("2019-11",)),
        ({"mystere": {"debut": "2020-10-01", "fin": "2020-12-31"}}, {}, ("Retirez cette clé",)),
        ({"cible": "visiteurs"}, {}, ("population",)),
        ({"population": {"ailleurs": {"valeur": 9, **FACT}}}, {}, ("ailleurs",)),
        ({}, {"public": {"id": "usagers", "singulier": "usager", "pluriel": "usagers"}},
         ("ne dit pas à quel public",)),
        ({}, {"public": {"id": "communes", "singulier": "commune", "pluriel": "communes"}},
         ("nom féminin", "maire")),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_remedy(tmp_path, changes, public, words):
    """Each is said in French, with the key and what to write instead."""
    with pytest.raises(ReferenceFileError) as refused:
        reference(tmp_path, declared(**changes), asked(**public))
    told = f"{refused.value} {refused.value.remedy}"
    assert all(word in told for word in words), told


def test_the_two_nouns_are_checked_by_their_first_word():
    """« responsables d’associations » agrees as « responsables » does."""
    assert Audience(id="associations", singulier="responsable d’association",
                    pluriel="responsables d’associations").pluriel  # fmt: skip
