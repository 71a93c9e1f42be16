"""The lines of a figures file, read without qpref."""

import csv

PARTS = {"part", "écart de parts", "probabilité"}  # of one, printed as percentages


def figures(path):
    """The lines of a figures file, numbers as numbers."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            yield row | {
                name: float(row[name].replace(",", ".")) if row[name] else None
                for name in ("n", "effectif", "valeur", "bas", "haut")
            }


def half_of_the_last_digit(row, column):
    """
    How far from the true number its line may be: counts are exact, the others rounded.

    A value has the decimals that its line declares, two more of a part of one; so have the bounds,
    but those of a share have what tells one from the other, those of a difference from zero.
    """
    if column in {"n", "effectif"}:
        return 1e-6
    told = int(row["decimales"]) + 2 * (row["unite"] in PARTS)
    if column != "valeur" and row["unite"] == "part":
        told = max(2, *(decimals(row[name]) for name in ("bas", "haut")))
    elif column != "valeur" and row["unite"] == "écart de parts":
        told = max(2, decimals(row[column]))
    return 0.5 * 10.0**-told + 1e-6


def decimals(number):
    """How many decimals a number of a figures file is written with."""
    return len(f"{number or 0:.6f}".rstrip("0").partition(".")[2])
