"""Screens: from the commit of a call to the moment open streams hear of it, beside a bare asyncio server."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing

from bench import Measured, Options
from bench._acts import Acts, prepare
from bench._databases import Fresh, fresh
from bench._fanout import bare_fanout, tell
from bench._http import Program
from bench._listeners import Listeners, listening
from bench._servers import Served, onestop
from bench._watched import COMMITTED, committed_after
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings
from onestop.web.kit.sessions import DEVICE_COOKIE

STREAMS = (1, 100, 1_000)
CALLS = 10
WAITING = 100
QUIET_SECONDS = 0.3
SPREAD_SECONDS = 3.2
"""So long a change that is no call may be on its way to a visitor."""


def run(options: Options) -> list[Measured]:
    """Boards and visitors on each database."""
    calls = 4 if options.quick else CALLS
    return [row for kind in options.databases for row in _on(kind, calls)]


def _on(kind: str, calls: int) -> Iterator[Measured]:
    with fresh(kind) as database:
        db = open_database(database.url)
        acts = prepare(db, load_ticket_key(Settings(var=database.var)), waiting=WAITING)
        db.close()
        serving = onestop(database.url, owner_url=database.owner_url, var=database.var, factory="timed")
        with serving as server, closing(Program(server.port)) as acts.program:
            for streams in STREAMS:
                bare = _bare(streams, calls)
                board = _boards(database, server, acts, streams, calls)
                yield from _rows(kind, f"board, {streams:,} streams", board, bare)
            # Each visitor looks at her ticket on several phones; only hers hear of her call.
            each = STREAMS[-1] // WAITING
            bare = _bare(each, calls)
            visitors = _visitors(database, server, acts, each, calls)
            yield from _rows(kind, f"visitor, {STREAMS[-1]:,} streams", visitors, bare)


def _boards(database: Fresh, server: Served, acts: Acts, streams: int, calls: int) -> list[float]:
    path = f"/display/{acts.hall.day.slug}/live"
    asked = [(path, {"Cookie": f"{DEVICE_COOKIE}={acts.hall.display}"})] * streams
    with listening(server.port, asked) as listeners:
        return _call(database, acts, listeners, streams, calls)


def _visitors(database: Fresh, server: Served, acts: Acts, each: int, calls: int) -> list[float]:
    asked = [
        (f"/t/{code}/live", {"X-Forwarded-For": f"10.9.{phone}.{nth % 250}"})
        for phone in range(each)
        for nth, code in enumerate(acts.tickets)
    ]
    with listening(server.port, asked) as listeners:
        return _call(database, acts, listeners, each, calls, quiet=SPREAD_SECONDS)


def _call(
    database: Fresh, acts: Acts, listeners: Listeners, streams: int, calls: int, *, quiet: float = QUIET_SECONDS
) -> list[float]:
    """Seconds from the commit of each call to each stream. Raises `RuntimeError` when a stream heard nothing."""
    found: list[float] = []
    for _ in range(calls):
        listeners.heard(time.monotonic(), 0, 0)  # forget what was before
        asked = time.monotonic()
        acts.call_next()
        committed = committed_after(database.var / COMMITTED, asked)
        heard = listeners.heard(asked, streams)
        if len(heard) < streams:
            raise RuntimeError(f"{streams - len(heard)} of {streams} streams did not hear of a call")
        found += [at - committed for at in heard]
        acts.finish()
        time.sleep(quiet)
    return found


def _bare(streams: int, calls: int) -> list[float]:
    """The same number of streams of the same program at a server that does nothing else."""
    found: list[float] = []
    with ExitStack() as stack:
        port = stack.enter_context(bare_fanout())
        listeners = stack.enter_context(listening(port, [("/", {})] * streams))
        for _ in range(calls):
            told = tell(port)
            found += [at - told for at in listeners.heard(told, streams)]
            time.sleep(QUIET_SECONDS / 3)
    return found


def _rows(kind: str, what: str, found: Sequence[float], bare: Sequence[float]) -> Iterator[Measured]:
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        ours, plain = _at(found, share), _at(bare, share)
        yield Measured(database=kind, what=what, measure=name, value=ours * 1000, unit="ms")
        yield Measured(database=kind, what=what, measure=f"bare {name}", value=plain * 1000, unit="ms")
        yield Measured(database=kind, what=what, measure=f"{name} / bare", value=ours / plain, unit="×", compared=True)


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
