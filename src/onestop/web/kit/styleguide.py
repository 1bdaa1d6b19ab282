"""All parts of the design on one page: `python -m onestop.web.kit.styleguide OUT.html`."""

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from onestop.locale.locales import Locale, locale_for
from onestop.web.kit.pages import Chrome, HelpBlock, LanguageLink, NavLink, page, render
from onestop.web.kit.parts import CallLine, DeskMark, PlanLine, TicketView, mark_for

NOW = dt.datetime(2026, 12, 2, 9, 5, tzinfo=dt.UTC)
LANGUAGES_SHOWN = ("en", "sk", "uk", "ar")


@page("style.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StylePage:
    """Invented values for every part."""

    layout: str
    today: dt.date
    waiting: int
    tickets: tuple[TicketView, ...]
    times: tuple[dt.datetime, ...]
    desks: tuple[DeskMark, ...]


@page("style_board.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StyleBoard:
    """The board with five calls."""

    calls: tuple[CallLine, ...]


def sample_board() -> StyleBoard:
    """Five calls, one of them for a member of a party."""
    shown = ((9, 123, None, 4), (8, 118, 2, 1), (7, 1042, None, 12), (6, 115, None, 6), (5, 101, None, 3))
    return StyleBoard(
        calls=tuple(CallLine(id=at, number=n, member=member, desk=mark_for(desk)) for at, n, member, desk in shown)
    )


def sample_chrome(locale: Locale) -> Chrome:
    """The frame of an invented centre."""
    return Chrome(
        now=NOW,
        zone="Europe/Bratislava",
        brand="One-Stop Shop Bratislava",
        languages=tuple(
            LanguageLink(tag=tag, href=f"?lang={tag}", current=tag == locale.tag) for tag in LANGUAGES_SHOWN
        ),
        help=HelpBlock(phone="+421 903 123 456", address="Grösslingová 35, Bratislava"),
        nav=(NavLink(label="1", href="#", current=True), NavLink(label="2", href="#")),
        signed_in="Jana K.",
        demo=True,
    )


def sample_page(locale: Locale, layout: str = "visitor") -> StylePage:
    """Every part, filled."""
    say = locale.gettext
    plan = (
        PlanLine(mark="done", label=say("Legal advice"), desk=mark_for(1)),
        PlanLine(mark="now", label=say("Social advice"), desk=mark_for(4)),
        PlanLine(
            mark="next",
            label=say("Foreign police"),
            begins_at=NOW + dt.timedelta(minutes=30),
            ends_at=NOW + dt.timedelta(minutes=45),
            desk=mark_for(3),
        ),
        PlanLine(mark="later", label=say("Health insurance"), begins_at=NOW + dt.timedelta(hours=1)),
        PlanLine(mark="dropped", label=say("Labour office")),
    )
    ticket = TicketView(
        number=123,
        next_step=say("Please wait. We will call your number."),
        plan=plan,
        qr_text="https://onestop.example/t/abcdefghijklmnopqrstuvwxyz",
        short_code="7KQ2 M9XD",
    )
    called = TicketView(
        number=118, member=2, next_step=say("Please come now."), called=True, desk=mark_for(4), plan=plan[:2]
    )
    times = tuple(NOW + dt.timedelta(minutes=15 * step) for step in range(7))
    desks = tuple(mark_for(number) for number in range(1, 13))
    return StylePage(
        layout=f"layouts/{layout}.html",
        today=NOW.date(),
        waiting=11,
        tickets=(ticket, called),
        times=times,
        desks=desks,
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--layout", default="visitor", choices=["visitor", "staff", "kiosk", "board"])
    wanted = parser.parse_args()
    locale = locale_for(wanted.language)
    chrome = sample_chrome(locale)
    if wanted.layout == "board":
        html = render("style_board.html", sample_board(), locale=locale, chrome=chrome)
    else:
        html = render("style.html", sample_page(locale, wanted.layout), locale=locale, chrome=chrome)
    wanted.out.write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main()
