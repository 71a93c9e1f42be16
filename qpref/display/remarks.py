"""Section on the free answers that a person read and approved."""

from collections.abc import Sequence

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table
from qpref.quality.replies import received
from qpref.reference import Question
from qpref.statistics.measure import Measure
from qpref.wording.french import number, plural


def remarks(
    texts: Sequence[str], people: int, by_question: Sequence[tuple[Question, int]] = ()
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
    """
    written = [received(question, n, "usagers") for question, n in by_question]
    lines = figures("remarques", written)
    asked = [] if len(written) < 2 else [_written(written)]  # noqa: PLR2004 - else it is the total
    left = plural(people, "usager a laissé une remarque", "usagers ont laissé une remarque")
    if not texts:
        return Section(
            "remarques",
            left,
            ["Aucune n’a été relue pour être publiée ici."],
            asked,
            figures=lines,
        )
    sentences = [
        f"{left}. Celles-ci ont été choisies et relues par la cellule qualité : elles illustrent, "
        "elles ne mesurent rien. Les noms et coordonnées sont masqués."
    ]
    table = Table("Remarques d’usagers", ["Remarque"], [Row(f"« {text} »", []) for text in texts])
    title = plural(len(texts), "remarque choisie", "remarques choisies")
    return Section("remarques", title, sentences, [*asked, table], figures=lines)


def _written(found: Sequence[Measure]) -> Table:
    rows = [Row(one.label, [number(one.value)]) for one in found]
    return Table("Usagers qui ont écrit, par question", ["Question", "Usagers"], rows)
