"""`qpref projet verifier`: all that is wrong at once, on its line, and what reports will hold."""

import json
import shutil

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.batch.outlook import outlooks
from qpref.cli import main
from qpref.errors import ReferenceFileError
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.checking import check, strangers
from qpref.reference.unused import unused
from qpref.workbook import ouvrir_satisfaction
from tests.conftest import ROOT, copied, example_count

QUESTIONNAIRE = "questionnaire/satisfaction-1.yml"
# One mistake each, on one line of one file of the example: what is said of it.
MISTAKES = [
    ("sites.yml", "departement: Essonne", "departement: [1]", "un texte est attendu"),
    ("sites.yml", "type_site: prefecture\n", "type_site: mairie\n", "« mairie »"),
    ("sites.yml", "modules: [1, 3, 5, 6]", "modules: [1, 3, 3, 6]", "module en double : 3"),
    ("sites.yml", "modules: [1, 3, 6]", "modules: [1, 3, 12]", "« 12 » est inconnu"),
    ("sites.yml", "reserve:", "reserves:", "Vouliez-vous dire « reserve » ?"),
    ("campagnes.yml", "debut: 2020-11-16", "debut: 2020-11-31", "n’est pas une valeur possible"),
    ("campagnes.yml", "fin: 2019-12-06", "fin: 2019-10-06", "précède le début"),
    ("campagnes.yml", "precedente: 2019-11", "precedente: 2018-11", "« 2018-11 » est inconnu"),
    ("campagnes.yml", "      evry:\n", "      evri:\n", "Vouliez-vous dire « evry » ?"),
    (QUESTIONNAIRE, "type: unique, role: motif", "type: uniqe, role: motif", "« uniqe »"),
    (QUESTIONNAIRE, "theme: profil, type: unique, role: tranche_age", "theme: profile, type: "
     "unique, role: tranche_age", "thème « profile » inconnu"),
    (QUESTIONNAIRE, "echelle: aisance4,", "echelle: aisance9,", "« aisance9 » inconnue"),
    (QUESTIONNAIRE, "id: horaires,", "id: info_avant,", "en double : info_avant"),
    (QUESTIONNAIRE, "essais: {question: suggestion", "essais: {question: rien", "« rien »"),
    ("clu.yml", "site: evry", "site: massy", "« massy » est inconnu"),
    ("actions.yml", "engagement: m1_ecrits", "engagement: m1_ecrit", "Vouliez-vous dire"),
    ("actions.yml", "canal: appel", "canal: chat", "« chat » est inconnu"),
    ("labellisation.yml", "etat: realise", "etat: fait", "« fait »"),
    ("labellisation.yml", "nature: interne", "nature: ami", "« ami »"),
    ("mystere.yml", "type: sonneries,", "type: sonnerie,", "« sonnerie »"),
    ("mystere.yml", "volumes: {visite: 2", "volumes: {visites: 2", "« visites » est inconnu"),
    ("referentiel.yml", "confirme: non", "confirme: peut-être", "oui, non"),
]  # fmt: skip


def changed(folder, mistakes):
    """Write a project with mistakes; return the file, line and words of each."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "data" / "reference", folder / "data" / "reference")
    project, expected = Project(folder), []
    for name, before, after, said in mistakes:
        path = project.reference / name
        text = path.read_text(encoding="utf-8")
        assert before in text, before
        expected.append((name, text[: text.index(before)].count("\n") + 1, said))
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return project, expected


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("verifier") / "projet"


def present(mistakes):
    """Leave out a mistake that the example does not allow any more."""
    return [
        one for one in mistakes if one[1] in (ROOT / "data/reference" / one[0]).read_text("utf-8")
    ]


POSSIBLE = present(MISTAKES)


def test_the_mistakes_are_those_of_the_example():
    assert len(POSSIBLE) >= len(MISTAKES) - 1


@pytest.mark.lent
@pytest.mark.parametrize("mistake", POSSIBLE, ids=lambda one: one[2].strip())
def test_a_mistake_is_told_once_on_its_line(scratch, mistake):
    project, [(name, line, said)] = changed(scratch, [mistake])

    (found,) = check(project).problems

    assert (found.path, found.line) == (project.reference / name, line)
    assert said in found.text
    assert found.remedy.endswith(".")
    with pytest.raises(ReferenceFileError, match=f"ligne {line}, "):
        load_reference(project.reference)


@settings(max_examples=example_count(8))
@given(st.sets(st.sampled_from(range(len(POSSIBLE))), min_size=2))
def test_a_mistake_hides_no_other_and_makes_none(scratch, chosen):
    """As many problems as mistakes, each on the line where it was planted."""
    project, expected = changed(scratch, [POSSIBLE[rank] for rank in sorted(chosen)])

    found = check(project).problems

    told = sorted((one.path.relative_to(project.reference).as_posix(), one.line) for one in found)
    assert told == sorted((name, line) for name, line, _ in expected)


def test_a_file_that_cannot_be_read_hides_no_other(scratch):
    project, _ = changed(scratch, [MISTAKES[1]])
    path = project.reference / "actions.yml"
    path.write_text("actions:\n\t- x\n", encoding="utf-8")
    (project.reference / "clu.yml").write_bytes("remarques: []  # à écrire".encode("cp1252"))

    found = {one.path.name: one for one in check(project).problems}

    assert sorted(found) == ["actions.yml", "clu.yml", "sites.yml"]
    assert found["actions.yml"].line == 2
    assert "tabulation" in found["actions.yml"].sentence
    assert "UTF-8" in found["clu.yml"].text


def test_the_example_has_no_fault_and_nothing_in_vain(scratch):
    project, _ = changed(scratch, [])
    checked = check(project)
    assert (checked.problems, checked.former, strangers(project)) == ((), (), [])
    assert [one.key for one in unused(checked.parts)] == []


def test_what_serves_nothing_is_named(scratch):
    project, _ = changed(
        scratch,
        [
            (QUESTIONNAIRE, "themes:\n", 'themes:\n  parking: "Le parking"\n', ""),
            (
                QUESTIONNAIRE,
                "echelles:\n",
                "echelles:\n  vide: {ordonnee: non, modalites: []}\n",
                "",
            ),
            (QUESTIONNAIRE, "type: texte,", "type: texte, unite: minutes,", ""),
            ("clu.yml", "campagne_reponse: 2020-11", "campagne_reponse: 2021-11", ""),
        ],
    )
    (project.reference / "site.yml").write_text("sites: []\n")
    shutil.copy(project.reference / QUESTIONNAIRE, project.reference / "questionnaire" / "b.yml")

    found = {(one.file, one.key.rsplit(" › ", 1)[-1]) for one in unused(check(project).parts)}

    name = QUESTIONNAIRE
    assert {(name, "parking"), (name, "vide"), (name, "unite")} <= found
    assert {("clu.yml", "campagne_reponse"), ("questionnaire/b.yml", "id")} <= found
    assert [path.name for path in strangers(project)] == ["site.yml"]


def test_the_command_says_it_in_json_and_has_a_code_of_its_own(scratch, capsys):
    project, expected = changed(scratch, MISTAKES[:2])

    assert main(["--racine", str(project.root), "projet", "verifier", "--json"]) == 20

    found = json.loads(capsys.readouterr().out)
    assert [(one["fichier"], one["ligne"]) for one in found["erreurs"]] == [
        (f"data/reference/{name}", line) for name, line, _ in expected
    ]
    assert found["rapports"] == []
    assert main(["--racine", str(project.root), "projet", "verifier"]) == 20


def without_roles(project, *roles):
    path = project.reference / QUESTIONNAIRE
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for question in content["questions"]:
        if question.get("role") in roles:
            del question["role"]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_the_sections_told_are_those_that_the_report_has(last_only, tmp_path):
    """What the command says of a section is what the section itself does."""
    project = copied(last_only, tmp_path)
    without_roles(project, "satisfaction_globale")
    reference = load_reference(project.reference)

    told = {
        (one.report.campaign, one.report.site, one.report.notebook.name): one
        for one in outlooks(project, reference)
    }

    report = told["2020-11", "etampes", "10_satisfaction"]
    absent = {name for name, _ in report.absent}
    study = ouvrir_satisfaction(site="etampes", campagne="2020-11", racine=project.root)
    assert absent == {"publics"}  # the first section speaks of the answers alone
    assert all(getattr(study, name)().is_left_out for name in absent)
    assert not study.repondants().is_left_out
    assert ("evolution", "aucune campagne précédente n’a de réponses à ce site") in report.reduced
    assert told["2019-11", "etampes", "10_satisfaction"].reason
    assert not report.reason
