"""Command that upgrades a project written by an earlier version."""

import click

from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT
from qpref.errors import ReferenceFileError
from qpref.project import Project
from qpref.shipped import SCHEMAS
from qpref.starter.adapting import copied, set_aside
from qpref.starter.migration import Refused, migrate, plan_migration
from qpref.store import Store


@click.command("migrer")
@click.option("--essai", "is_trial", is_flag=True, help="Dit ce qui serait fait, et n’écrit rien.")
@pass_context
def migrer(context: Context, *, is_trial: bool) -> None:
    """
    Met le projet au format de cette version de qpref : fichiers de référence, données, notebooks.

    Vos commentaires et l’ordre de vos lignes restent ; chaque fichier changé est gardé à côté, sous
    le nom « .avant-migration ». Les notebooks qu’une ancienne installation avait copiés dans le
    projet, et qui cacheraient ceux de cette version, sont rangés dans notebooks/anciens. Un projet
    qui n’est pas migré reste lu.
    """
    project = context.project
    changes, refused = plan_migration(project)
    schemas = [change for change in changes if change.path.suffix == ".json"]
    for change in changes:
        if change not in schemas:
            name = change.path.relative_to(project.root).as_posix()
            OUT.print(f"{name} : {change.told}.")
    if schemas:
        OUT.print(f"{SCHEMAS} : {len(schemas)} schéma(s) de cette version, pour votre éditeur.")
    if is_trial:
        _say_trial(project)
    else:
        migrate(context.project, changes)
        _bring_along(project)
    _tell(refused)


def _say_trial(project: Project) -> None:
    for path in copied(project):
        name = path.relative_to(project.root).as_posix()
        OUT.print(f"{name} : serait rangé dans notebooks/anciens.")
    if late := Store(project).late():
        OUT.print(f"Données importées : {late} étape(s) à faire.")
    OUT.print("Essai : rien n’a été écrit.")


def _bring_along(project: Project) -> None:
    for name in set_aside(project):
        OUT.print(
            f"{name} : rangé là, celui de cette version de qpref sert désormais.",
        )
    done = Store(project).upgrade()
    OUT.print(f"{len(done)} étape(s) faite(s)." if done else "Les données sont au format actuel.")


def _tell(refused: list[Refused]) -> None:
    """Say which files stay as they are, the last one as an error."""
    if not refused:
        return
    for one in refused[:-1]:
        OUT.print(f"Laissé tel quel. {one.told} {one.remedy}")
    raise ReferenceFileError(f"Laissé tel quel. {refused[-1].told}", refused[-1].remedy)
