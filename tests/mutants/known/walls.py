"""Mistakes that open a door to somebody else, or to whoever sends too much (R13, R14, R15, R17)."""

from tests.mutants.mistake import Change, mistake

_SHELL = "src/onestop/web/kit/security.py"
_HEADERS = "src/onestop/web/kit/headers.py"
_API = "src/onestop/web/api/access.py"
_SECURITY = "tests/web/kit/test_security.py::"

MISTAKES = (
    mistake(
        "recursion-is-a-failure",
        "R13",
        "a body nested without end is a failure of the server",
        Change(_API, "        except RecursionError as error:", "        except BrokenPipeError as error:"),
        "tests/web/api/test_malformed.py::test_each_wrong_body_is_told_and_changes_nothing",
    ),
    mistake(
        "bodies-of-any-size",
        "R13",
        "a body is read to its end, however long it is",
        Change(_SHELL, "    if int(announced) > most:\n        raise TooBig\n", ""),
        Change(_SHELL, "                if size > most:\n                    raise TooBig\n", ""),
        Change(
            "src/onestop/app.py", "        request_max_body_size=MOST_BYTES,\n", "        request_max_body_size=None,\n"
        ),
        f"{_SECURITY}test_too_much_is_refused_before_anything_reads_it",
    ),
    mistake(
        "fields-of-any-number",
        "R13",
        "a form with a quarter of a million fields is parsed",
        Change(_SHELL, '        body.count(b"&") >= MOST_FIELDS\n', '        body.count(b"&") < 0\n'),
        f"{_SECURITY}test_too_much_is_refused_before_anything_reads_it",
    ),
    mistake(
        "bug-told-in-full",
        "R13",
        "an answer holds what the program said about its failure",
        Change("src/onestop/app.py", "        debug=False,\n", "        debug=True,\n"),
        Change("src/onestop/app.py", "        exception_handlers={Exception: errors.answer},\n", ""),
        "tests/web/kit/test_errors.py::test_a_bug_is_told_by_a_number_that_stands_in_the_log",
    ),
    mistake(
        "stop-of-anybody",
        "R14",
        "the machine interface lets an officer act on a stop of another institution",
        Change(
            _API,
            "has(*roles, day=line.day, desk=line.desk, institution=line.institution):\n        raise StopUnknown",
            "has(*roles, day=line.day):\n        raise StopUnknown",
        ),
        "tests/web/api/test_walls.py::test_foreign_desks_stops_and_visits_answer_like_unknown_ones",
    ),
    mistake(
        "desk-of-anybody",
        "R14",
        "an officer opens the desk of another institution",
        Change(
            "src/onestop/web/desk/access.py",
            "day=place.day, desk=place.id, institution=place.institution)",
            "day=place.day)",
        ),
        "tests/web/desk/test_walls.py::test_a_foreign_desk_answers_like_an_unknown_one",
        "tests/web/desk/test_walls.py::test_a_stop_of_another_desk_answers_like_an_unknown_one",
    ),
    mistake(
        "day-filter-left-out",
        "R14",
        "a token of one day opens another",
        Change(
            _API,
            "    if not someone.has(*roles, day=day.id):\n        raise DayUnknown\n    return day, someone",
            "    if not someone.has(*roles):\n        raise DayUnknown\n    return day, someone",
        ),
        "tests/web/api/test_walls.py::test_a_token_of_another_day_sees_none_of_this_one",
    ),
    mistake(
        "sent-on-to-others",
        "R14",
        "a stop is sent on to a desk of another institution",
        Change(
            "src/onestop/visits/actions/calls.py",
            "(target.day_id != stop.day_id or target.institution_id != stop.institution_id)",
            "target.day_id != stop.day_id",
        ),
        Change(
            "src/onestop/visits/actions/calls.py",
            "            services.c.institution_id == stop.institution_id,\n",
            "",
        ),
        "tests/visits/test_calls.py::test_nothing_is_sent_on_to_another_institution_or_to_a_desk_that_cannot_help",
    ),
    mistake(
        "session-not-rotated",
        "R14",
        "who signs in keeps the session the browser brought along",
        Change(
            "src/onestop/accounts/actions.py",
            "    if old_session is not None:\n        sign_out(conn, old_session)\n    token = new_token()\n",
            "    token = new_token()\n",
        ),
        "tests/accounts/test_signing_in.py::test_signing_in_ends_the_browsers_old_session",
        "tests/web/account/test_sign_in.py::test_each_sign_in_has_a_new_token_and_ends_the_old_one",
    ),
    mistake(
        "pass-bound-twice",
        "R14",
        "a second browser may use a day pass that is bound",
        Change(
            "src/onestop/accounts/actions.py",
            "            return None\n        raise PassUsed\n",
            "            return None\n",
        ),
        "tests/web/account/test_day_pass.py::test_a_second_browser_is_refused_until_the_organiser_releases_the_pass",
    ),
    mistake(
        "forms-of-other-sites",
        "R14",
        "a form of another site acts with the visitor's cookie",
        Change(_SHELL, "        self._check_origin(scope, headers)\n", ""),
        f"{_SECURITY}test_a_form_is_taken_from_our_own_pages_only",
    ),
    mistake(
        "markup-not-escaped",
        "R15",
        "a page shows markup that somebody typed",
        Change(
            "src/onestop/locale/environment.py",
            'autoescape=lambda name: not (name or "").endswith(".txt"),',
            'autoescape=lambda name: (name or "").endswith(".xml"),',
        ),
        "tests/web/kit/test_pages.py::test_what_people_type_is_escaped",
    ),
    mistake(
        "one-page-not-escaped",
        "R15",
        "the lists of reception show markup that a visitor typed as her name",
        Change(
            "templates/reception/_people.html",
            '{{ person.name or _("No name given") }}',
            '{{ (person.name or _("No name given"))|safe }}',
        ),
        "tests/web/reception/test_people.py::test_a_name_is_shown_as_text_and_never_as_a_part_of_the_page",
    ),
    mistake(
        "policy-dropped",
        "R15",
        "answers come without a content security policy",
        Change(_HEADERS, '    b"content-security-policy": POLICY.encode(),\n', ""),
        f"{_SECURITY}test_every_answer_has_the_security_headers_errors_and_files_included",
    ),
    mistake(
        "proxy-believed",
        "R17",
        "anybody may say from which address she comes",
        Change(
            _SHELL,
            "        if not self._proxies or not client or not _inside(client[0], self._proxies):\n",
            "        if not client:\n",
        ),
        f"{_SECURITY}test_forwarded_headers_count_only_from_the_named_proxies",
    ),
    mistake(
        "no-limit",
        "R17",
        "codes may be tried without end",
        Change("src/onestop/web/kit/limits.py", "        return all(results)\n", "        return bool(results)\n"),
        "tests/web/kit/test_sessions.py::test_a_network_is_stopped_after_its_limit_but_its_machines_are_not",
        "tests/web/public/test_find.py::test_too_many_tries_are_told_to_wait",
    ),
    mistake(
        "streams-without-end",
        "R17",
        "a process opens as many streams as it is asked for",
        Change("src/onestop/live/hub.py", "        if self._listeners >= LISTENERS:\n            raise Busy\n", ""),
        "tests/live/test_hub.py::test_too_many_listeners_are_told_to_poll",
    ),
    mistake(
        "waiting-without-end",
        "R17",
        "commands pile up before the database without a bound",
        Change(
            "src/onestop/db/session.py",
            "        if self._waiting >= WAITING_LIMIT:\n            raise Busy\n",
            "",
        ),
        "tests/db/test_listening.py::test_who_would_wait_without_end_is_told_to_come_again",
    ),
    mistake(
        "booking-of-any-helper",
        "R14",
        "a helper opens, moves and cancels what somebody else booked",
        Change(
            "src/onestop/booking/helped.py",
            "        bookings.c.helper_id == helper,\n        bookings.c.day_id == day,\n",
            "        bookings.c.day_id == day,\n",
        ),
        "tests/web/helper/test_walls.py::test_somebody_elses_booking_answers_like_an_unknown_one",
        "tests/booking/test_helped.py::test_she_acts_on_her_own_booking_of_its_own_day_only",
    ),
    mistake(
        "helper-follows-into-the-hall",
        "R15",
        "a helper reads the code of a ticket that the visitor had renewed",
        Change(
            "src/onestop/web/helper/booking.py",
            "    if booking.helped.state is BookingState.CONFIRMED and not booking.renewed:\n",
            "    if booking.helped.state is BookingState.CONFIRMED:\n",
        ),
        "tests/web/helper/test_booking.py::test_the_code_of_a_ticket_that_was_renewed_is_not_shown_to_her",
    ),
)
