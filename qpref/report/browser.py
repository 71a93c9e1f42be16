"""The browser that is already on the machine prints pages: one process for all of them."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any

from qpref.errors import QprefError
from qpref.scratch import scratch

BROWSER_VARIABLE = "QPREF_NAVIGATEUR"
_NO_BROWSER = (
    "Aucun PDF : ni Edge, ni Chrome, ni Chromium n’a été trouvé. Les pages HTML sont faites. "
    f"Pour les PDF, donnez le chemin du navigateur dans la variable {BROWSER_VARIABLE}."
)
_NO_LIBRARY = (
    "Aucun PDF : pikepdf, qui les achève, n’est pas installé. Les pages HTML sont faites. "
    'Pour les PDF, dans le dossier des sources : pip install -e ".[pdf]"'
)
_SECONDS = 90  # for a page
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "msedge", "chrome")
_WINDOWS = (
    ("PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
    ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
    ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# What it reads and writes besides its standard streams; nobody else on the machine can reach them,
# as they could a debugging port.
_WITH_PIPES = 'exec "$0" "$@" --remote-debugging-pipe 3<&0 4>&1 >/dev/null'
_AS_PRINTED = {
    "printBackground": True,
    "preferCSSPageSize": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
}


class PdfError(QprefError, meaning="au moins un PDF n’a pas pu être fait ; les pages HTML le sont"):
    """The browser did not print; the HTML page is there."""


def find_browser(variables: Mapping[str, str]) -> Path | None:
    """
    Return the browser that prints, None without one or without what completes what it prints.

    Parameters
    ----------
    variables
        Of the environment. `QPREF_NAVIGATEUR` comes first; then what is on the path, then the
        usual places under Windows and macOS.
    """
    if not _is_completed():
        return None
    named = variables.get(BROWSER_VARIABLE)
    if named:
        return Path(named) if Path(named).exists() else None
    places = [shutil.which(name, path=variables.get("PATH", "")) for name in _COMMANDS]
    places += [str(Path(variables[k]) / end) for k, end in _WINDOWS if k in variables]
    return next((Path(place) for place in (*places, *_MAC) if place and Path(place).exists()), None)


def why_no_pdf() -> str:
    """Return why no PDF is made, and the remedy, where `find_browser` found nothing."""
    return _NO_BROWSER if _is_completed() else _NO_LIBRARY


def _is_completed() -> bool:
    """Whether what completes a PDF is installed: an extra, for a machine for batches."""
    return find_spec("pikepdf") is not None


def print_pages(pages: Sequence[Path], browser: Path) -> list[bytes]:
    """
    Return each page as the browser prints it, tagged, with bookmarks.

    Parameters
    ----------
    pages
        HTML files.
    browser
        Of `find_browser`. It is started once; under Windows, where it takes no pipe from Python,
        once a page.

    Raises
    ------
    PdfError
        If it prints nothing of a page within 90 seconds.
    """
    printed: list[bytes] = []
    if not pages:
        return printed
    with scratch() as folder:
        if os.name == "nt":
            return [print_alone(page, browser, folder) for page in pages]
        try:
            with _tab(browser, folder) as tab:
                for page in pages:
                    printed.append(tab.prints(page))  # noqa: PERF401 - how many tells which failed
        except (OSError, EOFError, KeyError, ValueError) as error:
            raise _failure(pages[len(printed)], browser) from error
    return printed


def _options(folder: Path) -> list[str]:
    found = [
        "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-extensions", f"--user-data-dir={folder / 'profil'}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--no-sandbox")  # Chromium refuses to run as root otherwise
    return found


def print_alone(page: Path, browser: Path, folder: Path) -> bytes:
    """Return one page as a process of its own prints it; `folder`, for what it writes."""
    target = folder / "page.pdf"
    target.unlink(missing_ok=True)
    command = [
        str(browser), *_options(folder), "--no-pdf-header-footer",
        "--generate-pdf-document-outline", f"--print-to-pdf={target}", page.resolve().as_uri(),
    ]  # fmt: skip
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failure(page, browser) from error
    if not target.exists():
        raise _failure(page, browser)
    return target.read_bytes()


def _failure(page: Path, browser: Path) -> PdfError:
    return PdfError(
        f"« {page.name} » n’a pas pu être imprimé en PDF par « {browser.name} ».",
        "La page HTML est faite : ouvrez-la et imprimez-la en PDF.",
    )


@contextmanager
def _tab(browser: Path, folder: Path) -> Iterator["_Tab"]:
    """Give a tab of a browser, which ends with it."""
    command = ["sh", "-c", _WITH_PIPES, str(browser), *_options(folder)]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        tab = _Tab(process)
        try:
            tab.opens()
            yield tab
            with suppress(OSError, EOFError, subprocess.TimeoutExpired):
                tab.asks("Browser.close")
                process.wait(_SECONDS)
        finally:
            process.kill()


class _Tab:
    """A tab of a browser that answers by its pipes (Chrome DevTools Protocol)."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._session = dict[str, str]()
        self._events = set[str]()
        self._last, self._rest = 0, b""

    def opens(self) -> None:
        """Open the tab: what is asked from now on is asked of it."""
        target = self.asks("Target.createTarget", url="about:blank")["targetId"]
        found = self.asks("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": found["sessionId"]}
        self.asks("Page.enable")

    def prints(self, page: Path) -> bytes:
        """Return a page as a PDF."""
        self.asks("Page.navigate", url=page.resolve().as_uri())
        while "Page.loadEventFired" not in self._events:
            self._reads()
        return base64.b64decode(self.asks("Page.printToPDF", **_AS_PRINTED)["data"])

    def asks(self, method: str, **parameters: object) -> dict[str, Any]:
        """Return what the browser answers, nothing when it refuses; events are kept meanwhile."""
        self._last += 1
        self._events.clear()
        message = {"id": self._last, "method": method, "params": parameters, **self._session}
        own: Any = self._process.stdin
        own.write(json.dumps(message).encode() + b"\0")
        own.flush()
        while (answer := self._reads()).get("id") != self._last:
            pass
        found: dict[str, Any] = answer.get("result", {})
        return found

    def _reads(self) -> dict[str, Any]:
        """Return the next message, an answer or an event; a zero ends each."""
        own: Any = self._process.stdout
        limit = Timer(_SECONDS, self._process.kill)
        limit.start()
        try:
            while b"\0" not in self._rest:
                more = os.read(own.fileno(), 1 << 20)
                if not more:
                    raise EOFError
                self._rest += more
        finally:
            limit.cancel()
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._events.add(message.get("method", ""))
        return message
