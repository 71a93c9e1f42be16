"""Read a received file again with the options of its first import."""

from datetime import date
from pathlib import Path

from qpref.cli.context import Context
from qpref.errors import QprefError
from qpref.intake import Dating, Outcome, Reception, receive
from qpref.store import Import, load_corrections
from qpref.store.registry import kept_by_site


def read_again(context: Context, entry: Import, path: Path) -> tuple[Reception, Outcome]:
    """Read a received file as it was read: its dates, its encoding, and the site it was said of."""
    corrections = load_corrections(context.project, entry.campagne)
    said = [*entry.gardees_par_site] if len(entry.gardees_par_site) == 1 else []
    failure: QprefError | None = None
    for site in (None, *said):
        reception = Reception(
            context.reference,
            context.reference.campaign(entry.campagne),
            site,
            context.names,
            _dating(entry.dates),
        )
        try:
            outcome = receive(reception, path, entry.encodage or None, corrections)
        except QprefError as error:
            failure = error
            continue
        if (
            site
            or _fits(reception, outcome, entry)
            or _fits(reception, receive(reception, path, entry.encodage or None), entry)
        ):  # a correction may name another site
            return reception, outcome
    if failure is not None:
        raise failure
    return reception, outcome


def _fits(reception: Reception, outcome: Outcome, entry: Import) -> bool:
    return kept_by_site(reception, outcome).keys() == entry.gardees_par_site.keys()


def _dating(mark: str) -> Dating:
    """Return what was said of the dates, from how the registry writes it."""
    if mark in {"", "jour-mois", "mois-jour"}:
        return Dating(mark)
    return Dating(is_undated=True) if mark == "sans-date" else Dating(day=date.fromisoformat(mark))
