"""The floor plan with its desks, drawn for a visitor or for the hall: number, colour and shape, nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass

from onestop.days.queries.desks import DeskRow
from onestop.directory.floor_plans import Floor, Spot
from onestop.directory.words import unchecked
from onestop.domain.errors import N_
from onestop.web.kit.locale import Locale, direction
from onestop.web.kit.parts import DeskMark
from onestop.web.kit.series import OwnWords

PLANS = "/plans"
AREAS = (
    (N_("top left"), N_("top middle"), N_("top right")),
    (N_("left"), N_("middle"), N_("right")),
    (N_("bottom left"), N_("bottom middle"), N_("bottom right")),
)
"""Parts of the plan, from its top, as they are read aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSpot:
    """A desk on the plan; `x` and `y` are pixels of the picture, `where` says the same in words."""

    mark: DeskMark
    x: int
    y: int
    where: str
    hers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorView:
    """The hall as a picture with desks, and in words."""

    src: str
    """Empty where there is no picture."""
    width: int
    height: int
    desks: tuple[DeskSpot, ...]
    way: OwnWords | None


def floor_view(
    floor: Floor, desks: Iterable[DeskMark], locale: Locale, *, working: str, hers: int | None = None
) -> FloorView | None:
    """What is shown of a floor in this language; `None` where nothing is known of it.

    `hers`: the number of the desk that a visitor is called to, of a call that her board shows as well (R19).
    """
    text, language = floor.way_for(locale.tag, working=working)
    if floor.plan is None and not text:
        return None
    if language in floor.drafts:
        text = unchecked(locale, text)
    other = language not in ("", locale.tag)
    plan = floor.plan
    return FloorView(
        src=f"{PLANS}/{plan.file}" if plan else "",
        width=plan.width if plan else 0,
        height=plan.height if plan else 0,
        desks=tuple(
            DeskSpot(
                mark=mark,
                x=round(spot.across * plan.width / 1000),
                y=round(spot.down * plan.height / 1000),
                where=area_of(locale, spot),
                hers=mark.number == hers,
            )
            for mark in desks
            if (spot := floor.spots.get(mark.number)) is not None
        )
        if plan
        else (),
        way=OwnWords(text=text, lang=language if other else "", dir=direction(language) if other else "")
        if text
        else None,
    )


def marks_of_day(desks: Iterable[DeskRow]) -> tuple[DeskMark, ...]:
    """The desks of a day as people find them."""
    return tuple(DeskMark(number=desk.number, colour=desk.colour, shape=desk.shape) for desk in desks)


def area_of(locale: Locale, spot: Spot) -> str:
    """The part of the plan in which a desk stands."""
    return locale.gettext(AREAS[min(2, spot.down * 3 // 1000)][min(2, spot.across * 3 // 1000)])
