"""What a visitor has answered so far, carried in the query of the pages until a time is held.

Needs and services are short marks that say nothing to whoever looks at an address or a history; nothing names a person.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar.datastructures import MultiDict

from onestop.booking.holds import Held
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.offer import DayOffer, OfferedNeed, OfferedService
from onestop.domain.booking import Interpreter
from onestop.domain.errors import InvalidInput, NoServiceChosen
from onestop.domain.party import PARTY_LIMIT, Member, party_of
from onestop.web.kit.goers import (
    Goers,
    first_goers,
    goers_of,
    goers_values,
    read_goers,
    service_mark,
    together_of,
)
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES
from onestop.web.kit.questions import about, narrowed, need_mark, read_said, said_values, wanted_services

ME, FAMILY, HELPING = "me", "family", "helping"
WHO = (ME, FAMILY, HELPING)
MOST_LANGUAGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers; `services`, `languages` and `interpreter` are `None` until they were asked.

    How many come decides who asks: `who` is a family as soon as there are several, unless she helps somebody.
    """

    needs: tuple[str, ...] = ()
    services: tuple[UUID, ...] | None = None
    who: str = ME
    adults: int = 1
    children: int = 0
    goers: Goers = field(default_factory=dict[UUID, tuple[str, ...]])
    languages: tuple[str, ...] | None = None
    interpreter: Interpreter | None = None
    said: tuple[str, ...] = ()
    """Answers to questions of her needs, `question:answer`."""
    invitation: str = ""
    hold: UUID | None = None
    seen: str = ""
    """What a booking was when she began to change it."""
    lang: str = ""
    aliases: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    """Other marks for services: a private step that is booked must not be known by the mark of its service."""

    def mark(self, service: UUID) -> str:
        """How a service is called in addresses and forms."""
        return self.aliases.get(service) or service_mark(service)

    @property
    def is_single(self) -> bool:
        """Whether one person comes: then nobody is asked who goes where."""
        return self.adults + self.children <= 1

    def members(self) -> tuple[Member, ...]:
        """The people. Raises a refusal about the party."""
        return party_of(adults=self.adults, children=self.children)

    def sends_children_alone(self) -> tuple[UUID, ...]:
        """The chosen services to which only children would go."""
        members = self.members()
        children = {member.mark for member in members if member.child}
        together = together_of(self.goers, members)
        return tuple(service for service in self.services or () if together.get(service, {0}) <= children)

    def wish(self, offer: DayOffer, *, display_language: str, known: Sequence[Member] = ()) -> Wish:
        """What can be held; as many as before are the `known` people.

        Raises a refusal about services or party, or `InvalidInput` without an answer.
        """
        if not self.services:
            raise NoServiceChosen
        if self.interpreter is None:
            raise InvalidInput(field="interpreter")
        members = self.members()
        if [member.child for member in members] == sorted(member.child for member in known):
            members = tuple(known)
        return make_wish(
            offer,
            services=self.services,
            members=members,
            together=together_of(self.goers, members),
            languages=self.languages or (display_language,),
            interpreter=self.interpreter,
            display_language=display_language,
            answers=self.said,
        )

    def carried(self, *without: str) -> tuple[tuple[str, str], ...]:
        """Names and values for the query or for hidden fields, `without` those the form asks itself."""
        pairs: list[tuple[str, str]] = [("needs", need_mark(key)) for key in self.needs]
        if self.services is not None:
            pairs += [("asked", "1"), *(("services", self.mark(service)) for service in self.services)]
        if (self.who, self.adults, self.children) != (ME, 1, 0):
            pairs += [("who", self.who), ("adults", str(self.adults)), ("children", str(self.children))]
        pairs += said_values(self.said)
        pairs += [("with", value) for value in goers_values(self.goers, self.mark)]
        pairs += [("languages", language) for language in self.languages or ()]
        if self.interpreter is not None:
            pairs.append(("interpreter", self.interpreter))
        if self.invitation:
            pairs.append(("invitation", self.invitation))
        if self.hold is not None:
            pairs.append(("hold", str(self.hold)))
        if self.seen:
            pairs.append(("seen", self.seen))
        if self.lang:
            pairs.append(("lang", self.lang))
        return tuple((name, value) for name, value in pairs if name not in without)

    def link(self, path: str, *without: str) -> str:
        """A path with these answers."""
        pairs = self.carried(*without)
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_answers(
    values: MultiDict[Any], offer: DayOffer, aliases: Mapping[UUID, str] | None = None, *, narrow: bool = True
) -> Answers:
    """The answers in a query or a form; what the day does not have is left out, nothing here raises.

    `narrow`: an answer given now takes off what it makes needless; else what is ticked stays ticked.
    """
    by_mark = {service_mark(service.id): service.id for service in offer.services}
    by_mark |= {mark: service for service, mark in (aliases or {}).items()}
    marks = set(_all(values, "needs"))
    wanted = {by_mark[mark] for mark in _all(values, "services") if mark in by_mark}
    who = _first(values, "who")
    interpreter = _first(values, "interpreter")
    languages = [tag for tag in _all(values, "languages") if tag in KNOWN and tag not in PSEUDO_LANGUAGES]
    lang = _first(values, "lang")
    asked = bool(_first(values, "services")) or bool(_first(values, "asked"))
    needs = tuple(need.key for need in offer.needs if need_mark(need.key) in marks)
    before, said = read_said(values)
    if needs:
        before, said = about(needs, before), about(needs, said)
    ticked = tuple(s.id for s in offer.services if s.id in wanted)
    found = Answers(
        needs=needs,
        services=(narrowed(offer, needs, ticked, before, said) if narrow else ticked) if asked else None,
        said=said,
        who=who if who in WHO else ME,
        adults=_count(values, "adults", 1),
        children=_count(values, "children", 0),
        goers=read_goers(_all(values, "with", 400), by_mark),
        languages=tuple(dict.fromkeys(languages))[:MOST_LANGUAGES] or None,
        interpreter=Interpreter(interpreter) if interpreter in set(Interpreter) else None,
        invitation=_first(values, "invitation")[:60],
        hold=_id(_first(values, "hold")),
        seen=_first(values, "seen")[:20],
        aliases=aliases or {},
        lang=lang if lang in KNOWN else "",
    )
    return _one_who(found)


def answers_of(held: Held, carried: Answers) -> Answers:
    """The answers a hold was made with; needs, invitation and who asks come from the query, if it still has them."""
    booking = held.booking
    known = _known(carried, held.together, held.members, booking.languages, booking.interpreter)
    return replace(known, hold=booking.id, said=booking.answers)


def answers_of_wish(wish: Wish, carried: Answers) -> Answers:
    """The answers that a booking has now."""
    known = _known(carried, wish.together, wish.members, wish.languages, wish.interpreter)
    return replace(known, said=wish.answers)


def _known(
    carried: Answers,
    together: Mapping[UUID, frozenset[int]],
    members: Sequence[Member],
    languages: tuple[str, ...],
    interpreter: Interpreter,
) -> Answers:
    return _one_who(
        replace(
            carried,
            services=tuple(together),
            adults=sum(not member.child for member in members),
            children=sum(member.child for member in members),
            goers=goers_of(together, members),
            languages=languages,
            interpreter=interpreter,
        )
    )


def goers_to(answers: Answers, service: OfferedService) -> tuple[str, ...]:
    """Whose boxes are ticked on a line: what she said, else who goes there at first."""
    if service.id in answers.goers:
        return answers.goers[service.id]
    return first_goers(service.key) if answers.services is None or answers.is_single else ()


def chosen_needs(offer: DayOffer, answers: Answers) -> tuple[OfferedNeed, ...]:
    """The needs she ticked."""
    return tuple(need for need in offer.needs if need.key in answers.needs)


def lines_of(offer: DayOffer, answers: Answers) -> tuple[tuple[OfferedService, bool], ...]:
    """The services her needs mean, police and state first, each with whether it is ticked.

    What a need requires is ticked at first: one institution for each kind of service, and no other; an answer to a
    question about it may require less.
    """
    asked = [service for need in chosen_needs(offer, answers) for service in need.services]
    meant = dict.fromkeys([*(s.id for s in offer.services if s.id in offer.always), *asked, *(answers.services or ())])
    lines = [service for service_id in meant if (service := offer.service(service_id)) is not None]
    wanted = wanted_services(offer, answers.needs, answers.said)
    at_first = required([service for service in lines if service.id in wanted])
    ticked = answers.services if answers.services is not None else at_first
    order = {"police": 0, "state": 1}
    lines.sort(key=lambda service: order.get(service.institution.authority, 2))
    return tuple((service, service.id in ticked) for service in lines)


def required(lines: Sequence[OfferedService]) -> tuple[UUID, ...]:
    """The first service of each kind: a second institution with the same kind is offered, not ticked."""
    first: dict[str, UUID] = {}
    for service in lines:
        first.setdefault(service.key, service.id)
    return tuple(first.values())


def dropped_precedences(
    offer: DayOffer, answers: Answers, *, had: Collection[UUID] | None = None
) -> tuple[tuple[OfferedService, OfferedService], ...]:
    """Services she took off, each with one she kept that it would have come before.

    Taken off is what her needs mean, or what she `had`, and is not ticked.
    """
    kept = [service for service in (offer.service(each) for each in answers.services or ()) if service is not None]
    wanted = wanted_services(offer, answers.needs, answers.said)
    off = [service for service, ticked in lines_of(offer, answers) if not ticked and service.id in wanted]
    if had is not None:
        off = [service for service in offer.services if service.id in had and service not in kept]
    kinds: Mapping[str, None] = dict.fromkeys(service.key for service in kept)
    return tuple(
        (before, after)
        for before in off
        for after in kept
        if before.key not in kinds
        and any(first == before.id and then in (None, after.id) for first, then in offer.precedences)
    )


def _one_who(answers: Answers) -> Answers:
    """The same with who asks as the counts have it, and nobody sent anywhere who comes alone."""
    if answers.who == HELPING:
        return replace(answers, goers={}) if answers.is_single else answers
    return replace(answers, who=ME, goers={}) if answers.is_single else replace(answers, who=FAMILY)


def _all(values: MultiDict[Any], name: str, most: int = 60) -> list[str]:
    return [str(value) for value in values.getall(name, [])][:most]


def _first(values: MultiDict[Any], name: str) -> str:
    return str(values.get(name) or "")


def _count(values: MultiDict[Any], name: str, otherwise: int) -> int:
    """A count as typed, up to one more than a party may have, so that too many is refused and not cut."""
    typed = _first(values, name).strip()
    return min(int(typed), PARTY_LIMIT + 1) if typed.isdecimal() and len(typed) < 6 else otherwise


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
