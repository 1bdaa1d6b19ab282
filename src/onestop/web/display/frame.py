"""Who may watch a board, the day a board belongs to, and its language."""

from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.db.session import Database
from onestop.domain.roles import Role
from onestop.visits.queries.board import BoardDay, board_day
from onestop.web.kit.broadcasts import told_to_all
from onestop.web.kit.guards import require
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.locale import LANGUAGES, Locale, locale_for
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import LANGUAGE_COOKIE, actor

ALARM_LANGUAGES = 6
"""So many sentences can be read on one screen."""
WATCHERS = (Role.DISPLAY, Role.ORGANISER, Role.RECEPTIONIST)


async def watched_day(request: WebRequest, db: Database, slug: str) -> BoardDay:
    """The day of this name, for whoever may look at its boards. Raises `SignInNeeded`, `NotAllowed`, `DayUnknown`."""
    await require(request, *WATCHERS)  # a stranger learns nothing from what exists
    day = await db.read(board_day, slug, now=db.now())
    await require(request, *WATCHERS, day=day.id)
    return day


async def day_moved_to(request: WebRequest, db: Database, slug: str) -> str | None:
    """The day a display serves now, if it stands at another one's address: it was moved. Raises `DayUnknown`."""
    someone = await actor(request)
    bound = next((grant.day for grant in someone.grants if grant.role is Role.DISPLAY), None)
    if someone.device is None or bound is None or (await db.read(day_by_slug, slug)).id == bound:
        return None
    return (await db.read(day_by_id, bound)).slug


def locale_of_board(request: WebRequest, day: BoardDay) -> Locale:
    """The language somebody chose on this machine, else the one the day works in: a hall is not one reader."""
    chosen = request.query_params.get(CHOICE) or request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES and day.working_language in LANGUAGES:
        return locale_for(day.working_language)
    return locale_of(request)


async def told_in_languages(db: Database, day: BoardDay) -> tuple[tuple[str, str], ...]:
    """What everybody is told, in every language of the day there is room for; each sentence with its language."""
    languages = (day.working_language, *(await db.read(day_by_id, day.id)).languages)
    tags = list(dict.fromkeys(tag for tag in languages if tag in LANGUAGES))[:ALARM_LANGUAGES]
    said = {tag: await told_to_all(db, day.id, locale_for(tag)) for tag in tags}
    return tuple((told.text, tag) for tag, told in said.items() if told is not None)
