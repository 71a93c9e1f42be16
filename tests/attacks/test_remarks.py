"""What remarks say, once a person coded them: nobody can find one to four people in it.

In the reports of both examples, then in drawn surveys, large enough for groups to be told.
"""

import random

import pandas as pd
import pytest

from qpref.quality.coding import remarks_of
from qpref.quality.spoken import PREFIX, Gate, Written, by_person, spoken
from qpref.quality.spoken_publics import by_public
from qpref.reference.loading import read
from qpref.reference.subjects import CodeBook
from qpref.statistics.measure import SHARE
from qpref.store import PersonCode
from qpref.workbook import ouvrir_satisfaction, protected
from tests.attacks.spoken import SMALL, Told, few_found, few_left, few_told
from tests.conftest import ROOT, example_count
from tests.deuxieme.conftest import second, second_filled  # noqa: F401 - fixtures

pytestmark = pytest.mark.lent

BOOK = read(CodeBook, ROOT / "data/reference/sujets.yml")
NAMES = ["attente", "rdv", "locaux", "autre"]
COLUMNS = ["identifiant", "reponse_id", "texte_masque", "publiable"]
FAMILY = {"a": "A", "b": "B", "c": "C"}


@pytest.mark.notebook
@pytest.mark.parametrize("name", ["published", "second"])
def test_reports_tell_of_no_few_people(request, name):
    """Every figures file of the satisfaction reports, against the remarks as they were coded."""
    project, seen, hidden = request.getfixturevalue(name), 0, 0
    campaigns = {path.name for path in project.reports.iterdir()}
    for path in sorted(project.reports.glob("*/*/10_satisfaction.chiffres.csv")):
        campaign, site = path.parts[-3:-1]
        table = pd.read_csv(path, sep=";", decimal=",").fillna({"groupe": ""})
        is_subject = table["indicateur"].str.startswith(PREFIX) & (table["section"] == "remarques")
        told = Told.of(table.loc[is_subject].to_dict("records"), campaigns)
        words = ouvrir_satisfaction(site, campaign, project.root)._words
        if "sujets" not in words._rows:  # of another public: nobody coded what it wrote
            assert not told.named
            continue
        named = by_person(words._rows, words._book).notna().add_prefix(PREFIX)

        assert [*few_told(told), *few_left(named, told.named)] == [], path.parts[-3:]
        assert not told.named or told.n == len(named)
        seen += len(told.named)
        hidden += int(named.any().sum()) - len(told.named)
    assert min(seen, hidden) > 5  # the examples do hold subjects that few name


def drawn(draw, most=40):
    """Return the remarks of some people, each coded by hand, and the group of all visitors."""
    lines, said, groups = [], {}, {}
    often = {name: draw.random() for name in NAMES}
    for person in range(draw.randint(0, most)):
        groups[str(person)] = draw.choices([*FAMILY, None], [9, 5, 1, 1])[0]
        if draw.random() < 0.2:  # who writes nothing
            continue
        for rank in range(draw.choice([1, 1, 2])):
            key = f"{person}-{rank}"
            lines.append(dict(zip(COLUMNS, (key, str(person), "", False), strict=True)))
            own = [name for name in NAMES[:-1] if draw.random() < often[name]] or ["autre"]
            tone = draw.choice(["positif", "negatif", "neutre"])
            said[key] = [PersonCode("1", tuple(own), tone)]
    rows = remarks_of(pd.DataFrame(lines, columns=COLUMNS), BOOK, said)
    return rows, pd.Series(groups, dtype=object)


def told_of(rows, groups, threshold=SMALL):
    """Return what is told of drawn remarks, as lines of a figures file, and who names what."""
    gate = Gate(threshold, protected.large)
    moments = pd.Series(0, index=rows["reponse_id"].unique())
    found = spoken(rows, BOOK, moments, gate)
    people = by_person(rows, BOOK)
    subjects = found.subjects if found else ()
    asked = [one.share.key.removeprefix(PREFIX) for one in subjects]
    publics = by_public(Written(people, moments), {"f": (groups, FAMILY)}, (BOOK, asked), gate)
    measures = [m for one in subjects for m in (one.share, one.positive, one.negative) if m]
    measures += [share for one in publics for share in one.shares]
    lines = [
        {"indicateur": m.key, "groupe": m.group if m.unit == SHARE else "", "unite": m.unit,
         "n": m.n, "effectif": m.count, "valeur": m.value}
        for m in measures
    ]  # fmt: skip
    return Told.of(lines), people.notna().add_prefix(PREFIX)


def true_counts(named, groups):
    """Return, by subject, who names it and who wrote in each group, the unknown one included."""
    own = groups.map(FAMILY).fillna("?").reindex(named.index)
    return {
        subject: {g: (int(named.loc[own == g, subject].sum()), int((own == g).sum()))
                  for g in own.unique()}
        for subject in named
    }  # fmt: skip


def faults(rows, groups, threshold=SMALL):
    told, named = told_of(rows, groups, threshold)
    found = [*few_told(told), *few_left(named, told.named)]
    for group, own in told.groups.items():
        is_own = groups.map(FAMILY).reindex(named.index) == group
        found += few_left(named.loc[is_own], own)
    return told, [*found, *few_found(told, true_counts(named, groups))]


@pytest.mark.lent
def test_drawn_surveys_tell_of_no_few_people():
    """Subjects, tones, groups, and what is left of each; several hundred people or few."""
    told = grouped = 0
    for seed in range(example_count(8, 500)):
        draw = random.Random(seed)  # noqa: S311 - repeatable
        own, found = faults(*drawn(draw, draw.choice([40, 400])))
        assert found == [], seed
        told, grouped = told + len(own.named), grouped + len(own.groups)
    assert told > 8
    assert grouped > 1


@pytest.mark.lent
def test_the_attack_finds_people_where_nothing_is_hidden():
    """The same surveys, told whole: each way to find a few is found."""
    found = []
    for seed in range(8):
        draw = random.Random(seed)  # noqa: S311 - repeatable
        found += faults(*drawn(draw, 60), threshold=1)[1]
    assert {"aucun des sujets dits", "plusieurs sujets"} & {one[0] for one in found}
    assert {len(one) for one in found} == {2, 4}  # subjects and what is left; groups
