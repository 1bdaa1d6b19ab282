"""What a display of a hall can show to the farthest seat, and when it is quiet."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from math import sqrt

MOST_LINES = 5
DISTANCE_PER_CAP = 200
"""A digit is read from 200 times its height, at most: a rule of thumb for signs in halls."""
CAP = 0.7
"""A capital letter or a digit, in parts of the size of its type."""
METRES_PER_INCH = 0.0254
SMALLEST = {5: 5.6, 4: 7.4, 3: 9.6, 2: 13.5, 1: 17.5}
"""For so many lines, their smallest type in hundredths of the height of the screen, as `board.css` has it."""
INCHES, METRES = (10, 120), (1, 60)
"""The least and the most that can be set."""


class Sound(StrEnum):
    """What a display lets hear of a call."""

    SPEECH = "speech"
    CHIME = "chime"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A screen of 16 to 9, and how far the farthest seat is from it."""

    inches: int
    metres: int

    @property
    def height(self) -> float:
        """In metres."""
        return self.inches * METRES_PER_INCH * 9 / sqrt(16**2 + 9**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplaySetup:
    """How one display is set up."""

    desks: tuple[int, ...] = ()
    """Numbers of the desks it shows; none: all of them."""
    screen: Screen | None = None
    sound: Sound = Sound.SPEECH
    volume: int = 100
    dark: bool = False


def lines_for(screen: Screen | None) -> int:
    """The most lines, up to five, whose smallest type the farthest seat can read; one where none can be read."""
    if screen is None:
        return MOST_LINES
    return next((lines for lines in sorted(SMALLEST, reverse=True) if _read_from(screen, lines) >= screen.metres), 1)


def lines_beside_a_band(lines: int) -> int:
    """How many of so many lines stay where a sentence stands above them."""
    return max(1, lines - 2 if lines > 3 else lines - 1)


def is_readable(screen: Screen) -> bool:
    """Whether the farthest seat can read even the largest type."""
    return _read_from(screen, 1) >= screen.metres


def reach_of(screen: Screen) -> int:
    """From how many whole metres the largest type can be read."""
    return int(_read_from(screen, 1))


def is_quiet(now: time, *, begins: time | None, ends: time | None) -> bool:
    """Whether it is quiet at a local time; the hours may go over midnight, and the end is loud again."""
    if begins is None or ends is None:
        return False
    if begins <= ends:
        return begins <= now < ends
    return now >= begins or now < ends


def _read_from(screen: Screen, lines: int) -> float:
    return SMALLEST[lines] / 100 * screen.height * CAP * DISTANCE_PER_CAP
