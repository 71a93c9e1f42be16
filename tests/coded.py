"""Remarks coded by a person, as those of the example would be after a day of work."""

from qpref.layout.complaints import TEXTS
from qpref.quality import coding
from qpref.reference import load_reference
from qpref.store import PersonCode, codes, keep_codes, remarks_only, review, reviewed

QUOTED = 5  # remarks approved at each site, those met first


def code_remarks(project, campaigns, sites, left=()):
    """
    Confirm what is proposed of all remarks, and approve a few.

    `left`: pairs of a campaign and a site where every third remark waits for a person.
    """
    book = load_reference(project.root / "data" / "reference").book
    for campaign in campaigns:
        told = {}
        for site in sites:
            every = reviewed(project, campaign, [site])
            changed = every.loc[every["question"] == TEXTS["changement"]]
            rows = coding.remarks_of(remarks_only(every), book, {})
            is_read = [(campaign, site) not in left or rank % 3 > 0 for rank in range(len(rows))]
            told |= {
                row["identifiant"]: PersonCode("A", row["sujets"], row["ton"])
                for row in rows.loc[is_read].to_dict("records")
            }
            names = rows.loc[~rows["texte_masque"].duplicated(keep=False), "identifiant"]
            approved = [*names[:QUOTED], *changed["identifiant"][:QUOTED]]
            review(project, campaign, every["identifiant"], approve=approved)
        keep_codes(project, campaign, told)
        assert codes(project, campaign)
