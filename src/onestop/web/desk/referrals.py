"""Referrals of a desk's institution: who was sent here and has not come, whom we sent on, and who came (R14)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import day_by_id
from onestop.domain.errors import N_
from onestop.referrals.actions import record_kept
from onestop.referrals.queries.lines import Scope, referral_place, referrals_in
from onestop.referrals.wrong import ReferralUnknown
from onestop.web.desk.access import reach_desk
from onestop.web.kit.forms import new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.referrals import ReferralsPage, list_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other


@get("/desks/{desk_id:uuid}/referrals")
async def show_referrals(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Both lists."""
    _, place = await reach_desk(request, db, desk_id)
    day, locale = await db.read(day_by_id, place.day), locale_of(request)
    scope = Scope(institution=place.institution, day=place.day, still_open=True)
    lines = await db.read(referrals_in, (scope,), today=db.now().astimezone(day.zone).date())
    here = [line for line in lines if line.institution_id == place.institution]
    context = ReferralsPage(
        lists=(
            list_of(locale, N_("Sent to us"), N_("Nobody was sent to us."), here, marks=lambda _: True),
            list_of(
                locale,
                N_("Sent on by us"),
                N_("We sent nobody on."),
                [line for line in lines if line.institution_id != place.institution],
                marks=lambda _: False,
            ),
        ),
        base=f"/desks/{place.id}/referrals",
        back=f"/desks/{place.id}",
        back_label=locale.gettext(N_("Back to the desk")),
        saved=request.query_params.get("done") == "saved",
        key=new_key(),
    )
    return page(request, context, zone=day.timezone, door="desk", brand=day.name, home="/desk")


@post("/desks/{desk_id:uuid}/referrals/{referral:uuid}/kept")
async def do_kept(request: WebRequest, db: Db, desk_id: FromPath[UUID], referral: FromPath[UUID]) -> Response[Any]:
    """She came."""
    return await _record(request, db, desk_id, referral, kept=True)


@post("/desks/{desk_id:uuid}/referrals/{referral:uuid}/not-kept")
async def do_not_kept(request: WebRequest, db: Db, desk_id: FromPath[UUID], referral: FromPath[UUID]) -> Response[Any]:
    """That was a slip."""
    return await _record(request, db, desk_id, referral, kept=False)


async def _record(request: WebRequest, db: Db, desk_id: UUID, referral: UUID, *, kept: bool) -> Response[Any]:
    someone, place = await reach_desk(request, db, desk_id)
    about = await db.read(referral_place, referral)
    if about.private or about.institution != place.institution:
        raise ReferralUnknown
    path = await submit_once(
        request,
        f"desk.referral.{kept}",
        record_kept,
        referral,
        kept=kept,
        to=lambda _: f"/desks/{desk_id}/referrals?done=saved",
        day=about.day,
        actor=someone,
        now=db.now(),
    )
    return see_other(path)


route_handlers: list[Any] = [show_referrals, do_kept, do_not_kept]
