"""The text of the second example's pages is kept: a commit that changes one shows it."""

from tests.pages import compare


def test_the_pages_say_what_is_kept(second):
    """With `QPREF_ECRIRE_PAGES=1` it writes them again: read the diff."""
    pages = {
        path.relative_to(second.reports).with_suffix("").as_posix(): path
        for path in second.reports.rglob("*.html")
    }
    assert len(pages) > 20
    assert compare(pages, "lot") == []
