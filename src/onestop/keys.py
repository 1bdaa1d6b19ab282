"""Secrets of this installation: the key tickets are derived from, and random tokens of which only the hash is kept."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onestop.settings import Settings

KEY_BYTES = 32
_NONCE = 12


class SealBroken(Exception):
    """What was sealed was sealed with another key, for something else, or has been changed."""


class KeyBroken(Exception):
    """The ticket key file cannot be used; without the right one every printed ticket is worthless."""


def load_ticket_key(settings: Settings) -> bytes:
    """The key of `var/ticket.key`, made with mode 0600 at the first start. Raises `KeyBroken`."""
    path = settings.ticket_key_file
    settings.make_var()
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise KeyBroken(f"{path} cannot be read: {error.strerror}.") from error
    if len(key) != KEY_BYTES:
        raise KeyBroken(f"{path} does not hold {KEY_BYTES} bytes; put back the file that was kept with the backups.")
    return key


def _make(path: Path) -> None:
    # Written whole beside it and linked: two starting processes agree on one key, a crash leaves none or all of it.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def new_token(prefix: str = "") -> str:
    """A fresh 256-bit token for a cookie, a link or an `Authorization` header."""
    return prefix + secrets.token_urlsafe(32)


def new_code(alphabet: str, length: int) -> str:
    """A fresh random code of so many characters, for what people type."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def hash_token(token: str) -> str:
    """What the tables keep of a token: its SHA-256; a random token needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_for(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, made of the ticket key: operators keep one file."""
    return hmac.new(key, b"key for|" + purpose.encode(), hashlib.sha256).digest()


def seal(key: bytes, data: bytes, *, about: bytes) -> bytes:
    """Unreadable without the key of 32 bytes, and only good for what it is about: AES-GCM, a fresh nonce before it."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def unseal(key: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """What was sealed. Raises `SealBroken`."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except (InvalidTag, ValueError):
        raise SealBroken from None
