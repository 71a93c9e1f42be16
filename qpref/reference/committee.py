"""The local committee of users (CLU): what its members said."""

from typing import Annotated

from pydantic import Field

from qpref.reference.models import Day, Slug, Source, Typed


class Remark(Typed):
    """What a member of the committee said, and what was promised."""

    date: Annotated[Day, Field(description="Jour de la réunion.", examples=["2026-03-16"])]
    site: Slug = Field(description="Site dont parle la remarque.", examples=["evreux"])
    campagne_visee: Slug = Field(description="Campagne critiquée.", examples=["2025-11"])
    campagne_reponse: Slug = Field(
        description="Campagne dont le rapport répond à la remarque.", examples=["2026-11"]
    )
    remarque: str = Field(
        description="Ce qui a été dit.", examples=["L’échantillon n’est pas représentatif."]
    )
    promesse: str = Field(
        description="Ce qui a été promis.", examples=["Interroger au moins 200 usagers."]
    )
    source: Source


class Committee(Typed):
    """The committee's remarks."""

    remarques: list[Remark] = Field(description="Remarques du comité auxquelles un rapport répond.")
