"""Result of a verb: a table, a figure, a section, a file."""

from pathlib import Path
from typing import Any

import pandas as pd

from qpref.display.charts import interactive
from qpref.display.section import Section
from qpref.errors import MissingDataError, UsageError
from qpref.lazy import lazy
from qpref.project import Project
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx
from qpref.workbook.copies import handed
from qpref.written import Kind, put_beside

ipython = lazy("IPython.display")  # only where it runs
_WRITERS = {".csv", ".xlsx"}
_EXPORTED = Kind("table exportée par l’analyste")
# What the columns of the tables are, for who opens the file alone.
MEANINGS = {
    "n": "avis ou réponses sur lesquels porte le chiffre",
    "favorables": "réponses favorables, parmi eux",
    "part": "part, de 0 à 1",
    "moyenne": "moyenne des nombres donnés",
    "mediane": "nombre du milieu",
    "bas": "borne basse de l’intervalle à 95 %",
    "haut": "borne haute de l’intervalle à 95 %",
    "ecart": "écart de parts, aux autres ou à la campagne d’avant",
    "ecart_bas": "borne basse de l’intervalle de l’écart",
    "ecart_haut": "borne haute de l’intervalle de l’écart",
    "verdict": "ce que dit l’écart",
    "nps": "score net, de −100 à 100",
}


class Resultat:
    """
    Ce que donne un verbe : `.table`, `.figure`, `.section`, `.exporter`.

    Seul sur la dernière ligne d’une cellule, il se montre comme dans un rapport.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        section: Section,
        project: Project,
        kind: Kind = _EXPORTED,
        plot: dict[str, Any] | None = None,
    ) -> None:
        self._table, self._section, self._project, self._kind = table, section, project, kind
        self._plot = plot or self._section.plot

    def __repr__(self) -> str:
        return f"<Résultat : {self._section.title}, {len(self._table)} lignes>"

    def __dir__(self) -> list[str]:
        """Complete on what an analyst calls, and nothing else."""
        return [name for name in vars(type(self)) if not name.startswith("_")]

    @property
    def table(self) -> pd.DataFrame:
        """Les nombres, dans une table que l’on peut modifier."""
        return handed(self._table)

    @property
    def section(self) -> Section:
        """La section d’un rapport : titre, tableau, figure, chiffres."""
        return handed(self._section)

    @property
    def figure(self) -> Any:  # noqa: ANN401 - a plotly figure
        """
        La figure plotly, à mettre à son goût : `resultat.figure.update_layout(…)`.

        Raises
        ------
        MissingDataError
            Si rien n’a assez de réponses pour être dessiné.
        """
        if not self._plot:
            raise MissingDataError(
                f"« {self._section.title} » n’a pas de figure : trop peu de réponses.",
                "Lisez « .table ».",
            )
        return interactive(handed(self._plot))

    def _with_section(self, section: Section) -> "Resultat":
        """Return the same table under another section."""
        return Resultat(self._table, section, self._project, self._kind, section.plot or self._plot)

    def exporter(self, chemin: str | Path) -> Path:
        """
        Écrit la table dans un classeur (.xlsx) ou un fichier .csv que lit un tableur français.

        Parameters
        ----------
        chemin
            Le fichier ; s’il existe et que vous l’avez changé, le nouveau prend un autre nom.

        Raises
        ------
        UsageError
            Si le nom ne finit ni par .xlsx ni par .csv.
        """
        path = Path(chemin).absolute()
        if path.suffix not in _WRITERS:
            raise UsageError(
                f"« {path.name} » : une table s’exporte en .xlsx ou en .csv.",
                "Finissez le nom du fichier par l’un des deux.",
            )
        flat = flattened(self._table)
        if path.suffix == ".csv":
            content = spreadsheet_csv(flat)
        else:
            content = spreadsheet_xlsx(flat, {"Titre": self._section.title, **self._meanings(flat)})
        return put_beside(self._project, path, content, self._kind)

    def _meanings(self, flat: pd.DataFrame) -> dict[str, str]:
        return {name: text for name, text in MEANINGS.items() if name in flat}

    def _ipython_display_(self) -> None:
        ipython.display(self._section)


def flattened(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose index is columns, and whose names are texts: what a file holds."""
    is_numbered = isinstance(table.index, pd.RangeIndex)
    flat = table.copy() if is_numbered else table.reset_index()
    flat.columns = pd.Index([str(name) for name in flat.columns])
    return flat
