"""Two transactions under one key at the same time: on PostgreSQL they really overlap."""

from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from onestop.db.idempotency import Answer, RequestKey, answer_once
from onestop.db.session import Database, open_database
from onestop.domain.errors import KeyInFlight
from tests.postgres import Urls

NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
KEY = RequestKey(scope="token:1", route="api.call", key="k1", body=b"{}")


def test_a_key_that_is_being_worked_on_is_told_and_acts_once(postgres_urls: Urls) -> None:
    database = open_database(postgres_urls.app)
    working, go_on = Event(), Event()
    acted: list[str] = []

    def slowly() -> Answer:
        acted.append("first")
        working.set()
        assert go_on.wait(10)
        return Answer(201, b"first")

    def quickly() -> Answer:
        acted.append("second")
        return Answer(201, b"second")

    def work() -> None:
        database.write_now(lambda conn: answer_once(conn, KEY, NOW, slowly))

    first = Thread(target=work)
    first.start()
    assert working.wait(10)
    met = _try(database, quickly)
    go_on.set()
    first.join()

    assert met == "in flight"
    assert _try(database, quickly) == Answer(201, b"first", repeated=True)
    assert acted == ["first"]
    database.close()


def _try(database: Database, act: Any) -> Any:
    try:
        return database.write_now(lambda conn: answer_once(conn, KEY, NOW, act, wait=False))
    except KeyInFlight:
        return "in flight"
