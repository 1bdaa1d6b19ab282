"""A day file as TOML text: what `parse_day` reads back as the same values."""

import json
from collections.abc import Iterable, Mapping
from datetime import time

from onestop.days.dayfile import DayFile, FileDesk

Value = str | int | bool | time | list[str] | list[int] | list[time] | list[list[time]]


def toml_of(day: DayFile) -> str:
    """The text of a day file; what is as usual is left out."""
    top: dict[str, Value] = {
        "schema": 1,
        "slug": day.slug,
        "name": day.name,
        "venue": day.venue,
        "address": day.address,
        "timezone": day.timezone.key,
        "working_language": day.working_language,
    }
    hours: dict[str, Value] = {
        "opens": day.opens,
        "closes": day.closes,
        "slot_minutes": day.slot_minutes,
        "reserve_percent": day.reserve_percent,
        "no_show_percent": day.no_show_percent,
        "interpreter_needed_percent": day.interpreter_needed_percent,
        "parties": day.parties,
        "release": day.release.value,
        "display_languages": list(day.display_languages),
        "always": list(day.always),
        "bookings_per_contact": day.bookings_per_contact,
    }
    hours |= {"arrivals_per_slot": day.arrivals_per_slot} if day.arrivals_per_slot else {}
    hours |= {name: True for name, said in (("scarce", day.scarce), ("all_times", day.all_times)) if said}
    if day.quiet:
        hours["quiet"] = list(day.quiet)
    parts = [_lines(top), _table("[day]", hours)]
    for name, shares in (
        ("reserve_limits", day.reserve_limits),
        ("mix", day.mix),
        ("party_languages", day.party_languages),
    ):
        if shares:
            parts.append(_table(f"[{name}]", shares))
    for one in day.institutions:
        more = {"authority": one.authority} if one.authority != "none" else {}
        parts.append(_table("[[institution]]", {"key": one.key, "name": one.name, **more}))
    parts += [_table("[[desk]]", _desk(day, desk)) for desk in day.desks]
    for one in day.mediators:
        label: dict[str, Value] = {"label": one.label} if one.label else {}
        parts.append(
            _table("[[mediator]]", {**label, "languages": list(one.languages), **_hours(day, one.opens, one.closes)})
        )
    for one in day.sessions:
        said = {"service": one.service, "desk": one.desk, "starts": one.starts, "minutes": one.minutes}
        language = {"language": one.language} if one.language else {}
        parts.append(_table("[[session]]", {**said, "seats": one.seats, **language}))
    for pair in day.precedences:
        more = {"because": pair.because, "before_at": pair.before_at, "after_at": pair.after_at}
        more = {name: said for name, said in more.items() if said}
        parts.append(_table("[[precedence]]", {"before": pair.before, "after": pair.after or "*", **more}))
    return "\n".join(parts)


def _desk(day: DayFile, desk: FileDesk) -> dict[str, Value]:
    values: dict[str, Value] = {
        "number": desk.number,
        "institution": desk.institution,
        "services": list(desk.services),
        "minutes": list(desk.own_minutes) or desk.minutes,
        "languages": list(desk.languages),
        **_hours(day, desk.opens, desk.closes),
    }
    values |= {"breaks": [list(each) for each in desk.breaks]} if desk.breaks else {}
    return values | ({"private": True} if desk.private else {})


def _hours(day: DayFile, opens: time, closes: time) -> dict[str, Value]:
    own: dict[str, Value] = {"opens": opens} if opens != day.opens else {}
    return own | ({"closes": closes} if closes != day.closes else {})


def _table(head: str, values: Mapping[str, object]) -> str:
    return f"{head}\n{_lines(values)}"


def _lines(values: Mapping[str, object]) -> str:
    return "".join(f"{_key(key)} = {_said(value)}\n" for key, value in values.items())


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if plain else json.dumps(key, ensure_ascii=False)


def _said(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M:%S}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return f"[{', '.join(map(_said, value))}]"
    return json.dumps(value, ensure_ascii=False)
