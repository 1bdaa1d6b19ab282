"""One text message over one HTTP request to the organiser's gateway, signed, and what each answer means for it."""

import asyncio
import hashlib
import hmac
from uuid import UUID

import httpx

from onestop.clock import real_now
from onestop.notify.ways import NotTaken, ServerDown, sms_problem
from onestop.settings import Settings

ANSWER_SECONDS = 20.0
WHOLE_SECONDS = 60.0
"""However slowly a gateway drips its answer, one message takes no longer; shorter than a lease."""
AGAIN = frozenset({408, 429})
OURS = frozenset({401, 403, 404})
"""Secret or address are wrong: a mistake in our settings, which kills no message."""


def signature(secret: str, timestamp: str, content: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, in hex."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + content, hashlib.sha256).hexdigest()


async def transmit_text(settings: Settings, message: UUID, content: bytes) -> None:
    """Hand one message to the gateway, returning after its 2xx. Raises `ServerDown` or `NotTaken`."""
    if problem := sms_problem(settings):
        raise ServerDown(problem)
    timestamp = str(int(real_now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(message),
        "Onestop-Timestamp": timestamp,
        "Onestop-Signature": f"sha256={signature(settings.sms_secret, timestamp, content)}",
    }
    status = await _post(settings.sms_url, headers, content)
    if 200 <= status < 300:
        return
    for_good = 400 <= status < 500 and status not in AGAIN | OURS
    raise NotTaken(f"sms {status}", permanent=for_good)


async def _post(url: str, headers: dict[str, str], content: bytes) -> int:
    """The status; what else the gateway says is not read."""
    try:
        async with (
            asyncio.timeout(WHOLE_SECONDS),
            # The address comes from the settings alone, not from the environment.
            httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, headers=headers, content=content) as answer,
        ):
            return answer.status_code
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ServerDown(f"sms {type(error).__name__}") from error
    except (httpx.HTTPError, OSError, TimeoutError) as error:
        raise NotTaken(f"sms {type(error).__name__}") from error
