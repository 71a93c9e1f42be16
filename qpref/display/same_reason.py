"""What is said of a site and the others, the reasons of visit held equal."""

from typing import Any

from qpref.display.wording import interval, value
from qpref.statistics.differences import difference, left_out

_UNTOLD = (
    "La comparaison à motif de visite égal n’est pas dite : avec les totaux, elle ferait "
    "connaître l’avis de quelques personnes, dont le motif manque ou n’est que d’un côté."
)


def same_reason_sentence(same_reason: dict[str, Any]) -> str:
    """Return the comparison in a sentence; why nothing is told of too few, or of a few people."""
    found, outside = difference(same_reason), left_out(same_reason)
    if same_reason.get("tait"):
        return _UNTOLD
    if not found.change.is_known:
        return "Trop peu de motifs communs pour comparer les sites à public égal."
    rest = ""
    if outside.value > 0:
        rest = f" ; {value(outside)} des avis, aux motifs propres à un côté, sont laissés de côté"
    return (
        f"À motif de visite égal, la satisfaction globale serait de {value(found.now)} ici "
        f"et de {value(found.before)} ailleurs : écart {interval(found.change)}{rest}."
    )
