"""Mistakes that call somebody twice, lose somebody, or confuse numbers (R2, R5, R7, R8, R9)."""

from tests.mutants.mistake import Change, Mistake, mistake

_SESSION = "src/onestop/db/session.py"
_LEDGER = "src/onestop/db/ledger.py"
_TABLES = "src/onestop/db/migrations/versions/0001_the_first_tables.py"
_AT_DESK = "src/onestop/db/migrations/versions/0032_sessions_held.py"
_ARRIVALS = "src/onestop/visits/actions/arrivals.py"
_CALLS = "src/onestop/visits/actions/calls.py"
_MERGING = "src/onestop/visits/actions/merging.py"
_PRINTED = "src/onestop/domain/printed.py"
_LOCKS = "tests/reliability/test_locks.py::"
_GUARDS = "tests/visits/test_guards.py::test_the_database_refuses"
_REFUSED = "tests/reports/test_verify.py::test_the_database_itself_refuses_what_must_never_be"


def _without_index(name: str, column: str, wrong: str, *tests: str) -> Mistake:
    """The migration makes an ordinary index of a unique one."""
    unique, plain = (f'"{name}",\n            ["{column}"],\n            unique={unique},' for unique in (True, False))
    return mistake(f"no-{name.replace('_', '-')}", "R2", wrong, Change(_TABLES, unique, plain), *tests)


MISTAKES = (
    mistake(
        "no-uq-stops-desk-busy",
        "R2",
        "the database lets two parties be at one desk",
        Change(_AT_DESK, "        unique=True,", "        unique=False,"),
        _REFUSED,
    ),
    _without_index("uq_stops_mediator_busy", "mediator_id", "the database lets a mediator be at two desks", _REFUSED),
    _without_index(
        "uq_calls_desk_open",
        "desk_id",
        "the database lets a desk have two open calls",
        f"{_GUARDS}[sqlite-two open calls at a desk]",
    ),
    _without_index(
        "uq_stop_members_active",
        "member_id",
        "the database lets a person be in two places",
        f"{_GUARDS}[postgresql-a person in two places]",
    ),
    mistake(
        "any-move",
        "R2",
        "a stop moves from any state to any other",
        Change(
            "src/onestop/visits/actions/rows.py",
            "    check_stop_move(StopState(row.state), then)\n    change_stop",
            "    change_stop",
        ),
        "tests/visits/test_route.py::test_after_a_no_the_stop_is_gone_and_no_later_yes_brings_it_back",
        "tests/visits/test_route.py::test_only_what_she_accepted_is_declined_by_dropping_it",
    ),
    mistake(
        "served-again-from-paper",
        "R2",
        "a line from paper that is entered twice is served twice",
        Change("src/onestop/visits/actions/paper.py", "            if done:\n", "            if not own:\n"),
        "tests/visits/test_paper.py::test_a_line_that_is_entered_twice_changes_nothing",
    ),
    mistake(
        "old-version-accepted",
        "R2",
        "a stop that was changed since it was read is changed all the same",
        Change(
            "src/onestop/visits/actions/rows.py",
            'stops.c.id == sa.bindparam("stop"), stops.c.version == sa.bindparam("seen"))',
            'stops.c.id == sa.bindparam("stop"), sa.bindparam("seen") == sa.bindparam("seen"))',
        ),
        "tests/visits/test_rows.py::test_a_stop_that_somebody_else_moved_meanwhile_is_not_moved",
    ),
    mistake(
        "no-lock-of-the-day",
        "R5",
        "acts of one day run beside each other on PostgreSQL",
        Change(
            "src/onestop/db/daylock.py",
            'if day not in held and conn.dialect.name == "postgresql":',
            'if day not in held and conn.dialect.name == "sqlite!":',
        ),
        f"{_LOCKS}test_under_the_days_lock_nobody_is_called_twice_and_no_officer_hears_that_somebody_was_faster"
        "[postgresql]",
    ),
    mistake(
        "fact-numbered-before-the-lock",
        "R5",
        "a fact gets its id before its transaction waits for the day",
        Change(
            _SESSION,
            "                    if day is not None:\n",
            "                    if not self.is_sqlite:\n"
            "                        drawn = sa.text(\"SELECT nextval('facts_id_seq')\")\n"
            '                        conn.info["onestop_number"] = conn.execute(drawn).scalar()\n'
            "                    if day is not None:\n",
        ),
        Change(
            _LEDGER,
            "        conn,\n        facts,\n",
            "        conn,\n        facts,\n"
            '        **({"id": conn.info.pop("onestop_number")} if "onestop_number" in conn.info else {}),\n',
        ),
        "tests/db/test_ledger.py::test_facts_of_a_day_are_numbered_in_the_order_in_which_they_happened"
        "[postgresql-lock asked for]",
    ),
    mistake(
        "line-without-the-lock",
        "R5",
        "a line of a day's ledger is written without the day",
        Change(_LEDGER, "    if fact.day is not None:\n        hold_day", "    if False:\n        hold_day"),
        "tests/db/test_ledger.py::test_facts_of_a_day_are_numbered_in_the_order_in_which_they_happened"
        "[postgresql-by its line alone]",
    ),
    mistake(
        "second-press-calls-again",
        "R5",
        "next does not look whether somebody is called already",
        Change(
            _CALLS,
            "    if busy is not None:\n        if busy.state",
            "    if False:\n        if busy.state",
        ),
        "tests/visits/test_calls.py::test_next_gives_the_open_call_again_and_is_refused_while_somebody_is_served",
    ),
    mistake(
        "number-read-then-written",
        "R7",
        "the next number is read first and written in a second statement",
        Change(
            "src/onestop/booking/tickets.py",
            '    after = conn.execute(_TAKE_NUMBERS, {"day": day, "count": count}).scalar()\n'
            "    if after is None:\n"
            "        raise DayUnknown\n",
            "    before = conn.execute(sa.select(days.c.next_number).where(days.c.id == day)).scalar()\n"
            "    if before is None:\n"
            "        raise DayUnknown\n"
            "    after = before + count\n"
            "    update = days.update().where(days.c.id == day).execution_options(**LIVE)\n"
            "    conn.execute(update.values(next_number=after))\n",
        ),
        f"{_LOCKS}test_without_the_days_lock_the_counter_alone_gives_each_number_once[postgresql]",
    ),
    mistake(
        "spare-numbers-again",
        "R7",
        "two day packs print the same spare numbers",
        Change("src/onestop/booking/spares.py", "take_numbers(conn, day, wanted)", "take_numbers(conn, day, 0)"),
        "tests/visits/test_paper.py::test_spare_numbers_are_printed_once_and_given_to_nobody_else",
    ),
    mistake(
        "number-given-twice",
        "R7",
        "the database lets two tickets of a day have one number",
        Change(
            _TABLES, '        sa.UniqueConstraint("day_id", "number", name=op.f("uq_parties_day_id_number")),\n', ""
        ),
        f"{_GUARDS}[sqlite-a number twice]",
    ),
    mistake(
        "visit-without-an-end",
        "R8",
        "a visit stays open after its last stop is finished",
        Change(
            _CALLS,
            "    if not end_visit_if_done(conn, serving.visit_id, actor=actor, now=now):\n",
            "    if serving.visit_id is not None:\n",
        ),
        "tests/visits/test_one_visit.py::test_a_booked_visitor_is_called_from_desk_to_desk_until_done",
    ),
    mistake(
        "closing-over-people",
        "R8",
        "a day closes without a word while somebody is inside",
        Change(
            "src/onestop/visits/actions/closing.py",
            "    if inside and not reason.strip():\n",
            "    if False:\n",
        ),
        "tests/days/test_days.py::test_a_day_does_not_close_while_somebody_is_inside_unless_it_is_said_why",
    ),
    mistake(
        "not-here-is-gone",
        "R8",
        "whoever does not come at the first call is not called again",
        Change(
            "src/onestop/domain/visit.py",
            "    if count >= NO_SHOWS_UNTIL_MISSED:\n",
            "    if count >= 1:\n",
        ),
        "tests/visits/test_calls.py::test_a_no_show_is_back_after_ten_minutes_twice_and_missed_the_third_time",
    ),
    mistake(
        "nonce-forgotten",
        "R9",
        "a ticket handed in twice by a machine that was cut off is two visits",
        Change(_ARRIVALS, "    if nonce is not None:\n        known =", "    if False:\n        known ="),
        "tests/visits/test_arrivals.py::test_the_same_nonce_gives_the_same_ticket_and_one_visit",
    ),
    mistake(
        "paper-forgotten",
        "R9",
        "a printed ticket that is handed in twice is two visits",
        Change(_MERGING, "    if visit is not None:\n        return Merged(", "    if False:\n        return Merged("),
        "tests/visits/test_merging.py::test_handed_in_again_it_is_one_visit_and_the_same_answer",
    ),
    mistake(
        "printed-number-believed",
        "R9",
        "a number that was printed twice offline is taken as it stands",
        Change(_PRINTED, "        return Judged(keeps=False, conflict=Conflict.TAKEN)\n", "        pass\n"),
        "tests/visits/test_merging.py::test_two_papers_with_one_number_are_two_visits_and_reception_finds_both",
    ),
    mistake(
        "order-of-a-machine-lost",
        "R9",
        "a machine whose clock was set back lets later papers wait longer than earlier ones",
        Change(_MERGING, "    if paper.counter:\n", "    if False:\n"),
        "tests/visits/test_merging.py::test_the_order_of_a_machine_is_kept_in_whatever_order_it_hands_in",
    ),
)
