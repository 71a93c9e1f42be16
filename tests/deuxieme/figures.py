"""The lines of a figures file, read without qpref."""

import csv


def figures(path):
    """The lines of a figures file, numbers as numbers."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            yield row | {
                name: float(row[name].replace(",", ".")) if row[name] else None
                for name in ("n", "effectif", "valeur", "bas", "haut")
            }
