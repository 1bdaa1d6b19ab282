"""Messages to everybody: one at a place, until a press, its time or the end of the day."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.clock import real_now
from onestop.days.queries.broadcasts import broadcast_here, days_with_ended_broadcasts, standing_broadcasts
from onestop.days.tables import broadcasts
from onestop.devices.actions import create_device
from onestop.domain.broadcast import Broadcast, BroadcastWrong, Sentence
from onestop.domain.errors import MoveRefused
from onestop.domain.roles import Role
from onestop.live.hub import Change, key_of
from onestop.live.observer import changes_of
from onestop.visits.actions.broadcasting import end_broadcast, end_due_broadcasts, send_broadcast
from onestop.visits.actions.closing import close_day
from tests.halls import STAFF, TestDay, make_test_day
from tests.visits.looking import told

BREAK = Broadcast(sentence=Sentence.BREAK, minutes=15)


def said(hall: TestDay, board: UUID | None = None, now: datetime | None = None) -> Sentence | None:
    """What is shown, everywhere or on a board."""
    found = hall.db.read_now(broadcast_here, hall.id, board=board, now=now or hall.now)
    return found.sentence if found is not None else None


def board(hall: TestDay, kind: Role = Role.DISPLAY) -> UUID:
    made = hall.db.write_now(create_device, kind=kind, name="Hall", day_id=hall.id, actor=STAFF, real=real_now())
    return made.device


def test_a_message_takes_the_place_of_the_one_before_and_ends_by_a_press(hall: TestDay) -> None:
    hall.write(send_broadcast, hall.id, BREAK)
    hall.later(minutes=1)
    second = hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.ENTRANCE))
    standing = hall.db.read_now(standing_broadcasts, hall.id, now=hall.now)
    assert [(each.id, each.sentence, each.until) for each in standing] == [
        (second, Sentence.ENTRANCE, hall.day.closes_at)
    ]
    for _ in range(2):
        hall.write(end_broadcast, hall.id, second)
    assert said(hall) is None
    assert told(hall, "BroadcastSent") == [
        {"sentence": "break", "everybody": True},
        {"sentence": "entrance", "everybody": True},
    ]
    assert told(hall, "BroadcastEnded") == [{}]


def test_one_board_has_a_message_of_its_own_and_the_newest_counts(hall: TestDay) -> None:
    one, other = board(hall), board(hall)
    hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.CLOSES, desk=2, board=one))
    assert (said(hall), said(hall, one), said(hall, other)) == (None, Sentence.CLOSES, None)
    hall.later(minutes=1)
    hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.LEAVE))
    assert (said(hall), said(hall, one), said(hall, other)) == (Sentence.LEAVE,) * 3
    assert len(hall.db.read_now(standing_broadcasts, hall.id, now=hall.now)) == 2


def test_it_ends_by_itself_and_live_screens_hear_of_it(hall: TestDay) -> None:
    hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.LATER, lasts=10))
    due = [hall.db.read_now(days_with_ended_broadcasts, now=hall.now)]
    hall.later(minutes=10)
    assert said(hall) is None
    due.append(hall.db.read_now(days_with_ended_broadcasts, now=hall.now))
    ended = [hall.db.write_now(end_due_broadcasts, hall.id, day=hall.id, now=hall.now) for _ in range(2)]
    assert (due, ended) == ([[], [hall.id]], [1, 0])
    assert told(hall, "BroadcastEnded") == [{}]


def test_it_ends_with_the_day_and_nothing_is_said_at_a_day_that_is_over(hall: TestDay) -> None:
    hall.write(send_broadcast, hall.id, BREAK)
    hall.later(minutes=1)
    hall.write(close_day, hall.id)
    assert said(hall) is None
    with pytest.raises(MoveRefused):
        hall.write(send_broadcast, hall.id, BREAK)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Broadcast(sentence=Sentence.BREAK), "minutes"),
        (Broadcast(sentence=Sentence.BREAK, minutes=7), "minutes"),
        (Broadcast(sentence=Sentence.CLOSES, desk=99), "desk"),
        (Broadcast(sentence=Sentence.OWN, text="  "), "text"),
        (Broadcast(sentence=Sentence.OWN, text="x" * 141), "text"),
        (Broadcast(sentence=Sentence.ENTRANCE, lasts=3), "lasts"),
    ],
)
def test_what_a_sentence_needs_is_asked_for(hall: TestDay, wrong: Broadcast, field: str) -> None:
    with pytest.raises(BroadcastWrong) as refused:
        hall.write(send_broadcast, hall.id, wrong)
    assert (refused.value.field, said(hall)) == (field, None)


def test_a_message_keeps_only_what_its_sentence_needs_and_a_ticket_machine_is_no_board(hall: TestDay) -> None:
    hall.write(
        send_broadcast, hall.id, Broadcast(sentence=Sentence.ENTRANCE, minutes=5, desk=1, text="x", language="sk")
    )
    row = hall.db.read_now(lambda conn: conn.execute(sa.select(broadcasts)).one())
    assert (row.minutes, row.desk, row.text, row.language) == (None, None, "", "")
    with pytest.raises(BroadcastWrong):
        hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.ENTRANCE, board=board(hall, Role.KIOSK)))


def test_every_phone_at_the_day_and_every_board_hears_of_it_and_no_other_day(hall: TestDay) -> None:
    other = make_test_day(hall.db, on=hall.day.on + timedelta(days=7))
    heard: list[Change] = []
    hall.db.observers.append(lambda facts: heard.extend(changes_of(facts)))
    hall.write(send_broadcast, hall.id, BREAK)
    assert {change.key for change in heard} == {key_of(topic, hall.id) for topic in ("overview", "board", "visit")}
    assert hall.db.read_now(broadcast_here, other.id, now=hall.now) is None
