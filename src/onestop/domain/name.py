"""What people are called and how they can be written to: permissive, but nothing that could deceive a reader."""

import unicodedata

from onestop.domain.errors import ContactRefused, NameRefused

LONGEST_NAME = 200
LONGEST_EMAIL = 254
# Bidirectional overrides and isolates could make a printed name read as another.
_DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Keyboards and copied text leave these behind; nobody sees them and they change nothing.
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u061c\ufeff"))
_JOINERS = frozenset("\u200c\u200d")  # needed in Persian, Sinhala and others


def read_name(text: str) -> str:
    """The name in NFC without outer spaces; one word is enough. Raises `NameRefused`."""
    name = " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameRefused(field="name")
    for char in name:
        if char in _DECEIVING or (unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn"} and char not in _JOINERS):
            raise NameRefused(field="name")
    return name


def read_email(text: str) -> str:
    """One address, as typed apart from outer spaces; the domain in lower case. Raises `ContactRefused`.

    Permissive on purpose; refused is what is no address at all or could become two recipients.
    """
    address = unicodedata.normalize("NFC", text).strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or len(address) > LONGEST_EMAIL:
        raise ContactRefused(field="email")
    if any(char.isspace() or not char.isprintable() or char in '@,;:<>()[]\\"' for char in local + domain):
        raise ContactRefused(field="email")
    if domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in domain:
        raise ContactRefused(field="email")
    return f"{local}@{domain.lower()}"
