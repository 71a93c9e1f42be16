"""Projects drawn at random: questionnaire, scales, roles, sites, campaigns, answers."""

from datetime import date, timedelta

import yaml
from hypothesis import strategies as st

from qpref.questions import ROLES

_LETTERS = st.text("aàbcdeéèêfghijklmnoôpqrstuùvwxyzçœ’ %«»0123456789-", min_size=1, max_size=25)
_FACT = {"certitude": "exemple", "source": "Tiré au hasard"}
_TYPES = ("opinion", "opinion", "unique", "multiple", "note", "nombre", "date", "texte")
_FIELDS = ("site", "date", "numero", "mode", "demi_journee", "guichet", "coordonnees")


def words(kind, rank, text):
    """A wording that no other has: its kind and rank, then anything."""
    return " ".join(f"{kind} {rank} {text}".split())


@st.composite
def levels(draw, prefix, fewest, most, *, is_judged):
    """The levels of a scale, from either end, then those that are no answer."""
    count = draw(st.integers(fewest, most))
    sides = [None] * count
    if is_judged:  # from one end to the other: some for, perhaps some neither, perhaps some against
        against = draw(st.integers(0, count - 1))
        neither = draw(st.integers(0, count - 1 - against))
        sides = ["oui"] * (count - against - neither) + [None] * neither + ["non"] * against
        sides = draw(st.sampled_from([sides, sides[::-1]]))
    found = [
        {"code": f"{prefix}{rank}", "libelle": words("Niveau", f"{prefix}{rank}", draw(_LETTERS))}
        | ({"favorable": side} if side else {})
        for rank, side in enumerate(sides)
    ]
    for state, code in (("nsp", "nsp"), ("sans_objet", "so")):
        if draw(st.booleans()):
            label = words("Hors", f"{prefix}{code}", draw(_LETTERS))
            found.append({"code": f"{prefix}{code}", "libelle": label, "etat": state})
    return found


@st.composite
def scales(draw):
    """Scales of opinion (the first ones) and of choices."""
    judged = draw(st.integers(1, 3))
    found = {}
    for rank in range(judged + 2):
        is_judged = rank < judged
        prefix = "abcdefgh"[rank]
        most = 11 if is_judged else 6
        found[f"echelle{rank}"] = {
            "ordonnee": draw(st.sampled_from(["oui", "non"])),
            "modalites": draw(levels(prefix, 2, most, is_judged=is_judged)),
        }
        if is_judged and draw(st.booleans()):
            found[f"echelle{rank}"]["favorables"] = words("favorables", rank, draw(_LETTERS))
    return found, judged


@st.composite
def questions(draw, themes, known, judged):
    """From one to twelve questions, roles and filters at random."""
    free, found = set(ROLES) - {"coordonnees"}, []
    for rank in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(_TYPES))
        text = draw(_LETTERS)
        asked = {"id": f"q{rank}", "theme": draw(st.sampled_from(themes)), "type": kind}
        asked |= {"texte": words("Question", rank, text), "texte_court": words("Q", rank, text)}
        if kind in {"opinion", "unique"}:
            of_kind = range(judged) if kind == "opinion" else range(judged, len(known))
            asked["echelle"] = f"echelle{draw(st.sampled_from(of_kind))}"
        if kind == "note":
            low = draw(st.sampled_from([0, 1]))
            asked |= {"minimum": low, "maximum": draw(st.sampled_from([5, 10, 20]))}
            if (low, asked["maximum"]) == (0, 10) and draw(st.booleans()):
                asked["nps"] = "oui"
        if kind == "multiple":
            asked["options"] = [
                {"code": f"c{box}", "libelle": words("Case", f"{rank}-{box}", draw(_LETTERS))}
                for box in range(draw(st.integers(2, 6)))
            ]
        fitting = sorted(role for role in free if kind in ROLES[role].types)
        role = draw(st.sampled_from([None, *fitting]))
        if role:
            asked["role"] = role
            free.discard(role)
        opening = [q for q in found if q.get("echelle")]
        if opening and draw(st.integers(0, 4)) == 0:
            question = draw(st.sampled_from(opening))
            codes = [m["code"] for m in known[question["echelle"]]["modalites"]]
            asked["filtre"] = {"question": question["id"], "vaut": codes[: draw(st.integers(1, 2))]}
        found.append(asked)
    return found, free


@st.composite
def questionnaires(draw):
    """A questionnaire as its file holds it; it asks at least the site."""
    themes = {f"t{n}": words("Thème", n, draw(_LETTERS)) for n in range(draw(st.integers(1, 4)))}
    known, judged = draw(scales())
    asked, free = draw(questions([*themes], known, judged))
    technical = ["site", *(r for r in _FIELDS if r != "site" and r in {*free, "coordonnees"})]
    for rank, role in enumerate(technical):
        if role != "site" and draw(st.booleans()):
            continue
        field = {"id": f"f{rank}", "theme": "t0", "type": "technique", "role": role}
        field |= {"texte": f"Technique {rank}", "texte_court": f"T {rank}"}
        if role in {"mode", "demi_journee", "guichet"}:
            field["echelle"] = f"echelle{len(known) - 1}"
        asked.append(field)
    return {
        "id": "tire", "libelle": words("Questionnaire", 1, draw(_LETTERS)), **_FACT,
        "themes": themes, "echelles": known, "questions": asked,
    }  # fmt: skip


@st.composite
def projects(draw):
    """The reference files of a project, by name."""
    sites = [
        {
            "id": f"s{n}", "nom": f"Site {n}", "nom_court": f"Lieu {'ABC'[n]}",
            "type_site": "prefecture" if n == 0 else "sous_prefecture", "cert": "inconnu",
            "modules": [1], **_FACT,
        }
        for n in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    first = draw(st.dates(date(2015, 1, 1), date(2030, 1, 1)))
    campaigns, sizes = [], {}
    for rank in range(draw(st.integers(1, 2))):
        start = first + timedelta(days=200 * rank)
        window = {"debut": start, "fin": start + timedelta(days=draw(st.integers(0, 30)))}
        campaigns.append(
            {"id": f"c{rank}", "libelle": f"campagne {'AB'[rank]}", **_FACT, **window,
             "questionnaire": "tire", "mystere": window}
            | ({"precedente": "c0"} if rank else {})
        )  # fmt: skip
        sizes[f"c{rank}"] = {
            site["id"]: {"en_ligne": draw(st.integers(0, 60)), "saisis": 0} for site in sites
        }
    least = draw(st.integers(1, 10))
    return {
        "sites.yml": {
            "departement": "Inventé", "seuil_diffusion": {"valeur": least, **_FACT}, "sites": sites
        },
        "campagnes.yml": {"campagnes": campaigns},
        "questionnaire/tire.yml": draw(questionnaires()),
        "exemple.yml": {"effectifs": sizes},
    }  # fmt: skip


def written(files, folder):
    """Write the reference files of a drawn project in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
