"""A visitor chooses on her ticket whether the loudspeaker calls her in her language too. Nobody else can, or knows."""

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.speech.clips import NEEDED
from tests.web.public.test_papers import book, open_day
from tests.web.public.visitor import Visitor
from tests.web.site import Site


def _aloud(site: Site) -> list[bool]:
    return site.database.read_now(lambda conn: list(conn.execute(sa.select(parties.c.aloud)).scalars()))


async def test_she_is_called_in_her_language_only_after_she_said_so_and_can_take_it_back(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    ticket = await book(visitor, site, "residence-permit")
    seen = [_aloud(site)]
    assert "Everybody in the room hears it." in ticket.text

    chosen = await visitor.press("aloud-form")
    seen.append(_aloud(site))
    assert "The loudspeaker calls you in English too" in chosen.text
    taken_back = await visitor.press("not-aloud-form")
    seen.append(_aloud(site))

    assert seen == [[False], [True], [False]]
    assert "aloud-form" in taken_back.forms


async def test_whoever_reads_the_language_of_the_day_is_not_asked(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    path = visitor.path.split("?")[0]
    assert "aloud-form" in (await visitor.open(path)).forms
    site.database.write_now(lambda conn: conn.execute(parties.update().values(display_language="sk")))

    page = await visitor.open(path)

    assert [name for name in page.forms if "aloud" in name] == []


async def test_nobody_is_asked_about_a_language_that_cannot_be_spoken(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    path = visitor.path.split("?")[0]
    site.database.write_now(lambda conn: conn.execute(parties.update().values(display_language="ti")))
    before = [name for name in (await visitor.open(path)).forms if "aloud" in name]
    recorded = site.settings.var / "clips" / "ti"
    recorded.mkdir(parents=True)
    for word in NEEDED:
        (recorded / f"{word}.opus").write_bytes(b"recorded")

    assert (before, "aloud-form" in (await visitor.open(path)).forms) == ([], True)
