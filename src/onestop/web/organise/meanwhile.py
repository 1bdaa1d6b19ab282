"""Somebody else saved while a form was open: what is stored now, beside what was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onestop.domain.errors import Changed, Refusal
from onestop.web.kit.forms import Form
from onestop.web.kit.locale import Locale

SEEN_AS = "seen_as"
"""The field of a form that says what it was made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A value of a form as a person reads it; `lang` where it is somebody's own words."""

    control: str
    label: str
    text: str
    lang: str = ""


def seen_by(form: Form) -> str:
    """What the form says it was made of."""
    return form.text(SEEN_AS, 40)


def seen_after(form: Form, refusal: Refusal) -> str:
    """What the form that is shown again is made of; empty, of what is stored now: its page shows what others saved."""
    return "" if isinstance(refusal, Changed) else seen_by(form)


def differing(stored: Iterable[Shown], typed: Iterable[Shown]) -> tuple[Shown, ...]:
    """What is stored otherwise than it was typed."""
    mine = {each.control: each.text for each in typed}
    return tuple(each for each in stored if each.text != mine[each.control])


def own_words(locale: Locale, control: str, words: Mapping[str, str]) -> tuple[Shown, ...]:
    """Words by language, each in its own control."""
    return tuple(
        Shown(control=f"{control}_{tag}", label=locale.language_name(tag), text=text, lang=tag)
        for tag, text in words.items()
    )
