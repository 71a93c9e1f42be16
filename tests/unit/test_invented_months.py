"""Invented monthly figures come back through the import that real ones take."""

from dataclasses import replace

import pytest

from qpref.example.months import month_files
from qpref.intake import Reception, receive
from qpref.reference import Monthly
from qpref.reference.example import InventedMonths

CERTAIN = {"certitude": "exemple", "source": "essai"}
MONTHLY = {
    "indicateurs": [
        {
            "id": "appels", "libelle": "Appels", "unite": "part", "numerateur": "a",
            "denominateur": "b", "sens": "hausse", **CERTAIN,
        },
        {"id": "delai", "libelle": "Délai", "unite": "jours", "sens": "baisse", **CERTAIN},
    ],
    "exports": [
        {
            "id": "standard", "libelle": "standard", "disposition": "colonnes", "site": "Lieu",
            "periode": "Mois",
            "mesures": [
                {"intitule": "Reçus", "indicateur": "appels", "partie": "denominateur"},
                {"intitule": "Pris", "indicateur": "appels", "partie": "numerateur"},
            ],
        }
    ],
}  # fmt: skip
SAID = {
    "campagne": "2020-11", "debut": "2019-11", "fin": "2020-12",
    "chiffres": {
        "appels": {
            "moyenne": 0.9, "cas": 400,
            "changements": [{"debut": "2020-03", "fin": "2020-05", "moyenne": 0.5}],
        },
        "delai": {"moyenne": 20, "ecart": 2},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ["standard", "chiffres_du_mois"])
def test_what_is_invented_is_read_and_said_to_be(tmp_path, reference, name):
    """Fourteen months at each of three sites; the spring of 2020 at one half, ± rounding."""
    monthly, said = Monthly.model_validate(MONTHLY), InventedMonths.model_validate(SAID)
    files = month_files(monthly, said, reference.sites.sites)
    assert files == month_files(monthly, said, reference.sites.sites)
    path = tmp_path / f"{name}.csv"
    path.write_bytes(files[name])
    known = replace(reference, monthly=monthly)

    outcome = receive(Reception(known, known.campaign("2020-11")), path)

    assert outcome.is_fictional
    assert outcome.counts.read == outcome.counts.kept == 14 * len(reference.sites.sites)
    if name == "standard":
        rows = outcome.tables["indicateurs"]
        spring = rows["periode"].isin(["2020-03", "2020-04", "2020-05"])
        assert rows.loc[spring, "valeur"].tolist() == pytest.approx([0.5] * 9, abs=0.01)
        assert rows.loc[~spring, "valeur"].min() > 0.88
