"""Contents into sheets, in the language of the hall: a list of arrivals, a sheet for each desk, the rules."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onestop.booking.spares import SpareTicket
from onestop.days.queries.desks import DeskRow
from onestop.directory.words import stop_title
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_
from onestop.domain.paper import AT_A_DESK, DIGITS, WORDS
from onestop.domain.ticket import short_code, spell_short_code
from onestop.locale.languages import LANGUAGES, direction
from onestop.locale.locales import Locale, locale_for
from onestop.paper.backing import backers_of, brand_of
from onestop.paper.contents import Contents, Expected, Step
from onestop.paper.sheets import Column, Pack, Rules, Sheet, Spare, Spares

BLANK_ARRIVALS = 12
BLANK_AT_DESK = 14
RULES = (
    (
        N_("At reception"),
        (
            N_("Write the time when the computers stopped. Give each desk its sheet."),
            N_("Find the number of each visitor on the list of arrivals. Write when she came."),
            N_("Somebody without an appointment gets a spare ticket. Write its number and the wish on an empty line."),
            N_("Before you send somebody to a desk, name its institution and ask. A no is fine."),
            N_("Call numbers, never names. Fetch people quietly for a talk at the centre."),
        ),
    ),
    (
        N_("At the desks"),
        (
            N_("Take whoever has waited longest. Nobody loses her place because a desk sends her on."),
            N_("For each visitor write the number, the times, and one digit for how it ended."),
            N_("Write nothing else: no names, no reasons. The sheet is read by others later."),
        ),
    ),
    (
        N_("When the computers work again"),
        (
            N_("Pause the day first. Otherwise a desk may call somebody who was served already."),
            N_("Enter each line at reception, under “From paper”. The order does not matter."),
            N_("Look at “Still open” there, then let the day go on. Destroy every sheet in time."),
        ),
    ),
)
KEEP = N_("Please keep this paper. We call your number.")
UNKNOWN = N_("This computer has no font for some letters. Each of them is a “?” here. See “onestop check”.")


def pack_of(
    contents: Contents,
    spares: Sequence[SpareTicket],
    *,
    locale: Locale,
    key: bytes,
    base_url: str,
    kept_days: int,
    now: datetime,
) -> Pack:
    """The pack in one language. Without a `base_url` phones cannot open an address: then the QR is the bare code."""
    day = contents.day
    _ = locale.gettext
    hours = "–".join(locale.time(at, day.timezone) for at in (day.opens_at, day.closes_at))
    return Pack(
        language=locale.tag,
        rtl=locale.dir == "rtl",
        title=_(N_("Day pack: %(day)s")) % {"day": day.name},
        when=f"{locale.date(day.on)} · {hours}",
        made=_(N_("Made on %(date)s at %(time)s. Later changes are not in it."))
        % {"date": locale.local_date(now, day.timezone), "time": locale.time(now, day.timezone)},
        destroy=_(N_("Destroy by %(date)s at the latest")) % {"date": locale.date(day.on + timedelta(days=kept_days))},
        page=_(N_("Page %(page)s of %(pages)s")),
        rules=tuple(Rules(heading=_(heading), steps=tuple(map(_, steps))) for heading, steps in RULES),
        sheets=(
            _arrivals(contents, locale, key),
            *(sheet for desk in contents.desks for sheet in _desk_sheets(contents, desk, locale)),
        ),
        spares=_spares(contents, spares, locale, base_url),
        backers=backers_of(contents.day, contents.pictures, locale),
        unknown=_(UNKNOWN),
    )


# -- the list of arrivals --------------------------------------------------------------------------


def _arrivals(contents: Contents, locale: Locale, key: bytes) -> Sheet:
    _ = locale.gettext
    day = contents.day
    places = _places(contents)
    rows = tuple(
        (
            locale.time(one.comes_at, day.timezone),
            str(one.number),
            spell_short_code(short_code(key, day=day.id, number=one.number, generation=one.generation)),
            str(one.people),
            _languages(one, locale),
            "\n".join(_step(step, places, locale) for step in one.steps),
            "✓ " + locale.time(one.came_at, day.timezone) if one.came_at is not None else "",
        )
        for one in contents.expected
    )
    return Sheet(
        heading=_(N_("Arrivals")),
        notes=(_(N_("✓ before a step: it is done. The number in brackets is the desk.")),),
        columns=(
            Column(label=_(N_("Time")), share=1.1, ltr=True),
            Column(label=_(N_("Number")), share=1.4, big=True, ltr=True),
            Column(label=_(N_("Short code")), share=1.9, ltr=True),
            Column(label=_(N_("People")), share=1.4, ltr=True),
            Column(label=_(N_("Languages")), share=2.9),
            Column(label=_(N_("Steps")), share=4.3),
            Column(label=_(N_("Came at")), share=1.6, ltr=True),
        ),
        rows=rows,
        blank=BLANK_ARRIVALS,
        empty=_(N_("Nobody is expected yet.")),
    )


def _languages(one: Expected, locale: Locale) -> str:
    comma = "، " if locale.dir == "rtl" else ", "
    named = comma.join(locale.language_name(tag) for tag in one.languages[:3])
    if one.interpreter is Interpreter.NEEDED:
        return locale.gettext(N_("%(languages)s; needs an interpreter")) % {"languages": named}
    return named


def _step(step: Step, places: dict[str, list[int]], locale: Locale) -> str:
    """A step as the list tells it; a private one has neither name nor place."""
    title = stop_title(locale, step.key, private=step.private)
    at = places.get(str(step.service), []) if not step.private else []
    told = f"{title} ({', '.join(map(str, at))})" if at else title
    if step.marks:
        told += " · " + ", ".join(map(str, step.marks))
    return f"✓ {told}" if step.done else told


def _places(contents: Contents) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for desk in contents.desks:
        for service in desk.services:
            found.setdefault(str(service), []).append(desk.number)
    return found


# -- the desks -------------------------------------------------------------------------------------


def _desk_sheets(contents: Contents, desk: DeskRow, locale: Locale) -> list[Sheet]:
    """The sheet of a desk; its private talks stand on a sheet of their own that names no institution (R19)."""
    private = {service.id for service in contents.services if service.private}
    sheets: list[Sheet] = []
    if not set(desk.services) <= private:
        sheets.append(_desk_sheet(contents, desk, locale, private=False))
    if set(desk.services) & private or any(_at(desk, one, private=True) for one in contents.expected):
        sheets.append(_desk_sheet(contents, desk, locale, private=True))
    return sheets


def _desk_sheet(contents: Contents, desk: DeskRow, locale: Locale, *, private: bool) -> Sheet:
    _ = locale.gettext
    zone = contents.day.timezone
    whose = stop_title(locale, "", private=True) if private else desk.institution.name
    rows: list[tuple[datetime, tuple[str, ...]]] = []
    for one in contents.expected:
        more = sum(not step.done for step in one.steps) - 1
        for step in _at(desk, one, private=private):
            at = step.planned_at or one.came_at or one.comes_at
            number = str(one.number) + (f" · {', '.join(map(str, step.marks))}" if step.marks else "")
            title = stop_title(locale, step.key, private=step.private)
            people = str(len(step.marks) or one.people)
            rows.append((at, (locale.time(at, zone), number, people, _languages(one, locale), title, str(more))))
    rows.sort()
    digits = " · ".join(f"{DIGITS[word]} {_(WORDS[word])}" for word in WORDS if word in AT_A_DESK)
    return Sheet(
        heading=f"{_(N_('Desk %(number)s')) % {'number': desk.number}} · {whose}",
        notes=(_(N_("How it ended: %(digits)s")) % {"digits": digits},),
        columns=(
            Column(label=_(N_("Time")), share=1.2, ltr=True),
            Column(label=_(N_("Number")), share=1.8, big=True, ltr=True),
            Column(label=_(N_("People")), share=1.2, ltr=True),
            Column(label=_(N_("Languages")), share=3),
            Column(label=_(N_("Step")), share=2.6),
            Column(label=_(N_("More steps")), share=1.2, ltr=True),
            Column(label=_(N_("Began")), share=1.5),
            Column(label=_(N_("Ended")), share=1.5),
            Column(label=_(N_("How")), share=1.1),
        ),
        rows=tuple(row for _when, row in rows),
        blank=BLANK_AT_DESK,
        empty=_(N_("Nobody is expected here yet.")),
    )


def _at(desk: DeskRow, one: Expected, *, private: bool) -> list[Step]:
    """Open steps of hers that this desk gives."""
    return [
        step
        for step in one.steps
        if not step.done
        and step.private == private
        and step.service in desk.services
        and step.institution == desk.institution.id
        and step.held_at in (None, desk.id)
    ]


# -- spare tickets ---------------------------------------------------------------------------------


def _spares(contents: Contents, spares: Sequence[SpareTicket], locale: Locale, base_url: str) -> Spares | None:
    if not spares:
        return None
    _ = locale.gettext
    tags = list(dict.fromkeys((locale.tag, *(tag for tag in contents.day.languages if tag in LANGUAGES))))
    return Spares(
        heading=_(N_("Spare tickets %(first)s–%(last)s")) % {"first": spares[0].number, "last": spares[-1].number},
        note=_(N_("For people without an appointment. Each number exists once: never copy this page.")),
        brand=brand_of(contents.day, locale),
        says=tuple((direction(tag), locale_for(tag).gettext(KEEP)) for tag in tags),
        tickets=tuple(
            Spare(
                number=one.number,
                short=spell_short_code(one.short),
                qr=f"{base_url}/t/{one.code}" if base_url else one.code,
            )
            for one in spares
        ),
    )
