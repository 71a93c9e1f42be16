"""`qpref labellisation`, its file and its reports' sections, on the example."""

import importlib
import json
import re
from datetime import date

import pandas as pd
import pytest

from qpref.cli import main
from qpref.display import schedule
from qpref.errors import MissingDataError, ReferenceFileError, UsageError
from qpref.palette import VERY_BAD, VERY_GOOD
from qpref.quality import profile
from qpref.reference import Audit, load_reference
from qpref.store import Store, parts
from qpref.workbook import ouvrir_labellisation, ouvrir_synthese
from tests.conftest import CAMPAIGNS, SITES, few_by_day

SITE_SECTIONS = (
    "entete", "avancement", "engagements", "au_fil_du_temps", "a_faire", "calendrier", "prevision",
    "matrice", "regle", "detail", "provenance",
)  # fmt: skip
JOINT_SECTIONS = (
    "entete", "ensemble", "satisfaction", "points", "changements", "suites", "mystere",
    "labellisation", "engagements", "matrice", "questions", "provenance",
)  # fmt: skip


def call(project, capsys, *arguments):
    code = main(["--racine", str(project.root), "labellisation", *arguments])
    shown = capsys.readouterr()
    return code, shown.out.replace("\u00a0", " "), shown.err.replace("\u00a0", " ")


@pytest.mark.lent
@pytest.mark.parametrize("campaign", few_by_day(CAMPAIGNS, 1))
def test_every_section_opens(filled, campaign):
    opened = [ouvrir_labellisation(site, campaign, filled.root) for site in SITES]
    joint = ouvrir_synthese(campaign, filled.root)
    sections = [getattr(own, name)() for own in opened for name in SITE_SECTIONS]
    sections += [getattr(joint, name)() for name in JOINT_SECTIONS]

    assert all(section.title and (section.html or section.is_filed) for section in sections)
    assert not any(re.search(r"\b(nan|None|NaT)\b", section.html) for section in sections)
    assert "Données fictives" in joint.entete().html


def test_a_project_without_answers_has_its_progress(project):
    """Before any survey: what is proved by documents, nothing measured."""
    opened = ouvrir_labellisation("etampes", "2020-11", project.root)
    sections = [getattr(opened, name)() for name in SITE_SECTIONS]
    joint = ouvrir_synthese("2020-11", project.root)
    sections += [getattr(joint, name)() for name in JOINT_SECTIONS]

    assert not opened.preuves[["enquete", "mystere"]].to_numpy().any()
    assert not any(re.search(r"\b(nan|None|NaT)\b", section.html) for section in sections)


def test_a_campaign_knows_only_what_came_before_the_next_one(filled):
    """The follow-up of 2019-11 stops before 16 November 2020; that of 2020-11 at its last entry."""
    before, now = (ouvrir_labellisation("evry", c, filled.root) for c in CAMPAIGNS)

    assert before.jour.isoformat() < "2020-11-16"
    assert now.jour.isoformat() == "2021-02-26"
    assert before.historique["faits"].iloc[-1] < now.historique["faits"].iloc[-1]


def test_the_joint_report_never_ranks(filled):
    joint = ouvrir_synthese("2020-11", filled.root)
    table = joint.satisfaction().tables[0]
    text = table.note

    assert [row.label for row in table.rows] == ["Évry", "Étampes", "Palaiseau"]
    assert "ne les classe pas" in text
    for name in JOINT_SECTIONS:
        section = getattr(joint, name)()
        assert not re.search(r"meilleur|premier rang|classement|\brang\b", section.html)


def test_the_joint_report_answers_the_committee(filled):
    text = ouvrir_synthese("2020-11", filled.root).suites().sentences[0].replace("\u00a0", " ")

    assert "141 usagers interrogés, n’est pas représentatif" in text
    assert "213 usagers ont répondu, pour un objectif de 200 : objectif atteint" in text


def test_both_forms_of_the_calendar_tell_late_from_done():
    """A due day past, an audit done in the past, one missed: late, in time, late."""
    today, deadline = date(2021, 2, 26), date(2022, 9, 23)
    row = {
        "unite": "m1_accueil", "module": 1, "libelle": "Accueil", "etat": "a_faire", "depuis": None,
        "prouve_le": None, "preuve": None, "pilote": "x", "echeance": date(2021, 1, 4),
    }  # fmt: skip
    table = pd.DataFrame([row, row | {"etat": "hors_perimetre"}], dtype=object)
    audits = [
        Audit(site="evry", nature=nature, date=day, etat=state)
        for nature, day, state in (
            ("interne", date(2020, 12, 1), "realise"), ("externe", date(2021, 1, 5), "prevu"),
        )
    ]  # fmt: skip
    section = schedule.calendar(table, audits, (date(2020, 9, 15), today), deadline)
    colours = [line.bars[0].colour for line in section.tables[0].rows]

    assert colours == [VERY_BAD, VERY_GOOD, VERY_BAD]
    assert section.plot["data"][0]["marker"]["color"] == colours


def test_the_command_says_where_each_site_stands(filled, capsys):
    code, out, _ = call(filled, capsys)

    assert code == 0
    assert "Évry, 26 février 2021 : 16 engagements restent à prouver" in out
    assert "Audit du label à fixer" in out
    assert "pas encore de prévision" in out


@pytest.mark.parametrize("site", ["evry", "etampes"])
def test_a_delay_makes_more_slip(filled, capsys, site):
    found = {}
    for weeks in ("0", "40"):
        code, out, _ = call(filled, capsys, "--site", site, "--retard", weeks, "--json")
        assert code == 0
        found[weeks] = json.loads(out)["sites"][0]

    assert set(found["0"]["depassements"]) < set(found["40"]["depassements"])
    if site == "evry":  # one proof is due after the label: no pace can help
        assert found["0"]["chance_a_temps"] == found["40"]["chance_a_temps"] == 0
    else:
        assert found["40"]["chance_a_temps"] < found["0"]["chance_a_temps"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--site", "evri"], "« evri » est inconnu"),
        (["--campagne", "2030"], "« 2030 » est inconnu"),
    ],
)
def test_an_unknown_name_is_refused(filled, capsys, arguments, said):
    code, _, err = call(filled, capsys, *arguments)

    assert code == 5
    assert said in err


def test_without_follow_up_the_remedy_is_said(project):
    (project.reference / "labellisation.yml").unlink()
    opened = ouvrir_labellisation("evry", "2020-11", project.root)

    with pytest.raises(MissingDataError, match="n’est pas tenu"):
        opened.depassements()
    assert opened.avancement().is_left_out
    assert "n’est pas tenu" in opened.avancement().title


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{site: evri, engagement: m1_accueil, date: 2021-03-01, etat: en_cours}", "« evri » est"),
        (
            "{site: evry, engagement: m1_x, date: 2021-03-01, etat: en_cours}",
            "« m1_x » est inconnu",
        ),
        ("{site: evry, module: 1, date: 2021-03-01, etat: en_cours}", "« module-1 » est inconnu"),
        ("{site: evry, date: 2021-03-01, etat: en_cours}", "donnez un engagement"),
        (
            "{site: evry, engagement: m1_accueil, date: 2021-03-01, etat: fini}",
            "« fini » n’est pas",
        ),
        (
            "{site: evry, engagement: m1_accueil, date: hier, etat: en_cours}",
            "« hier » ne convient",
        ),
        ("{site: evry, engagement: m1_accueil, date: 2021-03-01, etat: prouve}", "sans preuve"),
        (
            "{site: evry, engagement: m1_accueil, date: 2021-03-01, etat: a_faire}\n"
            "  - {site: evry, engagement: m1_accueil, date: 2021-03-01, etat: en_cours}",
            "écrit deux fois",
        ),
    ],
)
def test_a_mistake_in_the_follow_up_is_named(project, line, said):
    path = project.reference / "labellisation.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"  - {line}\n", encoding="utf-8")

    with pytest.raises(ReferenceFileError, match=said):
        load_reference(project.reference)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("modules: [1, 3, 6]", "modules: [1, 3, 6]\n    modules_en_partie: {4: x}", "module 4"),
        ("id: palaiseau", "id: ensemble", "désigne tous les sites"),
    ],
)
def test_a_mistake_in_the_sites_is_named(project, before, after, said):
    path = project.reference / "sites.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    with pytest.raises(ReferenceFileError, match=said):
        load_reference(project.reference)


def test_a_module_held_in_part_is_said(project, capsys):
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8").replace(
        "modules: [1, 3, 6]", 'modules: [1, 3, 6]\n    modules_en_partie: {6: "un seul bureau"}'
    )
    path.write_text(text, encoding="utf-8")
    code = main(["--racine", str(project.root), "referentiel", "verifier"])

    assert code == 0
    assert "module 6 tenu en partie (un seul bureau)" in capsys.readouterr().out


def test_a_joint_report_reads_and_hides_once_for_all_its_sites(filled, monkeypatch):
    """
    One reading of each table and campaign holds all sites; each part on disk is opened once.

    So a hundred sites cost as many readings as three.
    """
    read, opened, hidden = [], [], []
    read_together, content, protect = Store.read_together, parts.content, profile.protect
    monkeypatch.setattr(
        Store,
        "read_together",
        lambda self, *asked: read.append(asked) or read_together(self, *asked),
    )
    monkeypatch.setattr(parts, "content", lambda *one: opened.append(one[0]) or content(*one))
    monkeypatch.setattr(profile, "protect", lambda *a, **k: hidden.append(a) or protect(*a, **k))
    joint = ouvrir_synthese("2020-11", filled.root)
    for name in JOINT_SECTIONS:
        getattr(joint, name)()

    assert len({asked[:2] for asked in read}) == len(read)
    assert {(campaign, *sorted(sites)) for _, campaign, sites in read} == {
        (campaign, *sorted(SITES)) for campaign in CAMPAIGNS
    }
    assert len(opened) == len(set(opened)) > len(read)
    assert len(hidden) <= len(joint.questionnaire.groups)


def test_a_committee_too_large_for_one_document_is_refused_at_once(filled, monkeypatch):
    meeting = importlib.import_module("qpref.workbook.meeting")  # itself, not what stands for it
    monkeypatch.setattr(meeting, "MOST_SITES", 2)
    with pytest.raises(UsageError, match=r"réunit 3 sites ; .* au plus 2.*« comite »"):
        ouvrir_synthese("2020-11", filled.root)
