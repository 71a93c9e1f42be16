"""Command that creates a project: what it asks, and what it prints when done."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import click

from qpref.cli.context import Context, pass_options
from qpref.cli.terminal import ERR, OUT, ask
from qpref.display.standard import finding_sentence
from qpref.errors import UsageError, listing
from qpref.quality.labelling import check_modules, rule_of
from qpref.reference import Reference
from qpref.starter.creation import NewProject, create
from qpref.starter.naming import DeclaredSite
from qpref.starter.naming import declared as named
from qpref.wording.text import slug

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
_CAMPAIGN = re.compile(r"[a-z0-9_-]+")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_CERT = {True: "oui", False: "non", None: "inconnu"}


@dataclass(frozen=True)
class _Asked:
    """What the user said: one field for each option."""

    folder: Path
    department: str | None
    prefecture: str | None
    others: tuple[str, ...]
    has_cert: bool | None
    modules: tuple[str, ...]
    campaign: str | None
    start: datetime | None
    end: datetime | None
    form: Path | None
    is_silent: bool


@click.command("creer")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.option(
    "--departement", "department", metavar="NOM", help="Département, par exemple « Eure »."
)
@click.option(
    "--prefecture", metavar="VILLE", help="Ville de la préfecture, par exemple « Évreux »."
)
@click.option(
    "--sous-prefecture",
    "others",
    multiple=True,
    metavar="VILLE",
    help="Ville d’une sous-préfecture ; à répéter.",
)
@click.option(
    "--cert/--sans-cert",
    "has_cert",
    default=None,
    help="La préfecture a un CERT (centre d’expertise et de ressources des titres), les "
    "sous-préfectures non ; ou aucun site n’en a. Sans l’un ni l’autre : inconnu.",
)
@click.option(
    "--modules",
    multiple=True,
    metavar="SITE=N,N…",
    help="Modules choisis par un site, par exemple evreux=1,2,5 ; à répéter.",
)
@click.option("--campagne", "campaign", metavar="CAMPAGNE", help="Campagne, par exemple 2026-11.")
@click.option("--du", "start", type=_DAY, metavar="AAAA-MM-JJ", help="Premier jour de la campagne.")
@click.option("--au", "end", type=_DAY, metavar="AAAA-MM-JJ", help="Dernier jour de la campagne.")
@click.option(
    "--questionnaire",
    "form",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Formulaire ou export (.lss, .csv, .xlsx, .sav…) d’où proposer le questionnaire.",
)
@click.option("--oui", "is_silent", is_flag=True, help="Ne pose aucune question.")
@pass_options(_Asked)
def creer(_context: Context, asked: _Asked) -> None:
    """
    Crée le dossier d’un projet : vos sites, votre campagne, votre questionnaire, rien d’autre.

    Ce qui n’est pas donné en option est demandé. Un dossier qui contient déjà quelque chose est
    refusé. Rien n’est inventé : ce que vous ne savez pas reste « inconnu » ou « à compléter ».
    """
    try:
        declared = _declared(_refuse_gaps(asked) if asked.is_silent else _asked_for(asked))
    except click.Abort as error:
        raise UsageError(
            "Arrêté avant la fin des questions : rien n’a été écrit.",
            "Répondez-y, ou donnez les options (qpref projet creer --help).",
        ) from error
    made = create(asked.folder, declared, date.today())  # noqa: DTZ011 - the user's day
    OUT.print(f"Projet créé dans « {asked.folder} » :")
    for name in made.files:
        OUT.print(f"  {name}")
    if made.reference:
        _say_rules(made.reference)
    if made.to_mend:
        ERR.print(f"À corriger avant d’importer : {made.to_mend}", style="yellow")
    OUT.print("Lisez LISEZMOI.txt : il dit que faire maintenant.")


def _refuse_gaps(asked: _Asked) -> _Asked:
    """Refuse to go on without what nobody can suppose."""
    needed = {
        "--departement": asked.department,
        "--prefecture ou --sous-prefecture": asked.prefecture or asked.others,
        "--campagne (AAAA-MM), ou --du et --au": (asked.start and asked.end) or asked.campaign,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise UsageError(f"Il manque : {listing(missing)}.", "Ajoutez-les, ou retirez --oui.")
    return asked


def _asked_for(asked: _Asked) -> _Asked:
    """Ask, in French, what was not given."""
    department = asked.department or ask("Département")
    prefecture, others = asked.prefecture, asked.others
    if not prefecture and not others:
        prefecture = _optional("Ville de la préfecture (Entrée si elle n’en est pas)")
        several = _optional(
            "Villes des sous-préfectures, séparées par des virgules (Entrée : aucune)"
        )
        others = tuple(name.strip() for name in several.split(",") if name.strip())
    has_cert = asked.has_cert
    if prefecture and has_cert is None:
        choice = click.Choice(["oui", "non", "inconnu"])
        answer = ask("La préfecture a-t-elle un CERT ?", type=choice, default="inconnu")
        has_cert = {word: value for value, word in _CERT.items()}[answer]
    start = asked.start or ask("Premier jour de la campagne (AAAA-MM-JJ)", type=_DAY)
    end = asked.end or ask("Dernier jour (AAAA-MM-JJ)", type=_DAY)
    campaign = asked.campaign or ask("Nom de la campagne", default=f"{start:%Y-%m}")
    form = asked.form
    if form is None:
        path = _optional(
            "Votre formulaire ou un export, .lss, .csv, .xlsx, .sav (Entrée : plus tard)"
        )
        form = Path(path) if path else None
    told = replace(
        asked, department=department, prefecture=prefecture or None, others=others,
        has_cert=has_cert, campaign=campaign, start=start, end=end, form=form,
    )  # fmt: skip
    return told if asked.modules else replace(told, modules=_modules_asked(_sites(told)))


def _optional(text: str) -> str:
    found: str = ask(text, default="", show_default=False)
    return found.strip()


def _modules_asked(sites: Sequence[DeclaredSite]) -> tuple[str, ...]:
    text = "Modules choisis par {} (1,3,6 ; Entrée si vous ne savez pas)"
    answers = {site.id: _optional(text.format(site.nom_court)) for site in sites}
    return tuple(f"{name}={numbers}" for name, numbers in answers.items() if numbers)


def _declared(asked: _Asked) -> NewProject:
    start, end, is_dated = _days(asked)
    campaign = asked.campaign or f"{start:%Y-%m}"
    if not _CAMPAIGN.fullmatch(campaign):
        raise UsageError(
            f"« {campaign} » ne convient pas comme nom de campagne.",
            "Lettres minuscules sans accent, chiffres, tirets : 2026-11.",
        )
    sites = _with_modules(_sites(asked), asked.modules)
    department = (asked.department or "").strip()
    if not department:
        raise UsageError("Le département manque.", "Donnez son nom : --departement Eure.")
    return NewProject(department, sites, campaign, start, end, is_dated, asked.form)


def _days(asked: _Asked) -> tuple[date, date, bool]:
    """Return the days of the campaign, and whether they were given or are those of its month."""
    if asked.start and asked.end:
        if asked.end < asked.start:
            raise UsageError("Le dernier jour précède le premier.", "Corrigez --du ou --au.")
        return asked.start.date(), asked.end.date(), True
    month = _MONTH.fullmatch(asked.campaign or "")
    if month is None or asked.start or asked.end:
        raise UsageError("Les jours de la campagne manquent.", "Donnez --du et --au.")
    year, number = int(month[1]), int(month[2])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1]), False


def _sites(asked: _Asked) -> tuple[DeclaredSite, ...]:
    first = (
        [named("prefecture", asked.prefecture, _CERT[asked.has_cert])] if asked.prefecture else []
    )
    cert = "inconnu" if asked.has_cert is None else "non"
    found = (*first, *(named("sous_prefecture", name, cert) for name in asked.others))
    if not found:
        raise UsageError("Un projet a au moins un site.", "Nommez une ville.")
    return found


def _with_modules(sites: Sequence[DeclaredSite], said: Sequence[str]) -> tuple[DeclaredSite, ...]:
    """Give each site the modules that it chose: « evreux=1,2,5 »."""
    chosen: dict[str, tuple[int, ...]] = {}
    known = [site.id for site in sites]
    for text in said:
        name, _, numbers = text.partition("=")
        parts = [part.strip() for part in numbers.split(",")]
        if slug(name) not in known or not all(part.isdecimal() for part in parts):
            raise UsageError(
                f"« {text} » ne dit pas les modules d’un site.",
                f"Écrivez SITE=1,3,6 ; sites : {listing(known)}.",
            )
        chosen[slug(name)] = tuple(sorted({int(part) for part in parts}))
    return tuple(replace(site, modules=chosen.get(site.id, ())) for site in sites)


def _say_rules(reference: Reference) -> None:
    """Say whether the modules that sites chose follow the rules of the référentiel."""
    for site in reference.sites.sites:
        if site.modules:
            for finding in check_modules(site.modules, rule_of(site, reference.standard)):
                OUT.print(finding_sentence(site, finding, reference.standard))
