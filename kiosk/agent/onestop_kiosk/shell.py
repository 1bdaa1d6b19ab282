"""What the machine's browser sees: the server's pages while there is a line, the kept ones while there is none.

The browser knows this address alone. Whoever else asks is refused: the host must be this machine, the origin this
address, and the cookie the one that the start of the machine gave to its browser.
"""

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from aiohttp import web

from onestop_kiosk import paper
from onestop_kiosk.codes import read_code
from onestop_kiosk.files import kind_of
from onestop_kiosk.keeper import Keeper, read_form
from onestop_kiosk.papers import Papers, values
from onestop_kiosk.server import Answer, Away, ShutOut
from onestop_kiosk.settings import Settings
from onestop_kiosk.snapshot import Snapshot, above
from onestop_kiosk.store import Act, NoNumber, Outcome, State

COOKIE = "onestop_kiosk"
LOOK_AGAIN = 2
"""Seconds: a screen whose paper is under way is shown anew until it is known whether the paper came."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SCREENS_THAT_SCAN = ("/kiosk", "/kiosk/code")
PASSED_ON = ("Content-Type", "Content-Language", "Refresh")
NONCE = re.compile(r"^[\x21-\x7e]{8,80}\Z")
TICKETS = re.compile(r"^/kiosk/d/([a-z0-9-]{1,80})/tickets\Z")
OPENED = re.compile(r"^/kiosk/(?:tickets|waiting)/([A-Za-z0-9]{8,64})(?:/|\Z)")
WITH_A_PAPER = re.compile(r"^/kiosk/(?:tickets|waiting)/[A-Za-z0-9]{8,64}\Z")
_CLOCK = re.compile(r'(<p class="clock">).*?(</p>)', re.DOTALL)
_NOW = re.compile(r'data-now="[^"]*"')
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Shell:
    """The pages. `token` is what the machine's browser brings when it starts."""

    def __init__(self, keeper: Keeper, settings: Settings, *, token: str) -> None:
        self._keeper = keeper
        self._settings = settings
        self._token = token
        self._opened: set[str] = set()
        """Codes whose pages may be shown: those of whoever stands here, until the first screen is shown again."""
        self._papers = Papers(keeper, settings)
        self._giving = asyncio.Lock()
        """A second press waits for the first, and is sent where that one led."""

    def app(self) -> web.Application:
        """The program that listens."""
        app = web.Application(middlewares=[self._guard], client_max_size=64 * 1024)
        app.router.add_get("/", self._start)
        app.router.add_get("/static/{path:.+}", self._file)
        app.router.add_route("GET", "/{path:kiosk(/.*)?}", self._show)
        app.router.add_route("POST", "/{path:kiosk(/.*)?}", self._send)
        return app

    # -- who may ask --------------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        here = {f"127.0.0.1:{self._settings.port}", f"localhost:{self._settings.port}"}
        origin = request.headers.get("Origin")
        if request.host not in here or (origin is not None and urlsplit(origin).netloc != request.host):
            raise web.HTTPForbidden
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise web.HTTPForbidden
        given = request.cookies.get(COOKIE, "") if request.path != "/" else request.query.get("token", "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise web.HTTPForbidden
        answer = await handler(request)
        if isinstance(answer, web.Response) and answer.content_type == "text/html":
            answer.text = paper.fill(answer.text or "", sizes(request.query.get("size", "")))
        answer.headers.setdefault("Cache-Control", "no-store")
        scans = request.path in SCREENS_THAT_SCAN
        answer.headers["Content-Security-Policy"] = f"{POLICY}; worker-src blob:" if scans else POLICY
        answer.headers["Permissions-Policy"] = f"camera={'(self)' if scans else '()'}, microphone=(), geolocation=()"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    async def _start(self, _: web.Request) -> web.StreamResponse:
        answer = _see("/kiosk")
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", path="/")
        return answer

    # -- pages --------------------------------------------------------------------------------------

    async def _show(self, request: web.Request) -> web.StreamResponse:
        if request.path != "/kiosk":
            return await self._screen(request)
        self._papers.next_one()
        self._opened.clear()  # whoever stood here has gone: nothing that was shown can be reached again
        answer = await self._screen(request)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def _screen(self, request: web.Request) -> web.StreamResponse:
        keeper, language = self._keeper, request.query.get("lang", "")
        opened = OPENED.match(request.path)
        if opened is not None and opened.group(1) not in self._opened:
            return _see("/kiosk")  # somebody else's page, reached by going back
        if request.path == "/kiosk/offline" or keeper.is_shut:
            return self._says("shut" if keeper.is_shut else "away", language)
        code = opened.group(1) if opened is not None else ""
        act, outcome = (keeper.store.ticket_of(code) if code else None), None
        if WITH_A_PAPER.match(request.path):
            if "paper" in request.query or ("new" in request.query and not self._papers.was_begun(code)):
                if act is not None:
                    self._papers.begin_ticket(act)
                else:
                    self._papers.begin_page(code, request.path, language)
            if "paper" in request.query:
                return _see(str(request.rel_url.without_query_params("paper")))
            await self._papers.soon(code)
            outcome = self._papers.outcome(code)
        if act is not None and (act.state is not State.DONE or keeper.is_away):
            return _looks_again(request, outcome, self._own_ticket(act, outcome))
        if not keeper.is_away:
            try:
                said = {"X-Onestop-Paper": outcome} if outcome is not None else None
                answer = await keeper.server.page("GET", request.path_qs, headers=said)
            except Away:
                keeper.is_away = True
            except ShutOut:
                keeper.shut()
                return self._says("shut", language)
            else:
                return _looks_again(request, outcome, self._pass_on(answer))
        return self._kept(request)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        keeper, language = self._keeper, request.query.get("lang", "")
        body = await request.read()
        if keeper.is_shut:
            return self._says("shut", language)
        if TICKETS.match(request.path) and keeper.snapshot is not None:
            async with self._giving:
                return await self._ticket(request, keeper.snapshot, body)
        if request.path == "/kiosk/code":
            return await self._code(request, body)
        try:
            answer = await keeper.server.page("POST", request.path_qs, body=body, headers=_form_headers(request))
        except Away:
            keeper.is_away = True
            return self._says("away", language)
        except ShutOut:
            keeper.shut()
            return self._says("shut", language)
        return self._pass_on(answer)

    async def _ticket(self, request: web.Request, snapshot: Snapshot, body: bytes) -> web.StreamResponse:
        """A ticket for today: its number is this machine's own, so that it can be printed whatever the line does."""
        keeper = self._keeper
        form = read_form(body)
        given = dict(form)
        language = snapshot.speaks(request.query.get("lang", ""))
        if request.path != f"/kiosk/d/{snapshot.day}/tickets" or not keeper.gives():
            return await self._without_a_number(request, body)
        if not any(name == "services" for name, _ in form):
            return await self._without_a_number(request, body)
        nonce = given.get("_key", "")
        if not NONCE.match(nonce):
            nonce = uuid4().hex
        try:
            act = keeper.begin_ticket(nonce, language, form)
        except NoNumber:
            return await self._without_a_number(request, body, empty=True)
        if act.state is State.BEGUN:
            if (refused := await self._try_now(request, act, body)) is not None:
                return refused
            self._papers.begin_ticket(keeper.store.ticket_of(act.code) or act)
        self._opened.add(act.code)
        chosen = {name: request.query[name] for name in ("size",) if name in request.query}
        return _see(f"/kiosk/tickets/{act.code}?{urlencode({'lang': language, **chosen})}")

    async def _try_now(self, request: web.Request, act: Act, body: bytes) -> web.StreamResponse | None:
        """Hand the form in while she waits; without an answer it is done later. A page, if the server asks back."""
        keeper = self._keeper
        if keeper.is_away:
            keeper.store.move(act, State.WAITS)
            return None
        stamp = urlencode({name: act.body[name] for name in ("nonce", "number", "counter", "issued_at")})
        try:
            answer = await keeper.server.page(
                "POST", request.path_qs, body=body + b"&" + stamp.encode(), headers=_form_headers(request)
            )
        except Away:
            keeper.is_away = True
            keeper.store.move(act, State.WAITS)
            return None
        except ShutOut:
            keeper.store.move(act, State.WAITS)
            keeper.shut()
            return self._says("shut", act.language)
        code = _code_in(answer.headers.get("Location", ""))
        if answer.status == 303 and code == act.code:
            keeper.store.move(act, State.DONE)
            return None
        if answer.status == 303 and code:
            keeper.store.move(act, State.DONE)  # the number was taken: the server gave her another one, and prints that
            return self._pass_on(answer)
        keeper.store.give_back(act)
        return self._pass_on(answer)

    async def _without_a_number(self, request: web.Request, body: bytes, *, empty: bool = False) -> web.StreamResponse:
        """The server gives the ticket, or asks back what is missing; without a line there is nothing to give."""
        language = request.query.get("lang", "")
        try:
            if self._keeper.is_away:
                raise Away
            answer = await self._keeper.server.page("POST", request.path_qs, body=body, headers=_form_headers(request))
        except Away:
            self._keeper.is_away = True
            return self._says("empty" if empty else "away", language)
        except ShutOut:
            self._keeper.shut()
            return self._says("shut", language)
        return self._pass_on(answer)

    async def _code(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Somebody is here with a code; without a line it is kept and handed in. What can be no code is not kept."""
        keeper, snapshot = self._keeper, self._keeper.today()
        if not keeper.is_away:
            try:
                return self._pass_on(
                    await keeper.server.page("POST", request.path_qs, body=body, headers=_form_headers(request))
                )
            except Away:
                keeper.is_away = True
            except ShutOut:
                keeper.shut()
                return self._says("shut", request.query.get("lang", ""))
        given = dict(read_form(body))
        language = request.query.get("lang", "")
        if snapshot is None or given.get("why") == "change":
            return self._says("away", language)
        if (code := read_code(given.get("code", "")[:400])) is None:
            return self._says("wrong", language)
        act = keeper.store.begin_code(
            uuid4().hex, snapshot.day, code=code, language=snapshot.speaks(language), at=keeper.clock.now()
        )
        keeper.store.move(act, State.WAITS)
        return self._says("noted", language)

    def _kept(self, request: web.Request) -> web.StreamResponse:
        """A page of the snapshot."""
        keeper, snapshot = self._keeper, self._keeper.snapshot
        if snapshot is None:
            return self._page("<!doctype html><title>…</title><p>…</p>", status=503)
        if not keeper.gives():
            return self._says("over", request.query.get("lang", ""))
        kept = snapshot.page(request.path, request.query_string)
        if kept is None:
            return self._says("away", request.query.get("lang", ""))
        told = snapshot.told_on(kept, request.query.get("lang", ""), keeper.clock.now(), first=request.path == "/kiosk")
        return self._page(paper.fill(told, {"key": uuid4().hex}))

    def _own_ticket(self, act: Act, outcome: Outcome | None) -> web.StreamResponse:
        """The ticket this machine gave, on the screen."""
        snapshot = self._keeper.snapshot
        assert snapshot is not None
        kept = snapshot.says("ticket", act.language)
        if outcome in (Outcome.MISSING, Outcome.SENT):
            says = snapshot.unprinted[snapshot.speaks(act.language)]
            kept = above(kept, f'<div class="notice warn" role="alert"><p>{says}</p></div>')
        kept = snapshot.told_on(kept, act.language, self._keeper.clock.now())
        filled = paper.fill(kept, values(act), code=f"{snapshot.ticket_address}{act.code}")
        return self._page(filled, headers={"Refresh": "40; url=/kiosk"})

    def _says(self, name: str, language: str) -> web.StreamResponse:
        snapshot = self._keeper.snapshot
        if snapshot is None:
            return self._page("<!doctype html><title>…</title><p>…</p>", status=503)
        kept = snapshot.told_on(snapshot.says(name, language), language, self._keeper.clock.now())
        return self._page(kept, headers={"Refresh": "30; url=/kiosk"})

    def _pass_on(self, answer: Answer) -> web.StreamResponse:
        """A page of the server; where it leads on, what is behind may be shown to whoever stands here."""
        headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        if answer.status in (301, 302, 303, 307, 308):
            where = urlsplit(answer.headers.get("Location", ""))
            if where.netloc or not where.path.startswith("/kiosk"):
                return _see("/kiosk")
            if code := _code_in(where.path):
                self._opened.add(code)
            return _see(where.geturl())
        if not headers.get("Content-Type", "").startswith("text/html"):
            return web.Response(status=answer.status, body=answer.body, headers=headers)
        page = answer.body.decode("utf-8", "replace").replace("<html ", '<html data-printer="agent" ', 1)
        return web.Response(status=answer.status, text=page, headers=headers)

    def _page(self, page: str, *, status: int = 200, headers: dict[str, str] | None = None) -> web.StreamResponse:
        snapshot, now = self._keeper.snapshot, self._keeper.clock.now()
        if snapshot is not None:
            local = now.astimezone(ZoneInfo(snapshot.zone)).strftime("%H:%M")
            page = _CLOCK.sub(rf'\g<1><bdi dir="ltr">{local}</bdi>\g<2>', page, count=1)
            page = _NOW.sub(f'data-now="{_iso(now)}"', page, count=1)
        page = page.replace("<html ", '<html data-printer="agent" ', 1)
        return web.Response(status=status, text=page, content_type="text/html", headers=headers)

    # -- files --------------------------------------------------------------------------------------

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file of the pages: from this disk, where its content is in its address, else from the server."""
        files, address = self._keeper.files, request.path_qs
        headers = {"Cache-Control": "private, max-age=31536000, immutable" if "v" in request.query else "no-cache"}
        if (kept := files.read(address)) is not None:
            return web.Response(body=kept, content_type=kind_of(address), headers=headers)
        try:
            answer = await self._keeper.server.page("GET", address)
        except (Away, ShutOut):
            raise web.HTTPNotFound from None
        if answer.status == 200 and "v" in request.query:
            files.keep(address, answer.body)
        return web.Response(status=answer.status, body=answer.body, content_type=kind_of(address), headers=headers)

    async def papers(self) -> None:
        """Until every paper that was begun has come out or failed."""
        await self._papers.all_out()


def _looks_again(request: web.Request, outcome: Outcome | None, answer: web.StreamResponse) -> web.StreamResponse:
    """A screen whose paper is under way asks again, by itself, whether it came."""
    if outcome is Outcome.BEGUN and isinstance(answer, web.Response) and answer.status == 200:
        answer.headers["Refresh"] = f"{LOOK_AGAIN}; url={request.path_qs}"
        answer.text = (answer.text or "").replace("<html ", f'<html data-looks-again="{LOOK_AGAIN}" ', 1)
    return answer


def sizes(size: str) -> dict[str, str]:
    """The size of the text on a page that was kept, and the next one."""
    known = size if size in ("1", "2") else "0"
    return {"size": known, "bigger": str(min(int(known) + 1, 2))}


def _code_in(location: str) -> str:
    found = OPENED.match(urlsplit(location).path)
    return found.group(1) if found is not None else ""


def _form_headers(request: web.Request) -> dict[str, str]:
    return {"Content-Type": request.headers.get("Content-Type", "application/x-www-form-urlencoded")}


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
