"""One-time codes: on after one right code, each good once, guesses wait, recovery codes, sealed in the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from pyotp.totp import TOTP

from onestop.accounts.actions import Attempt, add_account, revoke_account, set_password
from onestop.accounts.half_open import HALF_LIFE, Opened, finish_sign_in, half_lives, open_after_password
from onestop.accounts.one_time import PERIOD, read_digits, step_of
from onestop.accounts.queries import actor_of_session
from onestop.accounts.second_steps import (
    CodesAreOn,
    OwnCodesFirst,
    begin_codes,
    confirm_codes,
    renew_recovery_codes,
    require_codes,
    second_step_of,
    switch_codes_off,
    take_codes_off,
    try_code,
    unconfirmed_secret,
)
from onestop.accounts.tables import recovery_codes, second_steps
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.errors import CodesNeeded, CodeWrong, SignInOver, TooManyTries
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.keys import hash_token
from tests.halls import make_test_day

NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
KEY = b"k" * 32
STEP = timedelta(seconds=PERIOD)


@dataclass(slots=True)
class Anna:
    """An account, its app and the moment it is now."""

    db: Database
    account: UUID
    secret: str = ""
    recovery: tuple[str, ...] = ()
    real: datetime = NOW

    @property
    def actor(self) -> Actor:
        return Actor(ref=f"account:{self.account}", account=self.account)

    def code(self, later: int = 0) -> str:
        return TOTP(self.secret).at(self.real + later * STEP)

    def begin(self) -> str:
        self.db.write_now(begin_codes, self.account, key=KEY)
        self.secret = self.db.read_now(unconfirmed_secret, self.account, key=KEY) or ""
        return self.secret

    def confirm(self, code: str, session: str | None = None) -> tuple[str, ...]:
        return self.db.write_now(
            confirm_codes, self.account, code, key=KEY, session=session, actor=self.actor, now=NOW, real=self.real
        )

    def switch_on(self) -> None:
        """With codes, a minute ago."""
        self.begin()
        self.recovery = self.confirm(self.code())
        self.real += 2 * STEP

    def try_code(self, code: str, *, known: bool = False, key: bytes = KEY) -> bool:
        return self.db.write_now(try_code, self.account, code, known=known, key=key, now=NOW, real=self.real)

    def sign_in(self, *, known: bool = False) -> Opened:
        attempt = Attempt(account=self.account, password_hash="hash")
        return self.db.write_now(
            open_after_password,
            attempt,
            known_browser=self.account if known else None,
            next_path="/desk",
            real=self.real,
        )

    def finish(self, half: Opened, code: str, old_session: str | None = None) -> Opened | None:
        return self.db.write_now(
            finish_sign_in, hash_token(half.token), code, key=KEY, real=self.real, now=NOW, old_session=old_session
        )

    def who(self, token: str) -> Actor | None:
        return self.db.read_now(actor_of_session, hash_token(token), real=self.real, now=NOW)


@pytest.fixture
def anna(database: Database) -> Anna:
    account = database.write_now(
        add_account, login="anna", password_hash="hash", held=(Grant(role=Role.ORGANISER),), actor=SYSTEM, now=NOW
    )
    return Anna(database, account)


def stored(conn: sa.Connection) -> list[list[str]]:
    """Every row about codes, as text."""
    return [[str(row) for row in conn.execute(sa.select(table))] for table in (second_steps, recovery_codes)]


def kinds(db: Database) -> list[str]:
    return list(db.read_now(lambda conn: conn.execute(sa.select(facts.c.kind).order_by(facts.c.id)).scalars().all()))


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, shortened to six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}

    found = {seconds: step_of(secret, code, real=datetime.fromtimestamp(seconds, UTC)) for seconds, code in at.items()}

    assert found == {seconds: seconds // PERIOD for seconds in at}


def test_one_step_before_and_after_is_taken_and_digits_of_every_script() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    made = TOTP(secret)

    assert [step_of(secret, made.at(NOW + n * STEP), real=NOW) is not None for n in (-2, -1, 0, 1, 2)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert (read_digits("٢٨٧ ٠٨٢"), read_digits("287-082 ")) == ("287082", "287082")
    assert [step_of(secret, typed, real=NOW) for typed in ("", "abc", "12345", "1" * 40)] == [None] * 4


def test_codes_count_from_the_first_right_one_on(anna: Anna) -> None:
    first = anna.begin()
    second = anna.begin()
    with pytest.raises(CodeWrong):
        anna.confirm(anna.code(later=5))
    before = anna.sign_in()
    made = anna.confirm(anna.code())
    after = anna.sign_in()

    assert first != second
    assert (before.half, after.half, len(set(made))) == (False, True, 10)
    assert anna.db.read_now(unconfirmed_secret, anna.account, key=KEY) is None
    with pytest.raises(CodesAreOn):
        anna.begin()
    assert kinds(anna.db)[-1] == "CodesSwitchedOn"


def test_switching_on_signs_other_browsers_out_and_keeps_this_one(anna: Anna) -> None:
    here, elsewhere = anna.sign_in().token, anna.sign_in().token
    anna.begin()
    anna.confirm(anna.code(), session=hash_token(here))

    assert (anna.who(here) is not None, anna.who(elsewhere)) == (True, None)


def test_a_half_open_sign_in_opens_nothing_and_the_code_opens_a_new_session(anna: Anna) -> None:
    old = anna.sign_in().token
    anna.switch_on()
    half = anna.sign_in()
    opened = anna.finish(half, anna.code(), old_session=hash_token(old))
    assert opened is not None

    assert anna.who(half.token) is None
    assert (opened.next_path, opened.half, opened.token != half.token) == ("/desk", False, True)
    assert (anna.who(opened.token) is not None, anna.who(old)) == (True, None)
    with pytest.raises(SignInOver):
        anna.finish(half, anna.code(later=1))


def test_no_code_is_good_twice(anna: Anna) -> None:
    anna.switch_on()
    now, later = anna.code(), anna.code(later=1)

    assert [anna.try_code(code) for code in (now, now, later, now, later)] == [True, False, True, False, False]


def test_a_recovery_code_is_good_once_and_new_ones_end_the_old(anna: Anna) -> None:
    anna.switch_on()
    first, second, *_ = anna.recovery
    met = [anna.try_code(code) for code in (first, first, second.replace(" ", ""))]
    left = anna.db.read_now(second_step_of, anna.account).recovery_left
    fresh = anna.db.write_now(renew_recovery_codes, anna.account, key=KEY, actor=anna.actor, now=NOW)

    assert (met, left) == ([True, False, True], 8)
    assert [anna.try_code(code) for code in (anna.recovery[5], fresh[0])] == [False, True]


def test_guesses_wait_and_a_strangers_do_not_make_her_own_browser_wait(anna: Anna) -> None:
    anna.switch_on()
    wrong = [anna.try_code("000000") for _ in range(5)]
    with pytest.raises(TooManyTries):
        anna.try_code(anna.code())

    assert wrong == [False] * 5
    assert anna.try_code(anna.code(), known=True) is True
    # Guesses from her own browser wait as well, and do not make others wait.
    assert [anna.try_code("000000", known=True) for _ in range(5)] == [False] * 5
    with pytest.raises(TooManyTries):
        anna.try_code(anna.code(later=1), known=True)
    anna.real += timedelta(seconds=2)
    assert anna.try_code(anna.code(later=1), known=True) is True


def test_after_five_wrong_codes_or_ten_minutes_the_password_is_asked_again(anna: Anna) -> None:
    anna.switch_on()
    half, old = anna.sign_in(), anna.sign_in()
    met = [anna.finish(half, "000000") for _ in range(4)]
    anna.finish(half, "000000")
    anna.real += timedelta(minutes=2)

    assert met == [None] * 4
    with pytest.raises(SignInOver):
        anna.finish(half, anna.code())
    anna.real += HALF_LIFE
    assert anna.db.read_now(half_lives, hash_token(old.token), real=anna.real) is False
    with pytest.raises(SignInOver):
        anna.finish(old, anna.code())


@pytest.mark.parametrize("how", ["closed", "password", "taken off"])
def test_a_half_open_sign_in_ends_with_what_it_came_from(anna: Anna, how: str) -> None:
    anna.switch_on()
    half = anna.sign_in()
    if how == "closed":
        anna.db.write_now(revoke_account, "anna", actor=SYSTEM, now=NOW)
    elif how == "password":
        anna.db.write_now(set_password, anna.account, "other", actor=SYSTEM, now=NOW)
    else:
        anna.db.write_now(take_codes_off, anna.account, actor=SYSTEM, now=NOW)

    with pytest.raises(SignInOver):
        anna.finish(half, anna.code())


def test_switched_off_or_taken_off_nothing_of_it_stays(anna: Anna) -> None:
    left: dict[str, list[int]] = {}
    for name, end in (("CodesSwitchedOff", switch_codes_off), ("CodesTakenOff", take_codes_off)):
        anna.switch_on()
        for _ in range(2):
            anna.db.write_now(end, anna.account, actor=SYSTEM, now=NOW)
        left[name] = [len(rows) for rows in anna.db.read_now(stored)]
        assert anna.sign_in().half is False

    told = [kind for kind in kinds(anna.db) if kind in left]
    assert (left, told) == ({kind: [0, 0] for kind in left}, list(left))


def test_the_database_alone_shows_no_secret_and_another_key_opens_nothing(anna: Anna) -> None:
    anna.switch_on()
    kept = str(anna.db.read_now(stored))
    key = b"o" * 32

    assert anna.secret not in kept
    assert [code for code in anna.recovery if code.replace(" ", "") in kept] == []
    met = [anna.try_code(typed, key=key) for typed in (anna.code(), anna.recovery[0])]
    assert met == [False, False]


def test_the_centre_asks_organisers_for_codes_and_nobody_shuts_herself_out(anna: Anna) -> None:
    make_test_day(anna.db)
    desk = anna.db.write_now(
        add_account,
        login="bea",
        password_hash="hash",
        held=(Grant(role=Role.RECEPTIONIST),),
        actor=SYSTEM,
        now=NOW,
    )
    bea = Anna(anna.db, desk)
    with pytest.raises(OwnCodesFirst):
        anna.db.write_now(require_codes, True, actor=anna.actor, now=NOW)
    dora = anna.db.write_now(
        add_account,
        login="dora",
        password_hash="hash",
        held=(Grant(role=Role.ADMINISTRATOR),),
        actor=SYSTEM,
        now=NOW,
    )
    before = Anna(anna.db, dora).sign_in().token
    anna.switch_on()
    half = anna.sign_in()
    opened = anna.finish(half, anna.code())
    anna.db.write_now(require_codes, True, actor=anna.actor, now=NOW)
    stopped = anna.who(before)
    assert opened is not None
    assert stopped is not None

    assert (stopped.grants, stopped.must_set_up_codes) == ((), True)
    with pytest.raises(CodesNeeded):
        stopped.need(Role.ADMINISTRATOR)
    met = [anna.who(token) for token in (opened.token, bea.sign_in().token)]
    assert [one and one.must_set_up_codes for one in met] == [False, False]
    assert [anna.db.read_now(second_step_of, one).asked_for for one in (anna.account, desk, dora)] == [
        True,
        False,
        True,
    ]
    anna.db.write_now(require_codes, False, actor=anna.actor, now=NOW)
    again = anna.who(before)
    assert (again and again.grants) == (Grant(role=Role.ADMINISTRATOR),)
