"""What a test and a benchmark do in the menus of JupyterLab, in French or in English."""

import contextlib
import re

from playwright.sync_api import Page, TimeoutError  # noqa: A004

_PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
_HAS_BEGUN = r"/\[[\d*]+\]/.test(p.textContent)"
_BEGUN = f"() => {_PROMPTS}.length && {_PROMPTS}.every(p => {_HAS_BEGUN})"
_CLEARED = f"() => {_PROMPTS}.length && !{_PROMPTS}.some(p => {_HAS_BEGUN})"
_TAKEN_OR_DROPPED = rf"() => {_PROMPTS}.some(p => /\[(\d+| )\]/.test(p.textContent))"
NUMBERED = rf"() => {_PROMPTS}.length && {_PROMPTS}.every(p => /\[\d+\]/.test(p.textContent))"
_SOON = 5000  # milliseconds
_RUN = re.compile("^(Exécution|Run)$")
_EVERY = re.compile("^(Exécuter toutes les cellules|Run All Cells)$")
_EDIT = re.compile("^(Édition|Edit)$")
_CLEAR = re.compile("^(Effacer les sorties de toutes les cellules|Clear Outputs of All Cells)$")


def waited(page: Page, ready: str, seconds: float) -> bool:
    """Whether something happened in time; it may have to be asked for again."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(ready, timeout=seconds * 1000)
        return True
    return False


def begin_all(page: Page) -> None:
    """
    Run the notebook on show by the menu; return when every cell has begun.

    Another page may have saved it with the numbers of its own run: they are cleared first, or
    nothing would tell that this page has run anything.
    """
    page.wait_for_selector(".jp-CodeCell .jp-InputPrompt")
    _insist(page, (_EDIT, _CLEAR), _CLEARED)
    for _ in range(20):  # a kernel that just connects may drop what it took
        _insist(page, (_RUN, _EVERY), _BEGUN)
        page.wait_for_function(_TAKEN_OR_DROPPED, timeout=0)
        if not page.evaluate(_CLEARED):
            return
    raise AssertionError("the kernel dropped what it was given to run, twenty times")


def _insist(page: Page, item: tuple[re.Pattern[str], re.Pattern[str]], done: str) -> None:
    """
    Choose an item of a menu until it is done: JupyterLab may forget as its kernel connects.

    It may ask which kernel to connect at any moment, over an open menu too: that is answered first.
    """
    menu, entry = item
    for _ in range(20):
        if page.evaluate(done):
            return
        answer_kernel(page)
        with contextlib.suppress(TimeoutError):
            page.locator(".lm-MenuBar-itemLabel", has_text=menu).click(timeout=_SOON)
            page.locator(".lm-Menu-itemLabel", has_text=entry).click(timeout=_SOON)
        if waited(page, done, 3):
            return


def answer_kernel(page: Page) -> None:
    """Accept the kernel that a dialog proposes, if there is one; a menu under it is closed."""
    asked = page.locator(".jp-Dialog")
    if asked.count() and page.locator(".lm-Menu").count():
        page.keyboard.press("Escape")
    if asked.count():
        assert re.search("[Nn]oyau|[Kk]ernel", asked.first.inner_text()), asked.first.inner_text()
        page.locator(".jp-Dialog .jp-mod-accept").last.click(timeout=_SOON)
