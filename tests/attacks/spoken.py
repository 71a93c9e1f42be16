"""An attacker who reads what remarks say: may he find one to four people?

He holds every line told of subjects (those who wrote, those who name each, those who have only good
or bad to say, group by group), knows that who writes names a subject, and subtracts.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

SMALL = 5


def is_few(count):
    return 0 < count < SMALL


class Told:
    """
    What is told of the remarks of a site.

    `n`: who wrote; `named`: who names each subject; `tones`: by subject, the counts told; `groups`:
    (who names it, who wrote) by group and subject.
    """

    def __init__(self, n):
        self.n, self.named, self.tones, self.groups = n, {}, {}, {}

    @classmethod
    def of(cls, lines, titles=()):
        """Read lines of a figures file; `titles`, the groups that are campaigns."""
        shares = [one for one in lines if one["unite"] == "part" and one["groupe"] not in titles]
        found = cls(int(shares[0]["n"]) if shares else 0)
        for one in shares:
            pair = int(one["effectif"]), int(one["n"])
            if one["groupe"]:
                found.groups.setdefault(one["groupe"], {})[one["indicateur"]] = pair
            else:
                found.named[one["indicateur"]] = pair[0]
        for one in lines:
            if one["unite"] == "usagers":
                found.tones.setdefault(one["indicateur"], []).append(int(one["valeur"]))
        return found


def few_told(told):
    """Yield what is few among what is told, and what is left of it by one subtraction."""
    for subject, k in told.named.items():
        tones = told.tones.get(subject, [])
        rest = [k - sum(tones)] if tones else []
        for count in (k, told.n - k, *tones, *rest):
            if is_few(count):
                yield subject, count
    for group, own in told.groups.items():
        for subject, (k, n) in own.items():
            if any(map(is_few, (k, n - k, told.named[subject] - k, told.n - n))):
                yield group, subject, k, n


def few_left(named, told):
    """Yield those who name none of the subjects told, or who name several, where they are few."""
    known = [name for name in named if name in told]
    if known:
        none = int((~named[known].any(axis=1)).sum())
        more = int(named[known].sum().sum()) - len(named)
        if is_few(none):
            yield "aucun des sujets dits", none
        if set(named.columns[named.any()]) == {*known} and is_few(more):
            yield "plusieurs sujets", more


def few_found(told, counts):
    """
    Yield the groups of which an integer programme finds that one to four name a subject, or do not.

    Parameters
    ----------
    told
        What is told.
    counts
        What is true of the groups of a family: by subject, (who names it, who wrote) by group.
    """
    for subject, k in told.named.items():
        own = counts[subject]
        names = [*own]
        sizes = {g: pair[1] for g in names for pair in told.groups.get(g, {}).values()}
        known = {g: told.groups[g][subject][0] for g in names if subject in told.groups.get(g, {})}
        for group in names:
            for side, true in enumerate((own[group][0], own[group][1] - own[group][0])):
                if (
                    is_few(true)
                    and _width((names, sizes, known), (k, told.n - k), group, side) < SMALL
                ):
                    yield subject, group, side, true


def _width(asked, sums, group, side):
    """How far apart the fewest and the most people of a group may be, on one side of a subject."""
    names, sizes, known = asked
    size = len(names)
    eye, nil, ones = np.eye(size), np.zeros((size, size)), np.ones(size)
    rows = [np.r_[ones, 0 * ones], np.r_[0 * ones, ones]]
    values = [*sums]
    for rank, name in enumerate(names):
        if name in sizes:
            rows.append(np.r_[eye[rank], eye[rank]])
            values.append(sizes[name])
        if name in known:
            rows.append(np.r_[eye[rank], nil[rank]])
            values.append(known[name])
    limits = LinearConstraint(np.array(rows), values, values)
    aim = np.zeros(2 * size)
    aim[side * size + names.index(group)] = 1
    whole = {"constraints": limits, "integrality": np.ones(2 * size), "bounds": Bounds(0, np.inf)}
    least, most = (sign * milp(sign * aim, **whole).fun for sign in (1, -1))
    return most - least
