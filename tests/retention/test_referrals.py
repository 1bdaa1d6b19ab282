"""What is forgotten of referrals: private ones whole, of the others everything that points at her (R12, R19)."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.referrals.tables import referrals
from onestop.retention.actions import erase_party, replay_erasures, run_retention
from onestop.retention.journal import note_erasure
from onestop.visits.actions.closing import close_day
from tests.halls import STAFF
from tests.referrals.scene import Scene, make_scene
from tests.retention.canary import Nest, traces


def scene_of(nest: Nest) -> Scene:
    return make_scene(nest.db, nest.hall)


def left(scene: Scene) -> list[tuple[object, ...]]:
    return [
        (row.party_id, row.stop_id, row.kept_stop_id, row.consent_by, row.reason, row.private, row.made_at.minute % 5)
        for row in scene.rows()
    ]


COUNTED = (None, None, None, "", "school", False, 0)


def send_on(scene: Scene) -> tuple[object, object]:
    ticket, stop = scene.talk()
    scene.hall.later(minutes=3, seconds=7)
    scene.refer(stop, place=scene.school, reason="school")
    scene.refer(stop, place=scene.shelter, reason="shelter")
    scene.finish(stop)
    return ticket.party, stop


def test_who_is_erased_leaves_a_counted_referral_and_no_private_one(nest: Nest) -> None:
    scene = scene_of(nest)
    party, stop = send_on(scene)
    assert len(scene.rows()) == 2

    nest.db.write_now(erase_party, party, journal=nest.var, actor=STAFF, now=scene.hall.now, day=scene.hall.id)

    assert left(scene) == [COUNTED]
    ids = [str(each) for each in (party, stop)] + [repr(each) for each in (party, stop)]
    assert {trace for trace in traces(nest.db, *ids) if trace.startswith("referrals:")} == set()


def test_a_restored_backup_forgets_her_referrals_again(nest: Nest) -> None:
    scene = scene_of(nest)
    party, _ = send_on(scene)
    other, _ = send_on(scene)
    note_erasure(nest.var, party=party, day=scene.hall.id, now=scene.hall.now)  # type: ignore[arg-type]

    assert replay_erasures(nest.db, nest.var, now=scene.hall.now) == 1

    owners = sorted((str(row.party_id), row.private) for row in scene.rows())
    assert owners == sorted([("None", False), (str(other), False), (str(other), True)])


def test_a_week_after_the_day_referrals_belong_to_nobody(nest: Nest) -> None:
    scene = scene_of(nest)
    send_on(scene)
    scene.hall.now = scene.hall.day.closes_at
    scene.hall.write(close_day, scene.hall.id, reason="")

    run_retention(nest.db, nest.settings, now=scene.hall.now + timedelta(days=6))
    assert len(scene.rows()) == 2
    run_retention(nest.db, nest.settings, now=scene.hall.now + timedelta(days=9))

    assert left(scene) == [COUNTED]
    assert (
        nest.db.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).where(referrals.c.private)).scalar_one())
        == 0
    )
