"""Roles: what the program may use a question for, whatever its identifier and its wording."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """
    One value of a question's `role` key.

    Parameters
    ----------
    meaning
        What a question that bears it asks; French, told to users.
    types
        Types of question that may bear it.
    column
        Column of the table `reponses` where its answers go; empty when they go nowhere else than
        other answers do.
    is_group
        Whether visitors are told apart by it in the reports.
    allows
        What the report says only when somebody bears it; empty when nothing is lost without it.
    may_repeat
        Whether several questions may bear it.
    """

    meaning: str
    types: tuple[str, ...]
    column: str = ""
    is_group: bool = False
    allows: str = ""
    may_repeat: bool = False


_ANY_GROUP = ("unique", "technique")

ROLES = {
    "site": Role("le site où l’usager a été reçu", ("technique",), "site"),
    "date": Role("le jour de la visite ou de la réponse", ("technique",), "date_reponse"),
    "numero": Role("le numéro du questionnaire", ("technique",), "source_id"),
    "coordonnees": Role(
        "une donnée personnelle, jamais conservée", ("technique",), may_repeat=True
    ),
    "mode": Role(
        "le mode de réponse",
        _ANY_GROUP,
        "mode",
        is_group=True,
        allows="si la satisfaction dépend du mode de réponse",
    ),
    "demi_journee": Role(
        "le moment de la visite",
        _ANY_GROUP,
        "demi_journee",
        allows="si tous les moments de la journée sont représentés",
    ),
    "guichet": Role(
        "le guichet ou le service qui a reçu l’usager",
        _ANY_GROUP,
        "guichet",
        allows="ce que pèse chaque guichet",
    ),
    "categorie_usager": Role(
        "la catégorie d’usager (particulier, entreprise…)",
        _ANY_GROUP,
        "categorie_usager",
        is_group=True,
        allows="la satisfaction de chaque catégorie d’usagers",
    ),
    "motif": Role(
        "le motif de la visite",
        _ANY_GROUP,
        "motif",
        is_group=True,
        allows="une comparaison des sites à motif de visite égal",
    ),
    "tranche_age": Role(
        "l’âge",
        _ANY_GROUP,
        "tranche_age",
        is_group=True,
        allows="l’âge de ceux qui ont répondu",
    ),
    "retraite": Role(
        "si l’usager est retraité",
        _ANY_GROUP,
        "retraite",
        is_group=True,
        allows="la satisfaction des retraités",
    ),
    "aisance_numerique": Role(
        "l’aisance avec les démarches sur internet",
        _ANY_GROUP,
        "aisance_numerique",
        is_group=True,
        allows="la satisfaction des usagers peu à l’aise avec internet",
    ),
    "langue": Role(
        "la langue dans laquelle l’usager a lu le questionnaire",
        _ANY_GROUP,
        "langue",
        is_group=True,
    ),
    "aide": Role(
        "l’aide reçue dans la démarche",
        ("multiple",),
        allows="ce que change l’aide d’un service public",
    ),
    "satisfaction_globale": Role(
        "la satisfaction dans l’ensemble",
        ("opinion",),
        allows="la satisfaction dans l’ensemble, et ce qui pèse sur elle",
    ),
}
LANGUAGE = "langue"  # that of the form; platforms tell it by a column of their own
PERSONAL = "coordonnees"  # answers that are recognised so as to be left out
# The roles by which the report says who answered, in its order.
GROUPS = tuple(name for name, role in ROLES.items() if role.is_group)
