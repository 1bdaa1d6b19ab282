"""Mistakes that show, keep or do what a visitor did not agree to (R12, R15, R18, R19)."""

from tests.mutants.mistake import Change, mistake

_ROUTE = "src/onestop/visits/actions/route.py"
_RETENTION = "src/onestop/retention/actions.py"
_ERASURE = "tests/retention/test_erasure.py::"

MISTAKES = (
    mistake(
        "erasures-not-replayed",
        "R12",
        "after a restore nobody is erased again",
        Change(
            _RETENTION,
            "        for party in [party for party in known if party_hash(party) in hashes]:\n",
            "        for party in [party for party in known if str(party) in hashes]:\n",
        ),
        f"{_ERASURE}test_a_restored_backup_forgets_again_who_was_erased",
    ),
    mistake(
        "restored-with-everybody",
        "R12",
        "a restore does not ask the journal",
        Change(
            "src/onestop/backup/restoring.py",
            "    return replay_erasures(database, settings.var, now=now), settled\n",
            "    return 0, settled\n",
        ),
        "tests/backup/test_restore.py::test_whoever_was_erased_after_the_backup_is_in_no_file_and_behind_no_code",
    ),
    mistake(
        "served-with-everybody",
        "R12",
        "a server opens its port over an old database without asking the journal",
        Change(
            "src/onestop/serve.py",
            "        erased = replay_erasures(database, settings.var, now=database.now())\n",
            "        erased = 0\n",
        ),
        "tests/backup/test_restore.py::test_a_database_copied_back_by_hand_is_cleaned_before_the_port_opens",
    ),
    mistake(
        "erased-without-a-line",
        "R12",
        "somebody is erased though the journal could not be written",
        Change(
            _RETENTION,
            "        note_erasure(journal, party=party, day=row.day_id, now=now)\n",
            "        try:\n            note_erasure(journal, party=party, day=row.day_id, now=now)\n"
            "        except OSError:\n            pass\n",
        ),
        f"{_ERASURE}test_without_its_journal_line_nothing_is_erased",
    ),
    mistake(
        "contacts-not-erased",
        "R12",
        "an erased person keeps her address in the database",
        Change(
            "src/onestop/retention/rows.py",
            "    conn.execute(contacts.delete().where(contacts.c.party_id.in_(ids)))\n",
            "",
        ),
        f"{_ERASURE}test_after_erasure_no_table_holds_a_trace_and_the_code_opens_nothing",
    ),
    mistake(
        "ticket-code-readable",
        "R15",
        "the database keeps ticket codes as they are",
        Change(
            "src/onestop/domain/ticket.py",
            "    return hashlib.sha256(code.encode()).hexdigest()\n\n\ndef short_hash",
            "    return code\n\n\ndef short_hash",
        ),
        "tests/booking/test_codes.py::test_no_table_holds_a_code_that_opens_a_ticket",
    ),
    mistake(
        "tokens-readable",
        "R15",
        "the database keeps the tokens of passes, sessions and machines as they are",
        Change("src/onestop/keys.py", "    return hashlib.sha256(token.encode()).hexdigest()\n", "    return token\n"),
        "tests/accounts/test_passes_and_tokens.py::test_only_the_hash_of_a_pass_a_session_and_a_token_is_in_the_database",
    ),
    mistake(
        "called-in-her-language-unasked",
        "R15",
        "boards say every number in the language of its holder",
        Change(
            "src/onestop/speech/queries.py",
            "    hers = (row.display_language,) if row.aloud else ()\n",
            "    hers = (row.display_language,)\n",
        ),
        "tests/web/display/test_say.py::test_a_call_is_spoken_in_the_language_of_the_day_alone_unless_she_asked",
    ),
    mistake(
        "code-in-the-log",
        "R15",
        "addresses are logged as they are",
        Change("src/onestop/web/kit/security.py", "shown, ms = masked(path), round", "shown, ms = path, round"),
        "tests/web/kit/test_security.py::test_the_log_holds_no_code_no_query_and_no_line_break",
    ),
    mistake(
        "waits-without-a-yes",
        "R18",
        "a stop an officer adds waits before the visitor has said yes",
        Change(
            _ROUTE,
            "        state=StopState.PROPOSED if accepted_how is None else StopState.PLANNED,\n"
            '        how=accepted_how or "",\n',
            '        state=StopState.PLANNED,\n        how=accepted_how or "officer",\n',
        ),
        Change(
            _ROUTE,
            "    if accepted_how is not None:\n        _to_waiting(conn, row, visit)\n",
            "    if row.consent_at is not None:\n        _to_waiting(conn, row, visit)\n",
        ),
        "tests/visits/test_route.py::test_a_stop_an_officer_proposes_waits_for_her_yes",
    ),
    mistake(
        "refused-comes-again",
        "R18",
        "whoever comes again waits for what she had refused",
        Change(
            "src/onestop/domain/visit.py",
            "    return visit is VisitState.LEFT and stop is StopState.DROPPED and left_behind\n",
            "    return visit is VisitState.LEFT and stop is StopState.DROPPED\n",
        ),
        "tests/visits/test_coming_again.py::test_what_she_refused_after_coming_again_stays_refused",
    ),
    mistake(
        "consent-not-kept",
        "R18",
        "nobody knows afterwards at which door she said yes",
        Change(
            _ROUTE,
            "StopState.PLANNED, consent_at=now, consent_how=how, consent_by=actor.ref)",
            'StopState.PLANNED, consent_at=now, consent_how="", consent_by=actor.ref)',
        ),
        "tests/visits/test_route.py::test_her_yes_is_kept_with_when_who_and_at_which_door",
    ),
    mistake(
        "consent-unchecked",
        "R18",
        "the database lets a stop be served that nobody accepted",
        Change(
            "src/onestop/db/migrations/versions/0001_the_first_tables.py",
            "state IN ('proposed', 'declined', 'dropped') OR consent_at IS NOT NULL",
            "position >= 0",
        ),
        "tests/reports/test_verify.py::test_the_database_itself_refuses_what_must_never_be",
    ),
    mistake(
        "private-call-aloud",
        "R19",
        "a private stop is called on the board",
        Change("src/onestop/visits/actions/matching.py", "        quiet=row.private,", "        quiet=False,"),
        "tests/visits/test_coming_again.py::test_a_private_stop_is_called_quietly",
    ),
    mistake(
        "quiet-call-shown",
        "R19",
        "the board shows quiet calls",
        Change(
            "src/onestop/visits/queries/board.py",
            "    return calls.c.quiet.is_(False)\n",
            "    return sa.or_(calls.c.quiet.is_(False), sa.true())\n",
        ),
        "tests/web/display/test_board.py::test_a_quiet_call_is_never_shown",
    ),
    mistake(
        "private-stop-named",
        "R19",
        "what is kept for her names a private talk after she chose it",
        Change(
            "src/onestop/directory/words.py",
            "    return locale.gettext(PRIVATE_STOP) if private else service_title(locale, key)\n",
            "    return locale.gettext(PRIVATE_STOP) if private and not key else service_title(locale, key)\n",
        ),
        "tests/web/public/test_journey.py::test_a_private_talk_is_named_where_she_chooses_it_and_nowhere_after",
    ),
    mistake(
        "private-stop-read",
        "R19",
        "a ticket is read with the institution of a private stop",
        Change(
            "src/onestop/visits/queries/ticket.py",
            'institution="" if row.private else row.name,',
            "institution=row.name,",
        ),
        "tests/visits/test_ticket_queries.py::test_a_private_stop_is_read_without_service_institution_papers_and_desks",
    ),
    mistake(
        "private-stop-on-the-lists",
        "R19",
        "the lists of reception and floor name a private talk",
        Change(
            "src/onestop/directory/words.py",
            "    return locale.gettext(PRIVATE_STOP) if private else service_title(locale, key)\n",
            "    return locale.gettext(PRIVATE_STOP) if private and not key else service_title(locale, key)\n",
        ),
        Change(
            "src/onestop/visits/queries/people.py",
            'Title(key="" if stop.private else stop.key,',
            "Title(key=stop.key,",
        ),
        "tests/web/reception/test_people.py::test_a_private_stop_reads_talk_at_the_centre_everywhere",
    ),
    mistake(
        "private-place-printed",
        "R19",
        "the list of arrivals tells at which desk a private talk is",
        Change(
            "src/onestop/paper/words.py",
            "places.get(str(step.service), []) if not step.private else []",
            "places.get(str(step.service), [])",
        ),
        "tests/paper/test_pack.py::test_a_private_talk_has_neither_name_nor_place_nor_institution_anywhere",
    ),
    mistake(
        "private-talk-in-a-report",
        "R19",
        "the report of an institution counts its private talks",
        Change(
            "src/onestop/reports/at_institution.py",
            "institutions.c.name == name, stops.c.private.is_(sa.false()))",
            "institutions.c.name == name)",
        ),
        "tests/reports/test_at_institution.py::test_private_talks_of_an_institution_with_others_are_in_none_of_its_figures",
    ),
    mistake(
        "private-papers-in-the-mail",
        "R19",
        "a mail lists the papers of a private stop",
        Change(
            "src/onestop/notify/queries.py",
            "stops.c.state == StopState.PLANNED, stops.c.private.is_(False))",
            "stops.c.state == StopState.PLANNED)",
        ),
        "tests/notify/test_messages.py::test_a_mail_lists_no_paper_of_a_private_talk",
    ),
    mistake(
        "private-step-by-its-service",
        "R19",
        "the page that changes a booking marks a private step by its service and names it",
        Change(
            "src/onestop/web/public/ticket_plan.py",
            "for stop in await db.read(planned_stops, access.party) if stop.private}",
            "for stop in await db.read(planned_stops, access.party) if False}",
        ),
        "tests/web/public/test_change.py::test_a_booked_private_talk_is_named_by_no_page_and_can_be_kept_or_taken_off",
    ),
    mistake(
        "stale-page-obeyed",
        "R3",
        "a page opened before another change undoes it unseen",
        Change(
            "src/onestop/booking/actions/changes.py",
            "    if seen is not None and seen != state_mark(booking, before):\n        raise Changed\n",
            "",
        ),
        "tests/booking/test_changes.py::"
        "test_a_page_from_before_another_change_changes_nothing_unless_it_asks_for_what_is",
    ),
)
