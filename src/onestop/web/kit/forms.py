"""Forms as doors read them, and the key that makes a repeated press harmless."""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl

from litestar.datastructures import FormMultiDict, MultiDict, UploadFile

from onestop.web.kit.requests import WebRequest

KEY_FIELD = "_key"
_SENT = "onestop_form"
MOST_FIELDS = 200
LONGEST_VALUE = 20_000


class Form(MultiDict[str]):
    """What was typed. Unknown or missing fields read as empty; nothing here raises."""

    def text(self, name: str, most: int = LONGEST_VALUE) -> str:
        """One line or text, ends trimmed, zero bytes and lone surrogates removed, cut at `most` characters."""
        return clean(self.get(name) or "")[:most]

    def number(self, name: str) -> int | None:
        """A whole number in any script's digits, `None` if it is none."""
        typed = self.text(name, 12)
        return int(typed) if typed.removeprefix("-").isdecimal() else None

    def all(self, name: str) -> list[str]:
        """The values of check boxes of one name, in the order of the page."""
        return [clean(value) for value in self.getall(name, [])]

    def ticked(self, name: str) -> bool:
        """Whether a check box was ticked."""
        return bool(self.get(name))


def new_key() -> str:
    """A key for a form that is being rendered: `ui.form_keys(key=…)`. 128 bits, as R4 asks of anonymous keys."""
    return secrets.token_urlsafe(16)


async def read_form(request: WebRequest) -> Form:
    """The form of this request, urlencoded or multipart (without files); the body limits were checked before."""
    form = request.scope["state"][_SENT] = await _read(request)
    return form


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form's field: what its owner calls it, and its bytes; both empty where none was chosen."""

    name: str
    content: bytes


async def read_file(request: WebRequest, name: str) -> SentFile:
    """The file of a form's field."""
    sent = (await request.form()).get(name) if request.content_type[0] == "multipart/form-data" else None
    if not isinstance(sent, UploadFile):
        return SentFile("", b"")
    return SentFile(clean(sent.filename or "")[:100], await sent.read())


def sent_form(request: WebRequest) -> Form | None:
    """The form of this request as far as it was read."""
    return request.scope["state"].get(_SENT)


async def _read(request: WebRequest) -> Form:
    kind, _ = request.content_type
    if kind == "multipart/form-data":
        typed: FormMultiDict = await request.form()
        return Form([(name, value) for name, value in typed.items() if isinstance(value, str)])
    if kind != "application/x-www-form-urlencoded":
        return Form()
    # Not `request.form()`: it keeps the last thousand bodies, with names and phone numbers, in a cache.
    body = (await request.body()).decode("utf-8", "replace")
    return Form(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace"))


def clean(text: str) -> str:
    """Text a database and a page can hold."""
    kept = "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and c != "\x7f"))
    return kept.strip()
