"""A note that was just deleted, carried by the page alone for the 30 s in which it can be put back."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

import msgspec

from onestop.domain.errors import NotKnown
from onestop.visits.actions.notes import RemovedNote

LONGEST = 32_000
"""Characters: a note with every letter written as an escape, and its ids."""


def carried(key: bytes, stop: UUID, removed: RemovedNote) -> str:
    """The note as text for a hidden field, with a seal that is good for this stop alone."""
    text = base64.urlsafe_b64encode(msgspec.json.encode(removed)).decode()
    return f"{_seal(key, stop, text)}.{text}"


def uncarried(key: bytes, stop: UUID, sent: str) -> RemovedNote:
    """The note that `carried` wrote. Raises `NotKnown` for anything else."""
    seal, _, text = sent.partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(key, stop, text).encode()):
        raise NotKnown
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=RemovedNote)
    except (binascii.Error, msgspec.MsgspecError):
        raise NotKnown from None


def _seal(key: bytes, stop: UUID, text: str) -> str:
    return hmac.new(key, f"removed-note|{stop}|{text}".encode(), hashlib.sha256).hexdigest()
