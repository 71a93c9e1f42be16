"""A meeting and its members, in memory; a project where the example's meeting is ready."""

from datetime import date, time

import pytest

from qpref.example.members import members_file
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member


def make_meeting(day=date(2021, 3, 16), **more):
    content = {
        "date": day,
        "heure": time(14, 30),
        "lieu": "préfecture, salle à préciser",
        "fictif": "oui",
        "sites": ["evry"],
        **more,
    }
    return Meeting.model_validate(content)


def make_member(name, *, consents=True, category="associations"):
    return Member.model_validate(
        {
            "id": name,
            "organisation": f"Organisation {name} (fictive)",
            "categorie": category,
            "courriel": "@".join((name, "clu.example")),
            "echange_adresse": "oui" if consents else "non",
        }
    )


@pytest.fixture
def meeting():
    items = [{"titre": "Résultats", "minutes": 20}]
    return make_meeting(ordre_du_jour=items)


@pytest.fixture
def members_path(tmp_path):
    path = tmp_path / "membres.yml"
    path.write_bytes(members_file())
    return path
