"""A first organiser makes, checks and publishes a day of six desks, from the template, in a few acts."""

import re

from onestop.days.queries.days import day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.domain.day import DayState
from tests.web.organise.browsing import Organiser
from tests.web.site import Site


async def test_a_six_desk_day_is_made_checked_and_published_in_six_acts(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise")
    await organiser.open("/organise/new")
    draft = await organiser.send("/organise/days/from-template", template="iom-bratislava", on_template="2026-12-17")
    path = draft.url.path
    assert path == "/organise/iom-bratislava-2026-12-17"
    assert "Nothing is missing" not in draft.text
    assert "there is no invitation yet" in draft.text

    published = await organiser.send(f"{path}/publish")
    await organiser.open(f"{path}/invitations")
    sheet = await organiser.send(f"{path}/invitations", count="20")

    day = site.database.read_now(day_by_slug, "iom-bratislava-2026-12-17")
    desks = site.database.read_now(desks_of_day, day.id)
    assert (organiser.acts, day.state, len(desks)) == (6, DayState.PUBLISHED, 6)
    assert "The day is published." in published.text
    assert "Nobody can book yet" in published.text
    assert "People can book now" not in published.text
    assert f'href="{path}/invitations"' in published.text
    box = published.text.split("The day is published.")[1].split("</h1>")[0]
    assert (f"/d/{path.split('/')[-1]}" in box, f'href="{path}/sheets"' in box) == (True, True)
    assert "Nobody can book yet" not in (await organiser.open(f"{path}?done=published")).text
    assert len(set(re.findall(r'class="code"><bdi dir="ltr">(\w{5} \w{5})<', sheet.text))) == 20


async def test_the_answer_to_publishing_offers_the_passes_that_are_missing_and_only_those(site: Site) -> None:
    organiser = Organiser(site)
    paths: list[str] = []
    for on in ("2026-12-17", "2026-12-18"):
        await organiser.open("/organise/new")
        draft = await organiser.send("/organise/days/from-template", template="iom-bratislava", on_template=on)
        paths.append(draft.url.path)
    without, with_all = paths
    await organiser.open(f"{with_all}/passes")
    await organiser.send(f"{with_all}/passes/missing")
    offer = f'action="{without}/passes/missing"'

    await organiser.open(without)
    assert offer in (await organiser.send(f"{without}/publish")).text
    sheet = await organiser.send(f"{without}/passes/missing")
    assert sheet.text.count('<li class="pass-card">') == 6

    await organiser.open(with_all)
    published = (await organiser.send(f"{with_all}/publish")).text
    assert "The day is published." in published
    assert "/passes/missing" not in published
    assert "/passes/missing" not in (await organiser.open(f"{without}?done=published")).text
