"""The figures of a day recomputed from its ledger, in plain code that shares nothing with `reports/statistics.py`.

The ledger names visits and steps by id only. Which service a step is for, which languages a ticket has and how many
come on it never changes here; these labels are handed in.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
_BEGAN_WITH = {"finish": "StopFinished", "no_show": "StopNotHere"}


@dataclass(frozen=True)
class StepLabel:
    visit: UUID
    service: str
    institution: str
    people: frozenset[UUID]


@dataclass(frozen=True)
class VisitLabel:
    language: str
    people: int


@dataclass
class Group:
    visits: set[UUID] = field(default_factory=set)
    people: int = 0
    heads: set[UUID] = field(default_factory=set)
    talks: int = 0
    waits: list[float] = field(default_factory=list)
    ways: list[float] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    no_shows: int = 0
    unserved: int = 0
    papers: int = 0
    needed: int = 0
    there: int = 0


@dataclass
class Told:
    """What the facts say."""

    everybody: Group
    services: dict[tuple[str, str], Group]
    institutions: dict[str, Group]
    languages: dict[str, Group]
    hours: dict[str, Group]
    endings: Counter[tuple[str, str]]
    unmet: Counter[str]
    turned_away: Counter[str]
    answered: int
    booked: tuple[int, int, int, int]
    referred: tuple[int, int]
    inside: list[float]


def tell(facts: Sequence[Any], steps: dict[UUID, StepLabel], visits: dict[UUID, VisitLabel], zone: str) -> Told:
    lines = without_what_was_undone(facts)
    came = {
        fact.visit_id: fact.at - timedelta(seconds=fact.terms.get("ago_seconds", 0))
        for fact in lines
        if fact.kind in ("VisitorCheckedIn", "WalkInIssued")
    }
    on_paper = {fact.stop_id for fact in lines if fact.kind == "StopFinished" and fact.terms.get("paper")}
    ended = {
        fact.visit_id: (fact.terms["state"], fact.terms["reason"], fact.at)
        for fact in lines
        if fact.kind == "VisitEnded"
    }
    finished = {fact.stop_id: fact for fact in lines if fact.kind == "StopFinished"}
    refused = {fact.stop_id for fact in lines if fact.kind in ("StopDropped", "StopDeclined")}
    missed = {fact.stop_id for fact in lines if fact.kind == "StopNotHere" and fact.terms["count"] >= 3}

    all_, by = Group(), defaultdict[tuple[str, Any], Group](Group)

    def groups(stop: UUID) -> list[Group]:
        label = steps[stop]
        at = f"{came[label.visit].astimezone(ZoneInfo(zone)):%H}"
        return [
            all_,
            by["service", (label.service, label.institution)],
            by["institution", label.institution],
            by["language", visits[label.visit].language],
            by["hour", at],
        ]

    def note(stop: UUID, change: Callable[[Group], None]) -> None:
        for group in groups(stop):
            change(group)

    for visit, at in came.items():
        label = visits[visit]
        for group in (all_, by["language", label.language], by["hour", f"{at.astimezone(ZoneInfo(zone)):%H}"]):
            group.visits.add(visit)
            group.people += label.people
    for stop in steps:
        groups(stop)  # a step that nobody was served at has its line too
    seniority: dict[UUID, float] = {}
    called: dict[UUID, Any] = {}
    mediated: dict[UUID, bool] = {}
    begun_at: dict[UUID, datetime] = {}
    unmet: Counter[str] = Counter()
    for fact in lines:
        stop = fact.stop_id
        match fact.kind:
            case "StopCalled":
                called[stop] = fact
            case "StopServed":
                begun_at[stop] = fact.at
                call, visit = called[stop], steps[stop].visit
                before = seniority.get(visit, 0.0)
                wait, way = call.terms["waited"] - before, (fact.at - call.at) / MINUTE
                assert int(way * 60) == fact.terms["way_seconds"] or abs(way * 60 - fact.terms["way_seconds"]) < 1
                seniority[visit] = call.terms["waited"] + int(way)
                if stop in on_paper:
                    continue
                note(stop, lambda group, wait=wait: group.waits.append(max(0.0, wait)))
                note(stop, lambda group, way=way: group.ways.append(way))
                if call.terms["mediator"] or call.terms["no_interpreter"]:
                    mediated[stop] = call.terms["mediator"]
            case "StopNotHere" if not fact.terms.get("paper"):
                note(stop, lambda group: setattr(group, "no_shows", group.no_shows + 1))
            case _:
                pass
    for stop, there in mediated.items():
        note(stop, lambda group: setattr(group, "needed", group.needed + 1))
        note(stop, lambda group, there=there: setattr(group, "there", group.there + there))
    for stop, fact in finished.items():
        label = steps[stop]
        note(stop, lambda group: setattr(group, "talks", group.talks + 1))
        for group in (by["service", (label.service, label.institution)], by["institution", label.institution]):
            group.visits.add(label.visit)
            group.heads |= label.people
        if fact.terms["outcome"] == "papers_missing":
            note(stop, lambda group: setattr(group, "papers", group.papers + 1))
        if fact.terms["outcome"] == "not_possible":
            unmet["not_possible"] += 1
        if stop in begun_at and not fact.terms.get("paper") and fact.at > begun_at[stop]:
            length = (fact.at - begun_at[stop]) / MINUTE
            note(stop, lambda group, length=length: group.lengths.append(length))
    for stop, label in steps.items():
        if stop in finished or stop in refused or label.visit not in ended:
            continue
        note(stop, lambda group: setattr(group, "unserved", group.unserved + 1))
        state, reason, _ = ended[label.visit]
        reason = "own_wish" if reason == "done" else reason
        unmet["no_show" if stop in missed else "next_day" if state == "carried_over" else reason] += 1
    kinds = Counter(fact.kind for fact in lines)
    listed = {fact.party_id for fact in lines if fact.kind == "PartyListed"}
    closed = next((fact.at for fact in lines if fact.kind == "DayClosed"), None)
    for fact in lines:
        if fact.kind == "PartyWithdrew" and fact.party_id in listed:
            unmet["list_not_served" if fact.at == closed else "list_withdrew"] += 1
    paper_visits = {steps[stop].visit for stop in on_paper}
    secret = {fact.id for fact in lines if fact.kind.startswith("Referral") and fact.terms.get("private")}
    plain = Counter(fact.kind for fact in lines if fact.id not in secret)
    return Told(
        everybody=all_,
        services={key: group for (kind, key), group in by.items() if kind == "service"},
        institutions={key: group for (kind, key), group in by.items() if kind == "institution"},
        languages={key: group for (kind, key), group in by.items() if kind == "language"},
        hours={key: group for (kind, key), group in by.items() if kind == "hour"},
        endings=Counter(ended[visit][:2] if visit in ended else ("open", "") for visit in came),
        unmet=unmet,
        turned_away=Counter(fact.terms["reason"] for fact in lines if fact.kind == "VisitorTurnedAway"),
        answered=kinds["AnsweredAtDoor"],
        booked=(
            kinds["BookingConfirmed"],
            kinds["VisitorCheckedIn"],
            kinds["BookingMissed"],
            kinds["BookingCancelled"],
        ),
        referred=(plain["ReferralMade"] - plain["ReferralWithdrawn"], plain["ReferralKept"] - plain["ReferralNotKept"]),
        inside=[
            (at - came[visit]) / MINUTE
            for visit, (state, _, at) in ended.items()
            if state == "completed" and visit not in paper_visits
        ],
    )


def without_what_was_undone(facts: Sequence[Any]) -> list[Any]:
    """The facts that still stand: an undo takes back those of its visit since the act began."""
    standing: list[Any] = []
    for fact in facts:
        if fact.kind != "ActUndone":
            standing.append(fact)
            continue
        first = _BEGAN_WITH[fact.terms["act"]]
        began = max(each.id for each in standing if each.kind == first and each.stop_id == fact.stop_id)
        standing = [each for each in standing if each.visit_id != fact.visit_id or each.id < began]
    return standing
