"""Practise: a desk with three invented visitors. Its address is all there is to it; nothing is stored or called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.domain.calling import because_parts
from onestop.domain.errors import N_
from onestop.domain.practice import (
    Invented,
    Key,
    Lesson,
    Practice,
    Press,
    before_last,
    lesson,
    played,
    possible,
    why_now,
)
from onestop.domain.visit import Outcome
from onestop.visits.queries.desk import AwayFromHere, DeskHead, NextHere, desk_screen
from onestop.web.desk.access import reach_desk
from onestop.web.desk.pages import ACT_WORDS, UpcomingLine
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.outcomes import OUTCOME_MEANINGS, OUTCOME_WORDS
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page

LESSON_WORDS: dict[Lesson, str] = {
    Lesson.OPEN: N_("First press Open the desk (N). On the day it is the same."),
    Lesson.CALL_FIRST: N_("Press Next (N). On the day the board then shows the number and your desk."),
    Lesson.START: N_("The visitor is here. Press Start (S)."),
    Lesson.FINISH: N_("Choose how it ends (1 to 5). Then press Finish (F)."),
    Lesson.FINISHED: N_("Was that wrong? Press Take back (U). If not, press Next (N)."),
    Lesson.CALL_AGAIN: N_(
        "This time nobody comes. Press Call again (R). On the day the board shows the number once more."
    ),
    Lesson.SAY_NOT_HERE: N_("Still nobody. Press Not here (H)."),
    Lesson.COMES_LATER: N_("This number is called again later, three times at most. Press Next (N)."),
    Lesson.PARK: N_("This visitor first has to copy a paper. Under More, press Park (P)."),
    Lesson.PARKED: N_("Who is parked comes back to your desk by itself. Press Next (N)."),
    Lesson.OVER: N_("That is all. Nobody waits any more. You can start again, or go back to your desk."),
}
_WORDS_OF: dict[Press, str] = {
    Key.NEXT: ACT_WORDS["call"],
    Key.START: ACT_WORDS["serve"],
    Key.RECALL: N_("called again"),
    Key.NOT_HERE: ACT_WORDS["no_show"],
    Key.PARK: ACT_WORDS["park"],
}


@page_of("desk/practise.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PractisePage:
    """The desk as it would be. `after` holds, for what can be pressed now, what the next address carries."""

    head: DeskHead
    shown: Practice
    lesson: str
    reasons: tuple[str, ...]
    upcoming: tuple[UpcomingLine, ...]
    next: NextHere
    so_far: str
    after: Mapping[str, str]
    undone: str | None
    """The presses without the last one; `None` while there is nothing to undo."""
    last: str
    outcome_words: Mapping[Outcome, str] = field(default_factory=lambda: OUTCOME_WORDS)
    outcome_meanings: Mapping[Outcome, str] = field(default_factory=lambda: OUTCOME_MEANINGS)


@get("/desks/{desk_id:uuid}/practise")
async def show_practice(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The desk after what was pressed; `outcome` is the last press where one was chosen."""
    _, place = await reach_desk(request, db, desk_id)
    head = (await db.read(desk_screen, place.id, now=db.now(), parts=frozenset())).head
    asked = request.query_params
    pressed = [each for each in (*asked.get("pressed", "").split("."), asked.get("outcome", "")) if each]
    context = _page(locale_of(request), head, played(pressed), now=db.now())
    return page(request, context, zone=head.timezone, door="desk", brand=head.day_name, home="/desk")


def _page(locale: Locale, head: DeskHead, shown: Practice, *, now: datetime) -> PractisePage:
    undone = before_last(shown)
    last = shown.presses[-1] if shown.presses else None
    return PractisePage(
        head=head,
        shown=shown,
        lesson=LESSON_WORDS[lesson(shown)],
        reasons=_reasons(locale, shown, shown.here) if shown.here else (),
        upcoming=tuple(
            UpcomingLine(number=one.number, reasons=_reasons(locale, shown, one))
            for one in shown.waiting
            if one != shown.away
        ),
        next=_next(shown, head, now),
        so_far=".".join(shown.presses),
        after={each: ".".join((*shown.presses, each)) for each in possible(shown)},
        undone=".".join(undone.presses) if undone != shown else None,
        last=_WORDS_OF.get(last, ACT_WORDS["finish"]) if last else "",
    )


def _next(shown: Practice, head: DeskHead, now: datetime) -> NextHere:
    away = shown.away
    line = (
        AwayFromHere(
            stop=head.id, number=away.number, parked=shown.presses[-1] is Key.PARK, until_at=now + timedelta(minutes=10)
        )
        if away
        else None
    )
    return NextHere(queue=(), away=(line,) if line else (), held=(), waiting=len(shown.waiting))


def _reasons(locale: Locale, shown: Practice, one: Invented) -> tuple[str, ...]:
    return tuple(locale.say(sentence, params) for sentence, params in because_parts(why_now(shown, one)))


route_handlers: list[Any] = [show_practice]
