"""Mystery surveys of any shape: every channel, criterion and row is shown or accounted for."""

import contextlib
import html
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.errors import ColumnsError, ReferenceFileError
from qpref.example.mystery import mystery_workbook
from qpref.intake import Reception, receive
from qpref.intake.proposal import draft_dictionary
from qpref.reference import MysteryGrid, load_reference
from qpref.reference.example import Shopping
from qpref.reference.loading import Content, parse
from qpref.reference.upgrades import upgraded_grid
from qpref.store import Store
from qpref.template import mystery_template
from qpref.wording.french import typeset
from qpref.workbook import ouvrir_enquete_mystere
from tests.conftest import NOW, copy_project, example_count
from tests.sections import plain, shown

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "20_enquete_mystere.ipynb"
CAMPAIGN = "2020-11"  # its contacts are made from October to December 2020
SOURCE = {"certitude": "suppose", "source": "grille d’essai, à confirmer"}


def own_project(folder, grid):
    """A project with a grid of its own, a dict or a text; nothing else speaks of contacts."""
    project = copy_project(folder)
    text = grid if isinstance(grid, str) else yaml.safe_dump(grid, allow_unicode=True)
    (project.reference / "mystere.yml").write_text(text, encoding="utf-8")
    (project.reference / "actions.yml").unlink()
    return project, load_reference(project.reference)


def workbook(path, sheets):
    """Write a workbook: rows of cells by name of sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        tab = book.create_sheet(name)
        for row in rows:
            tab.append(list(row))
    book.save(path)
    return path


def received(reference, path, site=None):
    return receive(Reception(reference, reference.campaign(CAMPAIGN), site), path)


def report(project, outcome, site="evry"):
    """Return the sections of the report of a site, by their keys, after one import."""
    Store(project).add(
        Reception(load_reference(project.reference), _campaign(project)), outcome, NOW
    )
    with contextlib.chdir(project.root):
        return shown(NOTEBOOK, {"site": site, "campagne": CAMPAIGN})


def _campaign(project):
    return load_reference(project.reference).campaign(CAMPAIGN)


def text_of(sections):
    found = " ".join(section.html for section in sections)
    return plain(html.unescape(re.sub(r"<[^>]+>", " ", found)))


def assert_all_shown(sections, grid):
    """Each channel, and each criterion on each of its channels: in the figures and on the page."""
    figures = pd.concat([section.figures for section in sections.values()])
    lines = set(zip(figures["indicateur"], figures["groupe"], strict=True))
    page = text_of(sections.values())
    for channel in grid.canaux:
        assert plain(typeset(channel.libelle)) in plain(text_of([sections[f"canal-{channel.id}"]]))
        assert ("realises", channel.id) in lines
    for criterion in grid.criteres:
        assert plain(typeset(criterion.libelle)) in page
        assert {(criterion.id, channel) for channel in criterion.canaux} <= lines


def test_the_example_shows_its_grid(filled, reference):
    with contextlib.chdir(filled.root):
        sections = shown(NOTEBOOK, {"site": "evry", "campagne": CAMPAIGN})

    assert_all_shown(sections, reference.grid)


# A grid as unlike the example's as can be: two channels, marks out of 20, yes or no only.

UNLIKE = {
    "delais": {"jour_envoi": 0, **SOURCE},
    "canaux": [
        {"id": "guichet_virtuel", "forme": "observation", "libelle": "Guichet virtuel",
         "un": "visite du guichet virtuel", "feuilles": ["Guichet virtuel"]},
        {"id": "messagerie", "forme": "ecrit", "libelle": "Messagerie", "un": "message",
         "feuilles": ["Messagerie"]},
    ],
    "reponses": [
        {"code": "atteint", "libelle": "Atteint", "favorable": "oui"},
        {"code": "manque", "libelle": "Manqué", "favorable": "non"},
    ],
    "colonnes": {"site": ["Lieu"], "envoye_le": ["Jour"], "repondu_le": ["Retour le"],
                 "canal_reponse": []},
    "criteres": [
        {"id": "accueil", "type": "jugement", "canaux": ["guichet_virtuel"],
         "libelle": "Accueil personnalisé", "entetes": ["Accueil"], **SOURCE},
        {"id": "ton", "type": "jugement", "canaux": ["messagerie"], "libelle": "Ton adapté",
         "entetes": ["Ton"], **SOURCE},
        {"id": "clarte", "type": "note", "sur": 20, "canaux": ["guichet_virtuel", "messagerie"],
         "libelle": "Clarté du propos", "entetes": ["Clarté"], **SOURCE},
        {"id": "rapidite", "type": "delai", "canaux": ["messagerie"],
         "libelle": "Réponse en deux jours ouvrés",
         "seuil": {"comparaison": "<=", "valeur": 2, "unite": "jours_ouvres"}, **SOURCE},
    ],
}  # fmt: skip
VIRTUAL = [
    ("Lieu", "Jour", "Accueil", "Clarté"),
    ("Évry", datetime(2020, 11, 3), "Atteint", 12),
    ("Évry", datetime(2020, 11, 4), "Atteint", "15/20"),
    ("Évry", datetime(2020, 11, 5), "Manqué", 18),
    ("Évry", datetime(2020, 11, 6), "Atteint", 15),
]
MESSAGES = [
    ("Lieu", "Jour", "Retour le", "Ton", "Clarté"),
    ("Évry", datetime(2020, 11, 3), datetime(2020, 11, 4), "Atteint", 14),
    ("Évry", datetime(2020, 11, 9), datetime(2020, 11, 13), "Manqué", 9),
    ("Évry", datetime(2020, 11, 10), None, None, None),
]


@pytest.fixture
def unlike(tmp_path):
    return own_project(tmp_path / "projet", UNLIKE)


def test_another_grid_is_shown_with_its_own_numbers(unlike, tmp_path):
    """
    Worked out by hand.

    Virtual counter: 3 of 4; marks 12, 15, 18, 15, mean 15. Messages: replies after 1 and 3 working
    days (the 11th of November is a holiday), none for the third: 1 of 3 in two days; tone 1 of 2;
    marks 14 and 9, mean 11.5. Whole mark: (7.5 + 5 + 10 × 83 / 120 + 10 / 3) / 4 = 5.69.
    """
    project, reference = unlike
    path = workbook(tmp_path / "m.xlsx", {"Guichet virtuel": VIRTUAL, "Messagerie": MESSAGES})
    outcome = received(reference, path)
    sections = report(project, outcome)
    figures = pd.concat([section.figures for section in sections.values()])
    found = figures.set_index(["indicateur", "groupe"])[["n", "effectif", "valeur", "unite"]]

    assert outcome.tables["rejets"].empty
    assert_all_shown(sections, reference.grid)
    assert found.loc[("accueil", "guichet_virtuel"), ["n", "effectif"]].tolist() == [4, 3]
    assert found.loc[("ton", "messagerie"), ["n", "effectif"]].tolist() == [2, 1]
    assert found.loc[("rapidite", "messagerie"), ["n", "effectif"]].tolist() == [3, 1]
    virtual = found.loc[("clarte", "guichet_virtuel")]
    assert virtual[["n", "valeur", "unite"]].tolist() == [4, 15, "note sur 20"]
    assert found.loc[("clarte", "messagerie"), "valeur"] == 11.5
    page = text_of(sections.values())
    assert sections["canaux"].title.replace("\u00a0", " ") == "7 contacts retenus sur deux canaux"
    assert sections["notes"].title.replace("\u00a0", " ") == "Notes moyennes de 11,5 à 15,0 sur 20"
    assert "Note d’ensemble indicative : 5,7 sur 10" in page
    assert "la note, ramenée à 10, quand le critère est noté sur 20" in page
    assert "Notes sur 10" not in page
    assert "en partie" not in text_of([sections["canal-guichet_virtuel"]])


def test_another_grid_has_its_keying_workbook_and_its_invented_contacts(unlike, tmp_path):
    _, reference = unlike
    campaign, grid = reference.campaign(CAMPAIGN), reference.grid
    blank = tmp_path / "blanc.xlsx"
    blank.write_bytes(mystery_template(grid, campaign, reference.sites.sites))
    drawn = tmp_path / "exemple.xlsx"
    drawn.write_bytes(mystery_workbook(grid, campaign, ["Évry"]))

    assert openpyxl.load_workbook(blank).sheetnames == ["Guichet virtuel", "Messagerie", "Listes"]
    assert received(reference, blank).is_unfilled
    outcome = received(reference, drawn)
    assert outcome.counts.kept == 2 * Shopping().par_site
    assert outcome.tables["visites_mysteres"]["note"].max() > 10
    codes = set(outcome.tables["rejets"]["code"])
    assert codes <= {"total"}


def test_marks_of_several_maxima_are_kept_apart(tmp_path):
    """Means 15 out of 20 and 4 out of 5: each in its table, never in one mean."""
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    more = {"id": "aisance", "libelle": "Aisance", "sur": 5, "entetes": ["Aisance"]}
    grid["criteres"].append(
        {**grid["criteres"][2], **more, "canaux": ["guichet_virtuel"], "type": "note"}
    )
    project, reference = own_project(tmp_path / "projet", grid)
    rows = [(*row, own) for row, own in zip(VIRTUAL, ["Aisance", 3, 5, 4, 4], strict=True)]
    outcome = received(reference, workbook(tmp_path / "m.xlsx", {"Guichet virtuel": rows}))
    notes = report(project, outcome)["notes"]

    assert notes.title.replace("\u00a0", " ") == "Notes moyennes de 15,0 sur 20, de 4,0 sur 5"
    assert [table.caption.split(" données")[0] for table in notes.tables] == [
        "Notes sur 20",
        "Notes sur 5",
    ]
    assert "Les notes sur 20 et sur 5 ne sont pas mêlées" in text_of([notes])


def test_a_measure_without_threshold_is_described_and_not_judged(tmp_path):
    """Replies after 1 and 3 working days: mean 2, from 1 to 3; neither met nor missed."""
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    del grid["criteres"][3]["seuil"]
    project, reference = own_project(tmp_path / "projet", grid)
    outcome = received(reference, workbook(tmp_path / "m.xlsx", {"Messagerie": MESSAGES}))
    sections = report(project, outcome)
    text = text_of([sections["canal-messagerie"]])

    assert_all_shown(sections, reference.grid)
    assert "2,0 jours ouvrés" in text
    assert "2 contacts mesurés, de 1 à 3 (seuil à confirmer : décrit, non jugé)" in text
    with contextlib.chdir(project.root):
        rules = ouvrir_enquete_mystere("evry", CAMPAIGN).regles()
    assert "Aucun seuil n’est connu" in text_of([rules])
    assert sections["canal-guichet_virtuel"].title == "Guichet virtuel : aucun contact retenu"
    assert "contacts retenus sur un canal" in text_of([sections["canaux"]])


# One sheet for all channels.


def shared_grid():
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    for channel in grid["canaux"]:
        channel["feuilles"] = []
    grid["feuilles_communes"] = ["InventedContacts"]
    grid["colonnes"] |= {"canal": ["Par"], "numero": ["N°"]}
    return grid


def test_each_row_of_a_shared_sheet_says_its_channel(tmp_path):
    """An unknown channel is quarantined, a judgement of another channel set aside, both named."""
    project, reference = own_project(tmp_path / "projet", shared_grid())
    day = datetime(2020, 11, 3)
    rows = [
        ("N°", "Par", "Lieu", "Jour", "Retour le", "Accueil", "Ton", "Clarté"),
        (1, "Guichet virtuel", "Évry", day, None, "Atteint", None, 12),
        (2, "message", "Évry", day, day + timedelta(1), None, "Atteint", 21),
        (3, "fax", "Évry", day, None, None, None, None),
        (4, "Messagerie", "Évry", day, None, "Atteint", None, None),
    ]
    outcome = received(reference, workbook(tmp_path / "m.xlsx", {"InventedContacts": rows}))
    rejects = outcome.tables["rejets"].set_index("ligne")

    assert outcome.tables["contacts_mysteres"]["canal"].tolist() == [
        "guichet_virtuel",
        "messagerie",
        "messagerie",
    ]
    assert rejects["code"].to_dict() == {3: "hors_echelle", 4: "canal_inconnu", 5: "hors_canal"}
    assert "« 21 » n’est pas une note de 0 à 20" in rejects.loc[3, "message"]
    assert "« fax » n’est pas un canal prévu" in rejects.loc[4, "message"]
    assert "ne se juge pas sur ce canal (Messagerie)" in rejects.loc[5, "message"]
    assert_all_shown(report(project, outcome), reference.grid)


def test_the_site_may_be_said_by_the_command(tmp_path):
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    del grid["colonnes"]["site"]
    _, reference = own_project(tmp_path / "projet", grid)
    rows = [row[1:] for row in VIRTUAL]
    path = workbook(tmp_path / "m.xlsx", {"Guichet virtuel": rows})

    assert received(reference, path, "etampes").counts.kept == 4
    assert received(reference, path).counts.quarantined == 4


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (("Lieu", "Jour", "Accueil", "Accueil"), "« Accueil » (colonne C) et « Accueil » (col"),
        (("Lieu", "Jour", "Accueil"), "colonnes absentes : Clarté"),
    ],
)
def test_a_heading_of_two_columns_or_of_none_is_refused(unlike, tmp_path, headings, said):
    row = ("Évry", datetime(2020, 11, 3), "Atteint", 12)[: len(headings)]
    path = workbook(tmp_path / "m.xlsx", {"Guichet virtuel": [headings, row]})

    with pytest.raises(ColumnsError, match=re.escape(said)):
        received(unlike[1], path)


def test_a_heading_that_means_two_things_is_refused(tmp_path):
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    grid["criteres"][0]["entetes"] = ["Clarté"]
    _, reference = own_project(tmp_path / "projet", grid)
    path = workbook(tmp_path / "m.xlsx", {"Guichet virtuel": VIRTUAL})

    with pytest.raises(
        ColumnsError, match=r"« Clarté » .* à la fois celui de accueil et de clarte"
    ):
        received(reference, path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda g: g["criteres"][2].pop("sur"), "une note dit sur combien"),
        (lambda g: g["criteres"][2].update(sur=0), "la valeur est trop petite"),
        (lambda g: g["criteres"][0].update(sur=20), "« sur » ne va qu’avec une note"),
        (lambda g: g["criteres"][0].update(entetes=[]), "aucun intitulé"),
        (lambda g: g["criteres"][0].update(canaux=[]), "aucun canal"),
        (lambda g: g["criteres"][0].update(id="site"), "« site » est le nom d’une colonne"),
        (lambda g: g["criteres"][3].update(canaux=["guichet_virtuel"]), "de forme observation"),
        (lambda g: g["criteres"][3]["seuil"].update(unite="sonneries"), "pas de seuil en sonner"),
        (lambda g: g["canaux"][0].pop("forme"), "clé « forme » absente"),
        (
            lambda g: g["canaux"][0].update(feuilles=["Messagerie"]),
            "déjà celle de : guichet_virtuel",
        ),
        (lambda g: g["colonnes"].update(repondu_le=[]), "« repondu_le » n’a pas d’intitulé"),
        (lambda g: g["colonnes"].update(retour=["x"]), "« retour » est inconnu"),
        (lambda g: g["reponses"].pop(), "au moins une réponse favorable"),
        (lambda g: g.update(canaux=[]), "canaux"),
    ],
)
def test_a_mistake_of_a_grid_is_told_in_french(tmp_path, change, said):
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    change(grid)

    with pytest.raises(ReferenceFileError, match=said):
        own_project(tmp_path / "projet", grid)


# Grids of before.


def test_an_old_grid_is_read_as_it_was(reference, root):
    """Forms and maxima unsaid, a usual channel left out: the same grid, workbooks still good."""
    content = yaml.safe_load((root / "data/reference/mystere.yml").read_text(encoding="utf-8"))
    old = yaml.safe_load(yaml.safe_dump(content))
    for channel in old["canaux"]:
        channel.pop("forme", None)
    for answer in old["reponses"]:
        answer.update({"favorable": "non"} if answer["code"] == "partiel" else {})
    for criterion in old["criteres"]:
        names = {"jugement": "oui_non", "note": f"note{criterion.pop('sur', 10)}"}
        criterion["type"] = names.get(criterion["type"], criterion["type"])
    kind = type(reference.grid)

    found = kind.model_validate(upgraded_grid(old))

    assert found == reference.grid
    assert found.mark == reference.grid.mark == "grille mystère, version 57a66d38"
    assert upgraded_grid(upgraded_grid(old)) == upgraded_grid(old)
    old["canaux"] = old["canaux"][:2]
    less = kind.model_validate(upgraded_grid(old))
    assert {name for own in less.criteres for name in own.canaux} == {"appel", "courriel"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["appel", "note10", "partiel"]),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "type", "canaux", "criteres", "protocole", "volumes", "reponses", "code"]
                ),
                part,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_an_upgrade_bears_anything(content):
    once = upgraded_grid(content)

    assert upgraded_grid(once) == once


VALUES = st.sampled_from(
    [None, "", " ", "oui", "x" * 40, "a/b:c?", "'", "Listes", "site", 0, 1, -1, 20, 1.5, True, [],
     {}, ["Clarté"], [""], "messagerie", "telephone", "note", "delai", date(2020, 1, 1)]
)  # fmt: skip


def places(content, path=()):
    """Return the paths of all values of a grid."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


@pytest.mark.lent
@settings(max_examples=example_count(60))
@given(st.lists(st.tuples(st.sampled_from([*places(UNLIKE)]), VALUES), min_size=1, max_size=3))
def test_a_spoilt_grid_is_refused_in_french_or_gives_its_workbook(reference, changes):
    """No value of no key, however odd, ends in a Python trace: at loading or when writing."""
    grid = yaml.safe_load(yaml.safe_dump(UNLIKE))
    for path, value in changes:
        part = grid
        with contextlib.suppress(KeyError, IndexError, TypeError):
            for step in path[:-1]:
                part = part[step]
            part[path[-1]] = value
    try:
        found = parse(MysteryGrid, Content(Path("mystere.yml"), upgraded_grid(grid)))
    except ReferenceFileError:
        return
    campaign = reference.campaign(CAMPAIGN)
    assert mystery_template(found, campaign, reference.sites.sites)
    assert mystery_workbook(found, campaign, ["Évry"])


# A workbook of one's own layout, mapped by a draft.


def drafted(folder, path):
    """Return the project whose grid is the draft of a workbook, unchanged."""
    return own_project(folder, draft_dictionary(path))


def test_the_draft_of_the_example_reads_as_its_own_grid(reference, example, tmp_path):
    path = example / CAMPAIGN / f"enquete_mystere_{CAMPAIGN}.xlsx"
    project, own = drafted(tmp_path / "projet", path)
    now, then = received(own, path), received(reference, path)

    assert now.counts == then.counts
    assert now.tables["rejets"]["code"].tolist() == then.tables["rejets"]["code"].tolist()
    for column in ("site", "abouti", "repondu_le", "statut", "sonneries"):
        pd.testing.assert_series_equal(
            now.tables["contacts_mysteres"][column], then.tables["contacts_mysteres"][column]
        )
    judged = [o.tables["visites_mysteres"].groupby("etat").size().to_dict() for o in (now, then)]
    assert judged[0] == judged[1]
    assert all(own.certitude == "suppose" for own in own.grid.criteres)
    assert not any(criterion.seuil or criterion.indicateur for criterion in own.grid.criteres)
    assert own.grid.protocole is None
    assert_all_shown(report(project, now), own.grid)


def test_the_draft_of_a_single_sheet_imports_as_it_is(tmp_path):
    """A column of channels; answers of the users' own; a column of no known kind, said."""
    day = datetime(2020, 11, 3)
    rows = [
        ("Enquête mystère de l’automne",),
        ("Réf", "Canal", "Site", "Envoyé le", "Réponse reçue le", "Testeur", "Politesse",
         "Qualité /20", "Attente (minutes)", "Humeur"),
        (1, "Chat", "Évry", day, day + timedelta(2), "A1", "Satisfaisant", 15, 4, "bleue"),
        (2, "Chat", "Évry", day, None, "A2", None, None, 9, "verte"),
        (3, "Borne", "Évry", day, None, "A1", "Moyen", 8.5, 2, "bleue"),
        (4, "Borne", "Étampes", day, None, "A2", "Insuffisant", 11, 3, "verte"),
    ]  # fmt: skip
    path = workbook(tmp_path / "releve.xlsx", {"Relevé": rows, "Notice": [("Lisez-moi",)]})
    project, reference = drafted(tmp_path / "projet", path)
    grid, outcome = reference.grid, received(reference, path)
    text = draft_dictionary(path)

    assert [(c.id, c.forme) for c in grid.canaux] == [("chat", "ecrit"), ("borne", "observation")]
    assert outcome.counts.kept == 4
    assert outcome.tables["rejets"].empty
    assert {m.libelle: m.favorable for m in grid.judgements} == {
        "Satisfaisant": True,
        "Moyen": None,
        "Insuffisant": False,
    }
    assert grid.criterion("qualite_20").highest == 20
    assert "« Attente (minutes) » : ni colonne connue, ni note, ni jugement reconnu" in text
    assert "« Humeur » : quelles réponses respectent le critère n’est pas reconnu" in text
    assert outcome.ignored_columns == ["Attente (minutes)", "Humeur"]
    sections = report(project, outcome)
    assert_all_shown(sections, grid)
    assert "moyen" not in text_of([sections["canal-chat"]])
    assert "1 moyen" in text_of([sections["canal-borne"]])


@pytest.mark.lent
@pytest.mark.parametrize("name", ["saisie_guichet_evry_2020-11.xlsx", "results-survey_2020-11.csv"])
def test_a_satisfaction_file_is_no_mystery_workbook(example, name):
    assert "questions:" in draft_dictionary(example / CAMPAIGN / name)


# Grids drawn at random.

WORDS = st.lists(
    st.sampled_from(
        ["Accueil", "Écoute", "Clarté", "Suivi", "Ton", "Repères", "Aide", "Délai dit"]
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
SCALES = st.sampled_from(
    [
        [("Oui", "oui"), ("Non", "non")],
        [("Oui", "oui"), ("En partie", None), ("Non", "non")],
        [("Très bien", "oui"), ("Bien", "oui"), ("Passable", None), ("Mauvais", "non")],
        [("À revoir", "non"), ("Convenable", "oui")],
    ]
)


@st.composite
def surveys(draw):
    """Return a grid, and the cells of each contact: channel, then by criterion."""
    channels = [f"c{rank}" for rank in range(draw(st.integers(1, 4)))]
    forms = {
        name: draw(st.sampled_from(["telephone", "ecrit", "observation"])) for name in channels
    }
    scale = draw(SCALES)
    criteria = []
    for rank, word in enumerate(draw(WORDS)):
        on = draw(st.lists(st.sampled_from(channels), min_size=1, unique=True))
        sur = draw(st.sampled_from([None, 5, 10, 20, 7]))
        kind = {"type": "note", "sur": sur} if sur else {"type": "jugement"}
        criteria.append(
            {"id": f"k{rank}", "libelle": word, "entetes": [word], "canaux": on, **kind, **SOURCE}
        )
    written = [name for name, form in forms.items() if form == "ecrit"]
    if written:
        criteria.append(
            {"id": "delai", "type": "delai", "libelle": "Délai", "canaux": written, **SOURCE}
        )
    is_shared = draw(st.booleans())
    grid = {
        "delais": UNLIKE["delais"],
        "canaux": [
            {"id": n, "forme": f, "libelle": f"Canal {n}", "un": f"un {n}",
             "feuilles": [] if is_shared else [f"Feuille {n}"]}
            for n, f in forms.items()
        ],
        "feuilles_communes": ["Tout"] if is_shared else [],
        "reponses": [
            {"code": f"r{rank}", "libelle": label, "favorable": side}
            for rank, (label, side) in enumerate(scale)
        ],
        "colonnes": {"canal": ["Canal"], "site": ["Site"], "envoye_le": ["Date"],
                     "repondu_le": ["Retour"], "abouti": ["Abouti"]},
        "criteres": criteria,
    }  # fmt: skip
    contacts = draw(st.lists(st.tuples(st.sampled_from(channels), st.randoms()), max_size=14))
    return grid, [(name, _cells(grid, forms[name], name, rng)) for name, rng in contacts]


def _cells(grid, form, channel, rng):
    """Return what was keyed of a contact; nothing is judged when nobody answered."""
    reached = form == "observation" or rng.random() < 0.7
    sent = date(2020, 11, 2) + timedelta(days=rng.randrange(40))
    row = {"Canal": f"Canal {channel}", "Site": "Évry", "Date": sent}
    row |= {"Abouti": "Oui" if reached else "Non"} if form == "telephone" else {}
    row |= {"Retour": sent + timedelta(days=3)} if form == "ecrit" and reached else {}
    for criterion in grid["criteres"]:
        if criterion["type"] != "delai" and channel in criterion["canaux"] and reached:
            answers = [own["libelle"] for own in grid["reponses"]]
            sur = criterion.get("sur")
            row[criterion["libelle"]] = rng.randint(0, sur) if sur else rng.choice(answers)
    return row


def drawn_workbook(path, grid, contacts):
    headings = ["Canal", "Site", "Date", "Retour", "Abouti"]
    headings += [c["libelle"] for c in grid["criteres"] if c["type"] != "delai"]
    rows = {name: [] for name in ({f"Feuille {c['id']}" for c in grid["canaux"]})}
    for name, row in contacts:
        rows[f"Feuille {name}"].append([row.get(heading) for heading in headings])
    if grid["feuilles_communes"]:
        rows = {"Tout": [row for name in sorted(rows) for row in rows[name]]}
    return workbook(path, {name: [headings, *own] for name, own in rows.items()})


@pytest.mark.lent
@settings(max_examples=example_count(4))
@given(surveys())
def test_any_grid_is_shown_with_its_counts(tmp_path_factory, survey):
    """The counts are those of the rows drawn, made again here."""
    grid, contacts = survey
    folder = tmp_path_factory.mktemp("dessin")
    project, reference = own_project(folder / "projet", grid)
    path = drawn_workbook(folder / "m.xlsx", grid, [*contacts, ("c0", _first(grid))])
    contacts = [*contacts, ("c0", _first(grid))]
    outcome = received(reference, path)
    sections = report(project, outcome)
    figures = pd.concat([section.figures for section in sections.values()])
    found = figures.set_index(["indicateur", "groupe"])

    assert outcome.counts.kept == len(contacts)
    assert set(outcome.tables["rejets"]["code"]) <= {"hors_canal"}
    assert_all_shown(sections, reference.grid)
    good = {own["libelle"] for own in grid["reponses"] if own["favorable"] == "oui"}
    for criterion in grid["criteres"]:
        for channel in criterion["canaux"] if criterion["type"] != "delai" else ():
            said = [row[criterion["libelle"]] for name, row in contacts
                    if name == channel and criterion["libelle"] in row]  # fmt: skip
            line = found.loc[[(criterion["id"], channel)]].iloc[0]
            assert line["n"] == len(said)
            if criterion["type"] == "jugement":
                assert line["effectif"] == sum(text in good for text in said)
            elif said:
                assert line["valeur"] == pytest.approx(sum(said) / len(said))
                assert line["unite"] == f"note sur {criterion['sur']}"


def _first(grid):
    """Return a contact of the first channel, so that a report has something to be about."""
    form = grid["canaux"][0]["forme"]
    row = {"Canal": "Canal c0", "Site": "Évry", "Date": date(2020, 12, 1)}
    return row | ({"Abouti": "Non"} if form == "telephone" else {})


@pytest.mark.lent
@settings(max_examples=example_count(3))
@given(surveys())
def test_the_draft_of_any_workbook_imports_all_its_rows(tmp_path_factory, survey):
    """Each column of a criterion is taken, or said not to be; no row is lost."""
    grid, contacts = survey
    contacts = [*contacts, ("c0", _first(grid))]
    folder = tmp_path_factory.mktemp("brouillon")
    path = drawn_workbook(folder / "enquete mystere.xlsx", grid, contacts)
    text = draft_dictionary(path)
    project, reference = own_project(folder / "projet", text)
    outcome = received(reference, path)
    taken = {heading for own in reference.grid.criteres for heading in own.entetes}

    assert outcome.counts.kept == len(contacts)
    assert set(outcome.tables["rejets"]["code"]) <= {"canal_inconnu"}
    for name, row in contacts:
        for criterion in grid["criteres"]:
            if row.get(criterion["libelle"]) is not None:
                assert criterion["libelle"] in taken or f"« {criterion['libelle']} » :" in text, (
                    name
                )
    assert_all_shown(report(project, outcome), reference.grid)
