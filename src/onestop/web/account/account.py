"""Everybody's own account: who she is, and one-time codes switched on, renewed and switched off."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from onestop.accounts.actions import begin_sign_in
from onestop.accounts.one_time import setup_address, spell_secret
from onestop.accounts.passwords import password_matches
from onestop.accounts.second_steps import (
    CodesAreOn,
    SecondStep,
    begin_codes,
    confirm_codes,
    renew_recovery_codes,
    second_step_of,
    switch_codes_off,
    try_code,
    unconfirmed_secret,
)
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.directory.organising import centre_zone
from onestop.domain.errors import (
    N_,
    CodeWrong,
    InvalidInput,
    NotAllowed,
    NotKnown,
    Refusal,
    SignInNeeded,
    TooManyTries,
)
from onestop.domain.roles import Actor
from onestop.web.account.letting_in import home_of
from onestop.web.kit.forms import Form, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import Round, page, see_other
from onestop.web.kit.sessions import actor, session_hash

HOME = "/account"
SETUP = "/account/codes"


class PasswordWrong(InvalidInput):
    code = "password_wrong"
    sentence = N_("This is not your password. Please try again.")


@page_of("account/account.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """Her name, and how she signs in."""

    name: str
    login: str
    has_password: bool
    on_at: datetime | None
    recovery_left: int
    must_set_up: bool
    """Nothing else opens before she has switched one-time codes on."""
    asked_for: bool
    back: str
    done: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])


@page_of("account/codes.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage:
    """The secret for the app, as a picture and in letters, until it is confirmed."""

    address: str
    secret: str
    error: str = ""


@page_of("account/recovery.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPage:
    """The recovery codes, shown this one time."""

    codes: tuple[str, ...]
    login: str
    renewed: bool
    back: str


@get(HOME)
async def show_account(request: WebRequest, db: Db) -> Response[Any]:
    """The page; a day pass and a machine have none."""
    someone, account = await _enter(request)
    return await _page(request, db, someone, account)


@post("/account/codes/begin")
async def begin(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Make a secret that waits to be confirmed."""
    _, account = await _enter(request)
    try:
        await db.write(begin_codes, account, key=ticket_key)
    except CodesAreOn:
        return see_other(HOME)
    return see_other(SETUP)


@get(SETUP)
async def show_codes(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """The picture for the app, as long as the secret is not confirmed."""
    someone, account = await _enter(request)
    return await _setup(request, db, someone, account, ticket_key)


@post(SETUP)
async def confirm(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Switch codes on, if the app shows the right one; the recovery codes are on this answer only."""
    someone, account = await _enter(request)
    typed = (await read_form(request)).text("code", 40)
    try:
        await check_limit(request, "sign_in", contact=str(account))
        made = await db.write(
            confirm_codes,
            account,
            typed,
            key=ticket_key,
            session=session_hash(request),
            actor=someone,
            now=db.now(),
            real=real_now(),
        )
    except (CodesAreOn, NotKnown):
        return see_other(HOME)
    except (CodeWrong, TooManyTries) as refusal:
        return await _setup(request, db, someone, account, ticket_key, refusal=refusal)
    return await _told(request, db, account, made, renewed=False)


@post("/account/codes/recovery")
async def renew(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Ten new recovery codes for a code of the app; the old ones end."""
    someone, account = await _enter(request)
    form = await read_form(request)
    try:
        await _check_code(request, db, account, form, ticket_key)
        made = await db.write(renew_recovery_codes, account, key=ticket_key, actor=someone, now=db.now())
    except NotKnown:
        return see_other(HOME)
    except (CodeWrong, TooManyTries) as refusal:
        return await _page(request, db, someone, account, refusal=refusal, control="recovery-code")
    return await _told(request, db, account, made, renewed=True)


@post("/account/codes/off")
async def switch_off(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """No codes any more, for her password and a code."""
    someone, account = await _enter(request)
    form = await read_form(request)
    stands = await db.read(second_step_of, account)
    if stands.on_at is None:
        return see_other(HOME)
    if stands.asked_for:
        raise NotAllowed
    control = "password"
    try:
        await check_limit(request, "sign_in", contact=str(account))
        if stands.has_password:
            await _check_password(db, stands, (form.get("password") or "")[:1000])
        control = "off-code"
        await _check_code(request, db, account, form, ticket_key)
        await db.write(switch_codes_off, account, actor=someone, now=db.now())
    except (CodeWrong, PasswordWrong, TooManyTries) as refusal:
        return await _page(request, db, someone, account, refusal=refusal, control=control)
    return see_other(f"{HOME}?done=off")


async def _enter(request: WebRequest) -> tuple[Actor, UUID]:
    someone = await actor(request)
    if someone.account is None:
        raise NotAllowed if someone.grants else SignInNeeded
    return someone, someone.account


async def _check_password(db: Database, stands: SecondStep, password: str) -> None:
    attempt = await db.write(begin_sign_in, stands.login, real=real_now())
    if not await asyncio.to_thread(password_matches, attempt.password_hash, password):
        raise PasswordWrong(field="password")


async def _check_code(request: WebRequest, db: Database, account: UUID, form: Form, ticket_key: bytes) -> None:
    await check_limit(request, "sign_in", contact=str(account))
    typed = form.text("code", 40)
    # She is signed in: this browser is known.
    if not await db.write(try_code, account, typed, known=True, key=ticket_key, now=db.now(), real=real_now()):
        raise CodeWrong(field="code")


async def _page(
    request: WebRequest,
    db: Database,
    someone: Actor,
    account: UUID,
    *,
    refusal: Refusal | None = None,
    control: str = "",
) -> Response[Any]:
    locale = locale_of(request)
    stands = await db.read(second_step_of, account)
    errors = {control: locale.say(refusal.sentence, refusal.params)} if refusal else {}
    context = AccountPage(
        name=someone.name,
        login=stands.login,
        has_password=stands.has_password,
        on_at=stands.on_at,
        recovery_left=stands.recovery_left,
        must_set_up=someone.must_set_up_codes,
        asked_for=stands.asked_for,
        back=home_of(someone),
        done=request.query_params.get("done", "")[:20],
        errors=errors,
    )
    return page(request, context, status=refusal.status if refusal else 200, **await _frame(db, someone))


async def _setup(
    request: WebRequest,
    db: Database,
    someone: Actor,
    account: UUID,
    ticket_key: bytes,
    *,
    refusal: Refusal | None = None,
) -> Response[Any]:
    secret = await db.read(unconfirmed_secret, account, key=ticket_key)
    if secret is None:
        return see_other(HOME)
    login = (await db.read(second_step_of, account)).login
    context = CodesPage(
        address=setup_address(secret, login=login, host=base_url_of(request).partition("://")[2]),
        secret=spell_secret(secret),
        error=locale_of(request).say(refusal.sentence, refusal.params) if refusal else "",
    )
    return page(request, context, status=refusal.status if refusal else 200, **await _frame(db, someone))


async def _told(
    request: WebRequest, db: Database, account: UUID, made: tuple[str, ...], *, renewed: bool
) -> Response[Any]:
    login = (await db.read(second_step_of, account)).login
    context = RecoveryPage(codes=made, login=login, renewed=renewed, back=HOME)
    return page(request, context, **await _frame(db, await actor(request)))


async def _frame(db: Database, someone: Actor) -> Round:
    return Round(door="account", zone=await db.read(centre_zone), home=home_of(someone))


route_handlers: list[Any] = [show_account, begin, show_codes, confirm, renew, switch_off]
