"""Find the figure of the reports that answers a question, by the words they share."""

import re

from qpref.batch.figures import FIGURES, read_figures
from qpref.project import Project
from qpref.reference import Reference
from qpref.reference.meeting import FigureOf, Meeting, MemberQuestion
from qpref.statistics.measure import SHARE
from qpref.wording.text import slug

_SHORT, _STEM = 3, 5  # shorter words say nothing; longer ones are compared by how they begin


def with_figure(
    project: Project, reference: Reference, meeting: Meeting, question: MemberQuestion
) -> MemberQuestion:
    """
    Return a question with the figure that answers it, when one and only one does.

    A share that has an interval, whose whole label is in the question, of a report of the agenda;
    of the site that the question names, or of the only one that has such a figure. Of several
    labels, the one of most words. Nothing otherwise: a wrong figure is worse than none.
    """
    words = _words(question.texte) | _words(question.sujet)
    named = {s.id for s in reference.sites.sites if _words(s.nom_court) & words}
    found: dict[tuple[int, str], set[tuple[str, str, str, str]]] = {}
    for document in meeting.documents:
        if named and document.split("/")[-2] not in named:
            continue
        base = project.document(str(meeting.campagne), document)
        path = base.with_name(f"{base.name}{FIGURES}")
        for figure in read_figures(path).values() if path.exists() else ():
            measure, label = figure.measure, _words(figure.measure.label)
            if measure.unit == SHARE and measure.low is not None and label and label <= words:
                place = (document, figure.section, measure.key, measure.group)
                found.setdefault((len(label), measure.label), set()).add(place)
    if not found:
        return question
    (_, name), places = max(found.items(), key=lambda one: one[0][0])
    if len(places) != 1:
        return question.model_copy(update={"sujet": question.sujet or name})
    document, section, key, group = places.pop()
    quoted = FigureOf(
        document=document, section=section, indicateur=key, groupe=group, libelle=name
    )
    return question.model_copy(update={"sujet": question.sujet or name, "chiffres": (quoted,)})


def _words(text: str) -> frozenset[str]:
    """Return the words of a text that say something, each by its first letters."""
    return frozenset(
        word[:_STEM] for word in re.findall(r"[a-z0-9]+", slug(text)) if len(word) > _SHORT
    )
