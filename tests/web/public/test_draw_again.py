"""The script of docs/draw.md computes a real draw again from what is public, and notices every change of it."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from onestop.booking.actions.waiting import leave_list
from onestop.booking.drawing import run_draw
from tests.web.public.test_draw import ask_at_the_counter, draw_of, open_draw, run
from tests.web.site import Site

DOCUMENT = Path(__file__).parents[3] / "docs" / "draw.md"
RIGHT = "commitment: right\nlist: right\norder: right\nresult: right\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The only Python in the document."""
    return copied(tmp_path)


def copied(folder: Path) -> Path:
    """The script of the document in a folder, as somebody would copy it."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    path = folder / "again.py"
    path.write_text(code, encoding="utf-8")
    return path


def computed(script: Path, text: str) -> tuple[int, str]:
    """What the script says of a text; it runs alone, without the project."""
    told = script.with_name("draw.txt")
    told.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", script, told], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout


async def compute(script: Path, text: str) -> tuple[int, str]:
    """The same beside a running application."""
    return await asyncio.to_thread(computed, script, text)


async def drawn_text(site: Site, requests: int) -> str:
    open_draw(site)
    asked = [ask_at_the_counter(site) for _ in range(requests)]
    site.set_time(draw_of(site).closes_at)
    run_draw(site.database, site.hall.id, key=site.app.state.ticket_key, steps=1)
    if asked:
        site.hall.write(leave_list, asked[0].party)
    run(site)
    return (await site.browser().get(f"/d/{site.hall.day.slug}/draw.txt")).text


@pytest.mark.parametrize("requests", [0, 1, 30])
async def test_the_script_of_the_document_computes_the_draw_again(site: Site, script: Path, requests: int) -> None:
    text = await drawn_text(site, requests)
    assert await compute(script, text) == (0, RIGHT)
    assert text.count("withdrawn") == min(1, requests)


async def test_it_notices_a_list_that_somebody_changed(site: Site, script: Path) -> None:
    text = await drawn_text(site, 6)
    head, _, body = text.partition("\n\n")
    lines = body.splitlines()
    swapped = [lines[1].replace("2 ", "1 ", 1), lines[0].replace("1 ", "2 ", 1), *lines[2:]]
    other = [lines[0].replace(lines[0].split()[1], "0f8fad5b-d9cb-469f-a165-70867728950e"), *lines[1:]]
    first = head.split("seed: ")[1][0]
    seed = head.replace(f"seed: {first}", f"seed: {'0' if first != '0' else '1'}")
    cases = {
        "two places swapped": (head, swapped, {"order", "result"}),
        "another request in the list": (head, other, {"list", "result"}),
        "one left out": (head, lines[:-1], {"list", "result"}),
        "one twice": (head, [*lines, lines[-1].replace("6 ", "7 ", 1)], {"list", "result"}),
        "an outcome changed": (head, [lines[0].replace("drawn", "listed"), *lines[1:]], {"result"}),
        "another seed": (seed, lines, {"commitment"}),
    }
    for what, (top, rows, wrong) in cases.items():
        code, said = await compute(script, f"{top}\n\n" + "".join(f"{line}\n" for line in rows))
        told = {line.split(":")[0] for line in said.splitlines() if line.endswith("WRONG")}
        assert (code, wrong <= told) == (1, True), (what, said)
