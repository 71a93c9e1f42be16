"""Projects drawn at random: every section is made, every question shown, every sum right."""

import contextlib
import re
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import html as lxml_html

from qpref.example.export import OnlineAnswers, limesurvey_csv, with_strays
from qpref.example.habits import Habits
from qpref.example.people import Crowd
from qpref.intake import Reception, receive
from qpref.project import Project
from qpref.questions import Answer
from qpref.reference import load_reference
from qpref.reference.example import load_invented
from qpref.store import Store
from tests.conftest import NIGHT, ROOT, example_count
from tests.drawn import projects, written
from tests.sections import shown

pytestmark = pytest.mark.lent

NOW = datetime(2031, 1, 1, 9, 0).astimezone()
HOLLOW = re.compile(r"\b(?:nan|NaN|None|NaT|inf)\b")


@contextlib.contextmanager
def filled(files):
    """A project that holds these reference files, and answers drawn for its questionnaire."""
    with tempfile.TemporaryDirectory() as name:
        project = Project(Path(name).resolve())
        written(files, project.reference)
        reference = load_reference(project.reference)
        invented = load_invented(project.reference)
        for campaign in reference.campaigns.campagnes:
            path = project.root / f"results-survey_{campaign.id}.csv"
            path.write_bytes(export(reference, invented, campaign))
            setting = Reception(reference, campaign)
            Store(project).add(setting, receive(setting, path), NOW)
        with contextlib.chdir(project.root):
            yield project, reference


def export(reference, invented, campaign):
    questionnaire = reference.questionnaire(campaign.id)
    habits = Habits(invented, questionnaire, campaign)
    sent = [
        OnlineAnswers(site.nom_court, visitor)
        for site in reference.sites.sites
        for visitor in Crowd(habits, site.id).draw(habits.size(site.id).en_ligne, is_keyed=False)
    ]
    return limesurvey_csv(questionnaire, with_strays(questionnaire, campaign.debut, sent))


def read(section):
    """What a reader sees of a section."""
    return " ".join(lxml_html.fromstring(str(section.html)).text_content().split())


def plain(text):
    """A text without spaces, which typography adds, nor capitals."""
    return "".join(text.split()).casefold()


def kept(project, campaign, site):
    """Complete answers of a site, from the stored table."""
    answers = Store(project).read("reponses", campaign, site)
    return int((answers["statut"] == "complete").sum())


def check_shown(questionnaire, report):
    """Every question is in the figures and in the texts, by its name."""
    named = {name for section in report.values() for name in section.figures["indicateur"]}
    text = plain(" ".join(read(section) for section in report.values()))
    asked = [question for question in questionnaire.questions if question.kind.is_asked]
    # A single open question has no name there: its answers are « les remarques ».
    opened = [question for question in asked if question.kind.answer is Answer.TEXT]

    named_alone = opened if len(opened) == 1 else []
    unwritten = [q for q in asked if plain(q.texte_court) not in text and q not in named_alone]
    uncounted = [q for q in asked if not {q.id, q.role} & named]
    assert [(q.type, q.role, q.texte_court) for q in unwritten] == [], "not on the page"
    assert [(q.type, q.role, q.id) for q in uncounted] == [], "not in the figures"


def check_sums(questionnaire, report, answers):
    """In the detailed table, the levels of a row make its opinions; all of it, the answers."""
    rows = [row for table in report["annexe"].tables for row in table.rows]

    assert len(rows) == len(questionnaire.opinions)
    for row in rows:
        opinions, *cells = [int(plain(cell)) for cell in row.cells]
        assert sum(cells) == answers, row
        assert sum(cells[:-5]) == opinions, row


@settings(
    max_examples=example_count(2, 100),
    phases=tuple(Phase) if NIGHT else (Phase.explicit, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(files=projects())
def test_a_drawn_project_has_its_sections(files):
    """No crash, no hollow text, each question shown, levels and outside make the answers."""
    with filled(files) as (project, reference):
        campaign = reference.campaigns.campagnes[-1].id
        questionnaire = reference.questionnaire(campaign)
        for site in reference.sites.sites:
            asked = {"site": site.id, "campagne": campaign, "comite": "", "jour": ""}
            answers = kept(project, campaign, site.id)
            if not answers:
                continue
            report = shown(ROOT / "notebooks" / "10_satisfaction.ipynb", asked)
            analyses = shown(ROOT / "notebooks" / "15_analyses.ipynb", asked)
            for section in (*report.values(), *analyses.values()):
                assert not HOLLOW.search(read(section)), (section.key, read(section))
            check_shown(questionnaire, report)
            check_sums(questionnaire, analyses, answers)
