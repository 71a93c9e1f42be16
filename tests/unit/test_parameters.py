"""The parameters of a notebook keep the values that the batch gave them."""

import json

import pytest

from qpref.batch.parameters import assigned, check_parameters, declared
from qpref.errors import ParametersError

GIVEN = {"site": "evry", "campagne": "2020-11"}
SETTING = 'site = ""\ncampagne = ""'
BINDINGS = [
    'site = "evry"', 'site: str = "evry"', 'site += "x"', "site, n = f()", "(a, *site) = f()",
    "for site in f():\n    pass", "with f() as site:\n    pass", "import a as site", "del site",
    "from a import site", "def site():\n    pass", "class site:\n    pass", "print(site := 1)",
    "[(site := n) for n in f()]", "def g():\n    global site\n    site = 1", "if a:\n  site = 1",
    "match a:\n    case [site]:\n        pass", "%matplotlib inline\nsite = 1", "%%time\nsite = 1",
    "!ls\nsite = 1", "try:\n    f()\nexcept E as site:\n    pass",
    "def g(a=(site := 1)):\n    pass",
    "match a:\n    case {**site}:\n        pass", "@f(site := 1)\nclass A:\n    pass",
    "[n for n in f() if (site := n)]",
]  # fmt: skip
HARMLESS = [
    "", "print(site)", "f(site=site)", "site == 1", "a.site = 1", 'a["site"] = 1',
    "[site for site in f()]", "{site: 1 for site in f()}", "lambda site: site",
    "def g(site):\n    site = 1\n    return site", "class A:\n    site = 1", "# site = 1",
    '"""\nsite = 1\n"""', "sites = 1", "site", "?site", "%%bash\nsite=1",
    "def g():\n    return [(site := n) for n in f()]", "[[site for site in n] for n in f()]",
]  # fmt: skip


@pytest.mark.parametrize("source", BINDINGS)
def test_what_gives_a_name_another_value_is_found(source):
    assert "site" in assigned(source)


@pytest.mark.parametrize("source", HARMLESS)
def test_what_only_uses_a_name_is_let_through(source):
    assert "site" not in assigned(source)


def cell(source, *tags, kind="code"):
    return {"cell_type": kind, "source": [source], "metadata": {"tags": list(tags)}}


def check(folder, *cells):
    path = folder / "70_mien.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    check_parameters(path, declared(cells), GIVEN)


SOUND = [
    [cell(SETTING, "parameters"), cell("f(site)")],
    [cell('site = "a"'), cell(SETTING, "parameters")],
    [cell(SETTING, "parameters"), cell('site = "a"', kind="markdown")],
    # A report published, copied: papermill writes the values again in the cell that it added.
    [cell(SETTING, "parameters"), cell('site = "a"', "injected-parameters"), cell("f(site)")],
]


@pytest.mark.parametrize("cells", SOUND)
def test_a_sound_notebook_is_let_through(tmp_path, cells):
    check(tmp_path, *cells)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([cell(SETTING, "parameters"), cell("a = 1"), cell('site = "a"')], "cellule 3 : site y"),
        ([cell(SETTING, "parameters"), cell('autre = "a"', "parameters")], "cellules 1, 2"),
        ([cell(SETTING, "parameters"), cell(SETTING, "parameters")], "cellules 1, 2"),
        ([cell(SETTING, "injected-parameters"), cell(SETTING, "parameters")],
         "cellule 2 : campagne, site y"),
        ([cell('site = ""', "parameters")], "paramètres non déclarés : campagne"),
        ([cell("a = 1")], "paramètres non déclarés : campagne, site"),
    ],
)  # fmt: skip
def test_a_notebook_that_would_speak_of_another_site_is_refused(tmp_path, cells, told):
    with pytest.raises(ParametersError, match=told) as caught:
        check(tmp_path, *cells)
    assert "« 70_mien.ipynb »" in caught.value.sentence
    assert caught.value.remedy
