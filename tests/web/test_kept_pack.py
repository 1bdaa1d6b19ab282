"""The pack that is kept ready, at the doors of the organiser and of reception."""

from datetime import timedelta

from onestop.days.queries.days import day_by_id
from onestop.jobs.work import keep_packs
from onestop.paper.kept import kept_pack
from onestop.visits.actions.moving import move_day
from onestop.web.kit.forms import new_key
from tests.paper.pages import texts
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_pack import PACK
from tests.web.site import Site


async def test_the_pack_of_a_day_that_was_put_off_goes_with_the_names_in_it(site: Site) -> None:
    keep_packs(site.database, site.settings)
    ready = kept_pack(site.settings.var, site.hall.id)
    version = site.database.read_now(day_by_id, site.hall.id).version
    later = site.hall.day.on + timedelta(days=14)
    site.hall.write(move_day, site.hall.id, on=later, bookings_too=True, version=version)
    keep_packs(site.database, site.settings)

    assert (ready is not None, kept_pack(site.settings.var, site.hall.id)) == (True, None)


async def test_the_pack_that_is_ready_is_offered_with_its_time_to_organiser_and_reception(site: Site) -> None:
    organiser, desk = Organiser(site), site.sign_in("receptionist")
    paper = f"/reception/{site.hall.day.slug}/paper?lang=en"
    before = [(await organiser.open(PACK)).text, (await desk.get(paper)).text]
    keep_packs(site.database, site.settings)
    after = [(await organiser.open(PACK)).text, (await desk.get(paper)).text]

    assert [("08:30" in text.partition("Pack of ")[2][:80], "100–123" in text) for text in (*before, *after)] == [
        (False, False)
    ] * 2 + [(True, False)] * 2
    taken = [
        await organiser.press(f"{PACK}/kept"),
        await desk.post(paper.replace("/paper", "/pack"), data={"_key": new_key()}),
    ]
    assert [(answer.status_code, answer.headers["cache-control"]) for answer in taken] == [(200, "no-store")] * 2
    assert {len(texts(answer.content)) for answer in taken} == {10}
    assert "100–123" in (await desk.get(paper)).text
