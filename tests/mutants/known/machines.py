"""Mistakes of a ticket machine's own program (R9, R15)."""

from tests.mutants.mistake import Change, mistake

_SHELL = "kiosk/agent/onestop_kiosk/shell.py"
_STORE = "kiosk/agent/onestop_kiosk/store.py"
_KEEPER = "kiosk/agent/onestop_kiosk/keeper.py"
_TESTS = "tests/kiosk/test_shell.py::"

MISTAKES = (
    mistake(
        "lost-answer-forgotten",
        "R9",
        "a machine believes that a ticket whose answer was lost is stored",
        Change(
            _SHELL,
            "            keeper.is_away = True\n            keeper.store.move(act, State.WAITS)\n",
            "            keeper.is_away = True\n            keeper.store.move(act, State.DONE)\n",
        ),
        f"{_TESTS}test_a_line_that_breaks_while_she_presses_makes_one_visit",
    ),
    mistake(
        "number-printed-twice",
        "R9",
        "a machine gives one leased number to everybody",
        Change(_STORE, 'WHERE day = ? AND number = ?", (nonce', 'WHERE day = ? AND number = -?", (nonce'),
        f"{_TESTS}test_numbers_are_leased_again_at_fifteen_and_the_machine_says_when_none_is_left",
    ),
    mistake(
        "lease-asked-anew",
        "R9",
        "a lease whose answer was lost is asked for under a new key, and its numbers are lost",
        Change(_KEEPER, "key if day == today.day else uuid4().hex", "uuid4().hex"),
        f"{_TESTS}test_a_lease_whose_answer_was_lost_is_asked_for_again_under_its_key",
    ),
    mistake(
        "ticket-left-on-the-machine",
        "R15",
        "whoever goes back on a machine sees the ticket of the person before",
        Change(_SHELL, "        self._opened.clear()", "        pass"),
        f"{_TESTS}test_nothing_that_was_shown_can_be_reached_after_the_first_screen",
    ),
    mistake(
        "machine-open-to-others",
        "R15",
        "any program on the machine or page in its browser can use the agent",
        Change(_SHELL, "if not hmac.compare_digest(given.encode(), self._token.encode()):", "if False:"),
        f"{_TESTS}test_whoever_is_not_the_machine_s_own_browser_is_refused",
    ),
)
