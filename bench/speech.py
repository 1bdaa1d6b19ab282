"""Speech: from the commit of a call to its sound at the board, when nobody has made it yet and when it is there."""

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import closing

from bench import Measured, Noted, Options
from bench._acts import Acts, prepare
from bench._databases import Fresh, fresh
from bench._http import Program
from bench._listeners import Listeners, listening
from bench._servers import onestop
from bench._watched import COMMITTED, committed_after
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings
from onestop.speech.voices import missing_programs
from onestop.web.kit.sessions import DEVICE_COOKIE

CALLS = 40
WAITING = 100
QUIET_SECONDS = 0.2


def run(options: Options) -> list[Measured | Noted]:
    """Each database; nothing where the machine cannot speak."""
    if missing := missing_programs():
        return [Noted(f"Nothing was measured: not installed is {' and '.join(missing)}.")]
    calls = 10 if options.quick else CALLS
    return [row for kind in options.databases for row in _on(kind, calls)]


def _on(kind: str, calls: int) -> Iterator[Measured]:
    with fresh(kind) as database:
        db = open_database(database.url)
        acts = prepare(db, load_ticket_key(Settings(var=database.var)), waiting=WAITING)
        db.close()
        serving = onestop(database.url, owner_url=database.owner_url, var=database.var, factory="timed")
        with serving as server, closing(Program(server.port)) as acts.program:
            path = f"/display/{acts.hall.day.slug}"
            cookie = f"{DEVICE_COOKIE}={acts.hall.display}"
            with listening(server.port, [(f"{path}/live", {"Cookie": cookie})]) as board:
                rounds = [_sounds(database, acts, board, path, cookie) for _ in range(calls)]
    for what, seconds in zip(("heard of it", "made for it", "made before"), zip(*rounds, strict=True), strict=True):
        ordered = sorted(each * 1000 for each in seconds)
        yield Measured(database=kind, what=what, measure="p50", value=statistics.median(ordered), unit="ms")
        yield Measured(database=kind, what=what, measure="p99", value=ordered[int(len(ordered) * 0.99)], unit="ms")


def _sounds(database: Fresh, acts: Acts, board: Listeners, path: str, cookie: str) -> tuple[float, float, float]:
    """Seconds from the commit of one call to the stream, to the sound made for it, and to the sound that is there."""
    board.heard(time.monotonic(), 0, 0)  # forget what was before
    asked = time.monotonic()
    acts.call_next()
    at = committed_after(database.var / COMMITTED, asked)
    heard = board.heard(asked, 1)[0] - at
    begun = time.monotonic()
    lines = acts.program.get(f"{path}/calls?after=0", Cookie=cookie, HX_Request="true").decode()
    calls = re.findall(r'data-call="(\d+)"', lines)
    fetched = time.monotonic()
    acts.program.get(f"{path}/calls/{max(map(int, calls))}/say/0", Cookie=cookie)
    made = time.monotonic()
    acts.program.get(f"{path}/calls/{max(map(int, calls))}/say/0", Cookie=cookie)
    there = time.monotonic()
    acts.finish()
    time.sleep(QUIET_SECONDS)
    return heard, heard + made - begun, heard + fetched - begun + there - made
