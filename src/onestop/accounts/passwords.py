"""Passwords as Argon2id hashes. Hashing takes tens of milliseconds: never call this inside a transaction."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from onestop.domain.errors import N_, InvalidInput

LEAST = 10
MOST = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's first choice for Argon2id: 19 MiB, two rounds."""


class PasswordRefused(InvalidInput):
    code = "password_refused"
    sentence = N_("Please choose a password with 10 to 200 characters.")


def hash_password(password: str) -> str:
    """The Argon2id hash to store. Raises `PasswordRefused`."""
    if not LEAST <= len(password) <= MOST:
        raise PasswordRefused(field="password")
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is right. No account (`None`) or no password takes the same time and is never right."""
    try:
        right = _hasher.verify(stored or _stranger(), password[:MOST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and bool(stored)


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _stranger() -> str:
    return _hasher.hash("nobody has this password")
