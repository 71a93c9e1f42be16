"""Write archives (workbooks, documents) that are byte-identical on every system."""

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Python notes in each entry on which system it was made: here, always the same (3, for Unix).
_SYSTEM = 3
_FIRST = (1980, 1, 1, 0, 0, 0)  # no archive tells of an earlier moment


def entry(name: str, moment: datetime | None = None) -> ZipInfo:
    """Return what an archive says of a compressed file; by default, of no moment."""
    made = ZipInfo(name, max(moment.timetuple()[:6], _FIRST) if moment else _FIRST)
    made.compress_type, made.create_system = ZIP_DEFLATED, _SYSTEM
    return made


def alike(content: bytes) -> bytes:
    """Return an archive that a library made as it would have made it on another system."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as found, ZipFile(out, "w", ZIP_DEFLATED) as made:
        parts = found.infolist()
        if all(part.create_system == _SYSTEM for part in parts):
            return content
        for part in parts:
            part.create_system = _SYSTEM
            made.writestr(part, found.read(part))
    return out.getvalue()
