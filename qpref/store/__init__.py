"""Canonical tables on disk: written whole or not at all, read by exact path."""

from qpref.store.registry import NO_SITE, Change, Import, kept_statuses
from qpref.store.tables import Store

__all__ = ["NO_SITE", "Change", "Import", "Store", "kept_statuses"]
