"""How her route changes while she is here: steps proposed and answered, air, going home and coming in again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from onestop.domain.visit import StopState, VisitReason, VisitState
from onestop.visits.actions.route import (
    AT_RECEPTION,
    accept_stop,
    come_again,
    come_back,
    decline_stop,
    leave,
    propose_stop,
)
from tests.visits.day_beside import BesideDay


class RouteDay(BesideDay):
    """Verbs of the visitor and of whoever speaks with her about her steps."""

    def propose(self, which: int, service: str, accepted: bool) -> None:
        visit, offered = self.one(which, list(self.rows.visits.values())), self.hall.service(service)
        how = "said_to_officer" if accepted else None
        if self.do(propose_stop, visit.id, offered, accepted_how=how) is not None and accepted:
            self.accepted[visit.party_id].add(self.institution_of(offered))

    def answer(self, which: int, yes: bool) -> None:
        stop = self.one(which, self.stops_in(StopState.PROPOSED, StopState.DECLINED))
        if yes:
            self.do(accept_stop, stop.id, how="phone")
            self.learn_consent()
        else:
            self.do(decline_stop, stop.id)

    def go_for_air(self, which: int, verb: Callable[..., Any]) -> None:
        out = [visit for visit in self.visits_in(VisitState.OPEN) if visit.stepped_out_at is not None]
        visits = out if verb is come_back and out else self.visits_in(VisitState.OPEN)
        self.do(verb, self.one(which, visits).id)

    def go_home(self, which: int) -> None:
        """Not the last ones: a day on which everybody left is over."""
        inside = self.visits_in(VisitState.OPEN)
        self.do(leave, self.one(which, inside if len(inside) > 3 else []).id, reason=VisitReason.OWN_WISH)

    def come_in_again(self, which: int, service: str | None) -> None:
        """Somebody whose visit had ended is at reception again, with what she left or with something more."""
        ended = self.one(which, self.visits_in(VisitState.LEFT, VisitState.COMPLETED))
        if service is None:
            self.do(come_again, ended.id)
        elif self.do(propose_stop, ended.id, self.hall.service(service), accepted_how=AT_RECEPTION) is not None:
            self.accepted[ended.party_id].add(self.institution_of(self.hall.service(service)))

    def learn_consent(self) -> None:
        """Whoever said yes on her phone has seen the institution's name there."""
        for stop in self.rows.stops:
            if stop.consent_how == "phone":
                self.accepted[stop.party_id].add(stop.institution_id)

    def institution_of(self, service: UUID) -> UUID:
        return next(offered.institution.id for offered in self.hall.offer.services if offered.id == service)
