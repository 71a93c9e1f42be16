"""
The structure file of LimeSurvey (.lss) of an online form: version 6, read by 4 and 5 too.

The tables and their fields are those that LimeSurvey's own import reads: rows by language apart
(`…_l10ns`), numbers of this file only, made again at the import. Nothing depends on the day: the
same dictionary gives the same bytes.
"""

import html
import zlib
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from qpref.instruments.online import ARRAY, BOXES, COMMENTED, LIST, OnlineForm, OnlineQuestion
from qpref.reference import Publisher

VERSION = "643"  # of LimeSurvey's tables, in 6.x
LANGUAGE = "fr"
_DAY_FIRST, _COMMA = "5", "1"  # how LimeSurvey numbers its formats of dates and of numbers
_THEMES = {
    LIST: "listradio", COMMENTED: "list_with_comment", ARRAY: "arrays/array",
    BOXES: "multiplechoice", "T": "longfreetext", "S": "shortfreetext", "N": "numerical",
    "D": "date",
}  # fmt: skip
_FIXED = {"mandatory": "N", "encrypted": "N", "scale_id": "0", "same_default": "0"}
_SETTINGS = {
    "gsid": "1", "admin": "inherit", "adminemail": "inherit", "anonymized": "Y", "format": "G",
    "savetimings": "N", "template": "inherit", "language": LANGUAGE, "additional_languages": "",
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


def structure(form: OnlineForm, publisher: Publisher | None) -> bytes:
    """
    Return the structure file of an online form.

    Parameters
    ----------
    form
        Without faults.
    publisher
        Who is answerable for the survey, named by the notice on personal data.
    """
    return _written(_Rows(form, publisher).tables)


class _Rows:
    """The rows of each table, numbered in the order of the form."""

    def __init__(self, form: OnlineForm, publisher: Publisher | None) -> None:
        self._sid = str(100_000 + zlib.crc32(form.questionnaire.id.encode()) % 900_000)
        self.tables: dict[str, list[Row]] = {name: [] for name in _TABLES}
        self._qid = 0
        for rank, (title, questions) in enumerate(form.groups, start=1):
            self._group(str(rank), title)
            for place, question in enumerate(questions, start=1):
                self._question(str(rank), place, question)
        self._survey(form, publisher)

    def _add(self, table: str, **fields: str) -> None:
        self.tables[table].append(fields)

    def _group(self, gid: str, title: str) -> None:
        order = {"group_order": gid, "randomization_group": "", "grelevance": ""}
        self._add("groups", gid=gid, sid=self._sid, **order)
        texts = {"group_name": _html(title), "description": "", "language": LANGUAGE}
        self._add("group_l10ns", id=gid, gid=gid, **texts)

    def _question(self, gid: str, place: int, item: OnlineQuestion) -> None:
        qid = self._asked(
            "questions",
            item.text,
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
        for rank, (code, text) in enumerate(item.lines, start=1):
            self._asked("subquestions", text, **own, title=code, question_order=str(rank))
        for rank, (code, label) in enumerate(item.choices, start=1):
            aid = str(len(self.tables["answers"]) + 1)
            order = {"sortorder": str(rank), "assessment_value": "0", "scale_id": "0"}
            self._add("answers", aid=aid, qid=qid, code=code, **order)
            self._add("answer_l10ns", id=aid, aid=aid, answer=_html(label), language=LANGUAGE)

    def _asked(self, table: str, text: str, **fields: str) -> str:
        """Add a question or a line, with its text; return its number."""
        self._qid += 1
        qid = str(self._qid)
        self._add(table, qid=qid, sid=self._sid, **fields, **_FIXED)
        texts = {"question": _html(text), "help": "", "script": "", "language": LANGUAGE}
        self._add("question_l10ns", id=qid, qid=qid, **texts)
        return qid

    def _attributes(self, qid: str, item: OnlineQuestion) -> None:
        """Add one setting at least: without any, LimeSurvey fails on expressions of a question."""
        found = {"hidden": "0"}
        if item.bounds:
            low, high = item.bounds
            found |= {"min_num_value_n": f"{low:g}", "max_num_value_n": f"{high:g}"}
        for name, value in found.items():
            self._add("question_attributes", qid=qid, attribute=name, value=value, language="")

    def _survey(self, form: OnlineForm, publisher: Publisher | None) -> None:
        self._add("surveys", sid=self._sid, **_SETTINGS)
        self._add(
            "surveys_languagesettings",
            surveyls_survey_id=self._sid,
            surveyls_language=LANGUAGE,
            surveyls_title=_html(form.questionnaire.libelle),
            surveyls_description="",
            surveyls_welcometext="",
            surveyls_endtext="Merci de votre réponse.",
            surveyls_policy_notice=_html(notice(publisher, is_personal=form.is_personal)),
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


def _written(tables: Mapping[str, Iterable[Row]]) -> bytes:
    """Return the XML of the tables: the fields of each, then its rows."""
    root = Element("document")
    SubElement(root, "LimeSurveyDocType").text = "Survey"
    SubElement(root, "DBVersion").text = VERSION
    SubElement(SubElement(root, "languages"), "language").text = LANGUAGE
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
