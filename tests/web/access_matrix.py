"""Who may use which address: one line for each route. A route without a line fails `test_access_matrix.py`.

    public("GET", "/d/{day:str}")                          anybody
    staff("GET", "/desk", "officer")                       those named; others are refused, strangers sign in
    staff("POST", "/desks/{desk_id:uuid}/calls", "officer", hidden_from=("other_officer",))
                                                           `hidden_from`: a foreign thing answers like an unknown one
    machine("POST", "/api/v1/…", "kiosk")                  bearer tokens instead of cookies

Path parameters are filled by name from `FILLS`; a new name needs one line there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

import sqlalchemy as sa

from onestop.accounts.actions import add_account, make_pass
from onestop.accounts.links import make_link
from onestop.booking.actions.parties import add_contact
from onestop.booking.actions.waiting import join_list
from onestop.booking.contacts import Contact
from onestop.booking.tables import stops
from onestop.booking.tickets import new_code
from onestop.clock import real_now
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup_sessions import SessionSettings, add_session
from onestop.days.tables import desk_services
from onestop.db.types import new_id
from onestop.directory.tables import services
from onestop.domain.booking import Channel
from onestop.domain.reminding import stop_code
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import waiting_code
from onestop.keys import load_ticket_key
from onestop.referrals.actions import Where, refer
from onestop.referrals.queries.lines import referrals_of_stop
from onestop.visits.actions.alarms import ask_at_desk
from onestop.visits.actions.apart import talk_alone
from onestop.visits.actions.notes import remove_note, write_note
from onestop.visits.actions.rows import stop_row
from onestop.visits.actions.setup import set_up
from onestop.visits.queries.api import stops_of_visit
from onestop.visits.tables import calls
from onestop.web.desk.removed import carried
from onestop.web.kit.machine import seal
from tests.web.organise import things as organise
from tests.web.site import PEOPLE, ROLES, Site

Verdict = Literal["in", "refused", "unknown", "sign in"]
IN: Verdict = "in"
"""Let in: the rules may still refuse what was asked, but not the person."""
REFUSED: Verdict = "refused"
"""403."""
UNKNOWN: Verdict = "unknown"
"""404: as if the thing did not exist."""
SIGN_IN: Verdict = "sign in"
"""401, or sent to `/sign-in` or `/pair`."""

STRANGERS = ("anonymous", "visitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What each role meets at one address."""

    method: str
    path: str
    verdicts: dict[str, Verdict]
    bearer: bool = False
    form: dict[str, str] = field(default_factory=dict)
    json: dict[str, object] | None = None


def public(
    method: str,
    path: str,
    *,
    bearer: bool = False,
    form: dict[str, str] | None = None,
    json: dict[str, object] | None = None,
) -> Row:
    """For anybody."""
    return Row(method=method, path=path, verdicts=dict.fromkeys(ROLES, IN), bearer=bearer, form=form or {}, json=json)


def nobody(method: str, path: str, verdict: Verdict = UNKNOWN) -> Row:
    """Opens for none of the roles (its own secret is tested elsewhere)."""
    return Row(method=method, path=path, verdicts=dict.fromkeys(ROLES, verdict))


def staff(
    method: str,
    path: str,
    *allowed: str,
    hidden_from: tuple[str, ...] = (),
    form: dict[str, str] | None = None,
    bearer: bool = False,
    json: dict[str, object] | None = None,
) -> Row:
    """For the roles named; strangers are asked to sign in, everybody else is refused."""
    unknown_names = {*allowed, *hidden_from} - set(ROLES)
    assert not unknown_names, f"no such role: {unknown_names}"
    verdicts: dict[str, Verdict] = {role: SIGN_IN if role in STRANGERS else REFUSED for role in ROLES}
    verdicts |= dict.fromkeys(hidden_from, UNKNOWN)
    verdicts |= dict.fromkeys(allowed, IN)
    return Row(method=method, path=path, verdicts=verdicts, bearer=bearer, form=form or {}, json=json)


def machine(
    method: str,
    path: str,
    *allowed: str,
    hidden_from: tuple[str, ...] = (),
    json: dict[str, object] | None = None,
) -> Row:
    """The same with bearer tokens and an `Idempotency-Key`."""
    return staff(method, path, *allowed, hidden_from=hidden_from, bearer=True, json=json)


def _walk_in(site: Site) -> UUID:
    """A fresh visit that waits for the service of `officer`."""
    key = next(service.key for service in site.hall.offer.services if service.id in site.desk.services)
    return site.hall.walk_in(site.hall.wish(key))[1]


def _call(site: Site) -> int:
    """A call that the boards show."""
    site.hall.open_desks()
    _walk_in(site)
    site.hall.next(site.desk.number)
    return site.database.read_now(lambda conn: conn.execute(sa.select(sa.func.max(calls.c.id))).scalar_one())


def _ticket(site: Site) -> str:
    return f"/api/v1/tickets/{site.hall.book(site.hall.wish('legal')).code}"


FILLS: dict[str, Callable[[Site], str]] = {
    "day": lambda site: site.hall.day.slug,
    "slug": lambda site: site.hall.day.slug,
    "day_id": lambda site: str(site.hall.id),
    "desk": lambda site: str(site.desk.id),
    "desk_id": lambda site: str(site.desk.id),
    "number": lambda site: str(site.desk.number),
    "call": lambda site: str(_call(site)),
    "nth": lambda _: "0",
    "template": lambda _: "greek-mic",
    "file_path": lambda _: "css/base.css",
    "hold": lambda _: str(uuid4()),
    "stop": lambda site: str(site.database.read_now(stops_of_visit, _walk_in(site))[0]),
    "visit": lambda site: str(_walk_in(site)),
    "party": lambda site: str(site.hall.walk_in(site.hall.wish("legal"))[0].party),
    "ticket_number": lambda site: str(site.hall.walk_in(site.hall.wish("legal"))[0].number),
}
"""What stands in an address for `{name:type}`; the desk is the one of `officer`, not of `other_officer`."""

SPECIAL: dict[str, Callable[[Site], str]] = {}
"""The whole path for one route whose names mean something else than in `FILLS`: `SPECIAL["/t/{code:str}"] = …`."""


def _fresh_link(site: Site) -> str:
    now, real = site.database.now(), real_now()
    account = site.database.write_now(add_account, login=f"link-{uuid4().hex}", password_hash="", actor=SYSTEM, now=now)
    return f"/sign-in/link/{site.database.write_now(make_link, account, actor=SYSTEM, now=now, real=real).token}"


def _fresh_pass(site: Site) -> str:
    token = site.database.write_now(make_pass, site.desk.id, actor=SYSTEM, now=site.database.now()).token
    return f"/pass/{token}"


def _public_ticket(path: str, service: str = "legal") -> Callable[[Site], str]:
    def fresh(site: Site) -> str:
        party = site.hall.book(site.hall.wish(service)).party
        key = site.app.state.ticket_key
        made = site.database.write_now(new_code, party=party, key=key, actor=SYSTEM, now=site.hall.now)
        return path.replace("{code:str}", made.code).replace("{stop:uuid}", str(uuid4()))

    return fresh


_TICKET_PLACES = (
    *(
        "",
        "/live",
        "/kept.js",
        "/calendar.ics",
        "/print",
        "/change",
        "/cancel",
        "/erase",
        "/out",
        "/not-ready",
        "/back",
    ),
    *("/plan", "/plan/times", "/own", "/papers", "/help", "/help/end", "/steps", "/proof", "/aloud", "/aloud/end"),
    "/end",
    "/tally",
    "/seen",
    *(f"/stops/{{stop:uuid}}/{act}" for act in ("drop", "accept", "decline")),
    *("/earlier", "/earlier/end", "/offer/take", "/offer/decline"),
)
SPECIAL |= {f"/t/{{code:str}}{place}": _public_ticket(f"/t/{{code:str}}{place}") for place in _TICKET_PLACES}
SPECIAL |= {"/api/v1/tickets/{code:str}": _ticket}


def _with_plan(site: Site) -> str:
    """Of a day whose venue has a floor plan: else the page does not exist."""
    organise.floor_plan(site)
    return _public_ticket("/t/{code:str}/floor", "social")(site)


SPECIAL |= {"/t/{code:str}/floor": _with_plan}
SPECIAL |= {"/prove/{code:str}": lambda _: f"/prove/{uuid4().hex}"}


def _waiting(path: str) -> Callable[[Site], str]:
    def fresh(site: Site) -> str:
        key, day = site.app.state.ticket_key, site.hall.id
        how = {"channel": Channel.KIOSK, "key": key, "actor": SYSTEM, "now": site.hall.now, "day": day}
        party = site.database.write_now(join_list, day, site.hall.wish("legal"), **how)
        there = path.replace("{slug:str}", site.hall.day.slug).replace("{party:uuid}", str(party))
        return there.replace("{code:str}", waiting_code(key, day=day, party=party))

    return fresh


_WAITING_PLACES = ("", "/paper", "/take", "/decline", "/leave", "/erase", "/proof")
SPECIAL |= {
    f"{door}/{{code:str}}{place}": _waiting(f"{door}/{{code:str}}{place}")
    for door in ("/w", "/kiosk/waiting")
    for place in _WAITING_PLACES
}
_LISTED = tuple(f"/reception/{{slug:str}}/waiting/{{party:uuid}}/{act}" for act in ("take", "decline", "leave"))
SPECIAL |= {path: _waiting(path) for path in _LISTED}


def _reminders(site: Site) -> str:
    party = site.hall.book(site.hall.wish("legal")).party
    key, address = site.app.state.ticket_key, "ana@example.org"
    contact = Contact(kind="email", address=address)
    site.database.write_now(add_contact, site.hall.day, party, contact, key)
    return f"/reminders/{stop_code(key, party=party, address=address)}"


SPECIAL |= {"/reminders/{code:str}": _reminders}
SPECIAL |= {"/shifts/{code:str}": lambda site: f"/shifts/{organise.rota_codes(site)[0]}"}
SPECIAL |= {
    f"/my-shifts/{{code:str}}{act}": lambda site, act=act: f"/my-shifts/{organise.rota_codes(site)[1]}{act}"
    for act in ("", "/withdraw")
}


def _called(site: Site) -> UUID:
    """The stop that is called to the desk of `officer`."""
    site.hall.open_desks()
    _walk_in(site)
    stop = site.hall.next(site.desk.number).stop
    assert stop is not None
    return stop


def _called_visit(site: Site) -> UUID:
    return site.database.read_now(stop_row, _called(site)).visit_id


def _kiosk_ticket(site: Site) -> str:
    return f"/kiosk/tickets/{site.hall.book(site.hall.wish('legal')).code}"


SPECIAL |= {
    f"/kiosk/tickets/{{code:str}}{act}": lambda site, act=act: f"{_kiosk_ticket(site)}{act}"
    for act in ("", "/change", "/here", "/paper", "/move", "/cancel")
}
SPECIAL |= {
    "/kiosk/tickets/{code:str}/leave": lambda site: (
        f"/kiosk/tickets/{site.hall.walk_in(site.hall.wish('legal'))[0].code}/leave"
    )
}


def _alarm(site: Site) -> str:
    return str(site.hall.write(ask_at_desk, site.desk.id))


FILLS |= {"alarm": _alarm}


COURSE = "naturalisation-course"


def _session(site: Site) -> str:
    """A session at the desk of `officer` near the end of the day, of a service that nothing else is asked of."""
    hall = site.hall
    known = hall.db.read_now(sessions_of_day, hall.id)
    if known:
        return str(known[0].id)
    service = new_id()

    def offer(conn: sa.Connection) -> None:
        institution = site.desk.institution.id
        conn.execute(
            services.insert().values(
                id=service, institution_id=institution, key=COURSE, default_minutes=30, position=99
            )
        )
        conn.execute(desk_services.insert().values(desk_id=site.desk.id, service_id=service, minutes=30))

    hall.db.write_now(offer)
    starts = (hall.day.closes_at - timedelta(hours=1)).astimezone(hall.day.zone).time()
    made = SessionSettings(desk=site.desk.id, service=service, starts=starts, minutes=30, seats=99)
    version = hall.db.read_now(day_by_id, hall.id).version
    return str(hall.write(set_up, hall.id, add_session, made, version=version))


def _seat(site: Site) -> str:
    """Who goes there, below its address."""
    session = _session(site)
    hall = replace(site.hall, offer=site.hall.db.read_now(day_offer, site.hall.id))
    ticket, _ = hall.walk_in(hall.wish(COURSE))
    (stop,) = (
        row.id
        for row in hall.db.read_now(lambda conn: conn.execute(sa.select(stops)).all())
        if row.party_id == ticket.party
    )
    return f"{session}/stops/{stop}"


FILLS["session_id"] = _session
SPECIAL |= {
    f"/sessions/{{session_id:uuid}}/stops/{{stop_id:uuid}}/{act}": lambda site, act=act: (
        f"/sessions/{_seat(site)}/{act}"
    )
    for act in ("here", "not-here")
}
_STOP_ACTS = ("recall", "serve", "finish", "no-show", "park", "transfer", "undo")
SPECIAL |= {
    f"/stops/{{stop_id:uuid}}/{act}": lambda site, act=act: f"/stops/{_called(site)}/{act}" for act in _STOP_ACTS
}


def _note(act: str) -> Callable[[Site], str]:
    def fresh(site: Site) -> str:
        stop = _called(site)
        return f"/stops/{stop}/notes/{site.hall.write(write_note, stop, text='A note.')}/{act}"

    return fresh


def _referral(path: str) -> Callable[[Site], str]:
    """A referral from the conversation that is called to the desk of `officer`, to its own institution."""

    def fresh(site: Site) -> str:
        stop, read = _called(site), site.database.read_now
        there = read(referrals_of_stop, stop, today=site.hall.day.on)
        how = {"reason": "go-on", "by_on": None, "said_yes": True, "actor": SYSTEM, "now": site.hall.now}
        where = Where(institution=site.desk.institution.id)
        made = there[0].id if there else site.database.write_now(refer, stop, where, **how, day=site.hall.id)
        filled = path.replace("{stop_id:uuid}", str(stop)).replace("{referral:uuid}", str(made))
        return filled.replace("{desk_id:uuid}", str(site.desk.id))

    return fresh


SPECIAL |= {
    f"/stops/{{stop_id:uuid}}/{page}": lambda site, page=page: f"/stops/{_called(site)}/{page}"
    for page in ("notes", "phrases", "referrals", "steps")
}
SPECIAL |= {"/phrases/{nth:int}/{tag:str}": lambda _: "/phrases/0/sk"}


def _given(site: Site) -> str:
    """The page of a ticket that was given to one of two at the desk of `officer`."""
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", adults=2))
    stop = site.hall.next(site.desk.number).stop
    given = site.hall.write(talk_alone, stop, mark=2, soon=True, key=site.app.state.ticket_key)
    return f"/stops/{given.stop}/own-ticket/{given.act}"


SPECIAL |= {"/stops/{stop_id:uuid}/own-ticket": lambda site: f"/stops/{_called(site)}/own-ticket"}
SPECIAL |= {"/stops/{stop_id:uuid}/own-ticket/{act:uuid}": _given}
SPECIAL |= {f"/stops/{{stop_id:uuid}}/notes/{{note_id:uuid}}/{act}": _note(act) for act in ("remove", "copies")}
SPECIAL["/stops/{stop_id:uuid}/notes/put-back"] = lambda site: f"/stops/{_called(site)}/notes/put-back"
SPECIAL["/stops/{stop_id:uuid}/notes/{note_id:uuid}/copies/{institution:uuid}/take-back"] = lambda site: _note(
    f"copies/{site.other_desk.institution.id}/take-back"
)(site)
_REFERRALS = (
    "/stops/{stop_id:uuid}/referrals/{referral:uuid}/withdraw",
    "/desks/{desk_id:uuid}/referrals/{referral:uuid}/kept",
    "/desks/{desk_id:uuid}/referrals/{referral:uuid}/not-kept",
    "/organise/referrals/{referral:uuid}/kept",
    "/organise/referrals/{referral:uuid}/not-kept",
)
SPECIAL |= {path: _referral(path) for path in _REFERRALS}
_PARTY_STOPS = "/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}"


def _party_stop(site: Site) -> str:
    ticket, visit = site.hall.walk_in(site.hall.wish("legal"))
    stop = site.database.read_now(stops_of_visit, visit)[0]
    return f"/reception/{site.hall.day.slug}/parties/{ticket.party}/stops/{stop}"


SPECIAL |= {
    f"{_PARTY_STOPS}/{act}": lambda site, act=act: f"{_party_stop(site)}/{act}"
    for act in ("drop", "accept", "decline", "back", "papers", "send", "outcome")
}
SPECIAL |= {"/visits/{visit_id:uuid}/stops": lambda site: f"/visits/{_called_visit(site)}/stops"}
SPECIAL |= {"/pass/{token:str}": _fresh_pass, "/sign-in/link/{token:str}": _fresh_link}


def _recorded(site: Site) -> str:
    """A word that is there; the sound of it is somebody else's test."""
    folder = site.settings.var / "clips/ti"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "desk.opus").write_bytes(b"OggS")
    return "desk"


SPECIAL |= {
    f"/organise/series/{{series:uuid}}/logos/{{logo:uuid}}/{act}": (lambda site, act=act: organise.logo(site, act))
    for act in ("up", "remove")
}
SPECIAL["/plans/{picture:str}"] = lambda site: f"/plans/{organise.floor_plan(site)}"
SPECIAL |= {
    "/organise/texts/{kind:str}/{owner:uuid}/{part:str}": lambda site: (
        f"/organise/texts/place/{organise.place(site)}/hours"
    )
}
FILLS |= {
    "part": lambda _: "message",
    "tag": lambda _: "ti",
    "word": _recorded,
    "name": lambda _: "no-such-picture",
    "mediator": organise.mediator,
    "person": organise.person,
    "session": organise.session,
    "rota_link": organise.rota_link,
    "answer": organise.rota_answer,
    "pair": organise.pair,
    "pass_id": organise.day_pass,
    "device": organise.device,
    "conflict": organise.conflict,
    "account": organise.account,
    "institution": organise.institution,
    "service": organise.service,
    "paper": organise.paper,
    "place": organise.place,
    "series": organise.series,
    "venue": organise.venue,
    "need": organise.need,
    "picture": organise.picture,
    "entry": lambda _: str(uuid4()),
    "broadcast": lambda _: str(uuid4()),
}
_AT_SESSIONS = ("officer", "receptionist", "organiser")
_ORGANISERS = ("organiser", "administrator")
_DAY = "/organise/{day:str}"

_HALL = ("organiser", "officer", "other_officer", "receptionist", "floor_guide", "mediator")
"""Who works in the hall and may see its board."""
_FLOOR = ("receptionist", "organiser")
"""Who calls for desks that have no computer."""


def _removed(site: Site) -> dict[str, str]:
    """A note that was deleted a moment ago at the desk of `officer`."""
    stop = _called(site)
    removed = site.hall.write(remove_note, stop, site.hall.write(write_note, stop, text="A note."))
    return {"removed": carried(site.app.state.ticket_key, stop, removed)}


FORMS: dict[str, Callable[[Site], dict[str, str]]] = {
    "/kiosk/code": lambda site: {"code": site.hall.book(site.hall.wish("legal")).code},
    "/kiosk/say": lambda site: {
        "text": "Back",
        "tag": "en",
        "seal": seal(load_ticket_key(site.settings), "Back", "en"),
    },
    "/stops/{stop_id:uuid}/notes/put-back": _removed,
    "/stops/{stop_id:uuid}/notes/{note_id:uuid}/copies": lambda site: {
        "institution": str(site.other_desk.institution.id),
        "said_yes": "yes",
    },
    "/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/finish": lambda _: {"outcome": "not_known"},
    "/floor/{slug:str}/numbers/{ticket_number:int}/leave": lambda _: {"reason": "own_wish"},
}
"""What a form holds that must name a thing of this site."""

MATRIX: list[Row] = [
    # -- the shell ------------------------------------------------------------------------------------
    public("GET", "/static/{file_path:path}"),
    nobody("POST", "/demo/again"),  # only a demo has it
    public("GET", "/health/live"),
    public("GET", "/health/ready"),
    nobody("GET", "/metrics"),
    public("GET", "/api/v1"),
    public("GET", "/api/v1/openapi.json"),
    # -- public ---------------------------------------------------------------------------------------
    public("GET", "/"),
    public("GET", "/find"),
    public("GET", "/order"),
    public("GET", "/logos/{picture:str}"),
    public("GET", "/plans/{picture:str}"),
    nobody("POST", "/find"),
    *(public("GET", f"/d/{{day:str}}{page}") for page in ("", "/plan", "/times")),
    public("GET", "/erased"),
    public("POST", "/d/{day:str}/holds"),
    public("GET", "/d/{day:str}/waiting"),
    public("POST", "/d/{day:str}/waiting"),
    # Nobody finds these on a day that is not drawn; tests/web/public/test_draw.py opens them.
    *(nobody("GET", f"/d/{{day:str}}/draw{form}") for form in ("", ".txt")),
    public("GET", "/d/{day:str}/request"),
    public("POST", "/d/{day:str}/requests"),
    nobody("GET", "/prove/{code:str}"),
    nobody("POST", "/prove/{code:str}"),
    public("GET", "/holds/{hold:uuid}"),
    *(public("POST", f"/holds/{{hold:uuid}}/{act}") for act in ("booking", "again", "extension", "release")),
    *(
        public("GET", f"/t/{{code:str}}{page}")
        for page in (
            "",
            "/live",
            "/kept.js",
            "/calendar.ics",
            "/print",
            "/change",
            "/plan",
            "/plan/times",
            "/own",
            "/steps",
            "/proof",
            "/floor",
            "/tally",
            "/cancel",
            "/erase",
        )
    ),
    *(
        public("POST", f"/t/{{code:str}}/{act}")
        for act in (
            "change",
            "plan",
            "own",
            "papers",
            "cancel",
            "out",
            "back",
            "help",
            "help/end",
            "erase",
            "end",
            "tally",
            "seen",
        )
    ),
    *(public("POST", f"/t/{{code:str}}/{act}") for act in ("earlier", "earlier/end", "offer/take", "offer/decline")),
    *(public("POST", f"/t/{{code:str}}/{act}") for act in ("aloud", "aloud/end", "not-ready")),
    *(public("GET", f"/w/{{code:str}}{page}") for page in ("", "/erase")),
    *(public("POST", f"/w/{{code:str}}/{act}") for act in ("take", "decline", "leave", "erase", "proof")),
    public("GET", "/reminders/{code:str}"),
    public("POST", "/reminders/{code:str}"),
    *(public(method, f"/{page}/{{code:str}}") for page in ("shifts", "my-shifts") for method in ("GET", "POST")),
    public("POST", "/my-shifts/{code:str}/withdraw"),
    # Another one's step answers like an unknown one, whoever asks.
    *(nobody("POST", f"/t/{{code:str}}/stops/{{stop:uuid}}/{act}") for act in ("drop", "accept", "decline")),
    # -- account --------------------------------------------------------------------------------------
    public("GET", "/sign-in"),
    nobody("POST", "/sign-in", SIGN_IN),
    public("POST", "/sign-out"),
    public("GET", "/sign-in/link/{token:str}"),
    public("POST", "/sign-in/link/{token:str}"),
    public("GET", "/pass"),
    nobody("POST", "/pass", REFUSED),
    public("GET", "/pass/{token:str}"),
    public("POST", "/pass/{token:str}"),
    public("GET", "/pair"),
    nobody("POST", "/pair", SIGN_IN),
    # Without a half-open sign-in it sends everybody to the beginning.
    public("GET", "/sign-in/code"),
    public("POST", "/sign-in/code"),
    # A day pass is no account.
    *(staff("GET", f"/account{page}", *PEOPLE) for page in ("", "/codes")),
    *(staff("POST", f"/account/codes{act}", *PEOPLE) for act in ("", "/begin", "/recovery", "/off")),
    # -- kiosk ----------------------------------------------------------------------------------------
    *(
        staff("GET", path, "kiosk", "organiser")
        for path in (
            "/kiosk",
            "/kiosk/days",
            "/kiosk/code",
            "/kiosk/d/{slug:str}/needs",
            "/kiosk/d/{slug:str}/desks",
            "/kiosk/d/{slug:str}/times",
            "/kiosk/d/{slug:str}/who",
            "/kiosk/tickets/{code:str}",
            "/kiosk/offline",
            "/kiosk/tickets/{code:str}/change",
            "/kiosk/tickets/{code:str}/here",
            "/kiosk/tickets/{code:str}/leave",
            "/kiosk/tickets/{code:str}/paper",
            "/kiosk/waiting/{code:str}",
            "/kiosk/waiting/{code:str}/paper",
        )
    ),
    *(
        staff("POST", path, "kiosk", "organiser")
        for path in (
            "/kiosk/code",
            "/kiosk/d/{slug:str}/tickets",
            "/kiosk/d/{slug:str}/bookings",
            "/kiosk/tickets/{code:str}/move",
            "/kiosk/tickets/{code:str}/cancel",
            "/kiosk/tickets/{code:str}/leave",
            "/kiosk/d/{slug:str}/waiting",
            "/kiosk/waiting/{code:str}/take",
            "/kiosk/waiting/{code:str}/decline",
            "/kiosk/waiting/{code:str}/leave",
            "/kiosk/d/{slug:str}/requests",
            "/kiosk/say",
        )
    ),
    # -- api ------------------------------------------------------------------------------------------
    public("GET", "/api/v1/days", bearer=True),
    public("GET", "/api/v1/days/{day:str}", bearer=True),
    public("GET", "/api/v1/days/{day:str}/arrivals", bearer=True),
    public("POST", "/api/v1/days/{day:str}/holds", bearer=True),
    public("POST", "/api/v1/days/{day:str}/bookings", bearer=True),
    public("POST", "/api/v1/days/{day:str}/requests", bearer=True),
    nobody("GET", "/api/v1/days/{day:str}/draw"),
    public("POST", "/api/v1/holds/{hold:uuid}/booking", bearer=True),
    public("GET", "/api/v1/tickets/{code:str}", bearer=True),
    public("PATCH", "/api/v1/tickets/{code:str}", bearer=True),
    public("DELETE", "/api/v1/tickets/{code:str}", bearer=True),
    machine("POST", "/api/v1/days/{day:str}/check-ins", "kiosk", "receptionist"),
    machine("POST", "/api/v1/days/{day:str}/visits", "kiosk", "receptionist", json={"services": ["legal"]}),
    machine("POST", "/api/v1/devices/leases", "kiosk"),
    machine("POST", "/api/v1/devices/heartbeat", "kiosk", json={"printer": "ok"}),
    # It knows no message of this name, which is what it answers to whoever may ask.
    machine("POST", "/api/v1/bounces", hidden_from=("administrator",), json={"message_id": "<known@onestop.invalid>"}),
    machine("GET", "/api/v1/days/{day:str}/board", "display", "kiosk", *_HALL),
    machine("GET", "/api/v1/days/{day:str}/live", "display", "kiosk", *_HALL),
    machine("GET", "/api/v1/days/{day:str}/overview", "organiser"),
    machine("GET", "/api/v1/days/{day:str}/ledger", "organiser"),
    machine("GET", "/api/v1/days/{day:str}/statistics", "organiser"),
    machine("GET", "/api/v1/desks/{desk:uuid}/queue", "officer", hidden_from=("other_officer",)),
    machine("POST", "/api/v1/desks/{desk:uuid}/calls", "officer", hidden_from=("other_officer",)),
    *(
        machine("POST", f"/api/v1/desks/{{desk:uuid}}/{act}", "officer", "organiser", hidden_from=("other_officer",))
        for act in ("open", "pause", "close")
    ),
    *(
        machine("POST", f"/api/v1/stops/{{stop:uuid}}/{act}", "officer", hidden_from=("other_officer",), json={})
        for act in ("recall", "serve", "finish", "no-show", "park", "transfer", "undo")
    ),
    machine(
        "POST",
        "/api/v1/stops/{stop:uuid}/referrals",
        "officer",
        hidden_from=("other_officer",),
        json={"reason": "permit"},
    ),
    machine("GET", "/api/v1/referrals", "officer", "other_officer", "organiser"),
    machine(
        "POST",
        "/api/v1/visits/{visit:uuid}/stops",
        "officer",
        "receptionist",
        hidden_from=("other_officer",),
        json={"service": "social"},
    ),
    machine("POST", "/api/v1/visits/{visit:uuid}/leave", "officer", "receptionist", hidden_from=("other_officer",)),
    machine(
        "POST",
        "/api/v1/visits/{visit:uuid}/carry-over",
        "officer",
        "receptionist",
        hidden_from=("other_officer",),
        json={"day": "iom-bratislava-2026-12-03"},
    ),
    # -- desk -----------------------------------------------------------------------------------------
    staff("GET", "/desk", "officer", "other_officer"),
    *(
        staff("GET", f"/desks/{{desk_id:uuid}}{part}", "officer", hidden_from=("other_officer",))
        for part in ("", "/now", "/next", "/mine", "/help", "/asked", "/live", "/referrals")
    ),
    *(
        staff(
            "POST",
            f"/desks/{{desk_id:uuid}}/referrals/{{referral:uuid}}/{act}",
            "officer",
            hidden_from=("other_officer",),
        )
        for act in ("kept", "not-kept")
    ),
    *(
        staff("POST", f"/desks/{{desk_id:uuid}}/{act}", "officer", hidden_from=("other_officer",))
        for act in ("calls", "stand-down", "open", "pause", "close", "alarms")
    ),
    *(
        staff("POST", f"/desks/{{desk_id:uuid}}/alarms/{{alarm:uuid}}/{act}", "officer", hidden_from=("other_officer",))
        for act in ("coming", "end")
    ),
    *(staff("POST", f"/stops/{{stop_id:uuid}}/{act}", "officer", hidden_from=("other_officer",)) for act in _STOP_ACTS),
    *(
        staff("GET", f"/sessions/{{session_id:uuid}}{part}", *_AT_SESSIONS, hidden_from=("other_officer",))
        for part in ("", "/now", "/live")
    ),
    *(
        staff("POST", f"/sessions/{{session_id:uuid}}/{act}", *_AT_SESSIONS, hidden_from=("other_officer",))
        for act in ("call", "begin", "end", "undo", "stops/{stop_id:uuid}/here", "stops/{stop_id:uuid}/not-here")
    ),
    staff("GET", "/desks/{desk_id:uuid}/hand-over", "officer", hidden_from=("other_officer",)),
    staff("POST", "/desks/{desk_id:uuid}/hand-over", "officer", hidden_from=("other_officer",)),
    public("GET", "/desk/handed-over"),
    staff("POST", "/stops/{stop_id:uuid}/own-ticket", "officer", hidden_from=("other_officer",)),
    staff("GET", "/stops/{stop_id:uuid}/own-ticket/{act:uuid}", "officer", hidden_from=("other_officer",)),
    staff("GET", "/stops/{stop_id:uuid}/notes", "officer", hidden_from=("other_officer",)),
    staff("GET", "/desks/{desk_id:uuid}/practise", "officer", hidden_from=("other_officer",)),
    staff("GET", "/stops/{stop_id:uuid}/phrases", "officer", hidden_from=("other_officer",)),
    staff("GET", "/phrases/{nth:int}/{tag:str}", "officer", "other_officer"),
    *(
        staff("POST", f"/stops/{{stop_id:uuid}}/notes{act}", "officer", hidden_from=("other_officer",))
        for act in (
            "",
            "/put-back",
            "/{note_id:uuid}/remove",
            "/{note_id:uuid}/copies",
            "/{note_id:uuid}/copies/{institution:uuid}/take-back",
        )
    ),
    staff("GET", "/stops/{stop_id:uuid}/steps", "officer", hidden_from=("other_officer",)),
    # For desks without a computer; tests/web/floor/test_more.py tests another day and private talks.
    *(
        staff(method, f"/stops/{{stop_id:uuid}}/referrals{act}", "officer", *_FLOOR, hidden_from=("other_officer",))
        for method, act in (("GET", ""), ("POST", ""), ("POST", "/{referral:uuid}/withdraw"))
    ),
    # The form names the desk; without one both hear that it is missing (tests/web/desk tests a foreign one).
    staff("POST", "/visits/{visit_id:uuid}/stops", "officer", "other_officer"),
    # -- display --------------------------------------------------------------------------------------
    *(
        staff("GET", f"/display/{{day:str}}{part}", "display", "organiser", "receptionist")
        for part in ("", "/calls", "/live")
    ),
    staff("GET", "/display/{day:str}/desk/{number:int}", "display", "organiser", "receptionist"),
    staff("GET", "/display/{day:str}/calls/{call:int}/say/{nth:int}", "display", "organiser", "receptionist"),
    # -- reception ------------------------------------------------------------------------------------
    staff("GET", "/reception", "receptionist", "organiser"),
    *(
        staff("GET", f"/reception/{{slug:str}}{part}", "receptionist", "organiser")
        for part in (
            *("", "/now", "/find", "/live", "/people", "/people/now", "/message"),
            *("/walk-in", "/walk-in/wish", "/book", "/book/wish", "/book/times", "/waiting", "/paper", "/changed"),
        )
    ),
    *(
        staff("POST", f"/reception/{{slug:str}}/{act}", "receptionist", "organiser")
        for act in (
            *("find", "turned-away", "answers", "walk-in", "walk-in/wish"),
            *("book", "book/wish", "book/times", "book/waiting"),
            *("message", "message/{broadcast:uuid}/end"),
            *("paper", "paper/{entry:uuid}/undo", "pack"),
        )
    ),
    *(
        staff("POST", f"/reception/{{slug:str}}/waiting/{{party:uuid}}/{act}", "receptionist", "organiser")
        for act in ("take", "decline", "leave")
    ),
    *(
        staff("GET", f"/reception/{{slug:str}}/parties/{{party:uuid}}{part}", "receptionist", "organiser")
        for part in ("", "/now", "/time", "/who", "/own", "/print", "/steps", "/proof")
    ),
    staff("GET", "/reception/{slug:str}/requests/{party:uuid}", "receptionist", "organiser"),
    *(
        staff("POST", f"/reception/{{slug:str}}/parties/{{party:uuid}}/{act}", "receptionist", "organiser")
        for act in (
            *("check-in", "check-in/undo", "need", "need/end", "out", "back", "again", "leave", "undo", "carry-over"),
            *("name", "code", "cancel", "time", "stops", "who", "own", "not-ready", "told"),
        )
    ),
    *(
        staff("POST", f"{_PARTY_STOPS}/{act}", "receptionist", "organiser")
        for act in ("drop", "accept", "decline", "back", "papers", "send", "outcome")
    ),
    # -- floor ----------------------------------------------------------------------------------------
    staff("GET", "/floor", "receptionist", "organiser", "floor_guide"),
    *(
        staff("GET", f"/floor/{{slug:str}}{part}", "receptionist", "organiser", "floor_guide")
        for part in ("", "/live", "/called", "/called/now", "/called/new", "/number", "/number/now", "/plan")
    ),
    *(
        staff("POST", f"/floor/{{slug:str}}/{thing}", "receptionist", "organiser", "floor_guide")
        for thing in (
            "numbers/{ticket_number:int}/out",
            "numbers/{ticket_number:int}/back",
            "numbers/{ticket_number:int}/not-ready",
            "numbers/{ticket_number:int}/leave",
            "numbers/{ticket_number:int}/stay",
            "numbers/{ticket_number:int}/need",
            "numbers/{ticket_number:int}/need/end",
            "numbers/{ticket_number:int}/help",
            "near/{desk:uuid}/help",
            "hall/help",
        )
    ),
    *(
        staff(method, "/floor/{slug:str}/tally", "receptionist", "organiser", "floor_guide")
        for method in ("GET", "POST")
    ),
    staff("GET", "/floor/{slug:str}/now", "receptionist", "organiser"),
    *(
        staff("POST", f"/floor/{{slug:str}}/stops/{{stop:uuid}}/{act}", "receptionist", "organiser", "floor_guide")
        for act in ("found", "not-found", "unsaid", "gone")
    ),
    *(
        staff("POST", f"/floor/{{slug:str}}/alarms/{{alarm:uuid}}/{act}", "receptionist", *_ORGANISERS, "floor_guide")
        for act in ("coming", "end")
    ),
    *(
        staff("POST", f"/floor/{{slug:str}}/desks/{{desk:uuid}}/{act}", "receptionist", "organiser")
        for act in ("calls", "ready/end", "open", "pause", "close", "undo", "help")
    ),
    staff("GET", "/floor/{slug:str}/desks/{desk:uuid}", "receptionist", "organiser"),
    *(
        staff("POST", f"/floor/{{slug:str}}/desks/{{desk:uuid}}/stops/{{stop:uuid}}/{act}", "receptionist", "organiser")
        for act in ("recall", "serve", "finish", "no-show", "park")
    ),
    # -- mediator -------------------------------------------------------------------------------------
    staff("GET", "/mediator", "mediator"),
    *(staff("GET", f"/mediator/{{slug:str}}{part}", "mediator") for part in ("", "/live")),
    staff("POST", "/mediator/{slug:str}/mediators/{mediator:uuid}/me", "mediator"),
    staff("POST", "/mediator/{slug:str}/not-me", "mediator"),
    # An account that has not said which mediator it is; tests/web/mediator presses these.
    *(
        staff("POST", f"/mediator/{{slug:str}}/{act}", hidden_from=("mediator",))
        for act in ("free", "break", "left", "stops/{stop:uuid}/done")
    ),
    # -- helper ---------------------------------------------------------------------------------------
    staff("GET", "/helper", "helper"),
    *(staff("GET", f"/helper/{{slug:str}}/{part}", "helper") for part in ("book", "book/wish", "book/times")),
    *(
        staff("POST", f"/helper/{{slug:str}}/{part}", "helper")
        for part in ("book", "book/wish", "book/times", "book/waiting")
    ),
    # Nobody opens what somebody else booked; tests/web/helper opens a helper's own.
    *(
        staff("GET", f"/helper/{{slug:str}}/parties/{{party:uuid}}{part}", hidden_from=("helper",))
        for part in ("", "/print", "/time")
    ),
    *(
        staff(
            "POST",
            f"/helper/{{slug:str}}/parties/{{party:uuid}}/{act}",
            hidden_from=("helper",),
            form={"arrival": "2026-12-03T10:00:00+00:00"},
        )
        for act in ("time", "cancel")
    ),
    *(
        staff("GET", f"/helper/{{slug:str}}/waiting/{{party:uuid}}{part}", hidden_from=("helper",))
        for part in ("", "/print")
    ),
    *(
        staff("POST", f"/helper/{{slug:str}}/waiting/{{party:uuid}}/{act}", hidden_from=("helper",))
        for act in ("take", "decline", "leave")
    ),
    # -- organise -------------------------------------------------------------------------------------
    *(
        staff("GET", f"/organise{page}", *_ORGANISERS)
        for page in (
            *("", "/new", "/institutions", "/institutions/{institution:uuid}", "/staff"),
            *("/services/{service:uuid}/papers", "/papers/{paper:uuid}", "/places", "/places/{place:uuid}"),
            *("/venues", "/venues/{venue:uuid}", "/needs", "/needs/{need:uuid}"),
            *("/series", "/series/{series:uuid}", "/series/{series:uuid}/preview"),
            *("/programme", "/programme/figures", "/programme/report"),
            *("/new/empty.xlsx", *(f"/new/templates/{{template:str}}/day.{kind}" for kind in ("xlsx", "toml"))),
            *("/texts", "/texts/{kind:str}/{owner:uuid}/{part:str}"),
            *("/audit", "/referrals", "/speech", "/speech/{tag:str}", "/speech/{tag:str}/{word:str}"),
        )
    ),
    *(
        staff("POST", f"/organise/{act}", *_ORGANISERS)
        for act in (
            *("days/from-template", "days/from-day", "days/from-file", "services/{service:uuid}"),
            *("institutions", "institutions/{institution:uuid}", "institutions/{institution:uuid}/services"),
            *(f"institutions/{{institution:uuid}}/{act}" for act in ("close", "open", "remove")),
            *("services/{service:uuid}/papers", "services/{service:uuid}/papers/review"),
            *("papers/{paper:uuid}", "papers/{paper:uuid}/up", "papers/{paper:uuid}/remove"),
            *("referrals/{referral:uuid}/kept", "referrals/{referral:uuid}/not-kept"),
            *("speech/{tag:str}", "speech/{tag:str}/{word:str}/remove"),
            *("places", "places/{place:uuid}", "places/{place:uuid}/close", "places/{place:uuid}/open"),
            *("needs", "needs/{need:uuid}"),
            *(f"needs/{{need:uuid}}/{act}" for act in ("up", "down", "close", "open", "remove")),
            *("venues", "venues/{venue:uuid}"),
            *(f"venues/{{venue:uuid}}/{act}" for act in ("close", "open", "remove", "plan", "plan/remove", "way")),
            *("series", "series/{series:uuid}", "series/{series:uuid}/logos"),
            *(f"series/{{series:uuid}}/logos/{{logo:uuid}}/{act}" for act in ("up", "remove")),
            "texts/{kind:str}/{owner:uuid}/{part:str}",
            *("staff", "staff/{account:uuid}/helping", "staff/{account:uuid}/link", "staff/{account:uuid}/revoke"),
        )
    ),
    *(staff("POST", f"/organise/staff/{act}", "administrator") for act in ("codes", "{account:uuid}/codes/off")),
    *(
        staff("GET", _DAY + page, *_ORGANISERS)
        for page in (
            *(
                "",
                "/settings",
                "/lines",
                "/tally",
                "/history",
                "/messages",
                "/cancel",
                "/move",
                "/carry",
                "/desks",
                "/desks/new",
                "/desks/{number:int}",
                "/floor",
                "/order",
                "/invitations",
                "/passes",
                "/pack",
                "/sheets",
                "/audit",
                "/institution",
            ),
            *("/sessions", "/sessions/new", "/sessions/{session:uuid}"),
            *("/mediators", "/mediators/new", "/mediators/{mediator:uuid}", "/devices", "/overview", "/live"),
            *("/people", "/people/new", "/people/{person:uuid}", "/people/answers", "/people.pdf"),
            *("/devices/{device:uuid}/display", "/board", "/file.xlsx", "/file.toml"),
            *("/statistics", "/statistics/report", "/rehearsal", "/rehearsal/beside", "/picture"),
            *("/texts", "/texts/{part:str}", "/preview"),
            *(
                f"/preview/{each}"
                for each in ("code", "first", "plan", "ticket", "called", "print", "slip", "board", "mail")
            ),
        )
    ),
    # A picture, a poster, a guide that there is none of.
    *(
        staff("GET", f"{_DAY}/sheets/{kind}/{{name:str}}/{{tag:str}}", hidden_from=_ORGANISERS)
        for kind in ("posters", "guides")
    ),
    staff("GET", f"{_DAY}/statistics/pictures/{{name:str}}", hidden_from=_ORGANISERS),
    # The day of this site is not drawn: organisers hear that it has no draw, everybody else is refused.
    *(staff(method, f"{_DAY}/draw", hidden_from=_ORGANISERS) for method in ("GET", "POST")),
    *(
        staff("POST", f"{_DAY}/{act}", *_ORGANISERS)
        for act in (
            *(
                "publish",
                "pause",
                "resume",
                "close",
                "carry",
                "cancel",
                "move",
                "settings",
                "lines",
                "tally",
                "messages/again",
                "desks",
                "desks/{number:int}",
                "institution",
            ),
            *(f"desks/{{number:int}}/{act}" for act in ("remove", "open", "pause", "close")),
            *("floor/{number:int}", "floor/{number:int}/remove"),
            *("sessions", "sessions/{session:uuid}", "sessions/{session:uuid}/remove"),
            *("mediators", "mediators/{mediator:uuid}"),
            *(f"mediators/{{mediator:uuid}}/{act}" for act in ("remove", "sign-out", "free", "break", "left")),
            *("people", "people/{person:uuid}", "people/{person:uuid}/remove"),
            *("people/links", "people/links/{rota_link:uuid}/revoke"),
            *(f"people/answers/{{answer:uuid}}/{act}" for act in ("take", "remove")),
            *("order", "order/{pair:uuid}/remove", "history/undo", "invitations", "pack", "pack/kept"),
            *(
                "passes",
                "passes/missing",
                "passes/revoke",
                "passes/{pass_id:uuid}/release",
                "passes/{pass_id:uuid}/revoke",
            ),
            *("devices", "devices/{device:uuid}", "devices/{device:uuid}/code", "devices/{device:uuid}/revoke"),
            *("devices/{device:uuid}/display", "texts/{part:str}"),
            "devices/conflicts/{conflict:uuid}/seen",
        )
    ),
    # The day of this site is not closed, so there is no report of an institution yet.
    staff("POST", f"{_DAY}/statistics/institution", *_ORGANISERS, form={"institution": "IOM"}),
    staff("POST", f"{_DAY}/statistics/file", *_ORGANISERS, form={"kind": "json"}),
    # No day is named: organisers hear that there is none, everybody else is refused.
    staff("POST", "/organise/programme/file", hidden_from=_ORGANISERS, form={"kind": "json"}),
]
