"""The four sentences of main figures in the mail of a meeting."""

from qpref.display.wording import both
from qpref.quality.answers import satisfied
from qpref.wording.french import number, plural, upper_first
from qpref.workbook import Synthese

_MOST = 4
_MOST_SITES = 6  # named in a sentence


def headlines(joint: Synthese) -> list[str]:
    """
    Return how many answered, how satisfied they are, what changed, what is proved for the label.

    What satisfies most and least takes the place of what a project does not follow. Nothing is
    said of what was not asked, compared or followed.
    """
    if not any(one.answers for one in joint.resultats):
        return []
    said = (_answers, _overall, _changed, _proved, _points)
    return [f"{told}." for tell in said if (told := tell(joint))][:_MOST]


def _answers(joint: Synthese) -> str:
    found = [one for one in joint.resultats if one.answers]
    total = sum(one.answers for one in found)
    told = plural(total, "usager a répondu", "usagers ont répondu")
    if len(joint.resultats) == 1:
        return told
    return f"{told} : {_by_site([(o.site.nom_court, number(o.answers)) for o in found])}"


def _overall(joint: Synthese) -> str:
    asked = joint.questionnaire
    found = [
        (one.site.nom_court, both(satisfied(row)))
        for one in joint.resultats
        for row in one.parts.loc[one.parts["question"] == asked.main].to_dict("records")
        if one.answers and row["n"]
    ]
    if not asked.main or not found:
        return ""
    who = upper_first(asked.scale(asked.main).favorables)
    return f"{who} dans l’ensemble : {_by_site(found)}"


def _changed(joint: Synthese) -> str:
    asked = joint.questionnaire
    if not any(
        moved.change.is_compared for one in joint.resultats for moved in one.family.changes(asked)
    ):
        return ""
    section = joint.changements()
    if section.figures.empty:
        return "Aucun changement établi depuis la campagne précédente"
    named = section.sentences if len(joint.resultats) <= _MOST_SITES else ()
    return " ".join([f"{section.title}.", *named]).rstrip(".")


def _proved(joint: Synthese) -> str:
    section = joint.labellisation()
    return "" if section.is_left_out or len(joint.resultats) > _MOST_SITES else section.title


def _points(joint: Synthese) -> str:
    return joint.points().title


def _by_site(found: list[tuple[str, str]]) -> str:
    told = [f"{name}, {words}" for name, words in found[:_MOST_SITES]]
    left = len(found) - len(told)
    more = [plural(left, "autre site dans la synthèse", "autres sites dans la synthèse")]
    return " ; ".join([*told, *(more if left else [])])
