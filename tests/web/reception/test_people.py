"""The lists of reception, what they keep private, and that their cost does not grow with the hall."""

from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tickets import Ticket
from onestop.directory.tables import institutions, services
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.door import bring_back
from onestop.visits.queries.people import Person, Standing
from onestop.visits.queries.reception import Hall, door_counts, find_people, hall, reach_today, reception_days
from onestop.visits.queries.visitor import visitor
from tests.counting import counted
from tests.web.hall_desk import Staff

CANARY = "Canary Institution"


def numbers(people: tuple[Person, ...]) -> list[int]:
    return [one.number for one in people]


def at_risk(lists: Hall) -> list[int]:
    return numbers(tuple(person for person, _ in lists.at_risk))


async def test_the_lists_tell_who_waits_too_long_who_is_expected_and_who_is_inside(reception: Staff) -> None:
    late, soon, later = reception.book(), reception.book(place=2), reception.book(place=8)
    assert [ticket.number for ticket in (late, soon, later)] == [100, 101, 102]
    reception.open()
    for _ in range(3):
        reception.hall.walk_in(reception.hall.wish("social"))
    served = reception.hall.next(2).stop
    reception.hall.write(serve, served)
    reception.later(minutes=45)
    just = reception.hall.db.read_now(hall, reception.hall.id, now=reception.hall.now)
    reception.later(minutes=1)
    over = reception.hall.db.read_now(hall, reception.hall.id, now=reception.hall.now)
    shown = await reception.look(f"{reception.home}/people")

    assert (at_risk(just), at_risk(over)) == ([], [104, 105])
    assert numbers(over.expected) == [100, 101]
    assert numbers(over.inside) == [103, 104, 105]
    assert shown.count("Waits 46 min") == 2 + 2  # to look after, and inside
    inside = shown.partition('id="inside"')[2]
    assert (inside.count(">Waits 46 min<"), inside.count(">At the desk<"), inside.count("since")) == (2, 1, 0)
    assert ("3 tickets · 3 people" in shown, "Asked for help · 0" in shown) == (True, True)
    assert "31 min late" not in shown
    assert "46 min late" in shown


async def test_who_was_called_three_times_and_seen_by_nobody_is_listed_and_leaves_with_one_tap(
    reception: Staff,
) -> None:
    reception.open()
    lost, _ = reception.hall.walk_in(reception.hall.wish("legal", "social"))
    found, _ = reception.hall.walk_in(reception.hall.wish("labour", "social"))
    for desk in (1, 3):
        for _ in range(3):
            called = reception.hall.next(desk)
            reception.hall.write(no_show, called.stop)
            reception.later(minutes=11)
    served = reception.hall.write(bring_back, stops_of(reception, found)[0]) or reception.hall.next(3).stop
    reception.hall.write(finish, served)
    listed = reception.hall.db.read_now(hall, reception.hall.id, now=reception.hall.now)
    shown = await reception.look(f"{reception.home}/people")

    left = await reception.ask(reception.path(lost, "/leave"), {"reason": "no_show"})

    assert numbers(listed.lost) == [lost.number]
    assert shown.count("Nobody can find her") == 1
    assert ("The visit has ended." in left.text, "Undo" in left.text) == (True, True)
    assert reception.standing(lost) is Standing.LEFT
    after = reception.hall.db.read_now(hall, reception.hall.id, now=reception.hall.now)
    assert (after.lost, numbers(after.inside)) == ((), [found.number])


def stops_of(reception: Staff, ticket: Ticket) -> list[UUID]:
    """Her stops."""
    return [stop.id for stop in reception.holder(ticket).stops]


async def test_somebody_just_served_or_called_does_not_wait_too_long(reception: Staff) -> None:
    reception.open()
    reception.hall.walk_in(reception.hall.wish("social", "legal"))
    reception.later(minutes=60)
    stop = reception.hall.next(2).stop
    reception.hall.write(serve, stop)
    reception.hall.write(finish, stop)

    after = reception.hall.db.read_now(hall, reception.hall.id, now=reception.hall.now)

    assert (at_risk(after), numbers(after.inside)) == ([], [100])
    assert [(one.done, len(one.to_do)) for one in after.inside] == [(1, 1)]


async def test_a_name_is_shown_as_text_and_never_as_a_part_of_the_page(reception: Staff) -> None:
    """Whoever books chooses the name; whoever reads it here is signed in."""
    ticket = reception.book(name="<b id=canary>Olena</b>")
    reception.open()
    pages = {
        "expected": await reception.look(f"{reception.home}/people"),
        "holder": await reception.look(reception.path(ticket)),
        "found": (await reception.search("canary")).text,
    }
    reception.hall.arrive(ticket)
    pages["inside"] = await reception.look(f"{reception.home}/people")

    assert {name: ("Olena&lt;/b&gt;" in page, "<b id=" in page) for name, page in pages.items()} == dict.fromkeys(
        pages, (True, False)
    )


async def test_the_live_parts_are_fragments(reception: Staff) -> None:
    figures = await reception.look(f"{reception.home}/now")
    lists = await reception.look(f"{reception.home}/people/now")

    assert (figures.lstrip()[:21], lists.lstrip()[:15]) == ('<section id="figures"', '<div id="lists"')


async def test_a_private_stop_reads_talk_at_the_centre_everywhere(reception: Staff) -> None:
    """R19: first that the canary could be read, then that no list, page or paper holds it."""
    site = reception.site

    def make_private(conn: sa.Connection) -> None:
        conn.execute(services.update().where(services.c.key == "health-insurance").values(private=True))
        conn.execute(institutions.update().where(institutions.c.key == "health-insurer").values(name=CANARY))

    site.database.write_now(make_private)
    asked = await reception.ask(f"{reception.home}/walk-in/wish", {"needs": "health-insurance"})
    assert (CANARY in asked.text, "Health insurance" in asked.text) == (True, True)
    reception.open()
    hall_ = reception.hall
    ticket, _ = hall_.walk_in(hall_.wish("health-insurance", "legal"))
    waits, _ = hall_.walk_in(hall_.wish("health-insurance"))
    stop = hall_.next(6).stop
    assert stop is not None

    pages = {
        "lists": await reception.look(f"{reception.home}/people"),
        "found": (await reception.search(str(ticket.number))).text,
        "paper": await reception.look(reception.path(ticket, "/print")),
        "floor": await reception.look(reception.floor),
        "guide": await reception.look(f"{reception.floor}/called"),
        # Only the list of what could be added names it, to be read to her (R18): here she has it already.
        "holder": await reception.look(reception.path(ticket)),
        "holder who waits": await reception.look(reception.path(waits)),
    }
    hall_.write(serve, stop)
    hall_.write(finish, stop)
    pages["done"] = await reception.look(f"{reception.home}/people")

    assert {name: (CANARY in page, "Health insurance" in page) for name, page in pages.items()} == dict.fromkeys(
        pages, (False, False)
    )
    assert {name: "Talk at the centre" in pages[name] for name in ("lists", "floor", "holder")} == {
        "lists": True,
        "floor": True,
        "holder": True,
    }


async def test_the_cost_of_a_screen_does_not_grow_with_the_hall(reception: Staff) -> None:
    hall_, database = reception.hall, reception.site.database
    booked = [reception.book("legal", "social", name="Olena", phone="+421903123456")]

    def costs() -> dict[str, int]:
        now, wanted = hall_.now, hall_.offer.services
        found: dict[str, int] = {}
        for name, read in {
            "hall": lambda: database.read_now(hall, hall_.id, now=now),
            "find": lambda: database.read_now(find_people, hall_.day, "olena", everywhere=True),
            "phone": lambda: database.read_now(find_people, hall_.day, "3456", everywhere=True),
            "counts": lambda: database.read_now(door_counts, hall_.day, now=now),
            "visitor": lambda: database.read_now(visitor, hall_.id, booked[0].party, now=now),
            "reach": lambda: database.read_now(reach_today, hall_.day, wanted, now=now),
            "days": lambda: database.read_now(reception_days, now=now),
        }.items():
            with counted() as count:
                read()
                found[name] = count()
        return found

    reception.open()
    hall_.arrive(booked[0])
    one = costs()
    for _ in range(2):
        booked.append(reception.book("labour", "health-insurance", name="Olena", phone="+421903123456"))
        hall_.arrive(booked[-1])
    three = costs()

    assert len(reception.found_by("olena")) == 3
    assert (
        one
        == three
        == {
            "hall": 6,
            "find": 2,
            "phone": 2,
            "counts": 1,
            "visitor": 10,
            "reach": 2,
            "days": 2,
        }
    )


async def test_who_waits_says_how_long_and_says_it_once(reception: Staff) -> None:
    hall_ = reception.hall
    reception.open()
    hall_.walk_in(hall_.wish("legal"))
    at_once = await reception.look(f"{reception.home}/people")
    reception.later(minutes=20)
    later = await reception.look(f"{reception.home}/people")
    reception.later(minutes=31)
    long = await reception.look(f"{reception.home}/people")

    assert ("Waits " in at_once, "Waits 20 min" in later) == (False, True)
    risk = long.split('id="at-risk"')[1].split("</section>")[0]
    assert ("Waits 51 min" in risk, "waits long" in risk) == (True, False)
