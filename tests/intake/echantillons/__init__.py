"""Samples as their tools write them, with their right answers in two tables anyone can add to.

`attendus.csv` says, for each file, the campaign it is imported into, what must be counted and said;
`comptes.csv` how many kept answers each question must get. `python -m tests.intake.echantillons`
prints the table; `tests/intake/test_conformance.py` holds it.
"""

import csv
import io
import shutil
from collections import Counter
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unittest.mock import patch

from qpref.cli import main
from qpref.intake import apart
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store
from tests.quick import dumped, loaded

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
CAMPAIGN, SITE = "essai", "evry"
SAID = {
    "invalide": "(illisible)",
    "nsp": "(ne sait pas)",
    "sans_objet": "(sans objet)",
    "non_reponse": "(non répondu)",
    "non_posee": "(non posée)",
}
COUNTS = ("lues", "gardees", "ecartees", "quarantaine")


def table(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


EXPECTED = table("attendus.csv")


def expected_counts(name):
    own = [row for row in table("comptes.csv") if row["fichier"] == name]
    return Counter({(row["question"], row["reponse"]): int(row["nombre"]) for row in own})


@dataclass
class Found:
    """What `proposer` then `importer` made of a sample."""

    code: int
    said: str
    counts: dict[str, int] = field(default_factory=dict)
    answers: Counter = field(default_factory=Counter)


def faults_of(row, found):
    """Return what a sample does not give as the tables say, a sentence each."""
    wanted = {key: int(row[key]) for key in COUNTS if row[key]}
    answers = expected_counts(row["fichier"])
    faults = []
    if found.code != int(row["code"]):
        faults.append(f"code {found.code}, attendu {row['code']} : {found.said}")
    if found.counts != wanted:
        faults.append(f"comptes {found.counts}, attendus {wanted}")
    if row["doit_dire"] not in found.said:
        faults.append(f"ne dit pas « {row['doit_dire']} » : {found.said}")
    return faults + [
        f"{key} : {found.answers[key]}, attendu {count}"
        for key, count in answers.items()
        if found.answers[key] != count
    ]


def run(*arguments):
    """Run the command line in this process; return its code and all that it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue()


def follow(row, folder):
    """Draft a questionnaire from a sample, then import the sample with it, in an empty project."""
    path = FOLDER / row["fichier"]
    reference = folder / "data" / "reference"
    (reference / "questionnaire").mkdir(parents=True)
    for name in ("sites.yml", "campagnes.yml", "questionnaire/satisfaction-1.yml"):
        shutil.copy(ROOT / "data" / "reference" / name, reference / name)
    keep_only(reference / "campagnes.yml", "2020-11")
    draft = folder / "brouillon.yml"
    code, said = run("--racine", folder, "dictionnaire", "proposer", path, "--vers", draft)
    if code:
        return Found(code, said)
    name = loaded(draft.read_text(encoding="utf-8"))["id"]
    shutil.copy(draft, reference / "questionnaire" / f"{name}.yml")
    (reference / "questionnaire" / "satisfaction-1.yml").unlink()
    write_campaign(reference / "campagnes.yml", name, row)
    asked = [path, "--campagne", CAMPAIGN, "--site", SITE, *row["options"].split()]
    code, said = run("--racine", folder, "importer", *asked)
    entries = Store(Project(folder)).imports(CAMPAIGN)
    if not entries:
        return Found(code, said)
    entry = entries[0]
    counts = {
        "lues": entry.lignes_lues,
        "gardees": entry.gardees,
        "ecartees": entry.ecartees,
        "quarantaine": entry.quarantaine,
    }
    return Found(code, said, counts, answers_of(folder, load_reference(reference)))


@contextmanager
def in_this_process():
    """Read workbooks and SPSS files without starting a process for each."""

    def here(arguments, content):
        try:
            return apart.read_cases(arguments[0]) if arguments else apart.read_tabs(content)
        except SystemExit as end:
            raise apart.RefusedError from end

    with patch.object(apart, "_apart", here):
        yield


def keep_only(path, campaign):
    content = loaded(path.read_text(encoding="utf-8"))
    own = [one for one in content["campagnes"] if one["id"] == campaign]
    content.pop("enquetes", None)  # they go with the campaigns that are left out
    path.write_text(dumped(content | {"campagnes": own}), encoding="utf-8")


def write_campaign(path, questionnaire, row):
    content = loaded(path.read_text(encoding="utf-8"))
    first, last = (date.fromisoformat(row[key]) for key in ("debut", "fin"))
    content["campagnes"] = [
        {
            "id": CAMPAIGN,
            "libelle": "essai",
            "debut": first,
            "fin": last,
            "certitude": "exemple",
            "source": "essai",
            "questionnaire": questionnaire,
            "partielles": "exclues",
            "objectifs": {},
            "mystere": {"debut": first, "fin": last},
        }
    ]
    path.write_text(dumped(content), encoding="utf-8")


def answers_of(folder, reference):
    """Count the kept answers of each question, by its text and the label of the answer."""
    store = Store(Project(folder))
    people = store.read("reponses", CAMPAIGN, SITE)
    kept = set(people.loc[people["statut"] == "complete", "reponse_id"].astype(str))
    questionnaire = reference.questionnaire(CAMPAIGN)
    found = Counter()
    for item in store.read("items", CAMPAIGN, SITE).to_dict("records"):
        if str(item["reponse_id"]) not in kept:
            continue
        question = questionnaire.by_id[item["question"]]
        if item["etat"] in SAID:
            found[question.texte, SAID[item["etat"]]] += 1
        elif item["etat"] == "repondu" and question.options:
            label = next(o.libelle for o in question.options if o.code == item["option"])
            found[question.texte, label] += int(item["valeur"])
        elif item["etat"] == "repondu" and question.echelle is None:
            found[question.texte, f"{item['valeur']:g}"] += 1
        elif item["etat"] == "repondu":
            found[question.texte, questionnaire.label(question.id, item["modalite"])] += 1
    return found
