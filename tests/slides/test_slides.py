"""The slide show: what it holds, from where, for which projects; templates; same bytes twice."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pptx
import pytest
from hypothesis import given, settings
from pptx.util import Cm

from qpref.display.section import Row, Table
from qpref.quality.answers import SATISFIED
from qpref.reference import load_reference
from qpref.slides.deck import BarChart, Deck, Series, Slide
from qpref.slides.file import FICTIONAL, to_pptx
from qpref.slides.page import to_html
from qpref.slides.results import Results
from qpref.slides.theme import TemplateError, open_template
from qpref.wording.french import typeset
from qpref.workbook import EnqueteMystere, Indicateurs, Satisfaction
from qpref.workbook.sources import Sources
from tests.attacks.leaving import decimals, long_numbers
from tests.conftest import example_count
from tests.deuxieme.conftest import second_filled  # noqa: F401 - fixture
from tests.drawn import projects
from tests.notebooks.test_drawn import filled as drawn_project

NOW = datetime(2021, 3, 1, 9, 0)
CAMPAIGN = "2020-11"


def deck_of(project, reference, campaign, sites):
    results = Results(project, reference, campaign, sites)
    return Deck("Comité", "Une réunion.", results.is_fictional, results.slides())


def opened(content):
    return pptx.Presentation(io.BytesIO(content))


def charts(show):
    return [s.chart for slide in show.slides for s in slide.shapes if s.has_chart]


def frames(show):
    return [s for slide in show.slides for s in slide.shapes if s.has_chart or s.has_table]


@pytest.fixture(scope="module")
def deck(filled, reference):
    return deck_of(filled, reference, CAMPAIGN, [site.id for site in reference.sites.sites])


@pytest.fixture(scope="module")
def content(deck):
    return to_pptx(deck, open_template(None), NOW)


@pytest.fixture(scope="module")
def show(content):
    return opened(content)


def texts(shape):
    """The texts of a shape, those of its table included."""
    if shape.has_text_frame:
        yield shape.text_frame.text
    if shape.has_table:
        yield from (cell.text for row in shape.table.rows for cell in row.cells)


@pytest.mark.lent
def test_no_number_of_the_slides_has_more_digits_than_readers_need(show):
    """Texts, notes, the points that charts keep, and the workbook that is inside each chart."""
    shapes = [shape for slide in show.slides for shape in slide.shapes]
    notes = [s.notes_slide.notes_text_frame.text for s in show.slides if s.has_notes_slide]
    said = [text for shape in shapes for text in texts(shape)] + notes
    kept = [v.text for one in charts(show) for v in one._chartSpace.iter("{*}v")]
    points = [float(text) for text in kept if re.fullmatch(r"-?\d+(\.\d+)?", text)]
    books = [one.part.chart_workbook.xlsx_part.blob for one in charts(show)]
    cells = [
        cell
        for book in books
        for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, (int, float))
    ]

    assert [text for text in said if long_numbers(text)] == []
    assert len(points) > 50
    assert len(cells) > 20
    assert max(map(decimals, [*points, *cells])) <= 1  # of a percentage


def test_three_sites_have_three_slides_each(show, reference):
    """With the opening, the agenda, the agreements and the decisions: twelve to twenty."""
    titles = [slide.shapes.title.text for slide in show.slides]

    for site in reference.sites.sites:
        own = [title for title in titles if title.startswith(site.nom_court)]
        assert len([title for title in own if "signaux" not in title]) == 3
    assert 12 <= len(titles) <= 20


def test_every_chart_has_the_numbers_of_the_figures_files(filled, reference, show):
    """Shares are those of the lines « satisfaits » of `10_satisfaction`, in whole percent."""
    drawn = {s.name: s.chart for s in frames(show) if s.has_chart}
    for site in reference.sites.sites:
        study = Satisfaction(Sources(filled, reference, site.id, CAMPAIGN))
        lines = [row for theme in study.themes() for row in theme.figures.to_dict("records")]
        published = {
            line["libelle"]: round(100 * line["valeur"])
            for line in lines
            if line["groupe"] == SATISFIED
        }
        plot = drawn[f"Usagers satisfaits, {site.nom_court}"].plots[0]
        told = dict(zip(plot.categories, plot.series[0].values, strict=True))

        assert told == published
        assert list(plot.series[0].values) == sorted(plot.series[0].values, reverse=True)


def test_mystery_charts_count_the_contacts_of_the_figures_files(filled, reference, show):
    drawn = {s.name: s.chart for s in frames(show) if s.has_chart}
    for site in reference.sites.sites:
        study = EnqueteMystere(Sources(filled, reference, site.id, CAMPAIGN))
        lines = [row for one in study.canaux() for row in one.figures.to_dict("records")]
        published = {(line["libelle"], line["effectif"], line["n"]) for line in lines}
        plot = drawn[f"Critères respectés, {site.nom_court}"].plots[0]
        met, left = (one.values for one in plot.series)

        for name, count, rest in zip(plot.categories, met, left, strict=True):
            criterion = name.rpartition(" (")[0]
            assert (criterion, count, count + rest) in published, name


def test_a_curve_has_the_months_that_the_report_of_the_site_writes(filled, reference, deck, show):
    """Two of the figures that are a signal at the last month, each with its mean and limits."""
    curves = [slide.curve for slide in deck.slides if slide.curve]
    drawn = {s.name: s.chart for s in frames(show) if s.has_chart}
    site = reference.site("evry")
    files = Indicateurs(Sources(filled, reference, site.id, CAMPAIGN)).indicateurs()
    lines = [row for one in files for row in one.figures.to_dict("records")]

    assert len(curves) == 2
    for curve in curves:
        name = curve.subject.rpartition(",")[0]
        own = [one for one in lines if one["libelle"] == name]
        written = [
            round(100 * one["effectif"] / one["n"]) if curve.is_percent else one["valeur"]
            for one in own
            if re.fullmatch(r"\d{4}-\d{2}", one["groupe"])
        ]
        plot = drawn[curve.subject].plots[0]
        assert [one for one in plot.series[0].values if one is not None] == written
        assert plot.series[0].values[-1] == curve.values[-1]
        assert {one.name for one in plot.series} >= {"limite basse", "moyenne de référence"}


@pytest.mark.nuit
def test_months_have_no_slide_where_none_was_read(filled, reference):
    deck = deck_of(filled, reference, "2019-11", [site.id for site in reference.sites.sites])

    assert deck.slides
    assert [slide.title for slide in deck.slides if "du mois" in slide.title or slide.curve] == []


def test_workbooks_inside_hold_what_is_printed_and_nothing_else(content, show):
    shown = set()
    for chart in charts(show):
        plot = chart.plots[0]
        shown |= {*plot.categories, *(v for s in plot.series for v in s.values)}
        shown |= {series.name for series in plot.series}
    books = [n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if n.endswith(".xlsx")]
    assert len(books) == len(charts(show))
    for name in books:
        inside = zipfile.ZipFile(io.BytesIO(content)).read(name)
        book = openpyxl.load_workbook(io.BytesIO(inside))
        cells = {cell.value for sheet in book for row in sheet for cell in row}
        assert cells - {None} <= shown
        numbers = [one for one in cells if isinstance(one, int | float)]
        assert all(round(one, 1) == one for one in numbers)


def test_every_chart_and_table_has_its_text_and_every_slide_its_notes(show):
    for frame in frames(show):
        properties = frame._element.nvGraphicFramePr.cNvPr
        assert len(properties.get("descr")) > 20
        if frame.has_chart:
            for name in frame.chart.plots[0].categories:
                assert name in properties.get("descr")
    assert all(slide.notes_slide.notes_text_frame is not None for slide in show.slides)


def test_all_is_in_french_and_says_that_data_are_invented(show):
    for slide in show.slides:
        words = slide.element.findall(f".//{pptx.oxml.ns.qn('a:rPr')}")
        assert words
        assert {one.get("lang") for one in words} == {"fr-FR"}
        assert any(
            typeset(FICTIONAL) in s.text_frame.text for s in slide.shapes if s.has_text_frame
        )
    assert show.core_properties.language == "fr-FR"


def test_the_same_slides_are_the_same_bytes(deck, content, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

    assert to_pptx(deck, open_template(None), NOW) == content


def test_shapes_stay_inside_the_slide_and_apart(show):
    for slide in show.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= show.slide_width
            assert 0 <= top < bottom <= show.slide_height
        for rank, one in enumerate(boxes):
            for other in boxes[rank + 1 :]:
                is_beside = one[2] <= other[0] or other[2] <= one[0]
                assert is_beside or one[3] <= other[1] or other[3] <= one[1]


def test_the_page_says_each_slide_and_each_value(deck):
    html = to_html(deck)

    assert html.count("<h2") == len(deck.slides)
    assert "Données fictives" in html
    assert "<script" not in html
    for slide in deck.slides:
        for series in slide.chart.series if slide.chart else ():
            assert series.name in html


@pytest.mark.lent
def test_one_site_is_said_in_detail(filled, reference):
    """A slide for each theme of opinions: all the answers, which add up to 100 but for rounding."""
    name = reference.sites.sites[0].id
    deck = deck_of(filled, reference, CAMPAIGN, [name])
    stacked = [s.chart for s in deck.slides if s.chart and s.chart.is_stacked]
    themes = {q.theme for q in reference.questionnaire(CAMPAIGN).opinions}
    answers = [chart for chart in stacked if chart.is_percent]

    assert not any("sites" in slide.title for slide in deck.slides)
    assert len(answers) >= len(themes)
    for chart in answers:
        for row in zip(*(one.values for one in chart.series), strict=True):
            assert abs(sum(value or 0 for value in row) - 100) <= len(row) / 2


def test_first_campaign_has_no_bar_of_another(last_only, reference):
    name = reference.sites.sites[0].id
    deck = deck_of(last_only, reference, CAMPAIGN, [name])

    shares = [slide.chart for slide in deck.slides if slide.chart and not slide.chart.is_stacked]
    assert shares
    assert all(len(chart.series) == 1 for chart in shares)


def test_long_names_and_many_rows_stay_readable():
    """Thirty long rows are cut into slides; a long text goes to the notes, and says so."""
    rows = [Row(f"Ligne {rank} " + "très longue " * 6, ["oui", "non"]) for rank in range(30)]
    table = Slide("Un titre " * 30, table=Table("Table", ["a", "b", "c"], rows))
    talk = Slide("Texte", ["Une phrase assez longue pour une ligne. " * 5] * 12)
    show = opened(to_pptx(Deck("t", "s", is_fictional=False, slides=[table, talk]),
                          open_template(None), NOW))  # fmt: skip

    told = [s.table for slide in show.slides for s in slide.shapes if s.has_table]
    names = [row.cells[0].text for own in told for row in list(own.rows)[1:]]
    assert names == [row.label for row in rows]
    last = show.slides[len(show.slides) - 1]
    assert "dans les commentaires" in last.placeholders[1].text_frame.text
    assert last.notes_slide.notes_text_frame.text.count("Une phrase") >= 5


def test_lines_of_a_cell_stay_lines():
    """« Nord : 49 % », then « Sud : 51 % » below: not one after the other."""
    rows = [Row("Que faire ?", ["Nord : 49 %\nSud : 51 %"])]
    deck = Deck("t", "s", False, [Slide("Titre", table=Table("T", ["Question", "Résultat"], rows))])
    show = opened(to_pptx(deck, open_template(None), NOW))
    (told,) = (s.table for slide in show.slides for s in slide.shapes if s.has_table)

    lines = [one.text for one in told.cell(1, 1).text_frame.paragraphs]
    assert [one.replace("\xa0", " ") for one in lines] == ["Nord : 49 %", "Sud : 51 %"]


def test_an_axis_ends_at_a_round_number():
    """29 commitments: marks every 5, the end at 30; 213 answers: every 50, the end at 250."""
    drawn = [BarChart("s", ["a"], [Series("x", [n])], is_percent=False) for n in (0, 4, 29, 213)]

    assert [(one.step, one.end) for one in drawn] == [(1, 1), (1, 4), (5, 30), (50, 250)]


# Templates


def saved(show, path):
    show.save(path)
    return path


def test_the_template_of_a_service_is_followed_and_loses_its_own_slides(deck, tmp_path):
    theirs = pptx.Presentation()
    theirs.slide_width, theirs.slide_height = Cm(25.4), Cm(14.29)
    theirs.slides.add_slide(theirs.slide_layouts[0]).shapes.title.text = "Vœux du préfet"
    show = opened(to_pptx(deck, open_template(saved(theirs, tmp_path / "m.pptx")), NOW))

    assert show.slide_width == Cm(25.4)
    assert len(show.slide_layouts) == len(theirs.slide_layouts)
    assert show.slides[0].shapes.title.text == "Comité"
    assert not any("Vœux" in s.shapes.title.text for s in show.slides)


def test_templates_that_do_not_serve_are_refused_in_words(tmp_path):
    bare = pptx.Presentation()
    for layout in list(bare.slide_layouts):
        if layout.name != "Title Slide":
            bare.slide_layouts.remove(layout)
    (tmp_path / "texte.pptx").write_text("bonjour", encoding="utf-8")
    for path, told in (
        (saved(bare, tmp_path / "nu.pptx"), "« titre et contenu »"),
        (tmp_path / "absent.pptx", "fichier absent"),
        (tmp_path / "texte.pptx", "ne se lit pas"),
    ):
        with pytest.raises(TemplateError, match=told):
            open_template(path)


# Other projects


@pytest.mark.lent
def test_a_project_without_label_says_nothing_of_it(second_filled):  # noqa: F811
    reference = load_reference(second_filled.reference)
    sites = [site.id for site in reference.sites.sites]
    deck = deck_of(second_filled, reference, "printemps-2023", sites)
    show = opened(to_pptx(deck, open_template(None), NOW))
    titles = [slide.shapes.title.text for slide in show.slides]

    assert not any("ngagement" in title or "absente" in title for title in titles)
    for site in reference.sites.sites:
        assert sum(title.startswith(site.nom_court) for title in titles) >= 3


@pytest.mark.lent
@settings(max_examples=example_count(1, 60))
@given(files=projects())
def test_any_questionnaire_makes_slides(files):
    with drawn_project(files) as (project, reference):
        campaign = reference.campaigns.campagnes[-1].id
        deck = deck_of(project, reference, campaign, [site.id for site in reference.sites.sites])
        show = opened(to_pptx(deck, open_template(None), NOW))

    assert len(show.slides) >= len(deck.slides) + 1
    for slide in deck.slides:
        for series in slide.chart.series if slide.chart else ():
            assert all(value is None or value >= 0 for value in series.values)


IMPRESS = Path(shutil.which("soffice") or "/absent").resolve().parent / "libsdlo.so"


@pytest.mark.lent
@pytest.mark.skipif(not IMPRESS.exists(), reason="LibreOffice Impress absent")
def test_libreoffice_opens_it(content, tmp_path):
    path = tmp_path / "diaporama.pptx"
    path.write_bytes(content)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}", "--headless",
               "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    assert (tmp_path / "diaporama.pdf").stat().st_size > 10_000
