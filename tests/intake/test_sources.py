"""Each source is recognised by its own marks and read to the same answers."""

import pytest

from qpref.errors import ColumnsError, UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.export import NOT_ASKED
from qpref.intake.files import read_file
from qpref.intake.formats import read_anything
from tests.intake.conftest import LEVELS, answers, check, table, write_csv, write_xlsx


def test_limesurvey_with_full_headings(tmp_path, setting, headings):
    """French texts, no code; comma, no mark: the older dialect."""
    before = ["ID de la réponse", "Date de soumission", "Date de lancement", "Adresse IP"]
    rows = [
        [n, "2020-12-04 10:00:00", day, "192.0.2.7"]
        for n, day in enumerate(
            ("2020-11-16 09:00:00", "2020-11-17 09:00:00", "2020-12-04 09:00:00")
        )
    ]
    lines = table(headings, before, rows)
    lines[0] = [f"Accueil [{text}]" if "agent" in text else text for text in lines[0]]

    outcome = receive(setting, write_csv(tmp_path / "a.csv", lines))

    check(outcome, "limesurvey")
    assert outcome.personal_columns == ["Adresse IP"]


def test_limesurvey_with_abbreviated_headings(tmp_path, setting, headings):
    """An abbreviated heading is matched only when it begins one single question."""
    short = {n: t if len(t) < 40 else f"{t[:38]}.." for n, t in headings.items()}
    assert len(set(short.values())) == len(short)
    before = ["Response ID", "Date submitted", "Date started"]
    days = ("2020-11-16 09:00:00", "2020-11-17 09:00:00", "2020-12-04 09:00:00")
    rows = [[n, day, day] for n, day in enumerate(days)]

    check(receive(setting, write_csv(tmp_path / "a.csv", table(short, before, rows))), "limesurvey")


def test_limesurvey_with_underscores_for_spaces(tmp_path, setting, headings):
    """An export option writes the spaces of the headings so."""
    before = ["Response_ID", "Date_submitted", "Date_started", "IP_address"]
    days = ("2020-11-16 09:00:00", "2020-11-17 09:00:00", "2020-12-04 09:00:00")
    rows = [[n, day, day, "192.0.2.7"] for n, day in enumerate(days)]
    lines = table(headings, before, rows)
    lines[0] = [text.replace(" ", "_") for text in lines[0]]

    outcome = receive(setting, write_csv(tmp_path / "a.csv", lines))

    check(outcome, "limesurvey")


def test_limesurvey_masked_formulas_are_unmasked(tmp_path, setting, headings):
    lines = table(
        headings, ["id", "submitdate", "startdate"], [[1, "2020-11-16", "2020-11-16"]] * 3
    )
    lines[1][lines[0].index(headings["global"])] = "'--"

    outcome = receive(setting, write_csv(tmp_path / "a.csv", lines))

    found = outcome.tables["items"].query("question == 'global'")["modalite"].tolist()
    assert "pas_du_tout_satisfait" in found


def vv(path, questionnaire, rows):
    codes = ["id", "submitdate", "startdate", "ipaddr"]
    codes += [q.limesurvey for q in questionnaire.questions if q.limesurvey and not q.options]
    lines = ["\t".join(f"Texte de {code}" for code in codes), "\t".join(codes)]
    lines += ["\t".join(row.get(code, "") for code in codes) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_limesurvey_vv_tells_not_shown_from_empty(tmp_path, setting, questionnaire):
    base = {
        "submitdate": "2020-11-17 10:00:00",
        "startdate": "2020-11-17 09:00:00",
        "G01Q01": "Évry",
    }
    path = vv(
        tmp_path / "a.vv",
        questionnaire,
        [
            base
            | {"id": "1", "G06Q02": NOT_ASKED, "G07Q02": "deux{newline}lignes{tab}et {quote}mot"},
            base | {"id": "2", "G06Q02": "", "submitdate": "NULL"},
        ],
    )
    outcome = receive(setting, path)

    phone = outcome.tables["items"].query("question == 'telephone'")["etat"].tolist()
    assert outcome.kind == "limesurvey_vv"
    assert phone == ["non_posee", "non_reponse"]
    assert outcome.tables["reponses"]["statut"].tolist() == ["complete", "partielle"]
    assert outcome.tables["verbatims"]["texte_masque"].tolist() == ['deux\nlignes\tet "mot']


SYSTEM = ["CLE", "DATE_SAISIE", "DATE_ENREG", "PROGRESSION", "ORIGINE_SAISIE"]


@pytest.mark.parametrize(("declared", "warned"), [(3, False), (5, True)])
def test_sphinx_checks_the_declared_count(tmp_path, setting, headings, declared, warned):
    rows = [
        [n, day, day, "Terminé", "Web"]
        for n, day in enumerate(("16/11/2020 09:00", "17/11/2020 09:00", "04/12/2020 09:00"))
    ]
    lines = [[], *table(headings, SYSTEM, rows)]
    information = [["Nom de l'enquête", "Essai"], ["Nombre d'observations", declared]]
    path = write_xlsx(tmp_path / "s.xlsx", {"Données": lines, "information": information})

    outcome = receive(setting, path)

    check(outcome, "sphinx")
    assert any(f"annonce {declared} observations" in w for w in outcome.warnings) is warned


def test_sphinx_unfinished_answers_are_partial(tmp_path, setting, headings):
    rows = [
        [n, "16/11/2020", "", state, "Web"]
        for n, state in enumerate(["Terminé", "En cours", "ScreenOut"])
    ]
    path = write_xlsx(tmp_path / "s.xlsx", {"Données": table(headings, SYSTEM, rows)})

    statuses = receive(setting, path).tables["reponses"]["statut"].tolist()
    assert statuses == ["complete", "partielle", "partielle"]


def test_jdma_moments_are_utc(tmp_path, setting, headings):
    """23:30 UTC on 15 November is 0:30 on the 16th in Paris: inside the campaign."""
    before = [
        "Date de l'avis",
        "Nom du formulaire",
        "Lien d'intégration",
        "Identifiant Avis",
        "contact_email",
    ]
    days = ("2020-11-15 23:30:00", "2020-11-17 12:00:00", "2020-12-04 10:00:00")
    rows = [[day, "Accueil", "bouton", f"a{n}", "x@exemple.invalid"] for n, day in enumerate(days)]

    outcome = receive(setting, write_csv(tmp_path / "j.csv", table(headings, before, rows)))

    check(outcome, "jdma")
    assert outcome.personal_columns == ["contact_email"]


def test_tally(tmp_path, setting, headings):
    before = ["Submission ID", "Respondent ID", "Submitted at"]
    days = ("2020-11-16 09:00:00", "2020-11-17 09:00:00", "2020-12-04 09:00:00")
    rows = [[f"s{n}", f"r{n}", day] for n, day in enumerate(days)]
    path = write_csv(tmp_path / "t.csv", table(headings, before, rows), encoding="utf-8-sig")

    outcome = receive(setting, path)

    check(outcome, "tally")
    assert outcome.file.encoding == "utf-8-sig"


def test_google_forms(tmp_path, setting, headings):
    days = ("16/11/2020 09:00:00", "17/11/2020 09:00:00", "04/12/2020 09:00:00")
    rows = [[day, "x@exemple.invalid"] for day in days]
    lines = table(headings, ["Horodateur", "Adresse e-mail"], rows)

    check(receive(setting, write_csv(tmp_path / "g.csv", lines)), "google_forms")


def test_microsoft_forms(tmp_path, setting, headings):
    before = ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom"]
    days = ("16/11/2020 09:00", "17/11/2020 09:00", "04/12/2020 09:00")
    rows = [[n, day, day, "x@exemple.invalid", "Nom inventé"] for n, day in enumerate(days)]
    path = write_xlsx(tmp_path / "m.xlsx", {"Sheet1": table(headings, before, rows)})

    outcome = receive(setting, path)

    check(outcome, "microsoft_forms")
    assert outcome.personal_columns == ["Adresse de messagerie", "Nom"]


def test_framaforms_with_several_heading_rows(tmp_path, setting, headings):
    before = ["Numéro de série", "SID", "Heure", "Brouillon", "Adresse IP"]
    days = ("16/11/2020 09:00", "17/11/2020 09:00", "04/12/2020 09:00")
    rows = [[n, 100 + n, day, "Non", "192.0.2.1"] for n, day in enumerate(days)]
    lines = [["Détails"], [""], *table(headings, before, rows)]

    check(receive(setting, write_csv(tmp_path / "f.csv", lines)), "framaforms")


def columns_of(tmp_path, lines):
    """Return the headings and roles that a reader gives."""
    export = read_anything(read_file(write_csv(tmp_path / "a.csv", lines)))[0]
    return {column.heading: column.role for column in export.columns}


def test_kobo_boxes_without_the_joined_answers(tmp_path):
    heads = ["_id", "_uuid", "_submission_time", "aide/agent", "aide/borne", "age"]
    lines = [heads, ["1", "u", "2020-11-16T22:30:00", "1", "0", "41"]]

    roles = columns_of(tmp_path, lines)

    assert roles["aide [agent]"] == roles["aide [borne]"] == roles["age"] == "question"
    assert roles["_submission_time"] == "fin"  # nothing else says when


def test_kobo_a_slash_in_a_label_is_no_group(tmp_path):
    heads = [
        "_id",
        "_uuid",
        "Accueil/Attente",
        "Accueil/Écoute",
        "Satisfait et/ou déçu ?",
    ]
    lines = [heads, ["1", "u", "Oui", "Non", "Oui"]]

    assert set(columns_of(tmp_path, lines)) == {
        "_id", "_uuid", "Attente", "Écoute", "Satisfait et/ou déçu ?",
    }  # fmt: skip


def test_kobo_places_are_personal_and_precisions_are_not(tmp_path):
    heads = ["_id", "_uuid", "lieu", "_lieu_latitude", "_lieu_longitude", "motif_precision"]
    lines = [heads, ["1", "u", "48.6 2.4 0 0", "48.6", "2.4", "titre de séjour"]]

    roles = columns_of(tmp_path, lines)

    assert {roles[name] for name in heads[2:5]} == {"personnel"}
    assert roles["motif_precision"] == "question"


def test_odk_a_question_named_as_a_column_of_the_tool_is_kept(tmp_path):
    heads = ["SubmissionDate", "status", "meta-instanceID", "KEY", "SubmitterID", "Status"]
    lines = [heads, ["2020-11-16T09:00:00.000Z", "Oui", "u", "u", "5", ""]]

    roles = columns_of(tmp_path, lines)

    assert (roles["status"], roles["Status"]) == ("question", "technique")


def test_qualtrics_in_a_zone_that_does_not_exist(tmp_path):
    lines = [
        ["StartDate", "ResponseId", "Q1"],
        ["Start Date", "Response ID", "Accueil ?"],
        ['{"ImportId":"startDate","timeZone":"Mars/Olympe"}', '{"ImportId":"_recordId"}', ""],
        ["2020-11-16 09:00:00", "R_1", "Oui"],
    ]

    export = read_anything(read_file(write_csv(tmp_path / "q.csv", lines)))[0]

    assert export.zone == ""
    assert "Mars/Olympe" in export.warnings[0]


def test_spss(tmp_path, setting, headings):
    """Value labels become the answers; the variable label is the question."""
    pd = pytest.importorskip("pandas")
    pyreadstat = pytest.importorskip("pyreadstat")
    names = {name: f"q{n}" for n, name in enumerate(headings)}
    frame = pd.DataFrame([answers(headings, level) for level in LEVELS]).rename(columns=names)
    frame.insert(0, "startdate", ["16/11/2020", "17/11/2020", "04/12/2020"])
    frame.insert(0, "id", [1.0, 2.0, 3.0])
    frame[names["global"]] = [4.0, 2.0, 0.0]
    labels = {
        names["global"]: {4.0: "Très satisfait", 2.0: "Plutôt pas satisfait", 0.0: "Sans objet"}
    }
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame, path, column_labels=["N°", "Date", *headings.values()], variable_value_labels=labels
    )

    check(receive(setting, path), "spss")


def test_a_sav_that_is_none_is_refused(tmp_path, setting):
    path = tmp_path / "faux.sav"
    path.write_bytes(b"pas un fichier SPSS")

    with pytest.raises(UnreadableFileError, match="SPSS"):
        receive(setting, path)


def test_a_satisfaction_question_without_column_is_named(tmp_path, setting, headings):
    del headings["confort"]
    rows = [["16/11/2020 09:00:00"]] * 3
    lines = table(headings, ["Horodateur"], rows)

    with pytest.raises(ColumnsError, match="Accueil — Confort"):
        receive(setting, write_csv(tmp_path / "g.csv", lines))


def test_a_missing_profile_question_is_a_warning(tmp_path, setting, headings):
    del headings["tranche_age"]
    lines = table(headings, ["Horodateur"], [["16/11/2020 09:00:00"]] * 3)

    outcome = receive(setting, write_csv(tmp_path / "g.csv", lines))

    assert any("Âge" in warning for warning in outcome.warnings)


def test_two_exports_of_one_survey_share_their_identifiers(tmp_path, reference, questionnaire):
    """The CSV and the « .vv » of one survey: same numbers, same answers, same digests."""
    setting = Reception(reference, reference.campaign("2020-11"))
    row = {
        "id": "1", "submitdate": "2020-11-17 10:00:00", "startdate": "2020-11-17 09:00:00",
        "G01Q01": "Évry", "G07Q01": "Très satisfait",
    }  # fmt: skip
    codes = ["id", "submitdate", "startdate", "ipaddr"]
    codes += [q.limesurvey for q in questionnaire.questions if q.limesurvey and not q.options]
    one = write_csv(tmp_path / "a.csv", [codes, [row.get(code, "") for code in codes]])
    two = vv(tmp_path / "a.vv", questionnaire, [row])

    found = [receive(setting, path).tables["reponses"] for path in (one, two)]

    assert found[0][["reponse_id", "empreinte"]].equals(found[1][["reponse_id", "empreinte"]])


@pytest.mark.parametrize("name", ["vide", "texte"])
def test_what_is_no_table_is_not_taken_for_one(tmp_path, name):
    path = tmp_path / "x.xlsx"
    write_xlsx(path, {"Feuil1": [] if name == "vide" else [[1, 2], [3, 4]]})

    assert read_anything(read_file(path)) == []


def test_tally_dates_with_the_month_first_are_read_as_such(tmp_path, setting, headings):
    """« 12-04-20 » is 4 December 2020: day-first it would leave the campaign."""
    before = ["Submission ID", "Respondent ID", "Submitted at"]
    rows = [
        [f"s{n}", f"r{n}", day]
        for n, day in enumerate(("11-16-20", "11-17-20 09:30:00", "12-04-20"))
    ]

    check(receive(setting, write_csv(tmp_path / "t.csv", table(headings, before, rows))), "tally")


@pytest.mark.parametrize(("end", "warned"), [("09:00:03", True), ("09:00:10", False)])
def test_answers_given_too_fast_are_counted_and_kept(tmp_path, setting, headings, end, warned):
    before = ["id", "submitdate", "startdate"]
    rows = [[n, f"2020-11-16 {end}", "2020-11-16 09:00:00"] for n in range(3)]
    outcome = receive(setting, write_csv(tmp_path / "a.csv", table(headings, before, rows)))

    assert any("3 questionnaire(s)" in warning for warning in outcome.warnings) is warned
    assert outcome.counts.kept == 3


def test_the_same_answers_at_the_same_minute_are_pointed_out_and_kept(tmp_path, setting, headings):
    before = ["id", "submitdate", "startdate"]
    own = answers(headings, "Très satisfait").values()
    lines = [[*before, *headings.values()]]
    lines += [[n, "2020-11-16 09:10:00", f"2020-11-16 09:0{n // 2}:00", *own] for n in range(3)]
    outcome = receive(setting, write_csv(tmp_path / "a.csv", lines))

    twins = outcome.tables["rejets"].query("code == 'doublon_possible'")
    assert outcome.counts.kept == 3
    assert twins["ligne"].tolist() == [3]
    assert "ligne 2" in twins["message"].tolist()[0]


def test_repeated_headings_are_told_apart_by_their_code(tmp_path, setting, questionnaire):
    """Every question has the same text: only the codes say which is which."""
    codes = [q.limesurvey for q in questionnaire.questions if q.limesurvey and not q.options]
    heading = ["id", "submitdate", "startdate", *(f"{code}. Votre avis" for code in codes)]
    given = {"G07Q01": "Très satisfait", "G04Q01[SQ002]": "Pas du tout satisfait", "G01Q01": "Évry"}
    row = [1, "2020-11-17", "2020-11-17", *(given.get(code, "") for code in codes)]

    outcome = receive(setting, write_csv(tmp_path / "a.csv", [heading, row]))

    items = outcome.tables["items"].query("etat == 'repondu'")
    chosen = dict(zip(items["question"], items["modalite"], strict=True))
    assert chosen == {"global": "tres_satisfait", "attente": "pas_du_tout_satisfait"}
