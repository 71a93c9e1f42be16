"""
The structure file of LimeSurvey (.lss) of an online form: version 6, read by 4 and 5 too.

The tables and their fields are those that LimeSurvey's own import reads: rows by language apart
(`…_l10ns`), numbers of this file only, made again at the import. Nothing depends on the day: the
same dictionary gives the same bytes.
"""

import html
import zlib
from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from qpref.instruments.online import ARRAY, BOXES, COMMENTED, LIST, OnlineForm, OnlineQuestion
from qpref.layout.languages import FRENCH
from qpref.reference import Publisher

VERSION = "643"  # of LimeSurvey's tables, in 6.x
_DAY_FIRST, _COMMA = "5", "1"  # how LimeSurvey numbers its formats of dates and of numbers
_THEMES = {
    LIST: "listradio", COMMENTED: "list_with_comment", ARRAY: "arrays/array",
    BOXES: "multiplechoice", "T": "longfreetext", "S": "shortfreetext", "N": "numerical",
    "D": "date",
}  # fmt: skip
_FIXED = {"mandatory": "N", "encrypted": "N", "scale_id": "0", "same_default": "0"}
_SETTINGS = {
    "gsid": "1", "admin": "inherit", "adminemail": "inherit", "anonymized": "Y", "format": "G",
    "savetimings": "N", "template": "inherit", "language": FRENCH,
    "datestamp": "Y", "usecookie": "N", "allowregister": "N", "allowsave": "N", "autoredirect": "N",
    "allowprev": "Y", "printanswers": "N", "ipaddr": "N", "ipanonymize": "N", "refurl": "N",
    "showsurveypolicynotice": "1", "publicstatistics": "N", "publicgraphs": "N", "listpublic": "N",
    "showxquestions": "N", "showgroupinfo": "B", "shownoanswer": "N", "showqnumcode": "X",
    "showwelcome": "Y", "showprogress": "Y", "questionindex": "0",
}  # fmt: skip
Row = Mapping[str, str]
_TABLES = (
    "answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions",
    "question_l10ns", "question_attributes", "surveys", "surveys_languagesettings",
)  # fmt: skip


def structure(forms: Mapping[str, OnlineForm], publisher: Publisher | None) -> bytes:
    """
    Return the structure file of an online form.

    Parameters
    ----------
    forms
        The same form in each language, French first, without faults.
    publisher
        Who is answerable for the survey, named by the notice on personal data.
    """
    return _written(list(forms), _Rows(forms, publisher).tables)


class _Rows:
    """The rows of each table, numbered in the order of the form; texts in each language."""

    def __init__(self, forms: Mapping[str, OnlineForm], publisher: Publisher | None) -> None:
        self._languages = list(forms)
        self._form = forms[FRENCH]
        self._sid = str(100_000 + zlib.crc32(self._form.questionnaire.id.encode()) % 900_000)
        self.tables: dict[str, list[Row]] = {name: [] for name in _TABLES}
        self._qid = 0
        for rank, groups in enumerate(zip(*(f.groups for f in forms.values()), strict=True), 1):
            self._group(str(rank), [title for title, _ in groups])
            every = zip(*(questions for _, questions in groups), strict=True)
            for place, versions in enumerate(every, start=1):
                self._question(str(rank), place, versions)
        self._survey(publisher)

    def _add(self, table: str, **fields: str) -> None:
        self.tables[table].append(fields)

    def _say(self, table: str, field: str, texts: Sequence[str], **fields: str) -> None:
        """Add a text in each language."""
        for language, text in zip(self._languages, texts, strict=True):
            number = str(len(self.tables[table]) + 1)
            self._add(table, id=number, **fields, **{field: _html(text)}, language=language)

    def _group(self, gid: str, titles: Sequence[str]) -> None:
        order = {"group_order": gid, "randomization_group": "", "grelevance": ""}
        self._add("groups", gid=gid, sid=self._sid, **order)
        self._say("group_l10ns", "group_name", titles, gid=gid, description="")

    def _question(self, gid: str, place: int, versions: Sequence[OnlineQuestion]) -> None:
        item = versions[0]
        qid = self._asked(
            "questions",
            [one.text for one in versions],
            parent_qid="0",
            gid=gid,
            type=item.type,
            title=item.code,
            question_order=str(place),
            relevance=item.relevance,
            question_theme_name=_THEMES[item.type],
            other="Y" if item.has_other else "N",
        )
        self._attributes(qid, item)
        own = {"parent_qid": qid, "gid": gid, "type": "T", "relevance": "1", "other": "N"}
        for rank, lines in enumerate(zip(*(one.lines for one in versions), strict=True), 1):
            named = {"title": lines[0][0], "question_order": str(rank)}
            self._asked("subquestions", [text for _, text in lines], **own, **named)
        for rank, answers in enumerate(zip(*(one.choices for one in versions), strict=True), 1):
            aid = str(len(self.tables["answers"]) + 1)
            order = {"sortorder": str(rank), "assessment_value": "0", "scale_id": "0"}
            self._add("answers", aid=aid, qid=qid, code=answers[0][0], **order)
            self._say("answer_l10ns", "answer", [label for _, label in answers], aid=aid)

    def _asked(self, table: str, texts: Sequence[str], **fields: str) -> str:
        """Add a question or a line, with its texts; return its number."""
        self._qid += 1
        qid = str(self._qid)
        self._add(table, qid=qid, sid=self._sid, **fields, **_FIXED)
        self._say("question_l10ns", "question", texts, qid=qid, help="", script="")
        return qid

    def _attributes(self, qid: str, item: OnlineQuestion) -> None:
        """Add one setting at least: without any, LimeSurvey fails on expressions of a question."""
        found = {"hidden": "0"}
        if item.bounds:
            low, high = item.bounds
            found |= {"min_num_value_n": f"{low:g}", "max_num_value_n": f"{high:g}"}
        for name, value in found.items():
            self._add("question_attributes", qid=qid, attribute=name, value=value, language="")

    def _survey(self, publisher: Publisher | None) -> None:
        others = {"additional_languages": " ".join(self._languages[1:])}
        self._add("surveys", sid=self._sid, **_SETTINGS, **others)
        told = notice(publisher, is_personal=self._form.is_personal)
        questionnaire = self._form.questionnaire
        self._tell(FRENCH, questionnaire.libelle, told, "Merci de votre réponse.")
        for language, tongue in questionnaire.langues.items():
            self._tell(language, tongue.libelle, tongue.mention, tongue.merci)

    def _tell(self, language: str, title: str, told: str, thanks: str) -> None:
        """Add what the survey says in one language around its questions."""
        self._add(
            "surveys_languagesettings",
            surveyls_survey_id=self._sid,
            surveyls_language=language,
            surveyls_title=_html(title),
            surveyls_description="",
            surveyls_welcometext="",
            surveyls_endtext=_html(thanks),
            surveyls_policy_notice=_html(told),
            surveyls_policy_notice_label="",
            surveyls_policy_error="",
            surveyls_dateformat=_DAY_FIRST,
            surveyls_numberformat=_COMMA,
        )


def notice(publisher: Publisher | None, *, is_personal: bool) -> str:
    """
    Return the notice on personal data; what only the service knows is left to be filled in.

    Parameters
    ----------
    publisher
        Who is answerable for the survey, and how to write to them.
    is_personal
        Whether the form asks who somebody is.
    """
    who = publisher.service if publisher else "[à compléter : le service responsable]"
    contact = (publisher and publisher.contact) or "[à compléter : adresse]"
    address = (
        "Vos coordonnées, si vous les donnez, sont retirées des réponses avant leur analyse. "
        if is_personal
        else ""
    )
    return (
        f"Cette enquête est menée par {who} pour améliorer l’accueil et le service. Y répondre est "
        "facultatif. N’écrivez ni nom, ni numéro de dossier, ni rien qui permette de vous "
        f"reconnaître. {address}Aucun résultat ne montre une personne seule. Pour exercer vos "
        f"droits (accès, rectification, effacement, opposition) : {contact}. Vous pouvez saisir la "
        "CNIL (cnil.fr)."
    )


def _html(text: str) -> str:
    """Return a text as LimeSurvey keeps it: HTML, of which nothing acts."""
    return html.escape(text, quote=False)


def _written(languages: Iterable[str], tables: Mapping[str, Iterable[Row]]) -> bytes:
    """Return the XML of the tables: the fields of each, then its rows."""
    root = Element("document")
    SubElement(root, "LimeSurveyDocType").text = "Survey"
    SubElement(root, "DBVersion").text = VERSION
    spoken = SubElement(root, "languages")
    for language in languages:
        SubElement(spoken, "language").text = language
    for name, found in tables.items():
        rows = list(found)
        if not rows:
            continue
        table = SubElement(root, name)
        fields = SubElement(table, "fields")
        for field in dict.fromkeys(field for row in rows for field in row):
            SubElement(fields, "fieldname").text = field
        body = SubElement(table, "rows")
        for row in rows:
            cells = SubElement(body, "row")
            for field, value in row.items():
                SubElement(cells, field).text = value
    indent(root, " ")
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"
