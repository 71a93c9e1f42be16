"""Sections of the document that opens a meeting: agenda, agreements, questions, members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from qpref.display.context import INVENTED
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import opinions, read_aloud, value
from qpref.palette import VERY_GOOD
from qpref.quality.agreements import (
    DUE_LATER,
    KEPT,
    LATE,
    UNDER_WAY,
    FollowUp,
    by_state,
    minutes_asked,
    seats,
    timetable,
)
from qpref.reference import Site
from qpref.reference.agreement import Addresses, Answers, Declared, Sent, Visits, Yearly
from qpref.reference.meeting import Meeting, MemberQuestion
from qpref.reference.members import CATEGORIES
from qpref.statistics.measure import SHARE, Measure
from qpref.wording.french import (
    NBSP,
    enumeration,
    long_date,
    lower_first,
    noun,
    number,
    percent,
    plural,
)

STATES = {
    LATE: "En retard",
    UNDER_WAY: "En cours",
    DUE_LATER: "À venir",
    KEPT: "Tenu",
}


@dataclass(frozen=True)
class Document:
    """A document of the meeting: its title, the files attached."""

    title: str
    files: Sequence[str]


@dataclass(frozen=True)
class Quote:
    """A measure that a question is about, and the title of the report that published it."""

    measure: Measure
    source: str


def clock(moment: time) -> str:
    """
    Return a time of day in French.

    Examples
    --------
    >>> [clock(moment).replace(NBSP, " ") for moment in (time(14, 30), time(9))]
    ['14 h 30', '9 h']
    """
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def heading(meeting: Meeting, sites: Sequence[Site], sent: date) -> Section:
    """Return the first section: what, when, where; `sent`, the last day to send it."""
    names = enumeration([site.nom_court for site in sites if site.id in meeting.sites])
    sentences = [
        f"Réunion du {long_date(meeting.date)} à {clock(meeting.heure)}, {meeting.lieu}.",
        f"Sites concernés : {names}.",
        f"Ce document est envoyé au plus tard le {long_date(sent)}, pour que chacun ait le temps "
        "de lire et de poser ses questions.",
    ]
    if meeting.fictif:
        sentences.insert(0, INVENTED)
    title = f"Ordre du jour du comité local des usagers, {long_date(meeting.date)}"
    return Section(
        "en-tete",
        title,
        sentences,
        page={
            "titre": f"Ordre du jour — {long_date(meeting.date)}",
            "fictif": meeting.fictif,
        },
        level=1,
    )


def agenda(meeting: Meeting, attached: Mapping[str, tuple[str, str]]) -> Section:
    """
    Return the items in their order, with the time they begin and links to what is attached.

    Parameters
    ----------
    meeting
        Whose agenda.
    attached
        Title and file of each document that goes with it.
    """
    rows = []
    for begins, item in timetable(meeting):
        own = [attached[name] for name in item.documents if name in attached]
        cells = [clock(begins), f"{item.minutes} min"]
        links = [(title.rpartition(" — ")[0], file) for title, file in own]
        rows.append(Row(item.titre, cells, links=links))
    asked, sentences = minutes_asked(meeting), []
    over = asked - meeting.duree_minutes
    if over > 0:
        sentences.append(
            f"L’ordre du jour dure {asked} minutes, {over} de plus que la réunion prévue."
        )
    around = [
        f"{lower_first(p.role)}" + (f" ({number(p.nombre)})" if p.nombre > 1 else "")
        for p in meeting.participants
    ]
    if around:
        sentences.append(f"Autour de la table : {enumeration(around)}.")
    table = Table("Points, heure et documents joints", ["Point", "Heure", "Durée"], rows)
    count = plural(len(rows), "point") if rows else "Aucun point"
    tables = [table] if rows else []
    return Section("ordre-du-jour", f"{count} à l’ordre du jour", sentences, tables, level=2)


def agreements(found: Sequence[FollowUp], today: date) -> Section:
    """Return the state of each agreement, the late ones first."""
    if not found:
        return Section("accords", "Aucun accord d’une réunion précédente", level=2)
    counts = by_state(found, STATES)
    kept, late = (next(int(m.value) for m in counts if m.key == state) for state in (KEPT, LATE))
    title = f"{plural(kept, 'accord tenu', 'accords tenus')} sur {len(found)}" + (
        f", {number(late)} en retard" if late else ""
    )
    rows = [
        Row(
            f.agreement.accord,
            [STATES[f.state], long_date(f.due) if f.due else "—", f.agreement.responsable],
            detail=evidence(f),
        )
        for f in found
    ]
    headings = ["Accord", "État", "Échéance", "Responsable"]
    table = Table(f"Suivi au {long_date(today)}", headings, rows, is_stacked=True)
    return Section("accords", title, [], [table], figures=figures("accords", counts), level=2)


def evidence(found: FollowUp) -> str:
    """Return the evidence for the state of an agreement, as a sentence."""
    return _EVIDENCE[type(found.agreement.preuve)](found)


def _answers(found: FollowUp) -> str:
    count, least = found.evidence["reponses"], found.evidence["minimum"]
    proof = found.agreement.preuve
    campaign = proof.campagne if isinstance(proof, Answers) else ""
    told = (
        f"{plural(int(str(count)), 'usager a répondu', 'usagers ont répondu')} "
        f"(campagne {campaign}), {least} promis."
    )
    closed, left = found.evidence.get("close_le"), int(str(least)) - int(str(count))
    if isinstance(closed, date) and left > 0:
        return f"{told} La campagne est close depuis le {long_date(closed)} : il en manque {left}."
    return told


def _visits(found: FollowUp) -> str:
    count, least = (int(str(found.evidence[name])) for name in ("visites", "minimum"))
    done = plural(count, "visite faite", "visites faites") if count else "Aucune visite notée"
    promised = plural(least, "était promise", "étaient promises")
    return f"{done} ; au moins {promised}."


def _sent(found: FollowUp) -> str:
    went = found.evidence.get("envoye_le")
    if isinstance(went, date):
        return f"Documents envoyés le {long_date(went)}."
    return "Aucun envoi noté pour la prochaine réunion." if found.due else "Aucune réunion prévue."


def _yearly(found: FollowUp) -> str:
    last, following = found.evidence["derniere"], found.evidence["prochaine"]
    told = f"Dernière réunion le {long_date(last)}" if isinstance(last, date) else ""
    if isinstance(following, date):
        return f"{told}, prochaine le {long_date(following)}."
    return f"{told}, aucune autre n’est fixée."


def _addresses(found: FollowUp) -> str:
    agreed, members = (int(str(found.evidence[name])) for name in ("accords", "membres"))
    if not members:
        return "Le fichier des membres n’est pas là : rien ne le dit."
    told = noun(agreed, f"membre sur {members} accepte", f"membres sur {members} acceptent")
    return f"{number(agreed)} {told} de partager leur adresse."


def _declared(found: FollowUp) -> str:
    done, proof = found.evidence["fait_le"], found.agreement.preuve
    source = proof.source if isinstance(proof, Declared) else None
    if not isinstance(done, date):
        return "Aucune date de réalisation notée."
    return f"Noté fait le {long_date(done)}" + (f" ({source})." if source else ".")


_EVIDENCE = {
    Answers: _answers,
    Visits: _visits,
    Sent: _sent,
    Addresses: _addresses,
    Declared: _declared,
    Yearly: _yearly,
}


def questions(found: Sequence[tuple[MemberQuestion, Sequence[Quote]]]) -> Section:
    """Return the questions received, each with the figures it is about."""
    if not found:
        return Section(
            "questions",
            "Aucune question reçue à ce jour",
            ["Le formulaire joint permet d’en poser par retour de courriel."],
            level=2,
        )
    rows = [
        Row(
            f"« {question.texte} »",
            [question.de, long_date(question.recue_le)],
            detail=" ".join(quoted(quote) for quote in quotes),
        )
        for question, quotes in sorted(found, key=lambda one: one[0].sujet.casefold())
    ]
    table = Table("Questions, par sujet", ["Question", "De la part de", "Reçue le"], rows)
    title = plural(len(found), "question reçue", "questions reçues")
    return Section("questions", title, [], [table], level=2)


def quoted(quote: Quote) -> str:
    """Return a measure as a sentence: its name, value, interval, opinions and source."""
    measure, between, count = quote.measure, "", ""
    if measure.low is not None and measure.high is not None:
        low, high = (_valued(bound, measure.unit) for bound in (measure.low, measure.high))
        between = f", entre {low} et {high}"
    if measure.n and measure.n != measure.value:
        count = f", {opinions(measure.n)}"
    said = _valued(measure.value, measure.unit)
    return f"{measure.label} : {said}{between}{count} (« {quote.source} »)."


def _valued(amount: float, unit: str) -> str:
    if unit == SHARE:
        return percent(amount)
    decimals = 0 if amount == int(amount) else 1
    return f"{number(amount, decimals)} {unit}"


def around_the_table(counts: Mapping[str, int]) -> Section:
    """Return how many members speak for each category of users, and the missing categories."""
    found = seats(counts, CATEGORIES)
    missing = [lower_first(seat.label) for seat in found if not seat.value]
    title = (
        f"{plural(len(missing), 'catégorie')} d’usagers sans représentant : {enumeration(missing)}"
        if missing
        else "Toutes les catégories d’usagers sont représentées"
    )
    most = max((seat.value for seat in found), default=0) or 1
    rows = [
        Row(seat.label, [value(seat)], [bar(seat, VERY_GOOD, most)] if seat.value else [])
        for seat in found
    ]
    note = read_aloud(
        [seat for seat in found if seat.value],
        "membres du comité",
        "liste des membres",
        "{value} pour « {label} »",
    )
    caption = "Membres par catégorie d’usagers représentée"
    table = Table(caption, ["Catégorie", "Membres"], rows, note=note)
    shown = figures("composition", found)
    return Section("composition", title, [], [table], figures=shown, level=2)
