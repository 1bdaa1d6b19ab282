"""The kinds of message with their subjects, first sentences and texts for telephones."""

from dataclasses import dataclass

from onestop.domain.errors import N_
from onestop.domain.touch import ASKED, Touch

LONGEST_TEXT = 70
"""A text message of 16-bit characters; a longer one costs two."""

TOUCHED_CHOOSE = N_("You can choose another time, keep this one and perhaps wait longer, or cancel.")


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
    advice: tuple[str, ...] = ()
    """What a change means for her and what she can do."""


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
    "touched_estimate": Kind(
        template="appointment",
        subject=N_("Your appointment has changed: %(date)s"),
        headline=N_("Your appointment ends at another time."),
        calendar="PUBLISH",
        label=N_("Day changed: another end"),
        short=N_("Another end: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(
            N_("The centre changed the day. You come at the same time as before."),
            N_("You do not have to do anything."),
        ),
    ),
    "touched_time": Kind(
        template="appointment",
        subject=N_("Please look at your appointment: %(date)s"),
        headline=N_("At your time there is too little time at the desks."),
        calendar="PUBLISH",
        label=N_("Day changed: no time"),
        short=N_("Day changed: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(N_("The centre changed the hours of the day."), TOUCHED_CHOOSE),
    ),
    "touched_interpreter": Kind(
        template="appointment",
        subject=N_("Please look at your appointment: %(date)s"),
        headline=N_("Nobody can interpret for you at your time."),
        calendar="PUBLISH",
        label=N_("Day changed: no interpreter"),
        short=N_("Day changed: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(N_("You can bring somebody who interprets for you."), TOUCHED_CHOOSE),
    ),
    "touched_service": Kind(
        template="appointment",
        subject=N_("Please look at your appointment: %(date)s"),
        headline=N_("Not everything you booked is possible at your time."),
        calendar="PUBLISH",
        label=N_("Day changed: a service is missing"),
        short=N_("Day changed: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(N_("A desk that you need is not open at your time any more."), TOUCHED_CHOOSE),
    ),
    "touched_again": Kind(
        template="appointment",
        subject=N_("Your appointment is as before: %(date)s"),
        headline=N_("Your appointment takes place as before."),
        calendar="PUBLISH",
        label=N_("Day changed: as before"),
        short=N_("As before: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(N_("You do not have to do anything."),),
    ),
    "touched_day": Kind(
        template="appointment",
        subject=N_("Your appointment has a new date: %(date)s"),
        headline=N_("The whole day has a new date."),
        calendar="PUBLISH",
        label=N_("Day moved"),
        short=N_("New date: %(date)s %(time)s. Number %(number)s, code %(code)s"),
        advice=(
            N_("You come at the same time of day, to the same desks. Your place is kept."),
            N_("If you cannot come on the new date, please cancel. Then somebody else gets the place."),
        ),
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
    "list_moved": Kind(
        template="waiting",
        subject=N_("Waiting list for %(date)s"),
        headline=N_("The day you wait for has a new date."),
        label=N_("Day moved, waiting list"),
        short=N_("New date: %(date)s. You wait for a place. Code %(code)s"),
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

TOUCHED = {touch.value: f"touched_{touch}" for touch in (Touch.AGAIN, *ASKED, Touch.DAY)}
"""By how a change of the day touches somebody, which message tells her."""
