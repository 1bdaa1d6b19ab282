"""Whether a newcomer is still reached today."""

from uuid import UUID

from onestop.domain.reach import DeskTime, Reach, reach

LEGAL, SOCIAL, POLICE = (UUID(int=n) for n in (1, 2, 3))


def desk(*services: UUID, left: float = 120) -> DeskTime:
    return DeskTime(services=frozenset(services), minutes_left=left)


def test_an_empty_hall_reaches_everybody_at_once() -> None:
    found = reach([desk(LEGAL), desk(SOCIAL)], backlog_minutes={}, wanted_minutes={LEGAL: 20, SOCIAL: 18})

    assert found == Reach(wait_minutes=0, late=frozenset())


def test_a_queue_longer_than_the_day_is_told_for_that_service_alone() -> None:
    found = reach(
        [desk(LEGAL), desk(SOCIAL)], backlog_minutes={LEGAL: 101, SOCIAL: 30}, wanted_minutes={LEGAL: 20, SOCIAL: 18}
    )

    assert found == Reach(wait_minutes=30, late=frozenset({LEGAL}))


def test_a_talk_that_just_fits_is_reached() -> None:
    found = reach([desk(LEGAL)], backlog_minutes={LEGAL: 100}, wanted_minutes={LEGAL: 20})

    assert found == Reach(wait_minutes=100, late=frozenset())


def test_desks_with_the_same_service_share_its_queue() -> None:
    alone = reach([desk(LEGAL)], backlog_minutes={LEGAL: 160}, wanted_minutes={LEGAL: 20})
    shared = reach([desk(LEGAL), desk(LEGAL, SOCIAL)], backlog_minutes={LEGAL: 160}, wanted_minutes={LEGAL: 20})

    assert (alone.late, shared) == ({LEGAL}, Reach(wait_minutes=80, late=frozenset()))


def test_a_service_whose_desks_have_gone_is_late_whatever_waits() -> None:
    found = reach([desk(POLICE, left=0), desk(LEGAL)], backlog_minutes={}, wanted_minutes={POLICE: 15, LEGAL: 20})

    assert found == Reach(wait_minutes=0, late=frozenset({POLICE}), shut=frozenset({POLICE}))


def test_more_talks_than_the_rest_of_the_day_are_late_together() -> None:
    found = reach(
        [desk(LEGAL, left=30), desk(SOCIAL, left=30)], backlog_minutes={}, wanted_minutes={LEGAL: 20, SOCIAL: 18}
    )

    assert found == Reach(wait_minutes=0, late=frozenset({LEGAL, SOCIAL}))
