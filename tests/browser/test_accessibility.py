"""What docs/accessibilite.md promises, checked in a browser."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from qpref.palette import BAD, GOOD, INK, VERY_BAD, VERY_GOOD
from tests.browser.conftest import EVERY_KIND, FEW, FEW_KINDS, NAMES
from tests.conftest import few_by_day

pytestmark = pytest.mark.lent

PALETTE = (VERY_GOOD, GOOD, BAD, VERY_BAD)
WIDTHS = (320, *(pytest.param(width, marks=pytest.mark.nuit) for width in (390, 768, 1280)))
# Machado, Oliveira and Fernandes 2009, severity 1: on linear RGB.
VISIONS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", few_by_day(EVERY_KIND, 3))
def test_axe_finds_nothing(reader, name, width):
    tab = reader.opens(name, width, bypass_csp=True)
    found = Axe().run(tab, options={"resultTypes": ["violations"]})

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.nuit
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_of_either_project_has_a_fault(reader, published_whole, second, width):
    """All notebooks, sites, campaigns and indexes; nothing scrolls sideways but what says so."""
    roots = (published_whole.reports, second.reports)
    paths = sorted(path for root in roots for path in root.rglob("*.html"))
    assert len(paths) > 60
    assert [one for path in paths for one in faults_of(reader, path, width)] == []


def faults_of(reader, path, width):
    tab = reader.opens(path, width, bypass_csp=True)
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    scrolls = tab.evaluate("document.documentElement.scrollWidth") > width
    return [(path, one["id"]) for one in found] + ([(path, "défile")] if scrolls else [])


@pytest.mark.parametrize("name", FEW_KINDS)
def test_text_twice_as_large_is_not_cut(reader, name):
    tab = reader.opens(name, 1280)
    tab.evaluate("document.documentElement.style.fontSize = '200%'")

    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("name", FEW)
def test_wider_spacing_is_not_cut(reader, name):
    """RGAA 10.12: line 1.5, paragraph 2, letters 0.12, words 0.16."""
    tab = reader.opens(name, 390)
    tab.evaluate(
        """() => { for (const e of document.querySelectorAll('main *')) {
             e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em';
             e.style.lineHeight = '1.5'; } }"""
    )
    cut = tab.evaluate(
        """[...document.querySelectorAll('h1,h2,h3,p,li,table:not(.annexe) *:not(text)')]
           .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
           .map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
    )

    assert cut == []


BEHIND = """() => {
  const behind = e => {
    const own = getComputedStyle(e).backgroundColor;
    return own === 'rgba(0, 0, 0, 0)' && e.parentElement ? behind(e.parentElement) : own;
  };
  const all = chosen => [...document.querySelectorAll(chosen)];
  return {
    page: behind(document.body),
    texts: [
      ...all('p, h1, h2, h3, li, caption, th, td, a')
        .map(e => [behind(e), getComputedStyle(e).color]),
      ...all('thead text, .courbe text').map(e => [behind(e), getComputedStyle(e).fill]),
    ],
    drawn: all('tbody :is(rect, circle), caption rect, table path, figure path').map(e => {
      const s = getComputedStyle(e);
      return [behind(e), s.fill, s.stroke, e.getBBox().width];
    }),
  };
}"""


@pytest.mark.parametrize(
    "settings", [{"forced_colors": "active"}, {"color_scheme": "dark"}], ids=["forced", "dark"]
)
@pytest.mark.parametrize("name", FEW)
def test_bars_and_text_survive_other_colours(reader, name, settings):
    """Words and bars differ from what is behind them."""
    tab = reader.opens(name, **settings)
    found = tab.evaluate(BEHIND)

    assert found["drawn"] or name == "60_affiche"
    for behind, text in found["texts"]:
        assert contrast_of(text, behind) >= 7
    for behind, fill, stroke, width in found["drawn"]:
        colours = [one for one in (fill, stroke) if one != "none"]
        assert width <= 2 or max(contrast_of(one, behind) for one in colours) >= 3
    is_dark = bool(luminance_of(found["page"]) < 0.1)
    assert is_dark is ("color_scheme" in settings)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "60_affiche"])
def test_tables_keep_their_meaning_on_a_phone(reader, name):
    tab = reader.opens(name, 320)
    shown = tab.evaluate(
        """['table', 'tr', 'th', 'td'].map(t => [...new Set([...document.querySelectorAll(t)]
           .map(e => getComputedStyle(e).display))].join())"""
    )

    assert shown == ["table", "table-row", "table-cell", "table-cell"]
    assert tab.evaluate("[...document.querySelectorAll('table')].every(t => t.caption)")
    assert tab.evaluate("[...document.querySelectorAll('th')].every(t => t.scope)")
    silent = (
        "[...document.querySelectorAll('svg')].every(s => s.ariaHidden === 'true' || s.ariaLabel)"
    )
    assert tab.evaluate(silent)


@pytest.mark.parametrize("name", ["15_analyses"])
def test_a_table_that_scrolls_says_so(reader, name):
    """On the screen, in words that do not scroll away; on paper it is whole."""
    tab = reader.opens(name, 390)
    told = """[...document.querySelectorAll('.large')].filter(e => e.scrollWidth > e.clientWidth)
      .map(e => getComputedStyle(e, '::before')).map(s => [s.content, s.position])"""
    found = tab.evaluate(told)
    tab.emulate_media(media="print")
    printed = tab.evaluate(told.replace("e.scrollWidth > e.clientWidth", "true"))
    tab.emulate_media(media="screen")

    assert len(found) >= 5
    assert all("défiler" in content and position == "sticky" for content, position in found)
    assert {content for content, _ in printed} == {"none"}


@pytest.mark.parametrize("name", FEW)
def test_the_keyboard_follows_the_reading_order(reader, name):
    tab = reader.opens(name, 390)
    order = tab.evaluate(
        "[...document.querySelectorAll('a[href],[tabindex]')].map(e => e.textContent.slice(0, 30))"
    )
    reached = []
    for _ in order:
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.textContent.slice(0, 30)"))
        ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"

    assert reached == order
    assert order[0] == "Aller au contenu"


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, two):
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def contrast_of(one, two):
    """The same, of two colours as a browser tells them."""
    codes = ["#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", c)[:3]) for c in (one, two)]
    return contrast(*codes)


def luminance_of(colour):
    """The same, of a colour as a browser tells it."""
    return luminance("#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", colour)[:3]))


def lab(rgb):
    """CIE L*a*b* of linear RGB, white D65."""
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x = np.clip(np.array(matrix) @ rgb, 0, None) / [0.9505, 1, 1.089]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [INK, VERY_GOOD, VERY_BAD])
def test_text_stands_out_on_white(colour):
    """RGAA 3.2: 4.5 to 1. Black on white is 21 by definition of the formula."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(colour, "#ffffff") >= 7


def test_every_bar_has_an_outline_that_stands_out(reader):
    """RGAA 3.3: 3 to 1 for graphics; light fills rely on their outline and on the value written."""
    tab = reader.opens("10_satisfaction")
    strokes = tab.evaluate(
        "[...new Set([...document.querySelectorAll('rect')].map(e => getComputedStyle(e).stroke))]"
    )

    assert strokes == ["rgb(22, 22, 22)"]
    assert all(contrast(INK, colour) >= 1.6 for colour in PALETTE)
    assert contrast(INK, "#ffffff") >= 3


@pytest.mark.parametrize("vision", [None, *VISIONS])
def test_levels_are_told_apart_by_every_vision(vision):
    """Distances of CIE 1976 between any two levels; 10 is easily seen."""
    matrix = np.array(VISIONS[vision]) if vision else np.eye(3)
    seen = [lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in PALETTE]
    gaps = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]

    assert min(gaps) > 30
