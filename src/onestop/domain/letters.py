"""Why a message did not arrive, read from the code and class that were kept of its last try."""

import re
from enum import StrEnum

_CODE = re.compile(r"\b([1-5])(\d\d)\b")
_STATUS = re.compile(r"\b[45]\.(\d)\.\d{1,3}\b")


class Cause(StrEnum):
    """Each asks something else of the organiser."""

    NO_ADDRESS = "no_address"
    FULL = "full"
    SPELLING = "spelling"
    CONTENT = "content"
    SENDER = "sender"
    BUSY = "busy"
    LINE = "line"
    LATE = "late"
    BOUNCED = "bounced"
    PROGRAM = "program"
    PHONE = "phone"
    GATEWAY = "gateway"


def cause_of(error: str) -> Cause:
    """The cause behind what `outbox.last_error` holds (RFC 5321 for replies, RFC 3463 for what came back)."""
    if error == "late":
        return Cause.LATE
    if error.startswith("text"):
        return Cause.PROGRAM
    if error.startswith("bounced"):
        return _returned(error)
    if error in ("sms 401", "sms 403", "sms 404"):
        return Cause.GATEWAY
    if "Sender" in error or "Authentication" in error:
        return Cause.SENDER
    if "NotSupported" in error or "Unicode" in error:
        return Cause.SPELLING
    found = _CODE.search(error)
    if found is None:
        return Cause.LINE
    if found[0] in ("452", "552"):
        return Cause.FULL
    if error.startswith("sms"):
        return Cause.PHONE if found[1] == "4" and found[0] not in ("408", "429") else Cause.BUSY
    if found[1] == "4":
        return Cause.BUSY
    return Cause.CONTENT if "Data" in error or found[0] == "554" else Cause.NO_ADDRESS


def _returned(error: str) -> Cause:
    status = _STATUS.search(error)
    if status is None:
        return Cause.BOUNCED
    return {"1": Cause.NO_ADDRESS, "2": Cause.FULL, "7": Cause.CONTENT}.get(status[1], Cause.BOUNCED)
