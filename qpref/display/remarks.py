"""Section on the free answers that a person read and approved."""

from collections.abc import Sequence

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, with_interval
from qpref.display.wording import HIDDEN, cell, interval, value
from qpref.quality.replies import received
from qpref.quality.spoken import Spoken, SpokenSubject
from qpref.reference import Campaign, Question
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, lower_first, number, plural


def remarks(
    texts: Sequence[str],
    people: int,
    by_question: Sequence[tuple[Question, int]] = (),
    said: tuple[Spoken | None, Campaign | None] = (None, None),
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
    """
    spoken, _ = said
    written = [received(question, n, "usagers") for question, n in by_question]
    lines = figures("remarques", [*written, *_measures(spoken)])
    asked = [] if len(written) < 2 else [_written(written)]  # noqa: PLR2004 - else it is the total
    asked += [] if spoken is None else [_subjects(spoken, said[1])]
    quoted = {text for one in spoken.subjects for text in one.quotes} if spoken else set()
    left = plural(people, "usager a laissé une remarque", "usagers ont laissé une remarque")
    if not texts:
        return Section(
            "remarques",
            left,
            ["Aucune n’a été relue pour être publiée ici."],
            asked,
            figures=lines,
        )
    who = "Celles qui sont citées" if quoted else "Celles-ci"
    sentences = [
        f"{left}. {who} ont été choisies et relues par la cellule qualité : elles illustrent, "
        "elles ne mesurent rien. Les noms et coordonnées sont masqués."
    ]
    rows = [Row(f"« {text} »", []) for text in texts if text not in quoted]
    table = Table("Remarques d’usagers", ["Remarque"], rows)
    title = plural(len(texts), "remarque choisie", "remarques choisies")
    return Section(
        "remarques", title, sentences, [*asked, *([table] if rows else [])], figures=lines
    )


def _written(found: Sequence[Measure]) -> Table:
    rows = [Row(one.label, [number(one.value)]) for one in found]
    return Table("Usagers qui ont écrit, par question", ["Question", "Usagers"], rows)


def _measures(spoken: Spoken | None) -> list[Measure]:
    """Return what is told of subjects, all of it."""
    subjects = spoken.subjects if spoken else ()
    parts = [(one.share, one.positive, one.negative, one.before) for one in subjects]
    return [measure for part in parts for measure in part if measure]


def _subjects(spoken: Spoken, before: Campaign | None) -> Table:
    """Return how many of those who wrote name each subject."""
    has_before = before is not None and any(one.before for one in spoken.subjects)
    former = [before.libelle] if before and has_before else []
    note = (
        "Part de ceux qui ont écrit, et non des usagers. Une remarque peut avoir plusieurs sujets. "
        "Positives, négatives : usagers dont les remarques sur ce sujet le sont toutes. Remarques "
        f"codées par une personne : {number(spoken.read)} sur {number(spoken.written)}"
    )
    note += " ; les autres le sont d’après leurs mots." if spoken.read < spoken.written else "."
    if has_before:
        note += " L’écart d’une campagne à l’autre n’est pas jugé."
    if spoken.hidden:
        names = enumeration([lower_first(label) for label in spoken.hidden])
        note += f" Non dits, pour ne reconnaître personne : {names}."
    headings = ["Sujet", "Usagers", *former, "Positives", "Négatives"]
    rows = [_subject(one, has_before=has_before) for one in spoken.subjects]
    return Table("Ce que disent les remarques", headings, rows, is_stacked=True, note=note)


def _subject(one: SpokenSubject, *, has_before: bool) -> Row:
    former = [value(one.before) if one.before else "—"] if has_before else []
    tones = [HIDDEN if tone is None else number(tone.value) for tone in
             (one.positive, one.negative)]  # fmt: skip
    return Row(
        one.share.label,
        [cell(one.share), *former, *tones],
        with_interval(one.share),
        " ".join(f"« {text} »" for text in one.quotes),
        told=interval(one.share),
    )
