"""Rows of the files received: read, kept, set aside."""

import pandas as pd

from qpref.quality.reading import Received, rows_read, unreadable_answers


def received(kind, read, kept_here):
    return Received("f.csv", kind, "0" * 64, read, read - 3, 2, 1, kept_here)


def test_counts_of_people_are_not_answers():
    """120 and 30 questionnaires read, 80 and 10 kept here; 400 passages are not among them."""
    files = [
        received("limesurvey", 120, 80),
        received("guichet", 30, 10),
        received("frequentation", 400, 200),
    ]

    assert rows_read(files) == (150, 90)
    assert [file.has_answers for file in files] == [True, True, False]


def test_a_file_has_its_figures_under_its_name():
    found = received("limesurvey", 120, 80).measures

    assert [(m.key, m.value) for m in found] == [
        ("lues", 120), ("gardees", 117), ("ecartees", 2), ("quarantaine", 1),
        ("gardees_du_site", 80),
    ]  # fmt: skip
    assert {(m.label, m.group, m.unit) for m in found} == {("f.csv", "limesurvey", "lignes")}


def test_only_answers_set_aside_alone_are_unreadable():
    rejects = pd.DataFrame({"action": ["cellule", "ligne", "cellule"]})

    assert unreadable_answers(rejects) == 2
