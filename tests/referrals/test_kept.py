"""A referral is kept by itself when she is served there, or arrives on the day it leads to; a slip takes it back."""

from onestop.domain.referral import KeptHow
from onestop.visits.actions.arrivals import check_in, undo_check_in
from onestop.visits.actions.calls import finish
from onestop.visits.actions.carrying import carry_over
from onestop.visits.actions.undo import undo
from tests.halls import KEY, STAFF
from tests.referrals.scene import Scene


def how(scene: Scene) -> list[str | None]:
    """How each was kept, by the word for why: those of the police stand after those of the insurance."""
    return [row.kept_how for row in sorted(scene.rows(), key=lambda row: row.reason)]


def test_being_served_at_the_institution_keeps_it_and_undoing_the_start_takes_that_back(scene: Scene) -> None:
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal", "residence"))
    first = scene.serve("legal")
    scene.refer(first, institution=scene.institution("residence"), reason="permit")
    scene.refer(first, institution=scene.institution("health-insurance"), reason="health-insurance")
    scene.finish(first)
    assert how(scene) == [None, None]

    second = scene.serve("residence")
    assert how(scene) == [None, KeptHow.SERVED]
    assert {row.party_id for row in scene.rows()} == {ticket.party}
    scene.hall.write(undo, second)

    assert how(scene) == [None, None]


def test_somebody_else_who_is_served_there_keeps_nothing(scene: Scene) -> None:
    _, stop = scene.talk()
    scene.refer(stop, institution=scene.institution("residence"), reason="permit")

    scene.talk("residence")

    assert how(scene) == [None]


def test_a_referral_to_the_own_institution_is_not_kept_by_the_talk_that_made_it(scene: Scene) -> None:
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal"))
    called = scene.hall.next(1).stop
    assert called is not None
    scene.refer(called, institution=scene.institution("legal"), reason="go-on")
    from onestop.visits.actions.calls import serve

    scene.hall.write(serve, called)

    assert (how(scene), scene.rows()[0].party_id) == ([None], ticket.party)


def test_one_for_another_day_is_not_kept_today(scene: Scene) -> None:
    scene.hall.walk_in(scene.hall.wish("legal", "residence"))
    first = scene.serve("legal")
    scene.refer(first, institution=scene.institution("residence"), day=scene.next_day, reason="permit")
    scene.finish(first)

    scene.serve("residence")

    assert how(scene) == [None]


def test_who_goes_on_at_that_day_keeps_it_by_arriving_and_an_undone_check_in_takes_it_back(scene: Scene) -> None:
    _, visit = scene.hall.walk_in(scene.hall.wish("legal", "residence"))
    first = scene.serve("legal")
    scene.refer(first, day=scene.next_day, reason="go-on")
    scene.hall.write(finish, first)
    scene.hall.later(seconds=5)
    day = min(scene.next_day, scene.hall.id)
    moved = {"key": KEY, "actor": STAFF, "now": scene.hall.now, "day": day}
    scene.db.write_now(carry_over, visit, scene.next_day, **moved)
    from onestop.booking.queries import carried_to

    there = scene.db.read_now(carried_to, scene.rows()[0].party_id)
    assert there is not None
    assert there.arrival_at is not None
    assert how(scene) == [None]

    then = {"actor": STAFF, "now": there.arrival_at, "day": scene.next_day}
    arrived = scene.db.write_now(check_in, there.party, **then)
    assert how(scene) == [KeptHow.CHECKED_IN]
    scene.db.write_now(undo_check_in, arrived.visit, **then)

    assert how(scene) == [None]
