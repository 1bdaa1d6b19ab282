"""The kinds of message with their subjects, first sentences and texts for telephones."""

from dataclasses import dataclass

from onestop.domain.errors import N_

LONGEST_TEXT = 70
"""A text message of 16-bit characters; a longer one costs two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of message: its template, subject and first sentence. The subject names no institution and no topic.

    `calendar` is the method of the calendar file that goes with it, empty for none. A new kind needs an entry here, its
    two templates, and in `reactor.py` the fact that causes it.
    """

    template: str
    subject: str
    headline: str
    calendar: str = ""
    label: str = N_("Message")
    """What the staff call it."""
    short: str = ""
    """For telephones, at most `LONGEST_TEXT` characters when filled; empty: they get none of this kind."""


KINDS: dict[str, Kind] = {
    "confirmation": Kind(
        template="appointment",
        subject=N_("Your appointment on %(date)s"),
        headline=N_("Your appointment is booked."),
        calendar="PUBLISH",
        label=N_("Confirmation"),
        short=N_("Booked: %(date)s %(time)s. Number %(number)s, code %(code)s"),
    ),
    "changed": Kind(
        template="appointment",
        subject=N_("Your appointment has changed: %(date)s"),
        headline=N_("Your appointment has changed."),
        calendar="PUBLISH",
        label=N_("New time"),
        short=N_("New time: %(date)s %(time)s. Number %(number)s, code %(code)s"),
    ),
    "reminder": Kind(
        template="appointment",
        subject=N_("Your appointment is soon: %(date)s"),
        headline=N_("Your appointment is soon."),
        label=N_("Reminder, the day before"),
        short=N_("Soon: %(date)s %(time)s. Number %(number)s, code %(code)s"),
    ),
    "morning": Kind(
        template="appointment",
        subject=N_("Your appointment is today: %(date)s"),
        headline=N_("Your appointment is today."),
        label=N_("Reminder, in the morning"),
        short=N_("Today: %(date)s %(time)s. Number %(number)s, code %(code)s"),
    ),
    "cancelled": Kind(
        template="cancelled",
        subject=N_("Your appointment on %(date)s is cancelled"),
        headline=N_("Your appointment is cancelled."),
        calendar="CANCEL",
        label=N_("Cancellation"),
        short=N_("Cancelled: %(date)s %(time)s. Number %(number)s is not valid."),
    ),
    "day_cancelled": Kind(
        template="day_cancelled",
        subject=N_("Your appointment on %(date)s does not take place"),
        headline=N_("This day does not take place."),
        calendar="CANCEL",
        label=N_("Day cancelled"),
        short=N_("The day is cancelled: %(date)s %(time)s. Please do not come."),
    ),
    "listed": Kind(
        template="waiting",
        subject=N_("Waiting list for %(date)s"),
        headline=N_("You are on the waiting list."),
        label=N_("On the waiting list"),
        short=N_("Waiting list: %(date)s. Code %(code)s. We will write."),
    ),
    "offer": Kind(
        template="waiting",
        subject=N_("A place is free on %(date)s"),
        headline=N_("A place is free for you."),
        label=N_("Place offered"),
        short=N_("A place is free: %(date)s %(time)s. Please answer. Code %(code)s"),
    ),
    "list_cancelled": Kind(
        template="list_cancelled",
        subject=N_("Waiting list for %(date)s"),
        headline=N_("This day does not take place."),
        label=N_("Day cancelled, waiting list"),
        short=N_("The day is cancelled: %(date)s. Please do not come."),
    ),
    "offer_over": Kind(
        template="waiting",
        subject=N_("Waiting list for %(date)s"),
        headline=N_("The time to answer is over."),
        label=N_("Offer not answered"),
    ),
    "limit": Kind(
        template="limit",
        subject=N_("One more appointment on %(date)s"),
        headline=N_("One more appointment with this address"),
        label=N_("Too many bookings"),
        short=N_("Booked once more: %(date)s. It is valid, we write no more about it."),
    ),
    "prove": Kind(
        template="prove",
        subject=N_("Please confirm your request for %(date)s"),
        headline=N_("Please confirm your request"),
        label=N_("Proof of the address"),
    ),
    "prove_time": Kind(
        template="prove_time",
        subject=N_("Please confirm your time on %(date)s"),
        headline=N_("Please confirm your time"),
        label=N_("Proof of the address"),
    ),
}
