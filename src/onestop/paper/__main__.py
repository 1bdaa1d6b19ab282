"""`python -m onestop.paper Pack`: what is to be drawn as JSON on standard input, its PDF on standard output."""

import os
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from onestop.paper.drawing import draw
from onestop.paper.guide_drawing import draw_guide
from onestop.paper.guides import Guide
from onestop.paper.poster_drawing import draw_posters
from onestop.paper.posters import Posters
from onestop.paper.report_drawing import draw_report
from onestop.paper.reports import Report
from onestop.paper.rota import Rota
from onestop.paper.rota_drawing import draw_rota
from onestop.paper.sheets import Pack

KINDS: dict[str, tuple[type[Any], Callable[[Any], bytes]]] = {
    "Pack": (Pack, draw),
    "Posters": (Posters, draw_posters),
    "Guide": (Guide, draw_guide),
    "Report": (Report, draw_report),
    "Rota": (Rota, draw_rota),
}


def main() -> None:
    """Draw one thing, after whoever the server serves."""
    if hasattr(os, "nice"):
        os.nice(10)
    kind, drawn_by = KINDS[sys.argv[1]]
    sys.stdout.buffer.write(drawn_by(msgspec.json.decode(sys.stdin.buffer.read(), type=kind)))


if __name__ == "__main__":
    main()
