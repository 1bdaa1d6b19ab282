"""Who comes to the demo day: an invented list of parties, the same for the same seed."""

import random
from dataclasses import dataclass, field
from enum import StrEnum

SEED = 20


class Way(StrEnum):
    """How a party behaves."""

    BOOKED = "booked"
    EARLY = "early"
    LATE = "late"
    LOST = "lost"  # does not hear the first call
    ABSENT = "absent"  # booked and never comes
    CANCELS = "cancels"
    WALKS_IN = "walks in"
    GONE = "gone"  # takes a ticket and goes home without telling
    STEPS_OUT = "leaves early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One party: what it accepts, who comes, how it talks, how it behaves. `shift` are minutes after its time."""

    services: tuple[str, ...]
    way: Way
    language: str = "en"
    interpreter: str = "none"
    members: tuple[bool, ...] = (False,)  # True: a child
    shift: int = 0
    note: str = field(default="", compare=False)


def guests(services: list[str], seed: int = SEED) -> list[Guest]:
    """The invited cases of a day, then a mixed crowd; services are those the day offers."""
    rng = random.Random(seed)  # noqa: S311 (an invented crowd, no secret)
    wanted = [
        Guest(services=("legal", "residence"), way=Way.BOOKED, language="uk", interpreter="needed"),
        Guest(
            services=("legal",), way=Way.BOOKED, language="ar", interpreter="needed", note="took the police line off"
        ),
        Guest(
            services=("social", "labour", "employment-office"),
            way=Way.BOOKED,
            language="ru",
            members=(False, False, True, True),
            note="a family",
        ),
        Guest(
            services=("labour", "employment-office"),
            way=Way.BOOKED,
            language="vi",
            interpreter="needed",
            note="nobody interprets",
        ),
        Guest(services=("legal", "health-insurance"), way=Way.EARLY, language="en", shift=-20),
        Guest(services=("social", "health-insurance"), way=Way.LATE, language="es", interpreter="needed", shift=9),
        Guest(services=("labour", "social"), way=Way.LATE, language="sk", shift=25),
        Guest(services=("legal", "residence"), way=Way.LOST, language="en"),
        Guest(services=("employment-office",), way=Way.ABSENT, language="uk", interpreter="own"),
        Guest(services=("social",), way=Way.CANCELS, language="en"),
        Guest(services=("labour", "employment-office"), way=Way.WALKS_IN, language="uk", shift=40),
        Guest(services=("health-insurance", "social"), way=Way.WALKS_IN, language="ar", interpreter="needed", shift=75),
        Guest(services=("legal", "labour"), way=Way.GONE, language="en", shift=100),
        Guest(services=("social", "employment-office"), way=Way.STEPS_OUT, language="sr-Latn", shift=130),
    ]
    languages = ["en", "uk", "es", "ar", "ru", "sk"]
    for nth in range(10):
        chosen = tuple(rng.sample(services, k=rng.choice((2, 2, 3))))
        walks = nth % 3 == 0
        language = rng.choice(languages)
        wanted.append(
            Guest(
                services=chosen,
                way=Way.WALKS_IN if walks else Way.BOOKED,
                language=language,
                interpreter="needed" if language in ("ar", "uk", "es") and rng.random() < 0.5 else "none",
                members=(False, True) if rng.random() < 0.2 else (False,),
                shift=rng.randrange(10, 200) if walks else rng.randrange(-8, 6),
            )
        )
    offered = set(services)
    return [guest for guest in wanted if set(guest.services) <= offered]
