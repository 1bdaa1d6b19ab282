"""Who may use which address: one line for each route. A route without a line fails `test_access_matrix.py`.

    public("GET", "/d/{day:str}")                          anybody
    staff("GET", "/desk", "officer")                       those named; others are refused, strangers sign in
    staff("POST", "/desks/{desk_id:uuid}/calls", "officer", hidden_from=("other_officer",))
                                                           `hidden_from`: a foreign thing answers like an unknown one
    machine("POST", "/api/v1/…", "kiosk")                  bearer tokens instead of cookies

Path parameters are filled by name from `FILLS`; a new name needs one line there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from onestop.accounts.actions import add_account, make_pass
from onestop.accounts.links import make_link
from onestop.clock import real_now
from onestop.domain.roles import SYSTEM
from tests.web.site import ROLES, Site

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


def public(method: str, path: str, *, bearer: bool = False, form: dict[str, str] | None = None) -> Row:
    """For anybody."""
    return Row(method=method, path=path, verdicts=dict.fromkeys(ROLES, IN), bearer=bearer, form=form or {})


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
) -> Row:
    """For the roles named; strangers are asked to sign in, everybody else is refused."""
    unknown_names = {*allowed, *hidden_from} - set(ROLES)
    assert not unknown_names, f"no such role: {unknown_names}"
    verdicts: dict[str, Verdict] = {role: SIGN_IN if role in STRANGERS else REFUSED for role in ROLES}
    verdicts |= dict.fromkeys(hidden_from, UNKNOWN)
    verdicts |= dict.fromkeys(allowed, IN)
    return Row(method=method, path=path, verdicts=verdicts, bearer=bearer, form=form or {})


def machine(method: str, path: str, *allowed: str, hidden_from: tuple[str, ...] = ()) -> Row:
    """The same with bearer tokens."""
    return staff(method, path, *allowed, hidden_from=hidden_from, bearer=True)


FILLS: dict[str, Callable[[Site], str]] = {
    "day": lambda site: site.hall.day.slug,
    "slug": lambda site: site.hall.day.slug,
    "day_id": lambda site: str(site.hall.id),
    "desk": lambda site: str(site.desk.id),
    "desk_id": lambda site: str(site.desk.id),
    "number": lambda site: str(site.desk.number),
    "file_path": lambda _: "css/base.css",
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


SPECIAL |= {"/pass/{token:str}": _fresh_pass, "/sign-in/link/{token:str}": _fresh_link}

MATRIX: list[Row] = [
    # -- the shell ------------------------------------------------------------------------------------
    public("GET", "/static/{file_path:path}"),
    public("GET", "/health/live"),
    public("GET", "/health/ready"),
    nobody("GET", "/metrics"),
    public("GET", "/api/v1"),
    public("GET", "/api/v1/openapi.json"),
    # -- account --------------------------------------------------------------------------------------
    public("GET", "/sign-in"),
    nobody("POST", "/sign-in", SIGN_IN),
    public("POST", "/sign-out"),
    public("GET", "/sign-in/link/{token:str}"),
    public("POST", "/sign-in/link/{token:str}"),
    public("GET", "/pass/{token:str}"),
    public("POST", "/pass/{token:str}"),
    public("GET", "/pair"),
    nobody("POST", "/pair", SIGN_IN),
]
