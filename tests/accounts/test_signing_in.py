"""Accounts: passwords, back-off, sessions that end, revocation at once."""

from datetime import UTC, datetime, timedelta

import pytest

from onestop.accounts.actions import (
    Attempt,
    add_account,
    begin_sign_in,
    forget_old_sessions,
    give_grant,
    revoke_account,
    set_password,
    sign_out,
    touch_session,
    wait_after,
)
from onestop.accounts.half_open import open_after_password
from onestop.accounts.passwords import hash_password, needs_new_hash, password_matches
from onestop.accounts.queries import IDLE, actor_of_session
from onestop.db.session import Database
from onestop.domain.errors import Changed, TooManyTries
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.keys import hash_token

NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
ORGANISER = Grant(role=Role.ORGANISER)


def _account(db: Database, login: str = "Anna", **more: object) -> Attempt:
    account = db.write_now(
        add_account, login=login, password_hash="hash", name="Anna", held=(ORGANISER,), actor=SYSTEM, now=NOW, **more
    )
    return Attempt(account=account, password_hash="hash")


def _sign_in(db: Database, attempt: Attempt, *, old_session: str | None = None, new_hash: str | None = None) -> str:
    opened = db.write_now(
        open_after_password,
        attempt,
        known_browser=None,
        next_path="",
        real=NOW,
        old_session=old_session,
        new_hash=new_hash,
    )
    assert not opened.half
    return opened.token


def _who(db: Database, token: str, *, real: datetime = NOW, now: datetime = NOW) -> Actor | None:
    return db.read_now(actor_of_session, hash_token(token), real=real, now=now)


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("correct horse")

    assert stored.startswith("$argon2id$")
    assert [password_matches(stored, typed) for typed in ("correct horse", "Correct horse", "")] == [True, False, False]
    assert [password_matches(empty, "correct horse") for empty in (None, "")] == [False, False]
    assert needs_new_hash(stored) is False


def test_a_session_stands_for_its_account_and_every_sign_in_has_a_new_token(database: Database) -> None:
    attempt = _account(database)
    first = _sign_in(database, attempt)
    second = _sign_in(database, attempt)

    anna = Actor(ref=f"account:{attempt.account}", grants=(ORGANISER,), name="Anna", account=attempt.account)
    assert first != second
    assert (_who(database, first), _who(database, second), _who(database, "guess")) == (anna, anna, None)


def test_signing_in_ends_the_browsers_old_session(database: Database) -> None:
    attempt = _account(database)
    old = _sign_in(database, attempt)
    new = _sign_in(database, attempt, old_session=hash_token(old))

    assert (_who(database, old), _who(database, new) is not None) == (None, True)


@pytest.mark.parametrize(
    ("used_after", "asked_after", "alive"),
    [
        (timedelta(0), IDLE - timedelta(seconds=1), True),
        (timedelta(0), IDLE, False),
        (timedelta(hours=11), timedelta(hours=22), True),
        (timedelta(hours=23), timedelta(hours=24), False),
    ],
)
def test_a_session_ends_after_twelve_idle_hours_and_after_a_day_at_most(
    database: Database, used_after: timedelta, asked_after: timedelta, alive: bool
) -> None:
    token = _sign_in(database, _account(database))
    database.write_now(touch_session, hash_token(token), real=NOW + used_after)

    assert (_who(database, token, real=NOW + asked_after) is not None) is alive


def test_a_demo_that_runs_fast_signs_nobody_out(database: Database) -> None:
    token = _sign_in(database, _account(database))

    assert _who(database, token, real=NOW + timedelta(hours=1), now=NOW + timedelta(days=3)) is not None


def test_sign_out_revocation_and_a_new_password_end_sessions_at_once(database: Database) -> None:
    ends = {
        "signed out": lambda attempt, token: database.write_now(sign_out, hash_token(token)),
        "revoked": lambda attempt, token: database.write_now(revoke_account, "revoked", actor=SYSTEM, now=NOW),
        "new password": lambda attempt, token: database.write_now(
            set_password, attempt.account, "other", actor=SYSTEM, now=NOW
        ),
    }
    met: dict[str, tuple[bool, bool]] = {}
    for name, end in ends.items():
        attempt = _account(database, login=name.replace(" ", "-"))
        token = _sign_in(database, attempt)
        before = _who(database, token) is not None
        end(attempt, token)
        met[name] = (before, _who(database, token) is not None)

    assert met == dict.fromkeys(ends, (True, False))


def test_a_grant_ends_at_its_time(database: Database) -> None:
    attempt = _account(database)
    helper = Grant(role=Role.HELPER)
    database.write_now(give_grant, attempt.account, helper, until=NOW + timedelta(days=1), actor=SYSTEM, now=NOW)
    token = _sign_in(database, attempt)

    def held(now: datetime) -> set[Grant]:
        someone = _who(database, token, now=now)
        return set(someone.grants) if someone else set()

    assert held(NOW) == {ORGANISER, helper}
    assert held(NOW + timedelta(days=1)) == {ORGANISER}


def test_the_back_off_grows_to_a_minute_and_never_further() -> None:
    waits = [wait_after(failed).total_seconds() for failed in (1, 4, 5, 6, 9, 10, 1000)]

    assert waits == [0, 0, 2, 4, 32, 60, 60]


def test_wrong_tries_make_the_next_one_wait_also_when_they_come_at_once(database: Database) -> None:
    _account(database)
    for _ in range(5):
        database.write_now(begin_sign_in, "anna", real=NOW)

    with pytest.raises(TooManyTries):
        database.write_now(begin_sign_in, "anna", real=NOW + timedelta(seconds=1))
    assert database.write_now(begin_sign_in, "ANNA ", real=NOW + timedelta(seconds=2)).password_hash == "hash"


def test_a_browser_that_was_let_in_before_never_waits_and_does_not_feed_the_back_off(database: Database) -> None:
    attempt = _account(database)
    for _ in range(5):
        database.write_now(begin_sign_in, "anna", real=NOW)

    again = database.write_now(begin_sign_in, "anna", real=NOW, known_browser=attempt.account)

    assert again == attempt
    assert database.write_now(begin_sign_in, "anna", real=NOW + timedelta(seconds=2)) == attempt


def test_the_right_password_ends_the_back_off(database: Database) -> None:
    attempt = _account(database)
    for _ in range(5):
        database.write_now(begin_sign_in, "anna", real=NOW)
    _sign_in(database, attempt)

    assert database.write_now(begin_sign_in, "anna", real=NOW) == attempt


def test_a_password_changed_while_the_old_one_was_checked_opens_no_session(database: Database) -> None:
    attempt = _account(database)
    database.write_now(set_password, attempt.account, "new hash", actor=SYSTEM, now=NOW)

    with pytest.raises(Changed):
        _sign_in(database, attempt)


def test_nobody_answers_like_somebody(database: Database) -> None:
    assert database.write_now(begin_sign_in, "nobody", real=NOW) == Attempt(account=None, password_hash=None)


def test_old_sessions_are_forgotten(database: Database) -> None:
    _sign_in(database, _account(database))

    counts = [database.write_now(forget_old_sessions, real=NOW + timedelta(hours=hours)) for hours in (23, 24, 25)]
    assert counts == [0, 1, 0]
