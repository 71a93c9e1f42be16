"""What `qpref exemple` invents for a project, when the project says so: `exemple.yml`, optional."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from qpref.reference.invented_complaints import InventedComplaints
from qpref.reference.loading import parse, read_yaml
from qpref.reference.models import Clock, Slug, Typed, YesNo
from qpref.reference.monthly import MonthSpan

FILE = "exemple.yml"
Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[dict[Slug, Annotated[float, Field(ge=0)]], Field(min_length=1)]
Public = dict[Slug, list[Slug]]  # answers that tell some visitors from the others


def is_among(public: Public, answers: Mapping[str, object]) -> bool:
    """Whether these answers are those of a public."""
    return all(answers.get(question) in levels for question, levels in public.items())


class Size(Typed):
    """How many complete answers a site has in a campaign, online and on forms keyed by hand."""

    en_ligne: int = Field(
        default=0, ge=0, description="Nombre de réponses complètes en ligne.", examples=[120]
    )
    saisis: int = Field(
        default=0, ge=0, description="Nombre de questionnaires saisis à la main.", examples=[80]
    )

    @property
    def total(self) -> int:
        """All of them."""
        return self.en_ligne + self.saisis


class Moment(Typed):
    """A half-day: when visitors come, how many of those who answer, how many of all."""

    debut: Clock = Field(description="Heure où commence la demi-journée.", examples=["09:00"])
    minutes: int = Field(ge=1, description="Sa durée, en minutes.", examples=[180])
    poids: float = Field(
        default=1,
        gt=0,
        description="Part des réponses qu’elle reçoit, par rapport aux autres.",
        examples=[1.5],
    )
    passages: float = Field(
        default=1,
        gt=0,
        description="Part des passages qu’elle reçoit, par rapport aux autres.",
        examples=[1.2],
    )


class Choice(Typed):
    """The weight of each answer to a question, the same for all or by the answer to another."""

    question: Slug = Field(
        description="Question à laquelle les usagers inventés répondent.", examples=["motif"]
    )
    poids: Weights | None = Field(
        default=None,
        description="Poids de chaque réponse, le même pour tous.",
        examples=["{titres: 3, etrangers: 2}"],
    )
    selon: Slug | None = Field(
        default=None, description="Question dont la réponse change ces poids.", examples=["guichet"]
    )
    poids_selon: dict[Slug, Weights] = Field(
        default_factory=dict,
        description="Poids de chaque réponse, selon la réponse à cette autre question.",
        examples=["{accueil: {titres: 1}}"],
    )

    def weights(self, answers: Mapping[str, object]) -> Mapping[str, float]:
        """Return the weights for a visitor who gave these answers; none when nothing was said."""
        own = self.poids_selon.get(str(answers.get(self.selon, ""))) if self.selon else None
        return own or self.poids or {}


class SecondBox(Typed):
    """The second box that some visitors tick, unless the first is one of `sauf`."""

    public: Public = Field(
        description="Usagers qui cochent une seconde case : question, et réponses.",
        examples=["{retraite: [oui]}"],
    )
    sauf: list[Slug] = Field(
        default_factory=list,
        description="Premières cases après lesquelles il n’y en a pas de seconde.",
        examples=["[aucune]"],
    )
    poids: Weights = Field(description="Poids de chaque seconde case.", examples=["{proche: 1}"])


class Boxes(Typed):
    """What is ticked: one box, and a second one for some."""

    question: Slug = Field(
        description="Question à cases cochée par les usagers inventés.", examples=["aide_recue"]
    )
    poids: Weights = Field(description="Poids de chaque case.", examples=["{aucune: 3, proche: 1}"])
    seconde: SecondBox | None = Field(
        default=None, description="Seconde case que certains cochent."
    )


class Effect(Typed):
    """What moves opinions: of a site, in a campaign, of some visitors; of all questions or some."""

    site: Slug | None = Field(
        default=None,
        description="Site où les avis changent ; tous, sans cette clé.",
        examples=["evreux"],
    )
    campagne: Slug | None = Field(
        default=None,
        description="Campagne où les avis changent ; toutes, sans cette clé.",
        examples=["2026-11"],
    )
    public: Public = Field(
        default_factory=dict,
        description="Usagers dont les avis changent : question, et réponses.",
        examples=["{retraite: [oui]}"],
    )
    effet: float = Field(
        default=0,
        description="De combien, sur une échelle cachée où les usagers diffèrent d’environ 1,2.",
        examples=[-0.4],
    )
    questions: dict[Slug, float] = Field(
        default_factory=dict,
        description="De combien, question par question.",
        examples=["{attente: -0.8}"],
    )


class Opinions(Typed):
    """
    What each question of opinion is worth, on a latent scale where visitors differ by about 1.2.

    `coupures` cut that scale into the levels of a scale of answers, from the worst to the best.
    """

    coupures: dict[Slug, list[float]] = Field(
        default_factory=dict,
        description=(
            "Où une échelle cachée se coupe en réponses, de la pire à la meilleure, par échelle."
        ),
        examples=["{satisfaction4: [-1.5, -0.5, 0.8]}"],
    )
    moyennes: dict[Slug, float] = Field(
        default_factory=dict,
        description="Moyenne cachée de chaque question d’opinion.",
        examples=["{attente: 0.2}"],
    )
    sans_objet: dict[Slug, Share] = Field(
        default_factory=dict,
        description="Part de « sans objet » de chaque question.",
        examples=["{accessibilite: 0.4}"],
    )
    effets: list[Effect] = Field(default_factory=list, description="Ce qui change les avis.")


class Flow(Typed):
    """Visitors by half-day at each site, and what the queue system tells of them."""

    sites: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Passages par demi-journée, site par site.",
        examples=["{evreux: 60}"],
    )
    campagnes: dict[Slug, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict,
        description="Ce par quoi ils sont multipliés, campagne par campagne.",
        examples=["{2026-11: 1.1}"],
    )
    strates: list[Choice] = Field(
        default_factory=list, description="Ce que la file d’attente dit des usagers."
    )


class Shopping(Typed):
    """
    The mystery contacts of a channel.

    `seconds_avis`: a second shopper judges one in two. `repondus`: the share that is answered,
    within `plus_long` days, now and then by the channel `autre`. `intitules`: the rank, from 0, of
    the grid's heading that the workbook bears, as people write their own.
    """

    par_site: int = Field(default=8, ge=0, description="Nombre de contacts par site.", examples=[8])
    seconds_avis: YesNo = Field(
        default=False,
        description="oui si un second évaluateur juge un contact sur deux.",
        examples=["oui"],
    )
    repondus: Share = Field(
        default=0.75, description="Part des contacts qui reçoivent une réponse.", examples=[0.75]
    )
    plus_long: int = Field(
        default=9, ge=1, description="Délai le plus long d’une réponse, en jours.", examples=[9]
    )
    autre: Slug | None = Field(
        default=None,
        description="Canal par lequel la réponse vient parfois.",
        examples=["courrier_postal"],
    )
    intitules: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description=(
            "Rang, à partir de 0, de l’intitulé de la grille que porte chaque colonne du classeur."
        ),
        examples=["{envoye_le: 1}"],
    )


class InventedContacts(Typed):
    """The mystery contacts: of each channel, and, by campaign, how many succeed."""

    services: list[str] = Field(
        default_factory=list, description="Services contactés.", examples=["[Guichet des titres]"]
    )
    canaux: dict[Slug, Shopping] = Field(
        default_factory=dict, description="InventedContacts inventés, canal par canal."
    )
    aboutis: dict[Slug, Share] = Field(
        default_factory=dict,
        description="Part des contacts qui aboutissent, campagne par campagne.",
        examples=["{2026-11: 0.8}"],
    )
    conformes: dict[Slug, dict[Slug, Share]] = Field(
        default_factory=dict,
        description="Part des critères respectés, campagne par campagne et critère par critère.",
        examples=["{2026-11: {courtoisie: 0.9}}"],
    )


class MonthsChanged(MonthSpan):
    """Months in which a figure is another."""

    moyenne: float = Field(ge=0, description="Sa moyenne pendant ces mois.", examples=[0.4])


class InventedFigure(Typed):
    """A monthly figure: its mean, how much it moves, and of how many cases it is a share."""

    moyenne: float = Field(ge=0, description="Sa moyenne ; de 0 à 1 pour une part.", examples=[0.9])
    ecart: float = Field(default=0, ge=0, description="Son écart type.", examples=[0.02])
    cas: int = Field(default=100, ge=1, description="Cas par mois, pour une part.", examples=[1200])
    changements: list[MonthsChanged] = Field(
        default_factory=list, description="Les mois où sa moyenne est autre."
    )

    def of(self, month: str) -> float:
        """Return its mean in a month."""
        return next((one.moyenne for one in self.changements if one.holds(month)), self.moyenne)


class InventedMonths(MonthSpan):
    """The monthly figures of a campaign."""

    campagne: Slug = Field(
        description="Campagne avec laquelle ils sont reçus.", examples=["2026-11"]
    )
    chiffres: dict[Slug, InventedFigure] = Field(
        description="Les indicateurs de indicateurs.yml qui ont des relevés."
    )

    @property
    def names(self) -> list[str]:
        """The months, in order."""
        first, last = (12 * int(m[:4]) + int(m[5:]) - 1 for m in (self.debut, self.fin))
        return [f"{rank // 12}-{rank % 12 + 1:02}" for rank in range(first, last + 1)]


class Invented(Typed):
    """All that a project says of its invented data; the rest is drawn."""

    effectifs: dict[Slug, dict[Slug, Size]] = Field(
        default_factory=dict,
        description="Nombre de réponses, campagne par campagne et site par site.",
        examples=["{2026-11: {evreux: {en_ligne: 120, saisis: 80}}}"],
    )
    moments: dict[Slug, Moment] = Field(
        default_factory=dict, description="Demi-journées où l’on répond, par leur code."
    )
    choix: list[Choice] = Field(default_factory=list, description="Réponses aux questions à choix.")
    modes: Choice | None = Field(default=None, description="Modes de réponse.")
    avis: Opinions = Field(default=Opinions(), description="Ce que valent les questions d’opinion.")
    cases: list[Boxes] = Field(default_factory=list, description="Cases cochées.")
    remarques: list[str] = Field(
        default_factory=list,
        description="Remarques écrites par les usagers inventés.",
        examples=['["Accueil agréable."]'],
    )
    passages: Flow = Field(default=Flow(), description="Passages comptés par la file d’attente.")
    mystere: InventedContacts = Field(default=InventedContacts(), description="Contacts mystères.")
    releves: list[Slug] | None = Field(
        default=None,
        description="Campagnes où l’on a noté qui était abordé ; toutes, sans cette clé.",
        examples=["[2026-11]"],
    )
    mois: InventedMonths | None = Field(
        default=None, description="Chiffres du mois ; aucun, sans cette clé."
    )
    reclamations: InventedComplaints | None = Field(
        default=None, description="Registre des réclamations ; aucun, sans cette clé."
    )


def load_invented(folder: Path) -> Invented:
    """
    Return what a project says of its invented data; nothing when it says nothing.

    A name that the project does not know (any more) is of no effect: `qpref exemple` works for any
    project, and no report rests on this file.

    Raises
    ------
    ReferenceFileError
        If the file is wrong; the message names file, key and remedy.
    """
    path = folder / FILE
    if not path.exists():
        return Invented()
    content = read_yaml(path)
    return parse(Invented, content) if content.value else Invented()
