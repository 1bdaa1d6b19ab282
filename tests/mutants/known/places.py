"""Mistakes that give a place twice, forget what was accepted, or do one request twice (R1, R3, R4)."""

from tests.mutants.mistake import Change, mistake

_SESSION = "src/onestop/db/session.py"
_CAPACITY = "src/onestop/booking/capacity.py"
_BOOKINGS = "src/onestop/booking/actions/bookings.py"
_ONCE = "src/onestop/web/kit/once.py"
_ANSWERS = "src/onestop/db/idempotency.py"
_OFFERS = "src/onestop/booking/actions/offers.py"
_WAITING = "src/onestop/booking/actions/waiting.py"
_LOCKS = "tests/reliability/test_locks.py::"
_BOOKING = "tests/booking/test_booking.py::"
_LIST = "tests/booking/test_waiting.py::"
_HANDS = "tests/booking/test_interleavings.py::test_whatever_the_order_no_place_is_given_twice_and_none_is_lost"
_API_ONCE = "tests/web/api/test_once.py::"

MISTAKES = (
    mistake(
        "plain-begin",
        "R1",
        "a write on SQLite begins without IMMEDIATE",
        Change(_SESSION, 'exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")', 'exec_driver_sql("BEGIN")'),
        f"{_LOCKS}test_a_command_beside_the_running_server_takes_no_place_twice[sqlite]",
    ),
    mistake(
        "count-then-take",
        "R1",
        "capacity is counted first and taken in a second statement",
        Change(_CAPACITY, '        conn.execute(_LOCKED, {"ids": ids})\n', "        ids.sort()\n"),
        Change(
            _CAPACITY,
            '        capacity.c.id.in_(sa.bindparam("ids", expanding=True)),\n'
            "        capacity.c.used + _MINUTES <= capacity.c.total - capacity.c.reserve,\n"
            "        capacity.c.used_reserve + _KEPT <= capacity.c.reserve,\n",
            '        capacity.c.id.in_(sa.bindparam("ids", expanding=True)),\n',
        ),
        Change(
            _CAPACITY,
            "        taken = conn.execute(_GUARDED,",
            "        for one in conn.execute(sa.select(capacity).where(capacity.c.id.in_(rows))):\n"
            "            if one.used + used > one.total - one.reserve or one.used_reserve + reserve > one.reserve:\n"
            "                raise ArrivalTaken\n"
            "        taken = conn.execute(_GUARDED,",
        ),
        f"{_LOCKS}test_without_the_days_lock_the_guard_alone_gives_the_one_place_once[postgresql]",
    ),
    mistake(
        "hold-ends-by-the-job-only",
        "R1",
        "a hold whose time is over keeps its place until the job has run",
        Change(_BOOKINGS, "    expire_holds(conn, day_id, now=now)\n    if helper", "    if helper"),
        f"{_BOOKING}test_a_hold_is_over_by_time_alone_and_its_place_free_before_any_job_runs",
    ),
    mistake(
        "hold-confirmed-late",
        "R11",
        "a hold is confirmed after its time",
        Change(_BOOKINGS, "held.hold_until_at is None or held.hold_until_at <= now:", "held.hold_until_at is None:"),
        f"{_BOOKING}test_a_hold_that_is_over_is_neither_confirmed_nor_extended_though_nothing_has_marked_it",
    ),
    mistake(
        "claims-kept-at-cancelling",
        "R1",
        "a cancelled booking keeps its minutes",
        Change(_BOOKINGS, "freed = give_back(conn, [booking])\n", "freed: dict[UUID, tuple[int, int]] = {}\n"),
        f"{_BOOKING}test_a_cancelled_booking_gives_its_places_back_and_stays_cancelled",
    ),
    mistake(
        "contact-limit-off-by-one",
        "R1",
        "one booking more than the limit counts for a contact",
        Change(
            "src/onestop/booking/actions/parties.py",
            ".scalar_one() >= day.bookings_per_contact",
            ".scalar_one() > day.bookings_per_contact",
        ),
        f"{_BOOKING}test_the_fourth_booking_of_a_contact_does_not_count_and_only_its_owner_is_told",
    ),
    mistake(
        "capacity-unchecked",
        "R1",
        "the database no longer checks that no more is used than there is",
        Change(
            "src/onestop/db/migrations/versions/0001_the_first_tables.py",
            'sa.CheckConstraint("used BETWEEN 0 AND total - reserve"',
            'sa.CheckConstraint("used >= 0"',
        ),
        "tests/reports/test_verify.py::test_the_database_itself_refuses_what_must_never_be",
    ),
    mistake(
        "synchronous-normal",
        "R3",
        "COMMIT on SQLite does not wait for the disk",
        Change(_SESSION, "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"),
        "tests/reliability/test_power.py::test_no_power_cut_loses_what_was_acknowledged",
    ),
    mistake(
        "careless-postgresql-unseen",
        "R3",
        "`onestop check` does not look whether PostgreSQL writes before it answers",
        Change("src/onestop/cli/care.py", '("fsync", "on"), ("synchronous_commit", "on"), ', '("fsync", "on"), '),
        "tests/cli/test_commands.py::test_check_finds_a_postgresql_that_answers_before_it_has_written",
    ),
    mistake(
        "answer-kept-after-commit",
        "R4",
        "the answer of a key is stored in a transaction of its own, after its effect",
        Change(
            _ONCE,
            "        answer = await db_of(request).write(act, day=day)\n",
            "        def unknown() -> Answer:\n"
            "            raise LookupError\n\n"
            "        db = db_of(request)\n"
            "        try:\n"
            "            answer = await db.write(lambda conn: answer_once(conn, asked, real_now(), unknown))\n"
            "        except LookupError:\n"
            "            done = await db.write(lambda conn: Answer(*encode(action(conn, *args, **kwargs))), day=day)\n"
            "            answer = await db.write(lambda conn: answer_once(conn, asked, real_now(), lambda: done))\n",
        ),
        f"{_API_ONCE}test_after_a_crash_behind_the_commit_the_same_key_finds_its_answer",
    ),
    mistake(
        "key-of-nobody",
        "R4",
        "an idempotency key counts for whoever sends it",
        Change(_ANSWERS, 'f"{self.scope}\\x00{self.route}\\x00{self.key}"', 'f"{self.route}\\x00{self.key}"'),
        f"{_API_ONCE}test_one_principals_key_says_nothing_to_another_nor_to_another_address",
    ),
    mistake(
        "key-of-any-address",
        "R4",
        "an idempotency key counts for whichever address it is sent to",
        Change(_ANSWERS, 'f"{self.scope}\\x00{self.route}\\x00{self.key}"', 'f"{self.scope}\\x00{self.key}"'),
        "tests/web/kit/test_once.py::test_one_key_for_two_things_is_two_requests",
    ),
    mistake(
        "other-body-accepted",
        "R4",
        "a used key with another body gets the first answer",
        Change(_ANSWERS, "        if row.body_hash != request.body_hash():\n            raise KeyReused\n", ""),
        "tests/web/kit/test_once.py::test_a_machines_key_gives_the_same_answer_or_refuses_another_body",
    ),
    mistake(
        "freed-place-in-public-at-once",
        "R1",
        "a cancelled place stands on the public page at once, past the waiting list",
        Change(_BOOKINGS, "    rest(conn, booking.day, freed, now=now)\n", "    _ = freed\n"),
        f"{_LIST}test_without_a_list_a_cancelled_place_comes_back_after_a_random_while[sqlite]",
    ),
    mistake(
        "old-time-in-public-at-once",
        "R1",
        "who takes an earlier time leaves her old one to the public page, past the waiting list",
        Change(
            _OFFERS,
            "        rest(conn, day.id, give_back(conn, [booking.id], offered=False), now=now)",
            "        give_back(conn, [booking.id], offered=False)",
        ),
        f"{_LIST}test_who_has_a_time_is_offered_an_earlier_one_after_those_without[sqlite]",
    ),
    mistake(
        "lapsed-offer-keeps-its-place",
        "R1",
        "an offer nobody answered keeps its place",
        Change(_OFFERS, "    free_offer(conn, booking, waits, now=now)\n    write", "    write"),
        f"{_HANDS}[sqlite-60]",
    ),
    mistake(
        "lapsed-offer-offered-to-nobody",
        "R1",
        "a place that somebody let go is offered to nobody else",
        Change(
            _WAITING,
            "rest(conn, waits.day_id, give_back(conn, [booking.id], offered=True), now=now)",
            "give_back(conn, [booking.id], offered=True)",
        ),
        f"{_HANDS}[sqlite-60]",
    ),
    mistake(
        "late-answer-taken",
        "R11",
        "an offer is taken after its time",
        Change(
            _OFFERS, "waits.offer_until_at is None or waits.offer_until_at <= now:", "waits.offer_until_at is None:"
        ),
        f"{_LIST}test_a_late_answer_is_refused_and_the_place_is_not_lost[sqlite]",
    ),
    mistake(
        "cap-of-a-helper-not-asked",
        "R1",
        "a helper books as often as there are times, or at a day that is not hers",
        Change(
            "src/onestop/booking/actions/bookings.py",
            "        check_cap(conn, helper, day_id, now=now)\n",
            "        pass\n",
        ),
        "tests/booking/test_helped.py::test_at_the_cap_nothing_more_is_booked_until_one_is_cancelled",
        "tests/booking/test_helped.py::test_a_closed_account_and_one_of_another_day_book_nothing",
    ),
    mistake(
        "cap-of-a-helper-without-the-lock",
        "R1",
        "two tabs of a helper count her bookings at the same moment and both book",
        Change(
            "src/onestop/web/kit/booking.py",
            "            day=day.id,\n            to=to,",
            "            to=to,",
        ),
        "tests/web/helper/test_walls.py::test_two_tabs_at_the_same_moment_cannot_pass_the_cap",
    ),
    mistake(
        "unproved-books",
        "R1",
        "where places are few a hold from afar is confirmed although no address is proved",
        Change(
            _BOOKINGS,
            "    if day.proves and held.channel in PROVES and not queries.has_proof(conn, held.party):\n"
            '        raise ProofNeeded(field="email")\n',
            "",
        ),
        "tests/booking/test_proofs.py::test_no_door_confirms_an_address_from_afar_that_is_not_proved",
    ),
    mistake(
        "unproved-is-offered",
        "R1",
        "where places are few the next place goes to somebody who proved no address",
        Change(_OFFERS, "    if not day.proves:\n        return asked\n", "    if day.proves:\n        return asked\n"),
        "tests/booking/test_proofs.py::test_who_proved_nothing_is_passed_over_until_she_does",
    ),
    mistake(
        "unproved-counts",
        "R1",
        "an address that somebody else wrote takes a booking away from who owns it",
        Change(
            "src/onestop/booking/actions/parties.py", "limited = proved_later or is_limited(", "limited = is_limited("
        ),
        "tests/booking/test_proofs.py::test_an_address_that_is_not_proved_takes_nothing_from_who_owns_it",
    ),
    mistake(
        "session-gone-and-booked-all-the-same",
        "R1",
        "a time that was kept is booked though its session was taken away meanwhile",
        Change(_BOOKINGS, "    if not has_its_seats(conn, held):\n        raise HoldGone\n", ""),
        "tests/booking/test_sessions.py::test_a_held_time_ends_when_its_session_does",
    ),
    mistake(
        "step-for-nobody",
        "R8",
        "a step of somebody who does not come any more stays in the plan, for nobody",
        Change(
            "src/onestop/booking/actions/changes.py",
            "    planned = queries.planned_stops(conn, party)  # read first: what was hers alone goes with her\n"
            "    people = _write_people(conn, party, wish)\n",
            "    people = _write_people(conn, party, wish)\n    planned = queries.planned_stops(conn, party)\n",
        ),
        "tests/booking/test_changes.py::test_a_step_of_somebody_who_does_not_come_any_more_goes_with_her",
    ),
)
