"""A service's own style sheet and logo, embedded in the page."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from qpref.errors import ReferenceFileError
from qpref.reference import Dress

_MOST_BYTES = 100_000
_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
_OUTSIDE = re.compile(
    r"https?:|@import|\b(?:image|image-set|src)\(|url\(\s*+['\"]?+\s*+(?!data:)|</", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|(.))", re.IGNORECASE
)
_LAST = 0x10FFFF


@dataclass(frozen=True)
class Look:
    """Style rules added to ours, and a logo as a `data:` address with its text."""

    css: str = ""
    logo: str = ""
    logo_text: str = ""


PLAIN = Look()


def read_look(dress: Dress | None, root: Path) -> Look:
    """
    Return the dress named in data/reference/sites.yml, ready for a page.

    Parameters
    ----------
    dress
        Files, relative to the project; None for ours alone.
    root
        The project.

    Raises
    ------
    ReferenceFileError
        If a file is absent, too heavy, or asks for something outside the page.
    """
    if dress is None:
        return PLAIN
    css = _read(root, dress.css).decode("utf-8", "replace") if dress.css else ""
    if any(_OUTSIDE.search(text) for text in (css, _as_read(css))):
        raise ReferenceFileError(
            f"habillage › css : « {dress.css} » demande un fichier extérieur à la page.",
            "Un rapport tient en un seul fichier : retirez « @import », « url(…) » et adresses.",
        )
    if not dress.logo:
        return Look(css)
    kind = _KINDS.get(Path(dress.logo).suffix.lower())
    if kind is None:
        raise ReferenceFileError(
            f"habillage › logo : « {dress.logo} » n’est pas une image connue.",
            f"Donnez un fichier {', '.join(_KINDS)}.",
        )
    content = base64.b64encode(_read(root, dress.logo)).decode()
    return Look(css, f"data:{kind};base64,{content}", dress.texte_logo or "")


def _as_read(css: str) -> str:
    r"""
    Return a style sheet as browsers take it: without comments, its escapes for what they stand for.

    `@\69mport` is « @import » and `u\72l(` is « url( » (CSS Syntax, « consume an escaped code
    point »); a backslash before a line end is nothing.
    """

    def meant(found: re.Match[str]) -> str:
        code, _, plain = found.groups()
        if code:
            return chr(int(code, 16)) if int(code, 16) <= _LAST else "\ufffd"
        return plain or ""

    return _ESCAPE.sub(meant, _COMMENT.sub("", css)).replace("\x00", "")


def _read(root: Path, name: str) -> bytes:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise ReferenceFileError(
            f"habillage : « {name} » n’est pas un fichier du projet.",
            "Placez-le dans le dossier du projet et corrigez data/reference/sites.yml.",
        )
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise ReferenceFileError(
            f"habillage : « {name} » pèse {len(content)} octets (au plus {_MOST_BYTES}).",
            "Allégez ce fichier : il est recopié dans chaque rapport.",
        )
    return content
