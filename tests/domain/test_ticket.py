"""Ticket codes: derived, readable, and read back as people and scanners give them."""

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.ticket import (
    CROCKFORD,
    code_hash,
    read_long_code,
    read_short_code,
    short_code,
    short_hash,
    spell_short_code,
    ticket_code,
)

KEY = b"a key of a test, 32 bytes long.."
DAY, OTHER_DAY = UUID(int=7), UUID(int=8)
LONG = ticket_code(KEY, day=DAY, number=101, generation=1)
SHORT = short_code(KEY, day=DAY, number=101, generation=1)

numbers = st.integers(100, 9999)


def test_the_codes_of_a_ticket_are_made_again_alike() -> None:
    """Fixed values: a reminder after an update must make the same link."""
    assert (LONG, SHORT) == (PINNED_LONG, PINNED_SHORT)


PINNED_LONG = "xvficb6nl6hohzkyysbqukvyis"
PINNED_SHORT = "62QQ1VK9"


@pytest.mark.parametrize(
    ("key", "day", "number", "generation"),
    [(b"another", DAY, 101, 1), (KEY, OTHER_DAY, 101, 1), (KEY, DAY, 102, 1), (KEY, DAY, 101, 2)],
    ids=["key", "day", "number", "generation"],
)
def test_the_codes_change_with_the(key: bytes, day: UUID, number: int, generation: int) -> None:
    assert ticket_code(key, day=day, number=number, generation=generation) != LONG
    assert short_code(key, day=day, number=number, generation=generation) != SHORT


@given(numbers, st.integers(1, 9))
def test_codes_have_their_length_and_alphabet_and_are_read_back(number: int, generation: int) -> None:
    long = ticket_code(KEY, day=DAY, number=number, generation=generation)
    short = short_code(KEY, day=DAY, number=number, generation=generation)
    assert (len(long), len(short)) == (26, 8)
    assert set(long) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert set(short) <= set(CROCKFORD)
    assert read_long_code(long) == long
    assert read_short_code(spell_short_code(short).lower()) == short


def test_1000_tickets_of_a_day_have_1000_codes() -> None:
    made = {ticket_code(KEY, day=DAY, number=number, generation=1) for number in range(100, 1100)}
    short = {short_code(KEY, day=DAY, number=number, generation=1) for number in range(100, 1100)}
    assert (len(made), len(short)) == (1000, 1000)


def test_what_the_database_keeps_is_a_hash_and_the_short_one_holds_the_day() -> None:
    assert code_hash("abc") == hashlib.sha256(b"abc").hexdigest()
    assert short_hash(DAY, "7KQ2M9XD") == hashlib.sha256(f"{DAY}|7KQ2M9XD".encode()).hexdigest()
    assert short_hash(DAY, SHORT) != short_hash(OTHER_DAY, SHORT)


def test_a_short_code_is_printed_in_two_groups_of_four() -> None:
    assert spell_short_code("7KQ2M9XD") == "7KQ2 M9XD"


@pytest.mark.parametrize(
    "typed",
    [
        "7KQ2M9XD",
        "7kq2 m9xd",
        " 7kq2-m9xd\n",
        "7KQ2\u00a0M9XD",
        "7KQ2 – M9XD",
        "\u20667KQ2 M9XD\u2069",
        "٧KQ٢ M٩XD",
        "۷KQ۲ M۹XD",
        "\uff17KQ\uff12M\uff19XD",
    ],
    ids=[
        "plain",
        "small",
        "hyphen",
        "hard space",
        "dash",
        "isolated",
        "Arabic digits",
        "Persian digits",
        "wide digits",
    ],
)
def test_a_short_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read_short_code(typed) == "7KQ2M9XD"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_short_code("oOiI lLuU") == "001111VV"


@pytest.mark.parametrize("typed", ["", "7KQ2M9X", "7KQ2M9XDD", "7KQ2M9X!", "žlutý kůň", "7KQ2M9X/"])
def test_what_cannot_be_a_short_code_is_none(typed: str) -> None:
    assert read_short_code(typed) is None


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        " {}\r\n",
        "https://day.example.org/t/{}",
        "https://day.example.org/t/{}/",
        "https://day.example.org/t/{}?lang=ar",
        "https://day.example.org/t/{}/?lang=ar#stops",
        "/t/{}#stops",
    ],
)
def test_a_long_code_is_read_bare_or_as_a_tickets_address(form: str) -> None:
    assert read_long_code(form.format(LONG)) == LONG
    assert read_long_code(form.format(LONG).upper()) == LONG


@pytest.mark.parametrize(
    "scanned", ["", "https://day.example.org/t/", LONG[:-1], LONG + "a", LONG[:-1] + "1", "4006381333931", "\x00\x1b[A"]
)
def test_rubbish_from_a_scanner_is_none(scanned: str) -> None:
    assert read_long_code(scanned) is None


@given(st.text(max_size=60))
def test_any_text_gives_a_well_formed_code_or_none(text: str) -> None:
    short, long = read_short_code(text), read_long_code(text)
    assert short is None or (len(short) == 8 and set(short) <= set(CROCKFORD))
    assert long is None or (len(long) == 26 and long.isascii() and long.isalnum())
