"""Visitors are told which words of the organisers nobody has checked."""

from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tickets import new_code
from onestop.days.tables import days
from onestop.directory.checklists import PaperAsked, change_paper
from onestop.directory.series_entries import SeriesWords, add_series, change_series
from onestop.domain.roles import SYSTEM
from tests.halls import STAFF
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_texts import said
from tests.web.site import Site


def put_in_series(conn: sa.Connection, series: UUID) -> None:
    conn.execute(days.update().values(series_id=series))


async def test_visitors_are_told_of_a_draft_until_somebody_has_read_it(site: Site) -> None:
    now = site.database.now()
    service = next(one for one in site.hall.offer.services if one.key == "legal")
    paper = service.papers[0].id
    asked = PaperAsked(words={"sk": "Zmluva", "en": "Contract", "uk": "Договір"})
    site.database.write_now(change_paper, paper, asked, today=site.hall.day.on, actor=SYSTEM, now=now)
    series = site.database.write_now(add_series, name="Days", actor=SYSTEM, now=now)
    words = SeriesWords(name="Days", funding={"sk": "Platí únia", "en": "Paid by the Union"})
    site.database.write_now(change_series, series, words, actor=SYSTEM, now=now)
    site.database.write_now(put_in_series, series)
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    key = site.app.state.ticket_key
    code = site.database.write_now(new_code, party=ticket.party, key=key, actor=STAFF, now=now).code
    seen: dict[str, tuple[bool, bool]] = {}
    for when in ("draft", "read"):
        for tag in ("en", "sk"):
            page = said(await site.browser().get(f"/t/{code}?lang={tag}"))
            seen[f"{when} {tag}"] = "a draft that nobody has checked" in page, "Contract (a draft that" in page
        organiser = Organiser(site)
        for path in (f"/organise/texts/paper/{paper}/text", f"/organise/texts/series/{series}/funding"):
            await organiser.open(path)
            english = "Contract" if "paper" in path else "Paid by the Union"
            await organiser.send(path, read_en="checked", text_en=english)

    assert seen == {
        "draft en": (True, True),
        "draft sk": (False, False),
        "read en": (False, False),
        "read sk": (False, False),
    }
