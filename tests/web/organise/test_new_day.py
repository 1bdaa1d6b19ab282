"""New days: like last time, from a file with and without mistakes, on the nights when the clocks change."""

import re
from datetime import UTC, date, datetime
from html import unescape

import httpx

from onestop.days.actions import create_day
from onestop.days.dayfile import parse_day, templates
from onestop.days.organising import order_of_day, sizes_of_day
from onestop.days.queries.days import Day, all_days, day_by_slug
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.domain.day import DayState
from onestop.domain.roles import SYSTEM
from onestop.paths import resource_dir
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

FILE = """
schema = 1
slug = "night"
name = "Night shelter"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = {opens}
closes = {closes}
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[desk]]
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
"""


def day_text(opens: str = "20:00:00", closes: str = "04:00:00") -> str:
    """A day file of one desk."""
    return FILE.format(opens=opens, closes=closes)


async def upload(organiser: Organiser, content: bytes, on: str = "2026-12-17") -> httpx.Response:
    """Send a file to the page of new days."""
    await organiser.open("/organise/new")
    key = organiser.form("/organise/days/from-file")["_key"]
    return await organiser.browser.post(
        "/organise/days/from-file", data={"_key": key, "on_file": on}, files={"file": ("day.toml", content)}
    )


def _slugs(site: Site) -> list[str]:
    return sorted(day.slug for day in site.database.read_now(all_days))


def _shape(site: Site, day: Day) -> list[object]:
    """Everything of a day that a copy repeats, in local hours."""

    def local(at: datetime) -> tuple[int, str]:
        there = at.astimezone(day.zone)
        return (there.date() - day.on).days, f"{there:%H:%M}"

    desks = site.database.read_now(desks_of_day, day.id)
    mediators = site.database.read_now(mediators_of_day, day.id)
    return [
        (day.name, day.venue, day.release, day.slot_minutes, day.reserve_percent, day.working_language, day.languages),
        (local(day.opens_at), local(day.closes_at), site.database.read_now(sizes_of_day, day.id)),
        [(d.number, d.colour, d.shape, d.institution, d.services, d.languages) for d in desks],
        [[(local(start), local(end)) for start, end in d.openings] for d in desks],
        [(m.label, m.state, m.languages, local(m.opens_at), local(m.closes_at)) for m in mediators],
        [(o.before, o.after, o.because) for o in site.database.read_now(order_of_day, day.id)],
    ]


async def test_a_day_like_last_time_has_the_same_desks_hours_mediators_and_order(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/new")

    made = await organiser.send("/organise/days/from-day", day=str(site.hall.id), on_day="2027-07-01")

    copied = site.database.read_now(day_by_slug, "iom-bratislava-2027-07-01")
    assert made.url.path == "/organise/iom-bratislava-2027-07-01"
    assert (copied.state, copied.on) == (DayState.DRAFT, date(2027, 7, 1))
    assert copied.opens_at == datetime(2027, 7, 1, 7, tzinfo=UTC)  # summer: the same hour on the wall, not in UTC
    assert _shape(site, copied) == _shape(site, site.hall.day)


async def test_a_copy_of_a_copy_keeps_the_plain_address_name(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/new")
    await organiser.send("/organise/days/from-day", day=str(site.hall.id), on_day="2027-07-01")
    again = site.database.read_now(day_by_slug, "iom-bratislava-2027-07-01")
    await organiser.open("/organise/new")

    await organiser.send("/organise/days/from-day", day=str(again.id), on_day="2026-12-03")

    assert _slugs(site) == ["iom-bratislava-2026-12-03", "iom-bratislava-2026-12-03-2", "iom-bratislava-2027-07-01"]


async def test_the_same_press_twice_makes_one_day(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/new")

    first = await organiser.press("/organise/days/from-template", template="greek-mic", on_template="2026-12-17")
    second = await organiser.press("/organise/days/from-template", template="greek-mic", on_template="2026-12-17")

    assert (first.headers["location"], second.headers["location"]) == ("/organise/greek-mic-2026-12-17",) * 2
    assert _slugs(site) == ["greek-mic-2026-12-17", "iom-bratislava-2026-12-03"]


async def test_a_file_becomes_a_draft_and_its_desk_follows_the_night(site: Site) -> None:
    made = await upload(Organiser(site), day_text().encode())

    day = site.database.read_now(day_by_slug, "night-2026-12-17")
    assert (made.status_code, made.headers["location"]) == (303, "/organise/night-2026-12-17")
    assert (day.opens_at, day.closes_at) == (
        datetime(2026, 12, 17, 19, tzinfo=UTC),
        datetime(2026, 12, 18, 3, tzinfo=UTC),
    )


async def test_every_shipped_template_can_be_uploaded_as_a_file(site: Site) -> None:
    organiser = Organiser(site)
    folder = resource_dir("static").parent / "src/onestop/days/templates"

    answers = [(await upload(organiser, (folder / f"{name}.toml").read_bytes())).status_code for name in templates()]

    assert answers == [303] * len(templates())


WRONG = {
    b"this is = = no toml": "This is not TOML",
    b"schema = 2": "schema: expected 1.",
    b"schema = 1\nday = 5": "[day] should be a table.",
    b"schema = 1\n" + b"x = " + b"[" * 5000: "This is not TOML",
    day_text().replace('"sk"', '"xx"').encode(): "is no language we know.",
    day_text().replace('"night"', '"../night"').encode(): "slug should have 1 to 60 small letters",
    day_text()
    .replace("minutes = 20", "minutes = 99999999999999999999")
    .encode(): "minutes should be between 1 and 480.",
    day_text().replace('["legal"]', '["legal", "legal"]').encode(): "a service is named twice.",
    day_text().replace('["legal"]', "[]").encode(): "services is empty.",
    day_text().replace("Europe/Bratislava", "Europe").encode(): "is not a known time zone.",
    day_text().replace("[[desk]]", "[desk]").encode(): "[[desk]] should be a list of tables.",
    day_text().replace("Night shelter", "N" * 201).encode(): "name should be one line of at most 200 letters.",
    day_text().replace("minutes = 20", "minutes = 20\ncount = 61").encode(): "count should be between 1 and 60.",
    (day_text() + "[mix]\nlabour = 0.5\n").encode(): "no desk offers",
    "schema = 1 # ž".encode("iso8859-2"): "This file is not a text file.",
    b"": "Please choose a file.",
}


async def test_a_file_with_a_mistake_is_told_with_its_place_and_makes_nothing(site: Site) -> None:
    organiser = Organiser(site)
    before = _slugs(site)

    answers = {content: await upload(organiser, content) for content in WRONG}

    assert {content: answer.status_code for content, answer in answers.items()} == dict.fromkeys(WRONG, 422)
    assert [told for content, told in WRONG.items() if told not in unescape(answers[content].text)] == []
    assert _slugs(site) == before


async def test_the_date_that_was_typed_stays_when_the_file_is_wrong(site: Site) -> None:
    answer = await upload(Organiser(site), b"schema = 2", on="2027-03-04")

    assert 'name="on_file" type="date" max="9999-12-31" value="2027-03-04"' in answer.text


async def test_a_date_that_is_none_is_asked_for_again(site: Site) -> None:
    organiser = Organiser(site)
    told: list[tuple[int, bool, bool]] = []
    empty = "Please choose a date."
    wrong = "There is no such date. Please write year, month and day, such as 2026-12-31."
    for on in ("", "soon", "2026-13-01", "٢٠٢٦", "152026-12-15"):
        await organiser.open("/organise/new")
        answer = await organiser.send("/organise/days/from-template", template="greek-mic", on_template=on)
        kept = f'name="on_template" type="{"text" if on else "date"}"' in answer.text and f'value="{on}"' in answer.text
        says = f'<a href="#on_template">{wrong if on else empty}</a>' in answer.text
        told.append((answer.status_code, says, kept))

    assert (told, _slugs(site)) == ([(422, True, True)] * 5, ["iom-bratislava-2026-12-03"])


async def test_templates_stand_by_name_with_their_hours_and_none_is_chosen_for_anybody(site: Site) -> None:
    organiser = Organiser(site)
    page = (await organiser.open("/organise/new")).text
    names = re.findall(r'for="template-[^"]+"><span class="choice-label">([^<]+)<', page)
    form = page.partition("days/from-template")[2].partition("</form>")[0]
    answer = await organiser.send("/organise/days/from-template", on_template="2026-12-17")

    assert (len(names), names) == (len(templates()), sorted(names, key=str.casefold))
    assert ("09:00–15:00" in form, " checked" in form) == (True, False)
    assert (answer.status_code, "Please choose a template." in answer.text) == (422, True)
    assert 'type="date" max="9999-12-31" value="2026-12-17"' in answer.text


async def test_in_the_night_that_lacks_an_hour_a_day_inside_that_hour_is_refused_and_others_are_shorter(
    site: Site,
) -> None:
    organiser = Organiser(site)
    gone = await upload(organiser, day_text("02:00:00", "03:00:00").encode(), on="2027-03-28")
    made = await upload(organiser, day_text("01:00:00", "05:00:00").encode(), on="2027-03-28")
    long = await upload(organiser, day_text("01:00:00", "05:00:00").encode(), on="2027-10-31")

    days = [site.database.read_now(day_by_slug, f"night-{on}") for on in ("2027-03-28", "2027-10-31")]
    assert (gone.status_code, made.status_code, long.status_code) == (422, 303, 303)
    assert "the hours of this day do not exist" in gone.text
    assert [(day.closes_at - day.opens_at).total_seconds() / 3600 for day in days] == [3, 5]


async def test_a_copy_leaves_out_an_opening_that_the_night_does_not_have(site: Site) -> None:
    file = parse_day(
        day_text("01:00:00", "05:00:00")
        + '[[desk]]\ninstitution = "mic"\nservices = ["legal"]\nminutes = 20\nlanguages = ["sk"]\n'
        "opens = 02:00:00\ncloses = 03:00:00\n"
    )
    now = site.database.now()
    night = site.database.write_now(create_day, file, on=date(2027, 3, 20), actor=SYSTEM, now=now)
    organiser = Organiser(site)
    await organiser.open("/organise/new")

    made = await organiser.send("/organise/days/from-day", day=str(night), on_day="2027-03-28")

    copy = site.database.read_now(day_by_slug, made.url.path.rsplit("/", 1)[1])
    openings = [
        [(f"{a.astimezone(copy.zone):%H:%M}", f"{b.astimezone(copy.zone):%H:%M}") for a, b in desk.openings]
        for desk in site.database.read_now(desks_of_day, copy.id)
    ]
    assert openings == [[("01:00", "05:00")], []]
    assert "Desk 2 has no service or no hours." in made.text


async def test_every_template_makes_a_day_that_nothing_stops(site: Site) -> None:
    organiser = Organiser(site)
    stopped: dict[str, bool] = {}
    for name in templates():
        await organiser.open("/organise/new")
        draft = await organiser.send("/organise/days/from-template", template=name, on_template="2027-05-05")
        stopped[name] = "Missing:" in draft.text

    assert stopped == dict.fromkeys(templates(), False)
