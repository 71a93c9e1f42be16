"""What `qpref exemple` invents for a project, when the project says so: `exemple.yml`, optional."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import Field

from qpref.reference.loading import parse, read_yaml
from qpref.reference.models import Slug, Typed, YesNo

FILE = "exemple.yml"
Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[dict[Slug, Annotated[float, Field(ge=0)]], Field(min_length=1)]
Public = dict[Slug, list[Slug]]  # answers that tell some visitors from the others


def is_among(public: Public, answers: Mapping[str, object]) -> bool:
    """Whether these answers are those of a public."""
    return all(answers.get(question) in levels for question, levels in public.items())


class Size(Typed):
    """How many complete answers a site has in a campaign, online and on forms keyed by hand."""

    en_ligne: int = Field(default=0, ge=0)
    saisis: int = Field(default=0, ge=0)


class Moment(Typed):
    """A half-day: when visitors come, how many of those who answer, how many of all."""

    debut: time
    minutes: int = Field(ge=1)
    poids: float = Field(default=1, gt=0)
    passages: float = Field(default=1, gt=0)


class Choice(Typed):
    """The weight of each answer to a question, the same for all or by the answer to another."""

    question: Slug
    poids: Weights | None = None
    selon: Slug | None = None
    poids_selon: dict[Slug, Weights] = Field(default_factory=dict)

    def weights(self, answers: Mapping[str, object]) -> Mapping[str, float]:
        """Return the weights for a visitor who gave these answers; none when nothing was said."""
        own = self.poids_selon.get(str(answers.get(self.selon, ""))) if self.selon else None
        return own or self.poids or {}


class SecondBox(Typed):
    """The second box that some visitors tick, unless the first is one of `sauf`."""

    public: Public
    sauf: list[Slug] = Field(default_factory=list)
    poids: Weights


class Boxes(Typed):
    """What is ticked: one box, and a second one for some."""

    question: Slug
    poids: Weights
    seconde: SecondBox | None = None


class Effect(Typed):
    """What moves opinions: of a site, in a campaign, of some visitors; of all questions or some."""

    site: Slug | None = None
    campagne: Slug | None = None
    public: Public = Field(default_factory=dict)
    effet: float = 0
    questions: dict[Slug, float] = Field(default_factory=dict)


class Opinions(Typed):
    """
    What each question of opinion is worth, on a latent scale where visitors differ by about 1.2.

    `coupures` cut that scale into the levels of a scale of answers, from the worst to the best.
    """

    coupures: dict[Slug, list[float]] = Field(default_factory=dict)
    moyennes: dict[Slug, float] = Field(default_factory=dict)
    sans_objet: dict[Slug, Share] = Field(default_factory=dict)
    effets: list[Effect] = Field(default_factory=list)


class Flow(Typed):
    """Visitors by half-day at each site, and what the queue system tells of them."""

    sites: dict[Slug, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    campagnes: dict[Slug, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    strates: list[Choice] = Field(default_factory=list)


class Shopping(Typed):
    """
    The mystery contacts of a channel.

    `seconds_avis`: a second shopper judges one in two. `repondus`: the share that is answered,
    within `plus_long` days, now and then by the channel `autre`. `intitules`: the rank, from 0, of
    the grid's heading that the workbook bears, as people write their own.
    """

    par_site: int = Field(default=8, ge=0)
    seconds_avis: YesNo = False
    repondus: Share = 0.75
    plus_long: int = Field(default=9, ge=1)
    autre: Slug | None = None
    intitules: dict[Slug, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)


class Contacts(Typed):
    """The mystery contacts: of each channel, and, by campaign, how many succeed."""

    services: list[str] = Field(default_factory=list)
    canaux: dict[Slug, Shopping] = Field(default_factory=dict)
    aboutis: dict[Slug, Share] = Field(default_factory=dict)
    conformes: dict[Slug, dict[Slug, Share]] = Field(default_factory=dict)


class Invented(Typed):
    """All that a project says of its invented data; the rest is drawn."""

    effectifs: dict[Slug, dict[Slug, Size]] = Field(default_factory=dict)
    moments: dict[Slug, Moment] = Field(default_factory=dict)
    choix: list[Choice] = Field(default_factory=list)
    modes: Choice | None = None
    avis: Opinions = Opinions()
    cases: list[Boxes] = Field(default_factory=list)
    remarques: list[str] = Field(default_factory=list)
    passages: Flow = Flow()
    mystere: Contacts = Contacts()
    releves: list[Slug] | None = None  # the campaigns that noted who was approached; None: all


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
