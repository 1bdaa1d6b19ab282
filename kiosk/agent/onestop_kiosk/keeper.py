"""The machine at work: fetches the day, leases numbers, gives tickets, hands in what it did, says how it is."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

from onestop_kiosk import __version__
from onestop_kiosk.clock import Clock
from onestop_kiosk.files import Files
from onestop_kiosk.printing import Printing
from onestop_kiosk.server import Answer, Away, Server, ShutOut
from onestop_kiosk.snapshot import Snapshot, read_snapshot
from onestop_kiosk.store import Act, State, Store

log = logging.getLogger(__name__)
BLOCK, RENEW_AT = 50, 15
MOST_OF_A_KIND = 5
"""Adults, and children, that the screen lets her choose."""
CALM_SECONDS, EAGER_SECONDS = 30.0, 3.0
FORGET_AFTER = timedelta(minutes=10)
"""A ticket that was handed in can be printed again for so long."""
TERM = timedelta(days=2)
"""What the server did not take, or what a machine that was shut out cannot hand in, is kept for so long."""
LASTS = timedelta(days=15)
"""A number is good if it can be given until its day is over, or for so long where that is farther off."""
AFTER_CLOSING = timedelta(hours=1)
MOST_CODES = MOST_PAPERS = 50
MISSING_FOR = timedelta(hours=1)
"""The organiser reads so long that a paper did not come."""


class Keeper:
    """Everything the machine knows and does; `shell.py` shows it."""

    def __init__(
        self, store: Store, files: Files, server: Server, printing: Printing, clock: Clock, *, blocks: int
    ) -> None:
        self.store, self.files, self.server, self.printing, self.clock = store, files, server, printing, clock
        self.blocks = blocks
        self.snapshot: Snapshot | None = None
        self.is_away = False
        self.is_shut = store.kept("shut") == "1"
        self.is_off = store.kept("off") == "1"
        """The server has no day for this machine: the last one is over, or the machine was moved."""
        self._handing_in = asyncio.Lock()
        clock.remember(store.kept("heard"))
        if kept := store.kept("snapshot"):
            self.snapshot = read_snapshot(kept)

    # -- the round ----------------------------------------------------------------------------------

    async def go_round(self) -> None:
        """Again and again: hand in, lease, fetch, report. Ends when cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EAGER_SECONDS if self.is_away else CALM_SECONDS)

    async def once(self) -> None:
        """One round; whatever the server does not answer is done in the next one."""
        try:
            await self.fetch()
            self._heard()
            await self.hand_in()
            await self.lease()
            await self.report()
        except Away:
            self.is_away = True
        except ShutOut:
            self.shut()
        self._forget()

    async def report(self) -> None:
        """Say how the machine is."""
        beat = {
            "printer": str(await self.printing.state()),
            "waiting": self.store.count(State.WAITS, State.BEGUN),
            "refused": self.store.count(State.REFUSED, kind="ticket"),
            "codes": [
                {"at": act.at.isoformat(), "why": act.problem, "ends": act.body.get("ends", "")}
                for act in self.store.refused_codes(MOST_CODES)
            ],
            "unprinted": self.store.unprinted(),
            "papers": [
                {"at": at.isoformat(), "number": number} for number, at in self.store.missing_papers()[-MOST_PAPERS:]
            ],
            "numbers": self.numbers_left(),
            "version": __version__,
        }
        await self.server.post("/devices/heartbeat", beat, key=uuid4().hex)

    async def fetch(self) -> None:
        """The day, if it has changed."""
        tag = self.store.kept("tag")
        answer = await self.server.page("GET", "/kiosk/offline", headers={"If-None-Match": tag} if tag else {})
        if (off := answer.status == 404) != self.is_off:
            self.is_off = off
            self.store.keep("off", "1" if off else "")
        if answer.status == 304 and self.snapshot is not None:
            await self._fetch_files(self.snapshot)
        if answer.status != 200:
            return
        text = answer.body.decode()
        found = read_snapshot(text)
        await self._fetch_files(found)
        self.snapshot = found
        self.store.keep("snapshot", text)
        self.store.keep("tag", answer.headers.get("ETag", ""))

    async def lease(self) -> None:
        """More numbers of this day, before its last block runs out; those of another day stay with that day.

        Numbers whose time ends before the day does are given as long as they last, and are not counted on.
        """
        while (today := self.today()) is not None:
            until = min(today.closes_at + AFTER_CLOSING, self.clock.now() + LASTS)
            good = self.store.numbers_left(today.day, max(until, self.clock.now()))
            if good >= RENEW_AT + (self.blocks - 1) * BLOCK:
                return
            # The key is kept until the answer is: numbers whose answer was lost on the way are not lost.
            day, _, key = self.store.kept("lease").partition(" ")
            key = key if day == today.day else uuid4().hex
            self.store.keep("lease", f"{today.day} {key}")
            answer = await self.server.post("/devices/leases", {"day": today.day}, key=key)
            if answer.status == 201:
                told = json.loads(answer.body)
                self.store.add_numbers(today.day, told["expires_at"], told["tickets"], counter=told["counter"])
            self.store.keep("lease", "")
            if answer.status != 201:
                log.warning("No numbers: %s %s", answer.status, _code_of(answer))
            if self.store.numbers_left(today.day, max(until, self.clock.now())) <= good:
                return  # none came, or none that last so long: the next round asks again

    async def hand_in(self) -> None:
        """Everything that waits, in the order in which it happened. Raises `Away` where the line ends."""
        async with self._handing_in:
            for act in self.store.waiting():
                await self._hand_in(act)

    def today(self) -> Snapshot | None:
        """The day this machine serves, as the server last described it."""
        return None if self.is_off else self.snapshot

    def gives(self) -> bool:
        """Whether tickets of its day can be given now."""
        today = self.today()
        return today is not None and today.is_on(self.clock.now())

    def numbers_left(self) -> int:
        """How many tickets can be given without the server."""
        today = self.today()
        return 0 if today is None else self.store.numbers_left(today.day, self.clock.now())

    def shut(self) -> None:
        """The organiser shut this machine out: it gives nothing any more, what waits stays kept."""
        log.warning("This machine was shut out by the organiser.")
        self.is_shut = True
        self.store.keep("shut", "1")

    async def _fetch_files(self, snapshot: Snapshot) -> None:
        for address in self.files.missing([*snapshot.pages.values(), *snapshot.papers.values()]):
            file = await self.server.page("GET", address)
            if file.status == 200:
                self.files.keep(address, file.body)

    def _forget(self) -> None:
        """What was handed in goes soon; the rest after its term, counted by a time that the server told."""
        now = self.clock.now()
        self.store.forget(now - FORGET_AFTER, State.DONE)
        self.store.forget_papers(now - FORGET_AFTER, now - MISSING_FOR)
        if (at := self.clock.at_least()) is not None:
            self.store.keep("heard", at.isoformat())
            self.store.forget(at - TERM, State.REFUSED, *((State.WAITS,) if self.is_shut else ()))

    def _heard(self) -> None:
        self.is_away = False
        if self.is_shut:
            self.is_shut = False
            self.store.keep("shut", "")

    async def _hand_in(self, act: Act) -> None:
        path = f"/days/{act.day}/visits" if act.kind == "ticket" else f"/days/{act.day}/check-ins"
        answer = await self.server.post(path, act.body, key=act.nonce)
        if answer.status < 300:
            self.store.move(act, State.DONE)
            return
        problem = _code_of(answer)
        named = f"Ticket {act.number}" if act.kind == "ticket" else f"The code read at {act.at}"
        log.error("%s is not taken: %s %s", named, answer.status, problem)
        self.store.move(act, State.REFUSED, problem)

    # -- tickets ------------------------------------------------------------------------------------

    def begin_ticket(self, nonce: str, language: str, form: Sequence[tuple[str, str]]) -> Act:
        """Use a number for what somebody chose. Raises `NoNumber`."""
        assert self.snapshot is not None
        body = wanted(self.snapshot, language, form)
        return self.store.begin_ticket(nonce, self.snapshot.day, language=language, at=self.clock.now(), body=body)


def wanted(snapshot: Snapshot, language: str, form: Sequence[tuple[str, str]]) -> dict[str, object]:
    """A form of the machine as the JSON interface takes it: the ticked desks and nothing else (R18)."""
    given: dict[str, list[str]] = {}
    for name, value in form:
        given.setdefault(name, []).append(value)
    adults, children = max(1, _count(given, "adults", 1)), _count(given, "children", 0)
    interpreter = (given.get("interpreter") or ["none"])[0]
    return {
        "services": [snapshot.services.get(mark, mark) for mark in given.get("services", [])],
        "party": [*({"child": False} for _ in range(adults)), *({"child": True} for _ in range(children))],
        "languages": given.get("languages", [])[:8] or [language],
        "interpreter": interpreter if interpreter in ("none", "own", "needed") else "none",
        "display_language": language,
    }


def read_form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form."""
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)


def _count(given: Mapping[str, list[str]], name: str, otherwise: int) -> int:
    typed = (given.get(name) or [""])[0]
    return min(int(typed), MOST_OF_A_KIND) if typed.isdecimal() and len(typed) < 3 else otherwise


def _code_of(answer: Answer) -> str:
    try:
        return str(json.loads(answer.body).get("code", ""))[:60]
    except (ValueError, AttributeError):
        return ""
