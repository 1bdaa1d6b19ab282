"""One language's translations in memory, read from its `.po` file."""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po

from onestop.locale.languages import KNOWN

FOLDER = Path(__file__).parent
Key = tuple[str | None, str]
"""Context (or None) and English text."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Looks texts up; English itself where there is no translation."""

    plural_index: Callable[[int], int]
    texts: Mapping[Key, tuple[str, ...]] = field(default_factory=dict[Key, tuple[str, ...]])

    def one(self, text: str, context: str | None = None) -> str:
        found = self.texts.get((context, text))
        return found[0] if found else text

    def many(self, singular: str, plural: str, count: int, context: str | None = None) -> str:
        found = self.texts.get((context, singular))
        if not found:
            return singular if count == 1 else plural
        return found[min(self.plural_index(count), len(found) - 1)]


def po_path(tag: str) -> Path:
    """Where the catalogue of a language stands."""
    return FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "onestop.po"


def read_catalogue(tag: str) -> Catalogue:
    """The catalogue of a language; empty, and so English, where it has no file. Fuzzy texts are left out."""
    plural_index = gettext.c2py(KNOWN[tag].plural_forms.partition("plural=")[2].rstrip("; "))
    path = po_path(tag)
    if not path.exists():
        return Catalogue(plural_index)
    with path.open("rb") as file:
        messages = read_po(file, locale=None)
    texts: dict[Key, tuple[str, ...]] = {}
    for message in messages:
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if message.id and not message.fuzzy and forms and all(forms):
            english = message.id if isinstance(message.id, str) else message.id[0]
            texts[message.context, english] = forms
    return Catalogue(plural_index, texts)
