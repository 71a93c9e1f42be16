"""Surveys of other publics, read: their noun, their interval, their threshold, who sees them."""

from types import SimpleNamespace

import pytest
from scipy.stats import hypergeom

from qpref.batch.freshness import key_of
from qpref.batch.plan import make_plan
from qpref.display.other_publics import PublicResults, side_by_side
from qpref.errors import MissingDataError, UsageError
from qpref.reference import USERS, load_reference
from qpref.reference.audience import Audience
from qpref.statistics.measure import Measure
from qpref.statistics.shares import share_interval
from qpref.store import Store
from qpref.workbook import ouvrir, ouvrir_satisfaction, ouvrir_synthese
from qpref.workbook.opening import latest
from qpref.workbook.others import OtherPublics
from tests.conftest import CAMPAIGNS, OTHERS, SITES, copied
from tests.sections import plain

LAST, (ELECTED, ASSOCIATIONS, AGENTS) = CAMPAIGNS[-1], OTHERS
SITE, SMALL = SITES[:2]  # at the second, 7 agents answered, of a threshold of 10
SECTIONS = ("entete", "essentiel", "sujets", "promesses", "themes", "publics", "remarques",
            "actions", "evolution", "ressemblance", "profil", "limites", "lecture")  # fmt: skip


def told(opened):
    """Return all that the sections of a report say."""
    shown = [getattr(opened, name)() for name in SECTIONS]
    whole = [one for part in shown for one in (part if isinstance(part, tuple) else (part,))]
    return " ".join(one.html for one in whole if not one.is_left_out)


NOUNS = {ELECTED: "élus", ASSOCIATIONS: "responsables d’associations", AGENTS: "agents"}


@pytest.mark.parametrize(("survey", "noun"), NOUNS.items())
def test_no_sentence_calls_another_public_users(filled, survey, noun):
    """Each section says the noun of the questionnaire, or none."""
    said = told(ouvrir_satisfaction(SITE, survey, filled.root))
    assert "usager" not in said.lower()
    assert f"Satisfaction des {noun}" in said


def test_a_known_population_narrows_an_interval(filled):
    """
    Of fewer than 100 people, the exact interval of draws without replacement (hypergeometric).

    36 of 43 satisfied, of 96 in all: here each whole is tried in turn.
    Narrower than without the 96; nothing is left of it when all 96 answer.
    """
    opened = ouvrir_satisfaction(SITE, ELECTED, filled.root)
    row = opened.parts.set_index("question").loc[opened.questionnaire.main]
    assert (row["satisfaits"], row["n"]) == (36, 43)
    low, high = hypergeometric(36, 43, 96)
    assert (row["bas"], row["haut"]) == (low / 96, high / 96)
    wide = [float(bound.iloc[0]) for bound in share_interval([36], [43])]
    assert wide[0] < row["bas"] < row["haut"] < wide[1]
    every = share_interval([70], [96], population=96)
    assert every[0][0] == every[1][0] == pytest.approx(70 / 96)


def hypergeometric(k, n, population):
    """Return the fewest and the most favourable of all that a draw does not refuse at 5 %."""
    inside = [
        whole
        for whole in range(k, population - (n - k) + 1)
        if hypergeom.sf(k - 1, population, whole, n) > 0.025
        and hypergeom.cdf(k, population, whole, n) > 0.025
    ]
    return inside[0], inside[-1]


def test_under_its_threshold_a_site_says_nothing(filled):
    """Seven agents of one site know each other: no page, no crossing; their analyst alone may."""
    with pytest.raises(MissingDataError, match="Moins de 10 agents"):
        ouvrir_satisfaction(SMALL, AGENTS, filled.root)
    with pytest.raises(MissingDataError, match="Moins de 10 agents"):
        ouvrir(SMALL, AGENTS, filled.root)
    assert len(ouvrir(SMALL, AGENTS, filled.root, diffusion=False).tableau()) == 7
    with pytest.warns(UserWarning, match="laissés de côté : etampes"):
        both = ouvrir("tous", AGENTS, filled.root)
    assert len(both.tableau()) == 64  # those of the other site alone


def test_a_question_that_few_answered_is_not_told(filled, monkeypatch):
    """Nine answers to a question are not shown where ten are; ten are."""
    read = Store.read

    def cut(self, table, campaign, site):
        rows = read(self, table, campaign, site)
        if table != "items" or campaign != AGENTS:
            return rows
        for question, n in (("formation", 9), ("moyens", 10)):
            own = rows.index[(rows["question"] == question) & (rows["etat"] == "repondu")]
            rows = rows.drop(own[n:])
        return rows

    monkeypatch.setattr(Store, "read", cut)
    opened = ouvrir_satisfaction(SITE, AGENTS, filled.root)
    assert "formation" not in set(opened.items["question"])
    sizes = opened.parts.set_index("question")["n"]
    assert (sizes["formation"], sizes["moyens"]) == (0, 10)


def test_publics_stand_side_by_side_and_are_never_added(filled):
    """The line of each is what its own report says; no line is of all; agents are not there."""
    section = ouvrir_synthese(LAST, filled.root).autres_publics()
    publics = section.figures["libelle"].isin(["Usagers", "Élus", "Responsables d’associations"])
    lines = section.figures.loc[publics & (section.figures["unite"] == "part")]
    assert [*lines["libelle"]] == ["Usagers", "Élus", "Responsables d’associations"]
    for name, survey in (("Usagers", LAST), ("Élus", ELECTED)):
        opened = ouvrir_satisfaction(SITE, survey, filled.root)
        row = opened.parts.set_index("question").loc[opened.questionnaire.main]
        own = lines.set_index("libelle").loc[name]
        assert (own["n"], own["valeur"], own["bas"]) == (row["n"], row["part"], row["bas"])
    assert "agent" not in section.html.lower()


def asked(who, answers, *, n=40, population=None, site="Nord"):
    main = None if n is None else Measure(key="global", value=0.75, n=n, count=0.75 * n)
    place = SimpleNamespace(nom_court=site)
    return PublicResults(who, place, answers, 5, population, main, [])


AGENT = Audience(id="agents", singulier="agent", pluriel="agents")


def test_the_figures_hold_what_the_rows_of_publics_tell():
    """Under its threshold a public is not counted; one that gave no opinion is, without a share."""
    found = [
        asked(USERS, 40, population=90),
        asked(AGENT, None),
        asked(AGENT, 6, n=None, site="Sud"),
        asked(AGENT, 0, site="Est"),
    ]
    section = side_by_side(found)
    lines = section.figures[["indicateur", "libelle", "groupe", "valeur"]].to_numpy().tolist()

    assert lines == [
        ["global", "Usagers", "Nord", 0.75],
        ["reponses", "Usagers", "Nord", 40],
        ["population", "Usagers", "Nord", 90],
        ["reponses", "Agents", "Sud", 6],
    ]
    rows = [[row.label, *map(plain, row.cells)] for row in section.tables[0].rows]
    assert rows[:3] == [["Nord"], ["Usagers", "75 %", "40 sur 90"], ["Agents", "—", "moins de 5"]]
    assert rows[3:5] == [["Sud"], ["Agents", "—", "6"]]
    assert side_by_side([asked(USERS, 40)]).is_left_out


def test_without_another_survey_there_is_no_section(filled):
    """The first campaign has none."""
    assert ouvrir_synthese(CAMPAIGNS[0], filled.root).autres_publics().is_left_out


def test_no_campaign_is_mistaken_for_a_survey(filled):
    """The last campaign that has data is one of visitors; a report reads no internal survey."""
    reference = load_reference(filled.reference)
    assert latest(filled, reference) == LAST
    assert {one.campaign for one in make_plan(filled, reference, LAST)} == {LAST, *OTHERS}
    assert {one.campaign for one in make_plan(filled, reference, CAMPAIGNS[0])} == {CAMPAIGNS[0]}
    shown = OtherPublics(filled, reference, LAST, reference.sites.sites).surveys
    assert [one.id for one in shown] == [ELECTED, ASSOCIATIONS]


def test_what_agents_answer_moves_no_other_report(filled, tmp_path):
    """
    The key of a report is all that it is made from: agents' answers change theirs alone.

    So no path leads from an internal survey to the page of a site, to the committee's, or to what
    is published; elected officials' answers, that the committee may see, change the joint page.
    """
    project = copied(filled, tmp_path)
    reference = load_reference(project.reference)
    names = ["10_satisfaction", "40_synthese_clu", "70_publication", "60_affiche"]
    plan = make_plan(project, reference, LAST, (), names)
    keys = {one: key_of(one, project, reference) for one in plan}
    for survey, moved in ((AGENTS, set()), (ELECTED, {"40_synthese_clu"})):
        for path in [*project.clean.rglob("*")]:
            if path.is_file() and survey in path.as_posix():
                path.unlink()
        now = {one: key_of(one, project, reference) for one in plan}
        changed = {one for one in plan if now[one] != keys[one]}
        assert {one.notebook.name for one in changed if one.campaign == LAST} == moved
        assert {one.campaign for one in changed} - {LAST} == {survey}
        keys = now


def test_a_notebook_of_visitors_refuses_another_public(filled):
    """The poster and what is published are of the campaign."""
    reference = load_reference(filled.reference)
    with pytest.raises(UsageError, match="enquête d’un autre public"):
        make_plan(filled, reference, ELECTED, (), ["70_publication"])
