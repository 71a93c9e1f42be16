"""A questionnaire whose identifiers, scales and roles are none of the example's."""

import copy
import csv
import shutil
from pathlib import Path

import pytest

from qpref.errors import ReferenceFileError
from qpref.intake import Reception, receive
from qpref.palette import shades
from qpref.project import Project
from qpref.questions import ROLES
from qpref.reference import load_reference
from qpref.reference.loading import Content, parse, read_yaml
from qpref.reference.questionnaire import Questionnaire, Scale
from qpref.store import Store
from qpref.workbook import ouvrir_satisfaction, ouvrir_synthese
from tests.conftest import NOW, ROOT
from tests.spec.test_printed_figures import made, missing_of

FORM = Path(__file__).parent / "questionnaire_sans_role.yml"
SITES = """departement: Lozère
seuil_diffusion: {valeur: 5, certitude: exemple, source: "test"}
sites:
  - {id: mende, nom: "Préfecture de la Lozère", nom_court: "Mende", type_site: prefecture,
     cert: non, certitude: exemple, source: "test", alias: [], modules: [1, 2]}
"""
CAMPAIGNS = """campagnes:
  - {id: "2026", libelle: "octobre 2026", debut: 2026-10-01, fin: 2026-10-31, certitude: exemple,
     source: "test", questionnaire: accueil, mystere: {debut: 2026-10-01, fin: 2026-10-31}}
"""
HEADINGS = (
    "Lieu", "Jour", "Bien orienté", "Qualité de l’accueil", "Recommandation", "Façon de venir",
    "Minutes attendues", "Date de la demande", "Moyens utilisés", "Un mot", "Autre chose",
)  # fmt: skip


def answers():
    """
    Sixty visitors.

    On agreement: 6 « pas du tout », 12 « plutôt pas », 24 « plutôt », 18 « tout à fait ». Quality:
    12 of each level. Marks: 30 tens, 15 eights, 15 fives. Waits: 20 times 5, 10, 30. Ticks: 40
    « Téléphone » of whom 20 also « Courriel », 20 leave it blank. Remarks: 20 to both questions, 10
    to the first alone.
    """
    agreement = [6, 12, 24, 18]
    levels = [
        "Pas du tout d’accord",
        "Plutôt pas d’accord",
        "Plutôt d’accord",
        "Tout à fait d’accord",
    ]
    quality = ["Très bonne", "Bonne", "Moyenne", "Mauvaise", "Très mauvaise"]
    given = [level for level, n in zip(levels, agreement, strict=True) for _ in range(n)]
    for i in range(60):
        yield (
            "Mende", f"{13 + i % 18}/10/2026", given[i], quality[i % 5],
            "10" if i < 30 else "8/10" if i < 45 else "5 - moyen",
            "Avec rendez-vous" if i < 25 else "Sans rendez-vous",
            ("5", "10", "30")[i % 3], f"{13 + i % 15}/{6 + i % 2:02d}/2026",
            "" if i >= 40 else "Téléphone, Courriel" if i < 20 else "Téléphone",
            f"remarque {i}" if i < 30 else "", f"autre {i}" if i < 20 else "",
        )  # fmt: skip


@pytest.fixture(scope="session")
def mende(tmp_path_factory):
    """The root of a project of one site, without grid of roles, committee, label or counts."""
    root = tmp_path_factory.mktemp("lozere")
    folder = root / "data" / "reference"
    (folder / "questionnaire").mkdir(parents=True)
    (folder / "questionnaire" / "accueil.yml").write_text(FORM.read_text("utf-8"), "utf-8")
    for name in ("referentiel.yml", "mystere.yml"):
        (folder / name).write_text((ROOT / "data/reference" / name).read_text("utf-8"), "utf-8")
    for name, text in (("sites", SITES), ("campagnes", CAMPAIGNS), ("clu", "remarques: []\n")):
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    (root / "notebooks").symlink_to(ROOT / "notebooks")
    path = root / "recu.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEADINGS, *answers()])
    reference = load_reference(folder)
    setting = Reception(reference, reference.campaign("2026"))
    outcome = receive(setting, path)
    assert (outcome.counts.kept, outcome.counts.quarantined) == (60, 0)
    Store(Project(root)).add(setting, outcome, NOW)
    return root


@pytest.fixture(scope="session")
def survey(mende):
    return ouvrir_satisfaction("mende", "2026", mende)


@pytest.fixture(scope="session")
def figures(survey):
    """The lines of the figures file of the themes, by question and group."""
    lines = [row for s in survey.themes() for row in s.figures.to_dict("records")]
    return {(row["indicateur"], row["groupe"] or ""): row for row in lines}


@pytest.mark.lent
def test_a_level_first_on_the_form_is_not_taken_for_the_best(figures, survey):
    """24 + 18 of 60 agree: 70 %; the worst level stands first on the form."""
    assert figures["q1", "satisfaits"]["valeur"] == pytest.approx(42 / 60)
    ranks = survey.avis["q1"].value_counts()
    assert (ranks[3], ranks[0]) == (18, 6)


def test_a_middle_level_is_neither_for_nor_against(figures):
    """12 of each of five levels: 24 of 60 are favourable."""
    assert figures["q2", "satisfaits"]["valeur"] == pytest.approx(24 / 60)


def test_two_scales_of_a_theme_are_two_sections_in_their_own_words(survey):
    first, second = survey.theme("venue")

    assert first.tables[0].headings[1] == "D’accord"
    assert second.tables[0].headings[1] == "Favorables"
    shown = str(first.html) + str(second.html)
    assert "satisfait" not in shown
    assert "moyenne" in shown


def test_five_levels_have_five_colours(survey):
    legend = survey.theme("venue")[1].tables[0].legend

    assert len({colour for colour, _ in legend}) == 5
    assert len({*shades(True, 4), *shades(False, 4), *shades(None, 3)}) == 11


def test_a_mark_has_a_mean_and_a_net_score_never_satisfied_visitors(figures):
    """30 tens, 15 eights, 15 fives: mean 8.25; 50 % promoters less 25 % detractors."""
    assert figures["motif", "moyenne"]["valeur"] == pytest.approx(8.25)
    assert figures["motif", "score net"]["valeur"] == pytest.approx(0.25)
    assert ("motif", "satisfaits") not in figures


def test_a_number_has_a_median_and_its_middle_half(figures):
    """20 times 5, 10, 30: median 10, half of them between 5 and 30, mean 15."""
    line = figures["q5", "médiane"]
    assert (line["valeur"], line["bas"], line["haut"]) == (10, 5, 30)
    assert figures["q5", "moyenne"]["valeur"] == pytest.approx(15)
    assert line["unite"] == "minutes"


def test_ticks_are_shares_of_those_who_answered(figures):
    """40 answered: all ticked the telephone, 20 the mail."""
    assert figures["q7", "tel"]["valeur"] == 1
    assert figures["q7", "mail"]["valeur"] == pytest.approx(0.5)
    assert figures["q7", "mail"]["n"] == 40


def test_days_are_told_by_month(figures):
    assert figures["q6", "2026-06"]["effectif"] == 30
    assert figures["q6", "2026-07"]["effectif"] == 30


def test_remarks_are_counted_by_people(survey):
    """30 people wrote, 20 of them twice; 30 and 20 to the questions, 30 in all."""
    section = survey.remarques()

    assert "30" in section.title
    assert "usagers ont laissé une remarque" in section.title
    assert section.figures["valeur"].tolist() == [30, 20, 30]


def test_every_question_is_in_the_figures(figures, survey):
    shown = {name for name, _ in figures} | {*survey.remarques().figures["indicateur"]}
    asked = {q.id for q in survey.questionnaire.questions if q.kind.is_asked}

    assert shown >= asked


def test_an_identifier_that_is_the_name_of_a_role_has_no_meaning(survey):
    """« motif » is a mark here: nobody's reason of visit."""
    assert survey.reponses["motif"].isna().all()
    assert "motif" not in survey.questionnaire.groups


def test_a_mode_that_nobody_asked_is_unknown(survey):
    assert survey.reponses["mode"].isna().all()
    assert "apier" not in "".join(str(s.html) for s in (survey.profil(), survey.tests()))


def test_what_cannot_be_said_is_named_and_its_sections_left_out(survey):
    lost = [row.label for table in survey.limites().tables for row in table.rows]

    assert len(lost) == sum(bool(role.allows) for role in ROLES.values())
    for section in (survey.chiffres_cles(), survey.publics(), survey.priorites()):
        assert section.is_left_out
        assert "text/html" not in section.bundles()[0][0]


def test_every_section_of_every_study_is_made(mende, survey):
    for name in (
        "actions", "annexe", "autres_sites", "composition", "evolution", "lecture",
        "provenance", "repondants", "ressemblance", "resultats_ponderes", "tests",
    ):  # fmt: skip
        assert "nan " not in str(getattr(survey, name)().html).casefold()
    joint = ouvrir_synthese("2026", mende)
    assert joint.labellisation().is_left_out
    assert joint.satisfaction().is_left_out
    assert joint.questions().title


# Questionnaires that cannot be


def form(**changes):
    content = copy.deepcopy(read_yaml(FORM).value)
    for place, value in changes.items():
        question, _, key = place.partition("__")
        next(q for q in content["questions"] if q["id"] == question)[key] = value
    return content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"q1__role": "site"}, "rôle"),
        ({"q4__type": "opinion"}, "favorable"),
        ({"motif__maximum": 20}, "de 0 à 10"),
        ({"q7__options": []}, "options absentes"),
        ({"q1__echelle": "inconnue"}, "inconnue"),
    ],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(ReferenceFileError, match=said):
        parse(Questionnaire, Content(FORM, form(**changes)))


def test_a_scale_that_turns_back_is_no_scale_of_opinion():
    content = form()
    content["echelles"]["qualite"]["modalites"][0]["favorable"] = "non"
    with pytest.raises(ReferenceFileError, match="ne vont pas du plus favorable"):
        parse(Questionnaire, Content(FORM, content))


def test_a_scale_is_read_best_first_whichever_way_it_is_written():
    scale = read_yaml(FORM).value["echelles"]["accord"]
    other = {**scale, "modalites": scale["modalites"][::-1]}
    read = [[m.code for m in Scale.model_validate(one).answers] for one in (scale, other)]

    assert read == [["tout", "plutot", "peu", "pas"]] * 2


def test_a_questionnaire_of_the_former_version_is_read_as_its_new_form(reference):
    """What identifiers, `echelle`, `contact` and `principale` meant is now said by keys."""
    asked = reference.questionnaires["satisfaction-1"]
    content = asked.model_dump(mode="json", exclude_none=True)
    for question in content["questions"]:
        role = question.pop("role", "")
        question["id"] = "date_visite" if role == "date" else question["id"]
        judged = {"opinion": "echelle", "technique": "technique"}
        question["type"] = judged.get(question["type"], question["type"])
        if role == "coordonnees":
            question["type"] = "contact"
        if role == "satisfaction_globale":
            question["principale"] = True
    found = Questionnaire.model_validate(content)

    assert {name: q.type for name, q in found.by_role.items()} == {
        name: q.type for name, q in asked.by_role.items()
    }
    assert found.main == "global"


@pytest.mark.lent
@pytest.mark.notebook
def test_every_printed_number_of_other_types_of_question_is_in_the_figures_file(mende, tmp_path):
    """Agreement, five levels, marks, numbers, days, boxes; one site, no role, no mystery."""
    shutil.copytree(mende, tmp_path / "mende", symlinks=True)
    made(tmp_path / "mende", "2026")

    assert missing_of(Project(tmp_path / "mende"), 6) == []
