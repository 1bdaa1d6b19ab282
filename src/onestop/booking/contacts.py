"""A way to send messages: read from what was typed, kept with a keyed hash that counts without being readable."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from babel.core import get_global

from onestop.domain.errors import PhoneRefused, ProofNeeded
from onestop.domain.name import read_email


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """`kind` is email or phone; `address` as it is written to."""

    kind: str
    address: str
    phone_end: str = ""


def read_contacts(*, email: str, phone: str, country: str) -> tuple[Contact, ...]:
    """The contacts typed, none for empty fields; `country` (ISO) reads phones without a prefix.

    Raises `ContactRefused` or `PhoneRefused`.
    """
    contacts: list[Contact] = []
    if email.strip():
        contacts.append(Contact(kind="email", address=read_email(email)))
    if phone.strip():
        contacts.append(read_phone(phone, country=country))
    return tuple(contacts)


def read_phone(text: str, *, country: str) -> Contact:
    """A phone number in international form; an odd one is kept as typed. Raises `PhoneRefused` without digits."""
    digits = "".join(char for char in text if char.isdigit())
    if not 5 <= len(digits) <= 20 or len(text) > 40:
        raise PhoneRefused(field="phone")
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        address = " ".join(text.split())
    else:
        address = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    plain = "".join(char for char in address if char.isdigit())
    return Contact(kind="phone", address=address, phone_end=plain[-4:])


def check_email(contact: Iterable[Contact]) -> None:
    """Raise `ProofNeeded` unless there is an e-mail address among them: only there a link can prove it is hers."""
    if all(one.kind != "email" for one in contact):
        raise ProofNeeded(field="email")


def country_of_zone(timezone: str) -> str:
    """The country (ISO) of a time zone, which reads a day's phone numbers without a prefix; empty if unknown."""
    return get_global("zone_territories").get(timezone, "")


def contact_hash(key: bytes, contact: Contact) -> str:
    """HMAC-SHA256 of the folded address: equal for the same contact, useless without the key."""
    folded = contact.address.casefold()
    return hmac.new(key, f"contact|{contact.kind}|{folded}".encode(), hashlib.sha256).hexdigest()
