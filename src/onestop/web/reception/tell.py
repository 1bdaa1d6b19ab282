"""What whoever stands at reception is told at once: about when she is called, to which desks, and who interprets."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day, mediators_of_day
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.hall import Spoken, spoken_here
from onestop.visits.queries.people import Standing
from onestop.visits.queries.visitor import Visitor, VisitorStop
from onestop.web.kit.estimates import Window, estimates_of, from_to, soonest, windows
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.words import left_to_right
from onestop.web.reception.frame import Titles

OFF_MINUTES = 5
CAME_EARLY = N_("Came %(duration)s early.")
CAME_LATE = N_("Came %(duration)s late.")
CALLED_ABOUT = N_("Called about %(from)s to %(to)s: %(stop)s.")
NO_TIME_YET = N_("Nobody can say yet when she is called.")
KEEPS_HER_TIME = N_("Before %(at)s a desk calls her only while nobody else who is due can come.")
DESKS = N_("%(stop)s: desk %(desks)s.")
NO_DESK = N_("%(stop)s: no desk is open for this.")
INTERPRETER_COMES = N_("An interpreter for %(languages)s comes to the desk where nobody speaks her language.")
DESKS_SPEAK = N_("Somebody at these desks speaks her language.")
NOBODY_SPEAKS = N_("Nobody here speaks her languages for: %(stops)s.")


async def tell(request: WebRequest, db: Database, day: Day, known: Visitor, *, fresh: bool = False) -> tuple[str, ...]:
    """In short lines; nothing before check-in and after the visit. `fresh` after an act that can change the times."""
    locale, person, now = locale_of(request), known.person, db.now()
    if known.visit_state is not VisitState.OPEN or known.checked_in_at is None:
        return ()
    first: list[str] = []
    early = person.booked_at is not None and person.booked_at > now and not person.done
    if person.booked_at is not None and not person.done:
        off = int((person.booked_at - known.checked_in_at).total_seconds()) // 60
        if abs(off) > OFF_MINUTES:
            first.append(locale.say(CAME_EARLY if off > 0 else CAME_LATE, {"duration": locale.duration(abs(off))}))
    if person.standing is not Standing.HERE:
        return (" ".join(first),) if first else ()
    waiting = [stop for stop in known.stops if stop.state is StopState.WAITING]
    if not waiting:
        return (" ".join(first),) if first else ()
    first.append(_about(locale, day, waiting, await _windows(request, db, day, known, waiting, now, fresh=fresh)))
    lines = [" ".join(first)]
    if early and person.booked_at is not None:
        lines.append(locale.say(KEEPS_HER_TIME, {"at": left_to_right(locale.time(person.booked_at, day.timezone))}))
    desks = await db.read(desks_of_day, day.id)
    lines.extend(_desks(locale, waiting, desks, now))
    if person.interpreter is Interpreter.NEEDED:
        mediators = await db.read(mediators_of_day, day.id)
        spoken = spoken_here(desks, mediators, now=now)
        lines.append(_interpreter(locale, person.languages, [stop for stop in waiting if stop.service], spoken))
    return tuple(filter(None, lines))


async def _windows(
    request: WebRequest,
    db: Database,
    day: Day,
    known: Visitor,
    waiting: Sequence[VisitorStop],
    now: datetime,
    *,
    fresh: bool,
) -> dict[UUID, Window]:
    """Estimates that know her: older ones that do not are worked out once more."""
    cache = estimates_of(request.app.state)
    found = windows(await cache.of_day(db, day.id, since=now if fresh else None), now)
    if not any(stop.id in found for stop in waiting):
        found = windows(await cache.of_day(db, day.id, since=known.checked_in_at), now)
    return found


def _about(locale: Locale, day: Day, waiting: Sequence[VisitorStop], found: dict[UUID, Window]) -> str:
    titles = {stop.id: stop.title for stop in waiting}
    first = soonest(found, titles)
    if first is None:
        return locale.gettext(NO_TIME_YET)
    times = from_to(locale, found[first], day.timezone)
    return locale.say(CALLED_ABOUT, {**times, "stop": Titles(locale).of(titles[first])})


def _desks(locale: Locale, waiting: Iterable[VisitorStop], desks: Sequence[DeskRow], now: datetime) -> list[str]:
    """Where each can be called to; of a private stop nothing is said (R19)."""
    lines: list[str] = []
    for stop in waiting:
        if stop.service is None:
            continue
        numbers = [
            str(desk.number)
            for desk in desks
            if stop.service in desk.services and desk.is_expected(now) and stop.only_desk in (None, desk.id)
        ]
        words = {"stop": Titles(locale).of(stop.title), "desks": left_to_right(", ".join(numbers))}
        lines.append(locale.say(DESKS if numbers else NO_DESK, words))
    return lines


def _interpreter(locale: Locale, languages: Sequence[str], talks: Sequence[VisitorStop], spoken: Spoken) -> str:
    """Of the talks that are not private (R19); empty where there is none and no interpreter comes."""
    bridged = [language for language in languages if language in spoken.bridged]
    if bridged:
        names = [locale.language_name(language) for language in bridged]
        return locale.say(INTERPRETER_COMES, {"languages": locale.list_and(names)})
    silent = [
        Titles(locale).of(stop.title) for stop in talks if stop.service and not spoken.reaches(languages, stop.service)
    ]
    if silent:
        return locale.say(NOBODY_SPEAKS, {"stops": locale.list_and(silent)})
    return locale.gettext(DESKS_SPEAK) if talks else ""
