"""Series of days: named, told in each language, their logos uploaded, and chosen for a day; nothing typed is lost."""

from datetime import date
from uuid import UUID

import httpx
import sqlalchemy as sa

from onestop.days.copying import copy_day
from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.db.ledger import facts
from onestop.directory.series import Series, all_series, series_of
from onestop.domain.logo import LogoKind
from onestop.domain.roles import SYSTEM
from onestop.web.kit.forms import new_key
from tests.directory.uploads import HOSTILE, noise, png, svg
from tests.web.organise import things
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

HOME = "/organise/series"
DAY = "/organise/iom-bratislava-2026-12-03"


def kinds(site: Site) -> list[str]:
    query = sa.select(facts.c.kind).where(sa.or_(facts.c.kind.like("Series%"), facts.c.kind.like("Logo%")))
    return list(site.database.read_now(lambda conn: conn.execute(query.order_by(facts.c.id)).scalars().all()))


async def upload(
    organiser: Organiser, path: str, content: bytes, *, kind: str = "funder", whose: str = "EU", key: str = ""
) -> httpx.Response:
    form = {"_key": key or new_key(), "kind": kind, "whose": whose}
    return await organiser.browser.post(f"{path}/logos", data=form, files={"logo": ("logo.png", content)})


async def begin(site: Site) -> tuple[Organiser, str]:
    """An organiser on the page of a fresh series, and the address of that page."""
    organiser = Organiser(site)
    await organiser.open(HOME)
    await organiser.send(HOME, name="Days 2026")
    [series] = site.database.read_now(all_series)
    return organiser, f"{HOME}/{series.id}"


def only(site: Site) -> Series:
    return site.database.read_now(all_series)[0]


async def test_a_series_is_made_and_told_in_each_language(site: Site) -> None:
    organiser, path = await begin(site)
    await organiser.send(
        path,
        phone="+421 2 555",
        email="help@example.org",
        address="Lipová 3",
        name_sk="Deň poradenstva",
        name_ar="يوم المشورة",
        funding_sk="Spolufinancované Európskou úniou",
    )
    page = (await organiser.open(path)).text
    listed = " ".join((await organiser.open(HOME)).text.split())

    series = only(site)
    assert (series.name, series.phone, series.email, series.address) == (
        "Days 2026",
        "+421 2 555",
        "help@example.org",
        "Lipová 3",
    )
    assert (dict(series.names), dict(series.funding)) == (
        {"sk": "Deň poradenstva", "ar": "يوم المشورة"},
        {"sk": "Spolufinancované Európskou úniou"},
    )
    said = " ".join(page.split())
    assert "Not written yet. Readers see: <bdi>Deň poradenstva</bdi>" in said
    assert (said.count("Readers see it in this language: Slovak"), said.count("Nothing is missing")) == (3, 1)
    assert "Words are missing in: English, Ukrainian and Arabic" in listed
    assert kinds(site) == ["SeriesAdded", "SeriesChanged"]


async def test_the_same_press_makes_one_series_and_one_logo(site: Site) -> None:
    organiser, path = await begin(site)
    page = await organiser.open(HOME)
    again = [await organiser.press(HOME, name="Twice") for _ in range(2)]
    key = new_key()
    logos = [await upload(organiser, path, svg(), key=key) for _ in range(2)]
    other = await upload(organiser, path, png(), key=key)

    assert page.status_code == 200
    assert len({each.headers["location"] for each in again}) == 1
    assert [each.status_code for each in (*logos, other)] == [303] * 3
    series = site.database.read_now(all_series)
    assert [each.name for each in series] == ["Days 2026", "Twice"]
    assert [each.media_type for each in series[0].logos] == ["image/svg+xml", "image/png"]


async def test_what_cannot_be_stored_is_told_and_what_was_typed_stays(site: Site) -> None:
    organiser, path = await begin(site)
    for wrong, sentence in (
        ({"name": ""}, "Please write a name with 1 to 200 letters."),
        ({"email": "nobody"}, "Please write an e-mail address such as help@example.org."),
        ({"name_ar": "x" * 121}, "Please write at most 120 characters."),
        ({"funding_uk": "x" * 601}, "Please write at most 600 characters."),
    ):
        await organiser.open(path)
        answer = await organiser.send(path, **{"phone": "+421 2 555", "name_sk": "Deň", **wrong})
        kept = ('value="+421 2 555"' in answer.text, 'value="Deň"' in answer.text)
        assert (answer.status_code, sentence in answer.text, kept) == (422, True, (True, True)), sentence
    await organiser.open(HOME)
    twice = await organiser.send(HOME, name="Days 2026")
    assert (twice.status_code, 'value="Days 2026"' in twice.text) == (422, True)
    assert kinds(site) == ["SeriesAdded"]


async def test_a_hostile_file_gets_a_sentence_and_loses_nothing_typed(site: Site) -> None:
    organiser, path = await begin(site)
    told: dict[str, tuple[object, ...]] = {}
    for name, (content, _) in HOSTILE.items():
        answer = await upload(organiser, path, content, whose="Európska únia")
        said = answer.text
        kept = 'value="Európska únia"' in said, 'value="funder" checked' in said
        told[name] = answer.status_code, 'href="#logo">' in said, *kept, "alert(" in said
    assert told == dict.fromkeys(HOSTILE, (422, True, True, True, False))
    assert kinds(site) == ["SeriesAdded"]


async def test_too_big_a_file_and_missing_words_are_told_on_the_page(site: Site) -> None:
    organiser, path = await begin(site)
    heavy = await upload(organiser, path, png() + b"x" * (3 * 1024 * 1024))
    nameless = await upload(organiser, path, svg(), whose="")
    kindless = await upload(organiser, path, svg(), kind="friend")
    enormous = await upload(organiser, path, b"x" * (5 * 1024 * 1024))

    assert ("This file is too big. Please send at most 3072 KB." in heavy.text, heavy.status_code) == (True, 422)
    assert ('href="#whose">Please write whose logo it is.' in nameless.text, nameless.status_code) == (True, 422)
    assert ('href="#kind">Please choose whose logo it is.' in kindless.text, kindless.status_code) == (True, 422)
    assert (enormous.status_code, only(site).logos) == (413, ())


async def test_logos_are_put_in_order_and_removed(site: Site) -> None:
    organiser, path = await begin(site)
    for kind, whose, content in (("funder", "EU", svg()), ("funder", "SK", png()), ("centre", "IOM", noise(90, 60))):
        assert (await upload(organiser, path, content, kind=kind, whose=whose)).status_code == 303
    page = await organiser.open(path)
    second = only(site).logos_of(LogoKind.FUNDER)[1]
    await organiser.send(f"{path}/logos/{second.id}/up")
    order = [each.whose for each in only(site).logos_of(LogoKind.FUNDER)]
    await organiser.send(f"{path}/logos/{second.id}/remove")

    assert page.text.count('<img class="logo"') == 3
    assert order == ["SK", "EU"]
    assert [each.whose for each in only(site).logos] == ["EU", "IOM"]
    assert kinds(site) == ["SeriesAdded", *["LogoAdded"] * 3, "LogoMoved", "LogoRemoved"]


async def test_the_preview_shows_head_and_foot_in_the_language_asked_for(site: Site) -> None:
    organiser, path = await begin(site)
    await organiser.send(path, phone="+421 2 555", name_ar="يوم المشورة", funding_sk="Spolufinancované Európskou úniou")
    await upload(organiser, path, svg(), kind="centre", whose="IOM")
    await upload(organiser, path, svg())
    seen = (await organiser.open(f"{path}/preview?in=ar")).text

    assert '<html lang="ar" dir="rtl"' in seen
    assert ("<bdi>يوم المشورة</bdi>" in seen, 'alt="IOM"' in seen, "+421 2 555" in seen) == (True, True, True)
    assert '<bdi lang="sk" dir="ltr">Spolufinancované Európskou úniou</bdi>' in seen
    assert "set-cookie" not in (await organiser.browser.get(f"{path}/preview?in=ar")).headers


async def test_a_day_is_given_a_series_keeps_it_when_copied_and_lets_it_go(site: Site) -> None:
    one = UUID(things.series(site))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    saved = await organiser.send(f"{DAY}/settings", series=str(one))
    day = site.database.read_now(day_by_id, site.hall.id)
    now = site.database.now()
    slug = site.database.write_now(copy_day, site.hall.id, on=date(2026, 12, 17), actor=SYSTEM, now=now)
    copied = site.database.read_now(day_by_slug, slug)
    await organiser.open(f"{DAY}/settings")
    wrong = await organiser.send(f"{DAY}/settings", series="none of them", name="Kept")
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", series="")

    series = site.database.read_now(series_of, one)
    assert (saved.status_code, day.series, copied.series) == (200, series, series)
    assert (wrong.status_code, 'href="#series">Please choose a series.' in wrong.text) == (422, True)
    assert 'value="Kept"' in wrong.text
    assert site.database.read_now(day_by_id, site.hall.id).series is None


async def test_who_organises_one_day_changes_it_without_touching_its_series(site: Site) -> None:
    one = things.series(site)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", series=one)
    guest = Organiser(site, day=site.hall.id)
    page = await guest.open(f"{DAY}/settings")
    await guest.send(f"{DAY}/settings", name="Another name", series="")

    day = site.database.read_now(day_by_id, site.hall.id)
    assert ('name="series"' in page.text, day.name, day.series is not None) == (False, "Another name", True)
    assert (await guest.browser.get(HOME)).status_code == 403
