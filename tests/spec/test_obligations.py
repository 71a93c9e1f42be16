"""Who must hold which module: each situation of data/reference/referentiel.yml is a test."""

import json

import pytest

from qpref.cli import main
from qpref.display.standard import differences, finding_sentence, unconfirmed
from qpref.quality.labelling import check_modules, gaps, rule_of
from qpref.reference import load_reference
from tests.conftest import ROOT, copy_project

STANDARD = load_reference(ROOT / "data" / "reference").standard
SITUATIONS = [(rule, situation) for rule in STANDARD.obligations for situation in rule.situations]


@pytest.mark.parametrize(
    ("rule", "situation"), SITUATIONS, ids=lambda x: getattr(x, "id", str(getattr(x, "modules", x)))
)
def test_each_situation_has_its_outcome(rule, situation):
    found = check_modules(situation.modules, rule)

    assert [finding.code for finding in found] == situation.resultat


def test_every_kind_of_site_has_one_rule():
    kinds = [(rule.type_site, rule.cert) for rule in STANDARD.obligations]

    assert len(kinds) == len(set(kinds)) == 4


@pytest.mark.parametrize(
    ("name", "modules"),
    [("evry", [1, 2, 3, 4, 5, 6, 7]), ("etampes", [1, 3, 5, 6]), ("palaiseau", [1, 3, 6])],
)
def test_the_choices_of_the_minutes_conform(reference, name, modules):
    """Minutes of the CLU of 16 October 2020."""
    site = reference.site(name)
    found = check_modules(site.modules, rule_of(site, reference.standard))

    assert site.modules == modules
    assert [finding.code for finding in found] == ["conforme"]


def test_a_site_whose_cert_is_unknown_is_not_judged(reference):
    site = reference.site("palaiseau").model_copy(update={"cert": "inconnu"})
    found = check_modules(site.modules, rule_of(site, reference.standard))

    assert [finding.code for finding in found] == ["regle_inconnue"]
    assert "À confirmer" in finding_sentence(site, found[0], reference.standard)


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ([3, 6], "Il manque le module 1 : une sous-préfecture sans CERT"),
        ([1, 2, 7], "Les modules 2 et 7 ne sont pas prévus"),
        ([1, 3, 7], "Le module 7 n’est pas prévu"),
    ],
)
def test_a_breach_names_modules_rule_and_certainty(reference, modules, said):
    site = reference.site("palaiseau").model_copy(update={"modules": modules})
    found = check_modules(modules, rule_of(site, reference.standard))
    sentence = finding_sentence(site, found[0], reference.standard)

    assert said in sentence
    assert "règle déduite, à confirmer" in sentence


def test_what_is_unconfirmed_is_listed(reference):
    found = " ".join(unconfirmed(reference.standard)).replace("\u00a0", " ")

    assert "28 engagements sans numéro officiel" in found
    assert "Module 2" in found
    assert "Appels aboutis en moins de 5 sonneries" in found


def test_what_was_not_read_is_found_whatever_its_kind(reference):
    """A module without commitment, a commitment without number, an indicator without rate."""
    standard = reference.standard
    kept = [c.model_copy(update={"numero_officiel": "1"}) for c in standard.engagements]
    first, *others = kept
    changed = standard.model_copy(
        update={
            "engagements": [first.model_copy(update={"numero_officiel": None}), *others],
            "modules": [m for m in standard.modules if m.numero in {1, 2}],
            "indicateurs": [
                standard.indicateurs[0].model_copy(update={"confirme": True, "cible": 80}),
                standard.indicateurs[1].model_copy(update={"confirme": True, "cible": None}),
            ],
            "obligations": [],
        }
    )
    found = gaps(changed)

    assert found.without_number == 1
    assert [module.numero for module in found.modules] == [2]
    assert [i.id for i in found.indicators] == [standard.indicateurs[1].id]
    assert found.obligations == []


def test_an_edit_is_told_key_by_key(reference):
    indicator = reference.standard.indicator("tel_5_sonneries")
    changed = indicator.model_copy(update={"confirme": True, "cible": 80.0})
    others = [i for i in reference.standard.indicateurs if i.id != indicator.id]
    after = reference.standard.model_copy(update={"indicateurs": [*others[1:], changed]})

    assert differences(reference.standard, reference.standard) == []
    found = differences(reference.standard, after)
    assert f"indicateurs › {others[0].id} : retiré." in found
    assert "indicateurs › tel_5_sonneries › cible : « vide » devient « 80 »." in found
    assert "indicateurs › tel_5_sonneries › confirme : « non » devient « oui »." in found


def run(project, capsys, *arguments):
    code = main(["--racine", str(project.root), "referentiel", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_command_checks_all_sites(project, capsys):
    code, out, _ = run(project, capsys, "verifier", "--json")
    content = json.loads(out)

    assert code == 0
    assert [site["resultat"] for site in content["sites"]] == ["conforme"] * 3
    assert content["a_confirmer"]


def test_a_breach_has_its_exit_code(project, capsys):
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8").replace("modules: [1, 3, 6]", "modules: [3, 6]")
    path.write_text(text, encoding="utf-8")
    code, out, err = run(project, capsys, "verifier")

    assert code == 14
    assert "Il manque le module 1" in out
    assert "Palaiseau" in err


def test_an_edited_threshold_shows_the_results_it_changes(filled, tmp_path, capsys):
    """Évry 2020: calls picked up in under 4 rings in place of under 5."""
    text = (filled.reference / "referentiel.yml").read_text(encoding="utf-8")
    other = tmp_path / "copie.yml"
    other.write_text(
        text.replace('"<", valeur: 5, unite: sonneries', '"<", valeur: 4, unite: sonneries'),
        encoding="utf-8",
    )
    code, out, _ = run(filled, capsys, "comparer", str(other))

    assert code == 0
    assert "seuil : « < 5 sonneries » devient « < 4 sonneries »." in out
    assert "« Appel décroché en moins de 5 sonneries »" in out


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(None, 6, "fichier absent"), ("modules: []", 4, "clé obligatoire absente")],
)
def test_a_file_that_is_no_standard_is_refused(tmp_path, capsys, content, code, said):
    project = copy_project(tmp_path / "projet")
    path = tmp_path / "copie.yml"
    if content:
        path.write_text(content, encoding="utf-8")
    found, _, err = run(project, capsys, "comparer", str(path))

    assert found == code
    assert said in err


def test_the_same_file_changes_nothing(project, capsys):
    code, out, _ = run(project, capsys, "comparer", str(project.reference / "referentiel.yml"))

    assert (code, out.strip()) == (0, "Aucune différence.")
