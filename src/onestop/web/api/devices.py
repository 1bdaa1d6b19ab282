"""Machines: numbers to print while the line is cut, and what a machine says of itself."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta, Struct, field

from onestop.booking.tickets import LeasedNumbers, lease_numbers
from onestop.clock import real_now
from onestop.devices.actions import report_device
from onestop.domain.errors import InvalidInput, NotAllowed
from onestop.domain.machine import CodeNotTaken, PaperMissed, Printer, Report, WhyNot
from onestop.domain.roles import Actor, Role
from onestop.web.api.access import acts, day_for
from onestop.web.api.answers import act, instant
from onestop.web.api.wishes import Instant
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.sessions import actor

Count = Annotated[int, Meta(ge=0, le=10**6)]


class LeaseWanted(Struct, kw_only=True):
    """The day, for a machine that is bound to none."""

    day: Annotated[str, Meta(max_length=80)] | None = None


class LeasedNumber(Struct, kw_only=True):
    """A number with its working codes."""

    number: int
    code: str
    short_code: str


class Lease(Struct, kw_only=True):
    """Numbers for offline use; what is not used is lost. The machine counts what it prints from `counter` on."""

    first: int = field(name="from")
    last: int = field(name="to")
    expires_at: datetime
    counter: int
    tickets: list[LeasedNumber]


class CodeRefused(Struct, kw_only=True):
    """A code that was read while the line was cut and refused at hand-in: when, our code of the refusal, its end."""

    at: Instant
    why: Annotated[str, Meta(max_length=40)] = ""
    ends: Annotated[str, Meta(max_length=2, pattern=r"^[0-9A-Z]*\Z")] = ""


class PaperNotOut(Struct, kw_only=True):
    """A paper that did not come out: when, and the number on it, if it has one."""

    at: Instant
    number: Count | None = None


class Heartbeat(Struct, kw_only=True):
    """The printer; tickets not handed in, not taken, without a paper; numbers left; the version of the program.

    `codes` checked nobody in, `papers` are the last that did not come out: the page of machines lists them.
    """

    printer: Printer
    waiting: Count = 0
    refused: Count = 0
    unprinted: Count = 0
    numbers: Count = 0
    version: Annotated[str, Meta(max_length=20, pattern=r"^[0-9A-Za-z.+-]*\Z")] = ""
    codes: Annotated[list[CodeRefused], Meta(max_length=50)] = field(default_factory=list[CodeRefused])
    papers: Annotated[list[PaperNotOut], Meta(max_length=50)] = field(default_factory=list[PaperNotOut])


class Heard(Struct, kw_only=True):
    """The time of the day, so that a machine whose clock is wrong prints the right one."""

    now: datetime


@acts("/devices/leases", 404, 410, roles=(Role.KIOSK,))
async def lease(
    request: WebRequest, db: Db, ticket_key: TicketKey, data: JSONBody[LeaseWanted | None] = None
) -> Response[Lease]:
    """Numbers with codes for a kiosk that may lose the network."""
    device, someone = await _machine(request)
    day = next((grant.day for grant in someone.grants if grant.day is not None), None)
    if data is not None and data.day is not None:
        day = (await day_for(request, data.day, Role.KIOSK))[0].id
    if day is None:
        raise InvalidInput(field="day")

    def show(_: Any, leased: LeasedNumbers) -> tuple[int, object]:
        tickets = [LeasedNumber(number=each.number, code=each.code, short_code=each.short) for each in leased.tickets]
        return 201, Lease(
            first=leased.first, last=leased.last, expires_at=leased.until_at, counter=leased.counter, tickets=tickets
        )

    return await act(request, _lease, day, device=device, key=ticket_key, now=db.now(), day=day, show=show)


@acts("/devices/heartbeat", roles=(Role.KIOSK,), ok=200)
async def beat(request: WebRequest, db: Db, data: JSONBody[Heartbeat]) -> Response[Heard]:
    """What a machine says of itself; the organiser's page of machines shows it."""
    device, someone = await _machine(request)
    report = Report(
        printer=data.printer,
        waiting=data.waiting,
        refused=data.refused,
        unprinted=data.unprinted,
        numbers=data.numbers,
        version=data.version,
        codes=tuple(
            CodeNotTaken(
                at=instant(each.at, "codes"),
                why=WhyNot(each.why) if each.why in list(WhyNot) else WhyNot.OTHER,
                ends=each.ends,
            )
            for each in data.codes
        ),
        papers=tuple(PaperMissed(at=instant(each.at, "papers"), number=each.number) for each in data.papers),
    )

    def show(_: Any, __: None) -> tuple[int, object]:
        return 200, Heard(now=db.now())

    return await act(request, report_device, device, report=report, actor=someone, real=real_now(), show=show)


async def _machine(request: WebRequest) -> tuple[UUID, Actor]:
    """The paired machine itself. Raises `NotAllowed` for a token that belongs to none."""
    someone = await actor(request)
    if someone.device is None:
        raise NotAllowed
    return someone.device, someone


def _lease(conn: Any, of_day: UUID, **kwargs: Any) -> LeasedNumbers:
    return lease_numbers(conn, day=of_day, **kwargs)


route_handlers: list[Any] = [lease, beat]
