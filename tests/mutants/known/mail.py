"""Mistakes that lose a message, send it without its cause, or send it twice (R6)."""

from tests.mutants.mistake import Change, mistake

_SESSION = "src/onestop/db/session.py"
_ACTIONS = "src/onestop/notify/actions.py"
_SENDER = "src/onestop/notify/sender.py"
_TESTS = "tests/notify/test_sender.py::"

MISTAKES = (
    mistake(
        "outbox-after-commit",
        "R6",
        "messages are written after the COMMIT of their cause, in a transaction of their own",
        Change(
            _SESSION,
            "                    facts = take_pending(conn)\n"
            "                    if facts:\n"
            "                        for reactor in self.reactors:\n"
            "                            reactor(conn, facts)\n"
            "                    stamp_changes(conn)\n"
            "                    committing = True\n",
            "                    facts = take_pending(conn)\n"
            "                    stamp_changes(conn)\n"
            "                with conn.begin():\n"
            "                    if facts:\n"
            "                        for reactor in self.reactors:\n"
            "                            reactor(conn, facts)\n"
            "                    committing = True\n",
        ),
        "tests/db/test_listening.py::test_what_a_reactor_cannot_write_did_not_happen",
    ),
    mistake(
        "sent-before-sending",
        "R6",
        "a message is marked as sent before the server has taken it",
        Change(
            _SENDER,
            "                await transmit(self._settings, message.address, content)\n        except ServerDown",
            "                await self._db.write(mark_sent, message.id, now=self._db.now())\n"
            "                await transmit(self._settings, message.address, content)\n        except ServerDown",
        ),
        f"{_TESTS}test_a_server_that_is_down_leaves_the_booking_alone_and_gets_the_mail_later",
    ),
    mistake(
        "no-lease",
        "R6",
        "a message under way can be taken by another process",
        Change(_ACTIONS, "values(leased_until_at=real + LEASE))", "values(leased_until_at=real))"),
        f"{_TESTS}test_two_senders_never_send_a_message_twice",
    ),
    mistake(
        "fresh-message-id",
        "R6",
        "the Message-ID is made when the message is sent",
        Change(
            "src/onestop/notify/messages.py",
            '    mail["Message-ID"] = message.message_id\n',
            '    mail["Message-ID"] = make_msgid()\n',
        ),
        Change("src/onestop/notify/messages.py", "import io\n", "import io\nfrom email.utils import make_msgid\n"),
        f"{_TESTS}test_a_crash_between_the_250_and_our_commit_sends_the_same_bytes_again",
    ),
    mistake(
        "confirmation-after-cancelling",
        "R6",
        "a confirmation that has not gone is sent after the booking was cancelled",
        Change(_ACTIONS, '    if kind != "confirmation":\n        withdraw(conn, party, now=now)\n', ""),
        f"{_TESTS}test_a_booking_cancelled_before_its_confirmation_went_hears_only_the_cancellation",
    ),
    mistake(
        "waits-without-bound",
        "R6",
        "a refused message waits an hour",
        Change(_ACTIONS, "    wait = WAITS[min(row.tries, len(WAITS) - 1)]\n", "    wait = timedelta(hours=1)\n"),
        f"{_TESTS}test_waits_grow_and_end_after_a_day",
        f"{_TESTS}test_a_temporary_refusal_is_tried_again_after_a_minute",
    ),
    mistake(
        "second-reminder-after-an-outage",
        "R11",
        "a reminder goes out although the next one is due",
        Change("src/onestop/notify/queries.py", "            helps_still(now),\n", ""),
        "tests/notify/test_messages.py::test_a_server_that_comes_back_in_the_morning_sends_one_reminder",
    ),
    mistake(
        "tried-message-with-new-lines",
        "R6",
        "a message that was tried gets the organiser's new lines: its second copy differs",
        Change(_ACTIONS, "sa.and_(outbox.c.tries == 0, outbox.c.leased", "sa.and_(outbox.c.leased"),
        "tests/web/organise/test_lines.py::"
        "test_reminders_that_wait_say_the_new_lines_and_what_was_tried_keeps_its_bytes",
    ),
    mistake(
        "given-up-and-overtaken",
        "R6",
        "what was given up is tried again although a later message says otherwise",
        Change("src/onestop/notify/letters.py", "return not superseded and now <", "return now <"),
        "tests/web/organise/test_messages.py::"
        "test_nothing_is_tried_again_that_a_later_message_or_the_clock_made_useless",
    ),
    mistake(
        "gateway-down-stops-the-mail",
        "R6",
        "a gateway that is away stops the mail too",
        Change(
            _SENDER,
            "while ways := tuple(lane.way for lane in lanes if not lane.down.is_set()):",
            "while ways := () if any(lane.down.is_set() for lane in lanes) else tuple(lane.way for lane in lanes):",
        ),
        "tests/notify/test_sms.py::test_a_gateway_that_is_away_holds_up_no_mail_and_counts_no_try",
    ),
)
