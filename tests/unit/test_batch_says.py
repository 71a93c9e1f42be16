"""What a batch says of reports: why they are made again, what they cost, what they will show."""

import hashlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from qpref.batch import bench, freshness, outlook, verify
from qpref.batch.figures import read_figures
from qpref.batch.plan import Notebook
from qpref.batch.pool import Limits
from qpref.batch.provenance import SUFFIX, Cause, Provenance, Source, causes, former_outputs
from qpref.batch.result import Result, Stages
from qpref.batch.setting import RunSetting
from qpref.display.figures import COLUMNS
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.statistics.measure import SHARE
from tests.conftest import NOW

# Why a report is made again.


def source(name="a.xlsx", sha256="0", kept=3):
    return Source(
        fichier=name, campagne="2020-11", format="f", nature="n", sha256=sha256, lignes_lues=5,
        gardees=kept, ecartees=0, quarantaine=5 - kept, gardees_ce_site=kept,
    )  # fmt: skip


FACTS = Provenance(
    notebook="10_essai", notebook_sha256="n", parametres={}, qpref="1", methode=1, python="3",
    reference="r", produit_le="", fichiers=(source(),), cle="c",
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"methode": 2}, "methode", "méthode changée (1 → 2)"),
        ({"reference": "s"}, "reference", "données de référence changées"),
        ({"notebook_sha256": "o"}, "programme", "notebook changé"),
        ({"qpref": "2"}, "programme", "qpref 1 alors, 2 maintenant"),
        ({"fichiers": ()}, "donnees", "fichier retiré : a.xlsx (2020-11)"),
        ({"fichiers": (source(sha256="1"),)}, "donnees", "fichier changé : a.xlsx (2020-11)"),
        ({"fichiers": (source(kept=4),)}, "donnees",
         "fichier lu autrement (lignes corrigées, ou règles de lecture) : a.xlsx (2020-11)"),
        ({"fichiers": (source(), source("b.xlsx"))}, "donnees",
         "fichier ajouté : b.xlsx (2020-11)"),
    ],
)  # fmt: skip
def test_one_thing_that_changed_is_one_cause(change, kind, said):
    assert causes(FACTS, FACTS.model_copy(update=change)) == [Cause(kind, said)]


def test_nothing_changed_is_no_cause_and_the_method_comes_first():
    assert causes(FACTS, FACTS.model_copy(update={"python": "4", "produit_le": "hier"})) == []
    now = FACTS.model_copy(
        update={"methode": 2, "reference": "s", "notebook_sha256": "o", "qpref": "2",
                "fichiers": (source("c.xlsx"), source("b.xlsx"))},
    )  # fmt: skip
    found = causes(FACTS, now)

    assert [one.kind for one in found] == [
        "methode", "donnees", "donnees", "donnees", "reference", "programme", "programme",
    ]  # fmt: skip
    assert [one.text.split(" (")[0] for one in found[1:4]] == [
        "fichier retiré : a.xlsx", "fichier ajouté : b.xlsx", "fichier ajouté : c.xlsx",
    ]  # fmt: skip


def test_the_files_of_an_earlier_report_are_known_by_their_digests(report):
    assert former_outputs(report) == {}
    path = report.output(SUFFIX)
    facts = FACTS.model_copy(update={"sorties": {"10_essai.html": "abc"}})
    path.write_text(facts.model_dump_json(), encoding="utf-8")

    assert former_outputs(report) == {
        path: hashlib.sha256(path.read_bytes()).hexdigest(),
        report.folder / "10_essai.html": "abc",
    }
    path.write_text("{", encoding="utf-8")
    assert former_outputs(report) == {}


def test_why_a_report_is_made_again_is_said_by_the_first_thing_that_is_wrong(report):
    def reason(key="c", wanted=()):
        return freshness.reason_to_run(report, key, wanted)

    assert reason() == "jamais fait"
    files = {f"10_essai{suffix}": suffix.encode() for suffix in (".html", ".ipynb", ".x")}
    for name, content in files.items():
        (report.folder / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    path = report.output(SUFFIX)
    path.write_text(FACTS.model_copy(update={"sorties": digests}).model_dump_json(), "utf-8")

    assert reason() is None
    assert reason(key="d") == "données, notebook, référence ou qpref changés"
    assert reason(wanted=(".x", ".pdf", ".y")) == "« .pdf » demandé"
    assert reason(wanted=(".x",)) is None
    for name in ("10_essai.ipynb", "10_essai.x"):
        (report.folder / name).unlink()
    assert reason() == "« 10_essai.ipynb » absent ou modifié"
    path.write_text("{", "utf-8")
    assert reason() == "provenance illisible"


# What it costs, and what it will show.


def test_the_cost_of_a_report_is_told_by_part(monkeypatch, report, tmp_path):
    """
    Two notebooks, two workers: one report warms up, three of each are timed, twelve together.

    Python takes 2 s and all libraries 8; reading takes half a second, or more than the analysis.
    Of the 5 s of a report, 4 are told by part; the twelve take 24 s, so 10 more would take
    2 + 6 + 10 × 2.
    """
    made, clock = [], []
    for spans in ((1, 5, 2), (7, 9, 8), (0.5, 0.5, 0.5), (50, 50, 50), (24,)):
        for span in spans:
            clock += [100.0, 100.0 + span]
    stages = {"preparation": 0.1, "analyse": 3.0, "rendu": 0.5, "enregistrement": 0.4}

    def make_all(plan, _project, _setting, limits, _tell):
        made.append((len(plan), limits.workers, len({one.folder for one in plan})))
        return [Result(one, seconds=5.0, stages=stages) for one in plan]

    monkeypatch.setattr(bench, "make_all", make_all)
    monkeypatch.setattr(bench, "_run", lambda _: None)
    monkeypatch.setattr(bench, "_read", lambda *_: None)
    monkeypatch.setattr(bench, "time", SimpleNamespace(perf_counter=iter(clock).__next__))
    other = replace(report, notebook=Notebook(tmp_path / "20_autre.ipynb", (), ()))
    plan = [report, replace(report, site="etampes"), other]

    found = bench.measure(plan, None, None, None, Limits(workers=2))

    assert made == [(1, 1, 1), (3, 1, 3), (3, 1, 3), (12, 2, 6)]
    assert (found.python, found.imports, found.workers, found.each) == (2, 6, 2, 2)
    assert found.costs["10_essai"] == pytest.approx(
        {"processus": 1, "preparation": 0.1, "lecture": 0.5, "analyse": 2.5, "rendu": 0.5,
         "enregistrement": 0.4},
    )  # fmt: skip
    assert [*found.costs["20_autre"]] == [*bench.PARTS]
    assert (found.costs["20_autre"]["lecture"], found.costs["20_autre"]["analyse"]) == (3, 0)
    assert found.forecast(10) == 28


def test_a_measure_of_reports_that_fail_is_refused(monkeypatch, report):
    results = [Result(report), Result(report, "le premier."), Result(report, "le second.")]
    monkeypatch.setattr(bench, "make_all", lambda *_: results)
    with pytest.raises(MissingDataError, match="Un rapport a échoué : le premier"):
        bench._make([report], None, None, Limits())


def test_a_stage_that_comes_twice_adds_up(monkeypatch):
    clock = iter([1.0, 3.0, 10.0, 15.0]).__next__
    monkeypatch.setattr("qpref.batch.result.time", SimpleNamespace(perf_counter=clock))
    stages = Stages()
    with stages.timed("pdf"):
        pass
    with pytest.raises(KeyError), stages.timed("pdf"):
        raise KeyError

    assert stages == {"pdf": 7.0}


def test_calls_are_read_in_order_and_only_in_cells_of_python(tmp_path):
    path = tmp_path / "n.ipynb"
    cells = [("code", ["%magie\n", "f()"]), ("markdown", ["g()"]),
             ("code", ["b(a())\n", "c = d(); e()"]), ("code", ["h()"])]  # fmt: skip
    content = {"cells": [{"cell_type": kind, "source": text} for kind, text in cells]}
    path.write_text(json.dumps(content), encoding="utf-8")

    assert [node.func.id for node in outlook._calls(path)] == ["b", "a", "d", "e", "h"]


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        (set(), {"avant", "passages", "refus", "autres"}),
        ({("2019-11", "evry", "satisfaction")}, {"passages", "refus", "autres"}),
        ({("2019-11", "etampes", "satisfaction"), ("2020-11", "evry", "frequentation")},
         {"avant", "refus", "autres"}),
        ({("2020-11", "etampes", "satisfaction"), ("2020-11", "evry", "collecte")},
         {"avant", "passages"}),
        ({("2020-11", "evry", "satisfaction")}, {"avant", "passages", "refus", "autres"}),
    ],
)  # fmt: skip
def test_what_sections_rest_on_is_missing_where_no_row_was_kept(report, reference, held, lost):
    entries = [
        (campaign, SimpleNamespace(nature=kind, gardees_par_site={site: 1, "autre": 9}))
        for campaign, site, kind in held
    ]
    store = SimpleNamespace(imports=lambda name: [one for at, one in entries if at == name])
    names = {outlook.PREVIOUS: "avant", outlook.PASSAGES: "passages", outlook.REFUSALS: "refus",
             outlook.OTHERS: "autres"}  # fmt: skip

    assert {names[one] for one in outlook._missing_data(report, store, reference)} == lost


def written(folder, *rows):
    path = folder / "a.chiffres.csv"
    names = [column.name for column in COLUMNS]
    table = pd.DataFrame([{**dict.fromkeys(names, ""), **row} for row in rows], columns=names)
    path.write_text(table.to_csv(sep=";", index=False), encoding="utf-8-sig")
    return path


def test_only_a_share_of_people_counted_is_doubtful_when_they_are_few(tmp_path):
    """Three of four people: no percentage under ten; another number of as few is like any other."""
    share = {"section": "s", "indicateur": "a", "unite": SHARE, "valeur": "0,75", "n": "4,0",
             "effectif": "3,0"}  # fmt: skip
    path = written(
        tmp_path, share, {**share, "indicateur": "b", "unite": "nombre"},
        {**share, "indicateur": "c", "effectif": ""}, {**share, "indicateur": "d", "n": ""},
        share,
    )  # fmt: skip
    found = read_figures(path)

    assert [key[-1] for key in found] == ["0", "0", "0", "0", "1"]
    assert [one.measure.reliability for one in found.values()] == [
        "aucun_pourcentage", "normal", "normal", "normal", "aucun_pourcentage",
    ]  # fmt: skip
    first = next(iter(found.values())).measure
    assert (first.value, first.n, first.count) == (0.75, 4, 3)


def test_a_section_that_lacks_its_questions_is_absent_and_not_reduced_too(monkeypatch, report):
    sections = [
        ("a", ("absent",), ("avant",)),
        ("b", (), ("avant", "là", "passages")),
        ("c", (), ()),
    ]
    monkeypatch.setattr(outlook, "_sections", lambda _: sections)
    monkeypatch.setattr(outlook, "_missing_data", lambda *_: ["avant", "passages"])
    monkeypatch.setattr(
        outlook, "DATA", {"avant": "la campagne d’avant", "passages": "le comptage"}
    )
    monkeypatch.setattr(outlook, "not_asked", lambda _, roles: "une question" * bool(roles))
    monkeypatch.setattr(outlook, "Store", lambda project: project)
    facts = SimpleNamespace(questionnaire=lambda name: name)
    monkeypatch.setattr(outlook, "lacking", lambda *_: None)

    found = outlook._outlook(report, None, facts)
    assert (found.report, found.reason, found.sections) == (report, "", ("b", "c"))
    assert found.absent == (("a", "une question"),)
    assert found.reduced == (("b", "la campagne d’avant et le comptage"),)
    monkeypatch.setattr(outlook, "lacking", lambda *_: "aucune donnée")
    waits = outlook._outlook(report, None, facts)
    assert (waits.reason, waits.sections, waits.reduced) == ("aucune donnée", ("b", "c"), ())


@pytest.mark.parametrize(
    "what",
    [{"altered": ("a",)}, {"moved": ("a",)}, {"is_worded_otherwise": True}, {"failure": "a"}],
)
def test_one_thing_is_enough_for_a_report_not_to_be_equal(report, what):
    assert not verify.Verdict(report, **what).is_equal
    assert verify.Verdict(report, causes=("notebook changé",), nudged=3).is_equal


def test_a_report_is_verified_when_its_page_and_its_provenance_are_there(report):
    def facts():
        return verify._facts(report)

    with pytest.raises(MissingDataError, match="10_essai, site evry, campagne 2020-11"):
        facts()
    report.output(".html").write_text("page", encoding="utf-8")
    with pytest.raises(MissingDataError):
        facts()
    report.output(SUFFIX).write_text(FACTS.model_dump_json(), encoding="utf-8")
    assert facts() == FACTS
    report.output(".html").unlink()
    with pytest.raises(MissingDataError):
        facts()


def test_each_report_made_again_is_compared_with_the_one_on_disk(monkeypatch, report, tmp_path):
    """Four: the same, other words, another figure, one that fails; each in a folder of its own."""
    names = ("pareil", "dit", "chiffre", "echec")
    plan = [replace(report, site=name, folder=tmp_path / name) for name in names]
    for one in plan:
        one.folder.mkdir()
        one.output(".html").write_text("page", encoding="utf-8")
    asked, project = [], Project(tmp_path)

    def make_all(again, project, setting, limits, _tell):
        asked.append(([one.folder for one in again], project, setting, limits))
        for one, text in zip(again, ("page", "autre", "autre", "autre"), strict=True):
            one.folder.mkdir(parents=True)
            one.output(".html").write_text(text, encoding="utf-8")
        return [Result(one, "raté" if one.site == "echec" else None) for one in again]

    figures = {(name, at): {name: {"valeur": at}} for name in names for at in ("avant", "ici")}
    monkeypatch.setattr(verify, "make_all", make_all)
    monkeypatch.setattr(verify, "_facts", lambda _: FACTS)
    monkeypatch.setattr(verify, "Store", lambda project: project)
    monkeypatch.setattr(verify, "provenance_of",
                        lambda *_: FACTS.model_copy(update={"reference": "s"}))  # fmt: skip
    monkeypatch.setattr(verify, "_kept", lambda *given: f"{given[3]}, gardé")
    monkeypatch.setattr(verify, "_figures", lambda one: figures[
        one.site, "avant" if one.folder == tmp_path / one.site else "ici"])  # fmt: skip
    monkeypatch.setattr(verify, "_moved", lambda old, new: (
        (("bougé",), 0) if (old, new) == (figures["chiffre", "avant"], figures["chiffre", "ici"])
        else ((), 2)))  # fmt: skip

    found = verify.verify(plan, project, None, RunSetting(NOW), tmp_path / "la")

    assert asked == [
        ([tmp_path / "la" / str(rank) for rank in range(4)], project, RunSetting(NOW), Limits())
    ]
    assert [one.report for one in found] == plan
    assert [one.is_equal for one in found] == [True, False, False, False]
    assert [one.is_worded_otherwise for one in found] == [False, True, False, False]
    assert [one.moved for one in found] == [(), (), ("bougé",), ()]
    assert [one.nudged for one in found] == [2, 2, 0, 0]
    assert [one.failure for one in found] == [None, None, None, "raté, gardé"]
    assert {one.causes for one in found} == {("données de référence changées",)}
