"""Own lines: only listed places are filled, once, and nothing in them is code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.own_lines import PLACES, fill_places, wrong_place

VALUES = {place: f"<{place}>" for place in PLACES}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Come at {time} to {venue}.", None),
        ("", None),
        ("100 % of {{time}}", "{"),
        ("{Time}", "{Time}"),
        ("{ time }", "{ time }"),
        ("{time!r}", "{time!r}"),
        ("{time.__class__}", "{time.__class__}"),
        ("{0}", "{0}"),
        ("{}", "{}"),
        ("{name}", "{name}"),
        ("open {", "{"),
        ("close }", "}"),
        ("{time\n}", "{time"),
        ("{{ 7*7 }}", "{"),
        ("{% if x %}", "{% if x %}"),
        ("%(time)s ${time", "{time"),
    ],
)
def test_what_is_no_place_is_named(text: str, wrong: str | None) -> None:
    assert wrong_place(text) == wrong


def test_every_place_is_filled_and_a_value_is_only_text() -> None:
    text = " ".join(f"{{{place}}}" for place in PLACES)

    assert fill_places(text, VALUES) == " ".join(VALUES.values())
    assert fill_places("{venue} {time}", {"venue": "{time} %(x)s {{ 7*7 }}", "time": "09:00"}) == (
        "{time} %(x)s {{ 7*7 }} 09:00"
    )


@given(st.text(alphabet="{}%$() \ntimedavnu0_.!", max_size=40))
def test_a_text_without_a_wrong_place_has_no_brace_left(text: str) -> None:
    filled = fill_places(text, VALUES)

    assert (wrong_place(text) is None) == ("{" not in filled and "}" not in filled)
