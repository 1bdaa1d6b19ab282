"""R19: a private stop, its institution and place appear nowhere but at their desk and with the person.

Every page that anybody may open is read before she books, while she waits, is called and talks, and after it; so is
every file, message and line of the log. What can be chosen on a day is named to all alike: those pages are listed here,
and must read the same for her as for somebody who wants nothing private.
"""

import re
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.notify.actions import tell
from onestop.notify.sender import Sender
from onestop.paper.printing import make_pack
from onestop.visits.actions.calls import finish
from onestop.web.kit.forms import new_key
from tests.halls import STAFF, make_test_day
from tests.notify.post import post_office
from tests.paper.pages import texts
from tests.web.access_matrix import FILLS, IN, MATRIX, SPECIAL, Row
from tests.web.canary_day import (
    DESK,
    EMAIL,
    HERS,
    INSTITUTION,
    NOTE,
    OFFERED,
    PLACE,
    SERVICE,
    SERVICE_WORDS,
    STREET,
    Canary,
    canary_file,
    make_canary,
)
from tests.web.site import running

CHOICE = frozenset({
    # What can be chosen, told to everybody who chooses.
    "/api/v1/days", "/api/v1/days/{day:str}", "/d/{day:str}/plan", "/t/{code:str}/plan",
    "/kiosk/offline", "/kiosk/d/{slug:str}/desks", "/kiosk/d/{slug:str}/needs", "/kiosk/d/{slug:str}/who",
    "/reception/{slug:str}/walk-in", "/reception/{slug:str}/book", "/helper/{slug:str}/book",
    "/reception/{slug:str}/parties/{party:uuid}", "/reception/{slug:str}/parties/{party:uuid}/now",
    "/desks/{desk_id:uuid}", "/desks/{desk_id:uuid}/now",
    "/stops/{stop_id:uuid}/referrals", "/stops/{stop_id:uuid}/notes",
    # Where officers say for which institution they come.
    "/shifts/{code:str}", "/my-shifts/{code:str}",
    # What the organiser sets up.
    "/organise/institutions", "/organise/institutions/{institution:uuid}", "/organise/services/{service:uuid}/papers",
    "/organise/papers/{paper:uuid}", "/organise/places", "/organise/places/{place:uuid}", "/organise/staff",
    "/organise/{day:str}/preview/first",
    "/organise/{day:str}", "/organise/{day:str}/desks", "/organise/{day:str}/desks/new", "/organise/{day:str}/order",
    "/organise/{day:str}/desks/{number:int}", "/organise/{day:str}/passes", "/organise/{day:str}/overview",
    "/organise/{day:str}/file.toml", "/organise/texts", "/organise/texts/{kind:str}/{owner:uuid}/{part:str}",
    "/organise/needs", "/organise/needs/{need:uuid}", "/organise/{day:str}/floor",
    "/organise/{day:str}/people", "/organise/{day:str}/people/new", "/organise/{day:str}/people/{person:uuid}",
    "/organise/{day:str}/people/answers", "/organise/{day:str}/sessions/new",
    "/organise/{day:str}/sessions", "/organise/{day:str}/sessions/{session:uuid}",
    "/organise/{day:str}/texts", "/organise/{day:str}/picture", "/organise/{day:str}/institution",
})  # fmt: skip
"""Pages that name services, institutions and places of the day; nobody can tell from them who wants which."""
HER_SHEET = "/t/{code:str}/steps"
"""Her own next steps, below what is printed: where she goes is told here, and nothing of what was offered."""
SHOWS_THE_WAY = (
    "/t/",
    "/api/v1/tickets/",
    "/api/v1/days/{day:str}/overview",
    "/floor/",
    "/reception/",
    "/organise/",
    "/desks/",
    "/stops/",
)
"""Where the number of her desk may stand: with her, and with those who show her the way or set the hall up."""
Found = dict[tuple[str, str], dict[str, int]]
"""By viewer and route: how often each canary stands on the page. Every route that answered is there."""


@pytest.fixture
async def canary(database: Database, tmp_path: Path) -> AsyncGenerator[Canary, None]:
    hall = make_test_day(database, file=canary_file())
    async with running(
        database, tmp_path / "var", hall=hall, smtp_host="127.0.0.1", smtp_tls="none", mail_from="day@centre.example"
    ) as site:
        site.app.state.hub.close()  # a live stream says hello and ends
        # What is played in a process of its own comes when it comes; tests/reports/test_rehearsal.py looks into it.
        site.app.state.rehearsals.begin = lambda *_: None
        yield make_canary(site)


class Reader:
    """Opens every page with the eyes of everybody who may open it."""

    def __init__(self, canary: Canary) -> None:
        self.canary, self.site = canary, canary.site
        roles = {role for row in MATRIX for role, verdict in row.verdicts.items() if verdict == IN}
        self.browsers = {role: self.site.sign_in(role) for role in roles - {"helper"}} | {"helper": canary.helper}
        self.tokens = {role: self.site.token(role) for role in roles}
        self.fixed = {row.path: self._fixed(row.path) for row in MATRIX if row.method == "GET"}

    def _fixed(self, path: str) -> str:
        """The address with what is not about her filled in."""
        if path in SPECIAL and not path.startswith(("/t/", "/stops/", "/kiosk/tickets/", "/api/v1/tickets/")):
            return SPECIAL[path](self.site)
        own = ("party", "call", "stop_id", "code", "file_path", "act")
        return re.sub(r"{(\w+):\w+}", lambda it: it[0] if it[1] in own else FILLS[it[1]](self.site), path)

    async def all_pages(self, who: Canary) -> Found:
        """What stands where, with the addresses of one person."""
        found: Found = {}
        for row in MATRIX:
            if row.method != "GET" or row.path.startswith(("/static", "/sign-in", "/pass")):
                continue
            for viewer in self._viewers(row):
                answer = await self._open(row, viewer, who)
                if answer is not None and answer.status_code == 200:
                    found[viewer, row.path] = counted(answer.text)
        return found

    def _viewers(self, row: Row) -> Iterable[str]:
        roles = [role for role, verdict in row.verdicts.items() if verdict == IN]
        if "anonymous" in roles:
            return ["anonymous"]
        return ["helper"] if row.path.startswith("/helper/") else roles

    async def _open(self, row: Row, viewer: str, who: Canary) -> httpx.Response | None:
        path = self.fixed[row.path]
        for name, value in who.names().items():
            path = path.replace(name, value)
        if "{" in path:
            return None
        if row.bearer:
            return await self.site.browser().get(path, headers=self.tokens[viewer])
        return await self.browsers[viewer].get(path)


def counted(text: str) -> dict[str, int]:
    """How often each canary stands in a text."""
    return {
        word: count
        for word in (*OFFERED, *HERS, str(DESK))
        if (count := len(re.findall(rf"(?<!\w){re.escape(word)}", text)))
    }


def leaks(found: Found, like: Found) -> list[tuple[str, str, dict[str, int]]]:
    """Pages that say more than they said to, or of, somebody who wants nothing private."""
    wrong: list[tuple[str, str, dict[str, int]]] = []
    for (viewer, path), words in found.items():
        if path == HER_SHEET:
            continue
        told = {word: count for word, count in words.items() if word != str(DESK)}
        same = {word: count for word, count in like.get((viewer, path), {}).items() if word != str(DESK)}
        if told and (path not in CHOICE or told != same):
            wrong.append((viewer, path, words))
        if str(DESK) in words and not path.startswith(SHOWS_THE_WAY):
            wrong.append((viewer, path, words))
    return wrong


def hers(found: Found) -> Found:
    """The pages whose address names a person."""
    return {at: words for at, words in found.items() if any(name in at[1] for name in ("{code", "{party", "{stop_id"))}


async def test_a_private_stop_is_with_its_desk_and_with_her(canary: Canary, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="onestop")
    site, hall, reader, twin = canary.site, canary.site.hall, Reader(canary), replace(canary)
    her_desk = site.sign_in("officer", hall.desks[DESK])
    await twin.book("legal")
    twin.arrive()
    before = await reader.all_pages(twin)
    # Every canary can be found where it is told to all alike, or set up.
    assert set(OFFERED) <= set(before["anonymous", "/api/v1/days/{day:str}"])
    assert {PLACE, STREET} <= set(before["organiser", "/organise/places"])

    async def look() -> Found:
        shown = await reader.all_pages(canary)
        like = before | hers(await reader.all_pages(twin))
        assert leaks(shown, like) == []
        assert len(shown) >= len(before)
        return shown

    # While she waits, and is called.
    await canary.book(SERVICE, "legal")
    canary.give_address(EMAIL)
    canary.arrive()
    await look()
    private = canary.call(SERVICE)
    called = await look()
    assert set(called["anonymous", "/t/{code:str}"]) == {str(DESK)}
    assert str(DESK) in called["floor_guide", "/floor/{slug:str}/called"]
    spoken = f"/display/{hall.day.slug}/calls/{canary.call_of(private)}/say/0"
    assert (await site.sign_in("display").get(spoken)).status_code == 404

    # While she talks: the desk reads what it wrote, and so does she what is hers.
    canary.tell(private)
    own = {
        path: counted((await her_desk.get(path)).text)
        for path in (f"/desks/{hall.desks[DESK].id}", f"/stops/{private}/notes", f"/stops/{private}/referrals")
    }
    assert [SERVICE_WORDS in own[path] or INSTITUTION in own[path] for path in own] == [True] * 3
    assert [word in words for word, words in zip((NOTE, NOTE, PLACE), own.values(), strict=True)] == [True] * 3
    talking = await look()
    assert set(talking["anonymous", HER_SHEET]) == {*HERS} - {NOTE}

    # At another desk, with her notes and the sheet there, and when everything is over.
    hall.write(finish, private)
    hall.later(seconds=5)
    for who in (twin, canary):
        who.talk()
    after = await look()
    assert ("officer", "/stops/{stop_id:uuid}/notes") in after
    assert set(after["anonymous", HER_SHEET]) == {*HERS} - {NOTE}


async def test_no_message_file_line_of_the_log_or_fact_names_it(
    canary: Canary, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="onestop")
    site, hall = canary.site, canary.site.hall
    key = site.app.state.ticket_key
    await canary.book(SERVICE, "legal")
    canary.give_address(EMAIL)
    with post_office() as office:
        sender = Sender(site.database, replace(site.settings, smtp_port=office.port), key)
        for kind in ("confirmation", "changed", "reminder", "morning", "cancelled"):
            site.database.write_now(tell, canary.party, kind, host="centre.example", now=hall.now, day=hall.id)
            await sender.send_due()
        mails = office.mails()
    assert len(mails) == 5
    assert [counted(_words(mail)) for mail in mails] == [{}] * 5
    assert "Migration Information Centre" in _words(mails[0])

    pages = texts(make_pack(site.database, site.settings, hall.id, key=key, actor=STAFF, now=hall.now, language="en"))
    assert [words for words in map(counted, pages) if set(words) - {str(DESK)}] == []
    assert any("Talk at the centre" in page and str(canary.number) in page for page in pages)

    canary.arrive()
    private = canary.call(SERVICE)
    canary.tell(private)
    hall.write(finish, private)
    desks = site.sign_in("receptionist")
    found = await desks.post(
        f"/reception/{hall.day.slug}/find", data={"q": "Kanarinka", "_key": new_key()}, follow_redirects=True
    )
    assert "Zlata" in found.text
    assert counted(found.text) == {}
    line = {"number": str(canary.number), "desk": "1", "how": "1", "about": "0900", "_key": new_key()}
    told = await desks.post(f"/reception/{hall.day.slug}/paper", data=line, follow_redirects=True)
    assert counted(told.text) == {}
    machine = site.token("kiosk") | {"Idempotency-Key": new_key()}
    lease = await site.browser().post("/api/v1/devices/leases", headers=machine)
    assert (lease.status_code, counted(lease.text)) == (201, {})

    assert counted(caplog.text) == {}
    written = [file for file in site.settings.var.rglob("*") if file.is_file()]
    assert [file.name for file in written if counted(file.read_bytes().decode(errors="ignore"))] == []
    terms = site.database.read_now(
        lambda conn: [str(row) for row in conn.execute(sa.select(facts.c.kind, facts.c.terms, facts.c.actor))]
    )
    hers = [line for line in terms if set(counted(line)) & {*HERS, SERVICE, SERVICE_WORDS}]
    assert hers == []


def _words(mail: EmailMessage) -> str:
    return "\n".join(str(part.get_content()) for part in mail.walk() if not part.is_multipart())
