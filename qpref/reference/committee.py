"""The local committee of users (CLU): what its members said."""

from datetime import date

from qpref.reference.models import Slug, Typed


class Remark(Typed):
    """What a member of the committee said, and what was promised."""

    date: date
    site: Slug
    campagne_visee: Slug
    campagne_reponse: Slug
    remarque: str
    promesse: str
    source: str


class Committee(Typed):
    """The committee's remarks."""

    remarques: list[Remark]
