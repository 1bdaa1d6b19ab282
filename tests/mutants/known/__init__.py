"""The list, by what the mistakes endanger."""

from tests.mutants.known import draws, hall, mail, people, places, referrals, screens, walls

MISTAKES = (
    *places.MISTAKES,
    *hall.MISTAKES,
    *mail.MISTAKES,
    *screens.MISTAKES,
    *people.MISTAKES,
    *walls.MISTAKES,
    *draws.MISTAKES,
    *referrals.MISTAKES,
)
