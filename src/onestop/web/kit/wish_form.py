"""What staff ask for somebody else, at the counter or on the phone: which desks, who comes, how we talk, her name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from onestop.booking.contacts import Contact, country_of_zone, read_contacts
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer, OfferedService
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_, InvalidInput, Refusal
from onestop.domain.name import read_name
from onestop.domain.operational import read_needs
from onestop.domain.party import PARTY_LIMIT, party_of
from onestop.web.kit.forms import Form
from onestop.web.kit.goers import first_goers, read_goers, service_mark, together_of
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES, Locale, page_languages
from onestop.web.kit.papers import paper_lines, said_without
from onestop.web.kit.questions import narrowed, need_mark, read_said, said_values
from onestop.web.kit.words import service_title

_FIRST_AUTHORITIES = {"police": 0, "state": 1}
INTERPRETERS = (
    (Interpreter.NONE, N_("No interpreter needed")),
    (Interpreter.OWN, N_("Brings somebody who interprets")),
    (Interpreter.NEEDED, N_("Needs an interpreter")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishForm:
    """What was typed and ticked so far."""

    services: tuple[UUID, ...] = ()
    about: tuple[str, ...] = ()
    """Marks of the needs it is about: some are asked a question."""
    said: tuple[str, ...] = ()
    """The answers, `question:answer`; the ticked services are still those before them."""
    adults: str = "1"
    children: str = "0"
    goers: tuple[str, ...] = ()
    """Who goes where, as the boxes send it; empty before anybody was asked."""
    languages: tuple[str, ...] = ()
    interpreter: Interpreter = Interpreter.NONE
    ticket_language: str = ""
    name: str = ""
    operational: tuple[str, ...] = ()
    """Operational needs, for whoever waits today."""
    phone: str = ""
    email: str = ""

    def wish(self, day: Day, offer: DayOffer) -> Wish:
        """The checked wish. Raises `NoServiceChosen`, `ServiceUnknown` or a refusal about the party."""
        # On the page police and state stand first; the stops keep the day's order.
        order = [service.id for service in offer.services]
        members = party_of(adults=_count(self.adults, "adults"), children=_count(self.children, "children"))
        return make_wish(
            offer,
            services=sorted(self.wanted(offer), key=lambda each: order.index(each) if each in order else len(order)),
            members=members,
            together=together_of(self.goers_by_service(offer), members),
            languages=self.languages,
            interpreter=self.interpreter,
            display_language=self.language_of_ticket(day),
            answers=self.said,
        )

    def wanted(self, offer: DayOffer) -> tuple[UUID, ...]:
        """The ticked services without those an answer takes off; one the day does not have stays, to be refused."""
        return narrowed(offer, self.needs(offer), self.services, (), self.said)

    def needs(self, offer: DayOffer) -> tuple[str, ...]:
        """The needs it is about."""
        return tuple(need.key for need in offer.needs if need_mark(need.key) in self.about)

    def goers_by_service(self, offer: DayOffer) -> dict[UUID, tuple[str, ...]]:
        """Who was ticked on which line."""
        return read_goers(self.goers, {service_mark(service.id): service.id for service in offer.services})

    def goers_to(self, offer: DayOffer, service: OfferedService) -> tuple[str, ...]:
        """Whose boxes are ticked on a line: what was said, else who goes there at first."""
        return self.goers_by_service(offer).get(service.id, ()) if self.goers else first_goers(service.key)

    def check_name(self) -> None:
        """Raise `NameRefused` for a name that cannot be kept; none is fine."""
        if self.name:
            read_name(self.name)

    def contact(self, day: Day) -> tuple[Contact, ...]:
        """How she is reached. Raises `ContactRefused` or `PhoneRefused`."""
        return read_contacts(email=self.email, phone=self.phone, country=country_of_zone(day.timezone))

    def language_of_ticket(self, day: Day) -> str:
        """The language chosen for the ticket, else the first she speaks that we have, else the day's own."""
        offered = ticket_languages(day)
        wished = (self.ticket_language, *self.languages, day.working_language)
        return next((tag for tag in wished if tag in offered), offered[0])

    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Every answer as form fields, for the next step."""
        return (
            *(("services", str(service)) for service in self.services),
            *(("about", mark) for mark in self.about),
            *said_values(self.said),
            ("adults", self.adults),
            ("children", self.children),
            *(("with", value) for value in self.goers),
            *(("languages", tag) for tag in self.languages),
            ("interpreter", self.interpreter),
            ("ticket_language", self.ticket_language),
            ("name", self.name),
            ("phone", self.phone),
            ("email", self.email),
        )


def read_wish(form: Form) -> WishForm:
    """The answers of this form; ids and languages that are none are left out."""
    languages = [tag for tag in (*form.all("languages"), form.text("other_language", 12)) if tag in SPOKEN]
    interpreter = form.text("interpreter", 10)
    return WishForm(
        services=read_ids(form.all("services")),
        about=tuple(form.all("about")),
        said=read_said(form)[1],
        adults=form.text("adults", 4) or "1",
        children=form.text("children", 4) or "0",
        goers=tuple(form.all("with")),
        languages=tuple(dict.fromkeys(languages)),
        interpreter=Interpreter(interpreter) if interpreter in list(Interpreter) else Interpreter.NONE,
        ticket_language=form.text("ticket_language", 12),
        name=form.text("name", 400),
        operational=tuple(sorted(read_needs(form.all("operational")))),
        phone=form.text("phone", 60),
        email=form.text("email", 300),
    )


def read_ids(texts: Iterable[str]) -> tuple[UUID, ...]:
    """The ids among these texts, each once."""
    found: list[UUID] = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _count(text: str, name: str) -> int:
    if not text.isdecimal() or int(text) > 10 * PARTY_LIMIT:
        raise InvalidInput(field=name)
    return int(text)


SPOKEN = tuple(tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES)
"""Languages a visitor can say that she speaks."""


def ticket_languages(day: Day) -> tuple[str, ...]:
    """The languages a ticket of this day can be written in."""
    return page_languages(day.languages)


def wanted_by_needs(offer: DayOffer, needs: Sequence[str], services: Sequence[UUID]) -> tuple[UUID, ...]:
    """The services these needs lead to, those every party gets, and those chosen by name, in the day's order."""
    wanted = {*offer.always, *services}
    for need in offer.needs:
        if need.key in needs:
            wanted.update(need.services)
    return tuple(service.id for service in offer.services if service.id in wanted)


# -- as the page shows it ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """A desk she would be sent to, named (R18): whose it is, what to bring, whether the day may end before."""

    id: UUID
    title: str
    institution: str
    authority: str
    papers: tuple[str, ...]
    without: str
    """What the desk cannot do without, as a sentence."""
    before: tuple[str, ...]
    """Services that wait for this one; taken off, they wait for nothing."""
    checked: bool
    late: bool = False
    """Perhaps not reached today, by somebody who comes now."""
    shut: bool = False
    """Because no desk for it is open any more; else because many wait."""
    mark: str = ""
    goers: tuple[str, ...] = ()
    """Labels of those who are ticked to go there."""


def service_lines(
    offer: DayOffer,
    shown: Iterable[UUID],
    *,
    checked: Sequence[UUID],
    late: frozenset[UUID],
    shut: frozenset[UUID] = frozenset(),
    locale: Locale,
    form: WishForm | None = None,
) -> tuple[ServiceLine, ...]:
    """The services to accept or take off, police and state first."""
    ids = set(shown)
    lines = [
        replace(
            _line(offer, service, checked=service.id in checked, late=service.id in late, locale=locale),
            mark=service_mark(service.id),
            shut=service.id in shut,
            goers=form.goers_to(offer, service) if form is not None else (),
        )
        for service in offer.services
        if service.id in ids
    ]
    return tuple(sorted(lines, key=lambda line: _FIRST_AUTHORITIES.get(line.authority, 2)))


def _line(offer: DayOffer, service: OfferedService, *, checked: bool, late: bool, locale: Locale) -> ServiceLine:
    # Who comes is asked on the same page.
    papers = paper_lines(locale, service.papers, coming=None)
    after = [offer.service(then) for before, then in offer.precedences if before == service.id and then is not None]
    return ServiceLine(
        id=service.id,
        title=service_title(locale, service.key),
        institution=service.institution.name,
        authority=service.institution.authority,
        papers=tuple(line.text for line in papers),
        without=said_without(locale, papers),
        before=tuple(service_title(locale, one.key) for one in after if one is not None),
        checked=checked,
        late=late,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What cannot be used as typed; `control` is the id of its field."""

    control: str
    sentence: str


_CONTROLS = {"members": "adults", "": "services"}


def mistake_of(refusal: Refusal, locale: Locale) -> Mistake:
    """A refusal beside the field it is about."""
    name = refusal.field if isinstance(refusal, InvalidInput) else ""
    return Mistake(control=_CONTROLS.get(name, name), sentence=locale.say(refusal.sentence, refusal.params))


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoices:
    """Languages as staff tick them: those of the day first, all others in a list."""

    near: tuple[str, ...]
    far: tuple[str, ...]
    ticket: tuple[str, ...] = field(default=("en",))


def language_choices(day: Day, spoken: Sequence[str], chosen: Sequence[str], locale: Locale) -> LanguageChoices:
    """The day's languages and those that were chosen as boxes; the rest by name."""
    near = tuple(dict.fromkeys((*day.languages, *spoken, *chosen)))
    far = sorted((tag for tag in SPOKEN if tag not in near), key=locale.language_name)
    return LanguageChoices(near=near, far=tuple(far), ticket=ticket_languages(day))
