"""Who may listen to what: topics and numbers only, over one stream."""

import asyncio
import re
from typing import Any

from tests.web.api.machine import Machine


def _topics(text: str) -> set[str]:
    return set(re.findall(r"^data: (\w+)$", text, re.MULTILINE))


async def test_each_token_hears_its_topics_and_a_ticket_its_visit(machine: Machine) -> None:
    await machine.open_desks()
    ticket = (await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "kiosk")).json()
    booked = await machine.book("legal")
    machine.site.app.state.hub.close()  # a stream says hello and ends
    path = f"/days/{machine.day}/live"

    heard: dict[str, Any] = {}
    for role in ("display", "kiosk", "officer", "receptionist", "organiser"):
        answer = await machine.get(path, role)
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        heard[role] = _topics(answer.text)
    for name, code in (("ticket", ticket["code"]), ("not here yet", booked["code"])):
        own = await machine.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {code}"})
        heard[name] = _topics(own.text)
    assert heard == {
        "display": {"board"},
        "kiosk": {"board"},
        "officer": {"board", "desk"},
        "receptionist": {"board", "overview"},
        "organiser": {"board", "overview"},
        "ticket": {"visit"},
        "not here yet": set(),
    }
    for header in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Bearer {booked['short_code']}"}):
        refused = await machine.client.get(f"/api/v1{path}", headers=header)
        assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_needed")


async def test_a_client_that_comes_back_hears_what_it_missed_and_nothing_else(machine: Machine) -> None:
    await machine.open_desks()
    hub = machine.site.app.state.hub
    machine.headers("display")
    await asyncio.sleep(0)
    hub.close()
    path = f"/api/v1/days/{machine.day}/live"

    hello = (await machine.client.get(path, headers=machine.headers("display"))).text
    last = int(re.findall(r"^id: (\d+)$", hello, re.MULTILINE)[-1])
    missed_nothing = await machine.client.get(path, headers={**machine.headers("display"), "Last-Event-ID": str(last)})
    await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "receptionist")
    missed = await machine.client.get(path, headers={**machine.headers("display"), "Last-Event-ID": str(last)})
    assert (_topics(missed_nothing.text), _topics(missed.text)) == (set(), {"board"})
