"""Mistakes that give a place twice, forget what was accepted, or do one request twice (R1, R3, R4)."""

from tests.mutants.mistake import Change, mistake

_SESSION = "src/onestop/db/session.py"
_CAPACITY = "src/onestop/booking/capacity.py"
_BOOKINGS = "src/onestop/booking/actions/bookings.py"
_ONCE = "src/onestop/web/kit/once.py"
_ANSWERS = "src/onestop/db/idempotency.py"
_LOCKS = "tests/reliability/test_locks.py::"
_BOOKING = "tests/booking/test_booking.py::"
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
        Change(_BOOKINGS, "    expire_holds(conn, day_id, now=now)\n    plan", "    plan"),
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
            "party, hashed) >= day.bookings_per_contact",
            "party, hashed) > day.bookings_per_contact",
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
)
