"""One tap counts somebody who gets no ticket."""

from datetime import timedelta

from onestop.domain.door import TurnedAway
from onestop.visits.queries.reception import DoorCounts, door_counts
from tests.web.hall_desk import Staff


def counts(reception: Staff) -> DoorCounts:
    return reception.hall.db.read_now(door_counts, reception.hall.day, now=reception.hall.now)


async def test_a_tap_counts_once_with_its_reason_and_nothing_else(reception: Staff) -> None:
    await reception.press(f"{reception.home}/turned-away", {"reason": "full", "_key": "a" * 22})
    twice = await reception.press(f"{reception.home}/turned-away", {"reason": "full", "_key": "a" * 22})
    await reception.press(f"{reception.home}/turned-away", {"reason": "no_interpreter", "_key": "a" * 22})
    await reception.press(f"{reception.home}/turned-away", {"reason": "full", "_key": "b" * 22})
    await reception.press(f"{reception.home}/answers", {"_key": "c" * 22})
    unknown = await reception.press(f"{reception.home}/turned-away", {"reason": "rude"})

    assert (twice.status_code, twice.headers["location"]) == (303, f"{reception.home}#counters")
    assert unknown.status_code == 422
    assert reception.facts("VisitorTurnedAway", "AnsweredAtDoor") == [
        ("VisitorTurnedAway", {"reason": "full"}),
        ("VisitorTurnedAway", {"reason": "no_interpreter"}),
        ("VisitorTurnedAway", {"reason": "full"}),
        ("AnsweredAtDoor", {}),
    ]
    assert counts(reception) == DoorCounts(
        turned_away={
            TurnedAway.FULL: 2,
            TurnedAway.WRONG_PLACE: 0,
            TurnedAway.NO_INTERPRETER: 1,
            TurnedAway.INSTITUTION_ABSENT: 0,
        },
        answered=1,
    )


async def test_with_script_a_tap_answers_the_counters_alone_with_a_fresh_key(reception: Staff) -> None:
    first = await reception.press(f"{reception.home}/answers", {"_key": "a" * 22}, htmx=True)

    assert first.status_code == 200
    assert first.text.lstrip().startswith('<section id="counters"')
    assert '<span class="tap-count">1</span>' in first.text
    assert "a" * 22 not in first.text


async def test_what_was_counted_yesterday_is_not_in_the_figures_of_today(reception: Staff) -> None:
    reception.later(days=-1)
    await reception.press(f"{reception.home}/answers")
    yesterday = counts(reception)
    reception.set_time(reception.hall.now + timedelta(days=1))

    assert (yesterday.answered, counts(reception).answered) == (1, 0)
