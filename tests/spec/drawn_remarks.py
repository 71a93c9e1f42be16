"""Labelled remarks drawn by seed: names, numbers and addresses put into written sentences.

Two halves that share nothing: neither the sentences (`masquage/vues.txt` served to write the rules,
`masquage/nouvelles.txt` measures them), nor the names (each name falls on one side only, and whole
countries do). Names come from Faker's lists, which know nothing of our rules, and from our own for
the countries that Faker lacks. Telephones, mails and numbers are fictitious.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from random import Random
from zlib import crc32

from babel.dates import format_date

HALVES = {"vues": 0, "nouvelles": 1}
FOLDER = Path(__file__).with_name("masquage")
NOTHING = "rien"
HARMLESS = {"commune", "date", "heure", "prix", "nombre", "ticket", "cerfa", "annee"}
# Countries whose names are split between the halves, then those of one half alone.
SHARED = ("fr_FR", "fr_FR", "fr_FR", "fr_BE", "fr_DZ", "fr_DZ", "fr_QC")
ALONE = (
    ("tr_TR", "pt_PT", "pl_PL", "sw", "yo_NG", "en_IN", "hr_HR", "en_KE"),
    ("ro_RO", "vi_VN", "es_ES", "en_NG", "ha_NG", "tw_GH", "it_IT", "en_PK"),
)


def _lists():
    """Return the lists of `listes.txt`: names that Faker lacks, streets, towns, buildings."""
    text = (FOLDER / "listes.txt").read_text(encoding="utf-8")
    return {
        name: [part.strip().replace(";", ",") for part in body.split(",") if part.strip()]
        for name, body in re.findall(r"^\[(.+)\]\n([^\[]+)", text, re.MULTILINE)
    }


LISTS = _lists()
FEW = 20  # a shorter list would be drawn too often
PARTICLES = ("Ben ", "El ", "de ", "Da ", "Ait ", "Van ", "Le ", "N’")
COMMUNES = (LISTS["communes vues"], LISTS["communes nouvelles"])
STREETS = LISTS["voies"]
STREET_NAMES = (LISTS["noms de voies vus"], LISTS["noms de voies nouveaux"])
BUILDINGS = (LISTS["bâtiments vus"], LISTS["bâtiments nouveaux"])


def _latin(name):
    return bool(re.fullmatch(r"[A-ZÀ-ŸŁŚŽĐ][\w’'\- ]{2,}", name)) and not re.search(
        r"[^\u0000-\u024f\u1e00-\u1eff’]", name
    )


def _list(locale, kind):
    provider = import_module(f"faker.providers.person.{locale}").Provider
    names = ()
    for attribute in (f"{kind}s", f"{kind}s_male", f"{kind}s_female"):
        names = (*names, *getattr(provider, attribute, ()))
    return sorted({name for name in names if _latin(name)})


def pools(half, kind):
    """Return the lists of first or last names of a half, one per country, repeated by weight."""
    side = HALVES[half]
    own = LISTS["prénoms" if kind == "first_name" else "noms"]
    shared = [_list(locale, kind) for locale in SHARED]
    halves = [
        [name for name in names if crc32(name.casefold().encode()) % 2 == side]
        for names in [*shared, own, own, own]
    ]
    other = {name.casefold() for locale in ALONE[1 - side] for name in _list(locale, kind)}
    alone = [
        [
            name
            for name in _list(locale, kind)
            if name.casefold() not in other and crc32(name.casefold().encode()) % 2 == side
        ]
        for locale in ALONE[side]
    ]
    return [names for names in [*halves, *alone] if len(names) >= FEW]


UNITS = re.findall(
    r"\S+",
    """
    zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
    dix-sept dix-huit dix-neuf
""",
)
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}


def spelled(pair):
    """Return two figures in French words: « zéro six », « quatre-vingt-dix-huit »."""
    number = int(pair)
    if pair[0] == "0":
        return f"zéro {UNITS[number % 10]}"
    if number < 20:
        return UNITS[number]
    tens, rest = divmod(number, 10)
    if tens in {7, 9}:
        tens, rest = tens - 1, rest + 10
    joined = "-et-" if rest in {1, 11} and tens != 8 else "-"
    return TENS[tens] + (joined + UNITS[rest] if rest else "s" if tens == 8 else "")


@dataclass
class Draw:
    """Draws one value of each kind for a half."""

    half: str
    random: Random
    first: list = field(init=False)
    last: list = field(init=False)

    def __post_init__(self):
        self.first, self.last = pools(self.half, "first_name"), pools(self.half, "last_name")

    def one(self, *choices):
        return self.random.choice(choices)

    def digits(self, count):
        return "".join(str(self.random.randrange(10)) for _ in range(count))

    def letters(self, count):
        return "".join(self.random.choice("ABCDEFGHJKLMNPQRSTVWXYZ") for _ in range(count))

    def prenom(self):
        name = self.random.choice(self.random.choice(self.first))
        return (
            f"{name}-{self.random.choice(self.first[0])}" if self.random.random() < 0.05 else name
        )

    def famille(self):
        name = self.random.choice(self.random.choice(self.last))
        return self.random.choice(PARTICLES) + name if self.random.random() < 0.08 else name

    def _phone(self):
        return self.one("019900", "063998") + self.digits(4)

    def telephone(self):
        number = self._phone()
        pairs = [number[i : i + 2] for i in range(0, 10, 2)]
        return self.one(
            " ".join(pairs),
            ".".join(pairs),
            "-".join(pairs),
            number,
            "/".join(pairs),
            "+33 " + " ".join(pairs)[1:],
            "0033" + number[1:],
            " ".join(number),
            f"{number[:4]} {number[4:7]} {number[7:]}",
        )

    def telephone_lettres(self):
        number = self._phone()
        pairs = [number[i : i + 2] for i in range(0, 10, 2)]
        words = self.one(
            [spelled(pair) for pair in pairs],
            [UNITS[int(d)] for d in number],
            [pairs[0], *[spelled(pair) for pair in pairs[1:]]],
        )
        written = self.one(" ", " ", ", ").join(words)
        return self.one(written, written, written.upper(), written.replace("-", " "))

    def telephone_maquille(self):
        number = self._phone()
        pairs = [number[i : i + 2] for i in range(0, 10, 2)]
        return self.one(
            "O" + " ".join(pairs)[1:],
            number.replace("0", "O"),
            " _ ".join(pairs),
            number.replace("1", "l").replace("0", "o"),
            "*".join(pairs),
            ", ".join(pairs),
            " - ".join(pairs),
            "…".join(pairs),
        )

    def courriel(self):
        left = ascii_of(
            self.one(f"{self.prenom()}.{self.famille()}", self.famille() + self.digits(2))
        )
        mail = f"{left}@{self.one('exemple', 'boite-exemple', 'mail.exemple')}.invalid"
        return self.one(mail, mail, mail.upper())

    def courriel_ecarte(self):
        first, last = ascii_of(self.prenom()), ascii_of(self.famille())
        return self.one(
            f"{first}.{last} @ exemple.invalid",
            f"{first} . {last} @ exemple . invalid",
            f"{first}.{last} arobase exemple.invalid",
            f"{first}.{last}(at)exemple.invalid",
            f"{first} point {last} arobase exemple point invalid",
            f"{first}.{last} [at] exemple.invalid",
            f"{first}.{last} AROBASE exemple point invalid",
            f"{last}{self.digits(2)} at exemple dot invalid",
            f"{first}.{last}@ exemple.invalid",
            f"{first}_{last}@exemple,invalid",
        )

    def adresse(self):
        street, name = (
            self.random.choice(STREETS),
            self.random.choice(STREET_NAMES[HALVES[self.half]]),
        )
        number = self.one("", "", "0") and self.one("bis", "ter", " bis", " B")
        written = f"{self.random.randrange(1, 240)}{number}{self.one(' ', ', ')}{street} {name}"
        return self.one(written, written, written.upper(), written.lower())

    def ville(self):
        commune = self.random.choice(COMMUNES[HALVES[self.half]])
        return f"{self.one('91000', '75018', '15000', '97400')} {commune}"

    def residence(self):
        return self.random.choice(BUILDINGS[HALVES[self.half]])

    def plaque(self):
        parts = [self.letters(2), self.digits(3), self.letters(2)]
        old = [
            str(self.random.randrange(10, 9999)),
            self.letters(3),
            self.one("91", "75", "2A", "974"),
        ]
        written = self.one("-", " ", "", ".").join(self.one(parts, parts, old))
        return self.one(written, written.lower(), written)

    def dossier(self):
        return self.one(
            f"{self.digits(2)}{self.letters(2)}{self.digits(5)}",  # passport
            f"{self.letters(1)}{self.digits(1)}{self.letters(1)}{self.digits(1)}{self.letters(1)}"
            f"{self.digits(1)}{self.letters(1)}{self.digits(2)}",  # card, licence
            f"{self.letters(3)}-20{self.digits(2)}-{self.digits(5)}",
            f"20{self.digits(2)}{self.letters(2)}{self.digits(4)}",
            f"{self.letters(2)}{self.digits(6)}",
            f"{self.digits(4)}/{self.letters(3)}/{self.digits(3)}",
            f"{self.letters(3)}{self.digits(7)}",
            f"{self.letters(2)} {self.digits(3)} {self.digits(3)}",
            (self.letters(2) + self.digits(6)).lower(),
            self.digits(8),
        )

    def etranger(self):
        number = self.one("99", "75") + self.digits(8)
        return self.one(number, f"{number[:4]} {number[4:7]} {number[7:]}")

    def nir(self):
        parts = [
            self.one("1", "2"),
            self.digits(2),
            "01",
            "99",
            self.digits(3),
            self.digits(3),
            "45",
        ]
        return self.one("", " ").join(parts)

    def neph(self):
        return self.digits(12)

    def naissance(self):
        born = date(
            self.random.randrange(1930, 2012),
            self.random.randrange(1, 13),
            self.random.randrange(1, 29),
        )
        return self.one(
            f"{born:%d/%m/%Y}",
            f"{born:%d-%m-%y}",
            f"{born:%d.%m.%Y}",
            f"{born:%d %m %Y}",
            format_date(born, "d MMMM y", locale="fr"),
            format_date(born, "d MMMM y", locale="fr").upper(),
        )

    def pseudo(self):
        name = ascii_of(self.prenom())
        return self.one(
            f"@{name}_{self.digits(2)}",
            f"@{name}",
            f"{name}{self.digits(2)}",
            f"{name}_off{self.digits(3)}",
            f": {name}.{self.letters(1).lower()}{self.digits(2)}",
        )

    def harmless(self):
        r = self.random
        when = date(2024, 1, 1).replace(month=r.randrange(1, 13), day=r.randrange(1, 29))
        hour, minute = r.randrange(8, 18), r.choice(["00", "15", "30", "45"])
        return {
            "commune": r.choice(COMMUNES[HALVES[self.half]]),
            "date": self.one(
                f"{when:%d/%m/%Y}",
                f"{when:%d/%m}",
                format_date(when, "d MMMM", locale="fr"),
                format_date(when, "EEEE d MMMM y", locale="fr"),
            ),
            "heure": self.one(
                f"{hour}h{minute}", f"{hour} h {minute}", f"{hour}:{minute}", f"{hour}h"
            ),
            "prix": self.one(
                f"{r.randrange(2, 300)} €",
                f"{r.randrange(2, 90)},{r.randrange(10, 99)} €",
                f"{r.randrange(20, 300)} euros",
                f"{r.randrange(2, 90)}€{r.randrange(10, 99)}",
            ),
            "nombre": str(r.randrange(2, 40)),
            "ticket": f"{self.one('A', 'B', 'E', 'PC')}{r.randrange(1, 400):03}",
            "cerfa": f"{r.randrange(10000, 16000)}*0{r.randrange(1, 9)}",
            "annee": str(r.randrange(1998, 2026)),
        }


def ascii_of(name):
    """Return the letters of a name, as in an address."""
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain)


@dataclass(frozen=True)
class Remark:
    """A drawn remark: its text, its kind, and what of it is personal."""

    text: str
    kind: str
    secrets: tuple
    sentence: str  # the text without what is personal


def sentences(half):
    """Yield the kind and the sentence of each line of a half."""
    kind = ""
    for line in (FOLDER / f"{half}.txt").read_text(encoding="utf-8").splitlines()[2:]:
        if line.startswith("# "):
            kind = line[2:]
        elif line:
            yield kind, line


def remarks(half, times, seed=27):
    """Return the remarks of a half, each sentence drawn so many times when it has slots."""
    draw = Draw(half, Random(seed))  # noqa: S311 - repeatable draws, not secrets
    return [
        _remark(draw, kind, line)
        for kind, line in sentences(half)
        for _ in range(times if "{" in line else 1)
    ]


def _remark(draw, kind, line):
    harmless, secrets, own = draw.harmless(), [], {}
    slots = list(dict.fromkeys(re.findall(r"\{(\w+)\}", line)))
    for slot in slots:
        if slot in HARMLESS:
            own[slot] = harmless[slot]
            continue
        base = re.sub(r"_min$|\d$", "", slot)
        value = getattr(draw, base.lower())()
        if base.isupper():
            value = value.upper()
        elif slot.endswith("_min"):
            value = draw.one(value.lower(), value.lower(), ascii_words(value))
        own[slot] = value
        secrets.append(value)
    blank = {slot: own[slot] if slot in HARMLESS else "¤" for slot in slots}
    return Remark(line.format(**own), kind, tuple(secrets), line.format(**blank))


def ascii_words(name):
    """Return a name as typed without accents."""
    return unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
