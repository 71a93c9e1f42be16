"""The register of complaints: what is read of our workbook and of exports, what is refused."""

import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest

from qpref import template
from qpref.errors import ColumnsError, ConflictError
from qpref.intake import Reception, receive
from qpref.layout.complaints import REGISTER, TEXTS
from qpref.reference import Complaints
from qpref.store import Store
from tests.conftest import NOW
from tests.intake.conftest import write_csv, write_xlsx
from tests.intake.test_canaries import NAMES as CANARIES
from tests.intake.test_canaries import leaks

CERTAIN = {"certitude": "exemple", "source": "essai"}
TICKETS = {
    "id": "tickets", "libelle": "outil de tickets", "site": "Lieu",
    "colonnes": {
        "recue": "Ouvert le", "repondue": "Clos le", "canal": "Origine", "nature": "Type",
        "sujet": "Thème", "service": "Bureau", "texte": "Message", "suite": "Réponse",
        "changement": "Mesure prise", "numero": "Ticket",
    },
}  # fmt: skip
FORM = {
    "id": "formulaire", "libelle": "formulaire", "site_unique": "evry",
    "canal_unique": "formulaire",
    "colonnes": {"recue": "Déposée le", "repondue": "Traitée le", "texte": "Votre message"},
}  # fmt: skip
DECLARED = {
    "canaux": [
        {"id": "courrier", "libelle": "Courrier", "synonymes": ["lettre"]},
        {"id": "fiche", "libelle": "Fiche à l’accueil"},
        {"id": "formulaire", "libelle": "Formulaire en ligne"},
    ],
    "services": ["Bureau des titres"],
    "delai": {"valeur": 15, "unite": "jours_ouvres", **CERTAIN},
    "exports": [TICKETS, FORM],
}
HEADS = [*TICKETS["colonnes"].values(), "Lieu", "Courriel"]
OWN = [column.heading for column in REGISTER.offered]


@pytest.fixture(scope="session")
def register(reference):
    known = replace(reference, complaints=Complaints.model_validate(DECLARED))
    return Reception(known, known.campaign("2020-11"))


def ticket(**told):
    """Return a line of the export, all that is not told being usual."""
    usual = {
        "recue": "02/03/2020", "repondue": "", "canal": "lettre", "nature": "Réclamation",
        "sujet": "", "service": "", "texte": "Trop d’attente.", "suite": "", "changement": "",
        "numero": "",
    }  # fmt: skip
    site = told.pop("site", "Évry")
    return [*(usual | told).values(), site, "serin.zorglub@exemple.invalid"]


def read(outcome):
    rows = outcome.tables["reclamations"]
    names = ["site", "recue_le", "canal", "nature", "sujet", "repondue_le"]
    return [
        tuple(None if pd.isna(v) else v.date() if isinstance(v, datetime) else v for v in row)
        for row in rows[names].itertuples(index=False, name=None)
    ]


def told(outcome):
    return [tuple(row) for row in outcome.tables["rejets"][["ligne", "code", "action"]].to_numpy()]


def counted(outcome):
    counts = outcome.counts
    return counts.read, counts.kept, counts.set_aside, counts.quarantined


def test_an_export_is_read_by_what_the_project_declares(tmp_path, register):
    lines = [["Export du 3 mai"], HEADS]
    lines += [
        ticket(repondue="16/03/2020", sujet="Attente sur place", numero="A1"),
        ticket(site="Étampes", canal="Fiche à l'accueil", nature="idée", numero="A2"),
    ]

    outcome = receive(register, write_csv(tmp_path / "tickets.csv", lines, ";"))
    assert not outcome.is_fictional

    assert outcome.nature == "reclamations"
    march, label = date(2020, 3, 2), register.reference.book.labels
    assert read(outcome) == [
        ("evry", march, "courrier", "reclamation", "attente", date(2020, 3, 16)),
        ("etampes", march, "fiche", "suggestion", None, None),
    ]
    assert label["attente"] == "Attente sur place"
    assert counted(outcome) == (2, 2, 0, 0)
    assert outcome.ignored_columns == ["Courriel"]
    assert outcome.rows_above == 1


def test_a_form_of_one_site_and_channel_says_neither(tmp_path, register):
    lines = [["Déposée le", "Votre message", "Traitée le"], ["2020-03-02", "Plus de chaises", ""]]

    outcome = receive(register, write_csv(tmp_path / "f.csv", lines))

    assert read(outcome) == [("evry", date(2020, 3, 2), "formulaire", "reclamation", None, None)]


def test_the_workbook_comes_back(tmp_path, register):
    """Written, filled, read: a line begun by its site alone is none."""
    reference, campaign = register.reference, register.campaign
    labels = [*reference.book.labels.values()]
    site = reference.site("evry")
    content = template.register_template(reference.complaints, labels, campaign, site)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Réclamations"]
    assert [cell.value for cell in sheet[5]] == OWN
    filled = {
        "Site": "Évry", "Reçue le": datetime(2020, 11, 2), "Canal": "Courrier",
        "Nature": "Suggestion", "Sujet": labels[0], "Texte de la réclamation": "Des chaises.",
        "Répondue le": datetime(2020, 11, 4), "Ce qui a changé": "Dix chaises de plus.",
    }  # fmt: skip
    for place, heading in enumerate(OWN, start=1):
        sheet.cell(6, place, filled.get(heading))
    sheet.cell(7, 1, "Évry")
    book.save(tmp_path / "registre.xlsx")

    outcome = receive(register, tmp_path / "registre.xlsx")

    first, subject = date(2020, 11, 2), next(iter(reference.book.labels))
    assert read(outcome) == [
        ("evry", first, "courrier", "suggestion", subject, date(2020, 11, 4)),
    ]  # fmt: skip
    assert counted(outcome) == (1, 1, 0, 0)
    kept = outcome.tables["verbatims"].set_index("question")["texte_masque"].to_dict()
    assert kept == {TEXTS["texte"]: "Des chaises.", TEXTS["changement"]: "Dix chaises de plus."}
    sheet.cell(3, 1, "Modèle qpref : reclamations, version 0")
    book.save(tmp_path / "ancien.xlsx")
    with pytest.raises(ColumnsError, match="autre version"):
        receive(register, tmp_path / "ancien.xlsx")


@pytest.mark.parametrize(
    ("given", "code", "action"),
    [
        ({"site": "Lyon"}, "site_inconnu", "ligne_quarantaine"),
        ({"site": "Total"}, "site_inconnu", "ligne_ecartee"),
        ({"recue": ""}, "date_absente", "ligne_quarantaine"),
        ({"recue": "hier"}, "date_illisible", "ligne_quarantaine"),
        ({"recue": "02/03/2202"}, "date_lointaine", "ligne_quarantaine"),
        ({"repondue": "en cours"}, "date_illisible", "ligne_quarantaine"),
        ({"repondue": "01/03/2020"}, "reponse_avant", "ligne_quarantaine"),
        ({"nature": "mystère"}, "nature_inconnue", "ligne_quarantaine"),
        ({"canal": "pigeon"}, "canal_inconnu", "cellule"),
        ({"sujet": "licornes"}, "sujet_inconnu", "cellule"),
    ],
)
def test_what_is_not_understood_has_its_place_and_its_reason(
    tmp_path, register, given, code, action
):
    outcome = receive(register, write_csv(tmp_path / "t.csv", [HEADS, ticket(**given)], ";"))

    assert told(outcome) == [(2, code, action)]
    assert "t.csv › ligne 2 › colonne « " in outcome.tables["rejets"]["message"].iloc[0]
    kept = int(action == "cellule")
    assert (outcome.counts.kept, len(outcome.tables["reclamations"])) == (kept, kept)
    if not kept:
        assert outcome.tables["verbatims"].empty


def test_the_same_complaint_is_kept_once(tmp_path, register):
    """Two slips of one day, without a word, are two; a number or a text said twice is one."""
    lines = [HEADS, ticket(), ticket(), ticket(texte=""), ticket(texte="")]
    lines += [ticket(numero="7"), ticket(numero="7"), ticket(numero="7", texte="Autre")]

    outcome = receive(register, write_csv(tmp_path / "t.csv", lines, ";"))

    assert told(outcome) == [
        (3, "doublon", "ligne_ecartee"), (7, "doublon", "ligne_ecartee"),
        (8, "contradictoire", "ligne_quarantaine"),
    ]  # fmt: skip
    assert counted(outcome) == (7, 4, 2, 1)


def test_a_register_that_grows_replaces_the_one_before(project, tmp_path, register):
    store = Store(project)
    first, second = ticket(texte="Un."), ticket(texte="Deux.", repondue="09/03/2020")
    states = []
    for lines in ([first], [first], [ticket(texte="Un.", repondue="05/03/2020"), second]):
        path = write_csv(tmp_path / "tickets.csv", [HEADS, *lines], ";")
        states.append(store.add(register, receive(register, path), NOW)[1])

    assert [one.etat for one in states] == ["nouveau", "inchange", "remplace"]
    assert (states[2].ajoutees, states[2].modifiees) == (1, 1)
    assert store.read("reclamations", "2020-11", "evry")["repondue_le"].notna().sum() == 2
    other = write_csv(tmp_path / "autre.csv", [HEADS, second], ";")
    with pytest.raises(ConflictError, match="déjà importée"):
        store.add(register, receive(register, other), NOW)


def test_no_name_goes_further_than_the_file(tmp_path, register):
    """In each column that is no free text a bare name; in each free text, one with its sign."""
    person = f"Mme {CANARIES[0]}, 06 39 98 12 34, zorglub@exemple.invalid"
    names = [name for name in TICKETS["colonnes"] if name not in TEXTS]
    lines = [HEADS, *(ticket(**{name: CANARIES[0]}) for name in names)]
    lines += [ticket(site=CANARIES[1]), ticket(**dict.fromkeys(TEXTS, person), numero=CANARIES[2])]
    sheet = [OWN, *([CANARIES[0] if place == at else cell for place, cell in enumerate(
        ["Évry", "", "02/03/2020", "Courrier", "Réclamation", "", "", person, "", person, person]
    )] for at in (0, 1, 2, 3, 4, 5, 6, 8))]  # fmt: skip

    for path in (
        write_csv(tmp_path / "t.csv", lines, ";"),
        write_xlsx(tmp_path / "registre.xlsx", {"Réclamations": sheet}),
    ):
        outcome = receive(register, path)
        assert len(outcome.tables["reclamations"])
        assert len(outcome.tables["verbatims"])
        assert not leaks("\n".join(table.to_csv() for table in outcome.tables.values()))
