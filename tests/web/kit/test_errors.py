"""A refusal or a failure is told in her language, with a next step, and nothing of a trace."""

import json
import logging
import re
from uuid import uuid4

import pytest

from onestop.web.kit.forms import new_key
from tests.web.kit.probes import talk
from tests.web.site import Site


async def test_a_refusal_is_a_page_with_its_sentence_and_the_way_back(probed: Site) -> None:
    browser = probed.browser(headers={"Referer": "http://hall.test/sign-in?next=/desk"})
    refused = await browser.post("/probe/once", data={"_key": new_key(), "kind": "taken"})

    assert refused.status_code == 409
    assert "This time has just been taken. Please choose another time." in refused.text
    assert 'href="/sign-in?next=/desk"' in refused.text


async def test_the_way_back_never_leads_to_another_site(probed: Site) -> None:
    browser = probed.browser(headers={"Referer": "http://evil.test/sign-in"})
    refused = await browser.post("/probe/once", data={"_key": new_key(), "kind": "taken"})

    assert "evil" not in refused.text
    assert 'href="/"' in refused.text


async def test_the_sentence_is_in_the_language_of_the_browser_or_of_the_link(probed: Site) -> None:
    answers = [
        await probed.browser(headers={"Accept-Language": "ar, en;q=0.5"}).get("/nowhere"),
        await probed.browser(headers={"Accept-Language": "ar"}).get("/nowhere?lang=sk"),
        await probed.browser(headers={"Accept-Language": "xx"}).get("/nowhere"),
    ]

    told = [
        (answer.headers["content-language"], re.findall(r'<html lang="(\w+)" dir="(\w+)"', answer.text))
        for answer in answers
    ]
    assert told == [("ar", [("ar", "rtl")]), ("sk", [("sk", "ltr")]), ("en", [("en", "ltr")])]


async def test_a_script_gets_the_refusal_in_the_place_of_the_content(probed: Site) -> None:
    browser = probed.browser(headers={"HX-Request": "true"})
    refused = await browser.post("/probe/once", data={"kind": "taken"})

    told = {name: refused.headers.get(name) for name in ("hx-retarget", "hx-reselect", "hx-reswap")}
    assert (refused.status_code, told) == (
        409,
        {"hx-retarget": "#content", "hx-reselect": "#content", "hx-reswap": "outerHTML"},
    )
    assert '<main id="content"' in refused.text


async def test_a_machine_gets_a_problem_document(probed: Site) -> None:
    machine = probed.browser(headers={**probed.token("organiser"), "Idempotency-Key": "k1", "Accept-Language": "en"})
    refused = await machine.post("/api/v1/probe/once", content="taken")

    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert refused.json() == {
        "type": "urn:onestop:problem:arrival_taken",
        "title": "Arrival taken",
        "status": 409,
        "code": "arrival_taken",
        "detail": "This time has just been taken. Please choose another time.",
    }


@pytest.mark.parametrize("path", ["/probe/crash", "/api/v1/probe/crash"])
async def test_a_bug_is_told_by_a_number_that_stands_in_the_log(
    probed: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await probed.browser().get(path)

    (failure,) = [
        record for record in caplog.records if record.name == "onestop.web" and record.levelno == logging.ERROR
    ]
    incident = failure.getMessage().split()[1]
    assert (answer.status_code, len(incident)) == (500, 8)
    assert incident in answer.text
    assert "Something went wrong on our side." in answer.text
    assert failure.exc_info is not None
    assert [word in answer.text for word in ("ZeroDivision", "secret of the trace", "Traceback", ".py")] == [False] * 4


async def test_strangers_are_sent_to_sign_in_and_come_back(probed: Site) -> None:
    page = await probed.browser().get(f"/desk/probe/{probed.desk.id}?x=1&y=ü")
    form = await probed.browser(headers={"HX-Request": "true"}).get(f"/desk/probe/{probed.desk.id}")

    expected = f"/sign-in?next=/desk/probe/{probed.desk.id}%3Fx%3D1%26y%3D%25C3%25BC"
    assert (page.status_code, page.headers["location"]) == (303, expected)
    assert (form.status_code, "Please sign in first." in form.text) == (401, True)


async def test_people_who_may_not_are_told_so_and_shown_their_own_door(probed: Site) -> None:
    path = f"/desk/probe/{probed.desk.id}"
    met = {role: (await probed.sign_in(role).get(path)).status_code for role in ("officer", "other_officer", "kiosk")}
    refused = await probed.sign_in("other_officer").get(path)

    assert met == {"officer": 200, "other_officer": 403, "kiosk": 403}
    assert 'href="/desk"' in refused.text


async def test_wrong_methods_and_malformed_addresses_are_designed_pages(probed: Site) -> None:
    met = {
        (method, path): (await talk(probed.app, method, path)).status
        for method, path in (
            ("DELETE", "/sign-in"),
            ("GET", "/desk/probe/not-a-uuid"),
            ("GET", "/a\x00b"),
            ("GET", f"/probe/live/{uuid4()}/more"),
            ("BREW", "/sign-in"),
        )
    }

    assert met == {
        ("DELETE", "/sign-in"): 405,
        ("GET", "/desk/probe/not-a-uuid"): 404,
        ("GET", "/a\x00b"): 400,
        ("GET", next(path for _, path in met if path.endswith("/more"))): 404,
        ("BREW", "/sign-in"): 405,
    }


async def test_what_a_machine_may_retry_says_when(probed: Site) -> None:
    probed.app.state.limits.count = lambda *_: False
    answer = await probed.browser().get("/probe/limited")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "too many tries" in answer.text


def test_a_problem_document_is_json_that_says_nothing_empty() -> None:
    from onestop.web.kit.errors import Problem, msgspec

    problem = Problem(type="t", title="T", status=400, code="c", detail="d")
    assert json.loads(msgspec.json.encode(problem)) == {
        "type": "t",
        "title": "T",
        "status": 400,
        "code": "c",
        "detail": "d",
    }
