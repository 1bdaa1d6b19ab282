"""Mistakes around one ticket of several, one desk of several officers, one paper of several (R4, R5, R8, R14, R19)."""

from tests.mutants.mistake import Change, mistake

_APART = "src/onestop/visits/actions/apart.py"
_TRIAGE = "src/onestop/visits/actions/triage.py"
_APART_TESTS = "tests/visits/test_apart.py::"
_TRIAGE_TESTS = "tests/visits/test_triage.py::"

MISTAKES = (
    mistake(
        "own-ticket-twice",
        "R4",
        "a second press for a talk alone gives a second ticket",
        Change(
            _APART,
            "stop.day_id, nonce)) is not None:\n        return known\n",
            'stop.day_id, nonce)) is not None:\n        nonce += "-again"\n',
        ),
        f"{_APART_TESTS}test_the_same_press_gives_the_same_ticket",
    ),
    mistake(
        "own-ticket-waits-anew",
        "R8",
        "whoever gets a ticket of her own at a desk waits as if she had just come",
        Change(_APART, "waited_seconds=max(0, ceil(waited))", "waited_seconds=0"),
        f"{_APART_TESTS}test_she_is_called_next_at_this_desk_quietly_with_the_seniority_she_had",
    ),
    mistake(
        "talk-alone-aloud",
        "R19",
        "the number of whoever talks alone stands on the board beside the others",
        Change(_APART, "service=replace(offered, private=private)", "service=offered"),
        "tests/web/test_own_ticket_at_desk.py::test_all_that_the_others_can_look_at_is_as_if_nothing_had_happened",
    ),
    mistake(
        "talk-alone-told-to-the-others",
        "R19",
        "the visit of the others notices that one of them talks alone",
        Change(
            _APART,
            '**when)\n    before: Images = {"visits": {},',
            '**when)\n    change_visit(conn, stop.visit_id)\n    before: Images = {"visits": {},',
        ),
        f"{_APART_TESTS}test_talking_alone_changes_no_row_and_tells_no_screen_of_the_others",
    ),
    mistake(
        "handed-over-and-still-signed-in",
        "R14",
        "whoever handed over a desk goes on seeing it, and the next one cannot bind the pass",
        Change("src/onestop/accounts/desk_passes.py", "        sign_out(conn, token_hash)\n", ""),
        "tests/web/desk/test_hand_over.py::test_the_next_browser_finds_the_desk_as_it_was",
    ),
    mistake(
        "any-paper-blocks",
        "R8",
        "a missing paper that the desk can do without keeps her from it",
        Change(_TRIAGE, "    if not needed[key] or stop.blocked_by ==", "    if stop.blocked_by =="),
        f"{_TRIAGE_TESTS}test_a_paper_the_desk_can_do_without_blocks_nothing_and_is_counted_once",
    ),
    mistake(
        "paper-blocks-everything",
        "R8",
        "a missing paper keeps her from every desk",
        Change(_TRIAGE, "import members, parties\n", "import members, parties, stops\n"),
        Change(
            _TRIAGE,
            "        move_stop(conn, stop, StopState.BLOCKED, blocked_by=BlockedBy.PAPERS)\n",
            "        for each in conn.execute(sa.select(stops).where(stops.c.visit_id == stop.visit_id)).all():\n"
            "            move_stop(conn, each, StopState.BLOCKED, blocked_by=BlockedBy.PAPERS)\n",
        ),
        f"{_TRIAGE_TESTS}test_without_a_paper_the_desk_needs_nobody_calls_her_there_until_she_brings_it",
    ),
    mistake(
        "one-paper-frees",
        "R8",
        "she is called although a second paper is still missing",
        Change(_TRIAGE, " and not any(needed.get(key) for key in _missing(conn, stop.id)):", ":"),
        f"{_TRIAGE_TESTS}test_a_second_paper_that_is_brought_does_not_free_her",
    ),
    mistake(
        "called-and-given-back",
        "R2",
        "a ticket is given back at a machine while a desk calls it",
        Change(
            "src/onestop/visits/actions/route.py",
            "    if _stops(conn, visit_id, StopState.CALLED):\n        raise MoveRefused\n"
            "    leave(conn, visit_id, reason=VisitReason.OWN_WISH",
            "    leave(conn, visit_id, reason=VisitReason.OWN_WISH",
        ),
        "tests/web/kiosk/test_leaving.py::test_whoever_is_called_is_told_where_to_say_it_and_stays_called",
    ),
    mistake(
        "machine-of-any-day",
        "R14",
        "a ticket machine hands in tickets of a day it never had numbers of",
        Change(
            "src/onestop/web/api/visits.py",
            "if someone.device is None or not await db.read(has_leased, day.id, someone.device):",
            "if someone.device is None:",
        ),
        "tests/kiosk/test_moved.py::test_another_machine_hands_in_nothing_for_a_day_it_had_no_numbers_of",
    ),
)
