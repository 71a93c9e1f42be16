"""Numbers of a page, or of its figures file, that nothing counted again explains."""

from functools import reduce
from operator import or_

from tests.deuxieme.figures import figures, half_of_the_last_digit
from tests.deuxieme.fitted import DRIVERS
from tests.deuxieme.pages import parts, tokens
from tests.deuxieme.remarks import IN_PAGES

# Texts of the notebooks themselves, whose numbers are examples of reading.
_FIXED = {"Mots employés", "Mots employés et limites"}
ESSENTIALS = {"L’essentiel", "Ce que vous nous avez dit"}  # of a report, of the poster
_FITTED_SENTENCE = "À motif de visite égal"
_FITTED_FIGURES = {"priorites", "public-egal"}


def unexplained(path, expected):
    """The numbers of a page that are none of those counted again, with the text that holds them."""
    names = list(names_of(expected))
    for part in _counted(path):
        own = [expected.labels[b.label] for b in part.blocks if b.label in expected.labels]
        own += _mentioned(part.title, expected)
        if part.above in ESSENTIALS:  # names the best and the worst of all questions
            own += expected.judged.names
        section = expected.fitted.pool(part)
        if section is None:
            section = reduce(or_, map(expected.question, own), expected.survey)
        quoted = []
        if any(IN_PAGES in block.text for block in part.blocks):
            section, quoted = section | expected.remarks.pool, expected.remarks.texts
        for block in part.blocks:
            pool = _pool_of(block, part, expected, path)
            yield from unknown(part, block, section if pool is None else pool, names + quoted)


def _pool_of(block, part, expected, path):
    """The numbers of a row or a sentence that has its own; None for those of its part."""
    if block.tag == "tr" and block.label in expected.labels:
        question = expected.labels[block.label]
        pool = expected.question(question) | expected.row
        return pool | expected.fitted.weight(question, path) if part.above == DRIVERS else pool
    if block.text.startswith(_FITTED_SENTENCE):
        return expected.fitted.at_equal_reasons
    if part.above == DRIVERS and block.text.startswith("Lecture"):  # one weight, read aloud
        (question,) = _mentioned(block.text, expected)
        return expected.fitted.weight(question, path)
    return None


def unknown(part, block, pool, names):
    """The numbers of a text that a pool does not explain."""
    for value, digits, unit in tokens(block.text, names):
        if not pool.explains(value, digits, unit):
            yield part.title, block.text, f"{value:g} {unit}".strip()


def unexplained_by(path, pool, names):
    """The numbers of a page that one pool, of all that it may show, does not explain."""
    for part in _counted(path):
        for block in part.blocks:
            yield from unknown(part, block, pool, names)


def _counted(path):
    """The parts of a page whose numbers are not those of a fixed text."""
    return [part for part in parts(path) if not _FIXED & {part.above, part.title}]


def names_of(expected):
    """What bears digits and counts nothing: labels, files, campaigns."""
    received = expected.received
    for q in received.asked["questions"]:
        yield from (q["texte"], q["texte_court"])
    yield from (campaign["libelle"] for campaign in received.campaigns.values())
    yield from (path.name for path in received.files.rglob("*.*"))
    yield "QANR5L13QE83514"  # of a source
    yield "dyn/13/questions"
    yield from ("(9 et 10)", "(7 et 8)", "(0 à 6)", "de −100 à +100 points", "dépasser 100 %")


def _mentioned(text, expected):
    """The questions that a text names in quotation marks, or first, before a colon."""
    said = text.lower().replace("\u00a0", " ").replace("\u202f", " ")
    return [
        name
        for label, name in expected.labels.items()
        if f"« {label.lower()} »" in text.lower() or said.startswith(f"{label.lower()} : ")
    ]


def false_figures(path, expected):
    """The lines of the figures file whose numbers are none of those counted again."""
    received = expected.received

    def pool_of(row):
        name = received.roles.get(row["indicateur"], row["indicateur"])
        if row["section"] == "non-reponse":
            return expected.fitted.missing
        if name not in received.questions:
            is_subject = row["section"] == "remarques"
            return expected.remarks.pool if is_subject else expected.survey
        own = expected.question(name)
        return own | expected.survey if row["section"] in {"repondants", "profil"} else own

    yield from false_lines(path, pool_of)
    for row in figures(path):
        if row["section"] in _FITTED_FIGURES:
            for column in expected.fitted.wrong(row):
                yield row["section"], row["indicateur"], row["groupe"], column, row[column]


def false_lines(path, pool_of):
    """The lines of a figures file that the pool of each does not hold, to the digits written."""
    for row in figures(path):
        if row["section"] in _FITTED_FIGURES:
            continue
        pool = pool_of(row)
        values = pool.shares | pool.gaps | pool.numbers
        for column in ("n", "effectif", "valeur", "bas", "haut"):
            own = pool.numbers if column in {"n", "effectif"} else values
            near = half_of_the_last_digit(row, column)
            if row[column] is not None and not any(abs(row[column] - v) <= near for v in own):
                yield row["section"], row["indicateur"], row["groupe"], column, row[column]
