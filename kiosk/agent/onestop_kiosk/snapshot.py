"""The day as the server last described it: screens, papers and words for a time without a connection."""

import html
import json
import re
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

_HEADING = re.compile(r"<h1\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What everybody is told, and the words for when it ends, by language."""

    until: datetime
    alarm: bool
    says: dict[str, str]
    ends: dict[str, str]


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
    told: Message | None = None
    """The message to everybody as the machine last heard it."""

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
        """A screen that only says something; one that an older server did not send is told as "not possible now"."""
        query = urlencode({"lang": self.speaks(language)})
        return self.pages.get(f"/kiosk/{name}?{query}") or self.pages[f"/kiosk/away?{query}"]

    def told_on(self, page: str, language: str, now: datetime, *, first: bool = False) -> str:
        """A page with the message to everybody; beside the first screen only that everybody must leave."""
        told = self.told
        if told is None or now >= told.until or not (first or told.alarm):
            return page
        tag = self.speaks(language)
        says, kind = html.escape(f"{told.says[tag]} {told.ends[tag]}"), "stop" if told.alarm else "now"
        notice = f'<div class="notice {kind} to-all" role="alert"><p class="notice-title" dir="auto">{says}</p></div>'
        return above(page, notice)


def above(page: str, notice: str) -> str:
    """A page with a notice before its heading."""
    return _HEADING.sub(lambda heading: notice + heading[0], page, count=1)


def read_snapshot(text: str) -> Snapshot:
    """A snapshot from what the server sent; what a newer server tells besides is left out."""
    told = json.loads(text)
    told["opens_at"] = datetime.fromisoformat(told["opens_at"])
    told["closes_at"] = datetime.fromisoformat(told["closes_at"])
    told["languages"] = tuple(told["languages"])
    if (message := told.get("told")) is not None:
        message["until"] = datetime.fromisoformat(message["until"])
        told["told"] = Message(**message)
    return Snapshot(**{each.name: told[each.name] for each in fields(Snapshot) if each.name in told})
