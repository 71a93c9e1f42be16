"""A page to a tagged PDF, by the browser that is already on the machine."""

import io
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pikepdf

from qpref.errors import QprefError
from qpref.scratch import scratch

BROWSER_VARIABLE = "QPREF_NAVIGATEUR"
NO_BROWSER = (
    "Aucun PDF : ni Edge, ni Chrome, ni Chromium n’a été trouvé. Les pages HTML sont faites. "
    f"Pour les PDF, donnez le chemin du navigateur dans la variable {BROWSER_VARIABLE}."
)
_SECONDS = 90
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


class PdfError(QprefError, meaning="au moins un PDF n’a pas pu être fait ; les pages HTML le sont"):
    """The browser did not print; the HTML page is there."""


def find_browser(variables: Mapping[str, str]) -> Path | None:
    """
    Return the browser that prints, None without one.

    Parameters
    ----------
    variables
        Of the environment. `QPREF_NAVIGATEUR` comes first; then what is on the path, then the
        usual places under Windows and macOS.
    """
    named = variables.get(BROWSER_VARIABLE)
    if named:
        return Path(named) if Path(named).exists() else None
    places = [shutil.which(name, path=variables.get("PATH", "")) for name in _COMMANDS]
    places += [str(Path(variables[k]) / end) for k, end in _WINDOWS if k in variables]
    return next((Path(place) for place in (*places, *_MAC) if place and Path(place).exists()), None)


def to_pdf(page: Path, browser: Path) -> bytes:
    """
    Return a page as a tagged PDF with bookmarks; the same bytes for the same page and browser.

    Parameters
    ----------
    page
        An HTML file.
    browser
        Of `find_browser`.

    Raises
    ------
    PdfError
        If the browser prints nothing within 90 seconds.
    """
    with scratch() as folder:
        target = folder / "page.pdf"
        command = [
            str(browser), "--headless", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-extensions",
            f"--user-data-dir={folder / 'profil'}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", f"--print-to-pdf={target}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to run as root otherwise
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)  # noqa: S603 - ours
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failure(page, browser) from error
        if not target.exists():
            raise _failure(page, browser)
        return _compact(target)


def _failure(page: Path, browser: Path) -> PdfError:
    return PdfError(
        f"« {page.name} » n’a pas pu être imprimé en PDF par « {browser.name} ».",
        "La page HTML est faite : ouvrez-la et imprimez-la en PDF.",
    )


def _compact(path: Path) -> bytes:
    """Return the file a third as heavy, without the dates that change at each printing."""
    out = io.BytesIO()
    with pikepdf.open(path) as document:
        for key in ("/CreationDate", "/ModDate", "/Creator"):
            if key in document.docinfo:
                del document.docinfo[key]
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            deterministic_id=True,
        )
    return out.getvalue()
