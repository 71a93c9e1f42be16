"""Sections: what is drawn is written, sentences follow their numbers, nothing escapes unescaped."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from lxml import html as lxml_html

from qpref.display import changes, context, marks, mystery, opinions, respondents
from qpref.display.dress import undressed
from qpref.display.section import FIGURES_MIME, PLOT_MIME, STATIC_MIME, Bar, Row, Section, Table
from qpref.display.wording import both
from qpref.quality.answers import distribution, satisfaction
from qpref.quality.mystery_measures import SurveyTables
from qpref.reference import USERS
from qpref.statistics.measure import Measure
from qpref.statistics.shares import largest_margin, proportion, share_interval
from qpref.wording.french import NBSP, THIN
from tests.opinions import family
from tests.sections import read_out

LEVELS = ("tres_satisfait", "plutot_satisfait", "plutot_pas_satisfait", "pas_du_tout_satisfait")


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def text_of(section):
    raw = read_out(lxml_html.fromstring(f"<div>{section.html}</div>"))
    return re.sub(r"\s+", " ", raw.replace(NBSP, " ").replace(THIN, " "))


def items(counts, question="global"):
    rows = [
        (question, "repondu", level)
        for level, n in zip(LEVELS, counts, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["question", "etat", "modalite"]).astype("str")


def theme(counts, questionnaire):
    rows = items(counts)
    asked = [questionnaire.by_id[questionnaire.main]]
    return opinions.themes(
        [("theme-global", asked)],
        distribution(rows, questionnaire, asked),
        satisfaction(rows, questionnaire, asked),
        questionnaire,
    )


def test_every_level_drawn_is_written(questionnaire):
    """40, 30, 20 and 10 of 100."""
    section = theme((40, 30, 20, 10), questionnaire)

    written = "Satisfait : très 40 %, plutôt 30 %, plutôt pas 20 %, pas du tout 10 %"
    assert written in text_of(section)
    assert section.tables[0].rows[0].cells == [f"70{NBSP}%", "100"]
    assert "Lecture : 40 % ont répondu « très satisfait »" in text_of(section)
    bars = section.tables[0].rows[0].bars
    assert [(round(b.start, 2), round(b.width, 2)) for b in bars] == [
        (0, 0.4),
        (0.4, 0.3),
        (0.7, 0.2),
        (0.9, 0.1),
    ]


def test_static_form_plot_and_figures_hold_the_same_numbers(questionnaire):
    section = theme((40, 30, 20, 10), questionnaire)

    drawn = [trace["x"][0] for trace in section.plot["data"]]
    shown = section.figures.query("groupe in @LEVELS")["valeur"].tolist()
    assert drawn == shown == [0.4, 0.3, 0.2, 0.1]
    assert section.plot["config"]["showSendToCloud"] is False
    json.dumps(section.plot, allow_nan=False)


def test_the_detailed_table_counts_every_level_of_every_question(questionnaire):
    """One table a scale, in the words of its levels; of one question alone were there answers."""
    rows, asked = items((12, 9, 6, 3)), list(questionnaire.opinions)
    section = opinions.annex(
        distribution(rows, questionnaire, asked), satisfaction(rows, questionnaire, asked),
        questionnaire,
    )  # fmt: skip
    found = {row.label: row.cells for table in section.tables for row in table.rows}
    main = questionnaire.by_id[questionnaire.main].texte_court

    assert len(found) == len(asked)
    assert len(section.tables) == len({question.echelle for question in asked})
    assert found[main][1:6] == ["30", "12", "9", "6", "3"]


@pytest.mark.parametrize(
    ("counts", "said", "not_said"),
    [
        ((3, 3, 2, 1), "6 sur 9", "%"),
        ((4, 3, 2, 1), "70 % (entre 35 et 93 %, indicatif)", None),
        ((0, 0, 0, 0), "aucun avis", "%"),
    ],
)
def test_few_answers_are_counted_not_rated(questionnaire, counts, said, not_said):
    """Under 10 no percentage, under 30 « indicatif »; exact of 7 of 10: 35 to 93 %."""
    table_text = text_of(theme(counts, questionnaire)).replace("%(", "% (")

    assert said in table_text
    assert not_said is None or not_said not in table_text.split("Avis", 1)[1]


def test_many_without_opinion_are_pointed_out(questionnaire):
    """26 « ne sait pas » for 100 opinions: 26 of 126, over 20 %."""
    extra = pd.DataFrame([("global", "nsp", "nsp")] * 26, columns=["question", "etat", "modalite"])
    rows = pd.concat([items((40, 30, 20, 10)), extra]).astype("str")
    asked = [questionnaire.by_id[questionnaire.main]]
    section = opinions.themes(
        [("theme-global", asked)],
        distribution(rows, questionnaire, asked),
        satisfaction(rows, questionnaire, asked),
        questionnaire,
    )

    assert any("21 %" in s.replace(NBSP, " ") and "prudence" in s for s in section.sentences)


def campaigns(reference):
    return reference.campaign("2019-11"), reference.campaign("2020-11")


def answered(site, counts, remark=None):
    margins = [(campaign, largest_margin(n)) for campaign, n in counts]
    target = counts[-1][0].objectifs.get(site)
    return respondents.answers(target.valeur if target else None, margins, remark, USERS)


@pytest.mark.parametrize(("now", "status"), [(199, "manqué"), (200, "atteint"), (213, "atteint")])
def test_the_reply_to_the_committee(reference, now, status):
    """141 then `now` answers; margins at 50 %: ±8.25 for 141, ±6.93 for 200 (facts)."""
    before, this = campaigns(reference)
    remark = reference.remark("evry", "2020-11")
    section = answered("evry", [(before, 141), (this, now)], remark)

    text = text_of(section)
    assert f"objectif {status}" in section.title.replace(NBSP, " ")
    assert "16 octobre 2020" in text
    assert "141 usagers interrogés, n’est pas représentatif" in text
    assert f"{now} usagers ont répondu, contre 141 en {before.libelle}, pour un objectif" in text
    assert "± 8,3 points avec 141 réponses" in text
    assert ("± 6,9 points" in text) == (now in {199, 200})
    assert "Interroger plus de monde ne rend pas l’échantillon représentatif" in text


@pytest.mark.parametrize(("n", "is_said"), [(1, False), (9, False), (10, True)])
def test_a_margin_is_never_said_of_too_few_answers(reference, n, is_said):
    """Clopper and Pearson of 8 of 10: 44.4 to 97.5 %, 35.6 points under 80 %; no « ± 98 »."""
    section = answered("evry", [(campaigns(reference)[1], n)])

    assert ("d’au plus ± 35,6 points" in text_of(section)) is is_said
    assert ("±" in text_of(section)) is is_said


def test_a_margin_says_of_what_it_is(reference):
    """Of a question that all replied to; of 450 visitors, 8.25 √(309/449) = 6.84 points."""
    before, this = campaigns(reference)
    margins = [(before, largest_margin(141, 450)), (this, largest_margin(141))]
    section = respondents.answers(200, margins, None, USERS)

    assert "± 8,3 points sur une question à laquelle tous ont répondu" in text_of(section)
    assert "contre ± 6,8 points avec 141 réponses" in text_of(section)


def test_the_margins_of_a_campaign_and_of_the_one_before_are_among_the_figures(reference):
    before, this = campaigns(reference)
    margins = [(before, largest_margin(n)) for n in (30, 141)] + [(this, largest_margin(213))]
    lines = respondents.answers(200, margins, None, USERS).figures
    found = lines.loc[lines["indicateur"] == "marge"]

    assert [*found["libelle"]] == [before.libelle, this.libelle]
    assert [*found["n"]] == [141, 213]
    brief = respondents.answers(200, margins, None, USERS, is_brief=True).figures
    assert "marge" not in {*brief["indicateur"]}


def test_nobody_is_between_when_everybody_answered(reference):
    """40 answers of 40 visitors, 30 satisfied: 75 %, without « entre 75 et 75 % » nor margin."""
    low, high = share_interval([30], [40], population=40)
    measure = Measure(value=0.75, n=40, count=30, low=low[0], high=high[0])
    this = campaigns(reference)[1]
    everybody = [(this, largest_margin(40, 40))]
    section = respondents.answers(200, everybody, None, USERS)

    assert both(measure).replace(NBSP, " ") == "75 %"
    assert "Tous les usagers venus ont répondu" in text_of(section)


def test_a_site_without_target_says_so(reference):
    before, this = campaigns(reference)
    section = answered("etampes", [(before, 0), (this, 1)])

    assert "1 usager a répondu" in text_of(section)
    assert "Aucun objectif chiffré" in text_of(section)
    assert "Vous nous aviez dit" not in text_of(section)


def test_no_answer_promises_nothing(reference):
    section = answered("etampes", [(campaigns(reference)[1], 0)])

    assert "apporte" not in text_of(section)


def shares(rows):
    table = pd.DataFrame(rows, columns=["question", "n", "satisfaits"])
    table["part"] = table["satisfaits"] / table["n"]
    table["bas"], table["haut"] = share_interval(table["satisfaits"], table["n"])
    return table


def changed(now, before, reference, questionnaire, context=None):
    compared = family(now, before)
    return changes.changes(compared, questionnaire, campaigns(reference)[0], context)


def test_a_change_is_told_only_when_established(reference, questionnaire):
    section = changed(
        {"global": (150, 200), "attente": (170, 200), "delai": (90, 200), "confort": (4, 8)},
        {"global": (100, 141), "attente": (90, 141), "delai": (95, 141), "confort": (45, 90)},
        reference,
        questionnaire,
        "Crise sanitaire.",
    )

    assert section.title == "Mieux : « Temps d’attente » ; moins bien : « Délai de traitement »"
    text = text_of(section)
    assert " 71 % puis 75 %, écart entre" in text
    assert "Sans mention : pas de différence établie" in text
    assert "Trop peu d’avis pour comparer" in text
    assert "qu’à partir de" in text
    assert "3 questions comparées : 2 en hausse, 1 en baisse." in text
    # A quarter of 5 %, 80 % power, from 70.9 % of 141 to 200: 14.9 points by the textbook formula.
    assert "n’avait 8 chances sur 10 d’être vue qu’à partir de 15 points" in text
    assert "Crise sanitaire." in text


def test_all_questions_together_are_told_as_a_mean(reference, questionnaire):
    """Of 5 questions, 60 to 70 % each: 10 points on average, whose interval excludes zero."""
    now = dict.fromkeys(("global", "attente", "delai", "confort", "clarte"), (140, 200))
    before = dict.fromkeys(now, (120, 200))
    section = changed(now, before, reference, questionnaire)

    assert "En moyenne sur ces questions : +10 points (entre" in text_of(section)
    shown = section.figures.set_index("indicateur")
    assert shown.loc["moyenne", "valeur"] == pytest.approx(0.1)


def test_a_report_whose_main_question_was_not_asked_says_its_other_changes(
    reference, questionnaire
):
    section = changed({"attente": (170, 200)}, {"attente": (90, 141)}, reference, questionnaire)

    assert section.title == "Mieux : « Temps d’attente »"
    assert "chances sur 10" not in text_of(section)


def test_no_change_says_no_change(reference, questionnaire):
    same = {"global": (150, 200)}
    section = changed(same, same, reference, questionnaire)

    assert section.title == "Aucune évolution établie depuis la campagne précédente"


def test_a_first_campaign_has_nothing_to_compare(questionnaire):
    section = changes.changes(family(), questionnaire, None, None)

    assert "Première campagne" in section.title


def test_another_questionnaire_breaks_the_curve(reference, questionnaire):
    section = changes.changes(family(), questionnaire, campaigns(reference)[0], None)

    assert "questionnaire était différent" in text_of(section)


@pytest.mark.parametrize(
    ("satisfied", "title"),
    [
        (159, "Environ 8 usagers satisfaits sur 10"),
        (149, "Usagers satisfaits dans l’ensemble : 74 %"),
    ],
)
def test_eight_in_ten_is_said_only_when_true(questionnaire, satisfied, title):
    """159 of 200 is 79.5 %, within 2.5 points of 8 in 10; 149 of 200 is 74.5 %, near no tenth."""
    row = shares([("global", 200, satisfied)]).to_dict("records")[0]
    section = respondents.key_figures(row, family(), 205, None, questionnaire)

    assert section.title.replace(NBSP, " ") == title
    assert "pas de campagne précédente" in text_of(section)


def test_key_figures_say_when_a_campaign_is_too_small_to_compare(reference, questionnaire):
    row = shares([("global", 200, 150)]).to_dict("records")[0]
    few = family({"global": (150, 200)}, {"global": (5, 9)})
    section = respondents.key_figures(row, few, 205, campaigns(reference)[0], questionnaire)

    assert "trop peu d’avis pour comparer" in text_of(section)


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">{{ 7*7 }}'


def test_no_text_reaches_the_page_unescaped():
    section = Section(
        key="x", title=HOSTILE, sentences=[HOSTILE],
        tables=[Table(HOSTILE, [HOSTILE], [Row(HOSTILE, [HOSTILE], [Bar(0, 1, HOSTILE)], HOSTILE)], [("#fff", HOSTILE)])],  # noqa: E501
    )  # fmt: skip

    tree = lxml_html.fromstring(f"<div>{section.html}</div>")
    assert not tree.xpath("//script | //img | //*[@onerror]")
    assert "49" not in str(section.html)


def test_tables_are_captioned_and_headed(questionnaire):
    tree = lxml_html.fromstring(f"<div>{theme((40, 30, 20, 10), questionnaire).html}</div>")

    for table in tree.xpath("//table"):
        assert table.xpath("./caption")[0].text_content().strip()
        assert all(th.get("scope") in {"col", "row", "rowgroup"} for th in table.xpath(".//th"))
    for svg in tree.xpath("//svg"):  # what is drawn is written, or told
        assert svg.get("aria-hidden") == "true" or svg.get("aria-label")


def test_outputs_are_plotly_then_static_with_its_mark(questionnaire):
    first, second = theme((40, 30, 20, 10), questionnaire).bundles()

    assert PLOT_MIME in first[0]
    assert STATIC_MIME not in first[0]
    assert second[1]["qpref"]["section"] == "theme-global"
    assert second[0][FIGURES_MIME][0]["n"] == 100


class Kernel:
    """What tells a notebook's shell from any other."""

    kernel = None


def test_in_the_lab_a_section_wears_the_style_of_the_report_and_pages_take_it_off(
    questionnaire, monkeypatch
):
    section = theme((40, 30, 20, 10), questionnaire)
    alone = replace(section, plot=None)
    monkeypatch.setattr("IPython.get_ipython", Kernel)

    for shown in (section, alone):
        text = shown.bundles()[-1][0][STATIC_MIME]
        tree = lxml_html.fromstring(text)
        assert undressed(text) == str(shown.html)
        assert ".ligne" in tree.xpath("string(//style)")
        assert "$" not in tree.xpath("string(//style)")
        assert bool(tree.xpath("//details/table")) == (shown is section)
        assert ("qpref-figure" in tree.get("class")) == (shown is section)
    monkeypatch.undo()
    assert undressed(str(alone.html)) == alone.bundles()[-1][0][STATIC_MIME]


# Mystery survey


def compliance_rows(rows):
    table = pd.DataFrame(rows, columns=["canal", "critere", "n", "conformes", "partiels"])
    table["part"] = table["conformes"] / table["n"].where(table["n"] > 0)
    table["bas"], table["haut"] = share_interval(table["conformes"], table["n"], "beta")
    return table


def channel_section(met, before, name, kept, reference):
    contacts = pd.DataFrame({"canal": [name], "retenus": [kept]})
    tables = SurveyTables(contacts, met, before, met.head(0))
    grid = reference.grid
    return mystery.channel(tables.on(grid.channel(name), grid), grid)


def test_compliance_is_told_as_counts_with_what_is_unconfirmed(reference):
    """7 of 10, Clopper-Pearson 35 to 93 % (Conover, 1999, table A4)."""
    table = compliance_rows(
        [
            ("appel", "decroche_5_sonneries", 10, 7, 0),
            ("appel", "courtoisie", 10, 3, 2),
            ("appel", "orientation", 0, 0, 0),
            ("appel", "agent_identifiable", 5, 5, 0),
        ]
    )
    before = compliance_rows([("appel", "courtoisie", 9, 9, 0)])
    section = channel_section(table, before, "appel", 10, reference)

    text = text_of(section)
    assert "entre 35 et 93 %" in section.html.replace("\u00a0", " ")
    assert [row.label for row in section.tables[0].rows][:3] == [
        "Agent identifiable", "Appel décroché en moins de 5 sonneries", "Accueil courtois"
    ]  # fmt: skip
    assert "2 en partie" in text
    assert "9 sur 9" in text
    assert "jamais observé" in text
    assert section.title.replace(NBSP, " ").endswith("« Accueil courtois » 3 fois sur 10")


def test_the_first_section_names_what_is_always_and_rarely_met(reference):
    """5 of 5 on the telephone, 1 of 4 by letter; 13 messages of 14 answered."""
    grid = reference.grid
    rows = [("appel", "courtoisie", 5, 5, 0), ("courrier", "agent_identifiable", 4, 1, 1),
            ("courriel", "agent_identifiable", 2, 1, 0)]  # fmt: skip
    met, names = compliance_rows(rows), ("canal", "realises", "exclus", "retenus", "aboutis")
    contacts = pd.DataFrame(
        [("appel", 6, 1, 5, 5), ("courrier", 4, 0, 4, 3), ("courriel", 2, 0, 2, 2)], columns=names
    )
    tables = SurveyTables(contacts, met, None, met.head(0))
    surveys = [tables.on(channel, grid) for channel in grid.canaux]
    answered = proportion(13, 14, key="repondus", label="")
    text = text_of(mystery.essentials(contacts, surveys, answered, grid))

    assert "11 contacts retenus sur trois canaux" in text
    assert "Toujours respecté : « Accueil courtois » (appels téléphoniques)." in text
    assert "Respecté moins d’une fois sur deux : « Agent identifiable » (courriers)." in text
    assert "13 messages sur 14 ont reçu une réponse." in text
    assert "1 contact est écarté" in text


def test_every_criterion_has_its_rule_and_what_the_true_rate_may_be(reference):
    table = compliance_rows([("appel", "decroche_5_sonneries", 10, 7, 1)])
    channel = reference.grid.channel("appel")
    survey = SurveyTables(pd.DataFrame({"canal": ["appel"], "retenus": [10]}), table, None,
                          table.head(0)).on(channel, reference.grid)  # fmt: skip
    section = mystery.criteria([survey], reference.grid, reference.standard)

    (row,) = section.tables[0].rows
    cells = [cell.replace("\u00a0", " ") for cell in row.cells]
    assert cells == ["7 sur 10", "1", "entre 35 et 93 %", "—", "Marianne, à confirmer"]
    assert "à confirmer pour Qual‑e‑pref" in text_of(section)


def test_a_channel_without_contact_says_so(reference):
    """Its name, and what could have been observed: none of it is left out in silence."""
    table = compliance_rows([("courrier", "orientation", 0, 0, 0)])
    section = channel_section(table, None, "courrier", 0, reference)

    assert section.title == "Courriers : aucun contact retenu"
    criteria = reference.grid.criteria_of(reference.grid.channel("courrier"))
    assert all(f"« {own.libelle} »" in section.sentences[0] for own in criteria)
    assert section.figures["n"].tolist() == [0]


def test_delays_are_told_channel_by_channel(reference):
    table = pd.DataFrame(
        [("courriel", 10, 8, 4.5, 9.0, 2), ("courrier", 2, 0, float("nan"), float("nan"), 0)],
        columns=["canal", "envoyes", "repondus", "mediane", "maximum", "autre_canal"],
    )
    text = text_of(mystery.delays(table, reference.grid))

    assert "8 messages sur 12 ont reçu une réponse" in text
    assert "8 sur 10" in text
    assert "4,5 jours" in text
    assert "9 jours" in text
    assert "9 jours au plus ; 2 par un autre canal" in text


def test_no_message_and_no_mark_say_so(reference):
    empty = pd.DataFrame(columns=["canal", "critere", "sur", "n", "moyenne", "minimum", "maximum"])

    assert "Aucun" in mystery.delays(empty, reference.grid).title
    assert "Aucune note" in marks.marks(empty, reference.grid, reference.standard).title


# Context


def test_invented_data_are_announced_first(reference):
    campaign = reference.campaign("2020-11")
    section = context.heading(
        "Essai", reference.site("evry"), campaign, (campaign.debut, campaign.fin), is_fictional=True
    )

    assert section.sentences[0].startswith("Données fictives")
    told = {"titre": "Essai — Évry — novembre-décembre 2020", "fictif": True}
    assert section.page == told | {"sites": ["evry"], "campagne": "2020-11"}
    assert "<h1" in section.html
