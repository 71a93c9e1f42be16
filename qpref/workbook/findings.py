"""Inputs of the first section of a satisfaction report."""

from qpref.display.essentials import Findings
from qpref.quality.answers import satisfied
from qpref.quality.likeness import Weighted, absent
from qpref.reference import Campaign, Site
from qpref.statistics.representativeness import overall
from qpref.wording.french import lower_first
from qpref.workbook.comparisons import Comparisons
from qpref.workbook.likeness import Likeness
from qpref.workbook.respondents import Respondents


def findings(
    asked: Respondents,
    compared: Comparisons,
    likeness: Likeness,
    weighted: tuple[Weighted, list[str]] | None,
    place: tuple[Site, Campaign],
) -> Findings:
    """
    Return what is known of a site and campaign, for a reader who stops at the first section.

    Parameters
    ----------
    asked, compared, likeness
        Of the workbook.
    weighted
        Overall satisfaction with and without weights, and the roles of the passages; None without.
    place
        The site and the campaign.
    """
    site, campaign = place
    questionnaire, target = asked.questionnaire, campaign.objectifs.get(site.id)
    shares = {
        row["question"]: satisfied(row, questionnaire.by_id[row["question"]].texte_court)
        for row in asked.shares.to_dict("records")
    }
    found = likeness.compositions
    main, margins = weighted or (None, [])
    return Findings(
        answers=len(asked.rows),
        target=target.valeur if target else None,
        precision=asked.largest_margin(campaign.id),
        main=shares.pop(asked.main, None),
        shares=[*shares.values()],
        family=compared.family,
        before=asked.comparable,
        likeness=overall([*found.values()]),
        weighted=main.weighted if main else None,
        margins=[lower_first(questionnaire.by_variable[name].texte_court) for name in margins],
        absent=absent(found, questionnaire),
        population=asked.population(campaign.id),
    )
