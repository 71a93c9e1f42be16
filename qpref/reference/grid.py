"""The mystery grid: its channels, its criteria, how its workbooks are laid out."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from qpref.questions import CHANNEL_FORMS, Judged
from qpref.reference.criteria import Channel, Criterion
from qpref.reference.faults import Fault, Steps, doubles, unknown
from qpref.reference.models import Certainty, Modality, Slug, Source, Typed, mark
from qpref.reference.upgrades import OLD_FORMS, answer_as_before, as_before, upgraded_grid
from qpref.schema import STATES

LISTS = "Listes"  # the hidden sheet of the answers to choose from
# Columns of a sheet of contacts; those of a form of channel come besides.
BEFORE = (
    "numero", "canal", "site", "prevu_le", "moment_prevu", "service", "scenario", "evaluateur",
    "envoye_le",
)  # fmt: skip
AFTER = ("double_de", "exclu", "motif_exclusion", "commentaire")
COLUMNS = tuple(
    dict.fromkeys((*BEFORE, *(c for f in CHANNEL_FORMS.values() for c in f.columns), *AFTER))
)


class Scenario(Typed):
    """What a shopper asks for, and on which channels."""

    libelle: str = Field(
        description="Ce que demande l’évaluateur.", examples=["Renouveler un titre de séjour"]
    )
    canaux: list[Slug] = Field(description="Canaux de ce scénario.", examples=["[appel, courriel]"])


class Protocol(Typed):
    """How many contacts a mystery survey makes at each site, by whom, with what scenarios."""

    volumes: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        description="Nombre de contacts par site, pour chaque canal.",
        examples=["{appel: 9, courriel: 10}"],
    )
    seconds_avis: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        description="Nombre de contacts jugés aussi par un second évaluateur, pour chaque canal.",
        examples=["{appel: 2}"],
    )
    evaluateurs: list[str] = Field(
        min_length=1,
        description="Codes des évaluateurs ; jamais un nom.",
        examples=["[E1, E2, E3]"],
    )
    certitude: Certainty
    source: Source
    scenarios: list[Scenario] = Field(description="Ce que demandent les évaluateurs.")

    def of_channel(self, channel: str) -> list[str]:
        """Return the scenarios of a channel."""
        return [scenario.libelle for scenario in self.scenarios if channel in scenario.canaux]


class Delays(Typed):
    """
    How the delay of a reply is counted.

    `jour_envoi`: the number that the working day of sending bears, 0 or 1. At 1, a letter sent on
    Friday and answered on Monday took 2 days.
    """

    jour_envoi: Literal[0, 1] = Field(
        description=(
            "Rang du jour ouvré de l’envoi : 0, il ne compte pas ; 1, il est le premier jour."
        ),
        examples=[0],
    )
    certitude: Certainty
    source: Source


class MysteryGrid(Typed):
    """
    Columns and criteria of the mystery workbook.

    A column without heading in `colonnes` is one that the workbooks do not have. In the sheets of
    `feuilles_communes`, a column « canal » says the channel of each row.
    """

    delais: Delays = Field(
        description="Comment se comptent les délais de réponse.",
        examples=['{jour_envoi: 0, certitude: suppose, source: "Choix du projet"}'],
    )
    canaux: list[Channel] = Field(min_length=1, description="Canaux de l’enquête mystère.")
    reponses: list[Modality] = Field(
        description="Jugements possibles ; seules les réponses favorables comptent comme conformes."
    )
    feuilles_communes: tuple[str, ...] = Field(
        default=(),
        description="Feuilles où plusieurs canaux sont mêlés : une colonne « canal » dit lequel.",
        examples=['["Contacts"]'],
    )
    colonnes: dict[Slug, list[str]] = Field(
        description="Intitulés des colonnes du classeur, par nom de colonne.",
        examples=['{envoye_le: ["Date", "Envoyé le"]}'],
    )
    criteres: list[Criterion] = Field(description="Ce que vérifie chaque contact.")
    protocole: Protocol | None = Field(
        default=None, description="Plan des contacts (qpref plan-mystere)."
    )

    @model_validator(mode="before")
    @classmethod
    def _renew(cls, content: Any) -> Any:  # noqa: ANN401 - runs before validation
        return upgraded_grid(content)

    def faults(self) -> Iterator[Fault]:
        """Yield names written twice or that point to nothing, columns and answers that miss."""
        yield from doubles("critère", self.criteres, "criteres")
        yield from doubles("canal", self.canaux, "canaux")
        yield from doubles("réponse", self.reponses, "reponses", "code")
        yield from self._sheets_doubled()
        yield from self._channels_unknown()
        yield from self._columns_missing()
        for rank, criterion in enumerate(self.criteres):
            yield from self._misplaced(criterion, ("criteres", rank))
        sides = {modality.favorable is True for modality in self.judgements}
        is_judged = any(criterion.kind.judged is Judged.ANSWER for criterion in self.criteres)
        if is_judged and len(sides) < len((True, False)):
            told = "il faut au moins une réponse favorable, et une qui ne l’est pas"
            yield Fault(("reponses",), told, "Écrivez « favorable: oui » à celles qui le sont.")
        yield from self._plan_impossible()

    def _sheets_doubled(self) -> Iterator[Fault]:
        seen = {LISTS.casefold(): "une feuille de qpref"}
        seen |= {name.casefold(): "une feuille commune" for name in self.feuilles_communes}
        for rank, channel in enumerate(self.canaux):
            for name in channel.sheets:
                other = seen.setdefault(name.casefold(), channel.id)
                if other != channel.id:
                    told = f"la feuille « {name} » est déjà celle de : {other}"
                    yield Fault(("canaux", rank, "feuilles"), told, "Donnez-lui un autre nom.")

    def _channels_unknown(self) -> Iterator[Fault]:
        """Yield the names that no channel bears."""
        known = [channel.id for channel in self.canaux]
        named: list[tuple[Steps, Iterable[str]]]
        named = [(("criteres", rank, "canaux"), c.canaux) for rank, c in enumerate(self.criteres)]
        if plan := self.protocole:
            named += [
                (("protocole", "scenarios", rank, "canaux"), scenario.canaux)
                for rank, scenario in enumerate(plan.scenarios)
            ]
            named += [(("protocole", "volumes"), plan.volumes)]
            named += [(("protocole", "seconds_avis"), plan.seconds_avis)]
        for place, names in named:
            for rank, name in enumerate(names):
                step = name if isinstance(names, dict) else rank
                yield from unknown((*place, step), name, known)

    def _columns_missing(self) -> Iterator[Fault]:
        """Yield a column that nobody knows, and the lack of one that something rests on."""
        for name in self.colonnes:
            yield from unknown(("colonnes", name), name, COLUMNS)
        needs = [("chaque contact", "envoye_le")]
        needs += [("feuilles_communes", "canal")] if self.feuilles_communes else []
        needs += [(f"canal {c.id} (forme {c.forme})", c.form.proof) for c in self.canaux]
        needs += [(f"critère {c.id} (type {c.type})", c.kind.column) for c in self.criteres]
        for place, name in needs:
            if name and not self.headings(name):
                told = f"« {name} » n’a pas d’intitulé, et {place} l’emploie"
                yield Fault(("colonnes", name), told, "Donnez l’intitulé de cette colonne.")

    def _misplaced(self, criterion: Criterion, place: Steps) -> Iterator[Fault]:
        """Yield a criterion that bears the name of a column, or that a channel cannot measure."""
        if criterion.kind.is_keyed:
            if criterion.id in COLUMNS:
                told = f"« {criterion.id} » est le nom d’une colonne"
                yield Fault((*place, "id"), told, "Donnez-lui un autre nom.")
            return
        forms = {channel.id: channel for channel in self.canaux}
        for rank, name in enumerate(criterion.canaux):
            if name in forms and criterion.kind.column not in forms[name].form.columns:
                told = f"un critère de type « {criterion.type} » ne se mesure pas sur le canal "
                told += f"{name}, de forme {forms[name].forme}"
                yield Fault((*place, "canaux", rank), told, "Retirez ce canal du critère.")

    def _plan_impossible(self) -> Iterator[Fault]:
        if (plan := self.protocole) is None:
            return
        known = {channel.id for channel in self.canaux}
        for name, wanted in plan.volumes.items():
            if wanted and name in known and not plan.of_channel(name):
                told = f"aucun scénario pour le canal {name}"
                yield Fault(("protocole", "volumes", name), told, "Écrivez-en un.")
            if plan.seconds_avis.get(name, 0) > wanted:
                told = f"plus de seconds avis que de contacts ({name})"
                yield Fault(("protocole", "seconds_avis", name), told)

    @property
    def mark(self) -> str:
        """
        Version, by which a keying workbook knows its grid.

        As it was before forms and highest marks were said: workbooks handed out stay valid.
        """
        unusual = [
            f"{channel.id} {channel.forme}"
            for channel in self.canaux
            if channel.forme != OLD_FORMS.get(channel.id)
        ]
        answers = [answer_as_before(m.model_dump(mode="json")) for m in self.reponses]
        criteria = [as_before(c.model_dump(mode="json"), c.sur) for c in self.criteres]
        return mark("grille mystère", self.canaux, answers, criteria, unusual)

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
        """The judgements of no side: they count as not met, and are told apart."""
        return [modality for modality in self.judgements if modality.favorable is None]

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
