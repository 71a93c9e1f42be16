"""Commands on the référentiel: check the sites' choices, see what an edit changes."""

from pathlib import Path

import click

from qpref.cli.common import OUT, Context, print_json
from qpref.errors import BreachError, UnreadableFileError


@click.group("referentiel")
def referentiel() -> None:
    """Vérifie les choix de modules et compare deux versions du référentiel."""


@referentiel.command("verifier")
@click.option("--json", "as_json", is_flag=True, help="Écrit le constat en JSON.")
@click.pass_obj
def verifier(context: Context, *, as_json: bool) -> None:
    """Dit si les modules de chaque site respectent les règles, et ce qui est à confirmer."""
    from qpref.display.standard import (  # noqa: PLC0415
        finding_sentence,
        partial_sentences,
        unconfirmed,
    )
    from qpref.quality.labelling import check_modules, rule_of  # noqa: PLC0415

    reference = context.reference
    standard = reference.standard
    found = [
        (site, finding)
        for site in reference.sites.sites
        for finding in check_modules(site.modules, rule_of(site, standard))
    ]
    to_confirm = unconfirmed(standard)
    if as_json:
        sites = [
            {
                "site": site.id,
                "modules": site.modules,
                "resultat": finding.code,
                "concernes": list(finding.modules),
                "regle": finding.rule.id if finding.rule else None,
                "certitude": finding.rule.certitude if finding.rule else None,
                "phrase": finding_sentence(site, finding, standard),
            }
            for site, finding in found
        ]
        print_json({"sites": sites, "a_confirmer": to_confirm})
    else:
        for site, finding in found:
            OUT.print(finding_sentence(site, finding, standard), markup=False)
        for site in reference.sites.sites:
            for sentence in partial_sentences(site):
                OUT.print(sentence, markup=False)
        OUT.print("Démarche commune ; chaque site a son propre label.")
        OUT.print(f"À confirmer dans le texte officiel ({len(to_confirm)}) :", markup=False)
        for sentence in to_confirm:
            OUT.print(f"  - {sentence}", markup=False)
    breaches = [site.nom_court for site, f in found if f.code.startswith("module_")]
    if breaches:
        raise BreachError(
            f"Choix de modules contraire à une règle : {', '.join(dict.fromkeys(breaches))}.",
            "Corrigez « modules » dans data/reference/sites.yml, ou la règle dans referentiel.yml.",
        )


@referentiel.command("comparer")
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_obj
def comparer(context: Context, fichier: Path) -> None:
    """
    Dit ce qui change si FICHIER remplaçait data/reference/referentiel.yml.

    Les règles et seuils qui diffèrent, puis les résultats mystères déjà importés qui changeraient.
    """
    from qpref.display.standard import differences  # noqa: PLC0415
    from qpref.reference import read_standard  # noqa: PLC0415
    from qpref.workbook.mystery import effect_of  # noqa: PLC0415

    if not fichier.exists():
        raise UnreadableFileError(f"« {fichier} » : fichier absent.", "Vérifiez son chemin.")
    reference, other = context.reference, read_standard(fichier)
    found = differences(reference.standard, other)
    for sentence in found or ["Aucune différence."]:
        OUT.print(sentence, markup=False)
    if not found:
        return
    changed = effect_of(context.project, reference, other)
    for sentence in changed or ["Aucun résultat mystère déjà importé ne change."]:
        OUT.print(sentence, markup=False)
