"""The description at /api/v1/openapi.json: it lists every route, and what is answered is what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onestop.db.session import open_database
from onestop.web.api import route_handlers
from tests.web.api.machine import Machine
from tests.web.site import Site, running

DOCS = Path(__file__).parents[3] / "docs" / "api.md"


def _routes(site: Site) -> set[tuple[str, str]]:
    return {
        (str(method), route.path_format)
        for route in site.app.litestar.routes
        for method in getattr(route, "methods", ())
        if route.path.startswith("/api/v1/") and str(method) not in ("OPTIONS", "HEAD")
    } - {("GET", "/api/v1/openapi.json")}


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _fits(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is of a schema, as far as types, formats and required fields go."""
    if "$ref" in schema:
        return _fits(value, whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return any(_fits(value, each, whole) for each in schema[several])
    kind = schema.get("type")
    if isinstance(kind, list):
        return any(_fits(value, {**schema, "type": each}, whole) for each in kind)
    if "enum" in schema:
        return value in schema["enum"]
    if kind == "object":
        fields = schema.get("properties", {})
        more = schema.get("additionalProperties")
        return (
            isinstance(value, dict)
            and set(schema.get("required", ())) <= set(value)
            and (not fields or set(value) <= set(fields))
            and all(_fits(value[name], each, whole) for name, each in fields.items() if name in value)
            and (not isinstance(more, dict) or all(_fits(each, more, whole) for each in value.values()))
        )
    if kind == "array":
        return isinstance(value, list) and all(_fits(each, schema["items"], whole) for each in value)
    plain: dict[Any, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    if kind == "string" and isinstance(value, str) and schema.get("format") == "date-time":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None
    return kind is None or isinstance(value, plain[kind])


async def test_the_description_lists_every_route_with_its_token_its_key_and_its_refusals(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path / "var", doors=("api",)) as site:
        answered = await site.browser().get("/api/v1/openapi.json")
        routes = _routes(site)
    database.close()
    whole = answered.json()
    operations = {(verb.upper(), path): each for path, item in whole["paths"].items() for verb, each in item.items()}

    assert whole["openapi"].startswith("3.1")
    assert set(operations) == routes
    assert len({each["operationId"] for each in operations.values()}) == len(operations)
    assert whole["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert {reference.rsplit("/", 1)[1] for reference in _references(whole)} <= set(whole["components"]["schemas"])
    for (verb, path), each in operations.items():
        named = {(parameter["in"], parameter["name"]) for parameter in each.get("parameters", ())}
        assert {name for where, name in named if where == "path"} == set(re.findall(r"{(\w+)}", path))
        assert (("header", "Idempotency-Key") in named) == (verb == "POST"), path
        assert each["description"]
        answers = each["responses"]
        assert {"400", "429", "503"} <= set(answers)
        assert ("401" in answers) == (each.get("security") == [{"bearer": []}]), path
        for status, answer in answers.items():
            if int(status) >= 400:
                assert answer["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }


async def test_what_is_answered_is_what_the_description_says(machine: Machine) -> None:
    whole = (await machine.client.get("/api/v1/openapi.json")).json()
    await machine.open_desks()
    desk = machine.site.hall.desks[1]
    held = await machine.post(
        f"/days/{machine.day}/holds", machine.wish("legal", arrival=(await machine.arrivals())[0])
    )
    booked = await machine.post(f"/holds/{held.json()['hold']}/booking")
    here = await machine.post(f"/days/{machine.day}/check-ins", {"code": booked.json()["code"]}, "kiosk")
    walked = await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "kiosk")
    queue = await machine.get(f"/desks/{desk.id}/queue", "officer", desk=desk)
    called = await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk)
    police = str(machine.site.hall.desks[4].institution.id)
    referred = await machine.post(
        f"/stops/{called.json()['stop']}/referrals",
        {"institution": police, "reason": "permit", "by": "2026-12-10", "consent": "given"},
        "officer",
        desk=desk,
    )
    answers = {
        ("get", "/days"): await machine.get("/days"),
        ("get", "/days/{day}"): await machine.get(f"/days/{machine.day}"),
        ("get", "/days/{day}/arrivals"): await machine.get(f"/days/{machine.day}/arrivals", services="legal"),
        ("post", "/days/{day}/holds"): held,
        ("post", "/holds/{hold}/booking"): booked,
        ("get", "/tickets/{code}"): await machine.get(f"/tickets/{walked.json()['code']}"),
        ("post", "/days/{day}/check-ins"): here,
        ("post", "/days/{day}/visits"): walked,
        ("post", "/devices/leases"): await machine.post("/devices/leases", role="kiosk"),
        ("get", "/days/{day}/board"): await machine.get(f"/days/{machine.day}/board", "display"),
        ("get", "/desks/{desk}/queue"): queue,
        ("post", "/desks/{desk}/calls"): called,
        ("post", "/stops/{stop}/finish"): await machine.post(
            f"/stops/{called.json()['stop']}/finish", None, "officer", desk=desk
        ),
        ("post", "/visits/{visit}/stops"): await machine.post(
            f"/visits/{here.json()['visit']}/stops", {"service": "social"}, "receptionist"
        ),
        ("post", "/desks/{desk}/pause"): await machine.post(f"/desks/{desk.id}/pause", role="officer", desk=desk),
        ("post", "/visits/{visit}/leave"): await machine.post(
            f"/visits/{here.json()['visit']}/leave", role="receptionist"
        ),
        ("get", "/days/{day}/overview"): await machine.get(f"/days/{machine.day}/overview", "organiser"),
        ("get", "/days/{day}/ledger"): await machine.get(f"/days/{machine.day}/ledger", "organiser"),
        ("get", "/days/{day}/statistics"): await machine.get(f"/days/{machine.day}/statistics", "organiser"),
        ("post", "/stops/{stop}/referrals"): referred,
        ("get", "/referrals"): await machine.get("/referrals", "organiser"),
    }
    assert not _fits({"items": [{}], "next": None}, {"$ref": "#/components/schemas/DayList"}, whole)
    wrong = await machine.get(f"/days/{machine.day}/no-such-thing", "organiser")
    assert _fits(wrong.json(), {"$ref": "#/components/schemas/Problem"}, whole)
    for (verb, path), answer in answers.items():
        said = whole["paths"][f"/api/v1{path}"][verb]["responses"][str(answer.status_code)]
        assert answer.status_code < 300, answer.text
        assert _fits(answer.json(), said["content"]["application/json"]["schema"], whole), (path, answer.text)


async def test_an_address_that_there_is_none_of_says_so(machine: Machine) -> None:
    unknown = await machine.get("/no-such-thing", "organiser")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_known")


def test_the_manual_names_every_route_and_no_other() -> None:
    written = set(re.findall(r"^\| (GET|POST|PATCH|DELETE) `([^`]+)`", DOCS.read_text(), re.MULTILINE))
    [router] = route_handlers
    there = {
        (str(method), re.sub(r":\w+}", "}", route.path).removeprefix("/api/v1"))
        for route in router.routes
        for method in route.methods
        if str(method) not in ("OPTIONS", "HEAD")
    }
    assert written == there
