"""A text read in parts gives what it gives when read whole, whatever the size of the parts.

Parts of seven rows cut everything that the whole file tells: the order of its dates, the entries of
one number, questionnaires keyed twice, what several people wrote. Texts that only the whole tells
are left to the other reader, and counted.
"""

import csv
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from qpref.cli import importing
from qpref.errors import QprefError
from qpref.intake import Reception, files, receive
from qpref.intake.files import TEXT_SUFFIXES
from qpref.intake.parts import FileInParts, receive_in_parts
from qpref.intake.streams import NotSoundError, Stream
from qpref.project import Project
from qpref.store import Store
from tests.conftest import NIGHT
from tests.intake.echantillons import EXPECTED, follow, in_this_process

SIZES = (7, 1_000_000)


def rows_of(frame):
    return frame.astype(object).where(frame.notna(), None).astype(str).to_numpy().tolist()


def tables_of(outcome):
    """Return every row of every table, by site."""
    found = {"rejets": rows_of(outcome.tables["rejets"])}
    for name, frame in outcome.tables.items():
        for site in sorted(set(frame["site"])) if name != "rejets" else ():
            found[name, site] = rows_of(frame[frame["site"] == site])
    for name in outcome.spool.tables() if outcome.spool else ():
        for site in outcome.spool.sites(name):
            parts = [part.to_pandas() for part in outcome.spool.parts(name, site)]
            found[name, site] = [row for part in parts for row in rows_of(part)]
    return found


def told(act):
    """Return what a reading gives, as plain values; or how it is refused."""
    try:
        outcome = act()
    except QprefError as error:
        return type(error).__name__, str(error)
    keys = ("kind", "counts", "is_fictional", "warnings", "ignored_columns", "personal_columns",
            "rows_above", "sheets_read", "unread_sheets")  # fmt: skip
    account = {key: getattr(outcome, key) for key in keys}
    file = outcome.file
    account |= {"file": (file.name, file.sha256, file.encoding, file.separator, file.corrections)}
    return account, tables_of(outcome)


def compared(reception, path, encoding=None, corrections=None):
    """Return whether a file is read in parts, which must then give what the whole gives."""
    whole = told(lambda: receive(reception, path, encoding, corrections))
    for most in SIZES:
        source = FileInParts(reception, Stream(path, encoding), corrections or {}, most)
        try:
            parts = told(lambda source=source: receive_in_parts(source))
        except NotSoundError:
            return False
        assert parts == whole, (path.name, most)
    return True


@pytest.mark.lent
def test_samples_give_the_same_in_parts(tmp_path):
    """Each sample is compared as its own questionnaire and its own options have it read."""
    seen = Counter()

    def receive_both(reception, path, encoding=None, corrections=None, *_):
        seen[compared(reception, path, encoding, corrections)] += 1
        return receive(reception, path, encoding, corrections)

    texts = [row for row in EXPECTED if row["fichier"].endswith(TEXT_SUFFIXES)]
    with in_this_process(), patch.object(importing, "receive", receive_both):
        for number, row in enumerate(texts if NIGHT else texts[::8]):
            follow(row, tmp_path / str(number))
    assert seen[True] > 3 * seen[False] > 0, seen


# --- drawn files ---------------------------------------------------------------------------------

DATES = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %H:%M:%S", "%d-%m-%y")


def drawn(draw, questionnaire):
    """Draw an export of ours: numbers twice, twins, other sites, dates that one row decides."""
    asked = [q for q in questionnaire.questions if q.limesurvey]
    heads = ["id", "submitdate", "startdate", "ipaddr"]
    choices = []
    for question in asked:
        if question.options:
            heads += [f"{question.limesurvey}[{o.limesurvey}]" for o in question.options]
            choices += [["Oui", "Non", ""]] * len(question.options)
            continue
        heads.append(question.limesurvey)
        scale = questionnaire.scale(question.id).modalites if question.echelle else ()
        choices.append(
            ["Évry", "Étampes", "Palaiseau", *["Inventée"] * draw.randint(0, 1)]
            if question.id == "site"
            else [*(one.libelle for one in scale), "", *["zorglub"] * draw.randint(0, 1)]
            if scale
            else ["Attente trop longue", "Sur deux\nlignes", "", "Voir M. Fictivel"]
        )
    form, rows = draw.choice(DATES), [heads]
    first = draw.choice((datetime(2020, 11, 16, 9), datetime(2020, 12, 1, 9)))
    count, short = draw.randint(0, 60), draw.random() < 0.5
    later = draw.random() < 0.5  # the order of the dates shows after some parts
    for number in range(count):
        begun = first + timedelta(minutes=draw.randint(0, 2000 if short else 30_000))
        begun = datetime(2020, 11, 9, 8) + timedelta(hours=4 * number) if later else begun
        sent = begun + timedelta(seconds=draw.choice((5, 300)))
        row = [
            str(draw.choice((number, number, number // 2, number // 2, "", "1,2E+10"))),
            draw.choice((sent.strftime(form),) * 9 + ("", "", "", "illisible")),
            draw.choice((begun.strftime(form),) * 9 + ("",)),
            "192.0.2.1",
            *(draw.choice(texts) for texts in choices),
        ]
        rows += draw.choice(([row],) * 8 + ([row, ["9", *row[1:]]], [row, heads]))
    return rows


@pytest.mark.lent
@pytest.mark.parametrize("start", range(0, 1000, 20) if NIGHT else [0])
def test_drawn_exports_give_the_same_in_parts(reference, start, tmp_path):
    campaign = reference.campaign("2020-11")
    questionnaire, seen = reference.questionnaire(campaign.id), Counter()
    for seed in range(start, start + (20 if NIGHT else 2)):
        draw = random.Random(seed)  # noqa: S311 - repeatable
        path = tmp_path / f"{seed}.csv"
        with path.open("w", newline="", encoding=draw.choice(("utf-8", "cp1252"))) as handle:
            out = csv.writer(handle, delimiter=draw.choice(";,\t"), quoting=csv.QUOTE_ALL)
            out.writerows(drawn(draw, questionnaire))
        asked = draw.choice((None, None, "evry"))
        seen[compared(Reception(reference, campaign, asked), path)] += 1
    assert seen[True] > 5 * seen[False], seen


# --- stored --------------------------------------------------------------------------------------


def imported(reference, path, root, large):
    """Import a file twice into an empty project; return its store, its entry, and what changed."""
    store = Store(Project(root))
    setting = Reception(reference, reference.campaign("2020-11"))
    with patch.object(files, "LARGE", large):
        told = [store.add(setting, receive(setting, path), datetime.now(UTC)) for _ in range(2)]
    return store, told[0][0], [change.etat for _, change in told]


def test_parts_are_stored_as_the_whole(reference, tmp_path):
    """The same rows at the same places, an account that is the same, and a lost part made again."""
    path = tmp_path / "recu.csv"
    questionnaire = reference.questionnaire(reference.campaign("2020-11").id)
    draw = random.Random(3)  # noqa: S311 - repeatable
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle, quoting=csv.QUOTE_ALL).writerows(drawn(draw, questionnaire))
    whole, entry, changes = imported(reference, path, tmp_path / "entier", files.MAX_BYTES)
    parted, again, others = imported(reference, path, tmp_path / "morceaux", 0)

    assert changes == others == ["nouveau", "inchange"]
    assert again == entry.model_copy(update={"importe_le": again.importe_le})
    for table, sites in entry.parts.items():
        for site in sites:
            assert rows_of(parted.read(table, "2020-11", site)) == rows_of(
                whole.read(table, "2020-11", site)
            ), (table, site)
    site, name = next(iter(entry.parts["items"].items()))
    parted.part("items", "2020-11", site, name).write_bytes(b"PAR1")
    parted, _, others = imported(reference, path, tmp_path / "morceaux", 0)
    assert others == ["repare", "inchange"]
    assert len(parted.read("items", "2020-11", site)) == len(whole.read("items", "2020-11", site))
