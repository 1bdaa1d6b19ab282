"""Machines of a day: paired by a code that is shown big, seen, shut out; and papers of theirs that did not fit."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.clock import real_now
from onestop.days.queries.days import Day, all_days
from onestop.db.session import Database
from onestop.devices.actions import (
    DeviceNameRefused,
    PairCode,
    change_device,
    create_device,
    new_pair_code,
    revoke_device,
)
from onestop.devices.queries import Device, devices_list
from onestop.domain.day import DayState
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.machine import SILENT_AFTER, CodeNotTaken
from onestop.domain.roles import Actor, Role
from onestop.visits.actions.merging import see_conflict
from onestop.visits.queries.printed import PrintedConflict, conflicts_of_day
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import (
    covers,
    day_frame,
    enter,
    errors_of,
    path_of,
    tell_once,
    was_told,
    works_everywhere,
)
from onestop.web.organise.reading import Reader, read_id

KINDS = (Role.KIOSK, Role.DISPLAY)
KIND_WRONG = N_("Please choose what kind of machine it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine, how long ago it was heard of in machine time, and what its form for name and day says."""

    device: Device
    minutes_ago: int | None
    fresh: bool
    mine: bool
    """Whether this organiser may change it; one of every day belongs to the whole centre."""
    name: str
    day: str
    error: str
    codes: tuple[CodeNotTaken, ...]
    """Codes it read on this day without a line that checked nobody in."""


@page_of("organise/devices.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesPage:
    """The machines, papers of theirs that somebody has to look at, and the form for another one."""

    day: Day
    machines: tuple[Machine, ...]
    days: tuple[tuple[str, str], ...]
    """Where a machine can be moved to."""
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
    found, someone = await enter(request, db, day)
    return await _page(request, db, found, someone)


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
    return await _page(request, db, found, someone, kind=kind, name=name, errors=read.errors, status=status)


@post("/organise/{day:str}/devices/{device:uuid}")
async def change(request: WebRequest, db: Db, day: FromPath[str], device: FromPath[UUID]) -> Response[Any]:
    """Another name, or another day; a ticket machine hands in what it has of the old one and takes new numbers."""
    found, someone = await enter(request, db, day)
    await device_here(request, db, found, device)
    read = Reader(await read_form(request), locale_of(request))
    name, to = read.form.text("name", 120), read.form.text("day", 40)
    if to not in dict(await _days(request, db, found, someone)):
        raise NotKnown
    then = read_id(to)
    try:
        path = await submit_once(
            request,
            f"organise.device.change.{device}",
            change_device,
            device,
            name=name,
            day_id=then,
            actor=someone,
            real=real_now(),
            to=lambda _: path_of(found, f"/devices?done={'saved' if then in (found.id, None) else 'moved'}"),
        )
    except DeviceNameRefused as refusal:
        errors = {f"name-{device}": read.locale.say(refusal.sentence, refusal.params)}
        return await _page(
            request, db, found, someone, changed=(device, name, to), errors=errors, status=refusal.status
        )
    return see_other(path)


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


async def _page(
    request: WebRequest,
    db: Database,
    day: Day,
    someone: Actor,
    *,
    status: int = 200,
    changed: tuple[UUID, str, str] | None = None,
    **more: Any,
) -> Response[Any]:
    """The list; `changed` is the machine, name and day of a form that could not be taken."""
    real, everywhere = real_now(), works_everywhere(someone)

    def machine(device: Device) -> Machine:
        ago = None if device.seen_at is None else max(timedelta(), real - device.seen_at)
        name, to = device.name, str(device.day or "")
        codes = device.report.codes if device.report is not None else ()
        if changed is not None and changed[0] == device.id:
            _, name, to = changed
        return Machine(
            device=device,
            minutes_ago=None if ago is None else int(ago.total_seconds() // 60),
            fresh=ago is not None and ago <= SILENT_AFTER,
            mine=device.day is not None or everywhere,
            name=name,
            day=to,
            error=more.get("errors", {}).get(f"name-{device.id}", ""),
            codes=tuple(each for each in codes if each.at.astimezone(day.zone).date() == day.on),
        )

    context = DevicesPage(
        day=day,
        machines=tuple(machine(each) for each in await db.read(devices_list, day.id)),
        days=await _days(request, db, day, someone),
        conflicts=await db.read(conflicts_of_day, day.id),
        told=was_told(request),
        done=request.query_params.get("done", "")[:20],
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


async def _days(request: WebRequest, db: Database, day: Day, someone: Actor) -> tuple[tuple[str, str], ...]:
    """This day and those to come that she organises, and every day for somebody who organises all."""
    locale, now = locale_of(request), db.now()
    coming = [
        each
        for each in await db.read(all_days)
        if covers(someone, each.id) and each.state in (DayState.DRAFT, DayState.PUBLISHED) and each.closes_at > now
    ]
    named = [(str(each.id), f"{each.name}, {locale.short_date(each.on)}") for each in dict.fromkeys((day, *coming))]
    return (*named, *([("", locale.gettext("every day"))] if works_everywhere(someone) else []))


route_handlers: list[Any] = [show_devices, add, change, new_code, revoke, seen]
