"""The code of a day pass: short enough to be typed on a laptop that scans nothing, long enough not to be guessed.

12 characters of Crockford's alphabet (60 bits; Crockford 2002, "Base 32"), for one desk and one day, and every try
is counted by the limits of the door.
"""

from onestop.domain.ticket import CROCKFORD, fold_crockford, last_of_address

LENGTH = 12


def read_pass_code(text: str) -> str:
    """A pass as it is typed, or as the last part of its address, in the one form its hash is made of.

    What cannot be a code of ours is given back as it came, without the address around it.
    """
    bare = last_of_address(text)
    folded = fold_crockford(bare)
    return folded if len(folded) == LENGTH and all(char in CROCKFORD for char in folded) else bare


def spell_pass_code(code: str) -> str:
    """Three groups of four, as printed: `7KQ2 M9XD 4TRW`."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
