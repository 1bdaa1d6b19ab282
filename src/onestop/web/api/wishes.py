"""What a program asks for, from JSON to a checked wish: services by id or key, a party by number or by members."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from onestop.booking.contacts import Contact, read_contacts
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer
from onestop.domain.booking import Interpreter
from onestop.domain.errors import InvalidInput, NoServiceChosen, ServiceUnknown
from onestop.domain.party import PARTY_LIMIT, Member, party_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES
from onestop.web.kit.requests import WebRequest

MOST = 40
_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z")
Language: TypeAlias = Annotated[str, Meta(pattern=_TAG.pattern, max_length=12)]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
Service: TypeAlias = Annotated[str, Meta(min_length=1, max_length=80, description="Id of a service, or its key.")]
Mark: TypeAlias = Annotated[int, Meta(ge=1, le=PARTY_LIMIT)]


class PartyMember(Struct):
    """One person; without `services` she goes to all of them."""

    mark: Mark | UnsetType = UNSET
    child: bool = False
    services: Annotated[list[Service], Meta(max_length=MOST)] | None = None


Party: TypeAlias = (
    Annotated[int, Meta(ge=1, le=10**6)] | Annotated[list[PartyMember], Meta(min_length=1, max_length=MOST)]
)


class Wanted(Struct, kw_only=True):
    """The services she saw named and accepted, and only these (R18); who comes; how we talk."""

    services: Annotated[list[Service], Meta(max_length=MOST)]
    party: Party = 1
    languages: Annotated[list[Language], Meta(max_length=10)] = []
    interpreter: Interpreter = Interpreter.NONE
    display_language: Language | None = None


class ContactWanted(Struct):
    """Where messages go."""

    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""


ContactField: TypeAlias = Annotated[str, Meta(max_length=254)] | ContactWanted


def wish_of(request: WebRequest, day: Day, offer: DayOffer, wanted: Wanted) -> Wish:
    """The checked wish. Raises `ServiceUnknown`, `NoServiceChosen`, or a refusal about the party."""
    chosen = services_of(offer, wanted.services)
    members, together = _party(offer, wanted.party, chosen)
    return make_wish(
        offer,
        services=chosen,
        members=members,
        languages=wanted.languages,
        interpreter=wanted.interpreter,
        display_language=_display_language(request, day, wanted.display_language),
        together=together,
    )


def services_of(offer: DayOffer, names: Sequence[str]) -> list[UUID]:
    """The ids behind ids or keys. Raises `NoServiceChosen`, or `ServiceUnknown`, also for a key of two institutions."""
    if not names:
        raise NoServiceChosen
    return [service_of(offer, name) for name in names]


def service_of(offer: DayOffer, name: str) -> UUID:
    """The id behind an id or a key that is the only one of the day."""
    found = [service.id for service in offer.services if name in (str(service.id), service.key)]
    if len(found) != 1:
        raise ServiceUnknown
    return found[0]


def language_list(text: str) -> list[str]:
    """Language tags with commas between. Raises `InvalidInput`."""
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    if len(tags) > 10 or not all(_TAG.match(tag) and len(tag) <= 12 for tag in tags):
        raise InvalidInput(field="languages")
    return tags


def contacts_of(field: ContactField | None, country: str) -> tuple[Contact, ...]:
    """Contacts from one string (an address with @, else a phone number) or from named fields."""
    if field is None:
        return ()
    if isinstance(field, ContactWanted):
        return read_contacts(email=field.email, phone=field.phone, country=country)
    if "@" in field:
        return read_contacts(email=field, phone="", country=country)
    return read_contacts(email="", phone=field, country=country)


def _party(
    offer: DayOffer, party: int | list[PartyMember], chosen: Sequence[UUID]
) -> tuple[tuple[Member, ...], dict[UUID, list[int]]]:
    if isinstance(party, int):
        return party_of(adults=party), {}
    marks = [place if each.mark is UNSET else each.mark for place, each in enumerate(party, start=1)]
    guardian = min((mark for mark, each in zip(marks, party, strict=True) if not each.child), default=None)
    members = tuple(
        Member(mark=mark, child=each.child, guardian_mark=guardian if each.child else None)
        for mark, each in zip(marks, party, strict=True)
    )
    together: dict[UUID, list[int]] = {service: [] for service in chosen}
    for mark, each in zip(marks, party, strict=True):
        for service in chosen if each.services is None else [service_of(offer, name) for name in each.services]:
            if service not in together:
                raise InvalidInput(field="party")  # a stop that was not accepted (R18)
            together[service].append(mark)
    return members, together


def _display_language(request: WebRequest, day: Day, wanted: str | None) -> str:
    if wanted is None:
        return locale_of(request).tag
    known = next((tag for tag in KNOWN if tag.lower() == wanted.lower() and tag not in PSEUDO_LANGUAGES), None)
    return known or day.working_language
