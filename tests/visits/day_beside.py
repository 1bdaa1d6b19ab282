"""What happens beside the steps of a visit: tickets apart, referrals, notes, calls for help, who is which mediator."""

from uuid import UUID

from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.visit import AT_DESK, VisitState
from onestop.referrals.actions import Where, refer
from onestop.reports.violations import Row
from onestop.visits.actions.alarms import ask_as_visitor
from onestop.visits.actions.apart import split_off, talk_alone
from onestop.visits.actions.calls import call_next
from onestop.visits.actions.coming import change_coming
from onestop.visits.actions.mediators import be_mediator, be_no_mediator, leave_talk
from onestop.visits.actions.notes import write_note
from tests.halls import KEY
from tests.visits.images import image_of
from tests.visits.watched_day import WatchedDay

some = st.integers(0, 10_000)
"""Which of the things at hand is meant; taken modulo how many there are."""
APART = ("next", "later", "own", "here", "here")


class BesideDay(WatchedDay):
    """Verbs whose rows no act keeps, and those that make a second visit."""

    accounts: list[UUID]

    def something_beside(self, which: int, verb: str) -> None:
        """What no act keeps and no undo may lose: who is which mediator, a note, a call for help."""
        mediator, visits = self.one(which, self.mediators), list(self.rows.visits)
        match verb:
            case "be":
                self.do(be_mediator, self.hall.id, mediator, account=self.one(which // 2, self.accounts))
            case "be none":
                self.do(be_no_mediator, self.hall.id, mediator)
            case "leave talk":
                stop = self.one(which, [stop for stop in self.stops_in(*AT_DESK) if stop.mediator_id is not None])
                self.do(leave_talk, stop.mediator_id, stop_id=stop.id)
            case "note":
                self.do(write_note, self.one(which, self.rows.stops).id, text="A note.")
            case _:
                self.do(ask_as_visitor, self.one(which, visits))

    def come_otherwise(self, which: int, stay: set[int], children: int, tongue: str) -> None:
        """Others came than were written down, or they speak something else."""
        visit = self.one(which, [each for each in self.rows.visits.values() if each.state == VisitState.OPEN])
        said = {"languages": [tongue], "interpreter": list(Interpreter)[which % 3]}
        self.do(change_coming, visit.id, stay=stay, adults=which % 2, children=children, **said)

    def send_elsewhere(self, which: int, service: str) -> None:
        """A referral; it is kept by itself when she is served there, and no longer when that is taken back."""
        offered = next(each for each in self.hall.offer.services if each.id == self.hall.service(service))
        where = Where(institution=offered.institution.id, service=offered.id)
        stop = self.one(which, self.stops_in(*AT_DESK)).id
        self.do(refer, stop, where, reason="go-on", by_on=None, said_yes=True)

    def several_at_desks(self) -> list[Row]:
        """Stops at a desk with more than one person."""
        going = [link.stop_id for link in self.rows.stop_members]
        return [stop for stop in self.stops_in(*AT_DESK) if going.count(stop.id) > 1]

    def go_apart(self, which: int, mark: int, how: str) -> None:
        """One of several at a desk gets a ticket of her own, with all that was waited."""
        if not self.several_at_desks():
            for desk in self.hall.desks.values():
                self.do(call_next, desk.id)
        stop = self.one(which, self.several_at_desks() or self.stops_in(*AT_DESK))
        others, had = set(self.rows.visits), self.seniorities()[stop.visit_id]
        first = image_of(self.rows, stop.visit_id)
        if how in {"next", "later"}:
            given = self.do(talk_alone, stop.id, mark=mark, soon=how == "next", key=KEY)
            assert image_of(self.rows, stop.visit_id) == first
        else:
            given = self.do(split_off, stop.id, mark=mark, here=how == "here", key=KEY)
        new = [visit for visit in self.rows.visits.values() if visit.id not in others]
        if given is None:
            assert new == []
        for visit in new:
            assert self.seniorities()[visit.id] >= had
            self.inside.add(visit.id)
            self.numbers.append(self.rows.parties[visit.party_id].number)
            self.accepted[visit.party_id] = set(self.accepted[stop.party_id])
