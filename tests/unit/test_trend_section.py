"""What is said of one, two, three and six campaigns on one axis."""

from datetime import date

import pytest

from qpref.display.trend import trend
from qpref.quality.campaigns import Point, follow
from qpref.statistics.shares import share_interval
from tests.sections import plain


def campaigns(*counts, n=200):
    """Campaigns a year apart, so many satisfied of `n`."""
    found = []
    for year, k in enumerate(counts, start=2015):
        low, high = share_interval([k], [n])
        row = {"question": "q", "n": n, "satisfaits": k, "part": k / n if n else 0}
        row |= {"bas": low[0], "haut": high[0]}
        found.append(Point(f"automne {year}", date(year, 10, 1), row, float(n)))
    return found


def told(found):
    section = trend(follow(found), "usagers satisfaits")
    rows = [row.detail for table in section.tables for row in table.rows]
    return plain(" | ".join([section.title, *section.sentences, *rows])), section


@pytest.mark.parametrize("counts", [(150,), (150, 160)])
def test_one_or_two_campaigns_have_no_slope(counts):
    text, section = told(campaigns(*counts))

    assert "par an" not in text
    assert "limites" not in text
    assert set(section.figures["indicateur"]) == {"q"}


def test_three_campaigns_have_a_slope():
    """70, 75 and 80 % of 200: 5 points a year, ± 1.96 √(0.75 · 0.25 / 200 / 2) = 4.2 points."""
    text, section = told(campaigns(140, 150, 160))

    assert "Sur 3 campagnes : +5 points par an (entre +1 et +9 points)" in text
    assert "une tendance à la hausse se dégage" in text
    line = section.figures.set_index("indicateur").loc["tendance"]
    assert line["valeur"] == pytest.approx(0.05, abs=1e-4)
    assert "limites" not in text


def test_a_slope_that_chance_explains_is_said_so():
    text, _ = told(campaigns(150, 152, 149))

    assert "rien n’assure une tendance" in text


def test_six_campaigns_have_limits():
    """Mean 75 %: three of √(0.75 · 0.25 / 200) are 9.2 points."""
    text, _ = told(campaigns(150, 148, 152, 151, 149, 150))

    assert "La moyenne de ces campagnes est 75 %" in text
    assert "le hasard suffit" in text
    assert text.count("limites : entre 66 et 84 %") == 6


def test_the_campaign_beyond_its_limits_is_named():
    """Mean 74 %: limits 64.7 and 83.3 %; the fifth is at 64 %."""
    text, _ = told(campaigns(152, 152, 152, 152, 128, 152))

    assert "« automne 2019 »" in text
    assert text.count("hors des limites : ") == 1
    assert "Autre chose que le hasard a joué" in text


def test_campaigns_of_too_few_answers_are_shown_and_not_followed():
    text, section = told(campaigns(5, 6, 7, n=9))

    assert "par an" not in text
    assert len(section.tables[0].rows) == 3


def test_everybody_satisfied_says_no_slope():
    text, _ = told(campaigns(200, 200, 200))

    assert "par an" not in text
    assert "nan" not in text


def test_no_answer_says_no_campaign():
    section = trend(follow([Point("a", date(2020, 1, 1), {"n": 0}, 0.0)]), "usagers satisfaits")

    assert section.title == "Aucune campagne à montrer"
