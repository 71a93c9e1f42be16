"""What the first section of a satisfaction report is made of."""

from qpref.display.essentials import Findings
from qpref.quality.answers import satisfied
from qpref.quality.likeness import absent
from qpref.reference import Campaign, Site
from qpref.statistics.representativeness import overall
from qpref.workbook.comparisons import Comparisons
from qpref.workbook.likeness import Likeness
from qpref.workbook.respondents import Respondents


def findings(
    asked: Respondents, compared: Comparisons, likeness: Likeness, place: tuple[Site, Campaign]
) -> Findings:
    """
    Return what is known of a site and campaign, for a reader who stops at the first section.

    Parameters
    ----------
    asked, compared, likeness
        Of the workbook.
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
    return Findings(
        answers=len(asked.rows),
        target=target.valeur if target else None,
        precision=asked.largest_margin(campaign.id),
        main=shares.pop(asked.main, None),
        shares=[*shares.values()],
        family=compared.family,
        before=asked.comparable,
        likeness=overall([*found.values()]),
        absent=absent(found, questionnaire),
        actions=[move.change for _, move in compared.achieved],
    )
