"""What somebody asks for when she books or walks in: accepted services, who comes, how we talk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from onestop.days.queries.offer import DayOffer
from onestop.domain.booking import Interpreter
from onestop.domain.errors import NoServiceChosen, ServiceUnknown
from onestop.domain.party import Member, accompanied, check_party, check_stop_members
from onestop.domain.plan import WantedStop


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A checked request: every stop is one she saw named and accepted."""

    stops: tuple[WantedStop, ...]
    members: tuple[Member, ...]
    languages: tuple[str, ...]
    interpreter: Interpreter
    display_language: str
    answers: tuple[str, ...] = ()
    """What she answered to the questions of her needs, `question:answer`; some papers hang on it."""
    aloud: bool = False
    """Whether boards say her number in her language too."""

    @property
    def together(self) -> dict[UUID, frozenset[int]]:
        """Who goes where."""
        return {stop.service: stop.members for stop in self.stops}

    @property
    def services(self) -> frozenset[UUID]:
        """The services of its stops."""
        return frozenset(stop.service for stop in self.stops)


def make_wish(
    offer: DayOffer,
    *,
    services: Collection[UUID],
    members: Sequence[Member],
    languages: Sequence[str],
    interpreter: Interpreter,
    display_language: str,
    together: Mapping[UUID, Collection[int]] | None = None,
    answers: Sequence[str] = (),
) -> Wish:
    """Check services and party against the day; `together` narrows a service to some member marks.

    Where every adult goes to one desk, the children come along.

    Raises `NoServiceChosen`, `ServiceUnknown`, or a refusal about the party.
    """
    if not services:
        raise NoServiceChosen
    check_party(tuple(members))
    everybody = frozenset(member.mark for member in members)
    stops: list[WantedStop] = []
    for service in dict.fromkeys(services):
        if offer.service(service) is None:
            raise ServiceUnknown
        marks = frozenset((together or {}).get(service, everybody))
        check_stop_members(tuple(members), marks)
        stops.append(WantedStop(service=service, members=accompanied(members, marks)))
    return Wish(
        stops=tuple(stops),
        members=tuple(members),
        languages=tuple(dict.fromkeys(languages)) or (display_language,),
        interpreter=interpreter,
        display_language=display_language,
        answers=tuple(answers),
    )
