"""Referrals: made from a conversation, and listed for those who made them or were sent somebody."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.directory.organising import centre_zone
from onestop.domain.errors import DayUnknown, InvalidInput, Refusal
from onestop.domain.roles import Actor, Role
from onestop.referrals.actions import Where, refer
from onestop.referrals.queries.lines import ReferralLine, Scope, referral_line, referrals_in
from onestop.web.api.access import acts, reads, stop_for
from onestop.web.api.answers import After, Limit, act, paged
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.sessions import actor


class ReferralWanted(Struct, kw_only=True):
    """Where, why and by when; `institution`, `service` or `place`, and `day` alone or with an institution."""

    reason: Annotated[str, Meta(max_length=40)]
    institution: UUID | None = None
    service: UUID | None = None
    place: UUID | None = None
    day: Annotated[str, Meta(max_length=80)] | None = None
    by: date | None = None
    consent: Literal["given"] | None = None


class Referral(Struct, kw_only=True):
    """A referral: number and day of the ticket, no name; `sender` only for whoever made it and organisers."""

    referral: UUID
    day: str
    number: int
    target: str
    sender: UUID | None
    institution: UUID | None
    service: UUID | None
    place: UUID | None
    to_day: str | None
    reason: str
    by: date | None
    private: bool
    state: str
    kept_how: str | None
    made_at: datetime


class ReferralList(Struct, kw_only=True):
    """A page of referrals."""

    items: list[Referral]
    next: int | None


@acts("/stops/{stop:uuid}/referrals", 404, roles=(Role.OFFICER,))
async def make_referral(
    request: WebRequest, db: Db, stop: FromPath[UUID], data: JSONBody[ReferralWanted]
) -> Response[Referral]:
    """Send her on, with her yes."""
    line, someone = await stop_for(request, stop, Role.OFFICER)
    day = await db.read(day_by_id, line.day)
    where = Where(
        institution=data.institution,
        service=data.service,
        place=data.place,
        day=None if data.day is None else await _day_named(db, data.day),
    )
    if data.place is not None and (data.institution or data.service or data.day):
        raise InvalidInput(field="place")
    today = db.now().astimezone(day.zone).date()

    def show(conn: Any, made: UUID) -> tuple[int, object]:
        return 201, _referral_of(referral_line(conn, made, today=today))

    return await act(
        request,
        refer,
        stop,
        where,
        reason=data.reason,
        by_on=data.by,
        said_yes=data.consent == "given",
        actor=someone,
        now=db.now(),
        day=line.day,
        show=show,
    )


@reads("/referrals", 404, roles=(Role.OFFICER, Role.ORGANISER))
async def list_referrals(
    request: WebRequest,
    db: Db,
    day: Annotated[str | None, QueryParameter(max_length=80, description="Made on this day, or leading to it.")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> ReferralList:
    """Those an officer's institution made or was sent; an organiser sees all. Private ones are in no list."""
    someone = await actor(request)
    on = None if day is None else (await db.read(day_by_slug, day)).id
    scopes = _scopes(someone)
    if on is not None and not any(scope.day in (None, on) for scope in scopes):
        raise DayUnknown
    today = db.now().astimezone(ZoneInfo(await db.read(centre_zone))).date()
    lines = await db.read(referrals_in, scopes, today=today, day=on)
    shown, next_page = paged([_referral_of(line) for line in lines], after=after, limit=limit)
    return ReferralList(items=shown, next=next_page)


def _scopes(someone: Actor) -> tuple[Scope, ...]:
    """What each grant lets see: an officer of no institution sees none, an organiser all of her days."""
    return tuple(
        Scope(institution=None if grant.role is Role.ORGANISER else grant.institution, day=grant.day)
        for grant in someone.grants
        if grant.role is Role.ORGANISER or (grant.role is Role.OFFICER and grant.institution is not None)
    )


async def _day_named(db: Db, slug: str) -> UUID:
    try:
        return (await db.read(day_by_slug, slug)).id
    except Refusal as unknown:
        raise InvalidInput(field="day") from unknown


def _referral_of(line: ReferralLine) -> Referral:
    return Referral(
        referral=line.id,
        day=line.day_slug,
        number=line.number,
        target=line.target,
        sender=line.sender_id,
        institution=line.institution_id,
        service=line.service,
        place=line.place,
        to_day=line.to_day_slug or None,
        reason=line.reason,
        by=line.by_on,
        private=line.private,
        state=line.standing,
        kept_how=line.kept_how or None,
        made_at=line.made_at,
    )


route_handlers: list[Any] = [make_referral, list_referrals]
