"""The back-off of sign-in names nobody has: they answer like existing ones, so that guessing tells nothing."""

from collections import OrderedDict
from datetime import datetime

from onestop.accounts.actions import wait_after
from onestop.domain.errors import TooManyTries

MOST = 10_000


class Strangers:
    """Wrong tries of unknown names, in memory; the oldest are forgotten."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def check(self, login: str, real: datetime) -> None:
        """Raise `TooManyTries` while an unknown name waits."""
        _, wait_until = self._tries.get(login, (0, real))
        if real < wait_until:
            raise TooManyTries

    def failed(self, login: str, real: datetime) -> None:
        """Count one wrong try of an unknown name."""
        count = self._tries.get(login, (0, real))[0] + 1
        self._tries[login] = (count, real + wait_after(count))
        self._tries.move_to_end(login)
        if len(self._tries) > MOST:
            self._tries.popitem(last=False)
