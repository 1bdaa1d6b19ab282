"""Uploaded logos: what drawing programs write is kept, what acts or reaches out is refused, and phones get little."""

import re
from io import BytesIO

import pytest
from PIL import Image

from onestop.directory.logos import PNG_TYPE, SVG_TYPE, CleanLogo, clean_logo
from onestop.domain.logo import MOST_BYTES, SHOWN_HIGH, SHOWN_WIDE, LogoRefused
from tests.directory.uploads import BOX, HOSTILE, noise, png, svg

ILLUSTRATOR = b"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/" x="0px" y="0px" width="30mm" height="20mm" xml:space="preserve">
<style type="text/css">/* colours */ .st0{fill:#003399;font-family:'Arial'}
  .st0,.st1{stroke:none} #gold{fill:#FFCC00;}</style>
<switch><foreignObject requiredExtensions="http://ns.adobe.com/" width="1" height="1"><i:pgfRef/></foreignObject>
<g i:extraneous="self"><title>Flag</title><path class="st0" d="M0 0h30v20H0z"/>
<g id="star"><path id="gold" class="st0" d="M15 2l1 3"/></g><use xlink:href="#star" x="4" transform="rotate(30)"/></g>
</switch></svg>"""
INKSCAPE = svg(
    '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" pagecolor="#fff"/>'
    "<metadata><about/></metadata><defs>"
    '<linearGradient id="a"><stop offset="0" style="stop-color:#fff;stop-opacity:1"/></linearGradient>'
    '<linearGradient id="b" xlink:href="#a" x1="0" x2="9" gradientUnits="userSpaceOnUse"/>'
    '<linearGradient id="unused"/><clipPath id="c"><rect width="5" height="5"/></clipPath></defs>'
    '<rect id="r" width="9" height="9" style="fill:url(#b);-inkscape-stroke:none;display:inline" clip-path="url(#c)"/>'
)


def refused(content: bytes) -> str:
    """The code of the refusal; empty for a logo that was taken."""
    try:
        clean_logo(content)
    except LogoRefused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_tries_something_is_refused_with_its_sentence(name: str) -> None:
    content, code = HOSTILE[name]
    assert refused(content) == code


def test_what_is_refused_differs_from_what_is_taken_by_one_thing_alone() -> None:
    assert [refused(each) for each in (svg(), svg(f"<a>{BOX}</a>"), svg(f"<style>rect{{fill:red}}</style>{BOX}"))] == [
        ""
    ] * 3


def test_a_flag_of_a_drawing_program_keeps_its_colours_without_styles_and_references() -> None:
    made = clean_logo(ILLUSTRATOR)
    assert made == CleanLogo(
        media_type=SVG_TYPE,
        content=(
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><g><g>'
            b'<path d="M0 0h30v20H0z" fill="#003399" stroke="none" />'
            b'<g><path d="M15 2l1 3" fill="#FFCC00" stroke="none" /></g>'
            b'<g transform="rotate(30) translate(4 0)">'
            b'<g><path d="M15 2l1 3" fill="#FFCC00" stroke="none" /></g></g></g></g></svg>'
        ),
        width=84,
        height=56,
    )


def test_gradients_are_whole_and_clips_stay_with_the_ids_they_are_found_by() -> None:
    assert clean_logo(INKSCAPE).content.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><defs>'
        '<linearGradient id="b" x1="0" x2="9" gradientUnits="userSpaceOnUse">'
        '<stop offset="0" stop-color="#fff" stop-opacity="1" /></linearGradient>'
        '<clipPath id="c"><rect width="5" height="5" /></clipPath></defs>'
        '<rect width="9" height="9" clip-path="url(#c)" fill="url(#b)" display="inline" /></svg>'
    )


def test_cleaning_what_is_clean_changes_nothing() -> None:
    once = clean_logo(ILLUSTRATOR)
    assert clean_logo(once.content).content == once.content


def test_a_long_drawing_is_rounded_until_it_fits() -> None:
    long = svg(f'<path d="M0 0{"l1.123456-.500001" * 600}"/>')
    made = clean_logo(long)
    assert (len(long) > MOST_BYTES, len(made.content) <= MOST_BYTES) == (True, True)
    assert made.content.count(b"l1.123-.5") == 600


def test_a_picture_is_made_small_and_loses_what_stands_beside_it() -> None:
    made = clean_logo(
        png(3000, 1500, Author="Amira", Comment="<script>alert(1)</script>") + b"<script>alert(2)</script>"
    )
    picture = Image.open(BytesIO(made.content))
    assert (made.media_type, made.width, made.height, picture.size, picture.info) == (PNG_TYPE, 112, 56, (336, 168), {})
    assert (len(made.content) <= MOST_BYTES, b"script" in made.content, b"Amira" in made.content) == (
        True,
        False,
        False,
    )
    assert picture.convert("RGBA").getpixel((9, 9)) == (0, 51, 153, 255)


def test_the_busiest_picture_loses_size_and_colours_until_it_fits() -> None:
    made = clean_logo(noise(448, 112))
    assert (len(made.content) <= MOST_BYTES, made.width, made.height) == (True, 224, 56)


def test_every_shape_of_logo_fits_its_box() -> None:
    sizes = [
        clean_logo(svg(root=f'viewBox="0 0 {wide} {high}"')) for wide, high in ((1, 1), (100, 1), (1, 100), (9, 8))
    ]
    assert [(each.width, each.height) for each in sizes] == [(56, 56), (224, 2), (1, 56), (63, 56)]
    assert all(each.width <= SHOWN_WIDE and each.height <= SHOWN_HIGH for each in sizes)


def test_another_picture_has_another_address() -> None:
    digests = [clean_logo(each).digest for each in (svg(), svg(BOX + BOX), svg())]
    assert (digests[0] == digests[2], digests[0] == digests[1]) == (True, False)
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in digests)


@pytest.mark.parametrize(
    "content",
    [svg("<style>" + "a" * 19_000 + "</style>" + BOX), svg("<style>" + "/*" * 9_000 + "</style>" + BOX)],
    ids=["selector", "comments"],
)
def test_no_style_holds_the_server_up(content: bytes) -> None:
    assert refused(content) == "logo_too_rich"
