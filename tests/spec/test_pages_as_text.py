"""The text of the example's pages is kept: a commit that changes one shows it."""

from tests.pages import compare


def test_the_pages_say_what_is_kept(published):
    """With `QPREF_ECRIRE_PAGES=1` it writes them again: read the diff."""
    pages = {
        path.relative_to(published.reports).with_suffix("").as_posix(): path
        for path in published.reports.rglob("*.html")
    }
    assert len(pages) > 20
    assert compare(pages, "essonne") == []
