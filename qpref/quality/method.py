"""Version number of the statistical method behind published intervals and verdicts.

A change that may alter the interval or the verdict of a past campaign takes the next number here,
with the sentence by which the committee is told what changed and why. A report says in its
provenance by which version it was made; the archive of what was sent keeps it.
"""

METHODS = {
    1: (
        "l’importance des questions se calculait sur les seules réponses complètes, et chacune "
        "était jugée à part ; un modèle que les réponses ne déterminent pas donnait une "
        "estimation ; un intervalle pouvait être vide"
    ),
    2: (
        "l’importance des questions se calcule sur toutes les réponses et se juge toutes questions "
        "ensemble, parce que l’ancien calcul désignait trop souvent une question par hasard ; un "
        "modèle que les réponses ne déterminent pas ne donne plus d’estimation ; quand toutes les "
        "réponses sont les mêmes, l’intervalle dit ce qu’elles laissent ignorer"
    ),
    3: (
        "les fourchettes tiennent compte de ce que les usagers d’une même demi-journée se "
        "ressemblent, et sont plus larges ; un écart est annoncé quand, et seulement quand, sa "
        "fourchette ne contient pas zéro ; toutes les comparaisons d’un site et d’une campagne "
        "sont jugées ensemble, la même se lit partout de même ; la ressemblance de l’échantillon "
        "aux usagers venus tient compte des demi-journées, et la prévision du label, des échéances "
        "déjà fixées ; l’ancien calcul annonçait un "
        "changement dans 5 à 20 rapports sur 100 où rien n’avait changé, moins de 4 désormais"
    ),
    4: (
        "parmi les usagers peu à l’aise en ligne, les quelques personnes qui n’ont pas dit si "
        "elles avaient été aidées sont comptées avec celles qui ne l’ont pas été, parce que leur "
        "nombre et leur avis se trouvaient par soustraction ; la part de ce groupe peut bouger de "
        "quelques points, et, là où il devient assez grand pour être comparé, la fourchette des "
        "écarts jugés avec lui, d’un point"
    ),
    5: (
        "les fourchettes de ce qui pèse sur la satisfaction d’ensemble se calculent sur quatre "
        "fois plus de tirages, et ne dépendent plus de l’ordre des lignes reçues, qui pouvait les "
        "déplacer de plusieurs points ; une question proche de la moyenne peut changer de verdict"
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
