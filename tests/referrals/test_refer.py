"""Sending somebody on: only from a conversation, only with her yes, and R19 keeps private ones to herself."""

from datetime import timedelta
from uuid import uuid4

import pytest

from onestop.directory.entries import close_institution
from onestop.directory.place_entries import close_place
from onestop.domain.errors import InvalidInput, Refusal, StopUnknown
from onestop.domain.referral import KeptHow, Target
from onestop.referrals.actions import record_kept, withdraw_referral
from onestop.referrals.wrong import NotAtDesk, ReferralClosed, ReferralThere, ReferralUnknown
from onestop.retention.actions import erase_party
from onestop.visits.actions.closing import close_day
from tests.halls import ON, STAFF
from tests.referrals.scene import Scene


def test_a_referral_to_a_place_says_why_by_when_and_that_she_agreed(scene: Scene) -> None:
    ticket, stop = scene.talk()

    made = scene.refer(stop, place=scene.school, reason="school", by_on=ON + timedelta(days=7))

    row = scene.row(made)
    assert (row.party_id, row.stop_id, row.target, row.place_id, row.reason, row.by_on, row.private) == (
        ticket.party,
        stop,
        Target.PLACE,
        scene.school,
        "school",
        ON + timedelta(days=7),
        False,
    )
    assert (row.consent_by, row.consent_at) == (STAFF.ref, scene.hall.now)
    assert scene.told("ReferralMade") == [
        (
            "ReferralMade",
            {"private": False, "to": "place", "reason": "school", "place_id": str(scene.school), "by_days": 7},
        )
    ]


def test_an_institution_is_chosen_with_its_service_and_one_of_our_days_which_is_then_the_last(scene: Scene) -> None:
    _, stop = scene.talk()
    service = scene.hall.service("residence")

    made = scene.row(scene.refer(stop, service=service, day=scene.next_day, reason="permit"))

    assert (made.target, made.to_institution_id, made.to_service_id, made.to_day_id, made.by_on) == (
        Target.INSTITUTION,
        scene.institution("residence"),
        service,
        scene.next_day,
        ON + timedelta(days=7),
    )


def test_another_day_alone_is_a_referral_too(scene: Scene) -> None:
    _, stop = scene.talk()

    made = scene.row(scene.refer(stop, day=scene.next_day, reason="go-on"))

    assert (made.target, made.to_institution_id, made.by_on) == (Target.DAY, None, ON + timedelta(days=7))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "where"),
        ({"institution": uuid4()}, "where"),
        ({"place": uuid4()}, "where"),
        ({"service": uuid4()}, "where"),
        ({"day": uuid4()}, "day"),
        ({"place": "school", "reason": "gossip"}, "reason"),
        ({"place": "school", "by_on": ON - timedelta(days=1)}, "by"),
        ({"place": "school", "by_on": ON + timedelta(days=400)}, "by"),
        ({"place": "school", "said_yes": False}, "said_yes"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_stored(scene: Scene, wrong: dict[str, object], field: str) -> None:
    _, stop = scene.talk()
    asked = {**wrong, **({"place": scene.school} if wrong.get("place") == "school" else {})}

    with pytest.raises(InvalidInput) as refused:
        scene.refer(stop, **asked)  # pyright: ignore[reportArgumentType]

    assert (refused.value.field, scene.rows(), scene.told("ReferralMade")) == (field, [], [])


def test_an_institution_without_a_desk_on_that_day_is_refused(scene: Scene) -> None:
    from onestop.directory.entries import add_institution

    _, stop = scene.talk()
    absent = scene.db.write_now(
        add_institution, name="Nobody is there", authority="none", actor=STAFF, now=scene.hall.now
    )

    with pytest.raises(InvalidInput) as refused:
        scene.refer(stop, institution=absent, day=scene.next_day)

    assert (refused.value.field, refused.value.code) == ("day", "referral_not_there")


def test_nobody_is_sent_to_a_place_that_was_closed_but_who_was_keeps_it(scene: Scene) -> None:
    _, stop = scene.talk()
    before = scene.refer(stop, place=scene.school)
    scene.db.write_now(close_place, scene.school, closed=True, actor=STAFF, now=scene.hall.now)
    _, other = scene.talk("residence")

    with pytest.raises(InvalidInput):
        scene.refer(other, place=scene.school)

    assert scene.row(before).place_id == scene.school


def test_nobody_is_sent_to_an_institution_that_was_closed_but_to_a_day_it_still_has(scene: Scene) -> None:
    _, stop = scene.talk()
    police = scene.institution("residence")
    scene.db.write_now(close_institution, police, closed=True, actor=STAFF, now=scene.hall.now)

    with pytest.raises(InvalidInput):
        scene.refer(stop, institution=police)
    with pytest.raises(InvalidInput):
        scene.refer(stop, service=scene.hall.service("residence"))
    assert scene.row(scene.refer(stop, institution=police, day=scene.next_day)).to_institution_id == police


def test_a_referral_belongs_to_a_conversation_at_a_desk_also_when_that_is_finished(scene: Scene) -> None:
    ticket, visit = scene.hall.walk_in(scene.hall.wish("legal"))
    from onestop.visits.queries.api import stops_of_visit

    waiting = scene.db.read_now(stops_of_visit, visit)[0]
    with pytest.raises(NotAtDesk):
        scene.refer(waiting, place=scene.school)
    with pytest.raises(StopUnknown):
        scene.refer(uuid4(), place=scene.school)

    scene.finish(scene.serve("legal"))
    scene.refer(waiting, place=scene.school)

    assert [row.party_id for row in scene.rows()] == [ticket.party]


def test_a_day_that_is_closed_and_somebody_who_was_erased_get_no_referral(scene: Scene) -> None:
    ticket, stop = scene.talk()
    scene.finish(stop)
    scene.db.write_now(erase_party, ticket.party, journal=None, actor=STAFF, now=scene.hall.now, day=scene.hall.id)
    with pytest.raises(NotAtDesk):
        scene.refer(stop, place=scene.school)
    scene.hall.write(close_day, scene.hall.id, reason="")
    with pytest.raises(Refusal) as refused:
        scene.refer(stop, place=scene.school)

    assert (refused.value.code, scene.rows()) == ("day_over", [])


def test_the_same_referral_twice_is_refused_until_the_first_is_taken_back(scene: Scene) -> None:
    _, stop = scene.talk()
    first = scene.refer(stop, place=scene.school)
    with pytest.raises(ReferralThere):
        scene.refer(stop, place=scene.school, reason="school")

    scene.hall.write(withdraw_referral, first)
    scene.hall.write(withdraw_referral, first)
    second = scene.refer(stop, place=scene.school)

    assert {row.id: row.withdrawn_at is None for row in scene.rows()} == {first: False, second: True}
    assert [kind for kind, _ in scene.told("ReferralMade", "ReferralWithdrawn")] == [
        "ReferralMade",
        "ReferralWithdrawn",
        "ReferralMade",
    ]


def test_what_was_kept_is_not_taken_back_and_what_was_taken_back_is_not_kept(scene: Scene) -> None:
    _, stop = scene.talk()
    kept, gone = scene.refer(stop, place=scene.school), scene.refer(stop, day=scene.next_day)
    scene.hall.write(record_kept, kept, kept=True)
    scene.hall.write(withdraw_referral, gone)

    with pytest.raises(ReferralClosed):
        scene.hall.write(withdraw_referral, kept)
    with pytest.raises(ReferralClosed):
        scene.hall.write(record_kept, gone, kept=True)
    with pytest.raises(ReferralUnknown):
        scene.hall.write(record_kept, uuid4(), kept=True)

    assert scene.row(kept).kept_how == KeptHow.BY_HAND
    scene.hall.write(record_kept, kept, kept=False)
    assert (scene.row(kept).kept_at, scene.row(kept).kept_how) == (None, None)
    assert [kind for kind, _ in scene.told("ReferralKept", "ReferralNotKept")] == ["ReferralKept", "ReferralNotKept"]


def test_of_a_referral_to_a_discreet_place_the_ledger_says_only_that_there_is_one(scene: Scene) -> None:
    _, stop = scene.talk()

    made = scene.refer(stop, place=scene.shelter, reason="shelter", by_on=ON)

    assert (scene.row(made).private, scene.told("ReferralMade")) == (True, [("ReferralMade", {"private": True})])
