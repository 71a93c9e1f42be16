"""From received rows to canonical tables: every row kept or explained, nothing personal kept."""

import csv
import io

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref.errors import ColumnsError, UnreadableFileError, UsageError
from qpref.intake import Reception, receive
from qpref.intake.common import Counts
from tests.conftest import example_count

TYPED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=15)
HEADINGS_LS = ["id", "submitdate", "startdate", "ipaddr"]


@pytest.fixture(scope="module")
def setting(reference):
    return Reception(reference, reference.campaign("2020-11"))


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def codes(questionnaire):
    found = []
    for question in questionnaire.questions:
        if question.options:
            found += [f"{question.limesurvey}[{o.limesurvey}]" for o in question.options]
        elif question.limesurvey:
            found.append(question.limesurvey)
    return found


def limesurvey(path, questionnaire, rows, headings=None):
    """Write an export by codes; each row gives the cells by code."""
    names = headings or [*HEADINGS_LS, *codes(questionnaire)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(names)
    for number, row in enumerate(rows, start=1):
        cells = {
            "id": str(number), "submitdate": "2020-11-17 10:00:00",
            "startdate": "2020-11-17 09:50:00", "ipaddr": "192.0.2.1", "G01Q01": "Évry",
        } | row  # fmt: skip
        writer.writerow([cells.get(name, "") for name in names])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def item(outcome, question, option=""):
    rows = outcome.tables["items"]
    return rows.loc[(rows["question"] == question) & (rows["option"] == option)].iloc[0]


# LimeSurvey


@pytest.mark.parametrize(
    ("cell", "state", "modality"),
    [
        ("Très satisfait", "repondu", "tres_satisfait"),
        ("N/A", "sans_objet", "sans_objet"),
        ("NSP", "nsp", "nsp"),
        ("", "non_reponse", None),
        ("Moyen", "invalide", None),
        ("None", "invalide", None),
        ("0", "invalide", None),
    ],
)
def test_five_states_are_kept_apart(tmp_path, setting, questionnaire, cell, state, modality):
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [{"G07Q01": cell}]))

    found = item(outcome, "global")
    assert found["etat"] == state
    assert pd.isna(found["modalite"]) if modality is None else found["modalite"] == modality


@pytest.mark.parametrize(
    ("called", "state"), [("Non", "non_posee"), ("Oui", "non_reponse"), ("", "non_reponse")]
)
def test_a_question_not_asked_is_not_a_blank(tmp_path, setting, questionnaire, called, state):
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [{"G06Q01": called}]))

    assert item(outcome, "telephone")["etat"] == state


def test_no_box_ticked_is_not_no_answer(tmp_path, setting, questionnaire):
    boxes = {f"G02Q06[SQ00{n}]": "Non" for n in range(1, 5)}
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [boxes, {}]))

    rows = outcome.tables["items"].query("question == 'aide_recue'")
    assert rows["etat"].tolist() == ["repondu"] * 4 + ["non_reponse"] * 4
    assert rows["valeur"].tolist()[:4] == [0, 0, 0, 0]


@pytest.mark.lent
@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, "complete"),
        ({"submitdate": ""}, "partielle"),
        ({"submitdate": "1980-01-01 00:00:00"}, "complete"),
        ({"G07Q02": "Test"}, "test"),
        ({"startdate": "2020-11-15 23:59:59"}, "hors_periode"),
        ({"startdate": "2020-11-16 00:00:00"}, "complete"),
        ({"startdate": "2020-12-04 23:59:59"}, "complete"),
        ({"startdate": "2020-12-05 00:00:00"}, "hors_periode"),
    ],
)
def test_what_becomes_of_a_row(tmp_path, setting, questionnaire, row, status):
    """Campaign from 16 November to 4 December 2020, both included."""
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [row]))

    assert outcome.tables["reponses"]["statut"].tolist() == [status]
    assert outcome.counts == Counts(1, int(status == "complete"), int(status != "complete"), 0)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"G01Q01": "Massy"}, "site_inconnu"),
        ({"G01Q01": ""}, "site_inconnu"),
        ({"startdate": "16 novembre"}, "date_illisible"),
        ({"startdate": "", "submitdate": "1980-01-01 00:00:00"}, "date_absente"),
    ],
)
def test_a_row_that_cannot_be_placed_goes_to_quarantine(
    tmp_path, setting, questionnaire, row, code
):
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [row, {}]))

    reject = outcome.tables["rejets"].iloc[0]
    assert (reject["code"], reject["action"], reject["ligne"]) == (code, "ligne_quarantaine", 2)
    assert outcome.counts == Counts(2, 1, 0, 1)


def test_the_last_complete_entry_of_a_number_counts(tmp_path, setting, questionnaire):
    rows = [
        {"id": "7", "G07Q01": "Très satisfait"},
        {"id": "7", "G07Q01": "Plutôt satisfait"},
        {"id": "7", "submitdate": ""},
    ]
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, rows))

    assert outcome.tables["reponses"]["statut"].tolist() == ["doublon", "complete", "doublon"]


def test_personal_columns_are_dropped_and_named(tmp_path, setting, questionnaire):
    row = {
        "G07Q03": "secret@exemple.invalid",
        "G07Q02": "Rappelez Mme Fictivelle au 01 99 00 12 34",
    }
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [row]))

    everything = "".join(frame.to_csv() for frame in outcome.tables.values())
    assert not any(word in everything for word in ("secret@", "192.0.2", "Fictivelle", "99 00"))
    assert outcome.personal_columns == ["ipaddr", "G07Q03"]
    assert outcome.tables["verbatims"]["publiable"].tolist() == [False]


def test_a_missing_question_is_named(tmp_path, setting, questionnaire):
    headings = [*HEADINGS_LS, *[c for c in codes(questionnaire) if c != "G04Q01[SQ002]"]]
    path = limesurvey(tmp_path / "a.csv", questionnaire, [{}], headings)

    with pytest.raises(ColumnsError, match=r"G04Q01\[SQ002\]"):
        receive(setting, path)


def test_an_unknown_column_is_ignored_and_named(tmp_path, setting, questionnaire):
    headings = [*HEADINGS_LS, *codes(questionnaire), "G99Q01. Nouvelle question"]
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, [{}], headings))

    assert outcome.ignored_columns == ["G99Q01. Nouvelle question"]


def test_a_row_of_another_width_goes_to_quarantine(tmp_path, setting, questionnaire):
    path = limesurvey(tmp_path / "a.csv", questionnaire, [{}])
    path.write_text(path.read_text(encoding="utf-8") + "8,coupée\n", encoding="utf-8")

    outcome = receive(setting, path)

    assert outcome.counts == Counts(2, 1, 0, 1)
    assert "2 cellules au lieu de" in outcome.tables["rejets"]["message"][0]


def test_a_message_says_where_and_what_was_expected(tmp_path, setting, questionnaire):
    path = limesurvey(tmp_path / "enquete.csv", questionnaire, [{"G07Q01": "Moyen"}])

    message = receive(setting, path).tables["rejets"]["message"][0]

    assert message.startswith("enquete.csv › ligne 2 › colonne « G07Q01 » : « Moyen » ")
    assert "attendu : Très satisfait, Plutôt satisfait" in message
    assert "rien n’est perdu" in message


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(["1", "2", "3", ""]),
                "submitdate": st.sampled_from(["", "2020-11-17 10:00:00", "n’importe"]),
                "startdate": st.sampled_from(
                    ["2020-11-17 09:00:00", "2019-01-01 00:00:00", "x", ""]
                ),
                "G01Q01": st.sampled_from(["Évry", "EVRY", "Étampes", "Lyon", ""]),
                "G07Q01": TYPED,
                "G07Q02": TYPED,
            }
        ),
        max_size=8,
    )
)
@pytest.mark.lent
@settings(
    max_examples=example_count(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_rows_read_are_kept_set_aside_or_quarantined(tmp_path, setting, questionnaire, rows):
    outcome = receive(setting, limesurvey(tmp_path / "a.csv", questionnaire, rows))

    assert outcome.counts.read == len(rows)
    rejects = outcome.tables["rejets"].query("code != 'doublon_possible'")
    explained = rejects.query("action in ['aucune', 'ligne_quarantaine']")
    assert len(explained) == outcome.counts.set_aside + outcome.counts.quarantined
    assert outcome.tables["reponses"]["reponse_id"].is_unique


# Workbooks keyed at the counter


def workbook(path, questionnaire, rows, preamble=("Site : Évry",), drop=(), rename=None):
    """Write headings on one row, as « group — item », then one row per form."""
    headings = []
    for question in questionnaire.questions:
        if question.options:
            headings += [o.entetes[0] for o in question.options]
        elif question.entetes:
            headings.append(question.entetes[0])
    headings = [(rename or {}).get(h, h) for h in headings if h not in drop]
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Saisie")
    for line, text in enumerate(preamble):
        sheet.write(line, 0, text)
    first = len(preamble) + 1
    for column, text in enumerate(headings):
        sheet.write(first, column, text)
    for line, row in enumerate(rows, start=first + 1):
        for name, value in row.items():
            write = sheet.write_string if isinstance(value, str) else sheet.write
            write(line, headings.index(name), value)
    book.close()
    return path


FORM = {"N°": 1, "Date": "17/11/2020", "Satisfaction globale": "TS"}


def test_a_keyed_form_is_paper_unless_said(tmp_path, setting, questionnaire):
    outcome = receive(setting, workbook(tmp_path / "s.xlsx", questionnaire, [FORM]))

    answer = outcome.tables["reponses"].iloc[0]
    assert (answer["mode"], answer["site"], answer["source_feuille"]) == (
        "papier",
        "evry",
        "Saisie",
    )
    assert item(outcome, "global")["regle"] == "synonyme"


@pytest.mark.parametrize(
    ("row", "code"),
    [({"N°": "Total", "Date": 12}, "total"), ({"N°": 5}, "ligne_vide")],
)
def test_a_row_that_is_no_form_is_set_aside(tmp_path, setting, questionnaire, row, code):
    outcome = receive(setting, workbook(tmp_path / "s.xlsx", questionnaire, [FORM, row]))

    assert outcome.counts == Counts(2, 1, 1, 0)
    assert code in outcome.tables["rejets"]["code"].tolist()


@pytest.mark.lent
def test_the_site_is_asked_for_when_the_workbook_does_not_say(
    tmp_path, setting, reference, questionnaire
):
    path = workbook(tmp_path / "s.xlsx", questionnaire, [FORM], preamble=("Enquête",))

    with pytest.raises(UsageError, match="de quel site"):
        receive(setting, path)
    asked = Reception(reference, setting.campaign, "palaiseau")
    assert receive(asked, path).tables["reponses"]["site"].tolist() == ["palaiseau"]


def test_a_missing_heading_is_named(tmp_path, setting, questionnaire):
    path = workbook(tmp_path / "s.xlsx", questionnaire, [FORM], drop=("Accueil — Confort",))

    with pytest.raises(ColumnsError, match="Accueil — Confort"):
        receive(setting, path)


def test_a_workbook_of_something_else_is_refused_with_its_first_row(tmp_path, setting):
    book = xlsxwriter.Workbook(tmp_path / "autre.xlsx")
    book.add_worksheet("Feuil1").write_row(0, 0, ["Nom", "Montant"])
    book.close()

    with pytest.raises(UnreadableFileError, match="Nom, Montant"):
        receive(setting, tmp_path / "autre.xlsx")


def test_a_received_site_that_is_not_the_one_asked_for_is_quarantined(
    tmp_path, reference, questionnaire
):
    asked = Reception(reference, reference.campaign("2020-11"), "etampes")
    outcome = receive(
        asked, limesurvey(tmp_path / "a.csv", questionnaire, [{}, {"G01Q01": "Étampes"}])
    )

    assert outcome.counts == Counts(2, 1, 0, 1)


MESSY = st.one_of(
    st.sampled_from(
        ["TS", "Total", "", "Très satisfait", "17/11/2020", "x", "N/A", 5, 44152.5, -1]
    ),
    TYPED,
    st.datetimes(pd.Timestamp("2020-10-01"), pd.Timestamp("2021-01-31")),
    st.booleans(),
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["N°", "Date", "Satisfaction globale", "Aide — Proche", "Motif"]), MESSY
        ),
        max_size=8,
    )
)
@pytest.mark.lent
@settings(
    max_examples=example_count(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_rows_of_a_messy_workbook_are_conserved(tmp_path, setting, questionnaire, rows):
    """Rows with at least one cell are kept, set aside or quarantined; none vanishes or doubles."""
    outcome = receive(setting, workbook(tmp_path / "s.xlsx", questionnaire, rows))

    filled = sum(any(str(v).strip() for v in row.values()) for row in rows)
    assert outcome.counts.read == filled
    assert outcome.tables["reponses"]["reponse_id"].is_unique


# Mystery workbooks


def mystery(path, sheets):
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return path


CALLS = [
    "Site",
    "Évaluateur",
    "Date",
    "Abouti",
    "Sonneries",
    "Bien orienté",
    "Courtoisie",
    "Agent identifiable",
    "Exclu",
    "Commentaire",
]
MAILS = [
    "Site",
    "Envoyé le",
    "Répondu le",
    "Canal de la réponse",
    "Bien orienté",
    "Agent identifiable",
    "Clarté (/10)",
]


def test_a_call_not_answered_keeps_its_place_and_asks_nothing_more(tmp_path, setting):
    path = mystery(
        tmp_path / "m.xlsx", {"Appels": [CALLS, ["Évry", "E1", "16/11/2020", "Non", 10]]}
    )
    outcome = receive(setting, path)

    assert outcome.tables["contacts_mysteres"]["abouti"].tolist() == [False]
    assert set(outcome.tables["visites_mysteres"]["etat"]) == {"non_posee"}


@pytest.mark.lent
@pytest.mark.parametrize(
    ("row", "code", "counts"),
    [
        (["Lyon", "E1", "16/11/2020", "Oui", 2], "site_inconnu", Counts(1, 0, 0, 1)),
        (["Évry", "E1", "", "Oui", 2], "date_absente", Counts(1, 0, 0, 1)),
        (["Évry", "E1", "lundi", "Oui", 2], "date_illisible", Counts(1, 0, 0, 1)),
        (["Évry", "E1", "16/11/2020", "?", 2], "abouti_illisible", Counts(1, 1, 0, 0)),
        (["Évry", "E1", "16/11/2020", "Oui", "deux"], "nombre_illisible", Counts(1, 1, 0, 0)),
        (["Évry", "E1", "16/11/2020", "Oui", 2, "bof"], "hors_echelle", Counts(1, 1, 0, 0)),
        (["Évry", "E1", "16/11/2020", "Oui", 2, "", "", "", "Oui"], "exclu", Counts(1, 0, 1, 0)),
        (["Évry", "E1", "01/01/2020", "Oui", 2], "hors_periode", Counts(1, 0, 1, 0)),
        (["Total", "", "", "", 3], "total", Counts(1, 0, 1, 0)),
    ],
)
def test_what_becomes_of_a_call(tmp_path, setting, row, code, counts):
    outcome = receive(setting, mystery(tmp_path / "m.xlsx", {"Appels": [["Titre"], CALLS, row]}))

    assert outcome.counts == counts
    assert outcome.tables["rejets"]["code"].tolist() == [code]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Évry", "17/11/2020", "16/11/2020", "Courriel"], "reponse_avant_envoi"),
        (["Évry", "16/11/2020", "bientôt", "Courriel"], "date_illisible"),
        (["Évry", "16/11/2020", "17/11/2020", "Pigeon"], "canal_inconnu"),
        (["Évry", "16/11/2020", "17/11/2020", "Courriel", "", "", 11], "hors_echelle"),
    ],
)
def test_a_doubtful_cell_of_a_message_is_set_aside_alone(tmp_path, setting, row, code):
    outcome = receive(setting, mystery(tmp_path / "m.xlsx", {"Courriels": [MAILS, row]}))

    assert outcome.counts == Counts(1, 1, 0, 0)
    assert outcome.tables["rejets"]["code"].tolist() == [code]


@pytest.mark.parametrize(("mark", "kept"), [(0, 0.0), (10, 10.0), ("7/10", 7.0)])
def test_a_mark_goes_from_nought_to_its_highest(tmp_path, setting, mark, kept):
    row = ["Évry", "16/11/2020", "17/11/2020", "Courriel", "", "", mark]
    outcome = receive(setting, mystery(tmp_path / "m.xlsx", {"Courriels": [MAILS, row]}))

    assert outcome.tables["rejets"].empty
    assert kept in outcome.tables["visites_mysteres"]["note"].tolist()


def test_a_shopper_named_in_full_becomes_a_code(tmp_path, setting):
    rows = [
        ["Évry", name, "16/11/2020", "Oui", 2]
        for name in ("E1", "Zorglube Inventée", "ZORGLUBE INVENTÉE")
    ]
    outcome = receive(setting, mystery(tmp_path / "m.xlsx", {"Appels": [CALLS, *rows]}))

    codes_ = outcome.tables["contacts_mysteres"]["evaluateur"].tolist()
    assert codes_[0] == "E1"
    assert codes_[1] == codes_[2]
    assert "orglube" not in codes_[1].lower()


def test_a_mystery_sheet_without_its_columns_is_refused(tmp_path, setting):
    path = mystery(tmp_path / "m.xlsx", {"Appels": [["Site", "Date"], ["Évry", "16/11/2020"]]})

    with pytest.raises(ColumnsError, match="Abouti, Sonneries"):
        receive(setting, path)
