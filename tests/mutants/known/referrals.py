"""Mistakes that tell others where somebody was sent, or send her without her yes (R14, R18, R19)."""

from tests.mutants.mistake import Change, mistake

_LINES = "src/onestop/referrals/queries/lines.py"
_CANARY = "tests/web/test_private_referrals.py::"

MISTAKES = (
    mistake(
        "private-referral-listed",
        "R19",
        "a referral to a shelter stands in the lists",
        Change(_LINES, "conn, ~referrals.c.private, referrals.c.withdrawn_at", "conn, referrals.c.withdrawn_at"),
        f"{_CANARY}test_it_is_seen_at_its_desk_and_by_her_alone",
    ),
    mistake(
        "discreet-place-like-any",
        "R19",
        "a discreet place makes a referral no more private than a school does",
        Change(
            "src/onestop/domain/referral.py",
            "return stop_private or service_private or place_discreet",
            "return stop_private or service_private",
        ),
        "tests/domain/test_referral.py::test_one_private_end_is_enough_to_keep_a_referral_to_herself",
        f"{_CANARY}test_it_is_seen_at_its_desk_and_by_her_alone",
    ),
    mistake(
        "private-steps-printed",
        "R19",
        "the paper shows what she alone may know, also where she did not ask for it",
        Change(
            "src/onestop/web/public/ticket_steps.py",
            "hers if also else hers.without_private()",
            "hers",
        ),
        "tests/web/public/test_steps.py::test_private_referrals_are_on_no_paper_until_she_asks_and_need_the_long_code",
    ),
    mistake(
        "sender-told-to-receiver",
        "R14",
        "whoever is sent somebody reads where she was before",
        Change(
            _LINES,
            "            shows_sender=every or row.from_institution_id in own,\n",
            "            shows_sender=True,\n",
        ),
        "tests/web/api/test_referrals.py::test_a_referral_is_made_and_both_ends_and_the_organiser_see_it",
    ),
    mistake(
        "sheet-of-every-desk",
        "R14",
        "the sheet of a desk tells what she did at the others",
        Change(
            "src/onestop/referrals/queries/steps.py",
            "done=tuple(each for each in self.done if each.stop == stop)",
            "done=self.done",
        ),
        "tests/web/desk/test_refer.py::test_the_sheet_of_a_desk_holds_its_own_conversation_only",
    ),
    mistake(
        "referred-without-a-yes",
        "R18",
        "somebody is sent on without having said yes",
        Change("src/onestop/referrals/actions.py", "    if not said_yes:\n", "    if said_yes is None:\n"),
        "tests/referrals/test_refer.py::test_what_is_missing_is_named_and_nothing_is_stored",
    ),
)
