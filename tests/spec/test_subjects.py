"""Subjects and tone of remarks, proposed by the shipped code book, against labels given by hand.

The remarks were invented and labelled before any rule (`sujets/etiquetees.txt`), in one go. The
digest of a text draws its half: rules were tuned on errors of the first only; of the second,
nothing but the table was seen. `python -m tests.spec.test_subjects` prints that of
docs/fiabilite.md.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qpref.quality.coding import RemarkCoder
from qpref.reference.loading import content_of, parse, read
from qpref.reference.subjects import CodeBook
from tests.conftest import ROOT

FILE = Path(__file__).parent / "sujets" / "etiquetees.txt"
TONE = {"+": "positif", "-": "negatif", "±": "mele", "0": "neutre"}
HALVES = ("réglage", "mesure")


def labelled(half):
    """Yield the remarks of a half, with their subjects and tone."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        subjects, tone, text = (part.strip() for part in line.split("|", 2))
        if HALVES[hashlib.sha256(text.encode()).digest()[0] % 2] == half:
            yield text, set(subjects.split(",")), TONE[tone]


@dataclass
class Score:
    right: Counter = field(default_factory=Counter)
    told: Counter = field(default_factory=Counter)
    true: Counter = field(default_factory=Counter)
    tones: int = 0
    n: int = 0

    def precision(self, *names):
        return self._ratio(self.told, names)

    def recall(self, *names):
        return self._ratio(self.true, names)

    def _ratio(self, base, names):
        whole = sum(base[name] for name in names)
        return sum(self.right[name] for name in names) / whole if whole else float("nan")


def book():
    return read(CodeBook, ROOT / "data/reference/sujets.yml")


def score(half):
    coder, found = RemarkCoder(book()), Score()
    for text, subjects, tone in labelled(half):
        coded = coder.code(text)
        found.told.update(coded.subjects)
        found.true.update(subjects)
        found.right.update(subjects & {*coded.subjects})
        found.tones += coded.tone == tone
        found.n += 1
    return found


def table():
    """Return the lines of the table: precision and recall, a subject a line, both halves."""
    tuned, measured = (score(half) for half in HALVES)
    cells = [(one.libelle, (one.id,)) for one in book().sujets]
    cells.append(("**Tous**", tuple(one.id for one in book().sujets)))
    lines = ["| sujet | n | précision | rappel | n | précision | rappel |", "|---|" + "---:|" * 6]
    for label, names in cells:
        row = [label]
        for one in (tuned, measured):
            n = sum(one.true[name] for name in names)
            shares = (one.precision(*names), one.recall(*names))
            row += [str(n), *(f"{100 * share:.0f} %".replace(" ", "\u202f") for share in shares)]
        lines.append(f"| {' | '.join(row)} |")
    tones = [f"{one.tones} sur {one.n}" for one in (tuned, measured)]
    return lines, tones


def test_the_labels_are_those_of_the_book():
    names = {one.id for one in book().sujets}
    for half in HALVES:
        assert {name for _, subjects, _ in labelled(half) for name in subjects} == names
    assert sum(1 for half in HALVES for _ in labelled(half)) >= 320


def test_the_table_of_the_documentation_is_what_the_code_book_gives():
    page = (ROOT / "docs" / "fiabilite.md").read_text(encoding="utf-8")
    lines, tones = table()

    for told in (*lines, *tones):
        assert told in page


CASES = {
    "Pas d'attente.": ({"attente"}, "positif"),
    "atente trop longue": ({"attente"}, "negatif"),
    "Salle d’attente sale": ({"locaux"}, "negatif"),
    "RAS": ({"autre"}, "neutre"),
    "": ({"autre"}, "neutre"),
    "[nom masqué] [téléphone masqué]": ({"autre"}, "neutre"),
    "Agent aimable, mais le téléphone sonne dans le vide": ({"personnel", "telephone"}, "mele"),
}


@pytest.mark.parametrize("text", CASES)
def test_a_remark_is_of_these_subjects(text):
    subjects, tone = CASES[text]
    coded = RemarkCoder(book()).code(text)

    assert ({*coded.subjects}, coded.tone) == (subjects, tone)


def test_the_words_that_decided_are_those_of_the_remark():
    text = "Téléfone toujours occupé, et ACCUEIL désagréable."
    coded = RemarkCoder(book()).code(text)

    assert coded.words == {"telephone": ("Téléfone",), "personnel": ("ACCUEIL",)}


SMALL = """sujets:
  - {{id: a, libelle: A, mots: {words}}}
  - {{id: a, libelle: A, mots: ["b"]}}
tons: {{positif: ["bien"], negatif: ["mal"], negation: ["pas"]}}
"""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('["les"]', "ligne 2, colonne 32 : sujets › 1 › mots › 1 : « les » ne contient aucun mot"),
        ('["file"]', "aucun sujet n’est celui des remarques qui n’en ont pas d’autre"),
        ("[]", "Sujet en double : a"),
    ],
)
def test_a_faulty_code_book_is_refused_with_its_line(words, told):
    path = Path("sujets.yml")
    with pytest.raises(Exception, match=r"sujets\.yml") as caught:
        parse(CodeBook, content_of(SMALL.format(words=words), path))

    assert told in str(caught.value)


if __name__ == "__main__":
    found, own_tones = table()
    print(*found, f"Ton : {' ; '.join(own_tones)}.", sep="\n")  # noqa: T201
