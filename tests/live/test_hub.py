"""The hub: who listens hears which topic changed, with the newest number, and nothing else."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from onestop.domain.errors import Busy
from onestop.domain.facts import Fact
from onestop.live import hub as hub_module
from onestop.live.hub import Change, Hub, Message, key_of
from onestop.live.observer import changes_of

DAY, DESK, VISIT, OTHER = (UUID(int=number) for number in (7, 3, 5, 9))
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


async def _hears(subscription: hub_module.Subscription) -> list[Message]:
    heard: list[Message] = []
    while message := await subscription.next_message(0.01):
        heard.append(message)
    return heard


async def test_a_listener_hears_its_own_keys_only() -> None:
    hub = Hub()
    desk, other = hub.subscribe([key_of("desk", DESK)]), hub.subscribe([key_of("desk", OTHER)])

    hub.publish([Change(key_of("desk", DESK), 41), Change(key_of("board", DAY), 41)])

    assert (await _hears(desk), await _hears(other)) == ([Message(41, "desk")], [])


async def test_a_slow_listener_hears_each_topic_once_with_the_newest_number() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("board", DAY), key_of("desk", DESK)])
    for number in range(1, 10_001):
        hub.publish([Change(key_of("board", DAY), number)])
    hub.publish([Change(key_of("desk", DESK), 10_001)])

    assert await _hears(listener) == [Message(10_000, "board"), Message(10_001, "desk")]


async def test_a_phone_hears_a_change_within_three_seconds_and_a_call_at_once() -> None:
    hub = Hub(spread=0.2)
    phone = hub.subscribe([key_of("visit", VISIT)])
    hub.publish([Change(key_of("visit", VISIT), 50), Change(key_of("visit", VISIT), 51)])
    hub.publish([Change(key_of("visit", VISIT), 52, urgent=True)])
    assert await phone.next_message(0) == Message(52, "visit")

    # What she fetched at the call shows the change before it: only what came after is told, at its time.
    await asyncio.sleep(0.25)
    assert await _hears(phone) == []
    hub.publish([Change(key_of("visit", VISIT), 53)])
    assert await phone.next_message(0) is None
    await asyncio.sleep(0.25)
    assert await _hears(phone) == [Message(53, "visit")]
    assert hub_module.SPREAD_SECONDS == 3.0


async def test_silence_is_an_answer_so_that_a_heartbeat_can_be_sent() -> None:
    assert await Hub().subscribe([key_of("board", DAY)]).next_message(0.01) is None


async def test_closing_ends_every_stream_also_those_that_wait_and_those_that_come_later() -> None:
    hub = Hub()
    waiting = hub.subscribe([key_of("board", DAY)])
    wait = asyncio.create_task(waiting.next_message(60))
    await asyncio.sleep(0)
    hub.close()

    assert await asyncio.wait_for(wait, 1) is None
    assert (waiting.closed, hub.subscribe([]).closed) == (True, True)


async def test_a_writer_thread_reaches_the_listeners() -> None:
    hub = Hub()
    hub.open(asyncio.get_running_loop())
    listener = hub.subscribe([key_of("overview", DAY)])

    await asyncio.to_thread(hub.publish_from_thread, [Change(key_of("overview", DAY), 3)])

    assert await listener.next_message(1) == Message(3, "overview")


async def test_before_the_server_runs_nobody_is_told_and_nothing_fails() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("overview", DAY)])
    hub.publish_from_thread([Change(key_of("overview", DAY), 3)])

    assert await _hears(listener) == []


async def test_too_many_listeners_are_told_to_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "LISTENERS", 2)
    hub = Hub()
    first, _ = hub.subscribe([]), hub.subscribe([])
    with pytest.raises(Busy):
        hub.subscribe([])

    hub.unsubscribe(first)
    hub.subscribe([])
    assert len(hub) == 2


async def test_who_left_is_forgotten() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("board", DAY)])
    hub.unsubscribe(listener)
    hub.publish([Change(key_of("board", DAY), 1)])

    assert (await _hears(listener), len(hub)) == ([], 0)


def test_a_call_reaches_overview_board_desk_and_at_once_the_visitor() -> None:
    call = Fact(kind="StopCalled", at=NOW, id=8, day=DAY, visit=VISIT, desk=DESK)

    assert changes_of([call]) == (
        Change(key_of("overview", DAY), 8, urgent=True),
        Change(key_of("board", DAY), 8, urgent=True),
        Change(key_of("desk", DESK), 8, urgent=True),
        Change(key_of("visit", VISIT), 8, urgent=True),
    )


def test_a_check_in_reaches_overview_and_the_visitor_but_not_the_board() -> None:
    arrived = Fact(kind="VisitArrived", at=NOW, id=8, day=DAY, visit=VISIT)

    assert changes_of([arrived]) == (Change(key_of("overview", DAY), 8), Change(key_of("visit", VISIT), 8))


def test_facts_of_one_act_are_told_as_one_change_of_each_key() -> None:
    facts = [
        Fact(kind="StopFinished", at=NOW, id=8, day=DAY, visit=VISIT),
        Fact(kind="StopWaiting", at=NOW, id=9, day=DAY, visit=VISIT),
    ]

    assert changes_of(facts) == (Change(key_of("overview", DAY), 9), Change(key_of("visit", VISIT), 9))


async def test_a_change_that_was_told_is_not_told_again_when_its_announcement_comes_late() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("board", DAY)])
    hub.publish([Change(key_of("board", DAY), 8)])
    listener.heard([Message(8, "board")])
    hub.publish([Change(key_of("board", DAY), 8)])
    assert await _hears(listener) == []

    hub.publish([Change(key_of("board", DAY), 9)])
    assert await _hears(listener) == [Message(9, "board")]


async def test_who_was_told_a_newer_change_is_not_told_an_older_one_of_the_same_topic() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("board", DAY)])
    hub.publish([Change(key_of("board", DAY), 7)])
    listener.heard([Message(8, "board")])  # the board as of 8 shows 7 too
    hub.publish([Change(key_of("board", DAY), 8)])

    assert await _hears(listener) == []


async def test_of_two_topics_the_older_change_is_told_first() -> None:
    hub = Hub()
    listener = hub.subscribe([key_of("board", DAY), key_of("desk", DESK)])
    hub.publish([Change(key_of("desk", DESK), 7)])
    hub.publish([Change(key_of("board", DAY), 8)])
    hub.publish([Change(key_of("desk", DESK), 9)])

    # Cut off between the two she says 8, and hears 9 when she is back; the other way round she would never hear 8.
    assert await _hears(listener) == [Message(8, "board"), Message(9, "desk")]


async def test_after_a_gap_everybody_is_told_every_topic() -> None:
    hub = Hub()
    hub.open(asyncio.get_running_loop())
    listener = hub.subscribe([key_of("board", DAY), key_of("visit", VISIT)])
    hub.publish([Change(key_of("board", DAY), 8)])
    assert await _hears(listener) == [Message(8, "board")]

    await asyncio.to_thread(hub.publish_everything_from_thread)

    assert {await listener.next_message(1), await listener.next_message(1)} == {
        Message(8, "board"),
        Message(8, "visit"),
    }
