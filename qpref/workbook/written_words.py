"""The section of the remarks of a site: those approved, and what all of them say."""

from dataclasses import replace

import pandas as pd

from qpref.display import remarks
from qpref.display.section import Section
from qpref.quality import coding, spoken
from qpref.questions import Answer
from qpref.store import codes, reviewed
from qpref.workbook import protected
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources


def remarks_section(sources: Sources, asked: Respondents) -> Section:
    """Return the section of the remarks of a site and campaign."""
    own = _coded(sources, asked, sources.campaign.id)
    people = own.groupby("question", observed=True)["reponse_id"].nunique()
    questions = [q for q in sources.questionnaire.questions if q.kind.answer is Answer.TEXT]
    written = [(question, int(people.get(question.id, 0))) for question in questions]
    texts = own.loc[own["publiable"], "texte_masque"].tolist()
    said = _spoken(sources, asked, own)
    before = asked.comparable if said else None
    return remarks.remarks(texts, own["reponse_id"].nunique(), written, (said, before))


def _coded(sources: Sources, asked: Respondents, campaign: str) -> pd.DataFrame:
    project, site = sources.project, sources.site.id
    rows = reviewed(project, campaign, [site])
    people = asked.kept(campaign, site)["reponse_id"].astype(str)
    own = rows.loc[rows["reponse_id"].astype(str).isin(people)]
    said = codes(project, campaign)
    return coding.remarks_of(own, sources.reference.book, said) if said else own.assign(relu=False)


def _spoken(sources: Sources, asked: Respondents, rows: pd.DataFrame) -> spoken.Spoken | None:
    book, site, threshold = sources.reference.book, sources.site.id, sources.threshold
    gate = spoken.Gate(threshold, protected.large)
    now = spoken.spoken(rows, book, asked.half_days, gate)
    campaign = asked.comparable
    if now is None or campaign is None:
        return now
    former = _coded(sources, asked, campaign.id)
    if not spoken.is_told(former):
        return now
    people = spoken.by_person(former, book)
    moments = asked.half_days_of(campaign.id, site)
    old = spoken.shares(people, book, moments, threshold, campaign.id)
    known = {share.key: share for share in old.values() if share}
    subjects = (replace(one, before=known.get(one.share.key)) for one in now.subjects)
    return replace(now, subjects=tuple(subjects))
