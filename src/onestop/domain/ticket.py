"""Ticket codes and numbers: derived from one key, so that a reminder can make the same link again.

The long code is 26 base32 characters (130 bits) of HMAC-SHA256 over day, number and generation; the short code is
8 characters of Crockford's alphabet from a second HMAC (Crockford 2002, "Base 32": no I, L, O, U).
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from uuid import UUID

FIRST_NUMBER = 100
LEASE_SIZE = 50
LEASE_RENEW_AT = 15
AGAIN_LENGTH = 32 + 26
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_DROPPED = frozenset({"Zs", "Cc", "Cf", "Pd"})
"""Unicode categories that cannot be part of a code: spaces, tabs and newlines, direction marks, hyphens and dashes."""


def ticket_code(key: bytes, *, day: UUID, number: int, generation: int) -> str:
    """The code in the QR and the link: 26 lower-case base32 characters."""
    return _long(hmac.new(key, _message("long", day, number, generation), hashlib.sha256).digest())


def short_code(key: bytes, *, day: UUID, number: int, generation: int) -> str:
    """The readable form, 8 Crockford characters, valid only together with its day."""
    return _short(hmac.new(key, _message("short", day, number, generation), hashlib.sha256).digest())


def waiting_code(key: bytes, *, day: UUID, party: UUID) -> str:
    """The code of a waiting page: as long as a ticket's, of one who has no number yet."""
    return _long(hmac.new(key, f"waiting|{day}|{party}".encode(), hashlib.sha256).digest())


def waiting_short_code(key: bytes, *, day: UUID, party: UUID) -> str:
    """The readable form of a waiting code, valid only together with its day."""
    return _short(hmac.new(key, f"waiting short|{day}|{party}".encode(), hashlib.sha256).digest())


def prove_code(key: bytes, *, party: UUID, address: str) -> str:
    """What only a mail to this address tells: the party and 26 characters that prove that the mail was read."""
    digest = hmac.new(key, f"prove|{party}|{address}".encode(), hashlib.sha256).digest()
    return f"{party.hex}{_long(digest)}"


def again_code(key: bytes, *, day: UUID, party: UUID) -> str:
    """The invitation on her sheet to a later day by invitation: the party and 26 characters."""
    digest = hmac.new(key, f"again|{day}|{party}".encode(), hashlib.sha256).digest()
    return f"{party.hex}{_long(digest)}"


def party_of_again(key: bytes, code: str, *, day: UUID) -> UUID | None:
    """Whose sheet invites to this day with that code, or `None` if none does."""
    if len(code) != AGAIN_LENGTH or not code.isascii() or not set(code[:32]) <= set("0123456789abcdef"):
        return None
    party = UUID(hex=code[:32])
    return party if hmac.compare_digest(again_code(key, day=day, party=party), code) else None


def _long(digest: bytes) -> str:
    return base64.b32encode(digest[:17]).decode("ascii")[:26].lower()


def _short(digest: bytes) -> str:
    value = int.from_bytes(digest[:5], "big")
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(35, -1, -5))


def _message(form: str, day: UUID, number: int, generation: int) -> bytes:
    return f"{form}|{day}|{number}|{generation}".encode()


def code_hash(code: str) -> str:
    """What the database keeps of a long code: SHA-256, hex."""
    return hashlib.sha256(code.encode()).hexdigest()


def short_hash(day: UUID, code: str) -> str:
    """What the database keeps of a short code: SHA-256 over day and code, hex."""
    return hashlib.sha256(f"{day}|{code}".encode()).hexdigest()


def short_hashes(days: Iterable[UUID], short: str) -> list[str]:
    """What a short code is stored as on each of these days."""
    return [short_hash(day, short) for day in days]


def read_short_code(text: str) -> str | None:
    """A short code as people type or paste it, or `None` if it cannot be one.

    Spaces, hyphens and direction marks are dropped, o is 0, i and l are 1, and digits of every script count.
    """
    folded = fold_crockford(text)
    return folded if len(folded) == 8 and all(char in CROCKFORD for char in folded) else None


def fold_crockford(text: str) -> str:
    """A readable code in the one form its hash is made of."""
    return "".join(_fold(char) for char in text).upper().translate(_READ_AS)


def invitation_hash(code: str) -> str:
    """What the database keeps of an invitation code, however it was typed."""
    return code_hash(f"invitation|{fold_crockford(code)}")


def _fold(char: str) -> str:
    if unicodedata.category(char) in _DROPPED:
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def last_of_address(text: str) -> str:
    """What stands last in an address, without what is asked of it; a text that is no address as it came, trimmed."""
    return text.strip().split("#")[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def read_long_code(text: str) -> str | None:
    """A long code as a scanner gives it (bare, or as the last part of a ticket's address), or `None`."""
    bare = last_of_address(text).lower()
    return bare if len(bare) == 26 and all(char in "abcdefghijklmnopqrstuvwxyz234567" for char in bare) else None


def spell_short_code(code: str) -> str:
    """Two groups of four, as printed: `7KQ2 M9XD`."""
    return f"{code[:4]} {code[4:]}"
