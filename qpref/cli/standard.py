"""Commands on the référentiel: check each site's modules, compare two versions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT, print_json
from qpref.display.labels import articles, label_facts
from qpref.display.standard import (
    differences,
    finding_sentence,
    partial_sentences,
    unconfirmed,
)
from qpref.errors import BreachError, UnknownKeyError, UnreadableFileError
from qpref.quality.labelling import Finding, check_modules, rule_of
from qpref.reference import Reference, Site, Standard, read_standard
from qpref.workbook.mystery import effect_of


@click.command("verifier")
@options.json("Écrit le constat en JSON.")
@pass_context
def verifier(context: Context, *, is_json: bool) -> None:
    """Dit si les modules de chaque site respectent les règles, et ce qui est à confirmer."""
    reference = context.reference
    standard = reference.standard
    others = {name: one.standard for name, one in reference.others.items() if one.standard}
    found = [
        (site, finding)
        for site in reference.sites.sites
        for finding in check_modules(site.modules, rule_of(site, standard))
    ]
    if is_json:
        sites = [_as_json(site, finding, standard) for site, finding in found]
        more = {name: [*label_facts(one), *unconfirmed(one)] for name, one in others.items()}
        print_json({"sites": sites, "a_confirmer": unconfirmed(standard), "labels": more})
    else:
        _say(found, reference)
        for name, one in others.items():
            _say_label(one.name or name, one)
    breaches = [site.nom_court for site, f in found if f.code.startswith("module_")]
    if breaches:
        raise BreachError(
            f"Choix de modules contraire à une règle : {', '.join(dict.fromkeys(breaches))}.",
            "Corrigez « modules » dans data/reference/sites.yml, ou la règle dans referentiel.yml.",
        )


def _as_json(site: Site, finding: Finding, standard: Standard) -> dict[str, Any]:
    return {
        "site": site.id,
        "modules": site.modules,
        "resultat": finding.code,
        "concernes": list(finding.modules),
        "regle": finding.rule.id if finding.rule else None,
        "certitude": finding.rule.certitude if finding.rule else None,
        "phrase": finding_sentence(site, finding, standard),
    }


def _say(found: Sequence[tuple[Site, Finding]], reference: Reference) -> None:
    standard = reference.standard
    for site, finding in found:
        OUT.print(finding_sentence(site, finding, standard))
    for site in reference.sites.sites:
        for sentence in partial_sentences(site):
            OUT.print(sentence)
    OUT.print("Démarche commune ; chaque site a son propre label.")
    _say_label(standard.name or "Le label", standard)


def _say_label(name: str, standard: Standard) -> None:
    """Print what was read of a label, and what is to be confirmed."""
    for title, lines in ((name, label_facts(standard)), ("Articles lus", articles(standard))):
        if lines:
            OUT.print(f"{title} :")
        for line in lines:
            OUT.print(f"  - {line}")
    to_confirm = unconfirmed(standard)
    OUT.print(f"À confirmer dans le texte officiel ({len(to_confirm)}) :")
    for sentence in to_confirm:
        OUT.print(f"  - {sentence}")


@click.command("comparer")
@options.FILE
@click.option("--label", metavar="NOM", default="", help="Un autre label suivi : labels/NOM.yml.")
@pass_context
def comparer(context: Context, path: Path, label: str) -> None:
    """
    Dit ce qui change si FICHIER remplaçait data/reference/referentiel.yml.

    Les règles et seuils qui diffèrent, puis les résultats mystères déjà importés qui changeraient.
    """
    if not path.exists():
        raise UnreadableFileError(f"« {path} » : fichier absent.", "Vérifiez son chemin.")
    reference, other = context.reference, read_standard(path)
    found = differences(_known(reference, label), other)
    for sentence in found or ["Aucune différence."]:
        OUT.print(sentence)
    if not found or label:
        return
    changed = effect_of(context.project, reference, other)
    for sentence in changed or ["Aucun résultat mystère déjà importé ne change."]:
        OUT.print(sentence)


def _known(reference: Reference, label: str) -> Standard:
    """Return the référentiel of the project, or that of another label that it follows."""
    if not label:
        return reference.standard
    known = {name: one.standard for name, one in reference.others.items() if one.standard}
    if label not in known:
        raise UnknownKeyError("Label suivi", label, known, "data/reference/labels")
    return known[label]
