"""The mystery grid: its channels, its criteria, how its workbooks are laid out."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES, ChannelForm, CriterionType, Judged
from qpref.reference.models import Certainty, Modality, Slug, Typed, mark, unique
from qpref.reference.standard import Standard, Threshold
from qpref.reference.upgrades import OLD_FORMS, as_before, upgraded_grid
from qpref.schema import STATES

LISTS = "Listes"  # the hidden sheet of the answers to choose from
_SHEET_LENGTH = 31  # of the name of a sheet, in every spreadsheet
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\]")
# Columns of a sheet of contacts; those of a form of channel come besides.
BEFORE = (
    "numero", "canal", "site", "prevu_le", "moment_prevu", "service", "scenario", "evaluateur",
    "envoye_le",
)  # fmt: skip
AFTER = ("double_de", "exclu", "motif_exclusion", "commentaire")
COLUMNS = tuple(
    dict.fromkeys((*BEFORE, *(c for f in CHANNEL_FORMS.values() for c in f.columns), *AFTER))
)


class Channel(Typed):
    """
    A channel of the mystery survey and the sheets that hold it.

    `forme`: how contact is made (`qpref.questions.CHANNEL_FORMS`). Without `feuilles`, its sheet
    bears its `libelle`, or its contacts stand in the grid's `feuilles_communes`.
    """

    id: Slug
    forme: Literal[tuple(CHANNEL_FORMS)] | None = Field(None, exclude=True)  # type: ignore[valid-type]
    libelle: str = Field(min_length=1)
    un: str = Field(min_length=1)
    feuilles: list[str]
    synonymes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.forme is None:
            raise ValueError(
                f"canal {self.id} : clé « forme » absente (valeurs prévues : "
                f"{', '.join(CHANNEL_FORMS)})"
            )
        return self

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

    id: Slug
    type: Literal[tuple(CRITERION_TYPES)]  # type: ignore[valid-type]
    canaux: list[Slug]
    libelle: str = Field(min_length=1)
    entetes: tuple[str, ...] = ()
    engagement: Slug | None = None
    indicateur: Slug | None = None
    certitude: Certainty
    source: str
    sur: Annotated[int, Field(ge=1, le=1000)] | None = Field(None, exclude=True)
    seuil: Threshold | None = Field(None, exclude=True)

    @model_validator(mode="after")
    def _check(self) -> Self:
        place = f"critère {self.id}"
        if (self.kind.judged is Judged.MARK) != (self.sur is not None):
            raise ValueError(
                f"{place} : une note dit sur combien (« sur: 20 »)"
                if self.sur is None
                else f"{place} : « sur » ne va qu’avec le type « note »"
            )
        if not self.canaux:
            raise ValueError(f"{place} › canaux : aucun canal, rien ne le montrerait")
        if self.kind.is_keyed and not any(text.strip() for text in self.entetes):
            raise ValueError(f"{place} › entetes : aucun intitulé, aucune colonne ne le porterait")
        if self.seuil and (self.indicateur or self.seuil.unite != self.kind.unit):
            raise ValueError(
                f"{place} › seuil : le seuil est celui de l’indicateur {self.indicateur}"
                if self.indicateur
                else f"{place} › seuil : un critère de type « {self.type} » n’a pas de seuil en "
                f"{self.seuil.unite}"
            )
        return self

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


class Scenario(Typed):
    """What a shopper asks for, and on which channels."""

    libelle: str
    canaux: list[Slug]


class Protocol(Typed):
    """How many contacts a mystery survey makes at each site, by whom, with what scenarios."""

    volumes: dict[Slug, Annotated[int, Field(ge=0)]]
    seconds_avis: dict[Slug, Annotated[int, Field(ge=0)]]
    evaluateurs: list[str] = Field(min_length=1)
    certitude: Certainty
    source: str
    scenarios: list[Scenario]

    def of_channel(self, channel: str) -> list[str]:
        """Return the scenarios of a channel."""
        return [scenario.libelle for scenario in self.scenarios if channel in scenario.canaux]


class Delays(Typed):
    """
    How the delay of a reply is counted.

    `jour_envoi`: the number that the working day of sending bears, 0 or 1. At 1, a letter sent on
    Friday and answered on Monday took 2 days.
    """

    jour_envoi: Literal[0, 1]
    certitude: Certainty
    source: str


class MysteryGrid(Typed):
    """
    Columns and criteria of the mystery workbook.

    A column without heading in `colonnes` is one that the workbooks do not have. In the sheets of
    `feuilles_communes`, a column « canal » says the channel of each row.
    """

    delais: Delays
    canaux: list[Channel] = Field(min_length=1)
    reponses: list[Modality]
    feuilles_communes: tuple[str, ...] = ()
    colonnes: dict[Slug, list[str]]
    criteres: list[Criterion]
    protocole: Protocol | None = None

    @model_validator(mode="before")
    @classmethod
    def _renew(cls, content: Any) -> Any:  # noqa: ANN401 - runs before validation
        return upgraded_grid(content)

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("critère", [criterion.id for criterion in self.criteres])
        unique("canal", [channel.id for channel in self.canaux])
        unique("réponse", [modality.code for modality in self.reponses])
        sheets = [name.casefold() for channel in self.canaux for name in channel.sheets]
        unique("feuille", [*sheets, *map(str.casefold, self.feuilles_communes), LISTS.casefold()])
        self._check_channels()
        self._check_columns()
        self._check_answers()
        if self.protocole:
            self._check_protocol(self.protocole)
        return self

    def _check_protocol(self, protocol: Protocol) -> None:
        for name, wanted in protocol.volumes.items():
            if wanted and not protocol.of_channel(name):
                raise ValueError(f"protocole : aucun scénario pour le canal {name}")
            if protocol.seconds_avis.get(name, 0) > wanted:
                raise ValueError(f"protocole : plus de seconds avis que de contacts ({name})")

    def _check_channels(self) -> None:
        """Refuse a name that no channel bears."""
        known = {channel.id for channel in self.canaux}
        asked = [(f"critère {criterion.id}", criterion.canaux) for criterion in self.criteres]
        if protocol := self.protocole:
            asked += [(f"scénario « {s.libelle} »", s.canaux) for s in protocol.scenarios]
            asked += [("protocole", [*protocol.volumes, *protocol.seconds_avis])]
        for place, names in asked:
            for name in names:
                if name not in known:
                    raise ValueError(
                        f"{place} : canal « {name} » inconnu (canaux : {', '.join(sorted(known))})"
                    )

    def _check_columns(self) -> None:
        """Refuse a column that nobody knows, and the lack of one that something rests on."""
        for name in self.colonnes:
            if name not in COLUMNS:
                raise ValueError(
                    f"colonnes : « {name} » est inconnue (prévues : {', '.join(COLUMNS)})"
                )
        needs = [("chaque contact", "envoye_le")]
        needs += [("feuilles_communes", "canal")] if self.feuilles_communes else []
        needs += [(f"canal {c.id} (forme {c.forme})", c.form.proof) for c in self.canaux]
        needs += [(f"critère {c.id} (type {c.type})", c.kind.column) for c in self.criteres]
        for place, name in needs:
            if name and not self.headings(name):
                raise ValueError(f"colonnes : « {name} » n’a pas d’intitulé, et {place} l’emploie")
        for criterion in self.criteres:
            self._check_place(criterion)

    def _check_place(self, criterion: Criterion) -> None:
        """Refuse a criterion that bears the name of a column, or that a channel cannot measure."""
        if criterion.kind.is_keyed:
            if criterion.id in COLUMNS:
                raise ValueError(f"critère {criterion.id} : ce nom est celui d’une colonne")
            return
        for channel in map(self.channel, criterion.canaux):
            if criterion.kind.column not in channel.form.columns:
                raise ValueError(
                    f"critère {criterion.id} : un critère de type « {criterion.type} » ne se "
                    f"mesure pas sur le canal {channel.id}, de forme {channel.forme}"
                )

    def _check_answers(self) -> None:
        """Refuse judgements among which none, or all, would count as met."""
        sides = {bool(modality.favorable) for modality in self.judgements}
        if len(sides) < len((True, False)) and any(
            criterion.kind.judged is Judged.ANSWER for criterion in self.criteres
        ):
            raise ValueError(
                "reponses : il faut au moins une réponse favorable (« favorable: oui ») et une "
                "qui ne l’est pas"
            )

    @property
    def mark(self) -> str:
        """
        Version, by which a keying workbook knows its grid.

        As it was computed before forms and highest marks were said: the workbooks already handed
        out stay valid.
        """
        unusual = [
            f"{channel.id} {channel.forme}"
            for channel in self.canaux
            if channel.forme != OLD_FORMS.get(channel.id)
        ]
        criteria = [as_before(c.model_dump(mode="json"), c.sur) for c in self.criteres]
        return mark("grille mystère", self.canaux, self.reponses, criteria, unusual)

    @property
    def written(self) -> list[Channel]:
        """The channels on which a reply is awaited."""
        return [channel for channel in self.canaux if channel.form.awaits_reply]

    @property
    def judgements(self) -> list[Modality]:
        """The answers that judge, in order (neither « sans objet » nor « ne sait pas »)."""
        return [modality for modality in self.reponses if modality.etat == STATES[0]]

    @property
    def partial(self) -> list[Modality]:
        """The judgements that count as not met and are told apart: all but the worst."""
        met = [rank for rank, own in enumerate(self.judgements) if own.favorable]
        others = {
            rank: min(abs(rank - good) for good in met)
            for rank, own in enumerate(self.judgements)
            if met and not own.favorable
        }
        worst = max(others.values(), default=0)
        return [self.judgements[rank] for rank, far in others.items() if far < worst]

    def headings(self, column: str) -> list[str]:
        """Return the headings of a column of the contacts, none when sheets do not have it."""
        return [text for text in self.colonnes.get(column, ()) if text.strip()]

    def channel(self, name: str) -> Channel:
        """Return a channel by identifier."""
        return next(channel for channel in self.canaux if channel.id == name)

    def criterion(self, name: str) -> Criterion:
        """Return a criterion by identifier."""
        return next(criterion for criterion in self.criteres if criterion.id == name)

    def criteria_of(self, channel: Channel) -> list[Criterion]:
        """Return the criteria of a channel, measured or judged, in order."""
        return [criterion for criterion in self.criteres if channel.id in criterion.canaux]
