"""Remarks coded one by one: by a command, and by the selector of the lab that runs it."""

import html
import json

import ipywidgets as widgets
import pytest

from qpref.cli import main
from qpref.labo.remarks import RemarkSelector
from qpref.layout.complaints import TEXTS
from qpref.store import codes
from tests.conftest import copied
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture
from tests.intake.test_canaries import leaks

PLACES = {"last_only": "2020-11", "second_filled": "printemps-2023"}


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    return copied(request.getfixturevalue(request.param), tmp_path), PLACES[request.param]


def call(project, capsys, *words):
    code = main(["--racine", str(project.root), "verbatims", *words])
    shown = capsys.readouterr()
    return code, shown.out, " ".join(shown.err.split())


def names_of(project, capsys, campaign):
    said = call(project, capsys, "--campagne", campaign, "--json")[1]
    rows = json.loads(said)["remarques"]
    return [row["identifiant"] for row in rows if row["question"] not in TEXTS.values()]


def test_one_remark_is_coded_by_a_command(place, capsys):
    project, campaign = place
    first, *others = names_of(project, capsys, campaign)
    asked = ("coder", "--campagne", campaign, "--remarque", first, "--codeur", "B")

    out = call(project, capsys, *asked, "--sujet", "locaux", "--sujet", "acces", "--ton", "mele")

    assert f"Remarque {first} codée : 1 sur {len(others) + 1}." in out[1]
    (said,) = codes(project, campaign)[first]
    assert (said.codeur, said.sujets, said.ton) == ("B", ("locaux", "acces"), "mele")


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("--remarque", "ffffffff", "--sujet", "locaux"), 5, "« ffffffff » est inconnu"),
        (("--sujet", "plage"), 5, "« plage » est inconnu"),
        ((), 2, "Une remarque a d’un à 4 sujets"),
    ],
)
def test_what_no_list_has_is_refused(last_only, capsys, tmp_path, words, exit_code, told):
    project = copied(last_only, tmp_path)
    first = names_of(project, capsys, "2020-11")[0]
    asked = ("coder", "--campagne", "2020-11", "--remarque", first)

    code, _, err = call(project, capsys, *asked, *words)

    assert code == exit_code
    assert told in err
    assert not codes(project, "2020-11")


class Page:
    """The selector as the home page holds it: its button runs the command here."""

    def __init__(self, project, campaign):
        self.project, self.failed = project, []
        self.selector = RemarkSelector(self._button, None)
        self.selector.open(project, campaign)

    def _button(self, label, _running, words, after):
        found = widgets.Button(description=label)
        found.on_click(lambda _: self._press(words, after))
        self.confirm = found
        return found

    def _press(self, words, after):
        if main(["--racine", str(self.project.root), *words()]):
            self.failed.append(words())
        else:
            after()

    @property
    def told(self):
        """What is read: how many are coded, the text, the words that decided."""
        parts = (self.selector._progress, self.selector._text, self.selector._said)
        return html.unescape(" ".join(part.value for part in parts)).replace("\u00a0", " ")

    @property
    def ticked(self):
        return {key for key, box in self.selector._subjects.items() if box.value}


def test_the_selector_proposes_keeps_and_goes_on(place, capsys):
    project, campaign = place
    page, names = Page(project, campaign), names_of(project, capsys, campaign)
    assert f"Remarque 1 sur {len(names)}" in page.told
    assert f"codées : 0 sur {len(names)}" in page.told
    proposed = page.ticked
    assert proposed

    page.selector._subjects["locaux"].value = True
    page.selector._tone.value = "mele"
    page.confirm.click()

    (said,) = codes(project, campaign)[names[0]]
    assert ({*said.sujets}, said.ton) == (proposed | {"locaux"}, "mele")
    assert f"Remarque 2 sur {len(names)}" in page.told
    assert f"codées : 1 sur {len(names)}" in page.told
    again = Page(project, campaign)  # the next day: the first that is left
    assert f"Remarque 2 sur {len(names)}" in again.told
    again.selector._show(0)
    assert (again.ticked, "déjà codée" in again.told) == ({*said.sujets}, True)


def test_every_remark_is_shown_masked_and_one_without_subject_is_refused(place, capsys):
    project, campaign = place
    page = Page(project, campaign)
    shown = []
    for rank in range(len(names_of(project, capsys, campaign))):
        page.selector._show(rank)
        shown.append(page.told)
    assert any("[numéro]" in told for told in shown)
    assert not any(leaks(told) or "01 99 00" in told for told in shown)

    for box in page.selector._subjects.values():
        box.value = False
    page.confirm.click()
    assert len(page.failed) == 1
    assert not codes(project, campaign)


def test_a_text_of_the_survey_is_no_html(last_only, tmp_path):
    page = Page(copied(last_only, tmp_path), "2020-11")
    texts = []
    for rank in range(len(page.selector._remarks)):
        page.selector._show(rank)
        texts.append(page.selector._text.value)

    assert any("&lt;b&gt;Très bien&lt;/b&gt;" in text for text in texts)
    assert not any("<b>" in text for text in texts)
