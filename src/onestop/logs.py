"""The log on standard error: human lines, or one JSON object a line; a line that cannot be written disturbs nobody.

Errors appear with their place in the program and their type, never with their text: it may quote what stood in a row.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

_TOLD = "told"
"""The attribute of a record that holds its fields for programs; see `fields`."""


def log_to_stderr(form: str, *, stream: TextIO | None = None) -> None:
    """Send onestop's log to standard error (or `stream`) as `text` or `json`; a second call replaces the first."""
    handler = Handler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("onestop")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def fields(**told: str | int) -> dict[str, Any]:
    """What a record tells programs beside its sentence: `log.info(…, extra=fields(status=200))`."""
    return {_TOLD: told}


class Handler(logging.StreamHandler[TextIO]):
    """A full disk or a closed pipe loses lines, not requests."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Stay silent: there is nowhere left to say it."""


class Lines(logging.Formatter):
    """Lines for people; a failure is followed by its places."""

    def formatException(self, ei: Any) -> str:
        return "\n".join(places(ei))


class JsonLines(logging.Formatter):
    """One JSON object a line: `at` (UTC), `level`, `log`, `message`, the fields; of a failure `error` and `places`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "message": record.getMessage(),
            **getattr(record, _TOLD, {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["places"] = places(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def places(failure: ExcInfo) -> list[str]:
    """Where an error and its causes were raised, outermost first, and their types; the source line, no values."""
    told: list[str] = []
    error = failure[1]
    while error is not None:
        told += [
            f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line or ''}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        told.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told
