"""Every page of both examples, read back: nothing on it contradicts what stands beside it."""

from itertools import chain

import pytest

from tests import readback

pytestmark = [pytest.mark.notebook, pytest.mark.lent]


@pytest.fixture(scope="module")
def read(published_whole, second):
    """Every page of both projects: its place, and what a reader sees of it."""
    roots = (published_whole.reports, second.reports)
    paths = sorted(chain(*(root.rglob("*.html") for root in roots)))
    found = [(path, readback.opened(path)) for path in paths if path.stem != "index"]
    assert len(found) > 60
    return found


def untrue_bars(main):
    return [row for table in readback.tables(main) for row in readback.untrue_bars(table)]


def faults(read, look):
    return [(path.parent.name, path.stem, what) for path, main in read for what in look(main)]


@pytest.mark.parametrize(
    "look",
    [readback.nothing_said, readback.outside_their_interval, readback.wide_as_nothing,
     readback.under_their_p],
)  # fmt: skip
def test_no_page_says_what_cannot_be(read, look):
    """No number that is none, none outside its interval, no corrected p under its p."""
    assert faults(read, look) == []


def test_no_page_says_the_same_again_and_again(read):
    """No sentence more than three times, but where each criterion and commitment is proved."""
    apart = {"25_mystere_detail", "35_preuves"}
    own = [(path, main) for path, main in read if path.stem not in apart]

    assert faults(own, readback.said_too_often) == []


def test_every_chart_says_how_to_read_it_of_whom_and_from_what(read):
    """« Lecture : … Champ : … Source : … » under each; a poster is no place for one."""
    own = [(path, main) for path, main in read if path.stem != "60_affiche"]
    drawn = [one for _, main in own for one in main.xpath(".//svg[@role='img'][rect]|.//figure")]
    assert len(drawn) > 100

    assert faults(own, readback.charts_without_note) == []


def test_every_bar_is_as_long_as_its_number(read):
    """The line is 100 %, 100 points, the highest mark or the highest count of its table."""
    drawn = [row for _, main in read for table in readback.tables(main) for row in table]
    assert sum(bool(row.bars) for row in drawn) > 1_000

    assert faults(read, untrue_bars) == []


def test_no_interval_contradicts_its_verdict(read):
    """None excludes zero beside « pas de différence établie », none holds it beside a verdict."""
    assert faults(read, readback.contradicted) == []


PAGE = """<main><h1>Évry</h1><table><caption>Publics : satisfaction globale</caption>
<thead><tr><th>Groupe<th>{head}<tbody><tr><th>Retraités<td>{share}&nbsp;% (entre {low} et
80&nbsp;%)<tr><td colspan=2><svg><rect width={width} height=12 /></svg>{detail}</table>
<p class=note>{note}</main>"""
TRUE = {"head": "Satisfaits", "share": 76, "low": 70, "width": "76.4%", "detail": "",
        "note": "Lecture : a. Champ : b. Source : c."}  # fmt: skip


@pytest.mark.parametrize(
    ("look", "change"),
    [
        (readback.nothing_said, {"share": "nan"}),
        (readback.nothing_said, {"width": "nan%"}),
        (readback.outside_their_interval, {"share": 83}),
        (readback.wide_as_nothing, {"low": 80}),
        (untrue_bars, {"width": "49.8%"}),
        (readback.contradicted, {"detail": "Pas de différence établie : entre +1 et +9 points"}),
        (readback.said_too_often, {"detail": "Rien de tout cela. " * 4}),
        (readback.charts_without_note, {"note": ""}),
        (readback.charts_without_note, {"note": "Lecture : a. Champ : b."}),
        (readback.contradicted, {"head": "Écart", "detail": "3 %, écart entre +1 et +9 points"}),
        (
            readback.contradicted,
            {"detail": "Moins bien : 3 %, 9 % avant, écart entre −9 et 0 points"},
        ),
        (readback.contradicted, {"detail": "Mieux : 9 %, 3 % avant, écart entre −1 et +9 points"}),
    ],
)
def test_what_is_looked_for_is_found(tmp_path, look, change):
    """A true page has no fault; with one change, it has that one."""
    for words in ({}, change):
        path = tmp_path / "page.html"
        path.write_text(f"<meta charset=utf-8>{PAGE.format(**(TRUE | words))}", encoding="utf-8")
        assert bool(look(readback.opened(path))) is bool(words)


def test_a_corrected_p_under_its_p_is_found(tmp_path):
    table = (
        "<meta charset=utf-8><main><table><caption>c</caption><thead><tr><th>x<th>p<th>p corrigé"
        "<tbody><tr><th>Accueil<td>{}<td>{}</table></main>"
    )
    for raw, corrected, is_found in (
        ("0,711", "0,237", True),
        ("0,1", "0,1", False),
        ("moins de 0,001", "0,2", False),
        ("—", "—", False),
    ):
        path = tmp_path / "page.html"
        path.write_text(table.format(raw, corrected), encoding="utf-8")
        assert bool(readback.under_their_p(readback.opened(path))) is is_found
