"""Two organisers on one form: the second reads what the first saved, loses nothing typed, and saves knowingly."""

import re
from html import unescape

import pytest

from tests.web.organise import things
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

STALE = "Somebody else changed this in the meantime. Please look at it again."
TITLE = "Changed by somebody else in the meantime"
HOW = "Your own values stand in the form below. Save again only what you want to be so."
DAY = "/organise/iom-bratislava-2026-12-03"
FIRST_VISIT = "Is this your first visit here?"
SELECTS = ("authority", "kind", "timezone")
Typed = dict[str, str | list[str] | None]

CASES: dict[str, tuple[Typed, Typed, tuple[str, ...]]] = {
    "need": (
        {"text_en": "I lost a key", "services": ["residence"], "pictogram": "house"},
        {"text_en": "I lost all keys"},
        (
            "English: I lost a key",
            "Services it leads to: Residence permit",
            "Picture: House",
        ),
    ),
    "venue": (
        {"name": "First house", "address": "Krátka 1"},
        {"name": "Second house", "timezone": "Europe/Athens"},
        ("Name: First house", "Address: Krátka 1", "Time zone: Europe/Bratislava"),
    ),
    "way": (
        {"text_sk": "Vľavo", "text_en": "On the left"},
        {"text_sk": "Vpravo", "text_uk": "Праворуч"},
        ("English: On the left", "Slovak: Vľavo", "Ukrainian: nothing"),
    ),
    "place": (
        {"phone": "+421 2 111", "hours_sk": "Denne", "discreet": "1"},
        {"phone": "+421 2 222", "kind": "food"},
        ("What is it?: School", "Phone: +421 2 111", "Discreet: Yes", "Slovak: Denne"),
    ),
    "institution": (
        {"name": "First office", "authority": "police", "note_days": "10"},
        {"name": "Second office"},
        ("Name: First office", "What is it?: Police", "Notes are kept for so many days: 10"),
    ),
    "service": (
        {"minutes": "33", "private": "1"},
        {"minutes": "44"},
        ("Legal advice: minutes: 33", "Legal advice: Private: Yes"),
    ),
    "paper": (
        {"owner": "First", "blocking": "1", "reviewed_on": "2026-11-01"},
        {"owner": "Second", "text_en": "The blue paper", "blocking": None, "reviewed_on": ""},
        (
            "English: nothing",
            "Nothing is possible without it: Yes",
            "Who answers for it?: First",
            "Last checked: Sunday 1 November 2026",
        ),
    ),
    "series": (
        {"phone": "+421 2 111", "name_sk": "Dni", "funding_en": "Paid by us"},
        {"phone": "+421 2 222", "funding_en": "Paid by them"},
        (
            "Phone: +421 2 111",
            "Co-funding statement (English): Paid by us",
            "Public name (Slovak): Dni",
        ),
    ),
}


def addresses(site: Site, kind: str) -> tuple[str, str]:
    """The page of a fresh thing, and the address of its form."""
    if kind == "service":
        return f"/organise/institutions/{things.institution(site)}", f"/organise/services/{things.service(site)}"
    if kind == "way":
        page = f"/organise/venues/{things.venue(site)}"
        return page, f"{page}/way"
    page = {
        "need": lambda: f"/organise/needs/{things.need(site)}",
        "venue": lambda: f"/organise/venues/{things.venue(site)}",
        "place": lambda: f"/organise/places/{things.place(site)}",
        "institution": lambda: f"/organise/institutions/{things.institution(site)}",
        "paper": lambda: f"/organise/papers/{things.paper(site)}",
        "series": lambda: f"/organise/series/{things.series(site)}",
    }[kind]()
    return page, page


def stored_now(html: str) -> tuple[str, ...]:
    """What the page says of what is stored, by its labels."""
    rows = re.findall(r"<dt><a[^>]*>(.*?)</a></dt>\s*<dd>Stored now: (.*?)</dd>", html, re.DOTALL)
    return tuple(f"{unescape(label)}: {unescape(re.sub(r'<[^>]+>', '', text)).strip()}" for label, text in rows)


def stands(html: str, typed: Typed) -> list[str]:
    """The controls that do not show what was typed; choices of a list are left out."""
    texts = {name: text for name, text in typed.items() if isinstance(text, str) and name not in SELECTS}
    return [
        name
        for name, text in texts.items()
        if not re.search(rf'name="{name}"[^>]*value="{re.escape(text)}"', html)
        and not re.search(rf'name="{name}"[^>]*>{re.escape(text)}</textarea>', html)
    ]


def said(page: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


@pytest.mark.parametrize("kind", CASES)
async def test_the_second_reads_what_the_first_saved_and_saves_knowingly(kind: str, site: Site) -> None:
    mine, hers, told = CASES[kind]
    page, action = addresses(site, kind)
    first, second = Organiser(site), Organiser(site)
    await first.open(page)
    await second.open(page)
    saved = await first.send(action, **mine)

    refused = await second.send(action, **hers)

    assert (saved.status_code, refused.status_code) == (200, 409)
    assert [each in unescape(refused.text) for each in (STALE, TITLE, HOW)] == [True] * 3
    assert stored_now(refused.text) == told
    assert stands(refused.text, hers) == []
    fresh = await first.open(page)
    assert (stands(fresh.text, mine), TITLE in fresh.text) == ([], False)
    # What she has read she may replace, with the form as it was shown to her.
    areas = {name: text for name, text in hers.items() if f'<textarea class="input" id="{name}"' in refused.text}
    again = await second.send(action, **areas)
    after = await first.open(page)
    assert (again.status_code, stands(after.text, hers)) == (200, [])


@pytest.mark.parametrize("kind", CASES)
async def test_another_mistake_does_not_hide_what_somebody_else_saved(kind: str, site: Site) -> None:
    mine, hers, _ = CASES[kind]
    wrong: dict[str, Typed] = {
        "need": {"text_en": "x" * 101},
        "venue": {"name": ""},
        "way": {"text_sk": "x" * 401},
        "place": {"name": ""},
        "institution": {"name": ""},
        "service": {"minutes": "many"},
        "paper": {"owner": "x" * 201},
        "series": {"name": ""},
    }
    page, action = addresses(site, kind)
    first, second = Organiser(site), Organiser(site)
    await first.open(page)
    await second.open(page)
    mistaken = await second.send(action, **{**hers, **wrong[kind]})
    await first.send(action, **mine)
    right = {name: hers.get(name, "Right again") for name in wrong[kind]}

    refused = await second.send(action, **{**hers, **right})

    assert (mistaken.status_code, TITLE in mistaken.text) == (422, False)
    assert (refused.status_code, bool(stored_now(refused.text))) == (409, True)


@pytest.mark.parametrize("kind", ["need", "place"])
async def test_a_read_mark_on_another_page_is_no_change_of_this_form(kind: str, site: Site) -> None:
    part = {"need": "says", "place": "hours"}[kind]
    page, action = addresses(site, kind)
    first, second = Organiser(site), Organiser(site)
    await first.open(page)
    await first.send(action, **({"hours_en": "Daily", "hours_sk": "Denne"} if kind == "place" else {"text_sk": "Kľúč"}))
    await second.open(page)
    texts = f"/organise/texts/{kind}/{page.rpartition('/')[2]}/{part}"
    shown = await first.open(texts)
    areas = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', shown.text))
    await first.send(texts, **areas, read_en="checked")

    assert (
        await second.send(action, **{"name": "Another"} if kind == "place" else {"pictogram": "bed"})
    ).status_code == 200


async def test_the_second_reads_the_name_and_the_hours_that_the_first_gave_a_person(site: Site) -> None:
    page = f"{DAY}/people/{things.person(site)}"
    first, second = Organiser(site), Organiser(site)
    await first.open(page)
    await second.open(page)
    await first.send(page, label="Jana", closes_1="11:00")
    refused = await second.send(page, label="Peter")
    told = said(refused.text)

    assert (refused.status_code, STALE in told) == (409, True)
    assert re.search(r"09:00–12:00.{0,4} is now .{0,4}09:00–11:00", told), told
    assert (stored_now(refused.text), stands(refused.text, {"label": "Peter"})) == (("Name: Jana",), [])
    assert (await second.send(page)).status_code == 200
    assert ("Peter" in (await first.open(f"{DAY}/people")).text, "Jana" in first.page.text) == (True, False)


async def test_a_name_alone_is_told_though_no_history_keeps_it(site: Site) -> None:
    page = f"{DAY}/people/{things.person(site)}"
    first, second = Organiser(site), Organiser(site)
    await first.open(page)
    await second.open(page)
    await first.send(page, label="Jana")
    refused = await second.send(page, label="Peter")

    assert (refused.status_code, TITLE in said(refused.text), stored_now(refused.text)) == (409, True, ("Name: Jana",))


async def test_the_second_reads_the_lines_and_the_questions_that_the_first_chose(site: Site) -> None:
    first, second = Organiser(site), Organiser(site)
    for page, mine, hers, told in (
        (f"{DAY}/lines", {"lines_sk": "Zvoňte."}, {"lines_sk": "Klopte."}, ("Slovak: Zvoňte.",)),
        (f"{DAY}/tally", {"questions": ["group"]}, {"questions": ["group", "first"]}, (f"{FIRST_VISIT}: No",)),
    ):
        await first.open(page)
        await second.open(page)
        await first.send(page, **mine)
        refused = await second.send(page, **hers)
        again = await second.send(page, **(hers if page.endswith("lines") else {}))

        assert (refused.status_code, stored_now(refused.text), again.status_code) == (409, told, 200)


@pytest.mark.parametrize("form", ["settings", "desks/1", "mediators", "people", "lines"])
async def test_a_mistake_in_a_form_of_a_day_does_not_hide_what_somebody_else_saved(form: str, site: Site) -> None:
    ids = {"mediators": things.mediator, "people": things.person}
    page = f"{DAY}/{form}/{ids[form](site)}" if form in ids else f"{DAY}/{form}"
    wrong, right = {
        "settings": ({"slot_minutes": "many"}, {"slot_minutes": "10"}),
        "desks/1": ({"closes_1": "late"}, {"closes_1": "13:00"}),
        "mediators": ({"closes_1": "late"}, {"closes_1": "13:00"}),
        "people": ({"closes_1": "late"}, {"closes_1": "11:00"}),
        "lines": ({"lines_en": "{name}"}, {"lines_en": "Ring twice."}),
    }[form]
    first, second = Organiser(site), Organiser(site)
    await second.open(page)
    await first.open(f"{DAY}/tally")
    await first.send(f"{DAY}/tally", questions=["first"])
    mistaken = await second.send(page, **wrong)
    refused = await second.send(page, **right)

    assert (mistaken.status_code, STALE in mistaken.text) == (422, False)
    assert (refused.status_code, STALE in refused.text) == (409, True)
    assert (await second.send(page, **right)).status_code == 200
