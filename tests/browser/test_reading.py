"""How easy the narrative of a report is to read."""

import re

import pytest
from lxml import html as lxml_html

from qpref.wording.ease import reading_ease, syllables
from tests.browser.conftest import NAMES

_EASY = 65  # of Flesch's scale as Kandel and Moles (1958) set it for French: 60 is plain


@pytest.mark.parametrize(
    ("word", "count"), [("usager", 3), ("été", 2), ("montre", 1), ("répondu", 3), ("services", 2)]
)
def test_syllables_are_counted_about_right(word, count):
    assert syllables(word) == count


def narrative(tree):
    """Sentences of the paragraphs, those on sources and digests aside."""
    text = [p.text_content() for p in tree.xpath("//main//p") if "SHA" not in p.text_content()]
    found = [s for t in text for s in re.split(r"(?<=[.!?;:])\s", t.replace("\u00a0", " "))]
    return [s for s in found if len(re.findall(r"[^\W\d_]+", s)) > 3]


@pytest.mark.parametrize("name", NAMES)
def test_the_narrative_is_easy_to_read(pages, name):
    tree = lxml_html.parse(str(pages / f"{name}.html")).getroot()
    sentences = narrative(tree)
    longest = max(sentences, key=lambda s: len(s.split()))

    assert reading_ease(sentences) >= _EASY, reading_ease(sentences)
    assert len(longest.split()) <= 45, longest
