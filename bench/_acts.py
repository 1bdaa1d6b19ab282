"""What programs and browsers ask of a running day, as short verbs without arguments that go on for ever."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bench._hall import BOOKED, WISHES, Hall, fill, make_hall
from bench._http import Program
from onestop.db.session import Database
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE

WAITING = 200
CALLED_TOGETHER = 8
"""One call for each desk, then one end for each."""


@dataclass(slots=True)
class Acts:
    """Two days: at the door of one people book and arrive; in the hall of the other 200 wait and are called."""

    hall: Hall
    door: Hall
    arrivals: list[str]
    tickets: list[str]
    program: Program = field(init=False)
    _numbers: Any = field(default_factory=lambda: count(1))
    _booked: deque[str] = field(default_factory=deque[str])
    _called: deque[tuple[Any, str]] = field(default_factory=deque[tuple[Any, str]])

    def all(self) -> dict[str, tuple[Callable[[], object], int]]:
        """Every act with how often it is done in a round; call-next and finish come in turns."""
        return {
            "booking": (self.book, 8),
            "check-in": (self.check_in, 8),
            "walk-in": (self.walk_in, 8),
            "call-next": (self.call_next, CALLED_TOGETHER),
            "finish": (self.finish, CALLED_TOGETHER),
            "board": (self.board, 8),
            "desk now": (self.desk_now, 8),
            "desk next": (self.desk_next, 8),
            "desk mine": (self.desk_mine, 8),
            "ticket": (self.ticket, 8),
            "arrival search": (self.search, 8),
        }

    def book(self) -> None:
        """A stranger books two services with a mediator, with name and address."""
        nth = next(self._numbers)
        answer = self.program.post(f"/days/{self.door.day.slug}/bookings", booking(self.arrivals, nth))
        self._booked.append(answer["code"])

    def check_in(self) -> None:
        """Somebody who booked shows her code at the ticket machine."""
        body = {"code": self._booked.popleft()}
        self.program.post(f"/days/{self.door.day.slug}/check-ins", body, token=self.door.kiosk, expect=200)

    def walk_in(self) -> None:
        """A ticket without an appointment for two services, in the full hall."""
        body = {"services": WISHES[next(self._numbers) % len(WISHES)], "languages": ["en", "sk"]}
        answer = self.program.post(f"/days/{self.hall.day.slug}/visits", body, token=self.hall.kiosk)
        self.tickets.append(answer["code"])
        del self.tickets[0]

    def call_next(self) -> None:
        """An officer presses Next."""
        desk = self.hall.desks[next(self._numbers) % len(self.hall.desks)].id
        token = self.hall.officers[desk]
        called = self.program.post(f"/desks/{desk}/calls", token=token)
        self._called.append((called["stop"], token))

    def finish(self) -> None:
        """She ends the conversation."""
        stop, token = self._called.popleft()
        self.program.post(f"/stops/{stop}/finish", token=token, expect=200)

    def board(self) -> None:
        """The board fetches its lines."""
        self.program.get(f"/display/{self.hall.day.slug}/calls?after=0", Cookie=f"{DEVICE_COOKIE}={self.hall.display}")

    def desk_now(self) -> None:
        """A desk fetches who is there."""
        self._desk("now")

    def desk_next(self) -> None:
        """A desk fetches who comes next and why."""
        self._desk("next")

    def desk_mine(self) -> None:
        """A desk fetches what was done here."""
        self._desk("mine")

    def ticket(self) -> None:
        """A visitor's phone fetches its ticket."""
        code = self.tickets[next(self._numbers) * 7 % len(self.tickets)]
        self.program.get(f"/t/{code}", HX_Request="true")

    def search(self) -> None:
        """Somebody looks for a time for two services with a mediator."""
        self.program.get(
            f"/api/v1/days/{self.door.day.slug}/arrivals?services={','.join(BOOKED)}&languages=uk&interpreter=needed"
        )

    def _desk(self, part: str) -> None:
        desk = self.hall.desks[next(self._numbers) % len(self.hall.desks)].id
        cookie = f"{SESSION_COOKIE}={self.hall.sessions[desk]}"
        self.program.get(f"/desks/{desk}/{part}", Cookie=cookie, HX_Request="true")


def booking(arrivals: list[str], nth: int) -> dict[str, Any]:
    """The body of a booking: a legal question and the police, a mediator for Ukrainian."""
    return {
        "services": list(BOOKED),
        "arrival": arrivals[nth % len(arrivals)],
        "languages": ["uk"],
        "interpreter": "needed",
        "display_language": "uk",
        "name": "Amal",
        "contact": f"amal{nth}@visitors.example",
    }


def prepare(db: Database, key: bytes, *, waiting: int = WAITING) -> Acts:
    """Both days in the database, before the server starts."""
    hall, door = make_hall(db, "hall"), make_hall(db, "door")
    tickets = [code for _, code in fill(db, hall, key, waiting=waiting)]
    later = [at.isoformat() for at in door.free_arrivals(db)]
    return Acts(hall=hall, door=door, arrivals=later, tickets=tickets)


def turns(acts: Acts) -> list[tuple[str, Callable[[], object], int]]:
    """One round, in an order in which everybody is there when she is needed: a desk is looked at while it is busy."""
    every = acts.all()
    order = ("booking", "check-in", "walk-in", "call-next", "desk now", "finish", "call-next", "finish")
    rest = [name for name in every if name not in order]
    return [(name, *every[name]) for name in (*order, *rest)]
