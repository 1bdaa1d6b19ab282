"""Mistakes that make a draw unfair or let nobody compute it again (R16)."""

from tests.mutants.mistake import Change, mistake

_DOMAIN = "src/onestop/domain/draw.py"
_READS = "src/onestop/booking/draws.py"
_ACTIONS = "src/onestop/booking/actions/draws.py"
_DRAWS = "tests/booking/test_draws.py::"

MISTAKES = (
    mistake(
        "rank-by-id",
        "R16",
        "the rank follows from the id alone, and whoever sees ids knows it beforehand",
        Change(
            "src/onestop/domain/draw.py", "    return sorted(requests, key=place)\n", "    return sorted(requests)\n"
        ),
        "tests/domain/test_draw.py::test_what_is_published_is_what_the_document_says",
    ),
    mistake(
        "seed-without-its-list",
        "R16",
        "the seed is told although the list is not fixed",
        Change(_ACTIONS, "    if draw.closed_at is None:\n        raise DrawNotYet\n", ""),
        f"{_DRAWS}test_no_seed_is_stored_before_the_list_is_fixed[sqlite]",
    ),
    mistake(
        "list-closed-too-early",
        "R16",
        "the list is fixed while requests are still taken",
        Change(_ACTIONS, "    if draw.state(now) is not DrawState.CLOSED:\n        raise DrawNotYet\n", ""),
        f"{_DRAWS}test_no_seed_is_stored_before_the_list_is_fixed[sqlite]",
    ),
    mistake(
        "unproved-takes-part",
        "R16",
        "a request with an address that nobody proved takes part",
        Change(
            "src/onestop/booking/draws.py",
            "sa.or_(bookings.c.channel.not_in(PROVES), PROVED)",
            "sa.or_(bookings.c.channel.not_in(PROVES), sa.true())",
        ),
        f"{_DRAWS}test_a_request_from_afar_needs_an_address_and_counts_once_it_is_proved",
    ),
)
