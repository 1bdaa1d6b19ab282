"""What may stay of a drawing, and how long lines are written shorter without moving."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.logo import (
    LogoActive,
    LogoReachesOut,
    LogoTooRich,
    LogoWithoutSize,
    decimals_for,
    declarations,
    kept_attribute,
    shorter_number,
    shorter_path,
    size_of,
    style_rules,
)

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@given(st.lists(st.floats(min_value=-9999, max_value=9999), min_size=2, max_size=30), st.integers(0, 4))
def test_a_shorter_path_has_the_same_numbers_nearly(numbers: list[float], decimals: int) -> None:
    path = "M" + "".join(f"{number:+.9f}" for number in numbers) + "z"
    made = shorter_path(path, decimals)
    read = [float(each) for each in NUMBER.findall(made)]
    assert len(read) == len(numbers)
    assert all(abs(one - other) <= 0.51 * 10**-decimals for one, other in zip(read, numbers, strict=True))


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("M10.04.52L-0.001 1e1", "M10 .5L0 10"),
        ("m1.26.26,3-4z", "m1.3 .3 3-4z"),
        ("M0 0a1 1 0 01.55.55", "M0 0a1 1 0 01.55.55"),
        ("M-0.96 100.00", "M-1 100"),
    ],
)
def test_paths_are_shortened_with_the_gaps_they_need(path: str, made: str) -> None:
    assert shorter_path(path, 1) == made


def test_numbers_lose_what_says_nothing() -> None:
    told = [shorter_number(each, 2) for each in ("0.50", "-0.5", "-0.001", "100", "0", "12.30")]
    assert told == [".5", "-.5", "0", "100", "0", "12.3"]


def test_as_many_decimals_stay_as_a_phone_could_show() -> None:
    assert [decimals_for(size, 1) for size in (9, 24, 100, 1000, 99_999)] == [4, 3, 2, 1, 0]


def test_an_attribute_stays_as_it_is_or_goes() -> None:
    asked = {
        "fill": "#fff",
        "d": "M0 0",
        "clip-path": "url(#a)",
        "style": "x",
        "class": "y",
        "fill-rule": "a;b",
        "filter": "none",
    }
    assert {name: kept_attribute(name, value) for name, value in asked.items()} == {
        "fill": "#fff",
        "d": "M0 0",
        "clip-path": "url(#a)",
        "style": None,
        "class": None,
        "fill-rule": None,
        "filter": None,
    }
    for name, value, wrong in (("fill", "url(x.svg#a)", LogoReachesOut), ("filter", "url(#a)", LogoTooRich)):
        with pytest.raises(wrong):
            kept_attribute(name, value)


def test_a_style_is_read_as_rules_or_not_at_all() -> None:
    assert list(style_rules("/* x */ .a, g {fill: #039; font: 1px x} #b{}")) == [
        (".a", {"fill": "#039"}),
        ("g", {"fill": "#039"}),
        ("#b", {}),
    ]
    for text, wrong in (
        ("@IMPORT 'x';", LogoReachesOut),
        (".a .b{fill:red}", LogoTooRich),
        (".a{fill:red", LogoTooRich),
        ("@media print{.a{fill:red}}", LogoTooRich),
        (".a{fill:url(x)}", LogoReachesOut),
        (".a{fill:expression(1)}", LogoActive),
        (".a{mask:url(#b)}", LogoTooRich),
    ):
        with pytest.raises(wrong):
            list(style_rules(text))
    assert declarations("fill:red !important;;mask:none") == {"fill": "red"}


def test_a_drawing_has_the_size_it_tells() -> None:
    assert [size_of("0 0 20,10", "", ""), size_of("", "30mm", " 20mm")] == [(0, 0, 20, 10), (0, 0, 30, 20)]
    for told in (("", "", ""), ("", "100%", "100%"), ("0 0 0 9", "", ""), ("0 0 1e999 9", "", ""), ("", "x", "9")):
        with pytest.raises(LogoWithoutSize):
            size_of(*told)
