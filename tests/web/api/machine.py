"""A program that uses the machine interface, for its tests: tokens, keys, and one verb for each kind of request."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from onestop.days.queries.desks import DeskRow
from onestop.days.tables import day_always, days
from tests.web.site import Site


@dataclass(slots=True)
class Machine:
    """One program with its tokens; `day` is the day's id in addresses."""

    site: Site
    client: httpx.AsyncClient
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def day(self) -> str:
        return self.site.hall.day.slug

    def headers(self, role: str, desk: DeskRow | None = None) -> dict[str, str]:
        """The bearer of a role; officers by desk."""
        name = f"{role} {desk.number if desk else ''}"
        if name not in self.tokens:
            self.tokens[name] = self.site.token(role, desk)
        return self.tokens[name]

    async def get(
        self, path: str, role: str = "anonymous", *, desk: DeskRow | None = None, **params: Any
    ) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", headers=self.headers(role, desk), params=params or None)

    async def post(
        self,
        path: str,
        body: Any = None,
        role: str = "anonymous",
        *,
        desk: DeskRow | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        headers = {**self.headers(role, desk), "Idempotency-Key": key or uuid4().hex}
        if body is None:
            return await self.client.post(f"/api/v1{path}", headers=headers)
        return await self.client.post(f"/api/v1{path}", headers=headers, json=body)

    async def arrivals(self, services: str = "legal", **params: Any) -> list[str]:
        answered = await self.get(f"/days/{self.day}/arrivals", services=services, **params)
        assert answered.status_code == 200, answered.text
        return [item["arrival"] for item in answered.json()["items"]]

    async def book(self, *services: str, **more: Any) -> dict[str, Any]:
        """A confirmed booking at the first arrival."""
        first = (await self.arrivals(",".join(services)))[0]
        answered = await self.post(f"/days/{self.day}/bookings", {"services": list(services), "arrival": first, **more})
        assert answered.status_code == 201, answered.text
        return answered.json()

    async def open_desks(self) -> None:
        for desk in self.site.hall.desks.values():
            answered = await self.post(f"/desks/{desk.id}/open", role="officer", desk=desk)
            assert answered.status_code == 200, answered.text

    def wish(self, *services: str, **more: Any) -> dict[str, Any]:
        """The body of a hold or booking."""
        return {"services": list(services), "arrival": "2026-12-03T08:00:00Z", **more}

    def change_day(self, **values: Any) -> None:
        """Write the day's row."""
        self.site.database.write_now(_change_day, self.site.hall.id, values)

    def always(self, service: str) -> None:
        """Make a service one that every party gets."""
        hall = self.site.hall
        self.site.database.write_now(_always, hall.id, hall.service(service))


def _change_day(conn: sa.Connection, day: UUID, values: dict[str, Any]) -> None:
    conn.execute(days.update().where(days.c.id == day).values(**values))


def _always(conn: sa.Connection, day: UUID, service: UUID) -> None:
    conn.execute(day_always.insert().values(day_id=day, service_id=service))
