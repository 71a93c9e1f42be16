"""What the second example's remarks say, counted again by person from the codes that were kept.

Days, intervals and verdicts are those of `judged.py`. Texts, who counts and when come from the
tables imported; of the program, only the subjects of the remarks that nobody read.
"""

import hashlib
import json
from functools import cached_property

import pandas as pd

from qpref.quality.coding import RemarkCoder
from qpref.reference import load_reference
from tests.deuxieme.figures import figures
from tests.deuxieme.judged import APART, Line, Opinions, correlation, one_share, side, step_up
from tests.deuxieme.pools import Pool

TONES = {"positif", "negatif"}
IN_PAGES = "codé par une personne"


class Remarks:
    """Those who wrote at a campaign and site, and what they name."""

    def __init__(self, expected):
        self.site, self.campaign = expected.site, expected.campaign
        self.before = expected.received.campaigns[self.campaign].get("precedente")
        self.root = expected.received.files.parents[1]

    @cached_property
    def book(self):
        return load_reference(self.root / "data" / "reference").book

    def stored(self, name, campaign):
        """A table of the store, of this site."""
        folder = self.root / f"data/propre/{name}/campagne={campaign}/site={self.site}"
        parts = [pd.read_parquet(path, partitioning=None) for path in folder.glob("*.parquet")]
        return pd.concat(parts, ignore_index=True)

    def rows(self, campaign):
        """Every remark of the answers that count: who, when, subjects, tone, read or not."""
        path = self.root / f"data/corrections/sujets-{campaign}.json"
        said, coder, found = json.loads(path.read_text("utf-8")), RemarkCoder(self.book), []
        people = self.stored("reponses", campaign)
        days = people.loc[people["statut"] == "complete"].set_index("reponse_id")["date_reponse"]
        texts = self.stored("verbatims", campaign)
        for who, question, text in texts[["reponse_id", "question", "texte_masque"]].to_numpy():
            if who not in days.index:
                continue
            name = hashlib.sha256("\0".join((who, question, text)).encode()).hexdigest()[:8]
            code, own = coder.code(text), (said.get(name) or [None])[-1]
            told = (own["sujets"], own["ton"]) if own else (code.subjects, code.tone)
            found.append((who, str(days[who]), [*told[0]], told[1], own is not None))
        return pd.DataFrame(found, columns=["who", "day", "subjects", "tone", "is_read"])

    def survey(self, rows):
        """1 where a person names a subject, 0 elsewhere; and the day of each."""
        people = rows.groupby("who")
        said = people["subjects"].agg(lambda own: {name for one in own for name in one})
        told = {
            name: said.map(lambda own, name=name: float(name in own)) for name in self.book.labels
        }
        return Opinions(pd.DataFrame(told), people["day"].first())

    @cached_property
    def texts(self):
        """What users wrote: quoted, and counting nothing."""
        return [*self.stored("verbatims", self.campaign)["texte_masque"]]

    @cached_property
    def pool(self):
        """All that may be said of them."""
        rows = self.rows(self.campaign)
        now, pool = self.survey(rows), Pool(numbers={len(rows), int(rows["is_read"].sum())})
        for name in self.book.labels:
            pool.part(int(now.told[name].sum()), len(now.told))
            pool.shares |= {*one_share(now, name)}
            is_named = rows["subjects"].map(lambda own, name=name: name in own)
            tones = [{*own} for _, own in rows.loc[is_named].groupby("who")["tone"]]
            pool.numbers |= {tones.count({tone}) for tone in TONES}
        return pool | self.changes(now)

    @cached_property
    def compared(self):
        """The subjects of which a change is told: `tests/attacks` says which may be."""
        path = self.root / f"reports/{self.campaign}/{self.site}/10_satisfaction.chiffres.csv"
        own = [row for row in figures(path) if row["section"] == "remarques"]
        return [
            row["indicateur"].removeprefix("sujet_")
            for row in own
            if row["unite"] == "écart de parts"
        ]

    def changes(self, now):
        """Since the campaign before, judged together and apart from the rest."""
        pool, lines = Pool(), []
        if not self.compared:
            return pool
        then = self.survey(self.rows(self.before))
        sides = [Opinions(one.told[self.compared], one.days) for one in (now, then)]
        for name in self.compared:
            pool.part(int(then.told[name].sum()), len(then.told))
            lines.append(Line(*(side(one, name, correlation(*sides)) for one in sides), weight=1.0))
        for line, (low, high, p, level) in step_up(lines, APART).items():
            pool |= Pool(gaps={line.gap, low, high}, numbers={p, level})
        return pool
