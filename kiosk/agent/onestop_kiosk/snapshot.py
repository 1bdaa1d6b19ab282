"""The day as the server last described it: screens, papers and words for a time without a connection."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`pages` by address with query, `papers` and `unprinted` by language, `services` by their mark."""

    day: str
    zone: str
    on: str
    opens_at: datetime
    closes_at: datetime
    language: str
    languages: tuple[str, ...]
    ticket_address: str
    services: dict[str, str]
    pages: dict[str, str]
    papers: dict[str, str]
    unprinted: dict[str, str]

    def is_on(self, now: datetime) -> bool:
        """Whether tickets of this day can be given now."""
        local = now.astimezone(ZoneInfo(self.zone)).date().isoformat()
        return now < self.closes_at and (local == self.on or now >= self.opens_at)

    def speaks(self, language: str) -> str:
        """This language if the day has it, else the day's own."""
        return language if language in self.languages else self.language

    def page(self, path: str, query: str) -> str | None:
        """The screen of an address; of several needs the last one is shown."""
        asked = dict(parse_qsl(query))
        wanted = {"lang": self.speaks(asked.get("lang", ""))}
        if "needs" in asked:
            wanted["needs"] = asked["needs"]
        return self.pages.get(f"{path}?{urlencode(wanted)}") or self.pages.get(path)

    def says(self, name: str, language: str) -> str:
        """A screen that only says something."""
        return self.pages[f"/kiosk/{name}?{urlencode({'lang': self.speaks(language)})}"]


def read_snapshot(text: str) -> Snapshot:
    """A snapshot from what the server sent."""
    told = json.loads(text)
    told["opens_at"] = datetime.fromisoformat(told["opens_at"])
    told["closes_at"] = datetime.fromisoformat(told["closes_at"])
    told["languages"] = tuple(told["languages"])
    return Snapshot(**told)
