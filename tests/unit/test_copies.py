"""What is handed to an analyst is a copy: writing on it changes no figure and no page."""

import contextlib
import inspect
from dataclasses import dataclass, fields, is_dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref import ouvrir
from qpref.errors import UsageError
from qpref.store import Store, tables
from qpref.workbook import (
    Etude,
    Satisfaction,
    ouvrir_collecte,
    ouvrir_enquete_mystere,
    ouvrir_labellisation,
    ouvrir_satisfaction,
    ouvrir_synthese,
)
from qpref.workbook.copies import handed, remembered
from qpref.workbook.result import Resultat
from tests.conftest import example_count

OPENERS = {
    "etude": lambda root: ouvrir("evry", "2020-11", root),
    "satisfaction": lambda root: ouvrir_satisfaction("evry", "2020-11", root),
    "mystere": lambda root: ouvrir_enquete_mystere("evry", "2020-11", root),
    "labellisation": lambda root: ouvrir_labellisation("evry", "2020-11", root),
    "collecte": lambda root: ouvrir_collecte("evry", "2020-11", "2020-11-25", root),
    "synthese": lambda root: ouvrir_synthese("2020-11", root),
}
WRITABLE = {
    "etude": {"items", "contacts", "questions", "libelles", "avis", "groupes"},
    "satisfaction": {
        "reponses", "items", "contacts", "conformite", "fichiers", "frequentation", "parts",
        "niveaux", "avis", "parts_par_campagne", "parts_par_site", "comparaisons", "ecarts",
        "comparaison_sites", "compositions", "taux_reponse", "ponderation", "determinants",
        "a_motif_egal", "modele",
    },
    "mystere": {"contacts", "conformite", "fichiers"},
    "labellisation": {"parts", "etats", "historique", "mesures", "preuves", "rappels"},
    "collecte": {"reponses", "compositions", "taux_reponse", "jours"},
    "synthese": {"sites", "resultats"},
}  # fmt: skip


def parts_of(value):
    """Return what a value holds, if it is a record or a collection."""
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return {str(rank): item for rank, item in enumerate(value)}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return {}


def digest(value):
    """Return a text that changes when something that a value holds does."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return f"{value.to_csv()} {getattr(value, 'dtypes', '')} {value.index.names}"
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    parts = parts_of(value)
    return repr({key: digest(item) for key, item in parts.items()}) if parts else repr(value)


def spoil(value):
    """Write on all that a value holds; return whether anything could be written on."""
    done = [spoil(part) for part in parts_of(value).values()]
    if isinstance(value, pd.DataFrame):
        for name in value.columns:
            value[name] = None
        value.index.name = "ailleurs"
        value["ajout"] = 1
    elif isinstance(value, pd.Series):
        value.index = range(len(value))
        for place in [*value.index[:1]]:
            value.pop(place)
    elif isinstance(value, np.ndarray):
        value[...] = 0
    elif isinstance(value, (dict, list)):
        value.clear()
    else:
        return any(done)
    return True


def public(opened):
    """Return the names of what can be read of an opened study."""
    kinds = dict(inspect.getmembers(type(opened)))
    names = [*kinds, *vars(opened)]
    return [n for n in names if not n.startswith("_") and not callable(kinds.get(n))]


@pytest.mark.lent
@pytest.mark.parametrize("name", OPENERS)
def test_what_is_written_on_a_public_table_stays_with_its_writer(filled, name):
    opened = OPENERS[name](filled.root)
    written = set()
    for attribute in public(opened):
        before = digest(getattr(opened, attribute))
        if spoil(getattr(opened, attribute)):
            written.add(attribute)
        assert digest(getattr(opened, attribute)) == before, attribute

    assert written >= WRITABLE[name]


@pytest.mark.lent
def test_a_page_is_the_same_whatever_was_written_on_its_tables(filled):
    plain, written = (ouvrir_satisfaction("evry", "2020-11", filled.root) for _ in range(2))
    for attribute in public(written):
        spoil(getattr(written, attribute))

    for section in ("chiffres_cles", "evolution", "publics", "profil", "tests", "annexe"):
        assert getattr(written, section)().html == getattr(plain, section)().html


def test_a_filter_and_its_whole_do_not_share_what_is_written(filled):
    study = ouvrir("evry", "2020-11", filled.root)
    part = study.filtrer(motif="etrangers")
    spoil(part.tableau())
    spoil(study.items)

    assert set(part.tableau(codes=True)["motif"]) == {"etrangers"}
    assert part.items["reponse_id"].nunique() == len(part)


def test_what_the_store_holds_is_not_what_it_hands_out(filled, monkeypatch):
    monkeypatch.setattr(tables, "_HELD", {})
    store = Store(filled)
    store.hold("2020-11")
    before = digest(store.read("reponses", "2020-11", "evry"))
    spoil(store.read("reponses", "2020-11", "evry"))

    assert tables._HELD
    assert digest(store.read("reponses", "2020-11", "evry")) == before


def test_the_store_holds_no_more_than_its_limit(filled, monkeypatch):
    held = {}
    monkeypatch.setattr(tables, "_HELD", held)
    store = Store(filled)
    store.hold("2019-11")
    first, weight = set(held), sum(state[-1] for _, *states in held for state in states)
    monkeypatch.setattr(tables, "_HELD_MOST", weight)
    store.hold("2019-11")
    assert set(held) == first
    monkeypatch.setattr(tables, "_HELD_CAMPAIGN", 10 * weight)
    store.hold("2020-11")

    assert sum(state[-1] for _, *states in held for state in states) <= weight
    assert not first <= set(held)


@pytest.mark.parametrize("name", OPENERS)
def test_an_opened_study_says_what_it_is(filled, name):
    text = repr(OPENERS[name](filled.root))

    assert "0x" not in text
    assert "novembre-décembre 2020" in text
    assert ("Évry" in text) == (name != "synthese")
    assert any(character.isdigit() for character in text.split(",")[-1])


def test_docstrings_of_what_an_analyst_calls_are_french(filled):
    english = {"the", "of", "as", "by", "is", "with", "for", "found", "last", "if"}
    opened = [OPENERS[name](filled.root) for name in OPENERS]
    texts = {
        f"{type(one).__name__}.{name}": inspect.getdoc(getattr(type(one), name, None)) or ""
        for one in opened
        for name in dir(type(one))
        if not name.startswith("_")
    } | {f.__name__: f.__doc__ for f in (ouvrir, ouvrir_satisfaction, ouvrir_collecte,
                                         ouvrir_synthese, ouvrir_labellisation)}  # fmt: skip

    assert len(texts) > 60
    for name, text in texts.items():
        words = set(text.replace("Parameters", "").lower().split())
        assert not words & english, name
        assert text, name


def test_a_record_is_copied_with_the_tables_in_it():
    @dataclass(frozen=True)
    class Found:
        table: pd.DataFrame
        n: int

    held = Found(pd.DataFrame({"a": [1]}), 1)
    given = handed({"x": [held]})
    given["x"][0].table["a"] = 2

    assert held.table["a"].tolist() == [1]
    assert given["x"][0].n == 1


def test_a_method_remembers_by_its_arguments_and_object():
    class Counter:
        def __init__(self):
            self.calls = []

        @remembered
        def double(self, value):
            self.calls.append(value)
            return 2 * value

    first, second = Counter(), Counter()
    assert [first.double(2), first.double(2), first.double(3), second.double(2)] == [4, 4, 6, 4]
    assert (first.calls, second.calls) == ([2, 3], [2])


def test_opened_classes_keep_the_names_that_analysts_know():
    assert {Etude.__name__, Satisfaction.__name__} == {"Etude", "Satisfaction"}


GIVEN = {
    "tableau": lambda study: study.tableau(),
    "manquants": lambda study: study.manquants(),
    "items": lambda study: study.items,
    "questions": lambda study: study.questions,
    "libelles": lambda study: study.libelles,
    "croisement": lambda study: study.croiser("global", par="motif").table,
    "figures": lambda study: study.croiser("global", par="motif").section.figures,
    "dessin": lambda study: study.comparer("global", par="retraite").section.plot,
    "colonne": lambda study: study["attente"],
    "filtre": lambda study: study.filtrer(mode="papier").tableau(),
    "parts": lambda study: study.rapport.parts,
    "reponses": lambda study: study.rapport.reponses,
}
HOW = {
    "colonnes": spoil,
    "tableaux": lambda value: [scribble(part) for part in [value, *parts_of(value).values()]],
    "lignes": lambda value: value.clear() if isinstance(value, dict) else shortened(value),
}


def scribble(value):
    """Write on the arrays of a table, behind the back of pandas."""
    columns = [value[name] for name in value] if isinstance(value, pd.DataFrame) else [value]
    for column in columns:
        if isinstance(column, pd.Series) and len(column) > 1:
            with contextlib.suppress(ValueError):  # read-only is as good
                column.array[0] = column.array[-1]


def shortened(table):
    if not isinstance(table, (pd.DataFrame, pd.Series)) or not table.index.is_unique:
        return
    if isinstance(table, pd.DataFrame):
        table.loc["ajout"] = None
        del table[table.columns[0]]
    table.attrs.clear()


def told(study):
    """What a study says: tables, sections and figures."""
    made = [study.croiser("global", par="motif"), study.comparer("global", par="retraite")]
    texts = [digest(one.table) + one.section.html + repr(one.figure) for one in made]
    return [digest(study.tableau()), *texts, study.rapport.chiffres_cles().html]


@pytest.mark.lent
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(GIVEN)), st.sampled_from(sorted(HOW))),
        min_size=1, max_size=6,
    )
)  # fmt: skip
@settings(
    max_examples=example_count(5), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_sequence_of_edits_changes_what_comes_after(untouched, edits):
    study, before = untouched
    for what, how in edits:
        HOW[how](GIVEN[what](study))

    assert told(study) == before.texts


def assert_verbs_hand_copies(study, question, by):
    """Each verb says the same after its table, its figures and its drawing were written on."""
    asked = {"croiser": (question, by), "distribution": (question, by), "comparer": (question, by),
             "evolution": (question,), "resume": (by,), "nps": ("", by)}  # fmt: skip
    verbs = {name for name, verb in inspect.getmembers(Etude)
             if not name.startswith("_") and inspect.isfunction(verb)
             and inspect.signature(verb).return_annotation is Resultat}  # fmt: skip
    assert verbs >= {"taux_de_reponse", "remarques", "priorites", *asked}
    refused = set()
    for name in sorted(verbs):
        try:
            made = getattr(study, name)(*asked.get(name, ()))
        except UsageError:
            refused.add(name)
            continue
        before = digest(made.table) + made.section.html
        for given_ in (made.table, made.section.figures, made.section.plot):
            scribble(given_)
            spoil(given_)
        again = getattr(study, name)(*asked.get(name, ()))
        assert digest(again.table) + again.section.html == before, name
    assert refused <= {"nps"}  # where it is not asked


@pytest.mark.lent
def test_no_verb_hands_out_what_it_reads(untouched):
    assert_verbs_hand_copies(untouched[0], "global", "retraite")


@pytest.fixture(scope="module")
def untouched(filled):
    """A study that all edits share, and what another one says."""
    texts = told(ouvrir("evry", "2020-11", filled.root))
    return ouvrir("evry", "2020-11", filled.root), SimpleNamespace(texts=Quiet(texts))


class Quiet(list):
    """A list that a failing test does not print whole."""

    def __repr__(self):
        return f"<{len(self)} texts>"
