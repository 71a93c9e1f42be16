"""The label is data: a project follows another one, or two, and no line of qpref names either."""

import json
import re
import shutil

import lxml.html
import pytest
import yaml

from qpref import shipped
from qpref.cli import main
from qpref.display.labels import articles, label_facts
from qpref.questions import ROLES
from qpref.reference import load_reference, read_standard
from qpref.slides.results import Results
from qpref.workbook import ouvrir_labellisation, ouvrir_synthese
from tests.sections import plain

OTHER = shipped.root() / shipped.REFERENCE / shipped.LABELS
NAMES = shipped.labels()
FILES = [
    shipped.root() / shipped.REFERENCE / "referentiel.yml",
    *(OTHER / f"{n}.yml" for n in NAMES),
]
STEPS = """\
label_avant: {{valeur: 2022-12-31, certitude: vu, source: "Décision du comité"}}
certitude: exemple
source: "Suivi inventé pour un test"
suivi:
  - {{site: {site}, engagement: {first}, date: 2020-11-20, etat: prouve, preuve: "Charte affichée"}}
  - {{site: {site}, engagement: {second}, date: 2020-11-23, etat: a_faire, echeance: 2020-12-15}}
audits: []
"""


def call(project, capsys, *arguments):
    code = main(["--racine", str(project.root), *arguments])
    shown = capsys.readouterr()
    return code, shown.out.replace("\u00a0", " "), shown.err.replace("\u00a0", " ")


def follow(project, name, site="etampes"):
    """Have a site follow another label; return what its référentiel engages to."""
    ids = [commitment.id for commitment in read_standard(OTHER / f"{name}.yml").engagements]
    folder = project.reference / shipped.LABELS
    folder.mkdir(exist_ok=True)
    text = STEPS.format(site=site, first=ids[0], second=ids[1])
    (folder / f"{name}{shipped.FOLLOWED}").write_text(text, encoding="utf-8")
    return ids


@pytest.mark.lent
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_line_of_the_program_names_a_label(path):
    """Neither its name, nor the identifiers of its commitments and indicators."""
    standard = read_standard(path)
    names = [standard.name, *(one.id for one in (*standard.engagements, *standard.indicateurs))]
    common = {"orientation", *ROLES}  # a word of charts, and what the program knows of questions
    sought = re.compile("|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in names if n not in common))
    package = shipped.root() / "qpref"
    sources = [*package.rglob("*.py"), *(shipped.root() / "notebooks").glob("*.ipynb")]
    found = {
        str(source.relative_to(shipped.root())): sought.findall(source.read_text(encoding="utf-8"))
        for source in sources
    }

    examples = {"m1_accueil", "m1_telephone", "tel_5_sonneries"}  # of keys, in docs/cles.md
    assert not {place: one for place, one in found.items() if {*one} - examples}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_not_read_is_empty_and_what_was_has_its_source(path):
    standard = read_standard(path)
    told = label_facts(standard)

    assert standard.label is not None
    assert told
    assert all(
        (fact.valeur is None) == (fact.certitude == "absent") for fact in standard.label.faits
    )
    assert all(bool(fact.sources) == (fact.valeur is not None) for fact in standard.label.faits)
    assert sum("non lu, à confirmer" in line for line in told) == sum(
        fact.valeur is None for fact in standard.label.faits
    )


def test_the_articles_read_for_one_department_are_to_be_confirmed():
    """Ten numbers read (1, 1.1, 1.2, 2, 2.1 to 2.4, 3, 3.1), none of them known to be national."""
    told = articles(read_standard(FILES[0]))

    assert len(told) == 10
    assert all("à confirmer" in line for line in told)
    assert any("sauf mesure de sécurité" in line for line in told)


def test_an_agent_not_named_for_security_counts_for_nothing():
    grid = yaml.safe_load((shipped.root() / shipped.REFERENCE / "mystere.yml").read_text("utf-8"))
    (answer,) = [one for one in grid["reponses"] if "Mesure de sécurité" in one["synonymes"]]

    assert answer["etat"] == "sans_objet"


@pytest.mark.parametrize("name", NAMES)
def test_a_site_follows_two_labels(project, capsys, name):
    ids = follow(project, name)
    standard = read_standard(OTHER / f"{name}.yml")
    code, out, _ = call(project, capsys, "labellisation", "--site", "etampes")
    (section,) = ouvrir_labellisation("etampes", "2020-11", project.root).autres_labels()
    (joint,) = ouvrir_synthese("2020-11", project.root).autres_labels()

    assert code == 0
    assert f"{standard.name} — Étampes" in out
    assert f"{len(ids) - 1} engagements restent à prouver" in out
    assert section.title == joint.title
    assert section.title.replace("\u00a0", " ").endswith(f"Étampes, 1 sur {len(ids)}")
    assert all(one.theme in section.html for one in standard.engagements)
    assert "non lu, à confirmer" in section.html
    assert "« 1. " not in section.html.replace("\u00a0", " ")
    assert ouvrir_labellisation("palaiseau", "2020-11", project.root).autres_labels() == ()
    assert ouvrir_labellisation("etampes", "2019-11", project.root).autres_labels() == ()


@pytest.mark.lent
@pytest.mark.parametrize("name", NAMES)
def test_another_label_has_its_slide_and_its_question(project, name):
    """Of its commitments one is proved; the day when the next is due passes the deadline or not."""
    follow(project, name)
    standard = read_standard(OTHER / f"{name}.yml")
    path = project.reference / shipped.LABELS / f"{name}{shipped.FOLLOWED}"
    text = path.read_text("utf-8")
    for due, is_asked in (("2022-12-31", False), ("2020-12-10", True)):
        path.write_text(text.replace("2022-12-31", due), "utf-8")
        reference = load_reference(project.reference)
        slides = Results(project, reference, "2020-11", ["evry", "etampes"]).slides()
        (own,) = [one for one in slides if one.title.startswith(standard.name)]
        asked = ouvrir_synthese("2020-11", project.root).questions()
        texts = [row.label for table in asked.tables for row in table.rows]

        assert [one.values for one in own.chart.series] == [[1], [len(standard.engagements) - 1]]
        assert own.chart.categories == ["Étampes"]
        assert (f"Le label {standard.name} sera-t-il là à temps ?" in texts) == is_asked


@pytest.mark.lent
@pytest.mark.parametrize("name", NAMES)
def test_a_project_that_follows_only_another_label_has_its_report(own, capsys, name):
    follow(own, name)
    (own.reference / "labellisation.yml").unlink()
    code, out, err = call(own, capsys, "rapports", "--site", "etampes", "--campagne", "2020-11",
                          "--notebook", "30_labellisation")  # fmt: skip
    page = own.report_folder("2020-11", "etampes") / "30_labellisation.html"
    text = plain(lxml.html.parse(page).getroot().text_content())
    standard = read_standard(OTHER / f"{name}.yml")

    assert code == 0, out + err
    assert f"Labellisation {standard.name}" in text
    assert f"Étampes, 1 sur {len(standard.engagements)}" in text
    assert "Section absente" not in text
    assert "Que faut-il faire" not in text
    (own.reference / shipped.LABELS / f"{name}{shipped.FOLLOWED}").unlink()
    code, _, err = call(own, capsys, "rapports", "--site", "etampes", "--campagne", "2020-11",
                        "--notebook", "30_labellisation")  # fmt: skip
    assert code != 0
    assert "labellisation.yml ne dit encore rien" in plain(err)


@pytest.mark.parametrize("name", NAMES)
def test_its_referentiel_is_checked_and_compared(project, capsys, tmp_path, name):
    follow(project, name)
    other = tmp_path / "copie.yml"
    text = (OTHER / f"{name}.yml").read_text(encoding="utf-8")
    other.write_text(
        text.replace('numero_officiel: "1"', 'numero_officiel: "1 bis"'), encoding="utf-8"
    )
    _, out, _ = call(project, capsys, "referentiel", "verifier")
    _, as_json, _ = call(project, capsys, "referentiel", "verifier", "--json")
    code, changed, _ = call(project, capsys, "referentiel", "comparer", str(other), "--label", name)
    missing, _, err = call(project, capsys, "referentiel", "comparer", str(other), "--label", "abc")

    assert "Durée de validité : 3 ans" in out
    assert name in json.loads(as_json)["labels"]
    assert (code, missing) == (0, 5)
    assert "1 bis" in changed
    assert len(changed.strip().splitlines()) == 1
    assert "abc" in err


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_step_is_told_where_it_is(project, capsys, name):
    follow(project, name)
    path = project.reference / shipped.LABELS / f"{name}{shipped.FOLLOWED}"
    path.write_text(path.read_text("utf-8").replace("engagement: ", "engagement: x"), "utf-8")
    code, out, err = call(project, capsys, "labellisation")
    checked, said, _ = call(project, capsys, "projet", "verifier")

    assert (code, checked) == (4, 20)
    assert path.name in err
    assert path.name in said + out


@pytest.mark.parametrize("name", NAMES)
def test_a_project_follows_it_alone(project, capsys, name):
    """Its file in the place of the first: the same commands, sections and words, its own name."""
    standard = read_standard(OTHER / f"{name}.yml")
    ids = follow(project, name)
    shutil.copy(OTHER / f"{name}.yml", project.reference / "referentiel.yml")
    (project.reference / shipped.LABELS / f"{name}{shipped.FOLLOWED}").replace(
        project.reference / "labellisation.yml"
    )
    _detach(project)
    for file in ("indicateurs.yml", "reclamations.yml"):  # of commitments of the first
        (project.reference / file).unlink()
    code, out, err = call(project, capsys, "labellisation", "--site", "etampes")
    opened = ouvrir_labellisation("etampes", "2020-11", project.root)
    pages = [getattr(opened, part)() for part in ("entete", "engagements", "matrice", "regle")]
    joint = ouvrir_synthese("2020-11", project.root).labellisation()

    assert (code, err) == (0, "")
    assert f"{len(ids) - 1} engagements restent à prouver" in out
    assert standard.name in pages[0].html
    assert f"1 sur {len(ids)}" in joint.title.replace("\u00a0", " ")
    assert not any(FILES_NAME in page.html.replace("\u2011", "-") for page in (*pages, joint))
    assert load_reference(project.reference).others == {}


FILES_NAME = read_standard(FILES[0]).name


def _detach(project):
    """Take out what the other files of the example say of the first label."""
    sites = project.reference / "sites.yml"
    sites.write_text(re.sub(r"modules: \[.*?\]", "modules: [1]", sites.read_text("utf-8")), "utf-8")
    for path in [
        *(project.reference / "questionnaire").glob("*.yml"),
        project.reference / "actions.yml",
    ]:
        text = re.sub(r"(, )?\b(engagement|module): \w+(, )?", _comma, path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    (project.reference / "actions.yml").unlink()
    grid = yaml.safe_load((project.reference / "mystere.yml").read_text("utf-8"))
    for criterion in grid["criteres"]:
        criterion.pop("engagement", None)
        if criterion.pop("indicateur", None) and criterion["type"] in {"sonneries", "delai"}:
            criterion["seuil"] = {"comparaison": "<", "valeur": 5, "unite": "sonneries"}
            if criterion["type"] == "delai":
                criterion["seuil"]["unite"] = "jours_ouvres"
        criterion["source"] = "Choix du projet"
    grid["protocole"]["source"] = "Choix du projet"
    (project.reference / "mystere.yml").write_text(
        yaml.safe_dump(grid, allow_unicode=True), "utf-8"
    )


def _comma(found):
    return ", " if found[1] and found[3] else ""
