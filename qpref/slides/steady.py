"""Make a .pptx and its workbooks byte-identical for identical slides."""

import io
import re
import zipfile

from qpref.zipped import entry

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_CORE = "docProps/core.xml"


def steady(content: bytes, *, is_inside: bool = False) -> bytes:
    """
    Return an Office file with fixed dates.

    Parameters
    ----------
    content
        The file.
    is_inside
        Whether it is a workbook inside another file: its properties lose their dates too.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = steady(part, is_inside=True)
            elif is_inside and name == _CORE:
                part = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\2", part)
            about = entry(name)
            about.external_attr = 0o600 << 16
            new.writestr(about, part)
    return out.getvalue()
