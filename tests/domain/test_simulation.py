"""A day that is played: nobody is lost or doubled, the rule decides, and the same seed plays the same day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from onestop.domain.booking import Interpreter
from onestop.domain.calling import Choice, Desk, HallState, Mediator, WaitingStop, calling_rule, score_of
from onestop.domain.discipline import POLICIES
from onestop.domain.figures import figures_of
from onestop.domain.plan import MEDIATED, WantedStop
from onestop.domain.rehearsal import groups_of
from onestop.domain.simday import Played, PlayedStop, SimDay, SimDesk, SimSession, SimVisitor
from onestop.domain.simulation import STAYS, play
from onestop.domain.timeline import Picture, stays_of

OPENS = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=6)
LEGAL, SOCIAL, POLICE = (UUID(int=n) for n in (101, 102, 103))
MINUTES = {LEGAL: 20.0, SOCIAL: 15.0, POLICE: 10.0}


def desk(
    number: int, *services: UUID, languages: str = "sk", hours: Sequence[tuple[int, int]] = ((0, 360),)
) -> SimDesk:
    openings = tuple((OPENS + timedelta(minutes=a), OPENS + timedelta(minutes=b)) for a, b in hours)
    return SimDesk(
        desk=Desk(
            id=UUID(int=200 + number),
            number=number,
            services=frozenset(services),
            languages=frozenset(languages.split()),
            closes_at=openings[-1][1],
        ),
        openings=openings,
        minutes={service: MINUTES[service] for service in services},
    )


def day(*desks: SimDesk, mediators: Sequence[str] = (), precedences: Sequence[tuple[UUID, UUID | None]] = ()) -> SimDay:
    return SimDay(
        opens_at=OPENS,
        closes_at=CLOSES,
        services=(LEGAL, SOCIAL, POLICE),
        desks=desks,
        mediators=tuple(
            Mediator(
                id=UUID(int=300 + n), languages=frozenset(each.split()), free=True, opens_at=OPENS, closes_at=CLOSES
            )
            for n, each in enumerate(mediators)
        ),
        precedences=tuple(precedences),
    )


def visitor(
    n: int, *services: UUID, at: float | None = 0, booked: float | None = None, language: str = "sk", need: bool = False
) -> SimVisitor:
    return SimVisitor(
        id=UUID(int=n << 32),
        booked_at=None if booked is None else OPENS + timedelta(minutes=booked),
        comes_at=None if at is None else OPENS + timedelta(minutes=at),
        stops=tuple(WantedStop(service=service, members=frozenset({1})) for service in services),
        languages=(language,),
        interpreter=Interpreter.NONE if language == "sk" else Interpreter.NEEDED,
        need=need,
    )


def some_day(seed: int) -> tuple[SimDay, list[SimVisitor]]:
    """A day of three services with a desk that leaves early, a break, two mediators, and up to forty parties."""
    chance = Random(seed)
    made = day(
        desk(1, LEGAL),
        desk(2, LEGAL, SOCIAL, languages="sk ar"),
        desk(3, SOCIAL, hours=((0, 120), (150, 360))),
        desk(4, POLICE, hours=((0, 240),)),
        mediators=("ar", "uk ru"),
        precedences=((LEGAL, POLICE),),
    )
    return made, [
        visitor(
            n,
            *chance.sample((LEGAL, SOCIAL, POLICE), chance.randint(1, 3)),
            at=None if chance.random() < 0.1 else chance.uniform(-30, 320),
            booked=chance.choice((None, 0, 60, 120, 240)),
            language=chance.choice(("sk", "ar", "uk", "vi")),
            need=chance.random() < 0.1,
        )
        for n in range(1, chance.randint(2, 40))
    ]


def of(played: Played, who: SimVisitor) -> list[PlayedStop]:
    return sorted((stop for stop in played.stops if stop.visitor == who.id), key=lambda stop: stop.called_at)


def overlapping(stops: Sequence[PlayedStop]) -> bool:
    ordered = sorted(stops, key=lambda stop: stop.called_at)
    return any(later.called_at < earlier.ended_at for earlier, later in pairwise(ordered))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_rule_nobody_is_lost_or_in_two_places(policy: str, seed: int) -> None:
    made, visitors = some_day(seed)
    played = play(made, visitors, POLICIES[policy], seed)

    came = [who for who in visitors if who.comes_at is not None]
    assert sorted(visit.visitor for visit in played.visits) == sorted(who.id for who in came)
    left = {visit.visitor: visit for visit in played.visits}
    for who in came:
        had = of(played, who)
        assert sorted([*(stop.service for stop in had), *left[who.id].unfinished]) == sorted(
            stop.service for stop in who.stops
        )
        assert not overlapping(had)
        assert all(left[who.id].came_at <= stop.called_at < stop.begun_at < stop.ended_at for stop in had)
        assert left[who.id].left_at >= max((stop.ended_at for stop in had), default=left[who.id].came_at)
        by_service = {stop.service: stop for stop in had}
        if LEGAL in by_service and POLICE in by_service:
            assert by_service[LEGAL].ended_at <= by_service[POLICE].called_at
    for each in made.desks:
        here = [stop for stop in played.stops if stop.desk == each.desk.id]
        assert not overlapping(here)
        assert all(stop.service in each.desk.services for stop in here)
        ends = each.openings[-1][1]
        stays = ends + STAYS if ends == CLOSES else ends
        assert all(OPENS <= stop.called_at < stays for stop in here)
    for one in made.mediators:
        assert not overlapping([stop for stop in played.stops if stop.choice.mediator == one.id])


def test_nobody_is_called_in_the_break_of_the_only_desk() -> None:
    made = day(desk(1, LEGAL, hours=((0, 30), (60, 360))))
    played = play(made, [visitor(n, LEGAL) for n in range(1, 8)])

    assert len(played.stops) == 7
    assert not any(
        OPENS + timedelta(minutes=30) <= stop.called_at < OPENS + timedelta(minutes=60) for stop in played.stops
    )


def test_who_still_needs_a_desk_that_went_home_goes_home_without_it() -> None:
    made = day(desk(1, LEGAL), desk(2, POLICE, hours=((0, 60),)))
    late = visitor(1, POLICE, LEGAL, at=90)
    played = play(made, [late])

    assert [stop.service for stop in of(played, late)] == [LEGAL]
    assert [visit.unfinished for visit in played.visits] == [(POLICE,)]


def test_who_waits_in_vain_has_waited() -> None:
    made = day(desk(1, LEGAL, hours=((30, 60),)))
    played = play(made, [visitor(n, LEGAL, at=n) for n in range(1, 30)])

    assert all(visit.waited_minutes <= visit.inside_minutes for visit in played.visits)
    unserved = [visit for visit in played.visits if visit.unfinished]
    assert len(unserved) > 10
    assert {visit.waited_minutes for visit in unserved} == {visit.inside_minutes for visit in unserved}


def test_who_came_early_and_was_called_before_her_time_has_not_waited() -> None:
    played = play(day(desk(1, LEGAL)), [visitor(1, LEGAL, at=5, booked=60)])

    assert [(stop.called_at - OPENS) / timedelta(minutes=1) for stop in played.stops] == [5]
    assert [visit.waited_minutes for visit in played.visits] == [0]


def test_the_same_seed_plays_the_same_day_and_another_one_another() -> None:
    made, visitors = some_day(3)

    assert play(made, visitors, seed=1) == play(made, visitors, seed=1)
    assert play(made, visitors, seed=1) != play(made, visitors, seed=2)


def test_a_talk_is_as_long_under_every_rule() -> None:
    """So that rules are compared in pairs; only a mediator makes it longer."""
    made, visitors = some_day(5)

    def lengths(policy: str) -> dict[tuple[UUID, UUID], float]:
        return {
            (stop.visitor, stop.service): round(
                (stop.ended_at - stop.begun_at).total_seconds() / (MEDIATED if stop.choice.mediator else 1), 3
            )
            for stop in play(made, visitors, POLICIES[policy], 9).stops
        }

    one, other = lengths("onestop"), lengths("fixed-order")
    both = one.keys() & other.keys()
    assert len(both) > 10
    assert {key: one[key] for key in both} == pytest.approx({key: other[key] for key in both}, abs=0.002)


def test_why_she_was_called_recomputes() -> None:
    made, visitors = some_day(7)
    played = play(made, visitors)

    assert len(played.stops) > 10
    assert all(score_of(stop.choice.terms) == stop.choice.score for stop in played.stops)


def test_a_rule_of_ones_own_decides() -> None:
    def last_come(at: Desk, waiting: Sequence[WaitingStop], state: HallState, now: datetime) -> Choice | None:
        newest = sorted(waiting, key=lambda stop: stop.waited_minutes)[:1]
        return calling_rule(at, newest, state, now)

    made = day(desk(1, LEGAL))
    crowd = [visitor(n, LEGAL, at=n) for n in range(1, 5)]
    called = [stop.visitor for stop in play(made, crowd, last_come).stops]

    # The first comes to a free desk; when she is done the three others wait.
    assert called == [who.id for who in (crowd[0], crowd[3], crowd[2], crowd[1])]


def test_in_a_fixed_order_she_waits_at_one_desk_though_another_is_free() -> None:
    made = day(desk(1, LEGAL), desk(2, SOCIAL))
    first, second = visitor(1, LEGAL, at=0), visitor(2, SOCIAL, LEGAL, at=1)
    by_hand = of(play(made, [first, second], POLICIES["fixed-order"]), second)
    at_once = of(play(made, [first, second], POLICIES["onestop"]), second)

    assert [stop.service for stop in by_hand] == [LEGAL, SOCIAL]
    assert [stop.service for stop in at_once] == [SOCIAL, LEGAL]


def test_the_shortest_queue_is_the_one_with_the_fewest_minutes_for_each_desk() -> None:
    made = day(desk(1, LEGAL), desk(2, SOCIAL), desk(3, SOCIAL))
    crowd = [*(visitor(n, LEGAL) for n in range(1, 4)), *(visitor(n, SOCIAL) for n in range(4, 8))]
    chooser = visitor(9, LEGAL, SOCIAL, at=1)
    had = of(play(made, [*crowd, chooser], POLICIES["shortest-queue"]), chooser)

    assert had[0].service == SOCIAL  # 2 of 15 min wait for two desks, 2 of 20 min for one


def test_an_empty_day_and_a_wish_nobody_can_meet() -> None:
    assert play(day(desk(1, LEGAL)), []).visits == ()
    with pytest.raises(ValueError, match="no desk offers"):
        play(day(desk(1, LEGAL)), [visitor(1, POLICE)])


# -- sessions ---------------------------------------------------------------------------------------


def session(minute: int, *, seats: int = 10, language: str = "") -> SimSession:
    """A talk of the social counsellors for several, 30 minutes long, at desk 2."""
    return SimSession(
        service=SOCIAL,
        desk=UUID(int=202),
        starts_at=OPENS + timedelta(minutes=minute),
        minutes=30.0,
        seats=seats,
        language=language,
    )


def with_sessions(*sessions: SimSession) -> SimDay:
    return replace(day(desk(1, LEGAL), desk(2, SOCIAL)), sessions=sessions)


def when(played: Played, service: UUID) -> list[tuple[int, int]]:
    """Beginning and end of the talks of a service, in minutes from the opening."""
    minute = timedelta(minutes=1)
    found = [one for one in played.stops if one.service == service]
    return [(round((one.begun_at - OPENS) / minute), round((one.ended_at - OPENS) / minute)) for one in found]


def test_a_session_begins_at_its_time_for_all_who_wait_and_ends_as_planned() -> None:
    played = play(with_sessions(session(60), session(180)), [visitor(n, SOCIAL, at=n) for n in range(4)])
    assert when(played, SOCIAL) == [(60, 90)] * 4
    assert {one.left_at for one in played.visits} == {OPENS + timedelta(minutes=90)}
    assert not any(one.unfinished for one in played.visits)


def test_who_finds_no_seat_goes_to_the_next_and_after_the_last_one_home() -> None:
    played = play(with_sessions(session(60, seats=2), session(180, seats=1)), [visitor(n, SOCIAL) for n in range(4)])
    assert when(played, SOCIAL) == [(60, 90), (60, 90), (180, 210)]
    (lost,) = (one for one in played.visits if one.unfinished)
    assert lost.unfinished == (SOCIAL,)
    assert lost.left_at == OPENS + timedelta(minutes=180)


def test_she_goes_where_she_follows() -> None:
    sessions = session(60, language="uk"), session(180, language="sk")
    played = play(with_sessions(*sessions), [visitor(1, SOCIAL), visitor(2, SOCIAL, language="uk")])
    assert sorted(when(played, SOCIAL)) == [(60, 90), (180, 210)]


def test_nobody_is_called_into_a_talk_that_would_make_her_miss_her_session() -> None:
    played = play(with_sessions(session(60)), [visitor(1, SOCIAL, LEGAL, at=45)])
    assert when(played, SOCIAL) == [(60, 90)]
    ((begun, _),) = when(played, LEGAL)
    assert begun >= 90


def test_a_desk_with_a_session_calls_nobody_meanwhile() -> None:
    both = replace(day(desk(2, SOCIAL, LEGAL)), sessions=(session(60),))
    played = play(both, [visitor(1, SOCIAL, at=30), visitor(2, LEGAL, at=62)])
    assert when(played, SOCIAL) == [(60, 90)]
    ((begun, _),) = when(played, LEGAL)
    assert begun >= 90


def test_a_desk_begins_no_talk_that_its_session_would_cut_short() -> None:
    both = replace(day(desk(2, SOCIAL, LEGAL)), sessions=(session(60),))
    played = play(both, [visitor(1, SOCIAL, at=30), visitor(2, LEGAL, at=45)])
    assert when(played, SOCIAL) == [(60, 90)]
    ((begun, _),) = when(played, LEGAL)
    assert begun >= 90


def test_a_desk_with_a_session_is_in_use_once_for_all_who_sit_there() -> None:
    played = play(with_sessions(session(60)), [visitor(n, SOCIAL, at=n) for n in range(5)])
    assert figures_of(played).desks[UUID(int=202)] == 30 / 360
    picture = Picture(OPENS, CLOSES, groups_of(played.day))
    for _ in range(2):
        picture.add(stays_of(played))
    (row,) = (row for row in picture.timeline().rows if UUID(int=202) in row.members)
    assert [span.used for span in row.spans if span.used] == [1.0, 1.0]
