"""The languages of a questionnaire: written in its form, read back into the same codes."""

from dataclasses import replace

import pytest

from qpref.intake import Reception, receive
from qpref.quality.review import review
from qpref.reference import Questionnaire, load_reference
from tests.intake.test_online_form import (
    DAY,
    PROJECTS,
    check_structure,
    content,
    drafts,
    refusals,
)


def in_english():
    """The questionnaire above, every wording also in English."""
    found = content()
    found["langues"] = {
        "en": {"libelle": "Q in English", "themes": {"t": "A theme"}, "mention": "Optional."}
    }
    for rank, question in enumerate(found["questions"]):
        question["libelles"] = {"en": f"Question {rank}"}
        for option, text in zip(question.get("options", ()), ("One", "Two"), strict=False):
            option["libelles"] = {"en": text}
    for level, text in zip(found["echelles"]["avis"]["modalites"], ("Good", "Bad"), strict=True):
        level["libelles"] = {"en": text}
    return found


def test_the_form_is_written_in_each_of_its_languages(tmp_path):
    """Codes and French read back as without English; each text has its English beside it."""
    assert drafts(in_english(), tmp_path) == drafts(content(), tmp_path)
    drafts(in_english(), tmp_path)
    rows = check_structure((tmp_path / "q.lss").read_bytes())

    assert rows["surveys"][0]["additional_languages"] == "en"
    assert [row["surveyls_title"] for row in rows["surveys_languagesettings"]] == [
        "Q", "Q in English"
    ]  # fmt: skip
    english = {
        table: [row[field] for row in rows[table] if row["language"] == "en"]
        for table, field in (
            ("group_l10ns", "group_name"),
            ("question_l10ns", "question"),
            ("answer_l10ns", "answer"),
        )
    }  # fmt: skip
    assert english["group_l10ns"] == ["A theme"]
    lines = ["One", "Two", "A theme", "Question 2", "Question 3"]
    assert english["question_l10ns"] == [
        "Question 0", "Question 1", *lines, "Question 4", "Question 5", "Question 6"
    ]  # fmt: skip
    assert english["answer_l10ns"] == [*("Good", "Bad") * 2, *"012345"]


def missing(found):
    """Where the form lacks a translation, as `lss` refuses it and `relire` lists it."""
    refused = {steps for steps, _ in refusals(found)}
    listed = review(Questionnaire.model_validate(found))
    assert {one.steps for one in listed if one.rule == "traduction"} == refused
    return refused


@pytest.mark.parametrize(
    ("steps", "remove"),
    [
        (("questions", 2, "libelles"), lambda q: q["questions"][2].pop("libelles")),
        (("questions", 1, "options", 1, "libelles"),
         lambda q: q["questions"][1]["options"][1].pop("libelles")),
        (("echelles", "avis", "modalites", 0, "libelles"),
         lambda q: q["echelles"]["avis"]["modalites"][0].update(libelles={"en": ""})),
        (("langues", "en", "themes"), lambda q: q["langues"]["en"]["themes"].clear()),
    ],
)  # fmt: skip
def test_a_text_without_translation_is_listed_and_never_invented(steps, remove):
    found = in_english()
    assert missing(found) == set()
    remove(found)
    assert missing(found) == {steps}


def test_answers_in_any_language_are_the_same_codes(tmp_path):
    """An export in English, texts in its headings: the answers are those of the French one."""
    reference = load_reference(PROJECTS["avis-lot"][0])
    found = Questionnaire.model_validate(in_english())
    own = replace(reference, questionnaires={**reference.questionnaires, "avis-lot": found})
    campaign = reference.campaigns.campagnes[-1].model_copy(update={"debut": DAY, "fin": DAY})
    own = replace(own, campaigns=own.campaigns.model_copy(update={"campagnes": [campaign]}))
    site, stamp = reference.sites.sites[0].id, "2020-11-20 10:00:00"
    told = {
        "fr": ("Venu ?;Aide ? [Un];Aide ? [Deux];Écoute;Clarté", "Mauvais;Oui;;Bon;Bon"),
        "en": (
            "Question 0;Question 1 [One];Question 1 [Two];Question 2;Question 3",
            "Bad;Oui;;Good;Good",
        ),
    }
    items = {}
    for language, (headings, cells) in told.items():
        path = tmp_path / f"{language}.csv"
        path.write_text(
            f"ID de la réponse;Date de soumission;{headings}\n1;{stamp};{cells}\n", "utf-8"
        )
        outcome = receive(Reception(own, campaign, site), path)
        assert outcome.ignored_columns == []
        columns = ["question", "option", "etat", "modalite", "valeur"]
        items[language] = outcome.tables["items"][columns].to_dict("records")
    assert str(items["en"]) == str(items["fr"])
    assert {"question": "venu", "modalite": "b"}.items() <= items["en"][0].items()


def test_translations_are_no_part_of_what_a_version_is_known_by():
    """A keying workbook made before a translation still belongs to the questionnaire."""
    marks = {Questionnaire.model_validate(found).mark for found in (content(), in_english())}
    assert len(marks) == 1
