"""Who goes to which session on the day: hers while she is in time, else the next one with a seat for everybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.calling import SESSION_LATE
from onestop.domain.seating import Held, HeldSession, Seeker, seat

TALK, OTHER = UUID(int=1), UUID(int=2)
FIRST, SECOND, THIRD = UUID(int=11), UUID(int=12), UUID(int=13)
TEN = datetime(2026, 12, 3, 10, tzinfo=UTC)


def held(session: UUID, hours: int, *, free: int = 10, language: str = "", service: UUID = TALK) -> HeldSession:
    """A session that began in time, or will."""
    starts = TEN + timedelta(hours=hours)
    late = starts + SESSION_LATE
    return HeldSession(id=session, service=service, starts_at=starts, late_at=late, language=language, free=free)


def seeker(n: int, *, session: UUID | None = None, people: int = 1, languages: str = "en", own: bool = False) -> Seeker:
    return Seeker(
        stop=UUID(int=100 + n),
        service=TALK,
        people=people,
        languages=frozenset(languages.split()),
        interpreter=Interpreter.OWN if own else Interpreter.NONE,
        session=session,
    )


def test_whoever_is_in_time_keeps_hers_and_a_few_minutes_late_is_in_time() -> None:
    sessions = [held(FIRST, 0), held(SECOND, 2)]
    for late in (timedelta(0), SESSION_LATE - timedelta(seconds=1)):
        assert seat(sessions, [seeker(1, session=FIRST)], now=TEN + late) == {}
    assert seat(sessions, [seeker(1, session=FIRST)], now=TEN + SESSION_LATE) == {UUID(int=101): SECOND}


def test_without_an_appointment_she_goes_to_the_next_with_seats_for_all_of_them() -> None:
    sessions = [held(FIRST, 0, free=2), held(SECOND, 2, free=2), held(THIRD, 0, service=OTHER)]
    asked = [seeker(1, people=2), seeker(2), seeker(3, people=2)]
    assert seat(sessions, asked, now=TEN) == {UUID(int=101): FIRST, UUID(int=102): SECOND}


def test_she_goes_where_she_follows_and_else_to_any() -> None:
    sessions = [held(FIRST, 0, language="uk"), held(SECOND, 2, language="en")]
    assert seat(sessions, [seeker(1)], now=TEN) == {UUID(int=101): SECOND}
    assert seat(sessions, [seeker(1, own=True)], now=TEN) == {UUID(int=101): FIRST}
    assert seat(sessions, [seeker(1, languages="ar")], now=TEN) == {UUID(int=101): FIRST}


def test_after_the_last_one_nobody_has_any() -> None:
    assert seat([held(FIRST, 0)], [seeker(1, session=FIRST)], now=TEN + timedelta(hours=1)) == {UUID(int=101): None}
    assert seat([], [seeker(1)], now=TEN) == {}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=5),
    st.lists(st.tuples(st.integers(1, 3), st.none() | st.integers(0, 4)), max_size=8),
    st.integers(-60, 400),
)
def test_seats_are_never_given_twice_and_asking_again_changes_nothing(
    offered: list[tuple[int, int]], asked: list[tuple[int, int | None]], minute: int
) -> None:
    now = TEN + timedelta(minutes=minute)
    sessions = [held(UUID(int=200 + n), hours, free=free) for n, (hours, free) in enumerate(offered)]
    known = {one.id for one in sessions}
    seekers = [
        seeker(n, people=people, session=UUID(int=200 + at) if at is not None and UUID(int=200 + at) in known else None)
        for n, (people, at) in enumerate(asked)
    ]
    moved = seat(sessions, seekers, now=now)
    free = {one.id: one.free for one in sessions}
    for one in seekers:
        if one.stop in moved:
            if one.session is not None:
                free[one.session] += one.people
            then = moved[one.stop]
            if then is not None:
                free[then] -= one.people
                assert next(each for each in sessions if each.id == then).starts_at >= now
    assert all(left >= 0 for left in free.values())
    again = [replace(one, language="", free=free[one.id]) for one in sessions]
    after = [
        Seeker(
            stop=one.stop,
            service=one.service,
            people=one.people,
            languages=one.languages,
            interpreter=one.interpreter,
            session=moved.get(one.stop, one.session),
        )
        for one in seekers
    ]
    told = seat(again, after, now=now)
    assert not any(after[i].session is not None for i in range(len(after)) if after[i].stop in told)


def test_who_is_late_keeps_her_seat_while_it_has_not_begun_and_ten_minutes_after() -> None:
    planned = Held(starts_at=TEN, ends_at=TEN + timedelta(minutes=45))
    assert planned.late_at == planned.ends_at
    for begun in (-5, 0, 20):
        at = TEN + timedelta(minutes=begun)
        assert replace(planned, begun_at=at).late_at == max(TEN, at) + SESSION_LATE
    over = TEN + timedelta(minutes=5)
    assert replace(planned, begun_at=TEN, ended_at=over).late_at == over


def test_it_is_called_half_an_hour_and_begins_a_quarter_of_an_hour_before_at_the_earliest() -> None:
    planned = Held(starts_at=TEN, ends_at=TEN + timedelta(minutes=45))
    for minutes, calls, begins in ((-31, False, False), (-30, True, False), (-16, True, False), (-15, True, True)):
        at = TEN + timedelta(minutes=minutes)
        assert (planned.may_call(at), planned.may_begin(at)) == (calls, begins)
    assert planned.may_begin(TEN + timedelta(minutes=44))
    assert not planned.may_begin(TEN + timedelta(minutes=45))
    begun = replace(planned, begun_at=TEN)
    assert begun.runs
    assert not begun.may_begin(TEN)
    assert not begun.may_call(TEN)
    assert not replace(begun, ended_at=TEN + timedelta(minutes=40)).runs
