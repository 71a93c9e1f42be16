"""What is opened as a comparison names its place; the study it is drawn from is left as it is."""

import pandas as pd

from qpref.display.section import Section, Sections
from qpref.workbook.base import Classeur
from qpref.workbook.elsewhere import bearing_its_place
from qpref.workbook.result import Resultat

PLOT = {"data": [], "layout": {"title": {"text": "Deux"}, "height": 10}}


class Study(Classeur):
    def __init__(self):
        self.seen = []

    @property
    def _place(self):
        return "Lieu, printemps"

    @property
    def seuil(self):
        return 5

    @property
    def autres(self):
        return {"x": Study()}

    def une(self):
        self.seen.append("une")
        return Section("une", "Une")

    def deux(self):
        return Sections([self.une(), Section("deux", "Deux", plot=PLOT)])

    def trois(self):
        return Resultat(pd.DataFrame({"n": [1]}), Section("deux", "Deux", plot=PLOT), None)

    def sans_titre(self):
        return Section("x", "")


MADE = []


@bearing_its_place
def open_it(*, comparaison=False):  # noqa: ARG001 - read by what decorates it
    MADE.append(Study())
    return MADE[-1]


def test_titles_bear_the_place_once_whatever_gives_them():
    other = open_it(comparaison=True)
    first, second = other.deux()

    assert isinstance(other, Study)
    assert type(other).__name__ == "Study"
    assert other.une().title == "Lieu, printemps — Une"
    assert (first.title, second.title) == ("Lieu, printemps — Une", "Lieu, printemps — Deux")
    assert second.plot["layout"] == {"title": {"text": "Lieu, printemps — Deux"}, "height": 10}
    assert PLOT["layout"]["title"] == {"text": "Deux"}
    assert other.trois().section.title == "Lieu, printemps — Deux"
    assert other.trois().table["n"].tolist() == [1]
    assert other.sans_titre().title == "Lieu, printemps"
    assert other.autres["x"].une().title == "Lieu, printemps — Une"
    assert other.seuil == 5


def test_what_is_no_comparison_and_the_shared_study_are_left_as_they_are():
    assert open_it().une().title == "Une"
    open_it(comparaison=True)
    assert type(MADE[-1]) is Study
    assert MADE[-1].une().title == "Une"
