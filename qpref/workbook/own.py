"""Publish an analyst's own work as a section of a report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from qpref.display import own
from qpref.display.section import Section
from qpref.errors import UsageError
from qpref.project import Project
from qpref.quality.handmade import judged
from qpref.reference import load_reference
from qpref.workbook.result import flattened
from qpref.workbook.subject import campaign_under_way


def section(
    titre: str,
    table: pd.DataFrame | pd.Series | None = None,
    figure: Any = None,  # noqa: ANN401 - a plotly figure
    texte: str | Sequence[str] = (),
    racine: str | Path | None = None,
) -> Section:
    """
    Fait une section de rapport de votre table, de votre figure plotly, de vos phrases.

    Parameters
    ----------
    titre
        Ce que la section dit.
    table
        Table ou colonne pandas ; ses nombres entiers sont pris pour des effectifs : ceux qui sont
        sous le seuil de diffusion sont masqués, et la section le dit. Un seul ne l’est jamais sans
        le plus petit des autres : leur somme le rendrait. Dans une table d’effectifs seuls, les
        lignes toutes sous le seuil sont d’abord additionnées. Un 0 % ou un 100 % qui dirait ce que
        chacun d’un groupe a répondu est masqué, en part comme en effectifs.
    figure
        Figure plotly : interactive dans l’atelier ; sans `table`, la page en montre les nombres.
        Elle n’est pas montrée quand l’un d’eux est masqué.
    texte
        Une phrase ou plusieurs.
    racine
        Dossier du projet ; par défaut, trouvé à partir du dossier de travail.

    Raises
    ------
    UsageError
        Si la figure n’est pas de plotly.
    """
    if figure is not None and not hasattr(figure, "to_plotly_json"):
        raise UsageError(
            "Une page ne montre que des figures plotly, dont elle écrit les nombres.",
            "Donnez à la section la table d’où vient la figure : section(titre, table=…).",
        )
    project = Project.find(Path(racine) if racine else None)
    reference, about = load_reference(project.reference), campaign_under_way()
    least = reference.sites.seuil_diffusion.valeur
    threshold = reference.threshold(about) if about else least
    sentences = [texte] if isinstance(texte, str) else [*texte]
    frame = own.drawn(figure) if table is None and figure is not None else table
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(str(frame.name or "valeur"))
    flat = None if frame is None else flattened(frame)
    found = None if flat is None else judged(flat, threshold)
    return own.section(titre, found, figure, sentences, threshold)
