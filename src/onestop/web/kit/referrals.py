"""Referrals as lists in the reader's language, at the doors of those who made them, were sent somebody, or organise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from onestop.directory.ways_on import REASONS
from onestop.domain.errors import N_
from onestop.domain.referral import KeptHow, Standing, Target
from onestop.referrals.queries.lines import ReferralLine
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.words import isolated, service_title

AT_OUR_DAY = N_("Our day on %(date)s")
STANDINGS: dict[Standing, tuple[str, str, str]] = {
    Standing.OPEN: (N_("Still open"), "clock", ""),
    Standing.KEPT: (N_("Kept"), "circle-check", "ok"),
    Standing.NOT_KEPT: (N_("Not kept"), "circle-x", "warn"),
    Standing.WITHDRAWN: (N_("Taken back"), "undo-2", ""),
}
"""How a referral stands: words, pictogram, colour."""
HOWS: dict[str, str] = {
    KeptHow.SERVED: N_("served there"),
    KeptHow.CHECKED_IN: N_("checked in there"),
    KeptHow.BY_HAND: N_("recorded by hand"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReferral:
    """One referral in a list; `marks`: the reader may say whether she came."""

    id: UUID
    number: int
    on: date
    sender: str
    leads_to: str
    why: str
    by_on: date | None
    standing: str
    icon: str
    colour: str
    how: str
    kept: bool
    marks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralList:
    """Some referrals under a heading; `empty` is said where there is none."""

    title: str
    empty: str
    lines: tuple[ShownReferral, ...]


@page_of("kit/referrals.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralsPage:
    """The lists, with the buttons that record who came; `base` is where they are pressed."""

    lists: tuple[ReferralList, ...]
    base: str
    back: str
    back_label: str
    saved: bool
    key: str


def where_it_leads(locale: Locale, line: ReferralLine) -> str:
    """An institution with its service and day, a place, or one of our days, in one line."""
    if line.target is Target.PLACE:
        return isolated(line.place_name)
    parts: list[str] = []
    if line.institution:
        parts.append(isolated(line.institution))
    if line.service_key:
        parts.append(service_title(locale, line.service_key))
    if line.to_day_on is not None:
        parts.append(locale.say(AT_OUR_DAY, {"date": locale.date(line.to_day_on)}))
    return " · ".join(parts)


def list_of(
    locale: Locale,
    title: str,
    empty: str,
    lines: Iterable[ReferralLine],
    *,
    marks: Callable[[ReferralLine], bool],
) -> ReferralList:
    """A list with its words said in the reader's language."""
    return ReferralList(
        title=locale.gettext(title),
        empty=locale.gettext(empty),
        lines=tuple(_shown(locale, each, marks) for each in lines),
    )


def _shown(locale: Locale, line: ReferralLine, marks: Callable[[ReferralLine], bool]) -> ShownReferral:
    standing, icon, colour = STANDINGS[line.standing]
    return ShownReferral(
        id=line.id,
        number=line.number,
        on=line.day_on,
        sender=isolated(line.sender) if line.sender else "",
        leads_to=where_it_leads(locale, line),
        why=locale.gettext(REASONS.get(line.reason, line.reason)),
        by_on=line.by_on,
        standing=locale.gettext(standing),
        icon=icon,
        colour=colour,
        how=locale.gettext(HOWS[line.kept_how]) if line.kept_how in HOWS else "",
        kept=line.standing is Standing.KEPT,
        marks=marks(line),
    )
