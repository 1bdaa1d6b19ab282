"""Mistakes in what is said: to everybody by the organiser, in practice, and by her at the end (R2, R10, R15)."""

from tests.mutants.mistake import Change, mistake

_BROADCASTS = "src/onestop/days/queries/broadcasts.py"
_COUNTING = "src/onestop/visits/actions/counting.py"
_ENDING = "src/onestop/visits/actions/ending.py"
_ENDING_TESTS = "tests/visits/test_ending.py::"

MISTAKES = (
    mistake(
        "message-without-end",
        "R10",
        "a message to everybody stands after its time",
        Change(
            _BROADCASTS, "remembered(conn, _not_ended, day) if each.until > now)", "remembered(conn, _not_ended, day))"
        ),
        "tests/visits/test_broadcasting.py::test_it_ends_by_itself_and_live_screens_hear_of_it",
    ),
    mistake(
        "message-on-every-board",
        "R10",
        "what is said on one display is said everywhere",
        Change(_BROADCASTS, " if each.board in (None, board)), None)", "), None)"),
        "tests/visits/test_broadcasting.py::test_one_board_has_a_message_of_its_own_and_the_newest_counts",
    ),
    mistake(
        "practice-in-earnest",
        "R2",
        "whoever practises calls a real visitor",
        Change(
            "src/onestop/web/desk/practise.py",
            "    _, place = await reach_desk(request, db, desk_id)\n",
            "    someone, place = await reach_desk(request, db, desk_id)\n"
            "    from onestop.visits.actions.calls import call_next\n"
            "    from onestop.visits.actions.desks import set_desk_state\n"
            "    from onestop.domain.day import DeskState\n"
            '    if request.query_params.get("pressed"):\n'
            '        how = {"actor": someone, "now": db.now(), "day": place.day}\n'
            "        await db.write(set_desk_state, place.id, DeskState.OPEN, **how)\n"
            "        await db.write(call_next, place.id, **how)\n",
        ),
        "tests/web/desk/test_practise.py::test_nothing_of_it_is_stored_and_nobody_else_sees_anything",
    ),
    mistake(
        "asked-twice-counted-twice",
        "R4",
        "a second press at the end counts once more",
        Change(_ENDING, "    if row.asked_at_end:\n        return\n", ""),
        "tests/web/public/test_ending.py::test_a_double_press_and_another_answer_afterwards_count_once",
        f"{_ENDING_TESTS}test_answers_of_several_people_add_up_and_each_counts_once",
    ),
    mistake(
        "answer-in-the-ledger",
        "R15",
        "the ledger tells when somebody answered at the end",
        Change(
            _ENDING,
            "    asked = [(question,",
            "    from onestop.clock import real_now\n"
            "    from onestop.db.ledger import record\n"
            "    from onestop.domain.facts import Fact\n"
            '    record(conn, Fact(kind="EndAnswered", at=real_now(), day=row.day_id, party=party))\n'
            "    asked = [(question,",
        ),
        f"{_ENDING_TESTS}test_no_fact_tells_of_it",
    ),
    mistake(
        "only-her-answer-written",
        "R15",
        "the database tells which answer moved when somebody was asked",
        Change(
            _COUNTING,
            "counters.update().where(counters.c.day_id == day)",
            "counters.update().where(counters.c.day_id == day, sa.or_(sa.false(), *given))",
        ),
        f"{_ENDING_TESTS}test_each_answer_writes_all_counters_so_that_no_row_says_which_one_moved",
    ),
)
