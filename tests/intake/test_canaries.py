"""No personal value is ever printed or stored: canaries of each kind, in a file of every format.

The values are invented, and easy to look for. They stand in the columns that ask for them, in a
remark, in a closed question where somebody wrote one by mistake, in a row set aside, and in a first
line that should have held headings.
"""

import pandas as pd
import pytest

from qpref.intake import Reception, receive
from qpref.intake.files import read_file
from qpref.intake.formats import NAMES as FORMATS
from qpref.intake.formats import SOURCES
from qpref.layout.mystery import mystery_layout
from tests.conftest import few_by_day
from tests.intake.conftest import answers, write_csv, write_xlsx
from tests.intake.echantillons import FOLDER, follow, run

CANARIES = {
    "Adresse électronique": "serin.zorglub@exemple.invalid",
    "Nom et prénom": "Serin Zorglub",
    "Téléphone": "06 39 98 12 34",
    "Portable": "+33639981234",
    "Adresse postale": "12 rue du Serin Jaune, 91000 Évry",
    "Adresse IP": "192.0.2.77",
    "Numéro étranger": "9912345678",
}
MARKS = ("zorglub", "06 39 98", "0639981", "33639981", "serin", "192.0.2.", "9912345678")
REMARK = "Merci à Mme Zorglub, joignable au 06 39 98 55 66 ou à zorglub@exemple.invalid"
ASKED = "Êtes-vous satisfait de l’accueil ?"
ANSWERS = ["Satisfait", "Insatisfait", "Satisfait", "écrire à zorglub@exemple.invalid", "Satisfait"]
NAMES = ["Serin Zorglub", "ZORGLUB", "zorglub serin"]  # and nothing that says it is a name
DAYS = [f"2020-11-{day} 09:00:00" for day in range(16, 21)]
COUNT = len(DAYS)


def questions():
    """Return the columns that all the files share: heading, then cells."""
    columns = {ASKED: ANSWERS, "Remarques": [REMARK, "", REMARK, "RAS", "RAS"]}
    return columns | {heading: [value] * COUNT for heading, value in CANARIES.items()}


def lines(own, last=None):
    """Return a heading row and the answers, between the columns of the source."""
    columns = own | questions() | (last or {})
    return [list(columns), *map(list, zip(*columns.values(), strict=True))]


def numbers(prefix=""):
    return [f"{prefix}{rank}" for rank in range(1, COUNT + 1)]


def vv(folder):
    heads, *rows = lines({"id": numbers(), "submitdate": DAYS, "token": ["serin77"] * COUNT})
    codes = ["id", "submitdate", "token", *(f"G1Q{place}" for place in range(len(heads) - 3))]
    return write_csv(folder / "a.vv", [heads, codes, *rows], "\t")


def spss(folder):
    pyreadstat = pytest.importorskip("pyreadstat")
    heads, *rows = lines({"Date": [day[:10] for day in DAYS]})
    names = ["startdate", *(f"v{place}" for place in range(1, len(heads)))]
    pyreadstat.write_sav(pd.DataFrame(rows, columns=names), folder / "a.sav", column_labels=heads)
    return folder / "a.sav"


def qualtrics(folder):
    own = {"StartDate": DAYS, "ResponseId": numbers("R_"), "RecipientEmail": ["serin"] * COUNT}
    heads, *rows = lines(own)
    codes = [*own, *(f"Q{place}" for place in range(len(heads) - len(own)))]
    imports = [f'{{"ImportId":"{code}"}}' for code in codes]
    return write_csv(folder / "a.csv", [codes, heads, imports, *rows])


def surveymonkey(folder):
    own = {"Respondent ID": numbers("99"), "Collector ID": ["1"] * COUNT,
           "Date Created": ["11/17/2020 09:00:00 AM"] * COUNT, "IP Address": ["192.0.2.77"] * COUNT,
           "First Name": ["Serin"] * COUNT}  # fmt: skip
    heads, *rows = lines(own)
    second = [""] * len(own) + ["Response"] * (len(heads) - len(own))
    return write_csv(folder / "a.csv", [heads, second, *rows])


def framaforms(folder):
    own = {"Numéro de série": numbers(), "SID": numbers("10"), "Heure": DAYS,
           "Brouillon": ["Non"] * COUNT, "Nom d'utilisateur": ["serin"] * COUNT}  # fmt: skip
    return write_csv(folder / "a.csv", [["Détails"], [""], *lines(own)])


def redcap(folder):
    own = {"record_id": numbers(), "redcap_survey_identifier": ["serin"] * COUNT,
           "accueil_timestamp": DAYS}  # fmt: skip
    return write_csv(folder / "a.csv", lines(own, {"accueil_complete": ["2"] * COUNT}))


def csv_of(own):
    return lambda folder: write_csv(folder / "a.csv", lines(own))


def xlsx_of(own, name="Sheet1"):
    return lambda folder: write_xlsx(folder / "a.xlsx", {name: lines(own)})


WRITERS = {
    "limesurvey": csv_of({"id": numbers(), "submitdate": DAYS, "startdate": DAYS,
                          "ipaddr": ["192.0.2.77"] * COUNT, "token": ["serin77"] * COUNT}),
    "limesurvey_vv": vv,
    "spss": spss,
    "jdma": csv_of({"Identifiant avis": numbers(), "Date de l’avis": DAYS}),
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "typeform": csv_of({"#": numbers("t"), "Start Date (UTC)": DAYS, "Submit Date (UTC)": DAYS,
                        "Network ID": ["serin77"] * COUNT}),
    "kobo": csv_of({"start": DAYS, "_id": numbers(), "_uuid": numbers("u"),
                    "_submitted_by": ["serin"] * COUNT}),
    "odk": csv_of({"SubmissionDate": DAYS, "KEY": numbers("uuid:"), "SubmitterID": numbers(),
                   "SubmitterName": ["Serin Zorglub"] * COUNT}),
    "redcap": redcap,
    "tally": csv_of({"Submission ID": numbers("s"), "Respondent ID": ["serin"] * COUNT,
                     "Submitted at": DAYS}),
    "google_forms": csv_of({"Horodateur": DAYS, "Adresse e-mail": ["serin"] * COUNT}),
    "microsoft_forms": xlsx_of({"ID": numbers(), "Heure de début": DAYS, "Heure de fin": DAYS,
                                "Adresse de messagerie": ["serin"] * COUNT,
                                "Nom": ["Serin Zorglub"] * COUNT}),
    "framaforms": framaforms,
    "sphinx": xlsx_of({"CLE": numbers(), "DATE_SAISIE": DAYS, "PROGRESSION": ["Terminé"] * COUNT,
                       "IP_SAISIE": ["192.0.2.77"] * COUNT}, "Données"),
    "guichet": xlsx_of({"N°": numbers(), "Date": DAYS}, "Saisie"),
}  # fmt: skip


def redcap_labels(folder):
    own = {"Record ID": numbers(), "Survey Identifier": ["serin"] * COUNT,
           "Survey Timestamp": DAYS}  # fmt: skip
    return write_csv(folder / "a.csv", lines(own, {"Complete?": ["Complete"] * COUNT}))


# What a tool writes in another way than the first: each has its canary too.
DIALECTS = {
    "redcap, libellés": redcap_labels,
    "limesurvey, textes": csv_of({"ID de la réponse": numbers(), "Date de soumission": DAYS,
                                  "Adresse IP": ["192.0.2.77"] * COUNT,
                                  "Jeton": ["serin77"] * COUNT}),
    "jdma, classeur": xlsx_of({"Identifiant avis": numbers(), "Date de l’avis": DAYS}, "2020"),
    "kobo, serveur": csv_of({"_id": numbers(), "uuid": ["a"] * COUNT, "start": DAYS,
                             "DeviceID": ["serin"] * COUNT, "_uuid": numbers("u"),
                             "_submitted_by": ["serin"] * COUNT}),
    "tally, français": csv_of({"Identifiant de soumission": numbers("s"), "Soumis le": DAYS,
                               "Identifiant du répondant": ["serin"] * COUNT}),
    "microsoft, anglais": xlsx_of({"ID": numbers(), "Start time": DAYS, "Completion time": DAYS,
                                   "Email": ["serin"] * COUNT, "Name": ["Serin Zorglub"] * COUNT}),
}  # fmt: skip
ALL = WRITERS | DIALECTS


def row_of(path):
    return {"fichier": str(path), "debut": "2000-01-01", "fin": "2030-12-31", "options": ""}


def everything_under(folder):
    """Return all that a project keeps, as text."""
    found = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            found.append(pd.read_parquet(path).to_csv())
        elif path.is_file():
            found.append(path.read_bytes().decode("utf-8", errors="replace"))
    return "\n".join(found)


def leaks(text):
    folded = text.casefold()
    return [mark for mark in MARKS if mark in folded]


def printed_of(path, project):
    """Return all that the commands say of a file, and what the project then holds."""
    said = [run("inspecter", path)[1], run("inspecter", "--json", path)[1]]
    found = follow(row_of(path), project)
    again = ["--racine", project, "importer", path, "--campagne", "essai", "--site", "evry"]
    said += [found.said, run(*again, "--json")[1]]
    said.append(run("--racine", project, "quarantaine", "lister", "--campagne", "essai")[1])
    (path.parent / "brouillon.yml").unlink(missing_ok=True)
    return said, everything_under(project), found


def test_every_format_has_its_canaries():
    assert set(WRITERS) == set(FORMATS)


def test_every_reader_reads_one_of_the_canaries(tmp_path):
    """A reader that is added to a known kind, a dialect of it, needs its canary too."""
    readers = {reader: source for source in SOURCES for reader in source.READERS}
    for kind, write in ALL.items():
        folder = tmp_path / kind
        folder.mkdir()
        file = read_file(write(folder))
        for reader in [*readers]:
            if any(reader(file, sheet) for sheet in file.sheets if sheet.rows):
                del readers[reader]

    assert not readers


@pytest.mark.parametrize("kind", few_by_day(ALL, 4))
def test_no_personal_value_is_printed_or_stored(tmp_path, kind):
    path = ALL[kind](tmp_path)
    project = tmp_path / "projet"
    project.mkdir()

    said, kept, found = printed_of(path, project)

    assert found.counts["lues"] == COUNT, found.said
    for text in said:
        assert not leaks(text), text
    assert not leaks(kept)
    for heading in CANARIES:
        assert heading in found.said or heading in said[1], heading


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_file_without_headings_does_not_show_its_first_person(tmp_path, suffix):
    rows = lines({"N°": numbers(), "Date": DAYS})[1:]
    path = tmp_path / f"a.{suffix}"
    write_csv(path, rows) if suffix == "csv" else write_xlsx(path, {"Feuille": rows})
    project = tmp_path / "projet"
    project.mkdir()

    said, kept, _ = printed_of(path, project)

    assert not leaks("\n".join(said)), said
    assert not leaks(kept)


def test_a_row_set_aside_shows_nothing_of_the_person(tmp_path):
    """One cell too many moves the others: the row goes to quarantine, by its line alone."""
    heads, *rows = lines({"Horodateur": DAYS})
    rows[1] = [rows[1][0], *CANARIES.values(), *rows[1][1:]]
    project = tmp_path / "projet"
    project.mkdir()

    said, kept, found = printed_of(write_csv(tmp_path / "a.csv", [heads, *rows]), project)

    assert found.counts["quarantaine"] == 1
    assert not leaks("\n".join(said)), said
    assert not leaks(kept)


@pytest.mark.lent
def test_the_samples_print_no_canary_either():
    names = [path for path in sorted(FOLDER.iterdir()) if path.suffix in {".csv", ".xlsx"}]
    for path in names:
        assert not leaks(run("inspecter", path)[1]), path.name


def test_a_plain_name_where_a_level_is_expected_is_neither_kept_nor_said(
    tmp_path, reference, headings, questionnaire
):
    """Three people wrote a name in a closed question: unreadable answers, told by their line."""
    level = questionnaire.scale(questionnaire.main).modalites[0].libelle
    own = answers(headings, level)
    main = questionnaire.main
    rows = [
        [f"16/11/2020 9:0{rank}", *(own | {main: name}).values()]
        for rank, name in enumerate([*NAMES, level])
    ]
    path = write_csv(tmp_path / "a.csv", [["Horodateur", *headings.values()], *rows])

    outcome = receive(Reception(reference, reference.campaign("2020-11"), "evry"), path)

    kept = "\n".join(table.to_csv() for table in outcome.tables.values())
    assert not leaks(kept), kept
    items = outcome.tables["items"]
    assert (items.loc[items["question"] == main, "etat"] == "invalide").sum() == len(NAMES)
    assert (outcome.tables["rejets"]["code"] == "hors_echelle").sum() == len(NAMES)


def test_a_name_in_a_count_or_a_contact_is_neither_kept_nor_said(tmp_path, reference):
    """Where a site, a counter or a number is expected, in the readers that are not of answers."""
    grid = reference.grid
    asked = mystery_layout(grid, grid.canaux[0]).required
    sheet = [[column.heading for column in asked], [NAMES[0]] * len(asked)]
    sheet.append(["Évry" if c.key == "site" else NAMES[1] for c in asked])
    moments = {"site": "Évry", "envoye_le": "17/11/2020"}
    sheet.append([moments.get(c.key, NAMES[2]) for c in asked])
    visits = [["Site", "Date", "Demi-journée", "Guichet", "Passages"], [NAMES[0]] * 5]
    visits.append(["Évry", "17/11/2020", "Matin", *NAMES[:2]])
    paths = [
        write_xlsx(tmp_path / "contacts.xlsx", {grid.canaux[0].sheet: sheet}),
        write_csv(tmp_path / "passages.csv", visits),
    ]

    for path in paths:
        outcome = receive(Reception(reference, reference.campaign("2020-11")), path)

        assert len(outcome.tables["rejets"])
        assert not leaks("\n".join(table.to_csv() for table in outcome.tables.values()))
