"""Section on the free answers that a person read and approved."""

from collections.abc import Sequence
from dataclasses import replace

from qpref.display.changes import silence
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, with_interval
from qpref.display.wording import HIDDEN, SURVEY, both, interval, read_aloud, value
from qpref.quality.beside import plain_number
from qpref.quality.replies import received
from qpref.quality.spoken import Spoken, SpokenPublic, SpokenSubject
from qpref.reference import USERS, Audience, Campaign, Question
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure
from qpref.wording.french import lower_first, number, of, plural, upper_first

_NAMED = 3  # subjects of a group of visitors, on the page


def remarks(
    texts: Sequence[str],
    people: int,
    by_question: Sequence[tuple[Question, int]] = (),
    said: tuple[Spoken | None, Campaign | None] = (None, None),
    who: Audience = USERS,
) -> Section:
    """
    Return the approved remarks as they were written, and how many were received.

    Parameters
    ----------
    texts
        Masked and approved.
    people
        Users who left one, among those whose answers count.
    by_question
        Each open question, and the users who wrote something.
    said
        What remarks say, once a person coded some, and the previous campaign.
    who
        Whom the questionnaire was put to.
    """
    spoken, before = said
    written = [received(question, n, who.pluriel) for question, n in by_question]
    lines = figures("remarques", [*_counts(written, people), *_measures(spoken, before)])
    asked = [] if len(written) < 2 else [_written(written, who)]  # noqa: PLR2004 - else it is the total
    few, told = _told(spoken, before, who)
    asked += told
    quoted = {text for one in spoken.subjects for text in one.quotes} if spoken else set()
    left = plural(
        people, f"{who.singulier} a laissé une remarque", f"{who.pluriel} ont laissé une remarque"
    )
    if not people:
        none = f"Aucun {who.singulier} n’a laissé de remarque"
        return Section("remarques", none, figures=lines)
    if not texts:
        return Section(
            "remarques",
            left,
            ["Aucune n’a été relue pour être publiée ici.", *few],
            asked,
            figures=lines,
        )
    which = "Celles qui sont citées" if quoted else "Celles-ci"
    sentences = [
        f"{left}. {which} ont été choisies et relues par la cellule qualité : elles illustrent, "
        "elles ne mesurent rien. Les noms et coordonnées sont masqués.",
        *few,
    ]
    rows = [Row(f"« {text} »", []) for text in texts if text not in quoted]
    table = Table(f"Remarques {of(who.pluriel)}", ["Remarque"], rows)
    title = plural(len(texts), "remarque choisie", "remarques choisies")
    return Section(
        "remarques", title, sentences, [*asked, *([table] if rows else [])], figures=lines
    )


def _told(
    spoken: Spoken | None, before: Campaign | None, who: Audience
) -> tuple[list[str], list[Table]]:
    """Return the tables of subjects, or the sentence that says why there is none."""
    if spoken is None:
        return [], []
    if not spoken.subjects:
        return [f"Aucun sujet n’est assez nommé pour être dit ; {_coders(spoken)}."], []
    publics = [_publics(spoken.publics)] if spoken.publics else []
    return [], [_subjects(spoken, before, who), *publics]


def _written(found: Sequence[Measure], who: Audience) -> Table:
    rows = [Row(one.label, [number(one.value)]) for one in found]
    several = upper_first(who.pluriel)
    return Table(f"{several} qui ont écrit, par question", ["Question", several], rows)


def _counts(written: Sequence[Measure], people: int) -> list[Measure]:
    """Return how many wrote, question by question, and in all where several questions asked."""
    several = len(written) > 1
    return [*written, *([plain_number("ont_ecrit", people, written[0].unit)] if several else [])]


def _measures(spoken: Spoken | None, before: Campaign | None) -> list[Measure]:
    """Return what is told of subjects, all of it."""
    if spoken is None:
        return []
    parts = [(one.share, one.positive, one.negative, *_moves(one, before))
             for one in spoken.subjects]  # fmt: skip
    told = [measure for part in parts for measure in part if measure]
    told += [
        plain_number("remarques_codees", spoken.read, "remarques"),
        plain_number("remarques_ecrites", spoken.written, "remarques"),
    ]
    return [*told, *(share for public in spoken.publics for share in public.shares)]


def _moves(one: SpokenSubject, before: Campaign | None) -> tuple[Measure, ...]:
    if one.change is None or before is None:
        return ()
    former, change = one.change.before, one.change.change
    label = one.share.label
    return replace(former, label=label, group=before.id), replace(change, label=label)


def _subjects(spoken: Spoken, before: Campaign | None, who: Audience = USERS) -> Table:
    """Return how many of those who wrote name each subject."""
    headings = ["Sujet", upper_first(who.pluriel), "Positives", "Négatives"]
    rows = [_subject(one, before) for one in spoken.subjects]
    caption = "Ce que disent les remarques"
    return Table(caption, headings, rows, is_stacked=True, note=_note(spoken, who))


def _note(spoken: Spoken, who: Audience) -> str:
    """Read a share aloud; say who coded, what is judged, and that something is not told."""
    field = (
        f"{who.pluriel} qui ont écrit ; positives, négatives : ceux qui n’en disent que du bien, "
        "du mal"
    )
    source = f"{SURVEY} ; {_coders(spoken)}"
    shares = [one.share for one in spoken.subjects]
    note = read_aloud(shares, field, source, "{value} nomment « {label} »")
    moved = [one.change.change for one in spoken.subjects if one.change]
    left = "Les autres sujets sont trop peu nommés pour être dits." if spoken.hidden else ""
    return " ".join(filter(None, (note, silence(moved), left)))


def _coders(spoken: Spoken) -> str:
    """Say how many remarks a person coded."""
    left = ", les autres d’après leurs mots" if spoken.read < spoken.written else ""
    read = plural(spoken.read, "remarque")
    return f"codé par une personne : {read} sur {number(spoken.written)}{left}"


def _subject(one: SpokenSubject, before: Campaign | None) -> Row:
    tones = [HIDDEN if tone is None else number(tone.value) for tone in
             (one.positive, one.negative)]  # fmt: skip
    told = [_change(one.change, before)] if one.change and before else []
    return Row(
        one.share.label,
        [value(one.share), *tones],
        with_interval(one.share),
        " ".join([*_within(one.share), *told, *(f"« {text} »" for text in one.quotes)]),
        told=interval(one.share),
    )


def _within(share: Measure) -> list[str]:
    """Say an interval under its row: on the narrowest telephone, a cell would cut it."""
    said = interval(share)
    return [f"{upper_first(said)}."] if said else []


_MORE = {"mieux": "Plus souvent nommé : ", "moins_bien": "Moins souvent nommé : "}


def _change(found: Difference, before: Campaign) -> str:
    """Say how many named a subject at the previous campaign, and what the difference may be."""
    change = found.change
    gap = f", écart {interval(change)}" if change.is_compared else ""
    told = f"{value(found.before)} en {before.libelle}{gap}."
    return _MORE.get(change.verdict, "") + told


def _publics(found: Sequence[SpokenPublic]) -> Table:
    """Return what each group of those who wrote names most."""
    rows = [
        Row(
            one.label,
            [number(one.written)],
            detail=" ; ".join(
                f"{lower_first(share.label)} : {both(share)}" for share in one.shares[:_NAMED]
            ),
        )
        for one in found
    ]
    note = (
        f"Au plus {_NAMED} sujets par groupe, s’ils sont assez nommés pour ne reconnaître "
        "personne. Les écarts entre groupes ne sont pas jugés."
    )
    return Table(
        "Selon les publics, parmi ceux qui ont écrit", ["Public", "Ont écrit"], rows, note=note
    )
