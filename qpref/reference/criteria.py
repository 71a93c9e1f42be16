"""What a mystery survey is made of: the channels of its contacts, the criteria they check."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES, ChannelForm, CriterionType, Judged
from qpref.reference.faults import Fault
from qpref.reference.models import Certainty, Slug, Source, Typed, choices
from qpref.reference.standard import Standard, Threshold

_SHEET_LENGTH = 31  # of the name of a sheet, in every spreadsheet
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\]")


class Channel(Typed):
    """
    A channel of the mystery survey and the sheets that hold it.

    `forme`: how contact is made (`qpref.questions.CHANNEL_FORMS`). Without `feuilles`, its sheet
    bears its `libelle`, or its contacts stand in the grid's `feuilles_communes`.
    """

    id: Slug = Field(description="Nom court du canal.", examples=["standard"])
    forme: Literal[tuple(CHANNEL_FORMS)] | None = Field(  # type: ignore[valid-type]
        default=None,
        exclude=True,
        description="Comment le contact se fait.",
        json_schema_extra=choices(
            {
                "telephone": "un appel : l’évaluateur dit s’il a abouti",
                "ecrit": "un message dont on attend la réponse",
                "observation": "une visite ou une consultation",
            }
        ),
    )
    libelle: str = Field(
        min_length=1,
        description="Nom du canal dans les rapports, au pluriel.",
        examples=["Appels téléphoniques"],
    )
    un: str = Field(min_length=1, description="Un de ses contacts.", examples=["contact"])
    feuilles: list[str] = Field(
        description="Feuilles du classeur qui le contiennent.", examples=['["Appels"]']
    )
    synonymes: tuple[str, ...] = Field(
        default=(),
        description="Autres façons dont vos fichiers nomment le canal.",
        examples=['["téléphone"]'],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield a channel that does not say how contact is made."""
        if self.forme is None:
            told = f"clé « forme » absente (valeurs prévues : {', '.join(CHANNEL_FORMS)})"
            yield Fault(("forme",), f"canal {self.id} : {told}", "Ajoutez cette clé.")

    @property
    def form(self) -> ChannelForm:
        """How contact is made, as declared."""
        return CHANNEL_FORMS[str(self.forme)]

    @property
    def sheet(self) -> str:
        """The name of the sheet that we write for it, as every spreadsheet allows."""
        name = (self.feuilles or [self.libelle])[0]
        return _NOT_IN_SHEETS.sub(" ", name)[:_SHEET_LENGTH].strip(" '")

    @property
    def sheets(self) -> list[str]:
        """The names by which its sheets are known."""
        return list(dict.fromkeys((*self.feuilles, self.sheet)))


class Criterion(Typed):
    """
    What a mystery contact checks, on which channels, for which commitment if any.

    `sur`: the highest mark of a « note ». The threshold of a measure is that of its `indicateur`,
    or its own `seuil`; without, the measure is described and not judged.
    """

    id: Slug = Field(description="Nom court du critère.", examples=["courtoisie"])
    type: Literal[tuple(CRITERION_TYPES)] = Field(  # type: ignore[valid-type]
        description="Comment le critère est jugé.",
        json_schema_extra=choices(
            {
                "jugement": "une des réponses de la grille",
                "note": "une note, décrite et jamais jugée",
                "sonneries": "le nombre de sonneries",
                "delai": "le délai de la réponse, en jours ouvrés",
            }
        ),
    )
    canaux: list[Slug] = Field(
        description="Canaux sur lesquels il est vérifié.", examples=["[visite, appel]"]
    )
    libelle: str = Field(
        min_length=1, description="Le critère, en quelques mots.", examples=["Accueil courtois"]
    )
    entetes: tuple[str, ...] = Field(
        default=(),
        description="Intitulés de sa colonne dans le classeur.",
        examples=['["Courtoisie"]'],
    )
    engagement: Slug | None = Field(
        default=None,
        description="Engagement du référentiel qu’il vérifie.",
        examples=["m1_accueil"],
    )
    indicateur: Slug | None = Field(
        default=None,
        description="Indicateur du référentiel qu’il mesure : il en porte le seuil.",
        examples=["orientation"],
    )
    certitude: Certainty
    source: Source
    sur: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, exclude=True, description="Note la plus haute (type « note »).", examples=[10]
    )
    seuil: Threshold | None = Field(
        default=None,
        exclude=True,
        description="Ce à quoi la mesure se compare, quand aucun indicateur ne le dit.",
        examples=['{comparaison: "<", valeur: 5, unite: sonneries}'],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield what does not go with its type."""
        if (self.kind.judged is Judged.MARK) != (self.sur is not None):
            missing = self.sur is None
            told = "une note dit sur combien" if missing else "« sur » ne va qu’avec une note"
            yield Fault(("sur",), told, "Ajoutez « sur: 20 »." if missing else "Retirez cette clé.")
        if not self.canaux:
            yield Fault(("canaux",), "aucun canal, rien ne le montrerait", "Nommez-en un.")
        if self.kind.is_keyed and not any(text.strip() for text in self.entetes):
            told = "aucun intitulé, aucune colonne ne le porterait"
            yield Fault(("entetes",), told, "Donnez l’intitulé de sa colonne.")
        if self.seuil and self.indicateur:
            told = f"le seuil est celui de l’indicateur {self.indicateur}"
            yield Fault(("seuil",), told, "Retirez une des deux clés.")
        elif self.seuil and self.seuil.unite != self.kind.unit:
            told = f"un critère de type « {self.type} » n’a pas de seuil en {self.seuil.unite}"
            yield Fault(("seuil",), told, "Corrigez l’unité, ou retirez cette clé.")

    @property
    def kind(self) -> CriterionType:
        """How it is keyed and judged, as declared."""
        return CRITERION_TYPES[self.type]

    @property
    def highest(self) -> int:
        """The highest mark; 0 for a criterion that is not a mark."""
        return self.sur or 0

    def threshold(self, standard: Standard) -> Threshold | None:
        """Return what its measure is compared with, None when nothing says it."""
        indicator = standard.indicator(self.indicateur) if self.indicateur else None
        return indicator.seuil if indicator else self.seuil
