"""Members whom mail reaches or not, substitutes, terms that end: who gets what."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import lxml.html
import pytest

from qpref.clu.documents import Occasion
from qpref.clu.post import LETTER_FILES, letters
from qpref.display.agenda import Document
from qpref.errors import ReferenceFileError
from qpref.reference.loading import content_of, parse
from qpref.reference.members import Members, balance, by_mail, by_post
from tests.clu.conftest import make_meeting
from tests.conftest import NOW

FILE = """fictif: oui
conserver_jusqu_au: 2099-12-31
membres:
  - {id: a, organisation: "Asso <A>", categorie: associations, courriel: a@exemple.invalid,
     echange_adresse: oui}
  - {id: a-bis, organisation: "Asso <A>", categorie: associations, courriel: b@exemple.invalid,
     echange_adresse: non, suppleant_de: a}
  - {id: mairie, organisation: "Commune (fictive)", categorie: elus, echange_adresse: non,
     adresse: "1 rue Imaginaire, 00000 Nulle-Part", personne: "la maire"}
  - {id: parti, organisation: "Union (fictive)", categorie: syndicats, courriel: c@exemple.invalid,
     echange_adresse: oui, mandat_jusqu_au: 2021-03-15}
  - {id: parti-bis, organisation: "Union (fictive)", categorie: syndicats, echange_adresse: non,
     adresse: "2 rue Imaginaire, 00000 Nulle-Part", suppleant_de: parti}
"""


def read(text, tmp_path):
    return parse(Members, content_of(text, tmp_path / "membres.yml"))


@pytest.fixture
def members(tmp_path):
    return read(FILE, tmp_path)


def test_who_is_invited_by_mail_by_post_or_not(members):
    """A term that ends the day before the meeting ends that of the substitute too."""
    assert len(members.on(date(2021, 3, 15)).membres) == 5
    invited = members.on(date(2021, 3, 16)).membres
    assert [one.id for one in by_mail(invited)] == ["a", "a-bis"]
    assert [one.id for one in by_post(invited)] == ["mairie"]
    counts = {"particuliers": 0, "entreprises": 0, "associations": 1, "elus": 1, "syndicats": 0}
    assert balance(invited) == counts  # a substitute is no seat
    assert members.substitute_of("a").id == "a-bis"
    assert members.substitute_of("mairie") is None


def test_a_substitute_may_be_reached_by_its_titular(tmp_path):
    """One mailbox for both: the substitute has none of its own, gets no mail and no letter."""
    text = FILE.replace("courriel: b@exemple.invalid,\n     ", "")
    invited = read(text, tmp_path).on(date(2021, 3, 16)).membres
    assert "a-bis" in [one.id for one in invited]
    assert [one.id for one in by_mail(invited)] == ["a"]
    assert [one.id for one in by_post(invited)] == ["mairie"]


def test_a_letter_to_each_member_without_mail_and_to_no_other(members):
    setting = SimpleNamespace(now=NOW, browser=None)
    items = [{"titre": "Résultats & suites", "minutes": 20}]
    meeting = make_meeting(date(2021, 3, 16), ordre_du_jour=items)
    occasion = Occasion(None, None, meeting, members, setting, None)
    found = letters(occasion, [Document("Synthèse <1>", ["x.pdf"])])

    assert {*found} == {"lettres.html", "adresses.html"} <= LETTER_FILES
    page = lxml.html.fromstring(found["lettres.html"].decode())
    (article,) = page.findall(".//article")
    lines = article.find("address").text_content().split("\n")
    assert lines == ["Commune (fictive)", "la maire", "1 rue Imaginaire", "00000 Nulle-Part"]
    text = article.text_content()
    for told in ("16\u00a0mars 2021", "14\u00a0h\u00a030", "Résultats & suites", "Synthèse <1>"):
        assert told in text
    sheet = lxml.html.fromstring(found["adresses.html"].decode()).text_content()
    assert "00000 Nulle-Part" in sheet
    assert "2 rue" not in text + sheet
    assert "exemple.invalid" not in text + sheet
    moved = replace(
        occasion, meeting=meeting.model_copy(update={"deplacee_du": (date(2021, 3, 2),)})
    )
    assert "devait se tenir le 2\u00a0mars 2021" in letters(moved, [])["lettres.html"].decode()
    off = replace(occasion, meeting=meeting.model_copy(update={"annulee": True}))
    told = letters(off, [])["lettres.html"].decode()
    assert "n’aura pas lieu" in told
    assert "Résultats" not in told
    alone = members.model_copy(update={"membres": members.membres[:2]})
    assert letters(Occasion(None, None, meeting, alone, setting, None), []) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("b@exemple.invalid", "a@exemple.invalid", "Retirez-la au suppléant"),
        ('adresse: "1 rue Imaginaire, 00000 Nulle-Part", ', "", "rien ne permet d’écrire"),
        ("suppleant_de: a}", "suppleant_de: b}", "n’est pas un titulaire"),
        ("suppleant_de: a}", "suppleant_de: parti-bis}", "n’est pas un titulaire"),
    ],
)
def test_a_member_whom_nothing_reaches_or_who_replaces_nobody_is_refused(old, new, said, tmp_path):
    with pytest.raises(ReferenceFileError, match=said):
        read(FILE.replace(old, new), tmp_path)
