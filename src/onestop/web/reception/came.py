"""Who came with this ticket, what they speak and who interprets, put right after check-in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_, Changed, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.party import PARTY_LIMIT
from onestop.domain.visit import STOP_OPEN, VisitState
from onestop.visits.actions.coming import change_coming
from onestop.visits.actions.door import on_visit
from onestop.visits.queries.reception import spoken_languages
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.goers import label_says, labels_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.wish_form import INTERPRETERS, LanguageChoices, language_choices, read_wish
from onestop.web.reception.frame import Titles, day_and_actor, frame, party_path
from onestop.web.reception.party import why_not

OWN_STEPS = N_("Goes alone to: %(stops)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One person of the ticket, ticked while she is here."""

    label: str
    says: str
    hint: str
    here: bool


@page_of("reception/came.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CamePage:
    """The people, how many more, the languages, the interpreter."""

    path: str
    her_number: int
    people: tuple[Somebody, ...]
    seen: str
    counts: tuple[tuple[int, int], ...]
    """How many more can come."""
    adults: int
    children: int
    languages: tuple[str, ...]
    interpreter: Interpreter
    choices: LanguageChoices
    interpreters: Sequence[tuple[Interpreter, str]]
    refused: str
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/parties/{party:uuid}/who")
async def show_who(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """As it is written down now."""
    day, _ = await day_and_actor(request, db, slug)
    known = await db.read(visitor, day.id, party, now=db.now())
    if known.visit_state is not VisitState.OPEN:
        return see_other(party_path(day, party))
    said = (known.person.languages, known.person.interpreter)
    return await _show(request, db, day, known, here=tuple(labels_of(known.members)), more=(0, 0), said=said)


@post("/reception/{slug:str}/parties/{party:uuid}/who")
async def change_who(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Store it; number and place in the order stay."""
    day, someone = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    talk, known = read_wish(typed), await db.read(visitor, day.id, party, now=db.now())
    labels, here = labels_of(known.members), tuple(typed.all("here"))
    adults, children = (max(0, min(typed.number(name) or 0, PARTY_LIMIT)) for name in ("adults", "children"))

    def change(conn: Any, visit: UUID, **more: Any) -> None:
        if typed.text("seen", 60) != "".join(labels):
            raise Changed
        change_coming(conn, visit, **more)

    try:
        path = await submit_once(
            request,
            "reception.who",
            on_visit,
            day.id,
            party,
            change,
            stay=[mark for label, mark in labels.items() if label in here],
            adults=adults,
            children=children,
            languages=talk.languages,
            interpreter=talk.interpreter,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: party_path(day, party, "who"),
        )
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        fresh = await db.read(visitor, day.id, party, now=db.now())
        return await _show(
            request, db, day, fresh, here=here, more=(adults, children), said=(talk.languages, talk.interpreter),
            refusal=refusal,
        )  # fmt: skip
    return see_other(path)


async def _show(
    request: WebRequest,
    db: Database,
    day: Day,
    known: Visitor,
    *,
    here: Sequence[str],
    more: tuple[int, int],
    said: tuple[tuple[str, ...], Interpreter],
    refusal: Refusal | None = None,
) -> Response[Any]:
    locale, labels = locale_of(request), labels_of(known.members)
    context = CamePage(
        path=party_path(day, known.person.party),
        her_number=known.person.number,
        people=tuple(
            Somebody(
                label=label, says=label_says(locale, label), hint=_own_steps(locale, known, mark), here=label in here
            )
            for label, mark in labels.items()
        ),
        seen="".join(labels),
        counts=tuple((count, count) for count in range(PARTY_LIMIT)),
        adults=more[0],
        children=more[1],
        languages=said[0],
        interpreter=said[1],
        choices=language_choices(day, await db.read(spoken_languages, day.id), said[0], locale),
        interpreters=INTERPRETERS,
        refused=why_not(locale, refusal, known) if refusal is not None else "",
    )
    return page(request, context, status=refusal.status if refusal is not None else 200, **frame(request, day))


def _own_steps(locale: Locale, known: Visitor, mark: int) -> str:
    own = [stop.title for stop in known.stops if stop.state in STOP_OPEN and stop.goers == frozenset({mark})]
    if not own or len(known.members) < 2:
        return ""
    return locale.say(OWN_STEPS, {"stops": locale.list_and(Titles(locale).all(own))})


route_handlers: list[Any] = [show_who, change_who]
