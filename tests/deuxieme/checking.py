"""Numbers of a page, or of its figures file, that nothing counted again explains."""

from tests.deuxieme.expected import figures
from tests.deuxieme.pages import parts, tokens

# Texts of the notebooks themselves, whose numbers are examples of reading.
_FIXED = {"Mots employés", "Mots employés et limites"}


def unexplained(path, expected):
    """The numbers of a page that are none of those counted again, with the text that holds them."""
    names = list(_names(expected))
    for part in parts(path):
        if part.above in _FIXED:
            continue
        own = [expected.labels[b.label] for b in part.blocks if b.label in expected.labels]
        own += _mentioned(part.title, expected)
        section = expected.survey
        for question in own:
            section |= expected.question(question)
        for block in part.blocks:
            pool = section
            if block.tag == "tr" and block.label in expected.labels:
                pool = expected.question(expected.labels[block.label]) | expected.row
            for value, digits, unit in tokens(block.text, names):
                if not pool.explains(value, digits, unit):
                    yield part.title, block.text, f"{value:g} {unit}".strip()


def _names(expected):
    """What bears digits and counts nothing: labels, files, campaigns."""
    received = expected.received
    for q in received.asked["questions"]:
        yield from (q["texte"], q["texte_court"])
    yield from (campaign["libelle"] for campaign in received.campaigns.values())
    yield from (path.name for path in received.files.rglob("*.*"))
    yield from ("(9 et 10)", "(7 et 8)", "(0 à 6)", "de −100 à +100 points", "dépasser 100 %")


def _mentioned(text, expected):
    return [
        name for label, name in expected.labels.items() if f"« {label.lower()} »" in text.lower()
    ]


def false_figures(path, expected):
    """The lines of the figures file whose numbers are none of those counted again."""
    received = expected.received
    for row in figures(path):
        name = received.roles.get(row["indicateur"], row["indicateur"])
        known = name in received.questions
        pool = expected.question(name) if known else expected.survey
        if known and row["section"] in {"repondants", "profil"}:
            pool |= expected.survey
        values = pool.shares | pool.gaps | pool.numbers
        for column in ("n", "effectif", "valeur", "bas", "haut"):
            own = pool.numbers if column in {"n", "effectif"} else values
            if row[column] is not None and not any(abs(row[column] - v) <= 1e-6 for v in own):
                yield row["section"], row["indicateur"], row["groupe"], column, row[column]
