"""Practising at a desk: three invented visitors, and presses that give the desk as it is."""

from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.practice import (
    INVENTED,
    MOST_PRESSES,
    Done,
    Key,
    Lesson,
    Practice,
    Press,
    before_last,
    lesson,
    played,
    possible,
    press,
    why_now,
)
from onestop.domain.visit import Outcome

EVERY: list[Press] = [*Key, *Outcome]
ALL_LESSONS = (
    ("", Lesson.OPEN),
    ("open", Lesson.CALL_FIRST),
    ("next", Lesson.START),
    ("start", Lesson.FINISH),
    ("settled", Lesson.FINISHED),
    ("next", Lesson.CALL_AGAIN),
    ("recall", Lesson.SAY_NOT_HERE),
    ("not_here", Lesson.COMES_LATER),
    ("next", Lesson.START),
    ("start", Lesson.PARK),
    ("park", Lesson.PARKED),
    ("next", Lesson.START),
    ("start", Lesson.FINISH),
    ("advised", Lesson.FINISHED),
    ("next", Lesson.START),
    ("start", Lesson.FINISH),
    ("come_again", Lesson.OVER),
)
"""What she presses who does what the page says, and what it says then."""


@st.composite
def presses(draw: st.DrawFn) -> list[str]:
    """A way a desk can go, of any length."""
    desk = Practice()
    for _ in range(draw(st.integers(0, 25))):
        if not (can := sorted(possible(desk))):
            break
        desk = press(desk, draw(st.sampled_from(can)))
    return list(desk.presses)


def test_whoever_does_what_the_page_says_meets_every_lesson_and_comes_to_the_end() -> None:
    keys = [each for each, _ in ALL_LESSONS]
    said = [(each, lesson(played(keys[1 : n + 1]))) for n, each in enumerate(keys)]

    assert said == list(ALL_LESSONS)
    assert {each for _, each in said} == set(Lesson)


def test_the_desk_at_the_end_holds_what_was_done() -> None:
    desk = played([each for each, _ in ALL_LESSONS[1:]])

    assert desk.over
    assert possible(desk) == frozenset()
    assert desk.done == (
        Done(number=1, outcome=Outcome.SETTLED),
        Done(number=2, outcome=Outcome.ADVISED),
        Done(number=3, outcome=Outcome.COME_AGAIN),
    )
    assert (dict(desk.not_here), desk.parked) == ({2: 1}, frozenset({3}))


def test_who_is_called_three_times_in_vain_is_called_no_more() -> None:
    ahead = ["open", "next", "advised"]
    desks = [played(ahead + ["next", "not_here"] * times) for times in range(7)]

    assert [[one.number for one in desk.waiting] for desk in desks] == [[2, 3], [3, 2], [2, 3], [3, 2], [2, 3], [3], []]


def test_who_was_parked_says_so_when_she_is_called_again() -> None:
    desk = played(["open", "next", "park"])

    assert [(one.number, why_now(desk, one)["parked"]) for one in desk.waiting] == [(2, False), (3, False), (1, True)]


def test_who_was_parked_or_did_not_come_is_away_until_the_next_press() -> None:
    ways = (["open", "next", "park"], ["open", "next", "start"], ["open", "next", "not_here", "next"])
    lost = ["open", "next", "advised", "next", "advised", *["next", "not_here"] * 3]

    assert [desk.away and desk.away.number for desk in map(played, ways)] == [1, None, None]
    assert played(lost[:-2]).away == INVENTED[2]
    assert played(lost).away is None


def test_calling_again_is_counted_for_one_call() -> None:
    way = ["open", "next", "recall", "recall", "not_here", "next"]

    assert [played(way[:n]).recalls for n in range(len(way) + 1)] == [0, 0, 0, 1, 2, 0, 0]


@given(presses())
def test_nobody_is_lost_and_nobody_doubled(way: list[str]) -> None:
    desk = played(way)
    missed = [number for number, times in desk.not_here.items() if times == 3]
    everywhere = [one.number for one in desk.waiting] + [one.number for one in desk.done] + missed
    everywhere += [desk.here.number] if desk.here else []

    assert sorted(everywhere) == [one.number for one in INVENTED]
    assert list(desk.presses) == way


@given(presses())
def test_exactly_what_is_possible_is_taken_and_undo_takes_it_back(way: list[str]) -> None:
    desk = played(way)
    for each in EVERY:
        after = played([*way, each])
        assert (after == Practice()) == (each not in possible(desk) or len(way) >= MOST_PRESSES)
        if after != Practice():
            assert before_last(after) == (desk if way else after)


@given(st.lists(st.one_of(st.sampled_from([str(each) for each in EVERY]), st.text(max_size=12)), max_size=80))
def test_whatever_is_sent_gives_a_desk_and_a_sentence(sent: list[str]) -> None:
    desk = played(sent)

    assert desk == Practice() or list(desk.presses) == sent
    assert lesson(desk) in Lesson


def test_who_presses_for_ever_begins_again() -> None:
    way = ["open", *(["next", "park"] * MOST_PRESSES)]

    assert played(way[:MOST_PRESSES]).open
    assert played(way[: MOST_PRESSES + 1]) == Practice()
