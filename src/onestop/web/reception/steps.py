"""What reception prints for somebody who leaves: next steps, proof of visit. Private referrals are not known here."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from markupsafe import Markup

from onestop.days.queries.days import Day
from onestop.domain.errors import N_
from onestop.referrals.queries.steps import NextSteps, next_steps
from onestop.visits.queries.visitor import visitor
from onestop.web.kit.language import locale_of
from onestop.web.kit.next_steps import SheetPrint, proof_said, proof_sheet, steps_sheet
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.reception.frame import day_and_actor, frame, party_path


@get("/reception/{slug:str}/parties/{party:uuid}/steps")
async def show_steps(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Next steps in her language and the local one."""
    day, steps = await _read(request, db, slug, party)
    if steps.visit_state is None:
        return see_other(party_path(day, party))
    return _page(request, day, steps, N_("Next steps"), steps_sheet(request, steps.without_private()))


@get("/reception/{slug:str}/parties/{party:uuid}/proof")
async def show_proof(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Proof of visit."""
    day, steps = await _read(request, db, slug, party)
    if steps.visit_state is None:
        return see_other(party_path(day, party))
    said = proof_said(locale_of(request), steps, now=db.now())
    return _page(request, day, steps, N_("Proof of visit"), proof_sheet(request, steps, now=db.now()), said)


async def _read(request: WebRequest, db: Db, slug: str, party: UUID) -> tuple[Day, NextSteps]:
    day, _ = await day_and_actor(request, db, slug)
    await db.read(visitor, day.id, party, now=db.now())  # one of this day, or unknown
    return day, await db.read(next_steps, party, now=db.now())


def _page(
    request: WebRequest, day: Day, steps: NextSteps, title: str, sheet: Markup, said: tuple[str, ...] = ()
) -> Response[Any]:
    locale = locale_of(request)
    context = SheetPrint(
        title=locale.gettext(title),
        ticket=steps.number,
        sheet=sheet,
        said=said,
        back=party_path(day, steps.party),
        back_label=locale.gettext(N_("Back")),
    )
    return page(request, context, **frame(request, day))


route_handlers: list[Any] = [show_steps, show_proof]
