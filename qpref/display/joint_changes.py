"""What has changed since the previous campaign, all sites together and site by site."""

from collections.abc import Sequence
from dataclasses import replace

from qpref.display.changes import verdict_told
from qpref.display.figures import figures
from qpref.display.meeting import SiteResults
from qpref.display.section import Section
from qpref.display.wording import VERDICTS, value, with_values
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.differences import Difference
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, lower_first, plural, upper_first


def overall(found: Sequence[Difference], main: str, before: Campaign | None) -> Section:
    """
    Return what all sites together say of the change since the previous campaign.

    Parameters
    ----------
    found
        Changes of each question over the sites, of `statistics.stratified`, judged together.
    main, before
        The question of overall satisfaction, and the previous campaign.
    """
    if not found or before is None:
        title = "Il n’y a pas de campagne précédente commune aux sites"
        return Section("ensemble", title, is_left_out=True)
    whole = next((one.change for one in found if one.change.key == main), None)
    first = whole or found[0].change
    words = {
        "mieux": "en hausse depuis",
        "moins_bien": "en baisse depuis",
        "pas_de_difference_etablie": "sans changement établi depuis",
    }
    title = f"Tous sites réunis : satisfaction d’ensemble {words[first.verdict]} {before.libelle}"
    rest = [one.change for one in found if one.change.key != main]
    if whole is None:
        title = f"Tous sites réunis, depuis {before.libelle}"
    sides = [
        (code, [one for one in rest if one.verdict == code]) for code in ("mieux", "moins_bien")
    ]
    parts = [f"{VERDICTS[code]} pour {with_values(own)}" for code, own in sides if own]
    moved = upper_first(" ; ".join(parts)) or "Aucun sujet n’a changé de façon sûre"
    told = [f"Dans l’ensemble : {verdict_told(whole)}."] if whole else []
    sentences = [f"{moved}.", *told, _TOGETHER]
    lines = figures("ensemble", [one.change for one in found])
    return Section("ensemble", title, sentences, figures=lines)


_TOGETHER = (
    "Chaque site est comparé à lui-même ; les changements sont réunis selon le nombre d’avis."
)


def established(found: Sequence[SiteResults], questionnaire: Questionnaire) -> Section:
    """Return, site by site, the changes that chance does not explain."""
    sentences, changed, still, alone = [], list[Measure](), list[str](), list[str]()
    for one in found:
        mean = one.family.mean
        every = [*changes_of(one, questionnaire), *([mean.change] if mean else [])]
        moved = [change for change in every if change.is_established]
        changed += [replace(change, group=one.site.id, n=None) for change in moved]
        words = [
            f"{lower_first(change.label)} ({VERDICTS[change.verdict]}, {value(change)})"
            for change in moved
        ]
        if words:
            sentences.append(f"{one.site.nom_court} : {enumeration(words)}.")
        else:
            is_compared = any(change.is_compared for change in every)
            (still if is_compared else alone).append(one.site.nom_court)
    if len(alone) == len(found):
        return Section("changements", "Première campagne : rien à comparer", is_left_out=True)
    if still:
        sentences.append(f"Aucun changement établi : {enumeration(still)}.")
    if alone:
        sentences.append(f"Rien à comparer avec une campagne précédente : {enumeration(alone)}.")
    count_ = plural(len(changed), "changement établi", "changements établis")
    title = f"{count_ if changed else 'Aucun changement établi'} depuis la campagne précédente"
    return Section("changements", title, sentences, figures=figures("changements", changed))


def changes_of(found: SiteResults, questionnaire: Questionnaire) -> list[Measure]:
    """Return the change of each question at a site."""
    return [one.change for one in found.family.changes(questionnaire)]
