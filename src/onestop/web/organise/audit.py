"""Who saw and who changed what: the ledger in plain sentences, for the centre and for one day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.accounts.queries import accounts_list, passes_of_day
from onestop.devices.queries import devices_list
from onestop.domain.errors import N_
from onestop.reports.audit import AuditLine, Named, audit_page
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import Round, page
from onestop.web.organise.audit_words import GROUPS, KINDS, OTHER, SENTENCES
from onestop.web.organise.frame import centre_frame, day_frame, enter, enter_centre, path_of

HOME = "/organise/audit"
BY: dict[str, str] = {
    "visitor": N_("a visitor"),
    "system": N_("the program"),
    "cli": N_("an operator of the server"),
    "token": N_("a program"),
    "device": N_("a machine"),
    "pass": N_("a day pass"),
    "account": N_("an account"),
    "hidden": N_("somebody at a desk"),
}
PASS_AT = N_("Day pass, desk %(desk)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact in words; `about` are the things it is about."""

    at: datetime
    by: str
    says: str
    day: str
    slug: str
    number: int | None
    erased: bool
    private: bool
    about: tuple[str, ...]


@page_of("organise/audit.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditViewPage:
    """Fifty lines, the newest first, and what can be chosen."""

    here: str
    day_name: str
    back: str
    lines: tuple[Line, ...]
    people: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    by: str
    kind: str
    zone: str
    newest: str
    """Leads to the first page, empty there."""
    older: str
    """Leads to the next page, empty on the last."""


@get(HOME)
async def show_audit(request: WebRequest, db: Db) -> Response[Any]:
    """Of the whole centre: for whoever organises all its days."""
    await enter_centre(request)
    return await _page(request, db, HOME, None, await centre_frame(request, db, HOME))


@get("/organise/{day:str}/audit")
async def show_day_audit(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Of one day."""
    found, _ = await enter(request, db, day)
    here = path_of(found, "/audit")
    return await _page(request, db, here, found.id, day_frame(request, found), name=found.name, back=path_of(found))


async def _page(
    request: WebRequest, db: Db, here: str, day: UUID | None, frame: Round, *, name: str = "", back: str = "/organise"
) -> Response[Any]:
    locale = locale_of(request)
    people = await _people(db, locale, day)
    asked = request.query_params
    by = asked.get("by", "") if asked.get("by", "") in {ref for ref, _ in people} else ""
    kind = asked.get("kind", "") if asked.get("kind", "") in GROUPS else ""
    before = asked.get("before", "")
    first = int(before) if before.isdecimal() and len(before) < 19 else None
    found = await db.read(audit_page, day=day, kinds=KINDS.get(kind), by=by, before=first)
    chosen = {name: value for name, value in (("by", by), ("kind", kind)) if value}
    context = AuditViewPage(
        here=here,
        day_name=name,
        back=back,
        lines=tuple(_line(line, locale) for line in found.lines),
        people=people,
        kinds=tuple((key, locale.gettext(says)) for key, says in GROUPS.items()),
        by=by,
        kind=kind,
        zone=frame.get("zone", "UTC"),
        newest=_address(here, chosen) if first is not None else "",
        older=_address(here, {**chosen, "before": str(found.older)}) if found.older else "",
    )
    return page(request, context, **frame)


async def _people(db: Db, locale: Locale, day: UUID | None) -> tuple[tuple[str, str], ...]:
    """Whom one can ask for: accounts, what was used at the day, and those without a name."""
    accounts = [(f"account:{one.id}", one.name or one.login) for one in await db.read(accounts_list)]
    passes = [] if day is None else await db.read(passes_of_day, day)
    held = [(f"pass:{one.id}", locale.say(PASS_AT, {"desk": one.desk_number})) for one in passes]
    machines = [(f"device:{one.id}", one.name) for one in await db.read(devices_list, day)]
    others = [(ref, locale.gettext(BY[ref])) for ref in ("visitor", "system", "cli")]
    return (*accounts, *held, *machines, *others)


def _line(line: AuditLine, locale: Locale) -> Line:
    about = [_named(line.about, locale)] if line.about is not None else []
    if line.desk is not None and not (line.about and line.about.desk == line.desk):
        about.append(locale.say(N_("desk %(number)s"), {"number": line.desk}))
    if line.institution:
        about.append(line.institution)
    return Line(
        at=line.at,
        by=_named(line.by, locale),
        says=locale.gettext(SENTENCES.get(line.kind, OTHER)),
        day=line.day,
        slug=line.slug,
        number=line.number,
        erased=line.erased,
        private=line.private,
        about=tuple(about),
    )


def _named(one: Named, locale: Locale) -> str:
    if one.desk is not None:
        return locale.say(PASS_AT, {"desk": one.desk})
    return one.name or locale.gettext(BY.get(one.kind, BY["system"]))


def _address(here: str, chosen: dict[str, str]) -> str:
    return f"{here}?{urlencode(chosen)}" if chosen else here


route_handlers: list[Any] = [show_audit, show_day_audit]
