"""How one display is set up: the desks it shows, the size of its screen and of the hall, its sound."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.clock import real_now
from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.db.session import Database
from onestop.devices.actions import set_up_display
from onestop.devices.queries import Device
from onestop.domain.board import INCHES, METRES, DisplaySetup, Screen, Sound, is_readable, reach_of
from onestop.domain.errors import N_, NotKnown
from onestop.domain.roles import Role
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import DeskMark
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.devices import device_here
from onestop.web.organise.frame import day_frame, enter, path_of
from onestop.web.organise.reading import Reader

VOLUMES = ("100", "80", "60", "40", "20")
BOTH_SIZES = N_("Please write both the screen and the distance, or neither of them.")
SIZE_WRONG = N_("Please write a whole number from %(least)s to %(most)s.")
SOUND_WRONG = N_("Please choose what is heard.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedDisplay:
    """The form's values as text."""

    inches: str
    metres: str
    sound: str
    volume: str
    dark: bool
    desks: tuple[int, ...]


@page_of("organise/display.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayPage:
    """The form of a display, and what the farthest seat can read."""

    day: Day
    device: UUID
    name: str
    typed: TypedDisplay
    desks: tuple[DeskMark, ...]
    volumes: tuple[tuple[str, str], ...]
    reach: int
    """From how many metres the biggest numbers of this screen can be read, where that is too near; else 0."""
    address: str
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/devices/{device:uuid}/display")
async def show_display(request: WebRequest, db: Db, day: FromPath[str], device: FromPath[UUID]) -> Response[Any]:
    """What is stored."""
    found, machine = await _display(request, db, day, device)
    setup, screen = machine.display, machine.display.screen
    typed = TypedDisplay(
        inches="" if screen is None else str(screen.inches),
        metres="" if screen is None else str(screen.metres),
        sound=setup.sound,
        volume=str(setup.volume),
        dark=setup.dark,
        desks=setup.desks,
    )
    return await _page(request, db, found, machine, typed, screen=screen)


@post("/organise/{day:str}/devices/{device:uuid}/display")
async def save_display(request: WebRequest, db: Db, day: FromPath[str], device: FromPath[UUID]) -> Response[Any]:
    """Store the form; what is wrong is said beside what was typed."""
    found, machine = await _display(request, db, day, device)
    _, someone = await enter(request, db, day)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    known = {desk.number for desk in await db.read(desks_of_day, found.id)}
    desks = tuple(sorted({int(text) for text in form.all("desks") if text.isdecimal() and len(text) < 6} & known))
    screen = _screen(read)
    sound, volume = form.text("sound", 10), form.text("volume", 5)
    if sound not in tuple(Sound):
        read.wrong("sound", SOUND_WRONG)
    if volume not in VOLUMES:
        volume = VOLUMES[0]
    dark = bool(form.text("dark", 4))
    if read.errors:
        inches, metres = form.text("inches", 12), form.text("metres", 12)
        typed = TypedDisplay(inches=inches, metres=metres, sound=sound, volume=volume, dark=dark, desks=desks)
        return await _page(request, db, found, machine, typed, errors=read.errors, status=422)
    # Every desk ticked is the same as none: a desk that is added later is then shown too.
    setup = DisplaySetup(
        desks=() if set(desks) == known else desks, screen=screen, sound=Sound(sound), volume=int(volume), dark=dark
    )
    path = await submit_once(
        request,
        f"organise.display.{device}",
        set_up_display,
        device,
        setup,
        actor=someone,
        real=real_now(),
        to=lambda _: path_of(found, f"/devices/{device}/display"),
    )
    if screen is not None and not is_readable(screen):
        return see_other(path)
    return see_other(path_of(found, "/devices?done=saved"))


def _screen(read: Reader) -> Screen | None:
    sizes: dict[str, int] = {}
    for name, (least, most) in (("inches", INCHES), ("metres", METRES)):
        if not read.form.text(name, 12):
            continue
        number = read.form.number(name)
        if number is None or not least <= number <= most:
            read.errors[name] = read.locale.say(SIZE_WRONG, {"least": least, "most": most})
        else:
            sizes[name] = number
    if len(sizes) == 1 and not read.errors:
        read.wrong("metres" if "inches" in sizes else "inches", BOTH_SIZES)
    return Screen(inches=sizes["inches"], metres=sizes["metres"]) if len(sizes) == 2 else None


async def _display(request: WebRequest, db: Database, slug: str, device: UUID) -> tuple[Day, Device]:
    found, _ = await enter(request, db, slug)
    machine = await device_here(request, db, found, device)
    if machine.kind is not Role.DISPLAY or machine.revoked_at is not None:
        raise NotKnown
    return found, machine


async def _page(
    request: WebRequest,
    db: Database,
    day: Day,
    machine: Device,
    typed: TypedDisplay,
    *,
    screen: Screen | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    desks = await db.read(desks_of_day, day.id)
    context = DisplayPage(
        day=day,
        device=machine.id,
        name=machine.name,
        typed=typed,
        desks=tuple(DeskMark(number=desk.number, colour=desk.colour, shape=desk.shape) for desk in desks),
        volumes=tuple((volume, f"{volume} %") for volume in VOLUMES),
        reach=reach_of(screen) if screen is not None and not is_readable(screen) else 0,
        address=f"{base_url_of(request)}/display/{day.slug}",
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_display, save_display]
