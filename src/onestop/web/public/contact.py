"""What is typed on the page that ends a booking: what to call her and, if she wants messages, where to."""

from dataclasses import dataclass

from onestop.booking.contacts import Contact, check_email, country_of_zone, read_contacts
from onestop.days.queries.days import Day
from onestop.domain.errors import InvalidInput, Refusal
from onestop.web.kit.forms import Form
from onestop.web.kit.locale import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed on this page; who `waits` for a place is asked for an address openly."""

    name: str = ""
    email: str = ""
    phone: str = ""
    waits: bool = False

    @property
    def sent(self) -> bool:
        """Whether anything was written."""
        return bool(self.name or self.email or self.phone)


def read_typed(form: Form, *, waits: bool = False) -> Typed:
    """The fields as they were sent."""
    fields = {"name": form.text("name", 400), "email": form.text("email", 300), "phone": form.text("phone", 60)}
    return Typed(**fields, waits=waits)


def read_contact(day: Day, typed: Typed) -> tuple[Contact, ...]:
    """The contacts typed. Raises what cannot be used, and `ProofNeeded` without e-mail where places are few."""
    contact = read_contacts(email=typed.email, phone=typed.phone, country=country_of_zone(day.timezone))
    if day.proves:
        check_email(contact)
    return contact


def errors_of(locale: Locale, refusal: Refusal | None) -> tuple[tuple[str, str], ...]:
    """The field a refusal is about, with its sentence."""
    if refusal is None:
        return ()
    target = refusal.field if isinstance(refusal, InvalidInput) else ""
    return ((target or "name", locale.say(refusal.sentence, refusal.params)),)
