"""Start JupyterLab in French, on this machine only, with no call to the Internet."""

import os
import sys
from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec

from qpref.errors import UsageError
from qpref.labo.workshop import HOME
from qpref.project import ROOT_VARIABLE, Project


def require(library: str) -> None:
    """
    Refuse to go on without a library of the workbench, which a machine for batches does without.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    if find_spec(library) is None:
        raise UsageError(
            f"L’atelier n’est pas installé ({library} est absent).",
            'Dans le dossier des sources : pip install -e ".[labo]"',
        )


def command(project: Project, folder: str, port: int | None, *, has_browser: bool) -> list[str]:
    """
    Return the command that opens JupyterLab on the home notebook, in a folder of the project.

    The token that protects it is Jupyter's own, drawn at each start.

    Raises
    ------
    UsageError
        If JupyterLab is not installed.
    """
    require("jupyterlab")
    found = [
        sys.executable, "-m", "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={project.root}",
        f"--LabApp.default_url=/lab/tree/{folder}/{HOME}.ipynb",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LanguageServerManager.autodetect=False",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")  # a container has no other user
    if port is not None:
        found.append(f"--ServerApp.port={port}")
    return found if has_browser else [*found, "--no-browser"]


def environment(project: Project, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which it runs: our settings come before the user's defaults."""
    ours = str(files("qpref.labo") / "jupyter")
    paths = os.pathsep.join(filter(None, [ours, variables.get("JUPYTER_CONFIG_PATH")]))
    return {**variables, "JUPYTER_CONFIG_PATH": paths, ROOT_VARIABLE: str(project.root)}
