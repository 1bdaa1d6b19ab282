"""The organiser's own lines: stored by language, refused by name, in what goes out and never in what was tried."""

from typing import Any

import sqlalchemy as sa

from onestop.clock import real_now
from onestop.days.copying import copy_day
from onestop.days.queries.days import day_by_slug
from onestop.days.queries.own_lines import own_lines
from onestop.notify.actions import lease_next
from onestop.notify.messages import compose
from onestop.notify.queries import message_by_id
from onestop.notify.tables import outbox
from tests.halls import KEY, STAFF
from tests.notify.post import Mailing, mail_settings, opened
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

PATH = "/organise/iom-bratislava-2026-12-03/lines"


def mails(site: Site) -> list[tuple[str, str, str]]:
    """Kind, plain text and page of every message, in the order they were written."""
    settings = mail_settings(site.settings.var, 25)
    rows = site.database.read_now(
        lambda conn: conn.execute(sa.select(outbox.c.id).order_by(outbox.c.id)).scalars().all()
    )
    found: list[tuple[str, str, str]] = []
    for row in rows:
        message = site.database.read_now(message_by_id, row)
        mail = opened(compose(message, key=KEY, settings=settings))
        bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
        plain, page = [body.get_content().replace("\r\n", "\n") for body in bodies if body is not None]
        found.append((message.kind, plain, page))
    return found


def book(site: Site, language: str) -> Any:
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    return mailing.book(f"{language}@example.org", language=language)


async def save(site: Site, **texts: str) -> Any:
    organiser = Organiser(site)
    await organiser.open(PATH)
    return await organiser.send(PATH, **{f"lines_{tag}": text for tag, text in texts.items()})


async def test_lines_are_stored_and_stand_filled_in_her_language_or_the_next_best(site: Site) -> None:
    site.set_time(site.hall.day.opens_at.replace(day=1))
    saved = await save(site, en="Ring twice at <b>{venue}</b>.\nNumber {number}, {time}.", ar="رقمك {number}.", sk="")
    for language in ("en", "ar", "uk"):
        book(site, language)

    assert (saved.status_code, saved.url.path) == (200, PATH.removesuffix("/lines"))
    assert set(site.database.read_now(own_lines, site.hall.id)) == {"ar", "en"}
    sent = mails(site)
    assert [kind for kind, *_ in sent] == ["confirmation", "reminder", "morning"] * 3
    english = f"Ring twice at <b>{site.hall.day.venue}</b>.\nNumber 100, "
    assert [english in plain for _, plain, _ in sent] == [True] * 3 + [False] * 3 + [False] * 3
    assert all(f"Ring twice at &lt;b&gt;{site.hall.day.venue}&lt;/b&gt;.<br>" in page for *_, page in sent[:3])
    assert all("رقمك \u2066101\u2069." in plain for _, plain, _ in sent[3:6])
    assert all('lang="ar" dir="rtl" style="margin:24px 0 0"' in page for *_, page in sent[3:6])
    # No Ukrainian lines: the working language has none, English is the next, and says so.
    assert all(
        "Number 102, " in plain and 'lang="en" dir="ltr" style="margin:24px' in page for _, plain, page in sent[6:]
    )


async def test_a_place_that_cannot_be_filled_is_named_and_what_was_typed_stays(site: Site) -> None:
    answer = await save(site, en="Come, {nmae}, at {time}", sk="Príďte o {time}")

    assert answer.status_code == 422
    assert "{nmae} cannot be filled." in answer.text
    assert 'href="#lines_en"' in answer.text
    assert ["Come, {nmae}, at {time}" in answer.text, "Príďte o {time}" in answer.text] == [True, True]
    assert site.database.read_now(own_lines, site.hall.id) == {}
    long = await save(site, en="x" * 601)
    assert (long.status_code, "at most 600 characters" in long.text) == (422, True)


async def test_reminders_that_wait_say_the_new_lines_and_what_was_tried_keeps_its_bytes(site: Site) -> None:
    site.set_time(site.hall.day.opens_at.replace(day=1))
    book(site, "en")
    leased = site.database.write_now(lease_next, real=real_now(), now=site.hall.now)
    assert leased is not None
    await save(site, en="New words")
    assert [(kind, "New words" in plain) for kind, plain, _ in mails(site)] == [
        ("confirmation", False),
        ("reminder", True),
        ("morning", True),
    ]
    reminder = outbox.c.kind == "reminder"
    site.database.write_now(lambda conn: conn.execute(outbox.update().where(reminder).values(tries=1)))
    await save(site, en="Newest words")

    assert [(kind, "New words" in plain, "Newest words" in plain) for kind, plain, _ in mails(site)] == [
        ("confirmation", False, False),
        ("reminder", True, False),
        ("morning", False, True),
    ]


async def test_a_message_of_before_without_lines_is_still_made(site: Site) -> None:
    site.set_time(site.hall.day.opens_at.replace(day=1))
    book(site, "en")

    def older(conn: sa.Connection) -> None:
        for row in conn.execute(sa.select(outbox.c.id, outbox.c.terms)).all():
            terms = {name: value for name, value in row.terms.items() if not name.startswith("own")}
            conn.execute(outbox.update().where(outbox.c.id == row.id).values(terms=terms))

    site.database.write_now(older)
    assert ["Please bring" in plain for _, plain, _ in mails(site)] == [True] * 3


async def test_a_copied_day_begins_with_the_lines(site: Site) -> None:
    await save(site, en="Ring twice.", sk="Zvoňte dvakrát.")
    on = site.hall.day.on.replace(day=17)
    slug = site.database.write_now(copy_day, site.hall.id, on=on, actor=STAFF, now=site.hall.now)
    copy = site.database.read_now(day_by_slug, slug)

    assert site.database.read_now(own_lines, copy.id) == {"en": "Ring twice.", "sk": "Zvoňte dvakrát."}
