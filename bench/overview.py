"""The organiser's live overview of a day with 2 000 visitors: its fragment and its picture, beside a bare hello."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

from bench import Measured, Options
from bench._databases import Fresh, fresh
from bench._hall import Hall, fill, make_hall
from bench._http import Program
from bench._rounds import Rounds, middle
from bench._servers import bare_hello, onestop
from onestop.accounts.actions import add_account, open_session
from onestop.clock import real_now
from onestop.db.session import Database, open_database
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.keys import load_ticket_key
from onestop.settings import Settings
from onestop.visits.actions.calls import call_next, finish
from onestop.web.kit.sessions import SESSION_COOKIE

VISITORS = 2_000
TALKS = 1_500
"""Talks that are over: about half of those that came have had one or both of theirs."""
ROUNDS = 9
WARM = 2
HELLOS = 40
ASKED = 5


def run(options: Options) -> list[Measured]:
    """The fragment and the picture on each database."""
    visitors, talks, rounds = (200, 150, 3) if options.quick else (VISITORS, TALKS, ROUNDS)
    return [row for kind in options.databases for row in _on(kind, visitors, talks, rounds)]


def _on(kind: str, visitors: int, talks: int, rounds: int) -> Iterator[Measured]:
    with fresh(kind) as database:
        db = open_database(database.url)
        hall = make_hall(db, "overview", pairs=False)
        fill(db, hall, load_ticket_key(Settings(var=database.var)), waiting=visitors)
        _talk(db, hall, talks)
        session = _session(db)
        db.close()
        measured = _measure(database, hall, session, rounds)
        hello = measured.costs["hello"]
        for what in ("fragment", "picture"):
            costs = measured.costs[what]
            for measure, values, unit in (
                ("time", [cost.wall * 1000 for cost in costs], "ms"),
                ("CPU / hello", [cost.cpu / bare.cpu for cost, bare in zip(costs, hello, strict=True)], "×"),
            ):
                value, low, high = middle(values)
                yield Measured(
                    database=kind,
                    what=f"{what}, {visitors:,} visitors",
                    measure=measure,
                    value=value,
                    unit=unit,
                    low=low,
                    high=high,
                    compared=unit == "×" and visitors == VISITORS,
                )


def _talk(db: Database, hall: Hall, talks: int) -> None:
    """Desks call and finish, one after the other, until so many talks are over; each takes a few seconds."""
    now = real_now()

    def write(action: Any, *args: Any) -> Any:
        nonlocal now
        now += timedelta(seconds=2)
        return db.write_now(action, *args, actor=SYSTEM, now=now, day=hall.day.id)

    for nth in range(talks):
        called = write(call_next, hall.desks[nth % len(hall.desks)].id)
        if called.stop is not None:
            write(finish, called.stop)


def _session(db: Database) -> str:
    grants = (Grant(role=Role.ORGANISER),)
    account = db.write_now(
        add_account, login="organiser", password_hash="unused", held=grants, actor=SYSTEM, now=db.now()
    )
    return db.write_now(open_session, real=real_now(), old_session=None, account_id=account)


def _measure(database: Fresh, hall: Hall, session: str, rounds: int) -> Rounds:
    cookie = f"{SESSION_COOKIE}={session}"
    paths = {"fragment": f"/organise/{hall.day.slug}/overview", "picture": f"/organise/{hall.day.slug}/picture"}
    with (
        onestop(database.url, owner_url=database.owner_url, var=database.var) as server,
        bare_hello(database.var) as hello,
        closing(Program(server.port)) as program,
        closing(Program(hello.port)) as greeter,
    ):
        measured = Rounds(server, database)
        for nth in range(WARM + rounds):
            if nth == WARM:
                measured.forget()
            measured.rest()
            measured.time("hello", lambda: greeter.get("/"), HELLOS, cpu=hello.cpu)
            for what, path in paths.items():
                measured.time(what, lambda path=path: program.get(path, Cookie=cookie, HX_Request="true"), ASKED)
            measured.time("hello", lambda: greeter.get("/"), HELLOS, cpu=hello.cpu)
            measured.close()
        return measured
