"""Bigger text: chosen on any screen, carried by every link and form of it, forgotten at the first screen."""

import re
from html import unescape

import pytest

from tests.web.kiosk.touch import finger
from tests.web.public.visitor import need
from tests.web.site import Site

_LEADS = re.compile(r'<(?:a|form)[^>]* (?:href|action)="(/kiosk[^"]*)"')
_GET = re.compile(r'<form method="get".*?</form>|<form(?=[^>]*>(?:(?!</form>).)*formmethod="get").*?</form>', re.DOTALL)
FIELD = '<input type="hidden" name="size" value="1">'


def _addresses(page: str) -> list[str]:
    """Where a screen leads to besides the first screen of the next visitor; a GET form carries the size as a field."""
    fields = _GET.findall(page)
    assert [form for form in fields if FIELD not in form] == []
    sent = {address for form in fields for address in re.findall(r'method="get" action="([^"]*)"', form)}
    return sorted({unescape(address) for address in _LEADS.findall(page) if address not in sent} - {"/kiosk"})


@pytest.mark.parametrize("screen", ["/kiosk", "days", "code", "needs", "desks", "who", "ticket"])
async def test_the_size_is_carried_by_everything_a_screen_leads_to(site: Site, screen: str) -> None:
    hand, path = finger(site), f"/kiosk/d/{site.hall.day.slug}"
    chosen = f"size=1&lang=en&needs={need('residence-permit')}"
    if screen == "ticket":
        await hand.go(f"{path}/desks?{chosen}")
        await hand.press("Yes, give me a ticket")
    elif screen == "who":
        await hand.go(f"{path}/desks?{chosen}")
        await hand.press("Not all go to every desk", typed={"adults": "2"})
        assert "Who goes where?" in hand.text
    else:
        door = {"days": "/kiosk", "code": "/kiosk"}.get(screen, path)
        await hand.go(f"{screen}?{chosen}" if screen.startswith("/") else f"{door}/{screen}?{chosen}")
    assert hand.page is not None

    assert 'class="kiosk size-1"' in hand.page.text
    found = _addresses(hand.page.text)
    without = [address for address in found if "size=" not in address]
    assert (len(found) > (0 if screen in ("desks", "who") else 3), without) == (True, _smallest(hand.page.text))


def _smallest(page: str) -> list[str]:
    """The link to the ordinary size; a screen with answers has a button of its form instead."""
    if 'name="turn" value="size:"' in page:
        return []
    found = re.search(r'class="button second smallest" href="([^"]+)"', page)
    assert found is not None
    return [unescape(found[1])]


async def test_three_sizes_with_and_without_a_query(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk")
    seen: list[str] = []
    for tap in ("Väčšie písmo", "Väčšie písmo", "Väčšie písmo", "Bežné písmo"):
        assert hand.page is not None
        seen += re.findall(r'class="(kiosk[^"]*)"', hand.page.text)
        await hand.follow(tap)
    assert hand.page is not None
    seen += re.findall(r'class="(kiosk[^"]*)"', hand.page.text)

    assert seen == ["kiosk", "kiosk size-1", "kiosk size-2", "kiosk size-2", "kiosk"]
    assert hand.page.url.raw_path == b"/kiosk"


@pytest.mark.parametrize("size", ["3", "-1", "big", "%22%3E", "1%202"])
async def test_another_size_is_none(site: Site, size: str) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/days?size={size}")
    assert hand.page is not None

    assert re.findall(r'class="(kiosk[^"]*)"', hand.page.text) == ["kiosk"]


async def test_whoever_is_done_leaves_neither_size_nor_language(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/desks?lang=ar&size=2&needs={need('health-insurance')}")
    await hand.press(button="", label="نعم")
    assert hand.page is not None
    assert ('lang="ar"' in hand.page.text, "size-2" in hand.page.text) == (True, True)
    assert 'class="button primary" href="/kiosk"' in hand.page.text
    await hand.go("/kiosk")

    assert ('<html lang="sk"' in hand.page.text, "size-2" in hand.page.text) == (True, False)
    assert [cookie.name for cookie in hand.browser.cookies.jar if cookie.name != "onestop_device"] == []


async def test_a_wrong_code_is_answered_in_the_size_and_offers_the_same_screen_bigger(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk/code?lang=en&size=1&why=change")
    await hand.press("Continue", typed={"code": "rubbish8"})
    assert hand.page is not None

    assert 'class="kiosk size-1"' in hand.page.text
    assert 'href="/kiosk/code?why=change&amp;said=unknown&amp;scans=0&amp;lang=en&amp;size=2"' in hand.page.text
