"""The version of the method by which published intervals and verdicts are computed.

A change that may alter the interval or the verdict of a past campaign takes the next number here,
with the sentence by which the committee is told what changed and why. A report says in its
provenance by which version it was made; the archive of what was sent keeps it.
"""

METHODS = {
    1: (
        "chaque intervalle se calculait à part et supposait des réponses indépendantes ; la "
        "conclusion, elle, était corrigée du nombre de comparaisons, et pouvait contredire "
        "l’intervalle imprimé"
    ),
    2: (
        "l’intervalle imprimé est désormais celui dont on tire la conclusion : les deux ne peuvent "
        "plus se contredire. Il tient compte du nombre de comparaisons, de la ressemblance des "
        "réponses recueillies la même demi-journée et, quand les passages sont comptés, du poids "
        "de chaque guichet, parce que l’ancien calcul annonçait trop souvent une différence due "
        "au hasard"
    ),
}
"""What each version does, in French; from the second on, why it replaced the one before."""

METHOD = max(METHODS)
"""The version by which reports are made now."""


def changes_since(version: int) -> list[str]:
    """
    Return what changed in the method since a version, one text a version, the oldest first.

    Examples
    --------
    >>> changes_since(METHOD)
    []
    """
    return [text for number, text in METHODS.items() if number > version]
