"""A table of results is told from a table of answers by what only counts do."""

import pytest

from qpref.intake.files import read_file
from qpref.intake.sheets import holds_results

RESULTS = {
    "total": "Avis;Usagers\nTrès satisfait;120\nSatisfait;60\nPas satisfait;20\nTotal;200\n",
    "cent par ligne": "Sujet;Bien;Moyen;Mal\nAccueil;60 %;25 %;15 %\nAttente;20,5 %;30,5 %;49 %\n",
    "cent par colonne": "Réponse;Avant;Après\nSatisfait;54;61\nMécontent;46;39\n",
    "cent d’une colonne": "Réponse;Ici\nSatisfait;54 %\nMécontent;46 %\n",
    "autant de gens": "Sujet;Bien;Moyen;Mal\nAccueil;12;25;3\nAttente;7;13;20\nClarté;10;22;8\n",
    "intitulés": "Motif;Nb\nTitre de séjour;31\nPermis;12\n",
}
ANSWERS = {
    "notes": "Prénom;Q1;Q2\nFictive;5;4\nInventé;3;3\nExemple;2;1\n",
    "rangs": "Usager;A;B;C\npremier;1;2;3\ndeuxième;3;2;1\ntroisième;2;1;3\n",
    "dates": "Date;Q1;Q2\n16/11/2020;60;40\n17/11/2020;50;50\n",
    "score": "Usager;Q1;Q2;Total\npremier;5;4;9\ndeuxième;3;4;7\n",
    "libellés répétés": "Lieu;Note\nNord;50\nNord;50\n",
    "notes dont la somme fait cent": "Usager;Note\npremier;50\ndeuxième;50\n",
    "total qui n’additionne pas": "Usager;Q1\npremier;5\ndeuxième;4\nTotal;2\n",
}


@pytest.mark.parametrize("text", RESULTS.values(), ids=RESULTS.keys())
def test_results_are_told_by_their_sums(text, tmp_path):
    assert _holds(text, tmp_path)


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS.keys())
def test_answers_are_not_taken_for_results(text, tmp_path):
    assert not _holds(text, tmp_path)


def test_a_long_table_of_marks_is_never_results(tmp_path):
    """300 people whose two marks each share out a hundred: an answer, not a count of people."""
    lines = "".join(f"usager {chr(97 + n % 26)}{n};{n % 90};{100 - n % 90}\n" for n in range(300))

    assert not _holds(f"Usager;A;B\n{lines}", tmp_path)


def _holds(text, folder):
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return holds_results(read_file(path).sheets[0])


@pytest.mark.parametrize(("counted", "told"), [(7, True), (6, False)])
def test_seven_rows_of_ten_are_counts_or_it_is_no_table_of_results(counted, told, tmp_path):
    rows = ["Motif;Effectif", *["Titre de séjour;31"] * counted, *["Autre;néant"] * (10 - counted)]

    assert _holds("\n".join(rows), tmp_path) is told
