"""Canonical tables on disk: written completely or not at all, read by exact path."""

from qpref.store.coded import (
    Choices,
    PersonCode,
    codes,
    codes_by,
    codes_path,
    coding_workbook,
    keep_codes,
    read_coding,
)
from qpref.store.corrections import (
    correctable,
    corrections_workbook,
    keep_corrections,
    load_corrections,
    read_corrections,
)
from qpref.store.registry import NO_SITE, Change, Import
from qpref.store.review import remarks_only, review, review_path, reviewed
from qpref.store.sharing import wordless
from qpref.store.tables import Store

__all__ = [
    "NO_SITE",
    "Change",
    "Choices",
    "Import",
    "PersonCode",
    "Store",
    "codes",
    "codes_by",
    "codes_path",
    "coding_workbook",
    "correctable",
    "corrections_workbook",
    "keep_codes",
    "keep_corrections",
    "load_corrections",
    "read_coding",
    "read_corrections",
    "remarks_only",
    "review",
    "review_path",
    "reviewed",
    "wordless",
]
