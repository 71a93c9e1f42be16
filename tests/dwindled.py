"""Tables of answers cut down to nothing, and every section that the studies make of them.

The tables are those of a project where everything is there; a `Cut` says what is left of them. They
are handed to the studies in the place of those of the store: no file is written, no kernel started.
"""

import contextlib
import re
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from typing import get_type_hints
from unittest import mock

import pandas as pd
from hypothesis import strategies as st
from lxml import html as lxml_html

from qpref.display.section import Section, Sections
from qpref.errors import QprefError
from qpref.schema import TABLES, typed
from qpref.store import Store
from qpref.workbook import (
    Etude,
    ouvrir,
    ouvrir_collecte,
    ouvrir_enquete_mystere,
    ouvrir_labellisation,
    ouvrir_satisfaction,
    ouvrir_synthese,
)
from tests.conftest import NIGHT
from tests.sections import each, plain

FEW = (0, 1, 2, 3, 5, 9, 10, 14, 15, 16, 29, 30, 45)
STATES = ("sans_objet", "nsp", "non_reponse")
# What no reader may see: a number that is none, or a margin as wide as the scale.
HOLLOW = re.compile(r"\b(?:nan|NaN|None|NaT|inf)\b|± (?:9\d|\d{3})(?:,\d+)? (?:points|%)")
_ENDS = r"([+-]?\d+(?:,\d+)?)"
_BETWEEN = re.compile(rf"entre {_ENDS} et {_ENDS}(?! [a-zéû]+ 20\d\d)")


@dataclass(frozen=True)
class Cut:
    """
    What is left of the answers.

    Parameters
    ----------
    answers, before
        Answers kept of each site, of this campaign and of the one before; None for all of them.
    given
        What every opinion becomes: the rank of one level, from the best, or a state.
    marks
        Whether every number given to a question is the first one given to it.
    group
        Columns of the visitors: « same » for all, « none » known, or as they were.
    flow
        Passages divided by this; none is left when it is 0.
    contacts
        Mystery contacts kept of each site.
    judged
        Whether all judgements of a criterion are the first one, and all marks the highest.
    is_one_day
        Whether all came the same day.
    absent, absent_before
        Of the questions that judge nothing, one in so many has no column in the files of this
        campaign, of the one before; 0 for none.
    """

    answers: tuple[int | None, ...] = (None,)
    before: int | None = None
    given: int | str | None = None
    marks: bool = False
    group: str = "as they were"
    flow: int = 1
    contacts: int | None = None
    judged: bool = False
    is_one_day: bool = False
    absent: int = 0
    absent_before: int = 0


@st.composite
def cuts(draw):
    """Cuts of all kinds, those that leave most included."""
    sizes = st.sampled_from([*FEW, None])
    return Cut(
        answers=tuple(draw(st.lists(sizes, min_size=1, max_size=3))),
        before=draw(sizes),
        given=draw(st.sampled_from([None, None, None, 0, 1, -1, *STATES])),
        marks=draw(st.booleans()),
        group=draw(st.sampled_from(["as they were", "as they were", "same", "none"])),
        flow=draw(st.sampled_from([1, 1, 50, 10_000, 0])),
        contacts=draw(st.sampled_from([None, 0, 1, 2, 3, 8])),
        judged=draw(st.booleans()),
        is_one_day=draw(st.booleans()),
        absent=draw(st.sampled_from([0, 0, 1, 2, 3])),
        absent_before=draw(st.sampled_from([0, 0, 1, 2])),
    )


def whole(project, reference):
    """Return all tables of a project, by name, campaign and site."""
    store = Store(project)
    sites = [site.id for site in reference.sites.sites]
    return {
        (name, campaign.id, site): store.read(name, campaign.id, site)
        for name in TABLES
        for campaign in reference.campaigns.campagnes
        for site in sites
    }


def reduced(tables, reference, campaign, cut):
    """Return what a cut leaves of tables; `campaign` is the one reported."""
    found = dict(tables)
    for rank, site in enumerate(site.id for site in reference.sites.sites):
        for one in reference.campaigns.campagnes:
            own = {name: tables[name, one.id, site] for name in TABLES}
            left = cut.answers[rank % len(cut.answers)] if one.id == campaign else cut.before
            lost = cut.absent if one.id == campaign else cut.absent_before
            asked = reference.questionnaires[one.questionnaire]
            here = replace(cut, answers=(left,), absent=lost)
            own |= _answers(own, reference.campaign(one.id), asked, here)
            own |= _contacts(own, cut) | _flow(own, cut)
            found |= {(name, one.id, site): typed(name, rows) for name, rows in own.items()}
    return found


def _answers(own, campaign, asked, cut):
    rows, items = own["reponses"], own["items"]
    rows = rows.loc[rows["statut"].isin(campaign.kept_statuses)].iloc[: cut.answers[0]].copy()
    items = items.loc[items["reponse_id"].isin(rows["reponse_id"])].astype(
        {"modalite": "object", "etat": "object"}
    )
    if cut.is_one_day and len(rows):
        rows["date_reponse"] = rows["date_reponse"].min()
    groups = [name for name in asked.by_role if name in rows and name != "site"]
    if cut.group != "as they were":
        for name in set(groups) & {"mode", "demi_journee", "guichet", *asked.groups}:
            known = rows[name].dropna()
            rows[name] = known.iloc[0] if cut.group == "same" and len(known) else None
    unread = absent(asked, cut.absent)
    items = items.loc[~items["question"].isin([question.id for question in unread])].copy()
    rows[[question.role for question in unread if question.role in rows]] = None
    _judge(items, asked, cut.given)
    if cut.marks:
        first = items.groupby("question", observed=True)["valeur"].transform("first")
        items["valeur"] = items["valeur"].where(items["valeur"].isna(), first)
    return {"reponses": rows, "items": items}


def _judge(items, asked, given):
    """Have every opinion be one level, or one state."""
    for question in asked.opinions if given is not None else ():
        here = items["question"] == question.id
        if isinstance(given, str):
            items.loc[here, ["etat", "modalite"]] = [given, None]
            continue
        levels = asked.scale(question.id).answers
        place = -1 if given < 0 else min(given, len(levels) - 1)
        items.loc[here & (items["etat"] == "repondu"), "modalite"] = levels[place].code


def absent(asked, every):
    """Return one in so many of the questions that an import may lack."""
    free = [q for q in asked.questions if q.kind.is_asked and q not in asked.opinions]
    return free[::every] if every else []


def _contacts(own, cut):
    rows = own["contacts_mysteres"]
    kept = rows.groupby("canal").head(cut.contacts) if cut.contacts is not None else rows
    judged = own["visites_mysteres"]
    judged = judged.loc[judged["contact_id"].isin(kept["contact_id"])].copy()
    if cut.judged and len(judged):
        first = judged.groupby("critere")["reponse"].transform("first")
        judged["reponse"] = first.where(judged["reponse"].notna())
        highest = judged.groupby("critere")["note"].transform("max")
        judged["note"] = highest.where(judged["note"].notna())
    return {"contacts_mysteres": kept, "visites_mysteres": judged}


def _flow(own, cut):
    rows = own["population"]
    if not cut.flow:
        return {"population": rows.iloc[:0], "collecte": own["collecte"].iloc[:0]}
    return {"population": rows.assign(effectif=rows["effectif"] // cut.flow)}


@contextlib.contextmanager
def instead(tables, reference=None, campaign="", cut=None):
    """Have the studies read these tables, of files that lacked the columns that a cut says."""

    def read(_, table, campaign, site):
        found = tables.get((table, campaign, site))
        return typed(table, []) if found is None else found.copy(deep=False)

    def imports(store, name):
        found = told(store, name)
        if cut is None or name not in {one.id for one in reference.campaigns.campagnes}:
            return found
        asked = reference.questionnaires[reference.campaign(name).questionnaire]
        unread = absent(asked, cut.absent if name == campaign else cut.absent_before)
        lost = {"questions_absentes": [question.id for question in unread]}
        return [entry.model_copy(update=lost) for entry in found]

    told = Store.imports
    with mock.patch.object(Store, "read", read), mock.patch.object(Store, "imports", imports):
        yield


def sections(root, site, campaign):
    """Yield each section that a study of a site, or of all of them, makes, with how it is asked."""
    opened = (ouvrir_satisfaction, ouvrir_enquete_mystere, ouvrir_labellisation, ouvrir_collecte)
    for make in opened:
        with contextlib.suppress(QprefError):
            yield from _of(make(site, campaign, racine=root))
    with contextlib.suppress(QprefError):
        yield from _of(ouvrir_synthese(campaign, root))
    with contextlib.suppress(QprefError):
        yield from _looks(ouvrir(site, campaign, root))


def _of(study):
    """Yield the sections of a study: those of its methods that can be called as they are."""
    for name, method in vars_of(type(study)):
        if get_type_hints(method).get("return") not in (Section, Sections):
            continue
        asked = list(signature(method).parameters.values())[1:]
        if all(one.default is not Parameter.empty for one in asked):
            yield from _made(f"{type(study).__name__}.{name}", getattr(study, name))


def vars_of(kind):
    """Return the public functions of a class and of those above it."""
    found = {name: value for one in reversed(kind.__mro__) for name, value in vars(one).items()}
    return [(n, f) for n, f in found.items() if callable(f) and not n.startswith("_")]


def _looks(study: Etude):
    """Yield what an analyst may look at: a few questions, every one at night."""
    most = None if NIGHT else 1
    for question in [*study.avis[:most], *study.groupes[:most]]:
        yield from _shown(f"distribution {question}", study.distribution, question)
        for by in study.groupes[:most]:
            yield from _shown(f"croiser {question} {by}", study.croiser, question, by)
    for question in study.avis[:most]:
        for by in ["site", *study.groupes[:most]]:
            yield from _shown(f"comparer {question} {by}", study.comparer, question, by)
        yield from _shown(f"evolution {question}", study.evolution, question)
    for verb in (study.resume, study.nps, study.taux_de_reponse, study.remarques):
        yield from _shown(verb.__name__, verb)


def _shown(name, verb, *given):
    """Yield the section of a result; its figure is a figure, or a sentence."""
    try:
        found = verb(*given)
    except QprefError:
        return
    with contextlib.suppress(QprefError):
        assert found.figure.data is not None
    yield name, found.section


def _made(name, method, *given):
    """Yield the sections that a call makes; one of our errors is a sentence too."""
    try:
        value = method(*given)
    except QprefError:
        return
    for section in each(value):
        yield name, section


def faults(section):
    """Return what no section may say: hollow words, empty intervals, shares outside of them."""
    text = plain(" ".join(lxml_html.fromstring(f"<div>{section.html}</div>").itertext()))
    text = " ".join(text.split())
    found = [f"« {one[0]} » in: {text[:200]}" for one in HOLLOW.finditer(text)]
    found += [f"{one[0]}" for one in _BETWEEN.finditer(text) if one[1] == one[2]]
    for line in section.figures.to_dict("records"):
        value, low, high = (line[name] for name in ("valeur", "bas", "haut"))
        if pd.isna(value) and line["n"] and line["verdict"] != "non_compare":
            found.append(f"no value: {line}")
        if pd.isna(low) and pd.isna(high):
            continue
        if pd.isna(low) or pd.isna(high) or not low - 1e-9 <= value <= high + 1e-9:
            found.append(f"outside: {line}")
        if low == high and _is_interval(line):
            found.append(f"empty: {line}")
    plot = repr(section.plot)
    return found + ([f"plot: {plot[:300]}"] if re.search(r"\bnan\b|\binf\b", plot) else [])


def _is_interval(line):
    """Whether the bounds are those of an interval, and not of the values described."""
    described = line["section"] in {"notes", "preuves"} or line["section"].startswith("canal-")
    return line["groupe"] != "médiane" and not (described and line["unite"] != "part")
