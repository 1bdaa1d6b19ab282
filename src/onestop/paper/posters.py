"""Posters of a day in each of its languages and one in all of them: to book beforehand, and for its entrance."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.domain.day import DayState, Release
from onestop.domain.errors import N_, Refusal
from onestop.locale.languages import page_languages
from onestop.locale.locales import Locale, locale_for
from onestop.paper.backing import backers_of, brand_of
from onestop.paper.sheets import Backers


class PosterKind(StrEnum):
    """What a poster is for."""

    BOOK = "book"
    ENTRANCE = "entrance"


class PosterSize(StrEnum):
    """The paper it is printed on."""

    A4 = "a4"
    A3 = "a3"


ASKS: Mapping[Release, str] = {
    Release.OPEN: N_("Scan to book a time"),
    Release.INVITED: N_("With an invitation: scan and book a time"),
    Release.DRAW: N_("Scan to ask for a place"),
}
HAS_TICKET = (N_("You have a ticket?"), N_("Show it here."))
HAS_NONE = (N_("You have no ticket?"), N_("Ask here."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A day in the words of one language."""

    language: str
    rtl: bool
    brand: str
    """The name of its series; empty for a day that belongs to none."""
    date: str
    asks: str
    qr: str
    """Empty on a poster that nobody scans."""
    questions: str
    has_ticket: tuple[str, ...]
    has_none: tuple[str, ...]
    backers: Backers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posters:
    """One page for each poster, and a first one with all of them if there are several."""

    title: str
    kind: PosterKind
    size: PosterSize
    hours: str
    venue: str
    address: str
    phone: str
    link: str
    """As it is typed."""
    qr: str
    """Of the page with all languages: the phone chooses."""
    posters: tuple[Poster, ...]


class NoPosters(Refusal):
    code = "no_posters"
    status = 409
    sentence = N_("Only a published day has posters.")


class NoPublicAddress(Refusal):
    code = "no_public_address"
    status = 409
    sentence = N_("This server has no public address. A poster to book needs one, because phones must reach it.")


def check_posters(day: Day, kind: PosterKind, *, base_url: str) -> None:
    """Raise `NoPosters` or `NoPublicAddress` where a poster would lead nowhere."""
    if day.state is not DayState.PUBLISHED:
        raise NoPosters
    if kind is PosterKind.BOOK and not base_url:
        raise NoPublicAddress


def poster_languages(day: Day) -> tuple[str, ...]:
    """Those its organiser switched on and pages are complete in, the working language first."""
    offered = page_languages(day.languages)
    return tuple(sorted(offered, key=lambda tag: tag != day.working_language))


def posters_of(
    day: Day, pictures: Mapping[UUID, bytes], kind: PosterKind, size: PosterSize, *, base_url: str
) -> Posters:
    """The posters of a day, one for each of its languages."""
    address = f"{base_url}/d/{day.slug}"
    zone = day.timezone
    return Posters(
        title=day.name,
        kind=kind,
        size=size,
        hours="–".join(locale_for("en").time(at, zone) for at in (day.opens_at, day.closes_at)),
        venue=day.venue,
        address=day.address,
        phone=day.phone,
        link=address.partition("://")[2] if kind is PosterKind.BOOK else "",
        qr=address if kind is PosterKind.BOOK else "",
        posters=tuple(
            _poster(day, pictures, locale_for(tag), address if kind is PosterKind.BOOK else "")
            for tag in poster_languages(day)
        ),
    )


def _poster(day: Day, pictures: Mapping[UUID, bytes], locale: Locale, address: str) -> Poster:
    _ = locale.gettext
    return Poster(
        language=locale.tag,
        rtl=locale.dir == "rtl",
        brand=brand_of(day, locale) if day.series else "",
        date=locale.date(day.on),
        asks=_(ASKS[day.release]),
        qr=f"{address}?lang={locale.tag}" if address else "",
        questions=_(N_("Questions? Phone:")),
        has_ticket=tuple(map(_, HAS_TICKET)),
        has_none=tuple(map(_, HAS_NONE)),
        backers=backers_of(day, pictures, locale),
    )
