"""Machines of a day: paired by a code that is shown big, seen, shut out; and papers of theirs that did not fit."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.clock import real_now
from onestop.days.queries.days import Day
from onestop.devices.actions import PairCode, create_device, new_pair_code, revoke_device
from onestop.devices.queries import Device, devices_list
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.roles import Role
from onestop.visits.actions.merging import see_conflict
from onestop.visits.queries.printed import PrintedConflict, conflicts_of_day
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of, tell_once, was_told, works_everywhere
from onestop.web.organise.reading import Reader

KINDS = (Role.KIOSK, Role.DISPLAY)
KIND_WRONG = N_("Please choose what kind of machine it is.")
FRESH = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine and how long ago it was heard of, in machine time."""

    device: Device
    minutes_ago: int | None
    fresh: bool


@page_of("organise/devices.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesPage:
    """The machines, papers of theirs that somebody has to look at, and the form for another one."""

    day: Day
    machines: tuple[Machine, ...]
    conflicts: tuple[PrintedConflict, ...]
    told: bool
    done: str
    kind: str = "kiosk"
    name: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/device_code.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodePage:
    """The pairing code, shown this one time."""

    day: Day
    name: str
    code: str
    address: str


@get("/organise/{day:str}/devices")
async def show_devices(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The machines of this day and those that serve every day."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found)


@post("/organise/{day:str}/devices")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """A new machine with its code."""
    found, someone = await enter(request, db, day)
    read = Reader(await read_form(request), locale_of(request))
    kind, name = read.form.text("kind", 10), read.form.text("name", 120)
    if kind not in KINDS:
        read.wrong("kind", KIND_WRONG)
    status = 422
    if not read.errors:
        try:
            made, path = await tell_once(
                request,
                f"organise.device.new.{found.id}",
                create_device,
                kind=Role(kind),
                name=name,
                day_id=found.id,
                actor=someone,
                real=real_now(),
                day=found.id,
                back=path_of(found, "/devices"),
            )
            return _code(request, found, name, made) if made else see_other(path)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            status = refusal.status
    return await _page(request, db, found, kind=kind, name=name, errors=read.errors, status=status)


@post("/organise/{day:str}/devices/{device:uuid}/code")
async def new_code(request: WebRequest, db: Db, day: FromPath[str], device: FromPath[UUID]) -> Response[Any]:
    """Another code; the machine works on until it is used."""
    found, someone = await enter(request, db, day)
    machine = await device_here(request, db, found, device)
    made, path = await tell_once(
        request,
        f"organise.device.code.{device}",
        new_pair_code,
        device,
        actor=someone,
        real=real_now(),
        back=path_of(found, "/devices"),
    )
    return _code(request, found, machine.name, made) if made else see_other(path)


@post("/organise/{day:str}/devices/{device:uuid}/revoke")
async def revoke(request: WebRequest, db: Db, day: FromPath[str], device: FromPath[UUID]) -> Response[Any]:
    """Shut the machine out at once."""
    found, someone = await enter(request, db, day)
    await device_here(request, db, found, device)
    await db.write(revoke_device, device, actor=someone, real=real_now())
    return see_other(path_of(found, "/devices?done=revoked"))


@post("/organise/{day:str}/devices/conflicts/{conflict:uuid}/seen")
async def seen(request: WebRequest, db: Db, day: FromPath[str], conflict: FromPath[UUID]) -> Response[Any]:
    """Somebody has looked at the paper and told its holder."""
    found, someone = await enter(request, db, day)
    await db.write(see_conflict, found.id, conflict, actor=someone, now=db.now(), day=found.id)
    return see_other(path_of(found, "/devices"))


async def device_here(request: WebRequest, db: Db, day: Day, device: UUID) -> Device:
    """A machine of this day, or one of every day for an organiser of the whole centre."""
    _, someone = await enter(request, db, day.slug)
    found = next((each for each in await db.read(devices_list, day.id) if each.id == device), None)
    if found is None or (found.day is None and not works_everywhere(someone)):
        raise NotKnown
    return found


def _code(request: WebRequest, day: Day, name: str, made: PairCode) -> Response[Any]:
    context = DeviceCodePage(
        day=day,
        name=name,
        code=f"{made.code[:3]} {made.code[3:]}",
        address=f"{base_url_of(request)}/pair",
    )
    return page(request, context, **day_frame(request, day))


async def _page(request: WebRequest, db: Db, day: Day, *, status: int = 200, **more: Any) -> Response[Any]:
    real = real_now()
    context = DevicesPage(
        day=day,
        machines=tuple(_machine(each, real) for each in await db.read(devices_list, day.id)),
        conflicts=await db.read(conflicts_of_day, day.id),
        told=was_told(request),
        done=request.query_params.get("done", "")[:20],
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


def _machine(device: Device, real: datetime) -> Machine:
    ago = None if device.seen_at is None else max(timedelta(), real - device.seen_at)
    return Machine(
        device=device,
        minutes_ago=None if ago is None else int(ago.total_seconds() // 60),
        fresh=ago is not None and ago <= FRESH,
    )


route_handlers: list[Any] = [show_devices, add, new_code, revoke, seen]
