"""Two meetings, from the date to the minutes to the next agenda, by the commands of the guide.

The commands are read in the guide and run as they are written there; what people do between them
(read again, reply, fill in) is done here. The first meeting is that of October 2020, as its minutes
tell it. Reports cost more than all the rest: those of the example are made at night.
"""

import re
import shutil

import lxml.html
import pytest
import yaml

from qpref.cli import main
from qpref.clu.facts import meetings
from qpref.example.members import members_file
from qpref.wording.text import slug
from tests.clu.test_minutes import fill, rows
from tests.clu.test_replies import mail, put
from tests.conftest import copied, guide

REPORT = "evry/10_satisfaction"
ASKED = "À Évry, pourquoi le temps d’attente ?"


def commands():
    """Return the words of each command of the guide's passage."""
    text = guide()
    block = re.search(r"\*\*D’une réunion à la suivante\.\*\*.*?```\n(.*?)```", text, re.DOTALL)
    return [line.split()[1:] for line in block[1].splitlines()]


@pytest.fixture(
    params=[False, pytest.param(True, marks=[pytest.mark.nuit, pytest.mark.notebook])],
    ids=["sans-rapport", "rapports"],
)
def is_real(request):
    return request.param


@pytest.fixture
def place(is_real, request, tmp_path, monkeypatch):
    """The example, no meeting yet, reports if they are real; commands are typed in its folder."""
    if is_real:
        found = copied(request.getfixturevalue("published"), tmp_path)
    else:
        found = request.getfixturevalue("project")
        monkeypatch.setattr("qpref.clu.pack.fresh_reports", lambda *_: {})
    shutil.rmtree(found.committee, ignore_errors=True)
    found.committee.mkdir(parents=True)
    (found.committee / "membres.yml").write_bytes(members_file())
    monkeypatch.chdir(found.root)
    monkeypatch.setattr("qpref.cli.sending.find_browser", lambda *_: None)
    return found


class People:
    """What people do before a command is typed."""

    def __init__(self, project):
        self.project = project

    def before(self, words):
        act = {"preparer": self.read_again, "reponses": self.reply, "compte-rendu": self.fill}
        if words[1] in act:
            act[words[1]](words)

    def read_again(self, words):
        """Say that the meeting is invented; give the first one its agenda."""
        path = self.project.committee / f"{words[3]}.yml"
        content = yaml.safe_load(path.read_bytes()) | {"fictif": "oui"}
        if not any("documents" in item for item in content["ordre_du_jour"]):
            item = {"titre": "Résultats de l’enquête", "minutes": 40, "documents": [REPORT]}
            content["ordre_du_jour"].append(item)
        path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")

    def reply(self, words):
        folder = self.project.root / words[2]
        folder.mkdir(parents=True)
        put(folder, "1", mail("syndicat", f"Je viendrai. {ASKED}"))
        put(folder, "2", mail("retraites", "Je vous prie de m’excuser."))

    def fill(self, words):
        if words[2].startswith("--"):
            return
        path = self.project.root / words[2]
        if "2020-10-16" in words[2]:
            fill(path, rows())
        else:
            agreed = [("Afficher les délais", "préfecture", "01/06/2021", "")]
            fill(path, agreed, following="1er mars 2022")


@pytest.mark.lent
def test_two_meetings_by_the_commands_of_the_guide(place, is_real, reference, capsys):
    """October 2020 as its minutes tell it, then March 2021; no name of anybody is kept."""
    project, people, told = place, People(place), {}
    for words in commands():
        people.before(words)
        capsys.readouterr()
        assert main(words) == 0, words
        told[" ".join(words[:4])] = capsys.readouterr().out

    first, second, third = meetings(project, reference)
    assert [one.accord for one in first.accords] == [one[0] for one in rows()]
    assert [one.accord for one in second.accords] == ["Afficher les délais"]
    page = project.packs / "2021-03-16" / "clu-2021-03-16_ordre-du-jour.html"
    text = slug(lxml.html.fromstring(page.read_bytes()).text_content())
    assert all(slug(one.accord) in text for one in first.accords)
    assert "200-promis" in text  # of the answers that the example holds
    assert (page.parent / "clu-2021-03-16_evry_satisfaction.html").exists() == is_real
    assert second.documents == (REPORT,) == third.documents
    for day in ("2020-10-16", "2021-03-16"):
        assert (project.packs / day / "invitation.eml").exists()
    reminders = sorted(one.stem for one in (project.packs / "2020-10-16").glob("relance-*"))
    assert reminders == [
        "relance-consommateurs", "relance-handicap", "relance-maire-nord", "relance-maire-sud",
        "relance-usager",
    ]  # fmt: skip
    assert (project.packs / "2020-10-16" / "feuille-presence.docx").exists()
    assert "Viennent ou sont représentés : 1." in told["clu calendrier --reunion 2021-03-16"]
    assert (
        "nouvelle-reunion 2022-03-01"
        in told["clu compte-rendu reports/clu/2021-03-16/compte-rendu.docx --reunion"]
    )
    head = (project.committee / "2022-03-01.yml").read_text("utf-8")
    assert "Afficher les délais (préfecture, pour le 2021-06-01)" in head
    assert "En retard" in told["clu suivi --jour 2021-07-01"]  # due on 1 June, nothing says done
    kept = "".join(path.read_text("utf-8") for path in project.committee.glob("2*.yml"))
    assert ASKED in " ".join(kept.split())
    assert "Imaginaire" not in kept
