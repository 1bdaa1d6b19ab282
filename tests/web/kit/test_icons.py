"""Pictograms and QR codes as inline SVG."""

import re
import shutil
import subprocess
from pathlib import Path

import png
import pytest

from onestop.web.kit.icons import QR_MARGIN, icon, qr

ADDRESS = "https://onestop.example/t/abcdefghijklmnopqrstuvwxyz"


def test_a_pictogram_is_hidden_from_screen_readers_and_takes_the_texts_colour():
    assert str(icon("check")) == (
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        '<path d="M20 6 9 17l-5-5"/></svg>'
    )


def test_a_pictogram_that_points_along_the_text_says_so_for_the_style_to_mirror():
    assert [str(icon(name))[:25] for name in ("chevron-right", "x")] == [
        '<svg class="icon points" ',
        '<svg class="icon" viewBox',
    ]


def test_an_unknown_pictogram_is_an_error():
    with pytest.raises(LookupError):
        icon("no-such-picture")


def test_a_qr_code_is_named_and_black_on_white_in_every_scheme():
    drawn = str(qr("x", 'Your "code"'))

    assert (
        'role="img" aria-label="Your &#34;code&#34;"' in drawn,
        'fill="#fff"' in drawn,
        'stroke="#000"' in drawn,
    ) == (
        True,
        True,
        True,
    )


def test_a_qr_code_has_its_margin_of_four_modules():
    size = int(re.findall(r'viewBox="0 0 (\d+)', str(qr(ADDRESS)))[0])
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)\.5h(\d+)", str(qr(ADDRESS)))]

    assert QR_MARGIN == 4
    assert min(x for x, _, _ in runs) == min(y for _, y, _ in runs) == 4
    assert max(x + length for x, _, length in runs) == max(y for _, y, _ in runs) + 1 == size - 4


@pytest.mark.parametrize("text", [ADDRESS, "7KQ2M9XD", "https://onestop.example/t/" + "z" * 200])
def test_a_scanner_reads_what_was_written(text: str, tmp_path: Path):
    assert shutil.which("zbarimg"), "tests/machine.sh installs zbar-tools"
    size = int(re.findall(r'viewBox="0 0 (\d+)', str(qr(text)))[0])
    scale = 4
    pixels = [[255] * (size * scale) for _ in range(size * scale)]
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", str(qr(text))):
        for row in range(int(y) * scale, (int(y) + 1) * scale):
            for column in range(int(x) * scale, (int(x) + int(length)) * scale):
                pixels[row][column] = 0
    picture = tmp_path / "qr.png"
    png.from_array(pixels, "L").save(picture)

    read = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, check=True, text=True)

    assert read.stdout.strip() == text
