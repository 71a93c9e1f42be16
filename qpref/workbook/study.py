"""The study that an analyst opens: a labelled table, filters, weights, and verbs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qpref.errors import MissingDataError
from qpref.quality import individuals
from qpref.quality.choice import criterion
from qpref.quality.codebook import variables
from qpref.quality.individuals import PLACES
from qpref.workbook.base import counted
from qpref.workbook.contacts import Contacts
from qpref.workbook.copies import handed
from qpref.workbook.exporting import Exported, export
from qpref.workbook.field import Field
from qpref.workbook.kept import refuse_finer
from qpref.written import Kind


class Etude(Field):
    """
    Réponses d’un ou de plusieurs sites et campagnes, que l’on filtre, croise, compare et exporte.

    `.tableau()` les donne dans une table, une ligne par usager ; `.questions` dit ce qui a été
    demandé. Chaque verbe (`croiser`, `distribution`, `resume`, `evolution`, `comparer`, `nps`,
    `taux_de_reponse`, `remarques`, `priorites`) donne un résultat qui a `.table`, `.figure`,
    `.section` et `.exporter`. `.rapport` refait les sections du rapport.
    """

    def __repr__(self) -> str:
        where = f"{self._place}{self._where}"
        return f"<{type(self).__name__} : {where}, {counted(self._pool.n, 'réponse')}>"

    @property
    def _place(self) -> str:
        """The sites and campaigns in words, for a title."""
        return ", ".join(", ".join(self._names(name).values()) for name in ("site", "campagne"))

    def __len__(self) -> int:
        return self._pool.n

    def __dir__(self) -> list[str]:
        """Complete on what an analyst calls, and nothing else."""
        found = [name for kind in type(self).__mro__ for name in vars(kind)]
        return [name for name in dict.fromkeys(found) if not name.startswith("_")]

    def __getitem__(self, question: str) -> pd.Series:
        """Return one column of the table; its names complete in brackets."""
        table = self.tableau()
        if question not in table:
            question = self._grouping(question)
        return table[question]

    def _ipython_key_completions_(self) -> list[str]:
        return self.noms

    @property
    def noms(self) -> list[str]:
        """Noms par lesquels on désigne une question : ceux que Tab propose entre guillemets."""
        asked = dict.fromkeys(one.question.id for one in self._columns.values())
        return [*dict.fromkeys([*PLACES, *asked, *self._columns])]

    def reponses_possibles(self, question: str) -> list[str]:
        """Donne les réponses, par leur code, qu’une question permet ; rien d’une inconnue."""
        own = [one for one in self._columns.values() if question in {one.name, one.question.id}]
        if own and own[0].option and len(own) > 1:
            return [one.option.code for one in own if one.option]
        return [*own[0].shown] if own else []

    # Tables

    def tableau(self, *, codes: bool = False, manquants: bool = False) -> pd.DataFrame:
        """
        Donne les réponses dans une table, une ligne par usager : une copie, que l’on peut modifier.

        Parameters
        ----------
        codes
            Vrai pour les codes du questionnaire, au lieu des réponses en toutes lettres.
        manquants
            Vrai pour ajouter, à côté de chaque question, pourquoi une réponse manque
            (« attente_manquant »).

        Returns
        -------
        pandas.DataFrame
            Échelles en catégories ordonnées, la moins favorable d’abord ; cases en booléens ;
            notes, nombres et dates ; `poids` (moyenne 1) et `grappe` (demi-journée). « Sans
            objet » et « ne sait pas » sont manquants : `manquants()` dit lesquels. Le libellé de
            chaque colonne est dans `attrs["libelles"]`.
        """
        found = self._pool.individuals
        sites = self._names("site")
        if codes:
            given = {name: found.given(name) for name in found.columns}
            table = pd.concat([found.places, pd.DataFrame(given, found.codes.index)], axis=1)
        else:
            table = individuals.labelled(found, sites, self._campaigns)
        if manquants:
            why = individuals.reasons(found).add_suffix("_manquant")
            order = [column for name in found.columns for column in (name, f"{name}_manquant")]
            table = pd.concat([table, why], axis=1)[[*PLACES, *order]]
        weighting = self._weighting
        weights = None if isinstance(weighting, str) else weighting.by_person
        table["poids"] = float("nan") if weights is None else weights.reindex(table.index)
        table["grappe"] = self._pool.half_days.reindex(table.index)
        table = table.copy()
        table.attrs["libelles"] = {name: text for name, text in self.libelles.items()
                                   if name in table}  # fmt: skip
        return table

    def manquants(self) -> pd.DataFrame:
        """
        Dit pourquoi une réponse manque, question par question ; vide là où elle est donnée.

        Mêmes lignes que `tableau()` : « Sans objet », « Ne sait pas », « Sans réponse », « Non
        posée » ou « Illisible ».
        """
        return individuals.reasons(self._pool.individuals).copy()

    def exporter(self, chemin: str | Path, format: str = "") -> list[Path]:  # noqa: A002
        """
        Écrit les réponses pour SPSS, Stata, R, DuckDB ou un tableur, et leurs codes.

        Parameters
        ----------
        chemin
            Le fichier ; sa fin dit le format : .sav, .dta, .parquet, .csv ou .xlsx.
        format
            Le format, si le nom du fichier ne le dit pas.

        Returns
        -------
        list
            Le fichier, puis ses codes : une page (.codes.html) et un classeur (.codes.xlsx).

        Notes
        -----
        Les libellés y sont ; « sans objet », « ne sait pas », « non posée » et les autres y sont
        déclarés manquants (SPSS, Stata), ou dits à côté de chaque question (« attente_manquant »).
        """
        path = Path(chemin).absolute()
        places = {name: self._names(name) for name in ("campagne", "site")}
        content = Exported(
            self._pool.individuals,
            self.tableau(manquants=True),
            variables(self._columns, places),
            f"Codes de « {path.name} » : {repr(self)[1:-1]}",
        )
        kind = Kind("réponses exportées", campaign=self._campaigns[-1])
        return export(self._project, path, format or path.suffix[1:], content, kind)

    @property
    def libelles(self) -> dict[str, str]:
        """Le libellé de chaque colonne de `tableau()`."""
        return individuals.labels(self._questionnaire)

    @property
    def questions(self) -> pd.DataFrame:
        """Les questions posées : identifiant, texte, thème, type, rôle, usage, réponses reçues."""
        asked = self._questionnaire
        given = self._pool.items
        counts = given.loc[given["etat"] == "repondu"].groupby("question", observed=True)
        people = counts["reponse_id"].nunique()
        rows = [
            {
                "question": one.id,
                "texte": one.texte_court,
                "theme": asked.themes[one.theme],
                "type": one.type,
                "role": one.role or "",
                "usage": self._use(one.id),
                "reponses": int(people.get(one.id, 0)),
                "colonnes": ", ".join(c.name for c in self._columns.values()
                                      if c.question.id == one.id),
                "posee": one.texte,
            }
            for one in asked.questions
        ]  # fmt: skip
        return pd.DataFrame(rows).astype({"reponses": "int64"})

    def _use(self, name: str) -> str:
        own = [one for one in self._columns.values() if one.question.id == name]
        if not own:
            return ""
        if own[0].question.kind.is_judged:
            return "avis"
        return "groupe" if own[0].is_closed else own[0].kind.value

    @property
    def avis(self) -> list[str]:
        """Questions d’opinion, la satisfaction globale d’abord."""
        names = [one.id for one in self._questionnaire.opinions]
        return sorted(names, key=lambda name: name != self._questionnaire.main)

    @property
    def groupes(self) -> list[str]:
        """Questions par lesquelles on croise et l’on filtre."""
        return [one.id for one in self._questionnaire.questions if self._use(one.id) == "groupe"]

    @property
    def items(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager et question."""
        return handed(self._pool.items)

    @property
    def contacts(self) -> pd.DataFrame:
        """Contacts mystères des sites, une ligne chacun ; aucun filtre ne s’y applique."""
        own = [Contacts(self._sources(self._look.whole, *place)).rows for place in self._places]
        return pd.concat(own, ignore_index=True)

    # Who is looked at

    def filtrer(self, par: Mapping[str, Any] | None = None, /, **criteres: Any) -> "Etude":  # noqa: ANN401
        """
        Garde les usagers qui ont répondu ainsi : `filtrer(motif="etrangers", mode="papier")`.

        Parameters
        ----------
        par
            Les mêmes critères dans un dictionnaire, pour un nom que Python réserve :
            `filtrer({"global": "tres_satisfait"})`.
        **criteres
            Question ou rôle, et ce qu’il faut : une réponse (code ou libellé), une liste de
            réponses, ou un intervalle entre parenthèses : `date=("2020-11-16", "2020-11-20")`,
            `recommandation=(9, None)`. « sans_objet », « nsp », « non_posee », « non_reponse » et
            « invalide » gardent ceux qui n’ont pas de réponse pour cette raison.

        Raises
        ------
        UnknownKeyError
            Si une question ou une réponse est inconnue.
        UsageError
            Si la question ne peut pas faire de groupes.
        MissingDataError
            S’il reste trop peu d’usagers, ou si trop peu sont écartés : le reste parlerait d’eux.
        """
        sites = self._names("site")
        new = [
            criterion(name, wanted, self._columns, self._questionnaire, sites)
            for name, wanted in {**(par or {}), **criteres}.items()
        ]
        found = self._with(criteria=[*self._criteria, *new])
        vars(found)["_whole"] = self._whole
        if self._is_masked:
            refuse_finer(found._criteria, self._columns)  # noqa: SLF001 - one of ours
            _ = found._grouped_by_criteria  # noqa: SLF001 - refused now, not at the first table
        if "_weighting" in vars(self):  # of all visitors, whatever the filter
            vars(found)["_weighting"] = self._weighting
        left, threshold = len(found), max(self._threshold, 1)
        out = self._pool.n - left
        is_told = left >= threshold and (not out or out >= self._threshold)
        if not is_told or not found._tells_size:  # noqa: SLF001
            raise MissingDataError(
                f"Ce filtre laisse {counted(left, 'usager')} et en écarte {out} : il faut au moins "
                f"{threshold} usagers de chaque côté, et de chaque groupe que d’autres filtres "
                "diraient par différence, pour que personne ne soit reconnu.",
                "Retirez un critère ; pour vous seul, ouvrez avec diffusion=False.",
            )
        return found

    def ponderer(self, **marges: Mapping[str, float]) -> "Etude":
        """
        Pèse les réponses selon vos propres comptages : `ponderer(guichet={"etrangers": 5200, …})`.

        Parameters
        ----------
        **marges
            Question ou rôle, et le nombre d’usagers venus par réponse (code ou libellé).

        Raises
        ------
        MarginError
            Si aucun poids ne donne ces totaux.
        """
        margins = {}
        for name, totals in marges.items():
            column = self._grouping(name)
            coded = {}
            for value, total in totals.items():
                one = criterion(name, value, self._columns, self._questionnaire, {})
                coded[str(one.kept[0])] = float(total)
            margins[column] = coded
        found = self._with(margins=margins)
        found._weights(poids=True)  # noqa: SLF001 - refused now, not at the first table
        return found

    def profil_frequent(self, question: str) -> dict[str, str]:
        """Donne la réponse la plus fréquente à une question, sous la forme qu’attend `filtrer`."""
        given = self._pool.individuals.given(self._grouping(question)).dropna()
        if given.empty:
            raise MissingDataError(
                f"Personne n’a répondu à la question « {question} ».", "Choisissez-en une autre."
            )
        return {question: str(given.value_counts().index[0])}
