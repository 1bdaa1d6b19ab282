"""Pair this machine: six digits from the organiser make it a kiosk or a display."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from onestop.clock import real_now
from onestop.devices.actions import Paired, pair_device
from onestop.domain.errors import PairingWrong, TooManyTries
from onestop.domain.roles import Role
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import device_cookie


@page_of("account/pair.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PairPage:
    """The form for the code; `error` is a sentence in the reader's language."""

    error: str = ""
    code: str = ""


@get("/pair")
async def show_pair(request: WebRequest) -> Response[Any]:
    """The form, for anybody who stands at the machine."""
    return page(request, PairPage(code=(request.query_params.get("code") or "")[:40]), door="account")


@post("/pair")
async def do_pair(request: WebRequest, db: Db) -> Response[Any]:
    """Use the code up and carry the device's token from now on."""
    form = await read_form(request)
    try:
        await check_limit(request, "pair")
        paired = await db.write(pair_device, form.text("code", 40), real=real_now())
    except (PairingWrong, TooManyTries) as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        return page(request, PairPage(error=error, code=form.text("code", 40)), status=refusal.status, door="account")
    return see_other(_home_of(paired), cookies=[device_cookie(request, paired.token)])


def _home_of(paired: Paired) -> str:
    if paired.kind is Role.KIOSK:
        return "/kiosk"
    return f"/display/{paired.day_slug}" if paired.day_slug else "/display"


route_handlers: list[Any] = [show_pair, do_pair]
