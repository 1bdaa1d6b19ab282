"""Mistakes that leave a screen behind, or let time do what it must not (R10, R11)."""

from tests.mutants.mistake import Change, mistake

_SESSION = "src/onestop/db/session.py"
_SSE = "src/onestop/web/kit/sse.py"
_TERMS = "src/onestop/domain/retention.py"

MISTAKES = (
    mistake(
        "no-replay",
        "R10",
        "a stream that comes back hears nothing of what it missed",
        Change(
            _SSE,
            "        first = await db_of(request).read(newest_changes, wanted, after=after)\n",
            "        first = () if after else await db_of(request).read(newest_changes, wanted, after=after)\n",
        ),
        "tests/web/kit/test_sse.py::test_a_client_that_comes_back_hears_what_it_missed_and_nothing_if_it_missed_nothing",
        "tests/web/api/test_live.py::test_a_client_that_comes_back_hears_what_it_missed_and_nothing_else",
    ),
    mistake(
        "listens-too-late",
        "R10",
        "a stream looks for what was missed before it begins to listen",
        Change(
            _SSE,
            '    subscription = hub.subscribe(wanted, ref=someone.ref if someone.grants else "")\n    try:\n',
            '    subscription = hub.subscribe((), ref=someone.ref if someone.grants else "")\n    try:\n',
        ),
        Change(
            _SSE,
            "    subscription.heard(first)\n",
            "    hub.unsubscribe(subscription)\n    subscription = hub.subscribe(wanted)\n"
            "    subscription.heard(first)\n",
        ),
        "tests/web/kit/test_sse.py::test_what_happens_while_a_client_is_told_what_it_missed_is_told_too",
    ),
    mistake(
        "newer-topic-first",
        "R10",
        "of two topics the newer change is told first",
        Change(
            "src/onestop/live/hub.py",
            "topic = min(self._waiting, key=self._waiting.__getitem__)",
            "topic = max(self._waiting, key=self._waiting.__getitem__)",
        ),
        "tests/live/test_hub.py::test_of_two_topics_the_older_change_is_told_first",
    ),
    mistake(
        "any-number-believed",
        "R10",
        "a stream believes that its client heard a change that never was",
        Change(
            "src/onestop/live/queries.py", "    if after is not None and after > ", "    if after is not None and 0 > "
        ),
        "tests/web/kit/test_sse.py"
        "::test_a_client_that_names_a_change_nobody_knows_is_told_everything_and_what_follows[sqlite]",
    ),
    mistake(
        "no-heartbeat",
        "R10",
        "a silent stream says nothing at all",
        Change(
            _SSE,
            "            if not self._subscription.closed:\n                await _send",
            "            if message and not self._subscription.closed:\n                await _send",
        ),
        "tests/web/kit/test_sse.py::test_a_silent_stream_has_a_heartbeat",
    ),
    mistake(
        "gap-forgotten",
        "R10",
        "after a lost line to PostgreSQL nobody looks again",
        Change(
            "src/onestop/live/relay.py", "            if again:\n", "            if again and self._stop.is_set():\n"
        ),
        "tests/live/test_relay.py::test_after_a_lost_connection_everybody_looks_again_and_hears_the_next_change",
    ),
    mistake(
        "told-before-commit",
        "R10",
        "screens are told of a change before its COMMIT",
        Change(
            _SESSION,
            "                    committing = True\n",
            "                    for observer in self.observers if facts else ():\n"
            "                        observer(facts)\n"
            "                    committing = True\n",
        ),
        Change(
            _SESSION,
            "        if facts:\n            for observer in self.observers:\n                observer(facts)\n",
            "",
        ),
        "tests/db/test_listening.py::test_an_observer_hears_of_a_fact_when_everybody_can_read_it",
    ),
    mistake(
        "call-played-from-the-list",
        "R10",
        "a call that does not fit on the board is not told, so that it is never played",
        Change(
            "src/onestop/visits/queries/board.py",
            "calls=(*found[:shown], *new)",
            "calls=(*found[:shown], *new[:0])",
        ),
        "tests/web/display/test_board.py::test_more_calls_at_once_than_lines_are_all_told_so_that_each_is_played",
    ),
    mistake(
        "board-believes-its-clock",
        "R10",
        "a board takes its age from the clock of its machine",
        Change("static/js/freshness.js", "let heardAt = performance.now();", "let heardAt = Date.now();"),
        Change("static/js/freshness.js", "    heardAt = performance.now();", "    heardAt = Date.now();"),
        Change("static/js/freshness.js", "(performance.now() - heardAt)", "(Date.now() - heardAt)"),
        "tests/web/display/test_cut_off.py::test_a_board_whose_clock_is_hours_wrong_marks_and_says_the_same",
    ),
    mistake(
        "sounds-together",
        "R10",
        "a board says every call as soon as it hears of it, one over the other",
        Change("static/js/display.js", "  if (!playing) play();", "  play();"),
        "tests/web/display/test_cut_off.py"
        "::test_three_calls_at_once_are_all_shown_at_once_and_spoken_one_after_the_other",
    ),
    mistake(
        "taken-back-and-said",
        "R10",
        "a board says a call that was taken back while others were heard",
        Change("static/js/display.js", "if (!holds(call) || performance", "if (performance"),
        "tests/web/display/test_cut_off.py::test_a_call_that_is_taken_back_while_another_is_heard_is_not_said",
    ),
    mistake(
        "change-not-stamped",
        "R10",
        "a pause is written as if it touched nothing that is kept in memory",
        Change(
            "src/onestop/days/actions.py",
            '        .values(paused_at=now if paused else None, paused_why=why if paused else "", '
            "version=days.c.version + 1)\n",
            '        .values(paused_at=now if paused else None, paused_why=why if paused else "", '
            "version=days.c.version + 1)\n        .execution_options(live=True)\n",
        ),
        "tests/db/test_memo.py::test_a_pause_is_known_under_both_names_of_the_day",
    ),
    mistake(
        "persons-a-day-short",
        "R11",
        "what is known of people goes a day too early",
        Change(
            _TERMS,
            "timedelta(days=days + 1), time(), zone), day_ends_at",
            "timedelta(days=days), time(), zone), day_ends_at",
        ),
        "tests/retention/test_terms.py::test_terms_end_at_local_midnight",
        "tests/retention/test_retention.py::test_a_week_after_the_day_its_persons_are_gone_and_its_figures_are_not",
    ),
    mistake(
        "a-day-has-24-hours",
        "R11",
        "terms count hours, so that a night of the clock change moves them",
        Change(
            _TERMS,
            "max(local_instant(on + timedelta(days=days + 1), time(), zone), day_ends_at(on, closes_at, zone))",
            "max(local_instant(on, time(), zone) + timedelta(days=days + 1), day_ends_at(on, closes_at, zone))",
        ),
        "tests/retention/test_terms.py::test_terms_end_at_local_midnight",
    ),
)
