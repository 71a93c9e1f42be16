"""Files encrypted by a passphrase, in the format age v1: https://c2sp.org/age (written 2026-11).

The format is public, so that an archive can be opened without qpref (`age --decrypt`). Ciphers and
derivations are those of the library `cryptography`; here are the header, and the payload cut into
chunks that are read in any order. Nothing is held in memory but one chunk, and nothing decrypted is
written on the disk.
"""

import binascii
import io
import os
import re
import unicodedata
from base64 import b64decode, b64encode
from typing import IO, TYPE_CHECKING, Any

from qpref.lazy import lazy

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes, hmac
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf, scrypt
else:  # only those who encrypt
    exceptions = lazy("cryptography.exceptions")
    hashes = lazy("cryptography.hazmat.primitives.hashes")
    hmac = lazy("cryptography.hazmat.primitives.hmac")
    aead = lazy("cryptography.hazmat.primitives.ciphers.aead")
    hkdf = lazy("cryptography.hazmat.primitives.kdf.hkdf")
    scrypt = lazy("cryptography.hazmat.primitives.kdf.scrypt")

MAGIC = b"age-encryption.org/v1\n"
CHUNK, _TAG, _NONCE = 65_536, 16, 16
WORK, _MOST_WORK = 18, 22  # log2 of scrypt's cost: 256 MB and about a second; what age itself bears
_HEADER = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n"
    rb"([A-Za-z0-9+/]{43})\n---(?= ([A-Za-z0-9+/]{43})\n)"
)
_LONGEST = 200  # bytes of a header, by its form


class DecryptionError(Exception):
    """What is read is not what was written: `is_passphrase` when the passphrase alone explains."""

    def __init__(self, *, is_passphrase: bool = False) -> None:
        super().__init__()
        self.is_passphrase = is_passphrase


def _text(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """Return what a base 64 without padding says, of which each content has one writing only."""
    content = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    if _text(content) != text:
        raise DecryptionError
    return content


def _wrapping(passphrase: str, salt: bytes, work: int) -> Any:  # noqa: ANN401 - a cipher
    """Return the cipher that wraps the key of the file; keyboards write one « é » in two ways."""
    salt = b"age-encryption.org/v1/scrypt" + salt
    secret = unicodedata.normalize("NFC", passphrase).encode()
    key = scrypt.Scrypt(salt=salt, length=32, n=2**work, r=8, p=1).derive(secret)
    return aead.ChaCha20Poly1305(key)


def _derived(key: bytes, salt: bytes, use: bytes) -> bytes:
    derivation = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=use)
    return derivation.derive(key)


def _signature(key: bytes, header: bytes) -> Any:  # noqa: ANN401 - to finish or to verify
    signed = hmac.HMAC(_derived(key, b"", b"header"), hashes.SHA256())
    signed.update(header)
    return signed


def _place(number: int, *, is_last: bool) -> bytes:
    """Return the nonce of a chunk: its number, and whether another follows."""
    return number.to_bytes(11, "big") + bytes([is_last])


class Encrypted(io.RawIOBase):
    """Encrypts what is written to it into a file; closing it ends the last chunk, not the file."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        super().__init__()
        key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(_NONCE)
        wrapped = _wrapping(passphrase, salt, WORK).encrypt(bytes(12), key, None)
        header = MAGIC + b"-> scrypt %b %d\n%b\n---" % (_text(salt), WORK, _text(wrapped))
        target.write(header + b" " + _text(_signature(key, header).finalize()) + b"\n" + nonce)
        self._target, self._number, self._kept = target, 0, bytearray()
        self._cipher = aead.ChaCha20Poly1305(_derived(key, nonce, b"payload"))

    def writable(self) -> bool:
        """Return that it is written."""
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - what Python calls a buffer
        """Encrypt each chunk once it is known not to be the last."""
        self._kept += content
        while len(self._kept) > CHUNK:
            self._put(bytes(self._kept[:CHUNK]), is_last=False)
            del self._kept[:CHUNK]
        return len(content)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        place = _place(self._number, is_last=is_last)
        self._target.write(self._cipher.encrypt(place, chunk, None))
        self._number += 1

    def close(self) -> None:
        """Write the last chunk."""
        if not self.closed:
            self._put(bytes(self._kept), is_last=True)
        super().close()


class Decrypted(io.RawIOBase):
    """
    An encrypted file, read anywhere.

    The last chunk is read first: it says that it is the last, so a file that was cut is refused
    before anything of it is used.

    Raises
    ------
    DecryptionError
        If the passphrase is another, or a byte of the file is not what was written.
    """

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        super().__init__()
        header = _HEADER.match(source.read(_LONGEST))
        try:
            if header is None:
                raise DecryptionError
            salt, work, wrapped, signature = header.groups()
            key = _unwrapped(passphrase, _bytes(salt), int(work), _bytes(wrapped))
            _signature(key, header[0]).verify(_bytes(signature))
        except (binascii.Error, exceptions.InvalidSignature) as error:
            raise DecryptionError from error
        source.seek(header.end() + len(signature) + 2)
        nonce = source.read(_NONCE)
        self._source, self._begin = source, source.tell()
        self._cipher = aead.ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        length = source.seek(0, os.SEEK_END) - self._begin
        self._chunks = max(-(-length // (CHUNK + _TAG)), 1)
        self._size, self._at = length - self._chunks * _TAG, 0
        self._held = (-1, b"")
        if not self._chunk(self._chunks - 1) and self._chunks > 1:
            raise DecryptionError  # an empty chunk ends nothing but an empty file

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(self._begin + number * (CHUNK + _TAG))
            content = self._source.read(CHUNK + _TAG)
            place = _place(number, is_last=number == self._chunks - 1)
            try:
                self._held = (number, self._cipher.decrypt(place, content, None))
            except (exceptions.InvalidTag, ValueError) as error:
                raise DecryptionError from error
        return self._held[1]

    def readable(self) -> bool:
        """Return that it is read."""
        return True

    def seekable(self) -> bool:
        """Return that it is read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place of what was encrypted."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(offset)
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - what Python calls a buffer
        """Decrypt at most the rest of one chunk."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, CHUNK)
        found = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def _unwrapped(passphrase: str, salt: bytes, work: int, wrapped: bytes) -> bytes:
    """Return the key of a file; a cost that no computer here would pay is a damage."""
    if work > _MOST_WORK:
        raise DecryptionError
    try:
        key: bytes = _wrapping(passphrase, salt, work).decrypt(bytes(12), wrapped, None)
    except exceptions.InvalidTag as error:
        raise DecryptionError(is_passphrase=True) from error
    return key
