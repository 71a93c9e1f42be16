"""What each file of data/reference holds, typed. Every fact carries its source and certainty."""

import hashlib
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Certainty = Literal["vu", "deduit", "suppose", "exemple", "absent"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")]


def _yes_no(value: Any) -> Any:  # noqa: ANN401 - runs before validation
    if isinstance(value, bool):
        return value
    if value not in ("oui", "non"):
        raise ValueError(f"« {value} » n’est pas prévu (valeurs prévues : oui, non)")
    return value == "oui"


YesNo = Annotated[bool, BeforeValidator(_yes_no)]


class Typed(BaseModel):
    """A frozen object that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '')}>"


def mark(name: str, *content: object) -> str:
    """Return a name and a digest of what it stands for: another content, another version."""
    texts = [
        model.model_dump_json() if isinstance(model, BaseModel) else str(model)
        for part in content
        for model in (part.values() if isinstance(part, dict) else list(part))  # type: ignore[call-overload]
    ]
    return f"{name}, version {hashlib.sha256(''.join(texts).encode()).hexdigest()[:8]}"


def unique(kind: str, values: list[str]) -> None:
    """Refuse an identifier written twice."""
    double = sorted({value for value in values if values.count(value) > 1})
    if double:
        raise ValueError(f"{kind} en double : {', '.join(double)}")


# Campaigns


class Number(Typed):
    """A whole number, with its source."""

    valeur: int = Field(ge=1)
    certitude: Certainty
    source: str


class Window(Typed):
    """First and last day, both included."""

    debut: date
    fin: date

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.fin < self.debut:
            raise ValueError(f"la fin ({self.fin}) précède le début ({self.debut})")
        return self


class Campaign(Window):
    """
    One satisfaction campaign and the mystery survey that goes with it.

    `cible`: of whom the results speak. « service »: of the service in general, no finite population
    correction; « visiteurs »: of the visitors of these weeks alone, corrected for their number.
    """

    id: Slug
    libelle: str
    certitude: Certainty
    source: str
    precedente: Slug | None = None
    questionnaire: Slug
    partielles: Literal["exclues", "incluses"] = "exclues"
    contexte: str | None = None
    objectifs: dict[Slug, Number] = {}
    cible: Literal["service", "visiteurs"] = "service"
    mystere: Window | None = None
    conserver_recus_jusqu_au: date | None = None  # the files received, which may hold personal data

    @property
    def contact_days(self) -> Window:
        """First and last day of the mystery contacts: those of the campaign when it says none."""
        return self.mystere or self

    @property
    def kept_statuses(self) -> list[str]:
        """Statuses of the answers and contacts that count in the results."""
        return ["complete", *(["partielle"] if self.partielles == "incluses" else [])]


class Campaigns(Typed):
    """All campaigns."""

    campagnes: list[Campaign]

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("identifiant de campagne", [campaign.id for campaign in self.campagnes])
        return self


# Scales


class Modality(Typed):
    """
    One answer of a scale; `favorable` is null when it is neither for nor against.

    `saisie` marks the level that a form keyed by hand has without saying so: the paper form.
    `groupe` says in a report who chose it (« Retraités »); its wording does when absent.
    """

    code: Slug
    libelle: str
    favorable: YesNo | None = None
    etat: Literal["repondu", "sans_objet", "nsp"] = "repondu"
    synonymes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    saisie: YesNo = False
    groupe: str = ""

    @property
    def who(self) -> str:
        """Who chose it."""
        return self.groupe or self.libelle
