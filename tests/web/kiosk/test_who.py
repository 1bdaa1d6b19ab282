"""Who of a family goes where, at the ticket machine: all together without a touch, a key for each person."""

from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from tests.web.kiosk.touch import Finger, finger
from tests.web.public.visitor import need, service
from tests.web.site import Site


def going(site: Site) -> dict[UUID, list[int]]:
    """Service → marks of those who go there."""
    asked = (
        sa.select(stops.c.service_id, members.c.mark)
        .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
        .join(members, members.c.id == stop_members.c.member_id)
        .order_by(members.c.mark)
    )
    found: dict[UUID, list[int]] = {}
    for row in site.database.read_now(lambda conn: conn.execute(asked).all()):
        found.setdefault(row.service_id, []).append(row.mark)
    return found


async def desks(
    site: Site, *, adults: int = 2, children: int = 1, keys: tuple[str, ...] = ("legal", "social")
) -> Finger:
    """The screen of desks for a family with two desks."""
    hand = finger(site)
    marks = "".join(f"&services={service(site, key)}" for key in keys)
    await hand.go(
        f"/kiosk/d/{site.hall.day.slug}/desks?lang=en&needs={need('my-rights')}&asked=1{marks}"
        f"&who=family&adults={adults}&children={children}"
    )
    return hand


async def test_a_family_goes_everywhere_together_without_a_tap_more(site: Site) -> None:
    hand = await desks(site)
    await hand.press("Yes, give me a ticket")
    assert hand.taps == 1
    assert going(site) == {site.hall.service("legal"): [1, 2, 3], site.hall.service("social"): [1, 2, 3]}


async def test_a_person_who_is_touched_does_not_go_to_that_desk(site: Site) -> None:
    hand = await desks(site)
    await hand.press("Not all go to every desk")
    assert "Touch a person who does not go to a desk." in hand.text
    assert [hand.text.count(each) for each in ("Adult 1", "Adult 2", "Child 1", "Adult 3")] == [2, 2, 2, 0]
    await hand.press("Continue", typed={"with": [service(site, "legal"), "a1", service(site, "social"), "a2", "c1"]})
    assert ("Adult 1" in hand.text, "Adult 2 and Child 1" in hand.text) == (True, True)
    await hand.press("Yes, give me a ticket")
    assert hand.taps == 3
    assert going(site) == {site.hall.service("legal"): [1], site.hall.service("social"): [2, 3]}


async def test_a_desk_to_which_all_go_stays_for_all_when_one_more_comes(site: Site) -> None:
    hand = await desks(site)
    await hand.press("Not all go to every desk")
    await hand.press("Continue")
    assert "Adult 1" not in hand.text
    hand.off.update({"2"})
    await hand.press("Yes, give me a ticket", typed={"adults": "3"})
    assert set(map(tuple, going(site).values())) == {(1, 2, 3, 4)}


async def test_a_child_alone_is_refused_at_its_desk_with_what_was_touched(site: Site) -> None:
    hand = await desks(site)
    await hand.press("Not all go to every desk")
    await hand.press("Continue", typed={"with": [service(site, "legal"), "c1", service(site, "social"), "a1"]})
    assert hand.page is not None
    assert hand.page.status_code == 422
    assert "A child never goes to a desk alone. Please choose an adult too." in hand.text
    assert hand.page.text.count('class="whom wrong"') == 1
    ticked = [
        part.split('"')[0] for part in hand.page.text.split(" checked>")[:-1] for part in [part.rsplit('value="', 1)[1]]
    ]
    assert ticked == ["c1", "a1"]
    taken = await hand.browser.post(
        f"/kiosk/d/{site.hall.day.slug}/tickets?lang=en",
        data={
            "asked": "1",
            "who": "family",
            "adults": "2",
            "children": "1",
            "interpreter": "none",
            "services": service(site, "legal"),
            "with": f"{service(site, 'legal')}.c1",
        },
    )
    assert taken.status_code == 422
    count = sa.select(sa.func.count()).select_from(parties)
    assert site.database.read_now(lambda conn: conn.execute(count).scalar_one()) == 0


async def test_somebody_alone_or_with_one_desk_is_not_asked(site: Site) -> None:
    for hand in (await desks(site, adults=1, children=0), await desks(site, keys=("legal",))):
        await hand.press("Not all go to every desk")
        assert hand.page is not None
        assert (hand.page.status_code, "Touch a person" in hand.text) == (200, False)
        assert "Yes, give me a ticket" in hand.text
