"""Day passes and bearer tokens: what they open, and when they stop."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from onestop.accounts.actions import (
    bind_pass,
    create_token,
    make_pass,
    release_pass,
    revoke_pass,
    revoke_token,
    sign_out,
)
from onestop.accounts.queries import PASS_OVERTIME, actor_of_session, actor_of_token, pass_of_token, tokens_list
from onestop.accounts.tables import passes, tokens
from onestop.days.tables import days
from onestop.db.session import Database
from onestop.domain.errors import DeskUnknown, PassOver, PassUsed
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.keys import hash_token
from tests.halls import TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    return make_test_day(database)


def _pass(hall: TestDay) -> str:
    desk = hall.desks[min(hall.desks)]
    return hall.db.write_now(make_pass, desk.id, actor=SYSTEM, now=hall.now).token


def _bind(hall: TestDay, token: str, old_session: str | None = None) -> str | None:
    return hall.db.write_now(bind_pass, token, real=hall.now, now=hall.now, old_session=old_session)


def _who(hall: TestDay, session: str) -> Actor | None:
    return hall.db.read_now(actor_of_session, hash_token(session), real=hall.now, now=hall.now)


def test_a_bound_pass_is_an_officer_of_that_desk_institution_and_day_only(hall: TestDay) -> None:
    token = _pass(hall)
    session = _bind(hall, token)
    assert session is not None
    desk = hall.desks[min(hall.desks)]
    someone = _who(hall, session)
    found = hall.db.read_now(pass_of_token, token, now=hall.now)
    assert found is not None

    officer = Grant(role=Role.OFFICER, institution=desk.institution.id, day=hall.id, desk=desk.id)
    name = f"{desk.institution.name} · {desk.number}"
    assert someone == Actor(ref=f"pass:{found.id}", grants=(officer,), name=name)


def test_only_the_hash_of_a_pass_a_session_and_a_token_is_in_the_database(hall: TestDay) -> None:
    token = _pass(hall)
    session = _bind(hall, token)
    bearer = hall.db.write_now(create_token, Grant(role=Role.ORGANISER), actor=SYSTEM, now=hall.now).token
    assert session is not None

    def stored(conn: sa.Connection) -> str:
        columns = (passes.c.token_hash, passes.c.bound_session, tokens.c.token_hash)
        return str([conn.execute(sa.select(column)).scalars().all() for column in columns])

    text = hall.db.read_now(stored)
    assert [hash_token(secret) in text for secret in (token, session, bearer)] == [True, True, True]
    assert [secret in text for secret in (token, session, bearer)] == [False, False, False]


def test_two_browsers_press_at_the_same_moment_and_one_gets_the_pass(hall: TestDay) -> None:
    token = _pass(hall)
    start = Barrier(2)
    met: list[str] = []

    def press() -> None:
        start.wait()
        try:
            met.append("bound" if _bind(hall, token) else "again")
        except PassUsed:
            met.append("used")

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(met) == ["bound", "used"]


def test_a_release_signs_the_first_browser_out_and_lets_a_second_in(hall: TestDay) -> None:
    token = _pass(hall)
    first = _bind(hall, token)
    found = hall.db.read_now(pass_of_token, token, now=hall.now)
    assert first is not None
    assert found is not None
    hall.db.write_now(release_pass, found.id, actor=SYSTEM, now=hall.now)

    second = _bind(hall, token)

    assert second is not None
    assert (_who(hall, first), _who(hall, second) is not None) == (None, True)


def test_an_officer_who_signs_out_gives_the_pass_back(hall: TestDay) -> None:
    token = _pass(hall)
    first = _bind(hall, token)
    assert first is not None
    hall.db.write_now(sign_out, hash_token(first))

    assert _bind(hall, token) is not None


def test_a_pass_dies_when_it_is_revoked_when_the_day_closes_and_hours_after_closing_time(hall: TestDay) -> None:
    def alive() -> tuple[bool, bool]:
        return hall.db.read_now(pass_of_token, token, now=hall.now) is not None, _who(hall, session) is not None

    def close_day(conn: sa.Connection, state: str) -> None:
        conn.execute(days.update().where(days.c.id == hall.id).values(state=state))

    token = _pass(hall)
    session = _bind(hall, token) or ""
    assert alive() == (True, True)
    hall.db.write_now(close_day, "closed")
    assert alive() == (False, False)
    with pytest.raises(PassOver):
        _bind(hall, token)
    hall.db.write_now(close_day, "published")
    assert alive() == (True, True)
    found = hall.db.read_now(pass_of_token, token, now=hall.now)
    assert found is not None
    hall.db.write_now(revoke_pass, found.id, actor=SYSTEM, now=hall.now)
    assert alive() == (False, False)

    token = _pass(hall)
    session = _bind(hall, token) or ""
    opened = hall.now
    hall.now = hall.day.closes_at + PASS_OVERTIME
    assert hall.db.read_now(pass_of_token, token, now=hall.now) is None
    # The session itself is young by machine time: it is the day that is over.
    assert hall.db.read_now(actor_of_session, hash_token(session), real=opened, now=hall.now) is None


def test_a_desk_may_have_several_passes_and_an_unknown_desk_none(hall: TestDay) -> None:
    sessions = [_bind(hall, _pass(hall)) for _ in range(3)]

    assert len(set(sessions)) == 3
    with pytest.raises(DeskUnknown):
        hall.db.write_now(make_pass, hall.id, actor=SYSTEM, now=hall.now)


def test_a_token_stands_for_its_grant_until_its_end_or_its_revocation(hall: TestDay) -> None:
    grant = Grant(role=Role.OFFICER, day=hall.id, desk=hall.desks[min(hall.desks)].id)
    until = hall.now + timedelta(hours=1)
    made = hall.db.write_now(create_token, grant, label="robot", until=until, actor=SYSTEM, now=hall.now)

    def who() -> Actor | None:
        return hall.db.read_now(actor_of_token, made.token, now=hall.now)

    assert who() == Actor(ref=f"token:{made.id}", grants=(grant,), name="robot")
    hall.later(hours=1)
    assert who() is None
    hall.later(hours=-1)
    hall.db.write_now(revoke_token, made.id, actor=SYSTEM, now=hall.now)
    assert who() is None
    assert [(token.id, token.revoked_at) for token in hall.db.read_now(tokens_list)] == [(made.id, hall.now)]
