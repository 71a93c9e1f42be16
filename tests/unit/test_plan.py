"""Which reports are made, for which committee, and what makes them stale."""

from datetime import timedelta

import openpyxl
import pytest

from qpref.batch.freshness import key_of
from qpref.batch.plan import campaign_imports, make_plan
from qpref.errors import ReferenceFileError, UnknownKeyError
from qpref.intake import Reception, receive
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store
from qpref.workbook import ouvrir_satisfaction, ouvrir_synthese
from tests.conftest import NOW, import_example


@pytest.fixture
def two(project, example):
    """A project whose third site belongs to another committee, with the example imported."""
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            '    alias: ["SP Palaiseau"]', '    alias: ["SP Palaiseau"]\n    comite: nord'
        ),
        encoding="utf-8",
    )
    found = load_reference(project.reference)
    import_example(project, found, example)
    return project, found


@pytest.mark.lent
def test_sites_are_compared_with_those_of_their_committee(two):
    project, found = two
    assert [s.id for s in found.sites.beside(found.site("evry"))] == ["etampes"]
    assert found.sites.beside(found.site("palaiseau")) == []
    evry = ouvrir_satisfaction("evry", "2020-11", project.root)
    assert set(evry.parts_par_site) == {"evry", "etampes"}
    alone = ouvrir_satisfaction("palaiseau", "2020-11", project.root)
    assert alone.modele is None
    assert alone.comparaison_sites.empty


@pytest.mark.lent
def test_each_committee_has_its_joint_report(two):
    project, found = two
    plan = make_plan(project, found, "2020-11")
    joint = {r.site: r for r in plan if r.notebook.is_joint}
    assert list(joint) == ["ensemble", "ensemble-nord"]
    assert joint["ensemble-nord"].parameters == {"comite": "nord", "campagne": "2020-11"}
    assert joint["ensemble-nord"].sites == ("palaiseau",)
    assert list(ouvrir_synthese("2020-11", project.root, "nord").sites) == ["palaiseau"]
    with pytest.raises(UnknownKeyError):
        ouvrir_synthese("2020-11", project.root, "sud")


@pytest.mark.lent
def test_what_another_committee_imports_makes_nothing_stale(two, tmp_path, example):
    project, found = two
    plan = {(r.site, r.notebook.name): r for r in make_plan(project, found, "2020-11")}
    own, other = plan["evry", "10_satisfaction"], plan["palaiseau", "10_satisfaction"]
    before = key_of(own, project, found), key_of(other, project, found)
    source = next(
        path for path in (example / "2020-11").iterdir() if "palaiseau" in path.name.casefold()
    )
    again = tmp_path / source.name
    book = openpyxl.load_workbook(source)
    book.worksheets[0].delete_rows(book.worksheets[0].max_row)
    book.save(again)
    setting = Reception(found, found.campaign("2020-11"))
    Store(project).add(setting, receive(setting, again), NOW + timedelta(days=1))
    after = key_of(own, project, found), key_of(other, project, found)
    assert after[0] == before[0]
    assert after[1] != before[1]
    names = {e.fichier for e in campaign_imports(own, Store(project), found)}
    assert source.name not in names
    assert source.name in {e.fichier for e in campaign_imports(other, Store(project), found)}


def test_a_site_may_not_be_named_as_all_sites_together(project):
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8").replace("id: palaiseau", "id: ensemble-nord")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceFileError, match="ensemble-nord"):
        load_reference(Project(project.root).reference)
