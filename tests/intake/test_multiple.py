"""Questions with several answers, in every shape that exports give them."""

import pytest

from qpref.intake import receive
from tests.intake.conftest import answers, write_csv

QUESTION = "Qui vous a aidé dans votre démarche ? (plusieurs réponses possibles)"
POINT, HOUSE = "Le point numérique de la préfecture", "Une maison France Services"
CLOSE, NOBODY = "Un proche ou une association", "Je n’ai pas eu besoin d’aide"


def ticked(outcome):
    rows = outcome.tables["items"].query("question == 'aide_recue'")
    return {row.option: row.valeur for row in rows.itertuples()}, set(rows["etat"])


def export(path, headings, columns):
    own = answers(headings, "Très satisfait")
    lines = [
        ["Horodateur", *headings.values(), *columns],
        ["16/11/2020 09:00:00", *own.values(), *columns.values()],
    ]
    return write_csv(path, lines)


SHAPES = {
    "une colonne par case, Oui ou Non": {
        f"{QUESTION} [{POINT}]": "Oui", f"{QUESTION} [{HOUSE}]": "Non",
        f"{QUESTION} [{CLOSE}]": "Oui", f"{QUESTION} [{NOBODY}]": "Non",
    },
    "une colonne par case, TRUE ou FALSE": {
        f"{QUESTION} ({POINT})": "TRUE", f"{QUESTION} ({HOUSE})": "FALSE",
        f"{QUESTION} ({CLOSE})": "TRUE", f"{QUESTION} ({NOBODY})": "FALSE",
    },
    "une colonne par case, X": {
        "Aide — Point numérique": "X", "Aide — France Services": "",
        "Aide — Proche": "x", "Aide — Aucune": "",
    },
    "réunies par une virgule": {QUESTION: f"{POINT}, {CLOSE}"},
    "réunies par un point-virgule": {QUESTION: f"{POINT};{CLOSE};"},
    "réunies par une barre": {QUESTION: f"{CLOSE} / {POINT}"},
    "réunies par une barre verticale": {QUESTION: f"{CLOSE}|{POINT}"},
    "rangées": {f"{QUESTION}_1": CLOSE, f"{QUESTION}_2": POINT, f"{QUESTION}_3": ""},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_boxes(tmp_path, setting, headings, shape):
    found, states = ticked(receive(setting, export(tmp_path / "a.csv", headings, SHAPES[shape])))

    assert found == {"point_numerique": 1, "france_services": 0, "proche": 1, "aucune": 0}
    assert states == {"repondu"}


def test_an_empty_joined_answer_is_no_answer(tmp_path, setting, headings):
    states = ticked(receive(setting, export(tmp_path / "a.csv", headings, {QUESTION: ""})))[1]

    assert states == {"non_reponse"}


@pytest.mark.parametrize(
    "told",
    ["Personne : je n’ai pas trouvé le point numérique de la préfecture",
     f"Je n’ai pas trouvé {POINT}", f"{POINT} était fermé", f"Ni {CLOSE} ni {POINT}"],
)  # fmt: skip
def test_a_box_named_within_a_sentence_is_not_ticked(tmp_path, setting, headings, told):
    alone = ticked(receive(setting, export(tmp_path / "a.csv", headings, {QUESTION: told})))
    beside = receive(setting, export(tmp_path / "b.csv", headings, {QUESTION: f"{HOUSE}, {told}"}))

    assert alone[1] == {"invalide"}
    assert ticked(beside)[0] == {
        "point_numerique": 0, "france_services": 1, "proche": 0, "aucune": 0,
    }  # fmt: skip
    assert list(beside.tables["rejets"]["code"]) == ["option_inconnue"]


def test_what_names_no_box_is_set_aside_and_said(tmp_path, setting, headings):
    path = export(tmp_path / "a.csv", headings, {QUESTION: f"{POINT}, mon voisin"})
    outcome = receive(setting, path)

    reject = outcome.tables["rejets"].iloc[0]
    assert ticked(outcome)[0]["point_numerique"] == 1
    assert reject["code"] == "option_inconnue"
    assert "mon voisin" in reject["message"]
