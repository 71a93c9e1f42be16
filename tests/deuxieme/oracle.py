"""
The numbers of the second example, counted again with pandas from the files as received.

Nothing of qpref is used here, nor its tables: files, YAML of the questionnaire, and the rules that
the guide states (complete answers, inside the campaign, the last form of a number, a word that the
scale does not offer set aside).
"""

from functools import cached_property
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import openpyxl
import pandas as pd
import yaml

Z = NormalDist().inv_cdf(0.975)
OUTSIDE = {"": "blanc", "muet": "nsp", "hors": "sans objet"}


def plain(text):
    """A label without case, no-break spaces and feminine marks."""
    return " ".join(str(text).replace("\u00a0", " ").replace("(e)", "").split()).casefold()


def wilson(k, n):
    """Wilson's interval of a share (JASA 1927), 95 %."""
    if not n:
        return (np.nan, np.nan)
    centre, half = k + Z * Z / 2, Z * sqrt(k * (n - k) / n + Z * Z / 4)
    return ((centre - half) / (n + Z * Z), (centre + half) / (n + Z * Z))


def newcombe(k1, n1, k0, n0):
    """Newcombe's interval of a difference of two shares (method 10, 1998), 95 %."""
    p1, p0 = k1 / n1, k0 / n0
    (l1, u1), (l0, u0) = wilson(k1, n1), wilson(k0, n0)
    return (
        p1 - p0 - sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2),
        p1 - p0 + sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2),
    )


class Received:
    """What the files of a project hold, one row a complete answer inside its campaign."""

    def __init__(self, root: Path):
        reference = root / "data" / "reference"
        self.files = root / "data" / "exemple"
        found = map(self._read, sorted((reference / "questionnaire").glob("*.yml")))
        self.asked = next(one for one in found if "public" not in one)  # the visitors’
        self.questions = {q["id"]: q for q in self.asked["questions"]}
        self.roles = {q["role"]: q["id"] for q in self.asked["questions"] if "role" in q}
        self.sites = {s["nom_court"]: s["id"] for s in self._read(reference / "sites.yml")["sites"]}
        self.campaigns = {c["id"]: c for c in self._read(reference / "campagnes.yml")["campagnes"]}
        self.grid = self._read(reference / "mystere.yml")

    @staticmethod
    def _read(path):
        return yaml.safe_load(path.read_text(encoding="utf-8"))

    def levels(self, question):
        """The levels of a closed question: those that answer."""
        scale = self.asked["echelles"][self.questions[question]["echelle"]]
        return [m for m in scale["modalites"] if m.get("etat", "repondu") == "repondu"]

    def favourable(self, question):
        return [m["code"] for m in self.levels(question) if m.get("favorable") == "oui"]

    def theme(self, name):
        return [q["id"] for q in self.asked["questions"] if q["theme"] == name]

    @cached_property
    def answers(self):
        """All complete answers, by campaign and site; cells are codes, numbers, days or texts."""
        parts = [
            part
            for campaign in self.campaigns.values()
            for part in (self._online(campaign), *self._keyed(campaign))
        ]
        return pd.concat(parts, ignore_index=True)

    def _online(self, campaign):
        path = self.files / campaign["id"] / f"results-survey_{campaign['id']}.csv"
        raw = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        raw = raw.loc[raw.filter(like="submitdate").iloc[:, 0] != ""]
        texts = {name.split(". ", 1)[1]: name for name in raw.columns}
        found = {}
        for q in self.asked["questions"]:
            if "options" in q:
                for option in q["options"]:
                    cells = raw[texts[f"{q['texte']} [{option['libelle']}]"]]
                    found[f"{q['id']}/{option['code']}"] = cells.map(
                        {"Oui": 1.0, "Non": 0.0, "": np.nan}
                    )
            elif q.get("role") != "numero":
                found[q["id"]] = raw[texts[q["texte"]]].map(self._reader(q))
        return self._kept(pd.DataFrame(found), campaign)

    def _keyed(self, campaign):
        folder = self.files / campaign["id"]
        for name, site in self.sites.items():
            path = folder / f"saisie_guichet_{site}_{campaign['id']}.xlsx"
            sheet = openpyxl.load_workbook(path)["Saisie"]
            above, heading = ([c.value or "" for c in sheet[row]] for row in (5, 6))
            for merged in sheet.merged_cells.ranges:
                for column in range(merged.min_col, merged.max_col + 1):
                    above[column - 1] = sheet.cell(5, merged.min_col).value
            headings = [f"{g} — {h}" if g else h for g, h in zip(above, heading, strict=True)]
            rows = [
                dict(zip(headings, (c.value for c in row), strict=True))
                for row in sheet.iter_rows(min_row=7)
            ]
            rows = [row for row in rows if isinstance(row[headings[0]], int)]
            latest = {row[headings[0]]: row for row in rows}  # a form keyed twice: the last
            found = pd.DataFrame([self._form(row) for row in latest.values()])
            found[self.roles["site"]] = name
            yield self._kept(found, campaign)

    def _form(self, row):
        cells = {}
        for q in self.asked["questions"]:
            if "options" in q:
                ticks = {o["code"]: row[o["entetes"][0]] == "x" for o in q["options"]}
                for code, is_ticked in ticks.items():
                    value = float(is_ticked) if any(ticks.values()) else np.nan
                    cells[f"{q['id']}/{code}"] = value
            elif q.get("entetes") and q.get("role") != "numero":
                value = row[q["entetes"][0]]
                cells[q["id"]] = self._reader(q)("" if value is None else value)
        return cells

    def _reader(self, question):
        if question["type"] in {"nombre", "note"}:
            return lambda cell: float(cell) if cell != "" else np.nan
        if question["type"] == "date" or question.get("role") == "date":
            return self._day
        if "echelle" not in question:
            return str
        scale = self.asked["echelles"][question["echelle"]]["modalites"]
        words = {plain(m["libelle"]): m["code"] for m in scale}
        words |= {plain(s): m["code"] for m in scale for s in m.get("synonymes", ())}
        return lambda cell: words.get(plain(cell), "illisible") if cell != "" else ""

    @staticmethod
    def _day(cell):
        day_first = isinstance(cell, str) and "/" in cell
        return pd.to_datetime(cell, dayfirst=day_first, errors="coerce")

    def _kept(self, found, campaign):
        day = found[self.roles["date"]]
        first, last = pd.Timestamp(campaign["debut"]), pd.Timestamp(campaign["fin"])
        site = found[self.roles["site"]].map(self.sites)
        kept = found.loc[day.between(first, last) & site.notna()]
        return kept.assign(campagne=campaign["id"], site=site)

    def lines(self, campaign, site):
        """Lines read, kept, in quarantine and set aside, file by file, and in all."""
        folder, day, found = self.files / campaign, self.roles["date"], []
        raw = pd.read_csv(
            folder / f"results-survey_{campaign}.csv", sep=";", dtype=str, encoding="utf-8-sig"
        )
        places = raw[next(name for name in raw if name.endswith(self.questions["lieu"]["texte"]))]
        kept = self._online(self.campaigns[campaign])
        yield from (len(raw), len(kept), unknown := int((~places.isin(self.sites)).sum()))
        yield from (len(raw) - len(kept) - unknown, int((kept["site"] == site).sum()))
        found.append(len(raw))
        for name, keyed in zip(
            self.sites.values(), self._keyed(self.campaigns[campaign]), strict=True
        ):
            sheet = openpyxl.load_workbook(folder / f"saisie_guichet_{name}_{campaign}.xlsx")[
                "Saisie"
            ]
            rows = [r for r in sheet.iter_rows(min_row=7, values_only=True) if any(r)]
            column = [c.value for c in sheet[6]].index(self.questions[day]["entetes"][0])
            strange = sum(isinstance(r[column], str) and "/" not in r[column] for r in rows)
            yield from (len(rows), len(keyed), strange, len(rows) - len(keyed) - strange)
            found.append(len(rows))
        yield sum(found)
        yield found[0] + (dict(zip(self.sites.values(), found[1:], strict=True)).get(site, 0))
        for name in ("frequentation", "releve_refus"):
            yield from (len(pd.read_csv(folder / f"{name}_{campaign}.csv", encoding="cp1252")), 0)

    # What is counted

    def of(self, campaign, site=None):
        """The answers of a campaign, at a site or at all of them."""
        own = self.answers.loc[self.answers["campagne"] == campaign]
        return own if site in {None, "ensemble"} else own.loc[own["site"] == site]

    def counts(self, question, rows):
        """How many chose each level of a closed question, in its order."""
        return {m["code"]: int((rows[question] == m["code"]).sum()) for m in self.levels(question)}

    def opinion(self, question, rows):
        """Favourable answers and answers, of a question of opinion."""
        counts = self.counts(question, rows)
        return sum(counts[code] for code in self.favourable(question)), sum(counts.values())

    def values(self, question, rows):
        """The numbers given to a question."""
        return rows[question].dropna().to_numpy(dtype=float)

    def net(self, question, rows):
        """Promoters, detractors and marks of a question of recommendation."""
        marks = self.values(question, rows)
        return int((marks >= 9).sum()), int((marks <= 6).sum()), len(marks)

    def ticks(self, question, rows):
        """How many ticked each box, and how many answered."""
        boxes = {
            o["code"]: rows[f"{question}/{o['code']}"] for o in self.questions[question]["options"]
        }
        return {code: (int((b == 1).sum()), int(b.notna().sum())) for code, b in boxes.items()}

    def remarks(self, question, rows):
        return int((rows[question].fillna("") != "").sum())
