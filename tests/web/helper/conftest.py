"""Helpers half an hour before the pilot day opens, each with her account, her cap and her browser."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest

from onestop.accounts.actions import add_account
from onestop.booking.helped import helped_bookings
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.web.kit.forms import new_key
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.halls import TestDay
from tests.sessions import session_of
from tests.web.site import HOST, Site


@dataclass(slots=True)
class Helper:
    """Somebody's browser at the helpers' door."""

    site: Site
    account: UUID
    browser: httpx.AsyncClient

    @property
    def home(self) -> str:
        return f"/helper/{self.site.hall.day.slug}"

    def answers(self, **changed: str) -> dict[str, str]:
        """A filled form for one person who needs legal advice."""
        return {
            "services": str(self.site.hall.service("legal")),
            "adults": "1",
            "children": "0",
            "languages": "uk",
            "interpreter": "none",
            "name": "Amal",
            **changed,
        }

    async def press(self, path: str, **data: str) -> httpx.Response:
        """Press a button of a form that was just shown."""
        return await self.browser.post(path, data={"_key": new_key(), **data})

    async def look(self, path: str) -> str:
        """A page of hers."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    async def times(self, home: str = "", **changed: str) -> list[str]:
        """The times that are buttons."""
        page = await self.press(f"{home or self.home}/book/times", **self.answers(**changed))
        return [part.split('value="', 1)[1].split('"')[0] for part in page.text.split('name="arrival"')[1:]]

    async def book(self, home: str = "", **changed: str) -> str:
        """Book the first time; gives the address of the booking's page."""
        first = (await self.times(home))[0]
        booked = await self.press(f"{home or self.home}/book", arrival=first, **self.answers(**changed))
        assert booked.status_code == 303, booked.status_code
        return booked.headers["location"].split("?")[0]

    def kept(self) -> list[tuple[str, str]]:
        """Her bookings: name and state."""
        return [(each.name, each.state.value) for each in self.site.database.read_now(helped_bookings, self.account)]


Make = Callable[..., Helper]


@pytest.fixture
def helper(site: Site) -> Make:
    """`helper("nora", cap=2, day=…)`: an account that is signed in."""

    def made(login: str = "nora", *, cap: int = 5, day: TestDay | None = None) -> Helper:
        grant = Grant(role=Role.HELPER, cap=cap, day=day.id if day else None)
        account = site.database.write_now(
            add_account,
            login=login,
            password_hash="unused",
            name=login.title(),
            held=(grant,),
            actor=SYSTEM,
            now=site.hall.now,
        )
        browser = site.browser()
        browser.cookies.set(SESSION_COOKIE, session_of(site.database, account), domain=HOST)
        return Helper(site=site, account=account, browser=browser)

    return made
