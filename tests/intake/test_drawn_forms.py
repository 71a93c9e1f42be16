"""Forms drawn at random: drafted, loaded, imported, and counted as they were drawn."""

from collections import Counter
from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.errors import UnreadableFileError
from tests.conftest import example_count
from tests.intake.conftest import write_csv, write_xlsx
from tests.intake.formulaires import counts, draft, imported, other_department

ADJECTIVES = (
    ("satisfait", "insatisfait"),
    ("d’accord", "pas d’accord"),
    ("content", "mécontent"),
    ("clair", "confus"),
    ("facile", "difficile"),
    ("utile", "inutile"),
)
# Degrees of each number of levels, from the strongest; the other side mirrors them.
DEGREES = {
    2: ("{}",),
    4: ("Très {}", "Plutôt {}"),
    6: ("Très {}", "{}", "Plutôt {}"),
    8: ("Extrêmement {}", "Très {}", "{}", "Plutôt {}"),
}
TOPICS = ("L’accueil", "Le délai", "Les horaires", "Le courrier reçu", "La signalétique", "L’agent")
FACTS = (
    ("Permis", "Séjour", "Armes", "Cartes grises"),
    ("Souvent", "Parfois", "Jamais"),
    ("Oui", "Non"),
    ("Oui", "Non", "Ne sait pas"),
    ("Moins de 30 ans", "30 à 59 ans", "60 ans et plus"),
    ("Bus", "Voiture", "Vélo", "À pied", "Autre"),
)
BOXES = ("Le guichet", "Le téléphone", "Le site internet", "Le courrier")
OUTSIDE = {"Ne sait pas", "Sans objet"}
DAY = datetime(2021, 3, 2, 9, 30)


def ladder(number, adjective):
    """Return the labels of a scale of 2 to 9 levels, the best first."""
    praise, blame = adjective
    degrees = DEGREES[number - number % 2]
    up = [degree.format(praise).capitalize() for degree in degrees]
    down = [degree.format(blame).capitalize() for degree in reversed(degrees)]
    return [*up, *([f"Ni {praise}, ni {blame}"] if number % 2 else []), *down]


opinions = st.builds(
    lambda number, adjective, topic: ("opinion", topic, ladder(number, adjective)),
    st.integers(2, 9),
    st.sampled_from(ADJECTIVES),
    st.sampled_from(TOPICS),
)
others = st.sampled_from(
    [
        *(("unique", "Une question de fait", list(levels)) for levels in FACTS),
        ("note", "Note sur 10", [str(mark) for mark in range(11)]),
        ("note", "De 1 à 5, votre appréciation", [str(mark) for mark in range(1, 6)]),
        ("note", "Sur 20, la clarté du site", [str(mark) for mark in range(21)]),
        ("nombre", "Combien de kilomètres avez-vous parcourus", [str(n) for n in range(0, 90, 7)]),
        ("multiple", "Services utilisés (plusieurs réponses possibles)", list(BOXES)),
    ]
)


@st.composite
def forms(draw):
    """Draw the questions of a form and the answers of its visitors."""
    asked = draw(st.lists(opinions | others, min_size=1, max_size=7))
    random = Random(draw(st.integers(0, 10**6)))  # noqa: S311 - drawn answers
    rows = draw(st.integers(6, 40))
    questions = [(kind, f"{text} ({n})", levels) for n, (kind, text, levels) in enumerate(asked)]
    answers = [
        [
            [level for level in levels if random.random() < 0.4]
            if kind == "multiple"
            else [random.choice(levels)] * (random.random() > 0.1)
            for _ in range(rows)
        ]
        for kind, _, levels in questions
    ]
    return questions, answers


def google(folder, questions, answers):
    stamp = "2021/03/02 9:30:00 AM UTC+1"
    rows = [["Horodateur", *(text for _, text, _ in questions)]]
    rows += [[stamp, *("; ".join(a) for a in cells)] for cells in zip(*answers, strict=True)]
    return write_csv(folder / "g.csv", rows)


def keyed(folder, questions, answers):
    rows = [["Saisie au guichet"], ["N°", "Date", *(text for _, text, _ in questions)]]
    for number, cells in enumerate(zip(*answers, strict=True), start=1):
        rows.append([number, f"{DAY:%d/%m/%Y}", *("; ".join(a) for a in cells)])
    return write_xlsx(folder / "k.xlsx", {"Saisie": rows})


def limesurvey(folder, questions, answers):
    heads = ["id. ID de la réponse", "submitdate. Date de soumission"]
    for place, (kind, text, levels) in enumerate(questions):
        boxes = enumerate(levels if kind == "multiple" else [], start=1)
        heads += [f"Q{place}[SQ{n}]. {text} [{box}]" for n, box in boxes] or [f"Q{place}. {text}"]
    rows = []
    for number, given_ in enumerate(zip(*answers, strict=True), start=1):
        cells = [number, f"{DAY:%Y-%m-%d %H:%M:%S}"]
        for (kind, _, levels), answer in zip(questions, given_, strict=True):
            ticks = ["Oui" if level in answer else "Non" for level in levels]
            cells += ticks if kind == "multiple" else ["".join(answer)]
        rows.append(cells)
    return write_csv(folder / "results-survey1.csv", [heads, *rows], ";")


@pytest.fixture(scope="module")
def department(reference):
    return other_department(reference)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tirages")


@pytest.mark.lent
@settings(max_examples=example_count(12))
@given(form=forms(), write=st.sampled_from([google, keyed, limesurvey]))
def test_a_drawn_form_is_drafted_imported_and_counted_as_drawn(form, write, department, folder):
    questions, answers = form
    path = write(folder, questions, answers)
    drafted, _ = draft(path, department)
    outcome = imported(path, department, drafted, "tulle")
    found = counts(outcome, drafted)

    assert outcome.counts.quarantined == 0
    assert outcome.counts.kept == len(answers[0])
    for (kind, text, levels), given_ in zip(questions, answers, strict=True):
        question = next(q for q in drafted.questions if q.texte == text)
        said = Counter(level for answer in given_ for level in answer)
        if not said or (question.kind.is_stored and kind != "texte"):
            wanted = {level: n for level, n in said.items() if level not in OUTSIDE}
            assert +found[question.id] == Counter(wanted), text
        if kind == "opinion":
            check_sides(drafted, question, levels, said)


cells = st.text(max_size=12) | st.sampled_from(
    [
        "", "Oui", "Non", "1", "10", "5/5", "16/11/2020", "Note", "Date", "N°", "Site", "Âge", "++",
        "Tulle", "NSP", "a, b", "a", "b", "a;", "#N/A", "Q [a]", "Q [b]", "Bien", "Mal", "Moyen",
        "- a", "# b", ": c", "yes", "null", "~", "\x1b[0m", "A" * 70, "日本",
    ]
)  # fmt: skip


@settings(max_examples=example_count(15))
@given(
    rows=st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=2, max_size=12)
    )
)
def test_a_table_of_anything_is_refused_or_drafted_into_what_loads(rows, department, folder):
    path = folder / "t.csv"
    try:
        write_csv(path, rows, ";")
        drafted, _ = draft(path, department)
    except (UnicodeEncodeError, UnreadableFileError):
        return

    assert drafted.questions


def check_sides(drafted, question, levels, said):
    """Favourable levels are of the upper half, the others of the lower; the middle is neither."""
    half = len(levels) // 2
    upper, lower = set(levels[:half]), set(levels[len(levels) - half :])
    if set(said) == set(levels):
        assert question.type == "opinion", question.texte
    if question.type != "opinion":
        return
    scale = drafted.scale(question.id)
    own = [one for one in scale.modalites if one.libelle in levels]
    favourable = {one.libelle for one in own if one.favorable}
    against = {one.libelle for one in own if one.favorable is False}
    assert favourable <= upper
    assert against <= lower
    if set(said) == set(levels):
        assert (favourable, against) == (upper, lower)
