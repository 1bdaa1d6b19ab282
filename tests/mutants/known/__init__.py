"""The list, by what the mistakes endanger."""

from tests.mutants.known import apart, draws, hall, machines, mail, people, places, referrals, said, screens, walls

MISTAKES = (
    *places.MISTAKES,
    *hall.MISTAKES,
    *machines.MISTAKES,
    *mail.MISTAKES,
    *screens.MISTAKES,
    *people.MISTAKES,
    *walls.MISTAKES,
    *draws.MISTAKES,
    *referrals.MISTAKES,
    *apart.MISTAKES,
    *said.MISTAKES,
)
