"""Section on the free answers that a person read and approved."""

from collections.abc import Sequence

from qpref.display.section import Row, Section, Table
from qpref.wording.french import plural


def remarks(texts: Sequence[str], received: int) -> Section:
    """
    Return the approved remarks as they were written, and how many were received.

    Parameters
    ----------
    texts
        Masked and approved.
    received
        Remarks left by the users whose answers count.
    """
    left = plural(received, "usager a laissé une remarque", "usagers ont laissé une remarque")
    if not texts:
        return Section(
            "remarques",
            "Les remarques libres ne sont pas publiées",
            [f"{left}. La cellule qualité les lit ; aucune n’a été relue pour être publiée ici."],
        )
    sentences = [
        f"{left}. Celles-ci ont été choisies et relues par la cellule qualité : elles illustrent, "
        "elles ne mesurent rien. Les noms et coordonnées sont masqués."
    ]
    table = Table("Remarques d’usagers", ["Remarque"], [Row(f"« {text} »", []) for text in texts])
    title = plural(len(texts), "remarque choisie", "remarques choisies")
    return Section("remarques", title, sentences, [table])
