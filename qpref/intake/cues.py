"""Clues that a word is a person's name: title, turn of phrase, capital letter.

The turns of phrase are lists of `tournures.txt`, by the one, two or three words before.
"""

import re
from collections.abc import Iterator

from qpref.intake.lexicon import ALSO_WORDS, COMMON, GRAMMAR, TURNS
from qpref.intake.remark import SPACE, RemarkWords

TITLES, PARTICLES, ARTICLES = TURNS["civilités"], TURNS["particules"], TURNS["articles"]
NOT_BEFORE = TURNS["avant un lieu ou une chose"]
_SHORT_TITLES = TURNS["civilités qui sont aussi des mots"]
_SHORTEST = 3  # letters of a name that only its capital tells
_PLACE_FORM = re.compile(r"(?i)^(?:saint|st)e?[-’']|-(?:sur|sous|en|les?|la|lès|aux?|du|de|des)-")
# What is said after the name of somebody who opens a sentence. A bare noun never opens the first:
# the name may then be in lower case.
_DOES = (
    r"(?:[mt][’']a|m[’']ont|(?:nous|vous|lui)\s(?:a|ont)|"
    r"ma\s(?:bien|tout|tr[èe]s|aid|re[çc]u|r[ée]pondu|accueilli|parl|expliqu|dit|fait))\b"
)
_IS = (
    r"(?:(?:a|ont)\s(?:été|ete|su|pris|fait|bien|tout|tr[èe]s|toujours|vraiment)|"
    r"(?:est|sont|était|etait)\s(?!(?:ferm|ouvert|en\spanne|hors|en\stravaux))|"
    r"m[ée]rite|conna[iî]t|tr[èe]s|toujours|super|vraiment|souriante?|d[’']une\s|"
    r"(?:du|au)\s(?:guichet|service|bureau|point|secteur|standard)|"
    r"(?:de|à|a)\sl[’']accueil|guichet)\b"
)
_DOES_AFTER = re.compile(rf"(?i)^\s?,?\s?{_DOES}")
_SAID_AFTER = re.compile(rf"(?i)^\s?,?\s?(?:{_DOES}|{_IS})")
_CALLED = re.compile(r"^\s?[?!]\s")  # « X ? Une perle. »: the name is the whole sentence
_NOUNS = re.compile(r"(?:tions?|ments?|tés?|ages?|ures?|ences?|ances?|ismes?|eurs?|eries?)$", re.I)


def _before(remark: RemarkWords, i: int) -> Iterator[str]:
    """Yield the one, two and three words before, if the same sentence holds them."""
    phrase = ""
    for back in range(1, 4):
        if i < back or not remark.is_after(i - back + 1, SPACE + ",:(" if back == 1 else SPACE):
            return
        phrase = f"{remark.words[i - back].key} {phrase}".strip()
        yield phrase


def _titled(remark: RemarkWords, i: int) -> bool:
    """Whether a civility stands before, and a name here, particle included."""
    if not i or not remark.is_after(i, SPACE + "."):
        return False
    title, word = remark.words[i - 1], remark.words[i]
    if title.key not in TITLES or word.key in TURNS["dignités"]:
        return False
    is_told = word.has_capital or is_particle(remark, i)
    if title.key in _SHORT_TITLES and not (title.has_capital and is_told):
        # « m. untel », in haste: the stop tells it from an elided « m’ ».
        return title.key == "m" and word.gap.startswith(".") and remark.is_unknown(i)
    if is_particle(remark, i):
        own = i + 1
        while is_particle(remark, own):  # « M. de La Roche »
            own += 1
        return remark.key(own) not in COMMON | TURNS["dignités"]
    if remark.is_raised(i):  # « Mme Petit »
        return word.key not in GRAMMAR | TURNS["après une civilité sans nom"]
    return remark.is_unknown(i) or remark.is_listed(i)


def _asked(remark: RemarkWords, i: int) -> bool:
    """Whether the words before ask for a name."""
    phrases = set(_before(remark, i))
    if not phrases:
        return False
    if phrases & TURNS["avant un nom"] or _fills_label(remark, i):
        return remark.is_listed(i) or remark.is_unknown(i)
    rarely = phrases & TURNS["avant un nom ou un mot rare"] or _is_of_agents(remark, i)
    if rarely and remark.is_unknown(i, strictly=True):
        return True
    return _asked_by_capital(remark, i, phrases)


def _asked_by_capital(remark: RemarkWords, i: int, phrases: set[str]) -> bool:
    """Whether the words before may ask for a name, and a capital or a list says that it is one."""
    if remark.key(i - 1) == "a" and remark.key(i - 2) in TURNS["à quelqu’un"]:
        return remark.is_raised(i) and remark.is_unknown(i)
    if not phrases & TURNS["avant un nom ou un mot"]:
        return False
    if phrases & {"je suis", "c est"} and not remark.is_listed(i):
        return _is_introduced(remark, i)
    return remark.is_listed(i) or (remark.is_raised(i) and remark.is_unknown(i))


def _is_of_agents(remark: RemarkWords, i: int) -> bool:
    """Whether « bon accueil de », or « l’agent » and what agents do, stand around."""
    if remark.key(i - 1) == "de":
        return remark.key(i - 3) in TURNS["leur travail"]
    return remark.key(i - 1) in TURNS["agents"] and _is_subject(remark, i)


def _fills_label(remark: RemarkWords, i: int) -> bool:
    """Whether « Nom : » stands before."""
    return remark.words[i - 1].key in TURNS["intitulés"] and ":" in remark.words[i].gap


def _is_introduced(remark: RemarkWords, i: int) -> bool:
    """Whether « je suis » or « c’est » is followed by a name: two capitals, or « qui »."""
    if not remark.is_unknown(i, strictly=True) or not remark.has_next(i):
        return False
    if remark.words[i + 1].key == "qui":
        return True
    return remark.is_raised(i) and remark.is_raised(i + 1) and remark.is_unknown(i + 1)


def is_place(remark: RemarkWords, i: int) -> bool:
    """Whether a word is of a place: « lycée Jean-Jaurès », « Saint-Denis »."""
    before = remark.key(i - 1) if remark.is_after(i, SPACE + "-") else ""
    return before in TURNS["lieux"] or bool(_PLACE_FORM.search(remark.words[i].text))


def _listed(remark: RemarkWords, i: int) -> bool:
    """Whether a first name stands here as one, and not as a word or a place."""
    word = remark.words[i]
    before = remark.words[i - 1].key if remark.is_after(i) else ""
    if remark.is_first(i):
        return word.has_capital or before not in {"le", "la", "les", "un", "une", "des", "du"}
    if word.key not in ALSO_WORDS or word.key in COMMON:
        return False
    if remark.opens(i):
        return _is_subject(remark, i)
    return remark.is_raised(i) and before not in NOT_BEFORE


def _is_subject(remark: RemarkWords, i: int) -> bool:
    """Whether a word that opens a sentence, or it and the next one, does what people do."""
    here = remark.words[i]
    ends = [here.end]
    if remark.has_next(i) and remark.is_unknown(i + 1, strictly=not here.has_capital):
        ends.append(remark.words[i + 1].end)
    is_called = _CALLED.match(remark.text[here.end : here.end + 3])
    if is_called and here.has_capital and remark.is_unknown(i, strictly=True):
        return True
    sure = here.has_capital or remark.is_unknown(i, strictly=True)
    pattern = _SAID_AFTER if sure else _DOES_AFTER
    return any(pattern.match(remark.text[end : end + 40]) for end in ends)


def _is_raised_alone(remark: RemarkWords, i: int) -> bool:
    """Whether a capital in mid-sentence, or what is said after, can only be of a name."""
    word = remark.words[i]
    if not remark.is_unknown(i) or len(word.key) < _SHORTEST or _NOUNS.search(word.text):
        return False
    if remark.opens(i):
        return _is_subject(remark, i) or _is_first_of_two(remark, i)
    if remark.flat_case or not word.has_capital:
        return False
    before = remark.words[i - 1]
    if remark.is_acronym(i) and not before.has_capital:
        return False
    return before.key not in NOT_BEFORE and not before.is_mask


def _is_first_of_two(remark: RemarkWords, i: int) -> bool:
    """Whether « X Y », « X et Y » or « X, Y » opens the sentence."""
    if not remark.is_raised(i) or i + 1 >= len(remark.words) or remark.is_acronym(i):
        return False
    if remark.has_next(i) and remark.is_raised(i + 1) and remark.is_unknown(i + 1):
        return not _NOUNS.search(remark.words[i + 1].text)
    gap = remark.words[i + 1].gap.strip()
    second = i + 2 if not gap and remark.words[i + 1].key in {"et", "ou"} else i + 1
    if second == i + 1 and gap not in {",", "&"}:
        return False
    return second < len(remark.words) and remark.is_raised(second) and remark.is_unknown(second)


def is_particle(remark: RemarkWords, i: int) -> bool:
    """Whether « de », « El »… is here and joins what follows to a name: a capital mostly."""
    if remark.key(i) not in PARTICLES or not remark.has_next(i):
        return False
    if remark.shouted:
        return remark.key(i) not in ARTICLES - {"de"} and remark.is_unknown(i + 1)
    return remark.words[i + 1].has_capital or remark.key(i) not in ARTICLES


def _has_initial(remark: RemarkWords, i: int) -> bool:
    """Whether the initial of a first name stands before: « P. Loubignac »."""
    if not i or not remark.words[i].gap.startswith(".") or not remark.is_after(i, SPACE + "."):
        return False
    initial = remark.words[i - 1]
    is_lone = len(initial.text) == 1 and initial.has_capital and not remark.shouted
    return is_lone and remark.is_raised(i) and remark.is_unknown(i)


def is_name(remark: RemarkWords, i: int) -> bool:
    """Whether a word, where it stands, names somebody."""
    if remark.words[i].is_mask:
        return False
    if _titled(remark, i) or _has_initial(remark, i):
        return True
    return not is_place(remark, i) and (
        _asked(remark, i) or _listed(remark, i) or _is_raised_alone(remark, i)
    )
