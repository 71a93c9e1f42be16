"""Forms of other prefectures, invented: what each column asks, holds, and must become.

A form is a list of columns whose answers are given in turn; the right counts are those of what was
written in the file, counted here and not by the program.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from qpref.intake import Reception, receive
from qpref.intake.common import site_lexicon
from qpref.intake.proposal import draft_questionnaire
from qpref.reference.loading import Content, parse
from qpref.reference.questionnaire import Questionnaire
from qpref.reference.sites import Sites

CAMPAIGN = "printemps"
FIRST, LAST = date(2021, 3, 1), date(2021, 3, 26)
SITES = (("tulle", "Préfecture de la Corrèze", "Tulle"), ("brive", "SP de Brive", "Brive"))
OUTSIDE = {"Sans objet", "Ne sait pas", "Non concerné(e)", "Je ne sais pas", "Sans opinion", ""}


@dataclass(frozen=True)
class Asked:
    """One column: its heading, the answers given in turn, and what the draft must say of it."""

    heading: str
    answers: tuple
    type: str
    role: str | None = None
    favourable: tuple[str, ...] | None = None
    more: dict = field(default_factory=dict)
    joint: str = ""  # between the options of one cell

    def cell(self, row):
        answer = self.answers[row % len(self.answers)]
        return self.joint.join(answer) if isinstance(answer, tuple) else answer

    def counts(self, rows):
        """Count what was written, option by option when there are several."""
        given = [self.answers[row % len(self.answers)] for row in range(rows)]
        if self.type == "multiple":
            return Counter(option for answer in given for option in answer)
        return Counter(str(answer) for answer in given if answer not in OUTSIDE)


def other_department(reference):
    """The reference data of the repository, with other sites and one campaign of three weeks."""
    sites = Sites.model_validate(
        {
            "departement": "Corrèze",
            "jours_feries": None,
            "habillage": None,
            "seuil_diffusion": {"valeur": 5, "certitude": "suppose", "source": "essai"},
            "sites": [
                {
                    "id": name,
                    "nom": long,
                    "nom_court": short,
                    "type_site": "prefecture" if name == "tulle" else "sous_prefecture",
                    "cert": "non",
                    "certitude": "exemple",
                    "source": "essai",
                    "modules": [1],
                }
                for name, long, short in SITES
            ],
        }
    )
    return type(reference)(**{**vars(reference), "sites": sites})


def draft(path, reference, known=()):
    """Return what `proposer` writes of a file: the questionnaire, loaded, and its first lines."""
    text = draft_questionnaire(path, known, sites=site_lexicon(reference))
    content = yaml.safe_load(text)
    header = " ".join(line[1:].strip() for line in text.splitlines() if line.startswith("#"))
    return parse(Questionnaire, Content(Path(content["id"]), content)), header


def reception(reference, questionnaire, site=None):
    """Return what files are received for: a campaign of this questionnaire."""
    campaign = reference.campaigns.campagnes[0].model_copy(
        update={
            "id": CAMPAIGN,
            "debut": FIRST,
            "fin": LAST,
            "questionnaire": questionnaire.id,
            "partielles": "exclues",
        }
    )
    campaigns = reference.campaigns.model_copy(update={"campagnes": [campaign]})
    known = {questionnaire.id: questionnaire}
    new = type(reference)(**{**vars(reference), "campaigns": campaigns, "questionnaires": known})
    return Reception(new, campaign, site)


def imported(path, reference, questionnaire, site=None):
    """Return the outcome of the import of a file with its draft."""
    return receive(reception(reference, questionnaire, site), path)


def counts(outcome, questionnaire):
    """Return how often each answer was read, by question then label (or number)."""
    people = outcome.tables["reponses"]
    kept = set(people.loc[people["statut"] == "complete", "reponse_id"].astype(str))
    found = {question.id: Counter() for question in questionnaire.questions}
    for item in outcome.tables["items"].to_dict("records"):
        if str(item["reponse_id"]) not in kept or item["etat"] != "repondu":
            continue
        question = questionnaire.by_id[item["question"]]
        if question.options:
            label = next(o.libelle for o in question.options if o.code == item["option"])
            found[question.id][label] += int(item["valeur"])
        elif question.echelle:
            found[question.id][questionnaire.label(question.id, item["modalite"])] += 1
        else:
            found[question.id][f"{item['valeur']:g}"] += 1
    return found
