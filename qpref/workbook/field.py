"""Verbs on fieldwork: response rate, and remarks that visitors wrote."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qpref.display import exploration, remarks
from qpref.errors import MissingDataError, UsageError
from qpref.project import is_batch
from qpref.quality import individuals
from qpref.quality.individuals import PLACES
from qpref.statistics.fieldwork import response_rate
from qpref.statistics.measure import Measure
from qpref.statistics.shares import measured, share_interval
from qpref.store import reviewed
from qpref.wording.text import slug
from qpref.workbook import protected
from qpref.workbook.contrasts import Contrasts
from qpref.workbook.result import Resultat
from qpref.written import Kind

_LOG = ("abordes", "refus", "ineligibles", "partiels", "complets")


class Field(Contrasts):
    """Taux de réponse, remarques."""

    def taux_de_reponse(self, par: str = "date") -> Resultat:
        """
        Donne le taux de réponse d’après le relevé des refus : complets sur abordés concernés.

        Parameters
        ----------
        par
            « date », « demi_journee », « site », « campagne », ou vide pour l’ensemble.

        Raises
        ------
        MissingDataError
            Si les refus n’ont pas été relevés.
        UsageError
            Si un filtre porte sur des réponses : celles des personnes qui refusent sont inconnues.
        """
        log = self._log()
        if par and par not in log:
            raise UsageError(
                f"Les refus ne sont pas relevés par « {par} ».",
                "Choisissez date, demi_journee, site ou campagne.",
            )
        groups = dict(tuple(log.groupby(par))) if par else {"Ensemble": log}
        groups = self._large_enough(groups, par) if par else groups
        found, lines = [], []
        for key, rows in groups.items():
            told = response_rate(rows)
            label = self._rate_label(par, key)
            lines.append({par or "groupe": key if par == "date" else label,
                          **{name: int(told[name]) for name in _LOG},
                          "taux": told["taux_reponse"]})  # fmt: skip
            found.append(_rate(label, told))
        table = pd.DataFrame(lines).set_index(par or "groupe")
        title = f"Taux de réponse{self._where}"
        section = exploration.measured(title, "taux_reponse", found, "taux de réponse", (0, 1))
        return Resultat(table, section, self._project)

    def _large_enough(
        self, groups: Mapping[Any, pd.DataFrame], par: str
    ) -> dict[Any, pd.DataFrame]:
        """Return the groups whose complete questionnaires are many, or none."""
        sizes = {str(key): int(rows["complets"].sum()) for key, rows in groups.items()}
        told = protected.large(sizes, self._threshold)
        found = {key: rows for key, rows in groups.items()
                 if str(key) in told or not sizes[str(key)]}  # fmt: skip
        if not found:
            raise MissingDataError(
                f"Trop peu d’usagers par « {par} » pour que personne ne soit reconnu.",
                "Demandez l’ensemble ; pour vous seul, ouvrez avec diffusion=False.",
            )
        return found

    def _log(self) -> pd.DataFrame:
        own = [self._look.whole.table("collecte", *place) for place in self._places]
        log = pd.concat(own, ignore_index=True)
        if log.empty:
            raise MissingDataError(
                "Le nombre de refus n’a pas été relevé.",
                "Importez le relevé des refus : qpref modele-saisie --pour collecte.",
            )
        for one in self._criteria:
            role = self._columns[one.name].question.role if one.name in self._columns else one.name
            if role not in {"campagne", "site", "date", "demi_journee"}:
                raise UsageError(
                    f"Les refus ne sont pas relevés selon « {one.name} ».",
                    "Demandez le taux de réponse sans ce filtre.",
                )
            log = log.loc[one.among(log[role])]
        return log

    def _rate_label(self, par: str, key: Any) -> str:  # noqa: ANN401
        if par == "date":
            return f"{key:%d/%m/%Y}"
        if par in {"site", "campagne"}:
            return self._names(par)[str(key)]
        asked = self._questionnaire.by_role.get("demi_journee")
        names = self._names(asked.id) if par and asked and asked.id in self._columns else {}
        return names.get(str(key), str(key)) or "Non précisé"

    def remarques(self, contient: str = "") -> Resultat:
        """
        Donne les remarques masquées, avec leur date, le guichet et le motif.

        Parameters
        ----------
        contient
            Un mot ou plusieurs qui se suivent ; accents et majuscules ne comptent pas.

        Notes
        -----
        `.section` ne montre que celles que quelqu’un a relues et approuvées (`qpref verbatims`) ;
        `.table` les donne toutes, pour vous seul. Un rapport n’a que les premières.
        """
        rows = self._written(contient)
        chosen = rows.loc[rows["publiable"], "texte_masque"].tolist()
        section = remarks.remarks(chosen, rows["reponse_id"].nunique())
        if is_batch():
            rows = rows.loc[rows["publiable"]]
        table = self._placed(rows)
        by_day = table.groupby("date").size()
        counts = [Measure(label=f"{day:%d/%m/%Y}", value=n) for day, n in by_day.items()]
        plot = exploration.measured("Remarques par jour", "", counts, "remarques", None).plot
        kind = Kind("remarques exportées", campaign=self._campaigns[-1])
        return Resultat(table, section, self._project, kind, plot)

    def _written(self, word: str) -> pd.DataFrame:
        sites: dict[str, list[str]] = {}
        for campaign, site in self._places:
            sites.setdefault(campaign, []).append(site)
        found = [reviewed(self._project, campaign, own) for campaign, own in sites.items()]
        rows = pd.concat(found, ignore_index=True)
        people = self._pool.individuals.codes.index
        rows = rows.loc[rows["reponse_id"].astype(str).isin(people)]
        has_word = rows["texte_masque"].map(lambda text: slug(word) in slug(text)).astype(bool)
        return rows.loc[has_word]

    def _placed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return remarks with what is known of who wrote them."""
        table = individuals.labelled(self._pool.individuals, self._names("site"), self._campaigns)
        people = rows["reponse_id"].astype(str)
        known = [*PLACES]
        for role in ("guichet", "motif", "satisfaction_globale"):
            asked = self._questionnaire.by_role.get(role)
            known += [c.name for c in self._columns.values() if asked and c.question.id == asked.id]
        own = table[known].reindex(people).reset_index(drop=True)
        own["question"] = rows["question"].to_numpy(dtype=object)
        own["remarque"] = rows["texte_masque"].to_numpy(dtype=object)
        own["approuvee"] = rows["publiable"].to_numpy(dtype=bool)
        return own


def _rate(label: str, told: Mapping[str, float]) -> Measure:
    eligible, complete = told["abordes"] - told["ineligibles"], told["complets"]
    low, high = share_interval([complete], [eligible])
    row = {"n": eligible, "satisfaits": complete, "part": told["taux_reponse"],
           "bas": low[0], "haut": high[0]}  # fmt: skip
    return measured(row, key="taux_reponse", label=label, group=label)
