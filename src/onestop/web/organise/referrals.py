"""Every referral of the centre that is not private, and whether it was kept."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.directory.organising import centre_zone
from onestop.domain.errors import N_
from onestop.domain.referral import Standing
from onestop.referrals.actions import record_kept
from onestop.referrals.queries.lines import Scope, referral_place, referrals_in
from onestop.referrals.wrong import ReferralUnknown
from onestop.web.kit.forms import new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.referrals import ReferralsPage, list_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import centre_frame, enter_centre

HOME = "/organise/referrals"


@get("/organise/referrals")
async def show_referrals(request: WebRequest, db: Db) -> Response[Any]:
    """Those that wait, then the others."""
    await enter_centre(request)
    locale = locale_of(request)
    today = db.now().astimezone(ZoneInfo(await db.read(centre_zone))).date()
    lines = await db.read(referrals_in, (Scope(),), today=today)
    waiting = [line for line in lines if line.standing is Standing.OPEN]
    others = [line for line in lines if line.standing is not Standing.OPEN]
    context = ReferralsPage(
        lists=(
            list_of(locale, N_("Still open"), N_("No referral is open."), waiting, marks=lambda _: True),
            list_of(locale, N_("Kept or over"), N_("None yet."), others, marks=lambda _: True),
        ),
        base=HOME,
        back="",
        back_label="",
        saved=request.query_params.get("done") == "saved",
        key=new_key(),
    )
    return page(request, context, **await centre_frame(request, db, HOME))


@post("/organise/referrals/{referral:uuid}/kept")
async def do_kept(request: WebRequest, db: Db, referral: FromPath[UUID]) -> Response[Any]:
    """She came."""
    return await _record(request, db, referral, kept=True)


@post("/organise/referrals/{referral:uuid}/not-kept")
async def do_not_kept(request: WebRequest, db: Db, referral: FromPath[UUID]) -> Response[Any]:
    """That was a slip."""
    return await _record(request, db, referral, kept=False)


async def _record(request: WebRequest, db: Db, referral: UUID, *, kept: bool) -> Response[Any]:
    someone = await enter_centre(request)
    about = await db.read(referral_place, referral)
    if about.private:
        raise ReferralUnknown
    path = await submit_once(
        request,
        f"organise.referral.{kept}",
        record_kept,
        referral,
        kept=kept,
        to=lambda _: f"{HOME}?done=saved",
        day=about.day,
        actor=someone,
        now=db.now(),
    )
    return see_other(path)


route_handlers: list[Any] = [show_referrals, do_kept, do_not_kept]
