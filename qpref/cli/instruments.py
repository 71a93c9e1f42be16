"""Commands on a questionnaire before fieldwork: review it, write its online form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.dictionary import write_new
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UnknownKeyError, UsageError, listing
from qpref.instruments import online_forms, structure
from qpref.layout.languages import FRENCH
from qpref.quality.review import Burden, review, size
from qpref.quality.review_changes import changes
from qpref.quality.review_rules import PLAIN, RULES, Advice
from qpref.reference import QUESTIONNAIRES, Questionnaire, Reference
from qpref.reference.faults import Fault, Problem, refusal
from qpref.reference.loading import Content, parse, read, read_yaml
from qpref.wording.french import number, plural

_SUFFIXES = {".yml", ".yaml"}


@dataclass(frozen=True)
class _Read:
    """A questionnaire, where its file is, and the versions that earlier campaigns asked."""

    content: Content
    questionnaire: Questionnaire
    former: Sequence[tuple[str, Questionnaire]] = ()

    @property
    def advice(self) -> list[Advice]:
        """All that the review says of it."""
        since = [one for name, old in self.former for one in changes(self.questionnaire, old, name)]
        return [*review(self.questionnaire), *since]

    def place(self, advice: Advice) -> Problem:
        """Return where a remark stands in the file."""
        rule = RULES[advice.rule]
        return self.content.problem(Fault(advice.steps, advice.sentence, rule.remedy))


@click.command("relire")
@click.argument("name", metavar="QUESTIONNAIRE", required=False)
@click.option(
    "--avant",
    "former",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Version d’avant (.yml), à laquelle comparer.",
)
@options.json("Écrit les remarques en JSON.")
@pass_context
def relire(context: Context, name: str | None, former: Path | None, *, is_json: bool) -> None:
    """
    Relit un questionnaire comme un méthodologue : ce qui peut fausser les réponses, et pourquoi.

    QUESTIONNAIRE : son nom, ou un fichier .yml ; sans lui, tous ceux du projet. Questions doubles,
    échelles, longueur, lecture, ordre, questions inutiles, questions changées depuis la campagne
    d’avant. Ce sont des conseils, avec leur source : rien n’est écrit ni refusé.
    """
    found = _read(context, name)
    if former:
        old = (f"« {former.name} »", read(Questionnaire, former))
        found = [_Read(one.content, one.questionnaire, (*one.former, old)) for one in found]
    if is_json:
        print_json({"questionnaires": [_as_json(one) for one in found]})
        return
    for one in found:
        _say(one)


@click.command("lss")
@click.argument("name", metavar="QUESTIONNAIRE", required=False)
@options.target("Fichier .lss à écrire.")
@pass_context
def lss(context: Context, name: str | None, target: Path | None) -> None:
    """
    Écrit la structure LimeSurvey (.lss) d’un questionnaire du projet, à importer dans LimeSurvey.

    QUESTIONNAIRE : son nom ; inutile si le projet n’en a qu’un. Groupes, questions, échelles,
    conditions et mention sur les données personnelles viennent du dictionnaire ; les codes aussi :
    un export de cette enquête s’importe sans rien y ajouter. Ce que LimeSurvey ne sait pas tenir
    est refusé, ligne par ligne.
    """
    found = _read(context, name)
    if len(found) > 1:
        names = listing(one.questionnaire.id for one in found)
        raise UsageError(f"Le projet a plusieurs questionnaires : {names}.", "Dites lequel écrire.")
    [one] = found
    sites = context.reference.sites
    forms = online_forms(one.questionnaire, [site.nom for site in sites.sites])
    if faults := forms[FRENCH].faults:
        raise refusal(one.content.problems(faults))
    target = target or Path(f"{one.content.path.stem}.lss")
    write_new(context, target, structure(forms, sites.editeur))
    OUT.print(f"Structure LimeSurvey écrite dans « {target} » (LimeSurvey 4, 5 et 6).")
    OUT.print("Relisez la mention sur les données personnelles avant d’ouvrir l’enquête.")


def _read(context: Context, name: str | None) -> list[_Read]:
    """Return the questionnaires asked for: a file, one of the project, or all of them."""
    if name and Path(name).suffix in _SUFFIXES:
        content = read_yaml(Path(name))
        return [_Read(content, parse(Questionnaire, content))]
    reference = context.reference
    known = reference.questionnaires
    if name and name not in known:
        raise UnknownKeyError("Questionnaire", name, known, "data/reference/questionnaire")
    folder = context.project.reference / QUESTIONNAIRES
    return [
        _Read(read_yaml(folder / f"{one}.yml"), known[one], [*_former(reference, one)])
        for one in ([name] if name else known)
    ]


def _former(reference: Reference, name: str) -> Iterator[tuple[str, Questionnaire]]:
    """Yield the other questionnaires that its campaigns are compared with, and the campaign."""
    for campaign in reference.campaigns.every:
        if campaign.questionnaire != name or not campaign.precedente:
            continue
        before = reference.campaign(campaign.precedente)
        if before.questionnaire != name:
            yield f"la campagne {before.id}", reference.questionnaire(before.id)


def _say(one: _Read) -> None:
    """Print the size of a questionnaire, then its remarks, each rule once."""
    advice = one.advice
    count = plural(len(advice), "remarque") if advice else "aucune remarque"
    OUT.print(f"{one.content.path.name} : {_size(size(one.questionnaire))}{count}.")
    for rule, same in groupby(advice, key=lambda found: found.rule):
        told = RULES[rule]
        OUT.print(f"\n{told.title}")
        for found in same:
            OUT.print(f"  - {one.place(found).text}")
        OUT.print(f"  Pourquoi : {told.reason}\n  Que faire : {told.remedy}")
        OUT.print(f"  Source : {told.source}")


def _size(found: Burden | None) -> str:
    if found is None:
        return ""
    asked = plural(found.answers, "réponse demandée", "réponses demandées")
    ease = number(found.ease)
    words = plural(found.words, "mot")
    return f"{asked}, {words}, facilité de lecture {ease} ({PLAIN} : courant) ; "


def _as_json(one: _Read) -> dict[str, Any]:
    found = size(one.questionnaire)
    return {
        "fichier": one.content.path.name,
        "reponses_demandees": found.answers if found else 0,
        "mots": found.words if found else 0,
        "facilite_lecture": round(found.ease, 1) if found else None,
        "remarques": [_advice(one, advice) for advice in one.advice],
    }


def _advice(one: _Read, advice: Advice) -> dict[str, Any]:
    place, rule = one.place(advice), RULES[advice.rule]
    return {
        "regle": advice.rule,
        "ligne": place.line or None,
        "cle": place.key,
        "constat": place.sentence,
        "raison": rule.reason,
        "remede": rule.remedy,
        "source": rule.source,
    }
