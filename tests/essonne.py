"""The answers of the first example, read again from its files with pandas: nothing of qpref."""

import numpy as np
import pandas as pd

from tests.deuxieme.oracle import Received, plain


class Essonne(Received):
    """What its files hold, one row a complete answer inside its campaign."""

    def _online(self, campaign):
        path = self.files / campaign["id"] / f"results-survey_{campaign['id']}.csv"
        raw = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        sent = raw.filter(like="submitdate").iloc[:, 0]
        raw = raw.loc[sent != ""]
        texts = {name.split(". ", 1)[1]: name for name in raw.columns}
        found = {self.roles["date"]: pd.to_datetime(sent.loc[raw.index]).dt.normalize()}
        for q in self.asked["questions"]:
            for option in q.get("options", ()):
                cells = raw[texts[f"{q['texte']} [{option['libelle']}]"]]
                ticked = cells.map({"Oui": 1.0, "Non": 0.0, "": np.nan})
                found[f"{q['id']}/{option['code']}"] = ticked
            if "options" not in q and q["texte"] in texts:
                found[q["id"]] = raw[texts[q["texte"]]].map(self._reader(q))
        trial = self.asked["essais"]
        rows = pd.DataFrame(found)
        is_trial = rows[trial["question"]].map(plain).isin(set(map(plain, trial["vaut"])))
        return self._kept(rows.loc[~is_trial], campaign)

    def _form(self, row):
        mode = self.roles["mode"]
        scale = self.asked["echelles"][self.questions[mode]["echelle"]]["modalites"]
        (paper,) = [m["code"] for m in scale if m.get("saisie") == "oui"]
        own = {k: v for q in self.asked["questions"] if q["id"] != mode
               for k, v in self._cells(q, row).items()}  # fmt: skip
        return own | {mode: paper}

    def _cells(self, question, row):
        """The cells of one question, under the first of its headings that the sheet has."""
        if "options" in question:
            ticks = {o["code"]: row[o["entetes"][0]] in {"x", "X"} for o in question["options"]}
            base = 0.0 if any(ticks.values()) else np.nan
            return {f"{question['id']}/{c}": 1.0 if t else base for c, t in ticks.items()}
        known = [name for name in question.get("entetes") or () if name in row]
        if not known or question.get("role") == "numero":
            return {}
        value = row[known[0]]
        return {question["id"]: self._reader(question)("" if value is None else value)}

    def _kept(self, found, campaign):
        kept = super()._kept(found, campaign)
        return kept.loc[kept[self.roles["date"]].notna()]
