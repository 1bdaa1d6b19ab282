"""Jinja environments that speak one language: one for each locale, so that nothing ambient decides what is said."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from onestop.locale.languages import direction, own_name
from onestop.locale.locales import Locale
from onestop.paths import is_checkout, resource_dir


class _SharedBytecode(BytecodeCache):
    """Compiles a template once, not once for each language."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_bytecode = _SharedBytecode()


def make_environment(locale: Locale) -> Environment:
    """A fresh environment over `templates/` bound to a locale; `.txt` templates are not escaped, all others are."""
    environment = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=lambda name: not (name or "").endswith(".txt"),  # noqa: S701 (only plain text is not)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=is_checkout(),
        bytecode_cache=_bytecode,
    )
    environment.policies["ext.i18n.trimmed"] = True
    install: Callable[..., None] = getattr(environment, "install_gettext_callables")  # noqa: B009 (the extension adds it)
    install(
        locale.gettext,
        locale.ngettext,
        newstyle=True,
        pgettext=locale.pgettext,
        npgettext=locale.npgettext,
    )
    words: dict[str, Any] = {
        "ltr": ltr,
        "date": locale.date,
        "local_date": _date_filter(locale.local_date),
        "short_date": locale.short_date,
        "time": _time_filter(locale.told_time),
        "about": _time_filter(locale.about),
        "duration": locale.duration,
        "quantity": locale.number,
        "number": ticket_number,
        "list_and": _list_filter(locale),
        "lang_name": locale.language_name,
        "own_name": own_name_marked,
        "say": locale.say,
    }
    environment.filters.update(words)
    tests: dict[str, Any] = {"a_date": is_a_date}
    environment.tests.update(tests)
    globals_: dict[str, Any] = {**words, "locale": locale}
    environment.globals.update(globals_)
    return environment


@cache
def words_environment(locale: Locale) -> Environment:
    """The shared environment for texts that are no pages: mails and printed sheets."""
    return make_environment(locale)


def is_a_date(text: str) -> bool:
    """Whether a browser's own control can show it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ltr(text: object) -> Markup:
    """A number, code, phone or time, kept left to right inside any text."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def ticket_number(number: int, member: int | None = None) -> Markup:
    """A ticket number as shown everywhere: `123`, or `123 · 2` for one member of a party."""
    shown = str(number) if member is None else f"{number} · {member}"
    return Markup('<bdi dir="ltr" class="number">{}</bdi>').format(shown)


def own_name_marked(tag: str) -> Markup:
    """A language's own name, marked with its language and direction, so that it is drawn and read aloud rightly."""
    return Markup('<span lang="{}" dir="{}">{}</span>').format(tag, direction(tag), own_name(tag))


def _list_filter(locale: Locale) -> Callable[[Sequence[str]], Markup]:
    def list_and(items: Sequence[str]) -> Markup:
        """`a, b and c`; what is markup already (a name in its own script) stays markup."""
        return Markup(locale.list_and([str(escape(item)) for item in items]))  # noqa: S704 - every item is escaped

    return list_and


def _date_filter(write: Callable[[datetime, str], str]) -> Callable[..., str]:
    @pass_context
    def local_date(context: Context, at: datetime, zone: str = "") -> str:
        """The date of an instant in `zone`, or in that of the page's chrome where none is given."""
        return write(at, zone or context["chrome"].zone)

    return local_date


def _time_filter(write: Callable[[datetime, str], str]) -> Callable[..., Markup]:
    @pass_context
    def time(context: Context, at: datetime, zone: str = "") -> Markup:
        """`09:05` on the clock of `zone`, or of the page's chrome where none is given."""
        chosen = zone or context["chrome"].zone
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
        return Markup('<time datetime="{}"><bdi dir="ltr">{}</bdi></time>').format(stamp, write(at, chosen))

    return time
