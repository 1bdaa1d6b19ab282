"""The sheet somebody takes home, in two columns line by line: hers, and the local one that the next clerk reads."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from onestop.days.queries.days import Day
from onestop.directory.papers import Paper
from onestop.directory.places import Place
from onestop.directory.ways_on import PLACES, REASONS
from onestop.directory.words import unchecked
from onestop.domain.day import Release
from onestop.domain.errors import N_
from onestop.domain.ticket import again_code
from onestop.domain.visit import AT_DESK, STOP_OPEN, Outcome, StopState
from onestop.referrals.queries.steps import AddedHere, Done, NextSteps, Onward
from onestop.web.kit.locale import LANGUAGES, Locale, direction, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.pages import render
from onestop.web.kit.papers import coming_of, paper_lines
from onestop.web.kit.requests import WebRequest, settings_of
from onestop.web.kit.responses import chrome_of
from onestop.web.kit.words import isolated, left_to_right, service_title, stop_title

RowKind = Literal["heading", "title", "private", "day", "line", "paper"]
Says = Callable[[Locale], "str | Words"]
Way = Callable[[Day], str]
OUTCOMES: dict[Outcome, str] = {
    Outcome.SETTLED: N_("It is settled."),
    Outcome.ADVISED: N_("Advice was given."),
    Outcome.COME_AGAIN: N_("It is not finished. Please come again."),
    Outcome.PAPERS_MISSING: N_("Papers were missing. Please come again with them."),
    Outcome.NOT_POSSIBLE: N_("It was not possible here."),
}
DONE = N_("This talk took place.")
NOT_DONE = N_("This talk did not take place.")
STILL = N_("This talk is still to come today.")
BEGUN = N_("You were at this talk today.")
GOES_ON = N_("This talk moves to another day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text and the language it is in, which may be another one than the column's."""

    text: str
    lang: str
    dir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One line in both columns; with `qr_text` a code stands beside it, for both."""

    kind: RowKind
    hers: Words
    local: Words
    qr_text: str = ""


@page_of("kit/steps_sheet.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StepsSheet:
    """The sheet; `local` is left out where both are the same language."""

    title: SheetRow
    hers: str
    local: str
    two: bool
    groups: tuple[tuple[SheetRow, ...], ...]
    """Rows that stay together on one sheet of paper."""
    wide: bool
    """A proof: large, with room for a name and a stamp."""


@page_of("kit/sheet.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPrint:
    """A sheet with its button, at a door of staff; `also_href` adds what is told to her alone, where that is known."""

    title: str
    ticket: int
    sheet: Markup
    back: str
    back_label: str
    said: tuple[str, ...] = ()
    """What stands on it, in the language of whoever signs it and cannot read it."""
    also_href: str = ""
    with_private: bool = False


class Columns:
    """Both languages of a sheet: `row` says a thing in each."""

    def __init__(self, steps: NextSteps) -> None:
        self.hers = locale_for(steps.language if steps.language in LANGUAGES else "en")
        working = steps.day.working_language
        self.local = locale_for(working if working in LANGUAGES else "en")

    def row(self, kind: RowKind, says: Says, *, qr_text: str = "") -> SheetRow:
        """One line; `says` gives it in a language."""
        return SheetRow(kind=kind, hers=_words(self.hers, says), local=_words(self.local, says), qr_text=qr_text)

    def sheet(self, title: Says, rows: Iterable[SheetRow], *, wide: bool = False) -> StepsSheet:
        """The whole sheet."""
        return StepsSheet(
            title=self.row("heading", title),
            hers=self.hers.tag,
            local=self.local.tag,
            two=self.hers.tag != self.local.tag,
            groups=_groups(rows),
            wide=wide,
        )


def _groups(rows: Iterable[SheetRow]) -> tuple[tuple[SheetRow, ...], ...]:
    """A title with what follows it, as far as a day, which stays with its code; a heading with its first title."""
    groups: list[list[SheetRow]] = [[]]
    for row in rows:
        last = groups[-1][-1] if groups[-1] else None
        begins = row.kind not in ("line", "paper") or (last is not None and last.qr_text)
        if begins and last is not None and last.kind not in ("heading", "title", "private"):
            groups.append([])
        groups[-1].append(row)
    return tuple(tuple(group) for group in groups)


def steps_sheet(request: WebRequest, steps: NextSteps) -> Markup:
    """The next steps, ready to stand in a page or to be printed."""
    both, base = Columns(steps), settings_of(request).base_url.rstrip("/")

    def way(day: Day) -> str:
        """The address to book a day at, with her own invitation where one is needed; nothing without a public name."""
        if not base or day.release is not Release.INVITED:
            return f"{base}/d/{day.slug}" if base else ""
        code = again_code(request.app.state.ticket_key, day=day.id, party=steps.party)
        return f"{base}/d/{day.slug}?invitation={code}"

    return _rendered(request, both.sheet(_say(N_("Next steps")), _steps(both, steps, way)))


def proof_sheet(request: WebRequest, steps: NextSteps, *, now: datetime) -> Markup:
    """Proof of visit: name, date, from when to when, the address; no institution and no topic."""
    both = Columns(steps)
    sheet = both.sheet(_say(N_("Proof of visit")), _proof(both, steps, now), wide=True)
    return _rendered(request, sheet)


def proof_said(locale: Locale, steps: NextSteps, *, now: datetime) -> tuple[str, ...]:
    """The lines of the proof for whoever signs it; none where the paper is in her language."""
    both = Columns(steps)
    if locale.tag in (both.hers.tag, both.local.tag):
        return ()
    return tuple(row.hers.text for row in _proof(Columns(replace(steps, language=locale.tag)), steps, now))


def _rendered(request: WebRequest, sheet: StepsSheet) -> Markup:
    locale = locale_for(sheet.hers)
    made = render("kit/steps_sheet.html", sheet, locale=locale, chrome=chrome_of(request, locale))
    return Markup(made)  # noqa: S704 (rendered with autoescape just above)


# -- next steps ------------------------------------------------------------------------------------------------


def _steps(both: Columns, steps: NextSteps, way: Way) -> Iterable[SheetRow]:
    number = left_to_right(str(steps.number))
    yield both.row("line", lambda locale: isolated(steps.day.name))
    yield both.row("line", lambda locale: locale.date(steps.day.on))
    yield both.row("line", _say(N_("Ticket %(number)s"), number=number))
    talks = [each for each in steps.done if each.state is not StopState.DROPPED or each.left_behind]
    to_come = [each for each in talks if each.state in STOP_OPEN | AT_DESK and each.state is not StopState.SERVING]
    done = [each for each in talks if each not in to_come]
    if done:
        yield both.row("heading", _say(N_("What was done")))
    for each in done:
        yield from _done(both, steps, each)
    yield both.row("heading", _say(N_("What comes next")))
    for each in to_come:
        yield from _done(both, steps, each)
    for added in steps.added:
        yield from _added(both, added)
    yield from _goes_on(both, steps)
    for onward in steps.onward:
        yield from _onward(both, steps, onward, way)
    if steps.next_day is not None:
        yield both.row("title", _say(N_("Come again")))
        yield from _day(both, steps.next_day, way)
    if steps.of_one_talk:
        yield both.row("line", _say(N_("If you have other steps today, your ticket shows them.")))
    elif not to_come and not steps.onward and steps.goes_on is None and steps.next_day is None:
        yield both.row("line", _say(N_("Nothing more is planned.")))
    if steps.day.phone:
        yield both.row("heading", _say(N_("Questions")))
        phone = left_to_right(steps.day.phone)
        yield both.row("line", _say(N_("Call us: %(phone)s"), phone=phone))


def _done(both: Columns, steps: NextSteps, done: Done) -> Iterable[SheetRow]:
    yield both.row("title", lambda locale: stop_title(locale, done.service_key, private=done.private))
    if done.institution:
        yield both.row("line", lambda locale: isolated(done.institution))
    yield both.row("line", _say(_how_it_ended(done)))
    yield from _papers(both, steps, done.papers)


def _added(both: Columns, added: AddedHere) -> Iterable[SheetRow]:
    yield both.row("title", lambda locale: service_title(locale, added.service_key))
    yield both.row("line", lambda locale: isolated(added.institution))
    for number in added.desks:
        yield both.row("line", _say(N_("Desk %(number)s"), number=left_to_right(str(number))))
    yield both.row("line", _say(N_("This step was added today. Your ticket shows when it is your turn.")))


def _how_it_ended(done: Done) -> str:
    if done.state is StopState.FINISHED:
        return OUTCOMES[done.outcome] if done.outcome is not None else DONE
    if done.state is StopState.CARRIED_OVER:
        return GOES_ON
    if done.state is StopState.SERVING:
        return BEGUN
    return STILL if done.state in STOP_OPEN | AT_DESK else NOT_DONE


def _goes_on(both: Columns, steps: NextSteps) -> Iterable[SheetRow]:
    to, day = steps.goes_on, steps.goes_on_day
    if to is None or day is None:
        return
    yield both.row("title", _say(N_("Your other talks")))
    yield both.row("line", lambda locale: locale.date(day.on))
    if to.arrival_at is None:
        yield both.row("line", _say(N_("That day is full. You are on its waiting list.")))
    else:
        at = to.arrival_at
        yield both.row("line", lambda locale: _at_time(locale, at, day))
    yield both.row("line", lambda locale: isolated(_venue(day)))
    if to.number is not None:
        yield both.row("line", _say(N_("Ticket %(number)s"), number=left_to_right(str(to.number))))


def _onward(both: Columns, steps: NextSteps, onward: Onward, way: Way) -> Iterable[SheetRow]:
    kind: RowKind = "private" if onward.private else "title"
    if onward.place is not None:
        place = onward.place
        yield both.row(kind, lambda locale: isolated(place.name))
        yield both.row("line", lambda locale: locale.gettext(PLACES[place.kind][0]))
        yield from _place(both, steps, place)
    elif onward.institution:
        yield both.row(kind, lambda locale: isolated(onward.institution))
        if onward.service_key:
            yield both.row("line", lambda locale: service_title(locale, onward.service_key))
    else:
        yield both.row(kind, _say(N_("Another day here")))
    yield both.row("line", lambda locale: locale.say(N_("Why: %(why)s"), {"why": _why(locale, onward)}))
    if onward.day is not None:
        yield from _day(both, onward.day, way)
    elif onward.by_on is not None:
        by = onward.by_on
        yield both.row("line", lambda locale: locale.say(N_("Until when: %(date)s"), {"date": locale.date(by)}))
    yield from _papers(both, steps, onward.papers)


def _why(locale: Locale, onward: Onward) -> str:
    return locale.gettext(REASONS.get(onward.reason, onward.reason))


def _place(both: Columns, steps: NextSteps, place: Place) -> Iterable[SheetRow]:
    if place.address:
        yield both.row("line", lambda locale: isolated(place.address))
    if place.phone:
        yield both.row("line", _say(N_("Phone: %(phone)s"), phone=left_to_right(place.phone)))
    if place.hours:

        def hours(locale: Locale) -> Words:
            text, lang = place.hours_for(locale.tag, working=steps.day.working_language)
            text = unchecked(locale, text) if lang in place.drafts else text
            return Words(text=text, lang=lang, dir=direction(lang))

        yield both.row("line", hours)


def _day(both: Columns, day: Day, way: Way) -> Iterable[SheetRow]:
    yield both.row("day", lambda locale: isolated(day.name))
    yield both.row("line", lambda locale: f"{locale.date(day.on)} · {_hours(locale, day)}")
    yield both.row("line", lambda locale: isolated(_venue(day)))
    if address := way(day):
        yield both.row("line", _say(N_("To book a time, scan this code with a phone.")), qr_text=address)
    else:
        yield both.row("line", _say(N_("To get a time, ask at the reception or call us.")))


def _papers(both: Columns, steps: NextSteps, papers: Collection[Paper]) -> Iterable[SheetRow]:
    coming = coming_of(steps.members)
    hers, local = (
        paper_lines(locale, papers, coming=coming, said=steps.answers, working=steps.day.working_language)
        for locale in (both.hers, both.local)
    )
    if hers:
        yield both.row("line", _say(N_("Please bring:")))
    for mine, theirs in zip(hers, local, strict=True):
        yield SheetRow(
            kind="paper",
            hers=Words(text=mine.text, lang=mine.lang or both.hers.tag, dir=mine.dir or both.hers.dir),
            local=Words(text=theirs.text, lang=theirs.lang or both.local.tag, dir=theirs.dir or both.local.dir),
        )


# -- proof of visit --------------------------------------------------------------------------------------------


def _proof(both: Columns, steps: NextSteps, now: datetime) -> Iterable[SheetRow]:
    begins, ends = steps.from_at or now, steps.to_at or now
    zone = steps.day.timezone
    name = isolated(steps.name) if steps.name else "_" * 24
    yield both.row("line", _say(N_("Name: %(name)s"), name=name))
    yield both.row("line", lambda locale: locale.say(N_("Date: %(date)s"), {"date": locale.date(steps.day.on)}))
    hours = {
        "from": left_to_right(both.local.time(begins, zone)),
        "to": left_to_right(both.local.time(ends, zone)),
    }
    yield both.row("line", _say(N_("Was here from %(from)s to %(to)s."), **hours))
    if steps.day.address:
        yield both.row("line", _say(N_("Address: %(address)s"), address=isolated(steps.day.address)))
    yield both.row("line", _say(N_("Stamp and signature:")))


# -- words -----------------------------------------------------------------------------------------------------


def _say(sentence: str, **params: str) -> Says:
    return lambda locale: locale.say(sentence, params)


def _words(locale: Locale, says: Says) -> Words:
    said = says(locale)
    return said if isinstance(said, Words) else Words(text=said, lang=locale.tag, dir=locale.dir)


def _at_time(locale: Locale, at: datetime, day: Day) -> str:
    return locale.say(N_("Please come at %(time)s."), {"time": left_to_right(locale.time(at, day.timezone))})


def _hours(locale: Locale, day: Day) -> str:
    times = (locale.time(at, day.timezone) for at in (day.opens_at, day.closes_at))
    return left_to_right("–".join(times))


def _venue(day: Day) -> str:
    return ", ".join(part for part in (day.venue, day.address) if part)
