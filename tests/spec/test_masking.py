"""How much of what is personal is masked in remarks, by kind; and how much that is not.

The remarks (`masquage/remarques.txt`) are ours; the names, numbers and addresses put in them are
drawn by Faker, which knows nothing of our patterns. Remarks of even rank served to mend the
patterns; the measure is on those of odd rank, `python -m tests.spec.test_masking` prints both.
"""

import re
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from faker import Faker

from qpref.intake.privacy import mask
from tests.conftest import example_count

LINES = [
    line
    for line in Path(__file__).with_name("masquage").joinpath("remarques.txt")
    .read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]  # fmt: skip
PERSONAL = [line for line in LINES if "{" in line]
ORDINARY = [line for line in LINES if "{" not in line]
DRAWS = 40
NAMES = {"famille", "FAMILLE", "prenom"}
# What each mask stands for: a mask of a kind that the remark does not hold is a false one.
MASKS = {
    "nom": {"nom"}, "numéro": {"telephone", "nir", "etranger"}, "courriel": {"courriel"},
    "adresse": {"adresse", "ville"}, "plaque": {"plaque"}, "date de naissance": {"naissance"},
}  # fmt: skip


def _spaced(draw, number):
    """Return a number as people write it."""
    cuts = draw.random_element(["", "1 2 2 2 3 3 2"])
    if not cuts:
        return number
    parts, place = [], 0
    for size in map(int, cuts.split()):
        parts.append(number[place : place + size])
        place += size
    return " ".join(parts)


def values(draw):
    """Return one value of each kind."""
    born = date(draw.random_int(1930, 2010), draw.random_int(1, 12), draw.random_int(1, 28))
    written = [
        f"{born:%d/%m/%Y}", f"{born:%d-%m-%Y}", f"{born:%d.%m.%y}",
        f"{born.day}/{born.month}/{born:%y}",
        format_date(born, "d MMMM y", locale="fr"),
    ]  # fmt: skip
    family = draw.last_name()
    return {
        "famille": family,
        "FAMILLE": family.upper(),
        "prenom": draw.first_name(),
        "telephone": draw.phone_number(),
        "courriel": draw.email(),
        "adresse": draw.street_address(),
        "ville": f"{draw.postcode()} {draw.city()}",
        "nir": _spaced(draw, draw.ssn()),
        "etranger": f"{draw.random_int(70, 99)}{draw.random_number(8, fix_len=True)}",
        "plaque": draw.license_plate(),
        "naissance": draw.random_element(written),
    }


def shown(value, text):
    """Whether enough of a value is left: all of it, a word, or four of its digits in a row."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", value) if word not in STREETS]
    figures = re.sub(r"\D", "", value)
    left = re.sub(r"\D", "", text)
    numbered = len(figures) >= 6 and any(
        figures[i : i + 4] in left for i in range(len(figures) - 3)
    )
    is_read = any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)
    return value in text or numbered or is_read


STREETS = {"rue", "avenue", "boulevard", "chemin", "les", "sur", "example", "com", "net"}


def measure(lines):
    """Return, by kind, what was hidden and what was there; by mask, those that were right."""
    Faker.seed(11)
    draw = Faker("fr_FR")
    there, hidden, right, masks = Counter(), Counter(), Counter(), Counter()
    for line in lines:
        slots = re.findall(r"\{(\w+)\}", line)
        for _ in range(DRAWS if slots else 1):
            own = values(draw)
            masked, _ = mask(line.format(**own))
            kinds = {"nom" if slot in NAMES else slot for slot in slots}
            for slot in slots:
                kind = "nom" if slot in NAMES else slot
                there[kind] += 1
                hidden[kind] += not shown(own[slot], masked)
            for name in re.findall(r"\[([^\]]+)\]", masked):
                masks[name] += 1
                right[name] += bool(kinds & MASKS.get(name, set()))
    recall = {kind: hidden[kind] / count for kind, count in there.items()}
    precision = {name: right[name] / count for name, count in masks.items()}
    return recall, precision


def odd(lines):
    return lines[1::2]


@pytest.fixture(scope="module")
def measured():
    return measure([*odd(PERSONAL), *odd(ORDINARY)])


# Floors a little under what is measured (docs/fiabilite.md): a change that loses one is told.
@pytest.mark.parametrize(
    ("kind", "floor"),
    [("nom", 0.97), ("telephone", 1), ("courriel", 1), ("adresse", 0.98), ("ville", 0.98),
     ("nir", 1), ("etranger", 1), ("plaque", 1), ("naissance", 1)],
)  # fmt: skip
def test_what_is_personal_is_masked(measured, kind, floor):
    recall, _ = measured

    assert recall[kind] >= floor


@pytest.mark.parametrize("name", MASKS)
def test_what_is_masked_is_personal(measured, name):
    _, precision = measured

    assert precision[name] >= 0.98


def test_ordinary_remarks_are_left_alone():
    """All of them, those that served too: three in a hundred are masked for nothing."""
    assert len(false_alarms(ORDINARY)) <= 3 < 0.04 * len(ORDINARY)


def test_the_measure_sees_what_is_not_masked(monkeypatch):
    """Without patterns nothing is hidden, and nothing is false."""
    monkeypatch.setattr("qpref.intake.privacy._MASKS", [])
    recall, precision = measure(odd(PERSONAL))

    assert set(recall.values()) == {0}
    assert precision == {}


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "1 ", "a.", "a.b-", "@", "Aa ", "1/", "rue de ", "12 rue d’", "née le ", "Mme ",
     "mme ", "Merci à ", "le la l’", "c’est Jean ", "d.n. ", "AB12 ", "(1", "\n", "01 "],
)  # fmt: skip
def test_no_text_makes_masking_hang(piece):
    """A million letters (by night) of one pattern, half said, over and over."""
    letters = example_count(50_000)
    start = time.process_time()
    mask(piece * (letters // len(piece)))

    assert time.process_time() - start < 60 * letters / 1_000_000


def false_alarms(lines):
    return {line: masked for line in lines if (masked := mask(line)[0]) != line}


def main():
    """Print the measures."""
    for name, part in (
        ("even", PERSONAL[0::2] + ORDINARY[0::2]),
        ("odd", odd(PERSONAL) + odd(ORDINARY)),
    ):
        recall, precision = measure(part)
        sys.stdout.write(f"{name}: {len(part)} remarks\n")
        for kind, value in sorted(recall.items()):
            sys.stdout.write(f"  recall {kind}: {value:.3f}\n")
        for kind, value in sorted(precision.items()):
            sys.stdout.write(f"  precision [{kind}]: {value:.3f}\n")
    for line, masked in false_alarms(ORDINARY).items():
        sys.stdout.write(f"false alarm: {line} -> {masked}\n")


if __name__ == "__main__":
    main()
