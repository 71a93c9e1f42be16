"""A mistake in data/reference gives a French sentence naming file, key and remedy."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qpref.errors import ReferenceFileError, UnknownKeyError
from qpref.reference import load_reference
from qpref.reference.loading import content_of
from qpref.shipped import originals


@pytest.fixture
def folder(root, tmp_path):
    shutil.copytree(root / "data" / "reference", tmp_path / "reference")
    return tmp_path / "reference"


def spoil(folder, name, before, after):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.lent
@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        (
            "sites.yml",
            "type_site: prefecture\n",
            "type_site: mairie\n",
            ["sites.yml", "sites › 1 › type_site", "« mairie »", "sous_prefecture"],
        ),
        ("sites.yml", 'nom_court: "Évry"', 'nom_cour: "Évry"', ["nom_cour : clé inconnue"]),
        ("sites.yml", "    modules: [1, 3, 6]\n", "", ["modules : clé obligatoire absente"]),
        ("sites.yml", "id: palaiseau", "id: evry", ["identifiant de site en double : evry"]),
        ("sites.yml", "valeur: 5", "valeur: cinq", ["« cinq »", "nombre entier"]),
        ("sites.yml", "sites:\n", "sites:\n\t- x\n", ["sites.yml", "ligne", "YAML"]),
        ("campagnes.yml", "fin: 2019-12-06", "fin: 2019-10-06", ["précède le début"]),
        (
            "campagnes.yml",
            "debut: 2020-11-16",
            "debut: lundi",
            ["une date AAAA-MM-JJ est attendue"],
        ),
        (
            "campagnes.yml",
            "precedente: 2019-11",
            "precedente: 2018-11",
            ["« 2018-11 » est inconnu", "2019-11"],
        ),
        (
            "campagnes.yml",
            "      evry:\n",
            "      evri:\n",
            ["objectifs", "Vouliez-vous dire « evry » ?"],
        ),
        (
            "campagnes.yml",
            "questionnaire: satisfaction-1",
            "questionnaire: satisfaction-9",
            ["satisfaction-9"],
        ),
        (
            "campagnes.yml",
            "partielles: exclues",
            "partielles: parfois",
            ["« parfois »", "incluses"],
        ),
        ("clu.yml", "site: evry", "site: massy", ["remarques › 1 › site", "« massy » est inconnu"]),
        ("actions.yml", "question: attente", "question: attentes", ["« attentes » est inconnu"]),
        ("actions.yml", "critere: reponse_5_jours", "critere: courtoisie", ["« courtoisie »"]),
        ("actions.yml", "engagement: m1_accueil", "engagement: m1_x", ["m1_x"]),
        ("actions.yml", "campagne: 2019-11", "campagne: 2018-11", ["2018-11"]),
        (
            "actions.yml",
            "nature: satisfaction",
            "nature: opinion",
            ["« opinion »", "mystere)"],
        ),
        ("actions.yml", "id: evry-standard", "id: evry-rendez-vous", ["action en double"]),
        (
            "campagnes.yml",
            "questionnaire: satisfaction-1",
            "cible: tous\n    questionnaire: satisfaction-1",
            ["cible"],
        ),
        (
            "referentiel.yml",
            "engagement: m1_telephone",
            "engagement: m1_fax",
            ["« m1_fax » est inconnu", "m1_accueil"],
        ),
        ("referentiel.yml", "sources: [an83514]", "sources: [ailleurs]", ["« ailleurs »"]),
        ("referentiel.yml", "module: 7, numero", "module: 9, numero", ["module 9 inconnu"]),
        ("referentiel.yml", "confirme: non", "confirme: peut-être", ["valeurs prévues : oui, non"]),
        (
            "referentiel.yml",
            "role: satisfaction_globale",
            "question: globale",
            ["indicateurs › ", "› question", "« globale » est inconnu"],
        ),
        ("referentiel.yml", "role: satisfaction_globale", "role: globale", ["« globale »"]),
        ("mystere.yml", "engagement: m1_ecrits", "engagement: m1_x", ["m1_x"]),
        ("mystere.yml", "indicateur: orientation", "indicateur: orient", ["orient"]),
        (
            "mystere.yml",
            "indicateur: tel_5_sonneries",
            "indicateur: courriel_5_jours",
            ["decroche_5_sonneries", "« courriel_5_jours » n’en a pas"],
        ),
        (
            "questionnaire/satisfaction-1.yml",
            "theme: profil, type: unique",
            "theme: profile, type: unique",
            ["thème « profile » inconnu"],
        ),
        ("questionnaire/satisfaction-1.yml", "  oui_non:\n", "  oui_ou_non:\n", ["« oui_non »"]),
        ("questionnaire/satisfaction-1.yml", "id: horaires,", "id: info_avant,", ["en double"]),
        (
            "questionnaire/satisfaction-1.yml",
            "echelle: aisance4",
            "echelle: aisance9",
            ["aisance9"],
        ),
        ("questionnaire/satisfaction-1.yml", "essais:", "essais: x\nessais:", ["écrite deux fois"]),
    ],
)
def test_a_mistake_is_named_with_file_key_and_remedy(folder, name, before, after, said):
    spoil(folder, name, before, after)

    with pytest.raises(ReferenceFileError) as caught:
        load_reference(folder)

    text = str(caught.value)
    assert name.rsplit("/", maxsplit=1)[-1] in text
    assert all(word in text for word in said), text
    assert "ligne " in text
    assert caught.value.remedy.endswith(".")


def test_a_threshold_taken_away_is_missed_where_it_judges(folder):
    """Unknown thresholds stay empty: then no contact can be judged by them."""
    spoil(
        folder, "referentiel.yml",
        'seuil: {comparaison: "<", valeur: 15, unite: jours_ouvres}', "seuil: null",
    )  # fmt: skip

    with pytest.raises(ReferenceFileError) as caught:
        load_reference(folder)

    assert "critère reponse_15_jours" in str(caught.value)
    assert "« courrier_15_jours » n’en a pas" in str(caught.value)
    assert "retirez la clé « indicateur »" in caught.value.remedy


@pytest.mark.parametrize("name", ["sites.yml", "campagnes.yml"])
def test_an_absent_file_is_named(folder, name):
    (folder / name).unlink()

    with pytest.raises(ReferenceFileError, match=rf"absent.*{name}"):
        load_reference(folder)


OPTIONAL = (
    "clu.yml", "actions.yml", "labellisation.yml", "indicateurs.yml", "reclamations.yml",
    "referentiel.yml", "mystere.yml", "sujets.yml",
)  # fmt: skip


@pytest.mark.parametrize("content", [None, b"", b"\xef\xbb\xbf# rien encore\r\n\n  # ni ici\n"])
def test_sites_campaigns_and_a_questionnaire_are_enough(folder, reference, content):
    for name in OPTIONAL:
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_bytes(content)

    found = load_reference(folder)

    assert (found.committee.remarques, found.plan.actions, found.labelling) == ([], [], None)
    assert (found.standard, found.grid) == (reference.standard, reference.grid)  # those we ship
    assert found.book == reference.book


def test_a_project_replaces_a_file_that_ships(folder, reference):
    """The digest is that of what is read, wherever it lies."""
    for name in ("referentiel.yml", "mystere.yml", "sujets.yml"):
        (folder / name).unlink()
    assert load_reference(folder).digest == reference.digest

    ours = originals()["data/reference/mystere.yml"].read_bytes()
    (folder / "mystere.yml").write_bytes(
        ours.replace(b"evaluateurs: [E1, E2, E3]", b"evaluateurs: [Z]")
    )

    found = load_reference(folder)
    assert found.grid.protocole.evaluateurs == ["Z"]
    assert found.standard == reference.standard
    assert found.digest != reference.digest


def test_a_file_that_is_not_utf_8_is_named(folder):
    path = folder / "clu.yml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))

    with pytest.raises(ReferenceFileError, match="UTF-8"):
        load_reference(folder)


@pytest.mark.lent
def test_the_digest_follows_the_content_not_the_line_ends(folder, reference):
    path = folder / "clu.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_reference(folder).digest == reference.digest

    spoil(folder, "clu.yml", "141", "142")
    assert load_reference(folder).digest != reference.digest


@pytest.mark.parametrize("method", ["site", "campaign"])
def test_an_unknown_name_is_refused(reference, method):
    with pytest.raises(UnknownKeyError, match="inconnu"):
        getattr(reference, method)("nulle-part")


def test_every_threshold_has_a_source_and_says_whether_it_is_confirmed(reference):
    """No value of the official text could be read: none may be printed as confirmed."""
    for indicator in reference.standard.indicateurs:
        assert indicator.sources
        assert indicator.confirme is False
        assert indicator.cible is None or indicator.id == "note_mystere"


@pytest.mark.parametrize(
    ("written", "read"),
    [("14:30", "14:30"), ("1:30:00", "1:30:00"), ("-1:30", "-1:30"), ("1:30.5", "1:30.5"),
     ("010", "010"), ("0930", "0930"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("0b11", "0b11"),
     ("14", 14), ("0", 0), ("-3", -3), ("+3", 3), ("14.30", 14.3), (".5", 0.5), ("1.5e+3", 1500.0),
     ("2020-11-16", date(2020, 11, 16)), ("2020-11", "2020-11"), ("true", "true"), ("no", "no"),
     ("", None)],
)  # fmt: skip
def test_a_number_is_what_people_mean_by_one(written, read):
    """YAML 1.1 takes 14:30 for 870, 010 for 8: what is not a plain number stays as typed."""
    value = content_of(f"x: {written}", Path("x.yml")).value["x"]

    assert (value, type(value)) == (read, type(read))


def chained(reference, *chain):
    """Reference data with these campaigns, the oldest first: name and questionnaire."""
    known = reference.campaigns.campagnes[0]
    names = [None, *(name for name, _ in chain)]
    found = [
        known.model_copy(update={"id": name, "questionnaire": asked, "precedente": before})
        for (name, asked), before in zip(chain, names, strict=False)
    ]
    campaigns = reference.campaigns.model_copy(update={"campagnes": found})
    return replace(reference, campaigns=campaigns)


@pytest.mark.parametrize(
    ("asked", "series", "read"),
    [
        ("aaa", ["c", "b", "a"], ["c", "b", "a"]),
        ("baa", ["c", "b"], ["c", "b"]),
        ("aba", ["c"], ["c", "b"]),  # what is not compared is read: contacts, actions decided
        ("abb", ["c", "b"], ["c", "b"]),
    ],
)
def test_a_report_reads_its_campaign_those_compared_and_the_one_before(
    reference, asked, series, read
):
    found = chained(reference, *zip("abc", asked, strict=True))

    assert [one.id for one in found.series("c")] == series
    assert found.read_with("c") == read
    assert found.read_with("a") == ["a"]


def test_campaigns_that_follow_each_other_in_a_ring_are_read_once(reference):
    found = chained(reference, ("a", "q"), ("b", "q"))
    found.campaigns.campagnes[0] = found.campaigns.campagnes[0].model_copy(
        update={"precedente": "b"}
    )

    assert found.read_with("b") == ["b", "a"]
