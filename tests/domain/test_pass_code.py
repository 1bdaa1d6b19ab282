"""What people type of a day pass."""

from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.pass_code import LENGTH, read_pass_code, spell_pass_code
from onestop.domain.ticket import CROCKFORD


@given(st.text(CROCKFORD, min_size=LENGTH, max_size=LENGTH))
def test_a_code_is_read_as_it_is_printed(code: str) -> None:
    assert read_pass_code(spell_pass_code(code)) == code
    assert read_pass_code(f"example.org/pass/{code.lower()}/?x=1#y") == code


@given(st.text())
def test_of_whatever_is_typed_one_part_of_an_address_is_left(text: str) -> None:
    assert not set(read_pass_code(text)) & set("/?#")


def test_a_long_token_of_before_is_not_touched() -> None:
    token = "dlcrXKLuKFoG-6fAbrsLr13CrY5_AREehcUBgCibMEE"

    assert read_pass_code(token) == token
