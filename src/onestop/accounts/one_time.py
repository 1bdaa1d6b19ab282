"""One-time codes (RFC 6238): six digits that an app on a phone makes of a shared secret and the time."""

import hmac
from datetime import datetime

from pyotp import random_base32
from pyotp.totp import TOTP

PERIOD = 30
"""Seconds a code is shown by the app; the one before and the one after are taken too."""
DIGITS = 6
ISSUER = "onestop"


def new_secret() -> str:
    """A fresh secret of 160 bits, as apps read it."""
    return random_base32()


def spell_secret(secret: str) -> str:
    """In groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def setup_address(secret: str, *, login: str, host: str) -> str:
    """What the picture holds: an `otpauth:` address with the secret, for whom it is and where."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=f"{ISSUER} {host}".strip())


def read_digits(typed: str) -> str:
    """The digits that were typed, in any script, without what stands between them."""
    return "".join(str(int(each)) for each in typed if each.isdecimal())


def step_of(secret: str | None, typed: str, *, real: datetime) -> int | None:
    """Which half minute's code this is, `None` for a wrong one or no secret. Clocks may differ by one step."""
    if secret is None:
        return None
    digits = read_digits(typed)
    now = int(real.timestamp()) // PERIOD
    maker = TOTP(secret)
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(maker.generate_otp(step), digits):
            found = step
    return found
