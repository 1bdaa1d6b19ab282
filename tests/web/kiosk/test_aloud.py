"""A screen read aloud: every text of it and no other one; nothing to read in an address; no button without a voice."""

import json
import re
from html import unescape

import httpx
import pytest

from onestop.speech.clips import Clips
from onestop.speech.voices import VOICES
from onestop.web.kit.machine import sealed_texts
from tests.web.kiosk.touch import finger
from tests.web.public.visitor import need
from tests.web.site import Site

KEY = b"k" * 32


def _texts(page: str) -> list[list[str]]:
    """What a screen may have read aloud: text, language, seal."""
    found = re.search(r' data-aloud="([^"]*)"', page)
    return json.loads(unescape(found[1])) if found else []


async def _said(browser: httpx.AsyncClient, text: str, tag: str, seal: str) -> httpx.Response:
    return await browser.post("/kiosk/say", data={"text": text, "tag": tag, "seal": seal})


async def test_every_text_of_a_screen_is_a_sound_in_its_own_language(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk?lang=sk")
    assert hand.page is not None
    texts = _texts(hand.page.text)

    assert [(text, tag) for text, tag, _ in texts][:6] == [
        ("Vitajte. Čo chcete urobiť?", "sk"),
        ("Chcem pomoc dnes", "sk"),
        ("English I want help today", "en"),
        ("slovenčina Chcem pomoc dnes", "sk"),
        ("українська Мені потрібна допомога сьогодні", "uk"),
        ("العربية أريد مساعدة اليوم", "ar"),
    ]
    assert {"Máte kód", "Potrebujete viac času?", "Väčšie písmo", "Vybrané"} & {text for text, *_ in texts} >= {
        "Potrebujete viac času?",
        "Väčšie písmo",
        "Vybrané",
    }
    for text, tag, seal in texts[:3]:
        answer = await _said(hand.browser, text, tag, seal)
        assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
            200,
            "audio/ogg",
            "no-store",
        )
        path = Clips(site.settings.var).of_text(text, tag)
        assert path is not None
        assert answer.content == path.read_bytes()


async def test_nothing_else_is_said(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk?lang=en")
    assert hand.page is not None
    text, tag, seal = _texts(hand.page.text)[0]

    asked = [
        (text, tag, ""),
        (text, tag, "0" * 32),
        (text, tag, "ž"),
        (text, "sk", seal),
        (f"{text}!", tag, seal),
        ("", "", ""),
    ]
    assert [(await _said(hand.browser, *each)).status_code for each in asked] == [404] * len(asked)
    assert (await _said(hand.browser, text, tag, seal)).status_code == 200
    assert (await site.browser().post("/kiosk/say", data={})).status_code == 401


async def test_the_code_of_a_ticket_is_never_read_aloud(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/desks?lang=en&needs={need('health-insurance')}")
    await hand.press("Yes, give me a ticket")
    assert hand.page is not None
    code = re.search(r"Your code ([0-9A-Z]{4} [0-9A-Z]{4})", hand.text)
    assert code is not None
    said = {text for text, *_ in _texts(hand.page.text)}

    assert "Your number 100" in said
    assert [text for text in said if code[1] in text or "Your code" in text] == []


async def test_a_language_that_nobody_can_speak_has_no_button(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = finger(site)
    seen: list[tuple[bool, bool]] = []
    for voices in ("with", "without"):
        if voices == "without":
            monkeypatch.delitem(VOICES, "ar")
        await hand.go("/kiosk/days?lang=ar")
        assert hand.page is not None
        seen.append(("data-aloud=" in hand.page.text, "data-read" in hand.page.text))

    assert seen == [(True, True), (False, False)]


async def test_without_a_line_nothing_is_offered_that_needs_one(site: Site) -> None:
    snapshot = (await site.sign_in("kiosk").get("/kiosk/offline")).json()

    screens = snapshot["pages"].values()
    assert (len(screens) > 20, [page for page in screens if "data-aloud" in page or "data-read" in page]) == (True, [])


def test_a_text_is_joined_and_known_by_its_own_language() -> None:
    screen = (
        '<h1>Number <bdi dir="ltr">7</bdi> is here.</h1><svg><path d="M0"/></svg>'
        '<label><span>Residence</span><br><small>Police</small></label><a><span lang="ar">العربية</span></a>'
        '<p class="short-code"><span>Your code</span> <b>ABCD</b></p><p>A &amp; B</p><div>not a sentence</div>'
        "<p><button>A &amp; B</button></p>"
    )

    assert [each[:2] for each in json.loads(sealed_texts(KEY, screen, "en"))] == [
        ["Number 7 is here.", "en"],
        ["Residence Police", "en"],
        ["العربية", "ar"],
        ["A & B", "en"],
    ]
