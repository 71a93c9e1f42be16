"""What each file of data/reference holds, typed. Every fact carries its source and certainty."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from qpref.reference.faults import Fault, Faults
from qpref.windows_names import is_device
from qpref.wording.text import heading


def choices(meanings: Mapping[str, str]) -> dict[str, Any]:
    """Return what a schema says of each value that a key may take."""
    return {"markdownEnumDescriptions": [*meanings.values()]}


CERTAINTIES = {
    "vu": "lu dans la source citée",
    "deduit": "déduit de la source citée",
    "suppose": "supposé, à confirmer",
    "exemple": "inventé pour l’exemple",
    "absent": "cherché et pas trouvé",
}
Certainty = Annotated[
    Literal["vu", "deduit", "suppose", "exemple", "absent"],
    Field(
        description="Ce que vaut ce qui est écrit à côté.", json_schema_extra=choices(CERTAINTIES)
    ),
]
Source = Annotated[
    str, Field(description="D’où on le tient.", examples=["Compte rendu du 16 mars 2026"])
]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")]


def _not_taken(value: str) -> str:
    if is_device(value):
        raise ValueError(f"« {value} » est un nom que Windows se réserve : choisissez-en un autre")
    return value


Heading = Annotated[str, AfterValidator(heading)]
FolderName = Annotated[Slug, AfterValidator(_not_taken)]  # of which a folder has the name
Survey = Annotated[str, Field(pattern=r"^limesurvey://[^@\s?#]+/[0-9]+$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")]


def translations(example: str) -> Any:  # noqa: ANN401 - a field
    """Return the field of a wording in other languages: no part of what a version is known by."""
    return Field(
        default_factory=dict,
        exclude=True,
        description="Le même texte dans les langues de « langues », par leur code.",
        examples=[example],
    )


_YES = {"oui": True, "yes": True, "true": True, "on": True}  # the last ones are YAML's own
_NO = {"non": False, "no": False, "false": False, "off": False}


def _yes_no(value: Any) -> Any:  # noqa: ANN401 - runs before validation
    if isinstance(value, bool):
        return value
    told = (_YES | _NO).get(value.lower()) if isinstance(value, str) else None
    if told is None:
        raise ValueError(f"« {value} » n’est pas prévu (valeurs prévues : oui, non)")
    return told


YesNo = Annotated[
    bool, BeforeValidator(_yes_no), WithJsonSchema({"enum": ["oui", "non"]}, mode="validation")
]


def _day(value: object) -> object:
    """Refuse a number, which is no day: 0 would be 1 January 1970, and 1605484800 a day of 2020."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError(f"« {value} » ne convient pas (une date AAAA-MM-JJ est attendue)")
    return value


Day = Annotated[date, BeforeValidator(_day)]
_HOUR = re.compile(r"([01]?\d|2[0-3])(?:\s?(?:heures?|[h:])\s?([0-5]\d)?)?", re.IGNORECASE)


def _clock(value: object) -> object:
    """Return the hour written « 14:30 », « 14h30 », « 14 h » or « 14 »; 930 or 14.30 is none."""
    found = _HOUR.fullmatch(str(value).strip()) if isinstance(value, (str, int)) else None
    if found:
        return time(int(found[1]), int(found[2] or 0))
    if isinstance(value, time):
        return value
    raise ValueError(f"« {value} » ne convient pas (une heure comme 14:30 ou 14h30 est attendue)")


Clock = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema(
        {"type": "string", "pattern": "^([01]?[0-9]|2[0-3])( ?(heures?|[hH:]) ?([0-5][0-9])?)?$"}
    ),
]


class Typed(BaseModel):
    """A frozen object that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def faults(self) -> Iterator[Fault]:
        """Yield all that is wrong in it besides the type of each key."""
        yield from ()

    @model_validator(mode="after")
    def _check_faults(self) -> Self:
        if found := list(self.faults()):
            raise Faults(found)
        return self

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


# Campaigns


class Number(Typed):
    """A whole number, with its source."""

    valeur: int = Field(ge=1, description="Le nombre, entier et d’au moins 1.", examples=[200])
    certitude: Certainty
    source: Source


class Window(Typed):
    """First and last day, both included."""

    debut: Day = Field(description="Premier jour, compris.", examples=["2026-11-16"])
    fin: Day = Field(description="Dernier jour, compris.", examples=["2026-12-04"])

    def faults(self) -> Iterator[Fault]:
        """Yield days in the wrong order."""
        if self.fin < self.debut:
            yield Fault(("fin",), f"la fin ({self.fin}) précède le début ({self.debut})")


class Campaign(Window):
    """
    One satisfaction campaign and the mystery survey that goes with it.

    `cible`: of whom the results speak. « service »: of the service in general, no finite population
    correction; « visiteurs »: of the visitors of these weeks alone, corrected for their number.
    """

    id: FolderName = Field(
        description="Nom court de la campagne : il nomme les dossiers, ne le changez plus ensuite.",
        examples=["2026-11"],
    )
    libelle: str = Field(
        description="Nom de la campagne dans les rapports.", examples=["novembre-décembre 2026"]
    )
    certitude: Certainty
    source: Source
    precedente: Slug | None = Field(
        default=None,
        description=(
            "Campagne d’avant, à laquelle celle-ci se compare ; sans elle, aucune évolution"
            " n’est dite."
        ),
        examples=["2025-11"],
    )
    questionnaire: Slug = Field(
        description=(
            "Questionnaire de cette campagne : le nom d’un fichier de questionnaire/, sans "
            "« .yml »."
        ),
        examples=["satisfaction-1"],
    )
    partielles: Literal["exclues", "incluses"] = Field(
        default="exclues",
        description="Ce que deviennent les questionnaires commencés et non terminés.",
        json_schema_extra=choices(
            {
                "exclues": "comptés, mais absents des résultats",
                "incluses": "comptés dans les résultats",
            }
        ),
    )
    contexte: str | None = Field(
        default=None,
        description=(
            "Phrase mise en tête des rapports, quand la campagne s’est tenue dans des "
            "conditions particulières."
        ),
        examples=["Travaux dans le hall d’accueil."],
    )
    objectifs: dict[Slug, Number] = Field(
        default_factory=dict,
        description="Nombre de réponses promis, pour chaque site qui en a un.",
        examples=['{evreux: {valeur: 200, certitude: vu, source: "Compte rendu du 3 mars"}}'],
    )
    cible: Literal["service", "visiteurs"] = Field(
        default="service",
        description="De qui parlent les résultats.",
        json_schema_extra=choices(
            {
                "service": "du service en général",
                "visiteurs": (
                    "des seuls usagers venus pendant ces semaines : les "
                    "intervalles tiennent compte de leur nombre"
                ),
            }
        ),
    )
    mystere: Window | None = Field(
        default=None,
        description=(
            "Premier et dernier jour de l’enquête mystère ; ceux de la campagne, sans cette clé."
        ),
        examples=["{debut: 2026-10-01, fin: 2026-12-31}"],
    )
    publication: Day | None = Field(
        default=None,
        description="Jour où les résultats sont publiés ; les rapports le disent.",
        examples=["2027-03-16"],
    )
    enquete_en_ligne: Survey | None = Field(
        default=None,
        description=(
            "Adresse de l’enquête LimeSurvey, sans utilisateur ni clé : « qpref collecte "
            "--actualiser » en demande les réponses."
        ),
        examples=["limesurvey://enquetes.exemple.fr/481516"],
    )
    conserver_recus_jusqu_au: Day | None = Field(
        default=None,
        description=(
            "Jour jusqu’auquel les fichiers reçus, les remarques et ce qui a été mis de côté sont "
            "gardés ; ensuite, « qpref purger » les retire."
        ),
        examples=["2027-12-31"],
    )

    @property
    def contact_days(self) -> Window:
        """First and last day of the mystery contacts: those of the campaign when it says none."""
        return self.mystere or self

    @property
    def kept_statuses(self) -> list[str]:
        """Statuses of the answers and contacts that count in the results."""
        return ["complete", *(["partielle"] if self.partielles == "incluses" else [])]


# Scales


class Modality(Typed):
    """
    One answer of a scale; `favorable` is null when it is neither for nor against.

    `saisie` marks the level that a form keyed by hand has without saying so: the paper form.
    `groupe` says in a report who chose it (« Retraités »); its wording does when absent.
    """

    code: Slug = Field(
        description="Nom court de la réponse, tel qu’il est conservé.", examples=["tres_satisfait"]
    )
    libelle: str = Field(
        description="La réponse telle qu’elle est écrite dans le formulaire.",
        examples=["Très satisfait"],
    )
    favorable: YesNo | None = Field(
        default=None,
        description=(
            "oui pour une réponse favorable, non pour une défavorable ; rien pour le milieu"
            " de l’échelle."
        ),
        examples=["oui"],
    )
    etat: Literal["repondu", "sans_objet", "nsp"] = Field(
        default="repondu",
        description="Ce que vaut cette réponse.",
        json_schema_extra=choices(
            {
                "repondu": "une réponse",
                "sans_objet": "la question ne concerne pas l’usager",
                "nsp": "l’usager ne sait pas",
            }
        ),
    )
    synonymes: tuple[str, ...] = Field(
        default=(),
        description="Autres façons d’écrire cette réponse dans vos fichiers.",
        examples=['["TS", "très satisfaite"]'],
    )
    codes: tuple[str, ...] = Field(
        default=(), description="Codes de cette réponse dans vos exports.", examples=['["A1", "1"]']
    )
    saisie: YesNo = Field(
        default=False,
        description=(
            "oui pour la réponse que valent les questionnaires saisis à la main : le papier."
        ),
        examples=["oui"],
    )
    libelles: dict[Language, str] = translations('{en: "Very satisfied"}')
    groupe: str = Field(
        default="",
        description="Comment un rapport nomme ceux qui l’ont choisie ; sans elle, son libellé.",
        examples=["Retraités"],
    )

    @property
    def who(self) -> str:
        """Who chose it."""
        return self.groupe or self.libelle
