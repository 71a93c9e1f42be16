"""Before a mystery survey: which contact, where, when, with what scenario, by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

HALF_DAYS = {"matin": "Matin", "apres_midi": "Après-midi"}
COLUMNS = ("site", "canal", "numero", "date", "demi_journee", "scenario", "evaluateur", "double_de")


@dataclass(frozen=True)
class ChannelPlan:
    """
    What one channel asks for.

    `contacts` a site, `scenarios` that suit it, `days` on which it may be tried, and the contacts
    a site that a second shopper judges too, `seconds`.
    """

    contacts: int
    scenarios: Sequence[str]
    days: Sequence[date]
    seconds: int = 0


def plan_contacts(
    sites: Sequence[str], channels: Mapping[str, ChannelPlan], shoppers: Sequence[str], seed: int
) -> pd.DataFrame:
    """
    Return the contacts to make, drawn at random under balance.

    Parameters
    ----------
    sites
        Identifiers.
    channels
        What each channel asks for.
    shoppers
        Codes of the shoppers, one at least.
    seed
        The same seed gives the same plan.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, by channel then site; `numero` is unique within a channel, `double_de` names the
        contact judged again. Within a site and channel, scenarios, half-days and shoppers each
        come as often as the others, within one; nobody judges a contact twice.

    Raises
    ------
    ValueError
        If there is no shopper, a channel without day or scenario, one shopper for second
        judgements, or more of these than contacts.

    Notes
    -----
    Rotation keeps shopper, scenario and hour from being mistaken for the site (Latin square order,
    shifted from site to site, then shuffled within the site).
    """
    _refuse_impossible(channels, shoppers)
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for channel, asked in channels.items():
        number = 0
        for rank, site in enumerate(sites):
            own = _contacts(rank, asked, shoppers, rng)
            numbered = [{"numero": number + i + 1, **row} for i, row in enumerate(own)]
            number += len(numbered)
            for row in numbered[: asked.seconds]:
                number += 1
                other = shoppers[(shoppers.index(str(row["evaluateur"])) + 1) % len(shoppers)]
                numbered.append(
                    {**row, "numero": number, "evaluateur": other, "double_de": row["numero"]}
                )
            rows += [{"site": site, "canal": channel, **row} for row in numbered]
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    return table.astype({"double_de": "Int64", "numero": "int64"})


def _contacts(
    rank: int, asked: ChannelPlan, shoppers: Sequence[str], rng: np.random.Generator
) -> list[dict[str, object]]:
    """Return the contacts of one site and channel, in order of date."""
    wanted, days, scenarios = asked.contacts, asked.days, asked.scenarios
    width = len(days) / max(wanted, 1)
    places = width * (np.arange(wanted) + rng.random(wanted))  # one contact in each slice of time
    chosen = [days[min(int(place), len(days) - 1)] for place in places]
    rows = [
        {
            "demi_journee": [*HALF_DAYS][(rank + i) % 2],
            "scenario": scenarios[(rank + i) % len(scenarios)],
            "evaluateur": shoppers[(rank + i + i // len(scenarios)) % len(shoppers)],
        }
        for i in range(wanted)
    ]
    balanced = _balanced(rows, shoppers, rank)
    order = rng.permutation(wanted)
    return [
        {"date": day, **balanced[place], "double_de": None}
        for day, place in zip(chosen, order, strict=True)
    ]


def _balanced(
    rows: list[dict[str, str]], shoppers: Sequence[str], rank: int
) -> list[dict[str, str]]:
    """Return the rows with each shopper as often as the others, within one."""
    counts = dict.fromkeys(shoppers, 0)
    found = []
    for i, row in enumerate(rows):
        name = row["evaluateur"]
        if counts[name] > min(counts.values()):
            order = [shoppers[(rank + i + k) % len(shoppers)] for k in range(len(shoppers))]
            name = min(order, key=lambda who: counts[who])
        counts[name] += 1
        found.append({**row, "evaluateur": name})
    return found


def _refuse_impossible(channels: Mapping[str, ChannelPlan], shoppers: Sequence[str]) -> None:
    if not shoppers:
        raise ValueError("no shopper")
    for name, asked in channels.items():
        if asked.contacts and not (asked.days and asked.scenarios):
            raise ValueError(f"{name}: no day or no scenario")
        if asked.seconds > asked.contacts:
            raise ValueError(f"{name}: more second judgements than contacts")
        if asked.seconds and len(shoppers) == 1:
            raise ValueError(f"{name}: a second judgement needs a second shopper")
