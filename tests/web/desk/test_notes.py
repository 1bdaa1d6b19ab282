"""Notes over HTTP: what was typed is kept, a foreign desk learns nothing, and no other page shows a word of it."""

import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from onestop.db.session import Database
from onestop.domain.note import LONGEST_NOTE
from onestop.visits.queries.notes import notes_at
from tests.web.desk.screen import zone
from tests.web.site import Site, running

CANARY = "Canary about her passport"


def _called(site: Site, number: int, *keys: str) -> UUID:
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish(*keys))
    stop = site.hall.next(number).stop
    assert stop is not None
    return stop


async def test_a_note_is_written_beside_the_talk_and_stands_at_the_desk(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal")
    page = (await officer.get(f"/stops/{stop}/notes")).text
    answer = await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})

    assert "No note yet." in page
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desks/{site.desk.id}")
    assert CANARY in zone((await officer.get(f"/desks/{site.desk.id}")).text, "now")
    assert CANARY in (await officer.get(f"/stops/{stop}/notes")).text


async def test_too_long_a_note_is_refused_with_all_that_was_typed(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal")
    text = "long " * (LONGEST_NOTE // 5) + "end"
    answer = await officer.post(f"/stops/{stop}/notes", data={"text": text})

    assert (answer.status_code, text in answer.text) == (422, True)
    assert f"Please write a note with 1 to {LONGEST_NOTE} letters." in answer.text
    assert site.database.read_now(notes_at, stop) == ()


async def test_a_copy_without_her_yes_is_refused_in_a_sentence(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal", "residence")
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    (note,) = site.database.read_now(notes_at, stop)
    path, to = f"/stops/{stop}/notes/{note.id}/copies", str(site.hall.desks[4].institution.id)
    refused = await officer.post(path, data={"institution": to})
    given = await officer.post(path, data={"institution": to, "said_yes": "yes"})
    nowhere = await officer.post(path, data={"institution": "x", "said_yes": "yes"})

    assert (refused.status_code, given.status_code, nowhere.status_code) == (409, 303, 404)
    assert "The visitor has not accepted this institution." not in refused.text
    assert "Please ask the visitor first." in refused.text


async def test_a_foreign_desk_neither_reads_nor_writes(site: Site) -> None:
    officer, other = site.sign_in("officer"), site.sign_in("other_officer")
    stop = _called(site, site.desk.number, "legal")
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    (note,) = site.database.read_now(notes_at, stop)

    said = [
        await other.get(f"/stops/{stop}/notes"),
        await other.post(f"/stops/{stop}/notes", data={"text": "x"}),
        await other.post(f"/stops/{stop}/notes/{note.id}/remove"),
        await other.post(f"/stops/{stop}/notes/{note.id}/copies", data={"said_yes": "yes"}),
    ]
    assert [(answer.status_code, CANARY in answer.text) for answer in said] == [(404, False)] * 4
    assert [one.text for one in site.database.read_now(notes_at, stop)] == [CANARY]


async def test_a_deleted_note_is_put_back_from_the_page_that_deleted_it(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal")
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    before = site.database.read_now(notes_at, stop)
    deleted = await officer.post(f"/stops/{stop}/notes/{before[0].id}/remove")
    held = re.search(r'name="removed" value="([^"]+)"', deleted.text)
    assert held is not None
    assert (deleted.status_code, site.database.read_now(notes_at, stop)) == (200, ())
    forged = await officer.post(f"/stops/{stop}/notes/put-back", data={"removed": f"x{held[1]}"})
    back = await officer.post(f"/stops/{stop}/notes/put-back", data={"removed": held[1]})

    assert (forged.status_code, back.status_code) == (404, 303)
    assert site.database.read_now(notes_at, stop) == before


async def test_after_half_a_minute_a_deleted_note_is_gone_and_the_page_says_so(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal")
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    (note,) = site.database.read_now(notes_at, stop)
    deleted = await officer.post(f"/stops/{stop}/notes/{note.id}/remove")
    held = re.search(r'name="removed" value="([^"]+)"', deleted.text)
    assert held is not None
    site.set_time(site.hall.now + timedelta(minutes=1))
    late = await officer.post(f"/stops/{stop}/notes/put-back", data={"removed": held[1]})

    assert (late.status_code, "the time for undo is over" in late.text) == (409, True)
    assert site.database.read_now(notes_at, stop) == ()


async def test_a_copy_that_was_given_is_named_and_taken_back(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, site.desk.number, "legal", "residence")
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    (note,) = site.database.read_now(notes_at, stop)
    path, to = f"/stops/{stop}/notes/{note.id}/copies", site.hall.desks[4].institution
    await officer.post(path, data={"institution": str(to.id), "said_yes": "yes"})
    named = (await officer.get(f"/stops/{stop}/notes")).text
    taken = await officer.post(f"{path}/{to.id}/take-back")
    after = (await officer.get(f"/stops/{stop}/notes")).text

    assert (f"{path}/{to.id}/take-back" in named, taken.status_code) == (True, 303)
    assert "Take the copy back" not in after
    assert CANARY in after


@pytest.fixture
async def whole(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The application with all its doors."""
    async with running(database, tmp_path / "var") as started:
        yield started


async def test_no_other_page_has_a_word_of_it(whole: Site) -> None:
    site, officer = whole, whole.sign_in("officer")
    site.hall.open_desks()
    ticket, _ = site.hall.walk_in(site.hall.wish("legal", "residence"))
    stop = site.hall.next(site.desk.number).stop
    await officer.post(f"/stops/{stop}/notes", data={"text": CANARY})
    slug = site.hall.day.slug
    pages = {
        "other_officer": [f"/desks/{site.other_desk.id}"],
        "receptionist": [
            f"/reception/{slug}",
            f"/reception/{slug}/people",
            f"/reception/{slug}/parties/{ticket.party}",
            f"/floor/{slug}",
            f"/floor/{slug}/called",
        ],
        "organiser": [f"/organise/{slug}/overview", f"/display/{slug}"],
        "anonymous": [f"/t/{ticket.code}", f"/t/{ticket.code}/print"],
    }

    for role, paths in pages.items():
        browser = site.sign_in(role) if role != "anonymous" else site.browser()
        for path in paths:
            answer = await browser.get(path)
            assert (answer.status_code, CANARY in answer.text) == (200, False), path
