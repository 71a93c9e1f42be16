"""« Que devient une remarque ? »: the guide's page as it is typed, and canaries at each stage.

Canaries: remarks with direct identifiers, and remarks that nobody approved, in files of both
examples. At each stage, all that the project holds and all that commands print is searched.
"""

import csv
import io
import json
import re
import shlex
import shutil
import zipfile

import lxml.html
import openpyxl
import pytest

from qpref.cli import main
from qpref.store.coded import COLUMNS
from tests.conftest import CAMPAIGNS, ROOT, copied, few_by_day
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture
from tests.intake.test_canaries import everything_under, leaks

pytestmark = pytest.mark.lent

PAGE = ROOT / "docs" / "guide" / "chemin-remarque.md"
GUIDE = (CAMPAIGNS[-1], "evry", "f1557fdb")
# The place of each example, a remark of it that a subject named by enough people holds, and what
# a received file calls the site and the question.
PLACES = {
    "last_only": (*GUIDE[:2], "perdu deux fois", "Évry", "G07Q02."),
    "second_filled": ("printemps-2023", "cahors", "courtoisie", "Cahors", "QSouhait."),
}


@pytest.fixture
def place(request, tmp_path):
    """A project, with the files of its example as they are received, and where to look."""
    project = copied(request.getfixturevalue(request.param), tmp_path)
    files = project.root / "data" / "exemple"
    if not files.exists():
        shutil.copytree(request.getfixturevalue("example"), files)
    return project, PLACES[request.param]


def blocks(kind):
    """Return the lines of the page's blocks of a kind: commands, or what they print."""
    parts = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return [line for part in parts for name, *lines in [part.splitlines()] if name == kind
            for line in lines]  # fmt: skip


def text_of(page):
    return " ".join(lxml.html.fromstring(page.read_bytes()).text_content().split())


def said_yes(path, names=()):
    """Mark lines as read, those of some codes or all, as a person would who agrees."""
    book = openpyxl.load_workbook(path)
    rows = [*book.worksheets[0].iter_rows(min_row=2)]
    chosen = [row for row in rows if not names or row[0].value in names]
    for row in chosen:
        row[COLUMNS.index("Relu")].value = "oui"
    book.save(path)
    return [dict(zip(COLUMNS, (cell.value or "" for cell in row), strict=True)) for row in chosen]


def code_of(project, capsys, campaign, site, words):
    """Return the code of the first remark that holds these words, as the command says it."""
    capsys.readouterr()
    asked = ["verbatims", "--campagne", campaign, "--site", site, "--json"]
    assert main(["--racine", str(project.root), *asked]) == 0
    rows = json.loads(capsys.readouterr().out)["remarques"]
    return next(row["identifiant"] for row in rows if words in row["texte_masque"])


@pytest.mark.parametrize("place", few_by_day(PLACES, 1), indirect=True)
def test_the_page_s_commands_do_what_it_says(place, capsys, monkeypatch):
    project, (campaign, site, words, *_) = place
    monkeypatch.chdir(project.root)
    is_guide = (campaign, site) == GUIDE[:2]
    name = code_of(project, capsys, campaign, site, words)
    assert not is_guide or name == GUIDE[2]
    said, line = "", {}
    own = dict(zip(GUIDE, (campaign, site, name), strict=True))
    for written in blocks(""):
        command = re.sub("|".join(GUIDE), lambda found: own[found.group()], written)
        if "--lire" in command:
            (line,) = said_yes(project.root / "remarques.xlsx", [name])
        assert main(shlex.split(command)[1:]) == 0, command
        said += capsys.readouterr().out

    page = text_of(project.reports / campaign / site / "10_satisfaction.html")
    assert page.count(f"« {line['Remarque']} »") == 1
    assert line["Sujet 1"] in page
    assert f"{name} ({site}, à publier" in said
    if is_guide:
        shown = [told for told in blocks("text") if told not in said]
        assert not shown
        cells = [line[column] for column in ("Remarque", "Mots qui ont décidé", "Sujet 1", "Ton")]
        assert f"| {' | '.join(cells)} | |" in PAGE.read_text(encoding="utf-8")


# Each is told from the others by a bird; `mésange` is approved and its name masked.
BIRDS = {
    "perruche": "Merci à Mme Zorglub, joignable au 06 39 98 55 66 ou à zorglub@exemple.invalid,"
    " pour la perruche du guichet.",
    "mésange": "Merci à Mme\nZorglub pour sa mésange.",
    "loriot": "Un loriot attend au guichet.",
    "sarcelle": "Une sarcelle attend au guichet.",
    "outarde": "Une outarde attend au guichet.",
    "grive": "Une grive attend au guichet.",
}
LATER = "Un bouvreuil attend au guichet."
LONG_AGO = "2001-11-20"


class Received:
    """The export of the online survey, with remarks of ours in place of those of a site."""

    def __init__(self, project, place):
        self.campaign, _, _, site, question = place
        folder = project.root / "data" / "exemple" / self.campaign
        (self.path,) = folder.glob("results-survey_*.csv")
        text = self.path.read_text(encoding="utf-8-sig")
        self.heads, *self.rows = csv.reader(io.StringIO(text), delimiter=";")
        self.remark = next(k for k, head in enumerate(self.heads) if head.startswith(question))
        own = [row for row in self.rows if site in row]
        self.of = dict(zip(BIRDS, own, strict=False))

    def write(self, **texts):
        for bird, text in texts.items():
            self.of[bird][self.remark] = text
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(
                [self.heads, *self.rows]
            )

    def send_out_of_the_campaign(self, bird):
        row = self.of[bird]
        days = [k for k, cell in enumerate(row) if cell[:2] == "20" and cell[4:5] == "-"]
        for k in days:
            row[k] = LONG_AGO + row[k][10:]


def written_in(folder):
    """Return all that files hold, workbooks and other archives opened."""
    parts = [everything_under(folder)]
    for path in folder.rglob("*"):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [
                    archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
                ]
    return "\n".join(parts)


class Watch:
    """Runs commands, and looks for what must not be seen: in what they print, in what is kept."""

    def __init__(self, project, place, capsys):
        self.project, self.capsys = project, capsys
        self.of = ["--campagne", place[0]]
        self.site = ["--site", place[1]]

    def run(self, *words):
        assert main(["--racine", str(self.project.root), *map(str, words)]) == 0, words
        shown = self.capsys.readouterr()
        said = shown.out + shown.err
        assert not leaks(said), said
        return said

    def codes(self):
        said = self.run("verbatims", *self.of, *self.site, "--json")
        rows = json.loads(said[said.index("{") :])["remarques"]
        return {bird: row["identifiant"] for row in rows for bird in (*BIRDS, "bouvreuil")
                if bird in row["texte_masque"]}  # fmt: skip

    def quoted(self, *options):
        """Return the birds in what readers get, once reports are made again."""
        wanted = options or ("--notebook", "10_satisfaction")
        said = self.run("rapports", *self.of, *self.site, *wanted)
        target = self.project.root / "reponses.csv"
        said += self.run("exporter", *self.of, "--format", "csv", "--vers", target)
        said += self.run("quarantaine", "lister", *self.of)
        kept = [path for path in self.project.root.iterdir() if path.name != "data"]
        text = "\n".join([said, *(written_in(p) if p.is_dir() else p.read_text("utf-8", "replace")
                                  for p in kept)])  # fmt: skip
        assert not leaks(text)
        assert not leaks("\n".join(written_in(p) for p in self.held()))
        return {bird for bird in (*BIRDS, "bouvreuil") if bird in text}

    def held(self):
        """What the project keeps beside what it received."""
        data = self.project.root / "data"
        return [path for path in data.iterdir() if path.name not in {"exemple", "brut"}]


@pytest.mark.nuit
@pytest.mark.parametrize("place", ["second_filled", "last_only"], indirect=True)
def test_no_canary_sings_at_any_stage(place, capsys, tmp_path):
    project, facts = place
    file, watch = Received(project, facts), Watch(project, facts, capsys)
    file.write(**BIRDS)
    send = ("importer", file.path, *watch.of)
    watch.run(*send)
    assert watch.quoted() == set()  # received: nobody read anything

    path = tmp_path / "classeur" / "remarques.xlsx"
    path.parent.mkdir()
    for _ in range(2):  # coded, then coded again
        watch.run("verbatims", "coder", *watch.of, "--vers", path)
        assert not leaks(written_in(path.parent))
        said_yes(path)
        watch.run("verbatims", "coder", *watch.of, "--lire", path)
    assert watch.quoted() == set()

    codes = watch.codes()
    chosen = ("mésange", "loriot", "sarcelle", "outarde")
    asked = [word for bird in chosen for word in ("--approuver", codes[bird])]
    watch.run("verbatims", *watch.of, *watch.site, *asked)
    assert watch.quoted("--forcer") == {*chosen}  # all reports of the site

    watch.run(*send)
    assert watch.quoted() == {*chosen}  # imported again

    file.write(loriot=LATER)
    watch.run(*send)
    assert watch.quoted() == {"mésange", "sarcelle", "outarde"}  # another text: nobody read it

    file.send_out_of_the_campaign("outarde")
    file.write()
    watch.run(*send)
    assert watch.quoted() == {"mésange", "sarcelle"}

    watch.run("verbatims", *watch.of, *watch.site, "--retirer", codes["sarcelle"])
    assert watch.quoted() == {"mésange"}
