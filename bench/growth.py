"""Growth: the same requests on the same day with 1 000, 10 000 and 100 000 past visits beside it, and their plans."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from copy import deepcopy
from dataclasses import dataclass

from bench import Measured, Noted, Options
from bench._acts import Acts, prepare, turns
from bench._databases import Fresh, duplicate, fresh
from bench._grown import VISITS, first_day, more_days
from bench._http import Program
from bench._plans import Plans, plan_shape, scanned, shape
from bench._rounds import Rounds, middle
from bench._servers import onestop
from bench._watched import watched_statements
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5
WARM = 1
WAITING = 48


@dataclass(slots=True, kw_only=True)
class Grown:
    """A database with so many visits, and programs of its own on the same days."""

    visits: int
    database: Fresh
    acts: Acts


def run(options: Options) -> list[Measured | Noted]:
    """Every size on each database."""
    sizes, rounds = (SIZES[:2], 3) if options.quick else (SIZES, ROUNDS)
    return [row for kind in options.databases for row in _on(kind, sizes, rounds)]


def _on(kind: str, sizes: Sequence[int], rounds: int) -> Iterator[Measured | Noted]:
    with ExitStack() as stack:
        grown = _grow(stack, stack.enter_context(fresh(kind)), sizes)
        measured = _measure(grown, rounds)
        plans = {each.visits: _plans(each) for each in grown}
    first, *later = sizes
    for size in later:
        for what in measured[first].costs:
            if what != "idle second":
                yield from _ratios(kind, what, measured[first], measured[size], size)
    yield from _compare(kind, plans)


def _grow(stack: ExitStack, database: Fresh, sizes: Sequence[int]) -> list[Grown]:
    """The smallest first; each next one is a copy of the one before with more past in it."""
    db = open_database(database.url)
    key = load_ticket_key(Settings(var=database.var))
    day = first_day(db, key)
    acts = prepare(db, key, waiting=WAITING)
    grown: list[Grown] = []
    have = VISITS
    for size in sizes:
        more_days(db, database.admin_url, day, have=have, want=size)
        db.close()
        grown.append(Grown(visits=size, database=database, acts=deepcopy(acts)))
        have = size
        if size != sizes[-1]:
            database = stack.enter_context(duplicate(database))
            db = open_database(database.url)
    return grown


def _measure(grown: Sequence[Grown], rounds: int) -> dict[int, Rounds]:
    with ExitStack() as stack:
        measured: dict[int, Rounds] = {}
        for each in grown:
            database = each.database
            server = stack.enter_context(onestop(database.url, owner_url=database.owner_url, var=database.var))
            each.acts.program = stack.enter_context(closing(Program(server.port)))
            measured[each.visits] = Rounds(server, database)
        for nth in range(WARM + rounds):
            for one in measured.values():
                if nth == WARM:
                    one.forget()
                one.rest()
            # Not the rounds alone alternate, each act does.
            for step in zip(*(turns(each.acts) for each in grown), strict=True):
                for each, (what, act, times) in zip(grown, step, strict=True):
                    measured[each.visits].time(what, act, times)
            for one in measured.values():
                one.close()
        return measured


def _plans(grown: Grown) -> Plans:
    """The plan of each statement of each act."""
    found: Plans = {}
    watching = watched_statements(grown.database, plans=True)
    with watching as (server, seen), closing(Program(server.port)) as grown.acts.program:
        for what, act, times in turns(grown.acts):
            seen()
            for _ in range(times):
                act()
            for line in seen():
                if line["plan"]:
                    found.setdefault((what, shape(line["sql"])), plan_shape(line["plan"]))
    return found


def _ratios(kind: str, what: str, small: Rounds, big: Rounds, size: int) -> Iterator[Measured]:
    pairs = list(zip(small.costs[what], big.costs[what], strict=True))
    values = {"CPU": [after.cpu / before.cpu for before, after in pairs]}
    if kind != "sqlite":
        values["database CPU"] = [after.db_cpu / before.db_cpu for before, after in pairs if before.db_cpu > 0]
    for name, ratios in values.items():
        value, low, high = middle(ratios)
        measure = f"{name}, {size:,} / {SIZES[0]:,}"
        yield Measured(
            database=kind, what=what, measure=measure, value=value, unit="×", low=low, high=high, compared=True
        )


def _compare(kind: str, plans: dict[int, Plans]) -> Iterator[Measured | Noted]:
    """How many statements have another plan than in the smallest database, and what scans a table that grows."""
    first, *later = plans
    for size in later:
        both = plans[first].keys() & plans[size].keys()
        other = sorted(key for key in both if plans[first][key] != plans[size][key])
        # PostgreSQL rightly reads small tables whole and larger ones by index: there the number is only shown.
        row = {"database": kind, "what": "statements with another plan", "unit": "", "compared": kind == "sqlite"}
        yield Measured(**row, measure=f"count, {size:,}", value=len(other))
        for what, sql in other if kind == "sqlite" else ():
            before, after = (" | ".join(plans[each][what, sql]) for each in (first, size))
            yield Noted(f"{kind}, {what}: another plan with {size:,}: {sql}\n    {before}\n    {after}")
    largest = plans[later[-1] if later else first]
    seen: dict[tuple[str, str], list[str]] = {}
    for (what, sql), plan in largest.items():
        for table in scanned(plan):
            seen.setdefault((table, sql), []).append(what)
    for (table, sql), acts in sorted(seen.items()):
        yield Noted(f"{kind}, {', '.join(dict.fromkeys(acts))}: reads all of {table}: {sql}")
