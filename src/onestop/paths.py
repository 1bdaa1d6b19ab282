"""Where the files beside the code are: packaged in a wheel, or at the top of a checkout."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_PACKAGED = _PACKAGE / "_resources"
_CHECKOUT = _PACKAGE.parent.parent


class ResourceMissing(RuntimeError):
    """The installation is broken: a folder that ships with the program is not there."""


@cache
def resource_dir(name: str) -> Path:
    """The folder `name` (`templates`, `static`, `kiosk`), from the wheel if it is installed, else from the checkout."""
    for folder in (_PACKAGED / name, _CHECKOUT / name):
        if folder.is_dir():
            return folder
    raise ResourceMissing(f"the folder {name!r} is missing from this installation")


def is_checkout() -> bool:
    """Whether the program runs from a checkout, where a template may change while it runs."""
    return not _PACKAGED.is_dir()
