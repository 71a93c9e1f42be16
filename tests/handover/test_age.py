"""Encryption by a passphrase: what another program wrote is read, and no damage passes."""

import hashlib
import io
import random
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.handover import age
from tests.handover.conftest import PHRASE

# `armor_scrypt` of the test kit of the format (https://c2sp.org/CCTV/age), which its own programs
# pass: passphrase « password », cost 2^10; the digest is that of what it says.
FOREIGN = b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCByRjAvTndibFVISFRwZ1Fn"
    "UnBlNUNRIDEwCmdVakV5bUZLTVZYUUVLZE1NSEwyNG9ZZXhqRTNUSUMwTzB6R1Nx"
    "SjJhVVkKLS0tIElPWGlRWVN0a29UMW12WlcydEZPcVpkaFJWdmo1OGVnQUJ4L3NX"
    "ZlpRYmMKGzXG5ofdANo6w3msn3QsIf0YWhuePe1znRSsappQEk24Ztg="
)
DIGEST = "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab"


def drawn(size):
    return random.Random(size).randbytes(size)  # noqa: S311 - repeatable


def encrypted(content, pieces=1):
    out = io.BytesIO()
    with age.Encrypted(out, PHRASE) as target:
        step = max(-(-len(content) // pieces), 1)
        for start in range(0, len(content), step):
            target.write(content[start : start + step])
    return out.getvalue()


def decrypted(content, passphrase=PHRASE):
    return io.BufferedReader(age.Decrypted(io.BytesIO(content), passphrase))


def test_a_file_of_the_format_s_own_test_kit_is_read():
    assert hashlib.sha256(decrypted(FOREIGN, "password").read()).hexdigest() == DIGEST


@pytest.mark.parametrize("size", [0, 1, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 3 * age.CHUNK])
def test_what_was_written_is_read_anywhere(size):
    content = drawn(size)
    reader = decrypted(encrypted(content, pieces=7))

    assert reader.read() == content
    for start in (0, size // 2, max(size - 3, 0), size):
        reader.seek(start)
        assert reader.read(70_000) == content[start : start + 70_000]


def test_an_accent_typed_in_two_ways_is_one_passphrase():
    out = io.BytesIO()
    with age.Encrypted(out, "préfecture d’été") as target:
        target.write(b"texte")

    assert decrypted(out.getvalue(), "pre\u0301fecture d’e\u0301te\u0301").read() == b"texte"


def test_another_passphrase_is_told_apart_from_a_damage():
    with pytest.raises(age.DecryptionError) as caught:
        decrypted(encrypted(b"texte"), "une autre phrase")

    assert caught.value.is_passphrase


CONTENT = drawn(2 * age.CHUNK + 100)


@given(st.data())
def test_a_changed_cut_or_longer_file_is_refused(data):
    good = bytearray(encrypted(CONTENT))
    kind = data.draw(st.sampled_from(["flip", "cut", "more", "swap"]))
    if kind == "flip":
        good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del good[data.draw(st.integers(0, len(good) - 1)) :]
    elif kind == "more":
        good += b"x" * data.draw(st.integers(1, 70_000))
    else:  # the first two chunks, one in place of the other
        begin, size = len(good) - len(CONTENT) - 3 * 16, age.CHUNK + 16
        first = good[begin : begin + size]
        good[begin : begin + size] = good[begin + size : begin + 2 * size]
        good[begin + size : begin + 2 * size] = first

    with pytest.raises(age.DecryptionError):
        decrypted(bytes(good)).read()


def test_a_cost_that_would_fill_the_memory_is_refused():
    costly = encrypted(b"texte").replace(b" 4\n", b" 40\n", 1)

    with pytest.raises(age.DecryptionError):
        decrypted(costly)
