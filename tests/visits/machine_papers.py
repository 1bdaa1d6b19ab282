"""A machine with leased numbers and the papers it prints, for tests of what it hands in."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from onestop.booking.tickets import LeasedNumber, lease_numbers
from onestop.booking.wish import Wish
from onestop.clock import real_now
from onestop.devices.actions import create_device, pair_device
from onestop.domain.roles import SYSTEM, Role
from onestop.visits.actions.merging import Merged, Paper, merge_ticket
from tests.halls import KEY, TestDay


@dataclass(slots=True)
class Machine:
    """A paired kiosk; it counts what it prints."""

    hall: TestDay
    device: UUID
    numbers: dict[int, LeasedNumber] = field(default_factory=dict)
    counter: int = 0

    def lease(self) -> list[int]:
        leased = self.hall.db.write_now(
            lambda conn: lease_numbers(conn, day=self.hall.id, device=self.device, key=KEY, now=self.hall.now),
            day=self.hall.id,
        )
        self.numbers |= {each.number: each for each in leased.tickets}
        self.counter = max(self.counter, leased.counter - 1)
        return [each.number for each in leased.tickets]

    def paper(self, number: int, *, issued_at: datetime | None = None, nonce: str | None = None) -> Paper:
        """The next paper out of the machine."""
        self.counter += 1
        return Paper(
            nonce=nonce or uuid4().hex,
            number=number,
            counter=self.counter,
            issued_at=issued_at or self.hall.now,
            device=self.device,
        )

    def hand_in(self, paper: Paper, wish: Wish | None, *, whole: bool = True) -> Merged:
        return self.hall.write(merge_ticket, self.hall.id, wish, paper, key=KEY, how="kiosk", whole=whole)


def machine_of(hall: TestDay, name: str = "Lobby") -> Machine:
    """A paired kiosk of the day with fifty numbers."""
    real = real_now()
    made = hall.db.write_now(create_device, kind=Role.KIOSK, name=name, day_id=hall.id, actor=SYSTEM, real=real)
    hall.db.write_now(pair_device, made.code, real=real)
    machine = Machine(hall=hall, device=made.device)
    machine.lease()
    return machine
