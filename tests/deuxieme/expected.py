"""What each page of the second example may show, question by question and part by part."""

from functools import cached_property

import holidays
import numpy as np
import pandas as pd
from scipy import stats

from tests.deuxieme.fitted import Fitted
from tests.deuxieme.judged import Judged, margin, one_share
from tests.deuxieme.oracle import wilson
from tests.deuxieme.pools import Pool, mean_interval, net_interval
from tests.deuxieme.remarks import Remarks

MASKED = 6  # `seuil_diffusion` of sites.yml
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


class Expected:
    """The numbers of one campaign at one site (or all), counted from the received files."""

    def __init__(self, received, campaign, site):
        self.received, self.campaign, self.site = received, campaign, site
        self.now = received.of(campaign, site)
        before = received.campaigns[campaign].get("precedente")
        self.before = received.of(before, site) if before else None
        elsewhere = received.answers["site"] != site
        whole = received.answers["campagne"] == campaign
        self.elsewhere = received.answers.loc[whole & elsewhere] if site != "ensemble" else None
        self._questions = {}
        self.fitted, self.judged, self.remarks = Fitted(self), Judged(self), Remarks(self)

    @cached_property
    def labels(self):
        """The question that a row of a page is about, by the label of the row."""
        found = {}
        for q in self.received.asked["questions"]:
            if q["type"] == "technique":
                continue
            found[q["texte_court"]] = q["id"]
            found |= {o["libelle"]: q["id"] for o in q.get("options", ())}
            if q["type"] == "unique":
                found |= {m["libelle"]: q["id"] for m in self.received.levels(q["id"])}
        return found

    def question(self, name):
        """All that may be said of a question."""
        if name not in self._questions:
            self._questions[name] = self._pool_of(name)
        return self._questions[name]

    def _pool_of(self, name):
        q, pool = self.received.questions[name], Pool()
        pool.numbers |= {len(self.now)}
        kinds = {
            "opinion": self._opinion, "unique": self._levels, "note": self._mark,
            "nombre": self._number, "date": self._days, "multiple": self._boxes,
            "texte": self._words,
        }  # fmt: skip
        kinds[q["type"]](name, pool)
        return pool

    def _opinion(self, name, pool):
        sides = [rows for rows in (self.before, self.elsewhere) if rows is not None]
        for rows in (self.now, *sides):
            counts = self.received.counts(name, rows)
            for count in counts.values():
                pool.part(count, sum(counts.values()))
            pool.part(*self.received.opinion(name, rows))
        self._outside(name, pool)
        told = self.judged.pool(name)
        for survey in (self.judged.now, self.judged.before):
            if survey is not None and survey.told[name].notna().any():
                pool.shares |= {*one_share(survey, name)}
        pool.gaps |= told.gaps
        pool.numbers |= told.numbers

    def _outside(self, name, pool):
        """Those who gave no level: the columns of the detailed table."""
        cells = self.now[name].fillna("")
        states = cells.value_counts()
        asked = self.received.questions[name].get("filtre")
        blank = cells == ""
        closed = pd.Series(data=False, index=cells.index)
        if asked:
            opening = self.now[asked["question"]]
            known = [m["code"] for m in self.received.levels(asked["question"])]
            closed = opening.isin([code for code in known if code not in asked["vaut"]])
        pool.numbers |= {int((blank & closed).sum()), int((blank & ~closed).sum())}
        pool.numbers |= {int(states.get(state, 0)) for state in ("muet", "hors", "illisible")}

    def _levels(self, name, pool):
        counts = self.received.counts(name, self.now)
        answered = sum(counts.values())
        whole = len(self.now)
        small = [k for k in counts.values() if k]
        for count in counts.values():
            pool.share(count, answered)
            pool.share(count, whole)
        # A group of few is joined with others: any number of them together, blanks included.
        unknown = whole - answered
        pool.share(unknown, whole)
        for size in range(1, 2 ** len(small)):
            chosen = [k for rank, k in enumerate(small) if size >> rank & 1]
            for more in (0, unknown):
                pool.share(sum(chosen) + more, whole)

    def _mark(self, name, pool):
        q = self.received.questions[name]
        marks = self.received.values(name, self.now)
        column = self.now[name].astype(float)
        net = (column >= 9).astype(float) - (column <= 6)
        costs = self.judged.costs({"net": net.where(column.notna())})
        own = mean_interval(marks, self.judged.costs({"mark": column})["mark"])
        pool.numbers |= {q["minimum"], q["maximum"], marks.mean(), *own}
        pool.numbers |= {np.median(marks), *np.quantile(marks, [0.25, 0.75])}
        for mark in range(q["minimum"], q["maximum"] + 1):
            pool.share(int((marks == mark).sum()), len(marks))
            pool.numbers.add(mark)
        p, d, n = self.received.net(name, self.now)
        for count in (p, d, n - p - d):
            pool.share(count, n)
        pool.gaps |= set(net_interval(p, d, n, costs["net"]))

    def _number(self, name, pool):
        values = self.received.values(name, self.now)
        cost = self.judged.costs({name: self.now[name].astype(float)})[name]
        pool.numbers |= {len(values), values.mean(), *mean_interval(values, cost)}
        pool.numbers |= set(np.quantile(values, [0.25, 0.5, 0.75]))

    def _days(self, name, pool):
        days = self.now[name].dropna()
        counts = days.dt.to_period("M").value_counts()
        for count in counts:
            pool.share(int(count), len(days))
        few = counts[counts < MASKED]
        pool.numbers |= {len(days), len(few)}
        pool.share(int(few.sum()), len(days))

    def _boxes(self, name, pool):
        ticks = self.received.ticks(name, self.now)
        costs = self.judged.costs({code: self.now[f"{name}/{code}"] for code in ticks})
        for code, (count, base) in ticks.items():
            pool.share(count, base, costs[code])

    def _words(self, name, pool):
        pool.numbers.add(self.received.remarks(name, self.now))

    # What is said of the survey as a whole

    @cached_property
    def survey(self):
        """Numbers of answers, margins, targets, those who wrote, refused, were counted."""
        pool = Pool(shares={0.95})
        pool.numbers |= {95, 10}  # « 95 fois sur 100 », notes sur 10
        for rows in (self.now, self.before, self.elsewhere):
            pool.numbers |= {len(rows)} if rows is not None else set()
        for survey in (self.judged.now, self.judged.before):
            pool.gaps |= {margin(survey)} if survey is not None else set()
        aims = self.received.campaigns[self.campaign].get("objectifs", {})
        pool.numbers |= {aim["valeur"] for site, aim in aims.items() if site == self.site}
        main = self.received.roles["satisfaction_globale"]
        pool |= self.question(main)
        pool.numbers |= {round(10 * s) for s in pool.shares}  # « environ 8 sur 10 »
        texts = [q for q, asked in self.received.questions.items() if asked["type"] == "texte"]
        wrote = (self.now[texts].fillna("") != "").any(axis=1)
        pool.numbers.add(int(wrote.sum()))
        pool |= self.judged.whole
        return pool | self._logged | self._bias | self._read | self._daily | Pool(numbers={0.05})

    @cached_property
    def _daily(self):
        """Answers by day, and by working day of the campaign."""
        dates = self.received.campaigns[self.campaign]
        closed = holidays.country_holidays("FR", years=dates["debut"].year)
        days = pd.bdate_range(dates["debut"], dates["fin"])
        days = [day for day in days if day.date() not in closed]
        each = self.now[self.received.roles["date"]].value_counts()
        each = each.set_axis(pd.to_datetime(each.index)).reindex(days, fill_value=0)
        told = [0]  # days of few answers go with others
        for n in each[: each.to_numpy().nonzero()[0].max(initial=-1) + 1]:
            told[-1:] = [told[-1] + n] if 0 < told[-1] < MASKED else [told[-1], n]
        while 0 < told[-1] < MASKED:
            told[-2:] = [sum(told[-2:])]
        return Pool(numbers={*told, len(days), len(self.now) / len(days), 0, MASKED})

    @cached_property
    def row(self):
        """What stands in any row beside the question's own numbers."""
        return Pool(numbers={10})  # « sur 10 »

    @cached_property
    def _bias(self):
        """The chance that an interval holds 80 % when 85 % of those who answer are for."""
        pool = Pool(shares={0.80, 0.85}, gaps={0.05}, numbers={100})
        # As many as now and before; without a before, as now and four times as many.
        now = len(self.now)
        for n in (now, 4 * now if self.before is None else len(self.before)):
            held = [k for k in range(n + 1) if wilson(k, n)[0] <= 0.8 <= wilson(k, n)[1]]
            pool.shares.add(sum(stats.binom.pmf(held, n, 0.85)))
            pool.numbers.add(n)
        return pool

    def _counts(self, name):
        path = self.received.files / self.campaign / f"{name}_{self.campaign}.csv"
        rows = pd.read_csv(path, sep=";", encoding="cp1252")
        names = {v: k for k, v in self.received.sites.items()}
        return rows if self.site == "ensemble" else rows.loc[rows["Site"] == names[self.site]]

    @cached_property
    def log(self):
        """People approached, refusing, answering, one line a day."""
        return self._counts("releve_refus")

    @cached_property
    def _logged(self):
        """People approached, and visitors counted."""
        pool = Pool()
        sums = self.log.select_dtypes("number").sum()
        pool.numbers |= set(sums.astype(int))
        pool.share(int(sums["Complets"]), int(sums["Abordés"] - sums["Inéligibles"]))
        pool.share(int(sums["Complets"]), int(sums["Abordés"]))
        visitors = int(self._counts("frequentation")["Passages"].sum())
        pool.share(len(self.now), visitors)
        return pool

    @cached_property
    def _read(self):
        """Lines read, kept, set aside and in quarantine, of each file of the campaign."""
        pool, whole = Pool(), self.received.answers
        own = whole.loc[whole["campagne"] == self.campaign]
        pool.numbers |= set(self.received.lines(self.campaign, self.site))
        pool.numbers.add(len(own))
        unread = (self.now == "illisible").to_numpy().sum()
        pool.numbers.add(int(unread))
        return pool
