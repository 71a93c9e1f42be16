"""Mystery contacts of the second example, counted again from the workbooks as received."""

from functools import cached_property

import holidays
import numpy as np
import openpyxl
import pandas as pd
import yaml
from scipy import stats

from tests.conftest import ROOT
from tests.deuxieme.pools import Pool, clopper

MET, OTHER = "Tenu", "Manqué"
PROOF = {"telephone": "Obtenu", "ecrit": "Réponse"}


class Contacts:
    """The contacts of one campaign, by channel, and what may be said of them at a site."""

    def __init__(self, received, campaign, site):
        self.received, self.campaign, self.site = received, campaign, site
        self.channels = {channel["id"]: channel for channel in received.grid["canaux"]}
        self.labels = {c["libelle"]: c["id"] for c in received.grid["criteres"]}

    def sheet(self, campaign, channel):
        """The contacts of a channel; neither total nor second opinions."""
        path = self.received.files / campaign / f"enquete_mystere_{campaign}.xlsx"
        rows = list(openpyxl.load_workbook(path)[channel["feuilles"][0]].values)[3:]
        found = pd.DataFrame(rows[1:], columns=rows[0])
        found = found.loc[found["Lieu"].notna()]
        own = found.loc[found["Lieu"].map(self.received.sites) == self.site]
        first = own["Relecture du contact"].fillna("") == ""
        return found, own.loc[first], own.loc[first & (own["Écarté"].fillna("") == "")]

    @cached_property
    def pool(self):
        """All that a page may say of the contacts of this site."""
        pool, read, kept = Pool(numbers={10, 20}), 0, 0
        before = self.received.campaigns[self.campaign].get("precedente")
        for channel in self.channels.values():
            every, made, held = self.sheet(self.campaign, channel)
            reached = self._reached(held, channel)
            pool.numbers |= {len(made), len(held), len(made) - len(held)}
            pool.share(int(reached.sum()), len(held))
            read, kept = read + len(every), kept + len(held)
            self._criteria(pool, held.loc[reached])
            if before:
                _, _, then = self.sheet(before, channel)
                self._criteria(pool, then.loc[self._reached(then, channel)])
            if channel["forme"] == "ecrit":
                self._delays(pool, held.loc[reached], channel)
        pool.numbers |= {kept}
        self._whole(pool)
        return pool | self._file | self._benchmarks

    @staticmethod
    def _reached(rows, channel):
        proof = rows[PROOF[channel["forme"]]]
        return proof == "Oui" if channel["forme"] == "telephone" else proof.notna() & (proof != "")

    def _criteria(self, pool, rows):
        judged = rows["Se présente"].isin([MET, OTHER])
        met, n = int((rows["Se présente"] == MET).sum()), int(judged.sum())
        pool.share(met, n)
        pool.shares |= set(clopper(met, n)) if n else set()
        marks = pd.to_numeric(rows["Exactitude (/20)"], errors="coerce").dropna()
        pool.numbers |= {len(marks), marks.mean(), marks.min(), marks.max()}

    def _delays(self, pool, rows, channel):
        """Working days from sending to reply, the day of sending counting for none."""
        years = range(2022, 2024)
        closed = np.array(sorted(holidays.country_holidays("FR", years=years)), "datetime64[D]")
        sent, replied = (
            pd.to_datetime(rows[name]).to_numpy("datetime64[D]") for name in ("Quand", "Réponse")
        )
        days = np.busday_count(sent + 1, replied + 1, holidays=closed)
        pool.numbers |= {float(np.median(days)), int(days.max())}
        pool.numbers.add(int((rows["Répondu par"] != channel["un"].capitalize()).sum()))

    def _whole(self, pool):
        """The mark out of 10: criteria in equal parts, each the mean of its contacts."""
        parts = {"Se présente": [], "Exactitude (/20)": []}
        for channel in self.channels.values():
            _, _, held = self.sheet(self.campaign, channel)
            rows = held.loc[self._reached(held, channel)]
            parts["Se présente"] += [10.0 * (x == MET) for x in rows["Se présente"]]
            parts["Exactitude (/20)"] += [float(x) / 2 for x in rows["Exactitude (/20)"]]
        marks = np.array([*parts.values()]).T  # each contact gives both
        n = len(marks)
        pool.numbers |= {marks.mean(), len(parts), n, *self._jackknife(marks)}

    @staticmethod
    def _jackknife(marks):
        """The 95 % interval of the mark: a contact left out at a time, Student's law, 0 to 10."""
        n = len(marks)
        without = np.array([np.delete(marks, rank, axis=0).mean() for rank in range(n)])
        spread = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
        width = stats.t.ppf(0.975, n - 1) * spread
        return max(marks.mean() - width, 0), min(marks.mean() + width, 10)

    @cached_property
    def _file(self):
        """Lines read, kept and set aside in the workbook: totals and second opinions too."""
        pool, read, kept = Pool(), 0, 0
        for channel in self.channels.values():
            every, _, _ = self.sheet(self.campaign, channel)
            read += len(every) + 1  # its total
            kept += int((every["Écarté"].fillna("") == "").sum())
        pool.numbers |= {read, kept, read - kept, 0}
        return pool

    @cached_property
    def _benchmarks(self):
        """National figures, of the shared référentiel."""
        path = ROOT / "data" / "reference" / "referentiel.yml"
        known = yaml.safe_load(path.read_text(encoding="utf-8"))
        pool = Pool(numbers={15, 5, 7})  # « en moins de 15 jours », « de 5 sonneries », seuil
        for own in known["reperes"]:
            pool.numbers |= {own["annee"], own["valeur"]}
            pool.shares.add(own["valeur"] / 100)
        return pool
