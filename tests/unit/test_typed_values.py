"""What a reference file says unquoted: read as written, or refused; never another value.

YAML 1.1 makes numbers, days, hours and truths of texts that people write without quotes.
"""

from datetime import date, time

import pytest
from pydantic import ValidationError

import qpref.reference
from qpref.reference.loading import read_yaml
from qpref.reference.models import Clock, Day, Typed, YesNo

REFUSED = object()


class Told(Typed):
    """One key of each type that reference files have."""

    entier: int | None = None
    nombre: float | None = None
    texte: str | None = None
    jour: Day | None = None
    heure: Clock | None = None
    choix: YesNo = False


AS_WRITTEN = {  # a text, and what each type of key makes of it; refused where nothing is said
    "14h30": {"texte": "14h30", "heure": time(14, 30)},
    "14:30": {"texte": "14:30", "heure": time(14, 30)},
    "14.30": {"nombre": 14.3},
    "930": {"entier": 930, "nombre": 930},
    "14": {"entier": 14, "nombre": 14, "heure": time(14)},
    "1_000": {"entier": 1000, "nombre": 1000, "texte": "1_000"},
    "1e3": {"nombre": 1000, "texte": "1e3"},
    "0o17": {"texte": "0o17"},
    "0x1F": {"texte": "0x1F"},
    "017": {"entier": 17, "nombre": 17, "texte": "017"},
    "01000": {"entier": 1000, "nombre": 1000, "texte": "01000"},  # a postal code of the Ain
    "1,5": {"texte": "1,5"},
    "1 000": {"texte": "1 000"},
    "yes": {"texte": "yes", "choix": True},
    "no": {"texte": "no", "choix": False},  # the language of Norway, too
    "on": {"texte": "on", "choix": True},
    "oui": {"texte": "oui", "choix": True},
    "Non": {"texte": "Non", "choix": False},
    "2020-11-16": {"jour": date(2020, 11, 16)},
    "2020-11": {"texte": "2020-11"},
    "20201116": {"entier": 20201116, "nombre": 20201116},
    "1605484800": {"entier": 1605484800, "nombre": 1605484800},  # was 16 November 2020
    "0": {"entier": 0, "nombre": 0, "heure": time(0)},  # was 1 January 1970
    "'0'": {"entier": 0, "nombre": 0, "texte": "0", "heure": time(0)},
}


def read(path, key, text):
    path.write_text(f"{key}: {text}\n", encoding="utf-8")
    try:
        return getattr(Told.model_validate(read_yaml(path).value), key)
    except ValidationError:
        return REFUSED


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_key_takes_what_is_written_or_refuses_it(tmp_path, text):
    found = {key: read(tmp_path / "a.yml", key, text) for key in Told.model_fields}
    expected = dict.fromkeys(Told.model_fields, REFUSED) | AS_WRITTEN[text]

    assert {k: v for k, v in found.items() if v is not REFUSED} == {
        k: v for k, v in expected.items() if v is not REFUSED
    }
    assert all(type(found[k]) is type(v) or k == "nombre" for k, v in expected.items())


def models(base=Typed):
    for one in base.__subclasses__():
        if one.__module__.startswith("qpref."):
            yield one
        yield from models(one)


def test_every_day_of_a_reference_file_refuses_a_number():
    """Each key that holds a day is a `Day`: pydantic's own reads 0 as 1 January 1970."""
    assert qpref.reference.Reference
    days = [
        (one, name, field)
        for one in models()
        for name, field in one.model_fields.items()
        if "datetime.date" in repr(field.annotation)
    ]
    taken = []
    for one, name, field in days:
        zero = [0] if "tuple" in repr(field.annotation) else 0
        try:
            one.__pydantic_validator__.validate_assignment(one.model_construct(), name, zero)
            taken.append(f"{one.__name__}.{name}")
        except ValidationError as error:
            if not any("AAAA-MM-JJ" in str(e.get("msg")) for e in error.errors()):
                taken.append(f"{one.__name__}.{name}")
    assert len(days) > 10
    assert taken == []
