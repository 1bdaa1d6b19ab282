"""`python -m onestop.paper`: a pack as JSON on standard input, its PDF on standard output."""

import os
import sys

import msgspec

from onestop.paper.drawing import draw
from onestop.paper.sheets import Pack


def main() -> None:
    """Draw one pack, after whoever the server serves."""
    if hasattr(os, "nice"):
        os.nice(10)
    sys.stdout.buffer.write(draw(msgspec.json.decode(sys.stdin.buffer.read(), type=Pack)))


if __name__ == "__main__":
    main()
