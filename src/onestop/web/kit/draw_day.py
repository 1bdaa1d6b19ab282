"""A day by draw as the doors of staff and machines meet it: whether a place can be asked for now, and if not, why."""

from datetime import datetime

from onestop.days.queries.days import Day
from onestop.days.queries.draws import Draw, draw_of
from onestop.db.session import Database
from onestop.domain.day import Release
from onestop.domain.draw import DrawState
from onestop.domain.errors import N_, DrawDay
from onestop.web.kit.locale import Locale

ANNOUNCED = N_("This day is by draw. Requests are taken from %(opens)s to %(closes)s.")
CLOSED = N_("The time for requests is over. The places are given now.")
OPEN = N_("This day is by draw. Requests are taken until %(closes)s.")
MOMENT = N_("%(date)s, %(time)s")


async def draw_ahead(db: Database, day: Day) -> Draw | None:
    """The draw of a day whose places are not all given yet; `None` where times are booked."""
    draw = await db.read(draw_of, day.id) if day.release is Release.DRAW else None
    return draw if draw is not None and draw.state(db.now()) is not DrawState.DRAWN else None


def says_of_draw(locale: Locale, day: Day, draw: Draw | None, *, now: datetime) -> tuple[str, bool]:
    """Where the draw of a day stands in a sentence for staff, and whether requests are taken now.

    Empty for a day on which times are booked.
    """
    if day.release is not Release.DRAW:
        return "", False
    if draw is None:
        return locale.gettext(DrawDay.sentence), False
    state = draw.state(now)
    if state is DrawState.DRAWN:
        return "", False
    if state is DrawState.CLOSED:
        return locale.gettext(CLOSED), False
    params = {"opens": moment(locale, day, draw.opens_at), "closes": moment(locale, day, draw.closes_at)}
    if state is DrawState.ANNOUNCED:
        return locale.say(ANNOUNCED, params), False
    return locale.say(OPEN, params), True


def moment(locale: Locale, day: Day, at: datetime) -> str:
    """A date and a time of day at the venue."""
    return locale.say(MOMENT, {"date": locale.local_date(at, day.timezone), "time": locale.time(at, day.timezone)})
