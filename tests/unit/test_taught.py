"""What corrections teach: words suggested, and subjects learned only where that does better."""

from pathlib import Path

import pandas as pd
import pytest

from qpref.quality import learned
from qpref.quality.coding import remarks_of
from qpref.quality.taught import suggested
from qpref.reference.loading import content_of, parse
from qpref.reference.subjects import CodeBook
from qpref.store import PersonCode

BOOK = """sujets:
  - {id: locaux, libelle: Locaux, mots: ["chaise*"]}
  - {id: horaires, libelle: Horaires, mots: ["samedi"]}
  - {id: autre, libelle: Autre, mots: []}
tons: {positif: ["bien"], negatif: ["mal"], negation: ["pas"]}
"""
BOOK = parse(CodeBook, content_of(BOOK, Path("sujets.yml")))


def rows_of(remarks, *, said=True):
    """Return remarks (who, text, its subject by a person), as they are when a person coded them."""
    names = [str(rank) for rank in range(len(remarks))]
    texts = [text for _, text, _ in remarks]
    found = pd.DataFrame(
        {"identifiant": names, "reponse_id": [who for who, *_ in remarks], "texte_masque": texts}
    )
    codes = {name: [PersonCode("1", (subject,), "neutre")]
             for name, (*_, subject) in zip(names, remarks, strict=True)}  # fmt: skip
    return remarks_of(found, BOOK, codes if said else {})


def written(word, subject, people, begin=0, more=""):
    return [(f"p{begin + k}", f"la {word} {more}", subject) for k in range(people)]


OTHERS = written("porte", "horaires", 20, begin=100, more="samedi")


def test_a_word_that_the_rules_lack_is_suggested_with_its_counts():
    """Of nine people of the premises that the rules missed, six write « table », none elsewhere."""
    rows = rows_of(written("table", "locaux", 6) + written("porte", "locaux", 3, 50) + OTHERS)

    (one,) = [found for found in suggested(rows, BOOK, 5) if found.word == "table"]

    assert (one.subject, one.people, one.missed, one.others, one.rest) == ("locaux", 6, 9, 0, 20)


@pytest.mark.parametrize(
    "remarks",
    [
        written("table", "locaux", 4),  # fewer people than the threshold
        [("p1", "la table", "locaux")] * 9,  # one person alone, nine times
        written("zorglub", "locaux", 9),  # may be a name
        written("Martine", "locaux", 9),
        written("99001122", "locaux", 9),
        written("table", "locaux", 9, more="samedi chaise"),  # the rules saw them
        written("table", "autre", 9),  # of no subject
    ],
)
def test_what_few_write_or_may_be_a_name_is_never_suggested(remarks):
    assert not suggested(rows_of(remarks + OTHERS), BOOK, 5)


def distinct(word, subject, count, begin=0):
    """As many wordings as remarks: a wording counts once."""
    fill = ("a", "b", "c", "d", "f", "g", "j", "k", "m", "o")
    return [
        (
            f"p{begin + k}",
            f"la {word} {fill[k % 10]}{fill[k // 10 % 10]} {fill[k // 100]}x",
            subject,
        )
        for k in range(count)
    ]


def test_learning_is_kept_where_it_is_better_only():
    """« table » is of the premises, which the rules never see; « samedi » they always do."""
    pytest.importorskip("sklearn")
    rows = rows_of(distinct("table", "locaux", 60) + distinct("porte samedi", "horaires", 60, 100))

    told = {one.subject: one for one in learned.compared(rows, BOOK)}

    assert learned.is_enough(rows)
    assert (told["locaux"].by_rules, told["locaux"].by_learned) == (60, 0)
    assert told["locaux"].is_better
    assert (told["horaires"].by_rules, told["horaires"].is_better) == (0, False)


def test_what_is_learned_proposes_with_its_words_and_leaves_what_a_person_said():
    pytest.importorskip("sklearn")
    known = rows_of(
        distinct("table", "locaux", 60)
        + distinct("porte samedi", "horaires", 60, 100)
        + distinct("rien", "autre", 60, 200)
    )
    asked = [("n1", "une table", "autre"), ("n2", "porte samedi", "autre"), ("n3", "rien", "autre")]
    said = rows_of([("n3", "une table", "horaires")])

    found = learned.proposed_by_learning(rows_of(asked, said=False), known, BOOK, ["locaux"])
    kept = learned.proposed_by_learning(said, known, BOOK, ["locaux"])

    assert found["sujets"].tolist() == [("locaux",), ("horaires",), ("autre",)]
    assert found["mots"].tolist() == ["Locaux (appris) : table", "Horaires (règles) : samedi", ""]
    assert kept["sujets"].tolist() == [("horaires",)]
    assert kept["propose"].tolist() == [("locaux",)]


def test_the_same_wording_teaches_once():
    """« RAS », written a hundred times, is one remark to learn from."""
    rows = rows_of([(f"p{k}", "RAS", "autre") for k in range(200)])

    assert not learned.is_enough(rows)


def test_a_subject_with_few_remarks_is_not_learned():
    pytest.importorskip("sklearn")
    rows = rows_of(distinct("table", "locaux", 19) + distinct("porte samedi", "horaires", 90, 100))

    assert [one.subject for one in learned.compared(rows, BOOK)] == []
