"""The sheet costs the same however much stands on it."""

from onestop.referrals.queries.desk import sending_on
from onestop.referrals.queries.lines import Scope, referrals_in
from onestop.referrals.queries.steps import next_steps
from tests.counting import cost
from tests.referrals.scene import Scene


def test_reads_have_a_fixed_number_of_statements(scene: Scene) -> None:
    costs: list[tuple[int, int, int]] = []
    hall = scene.hall
    for count in (1, 3):
        ticket, stop = scene.talk()
        targets = [{"place": scene.school}, {"place": scene.shelter}, {"day": scene.next_day}]
        for where in targets[:count]:
            scene.refer(stop, **where)
        costs.append(
            (
                cost(scene.db, next_steps, ticket.party, now=hall.now),
                cost(scene.db, sending_on, stop, day_id=hall.id, now=hall.now),
                cost(scene.db, referrals_in, (Scope(),), today=hall.day.on),
            )
        )
        scene.finish(stop)

    assert costs == [(5, 6, 1)] * 2
