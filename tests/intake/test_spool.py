"""Rows put on the disk lot by lot come back site by site, as their table declares them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.intake.spool import Spool
from qpref.schema import TABLES, conform

SITES = [f"site-{number}" for number in range(300)]  # more than the codes of one byte tell
LOTS = st.lists(st.lists(st.integers(0, 299), min_size=1, max_size=12), min_size=1, max_size=5)


def verbatims(sites, question, start, *, is_coded):
    """Rows of remarks, one a site given; their number is their text."""
    numbers = [str(start + place) for place in range(len(sites))]
    own = pd.DataFrame(
        {
            "reponse_id": numbers,
            "campagne": "2020-11",
            "site": [SITES[place] for place in sites],
            "question": question,
            "texte_masque": numbers,
            "n_masques": 0,
            "publiable": False,
        }
    )
    if is_coded:
        own = own.astype(dict.fromkeys(("campagne", "site", "question"), "category"))
    return conform("verbatims", own, keeps_codes=is_coded)


@given(LOTS, st.booleans())
def test_each_site_gets_its_rows_in_order_and_group_by_group(lots, is_coded):
    spool, expected, start = Spool(), {}, 0
    for group in ("b", "a"):
        for lot in lots:
            spool.add("verbatims", verbatims(lot, group, start, is_coded=is_coded), group)
            for place, site in enumerate(lot):
                expected.setdefault(SITES[site], {}).setdefault(group, []).append(
                    str(start + place)
                )
            start += len(lot)
    spool.finish()

    assert spool.sites("verbatims") == sorted(expected)
    for site, groups in expected.items():
        rows = pa.concat_tables(spool.parts("verbatims", site)).to_pandas()
        assert rows["texte_masque"].tolist() == groups["a"] + groups["b"]
        assert set(rows["site"]) == {site}
        assert spool.counted["verbatims"][site] == len(rows)
        assert spool.statuses == {}


def test_texts_are_codes_only_where_their_table_declares_it_and_only_those_of_the_site():
    """Two answers of a thousand are of a site: of the 1,200 identifiers, two are its own."""
    ids = [f"{number:016x}" for number in range(1200)]
    rows = pd.DataFrame(
        {
            "reponse_id": pd.Categorical(ids),
            "campagne": "2020-11",
            "site": pd.Categorical(["b", *["a"] * 1198, "b"]),
            "question": "accueil",
            "option": "",
            "etat": "repondu",
            "modalite": None,
            "valeur": np.arange(1200.0),
            "regle": "",
        }
    )
    spool = Spool()
    spool.add("items", conform("items", rows))
    spool.finish()
    (own,) = spool.parts("items", "b")

    assert own["valeur"].to_pylist() == [0.0, 1199.0]
    assert own["reponse_id"].to_pylist() == [ids[0], ids[-1]]
    assert own["reponse_id"].combine_chunks().dictionary.to_pylist() == [ids[0], ids[-1]]
    assert own["modalite"].to_pylist() == [None, None]
    for name, column in TABLES["items"].columns.items():
        assert pa.types.is_dictionary(own[name].type) == column.is_coded, name

    spool = Spool()
    spool.add("verbatims", verbatims([0, 1], "x", 0, is_coded=True))
    spool.finish()
    (own,) = spool.parts("verbatims", SITES[0])
    assert not any(map(pa.types.is_dictionary, own.schema.types))


@pytest.mark.parametrize("site", [None, "Évry", "a b"])
def test_a_text_is_refused_alike_whether_it_comes_as_a_category_or_not(site):
    own = verbatims([0, 1], "x", 0, is_coded=False).astype({"site": object})
    own.loc[1, "site"] = site

    for rows in (own, own.astype({"site": "category"})):
        with pytest.raises(AssertionError, match="verbatims"):
            conform("verbatims", rows)


def test_a_category_that_no_row_has_is_not_judged_and_types_are_those_declared():
    own = verbatims([0, 1, 2], "x", 0, is_coded=False)
    coded = own.astype({"site": pd.CategoricalDtype([*SITES[:3], "Évry"])})

    assert conform("verbatims", coded).equals(own)
    assert conform("verbatims", coded.iloc[:0]).dtypes.equals(own.dtypes)
