"""An organiser chooses which questions of the tally a day asks; it is noted, and a stale form is told."""

from onestop.db.ledger import facts
from tests.web.organise.browsing import Organiser
from tests.web.public.test_tally import rows
from tests.web.site import Site

DAY = "iom-bratislava-2026-12-03"
SETUP = f"/organise/{DAY}/tally"


async def test_the_organiser_switches_questions_on_which_is_noted_and_a_stale_form_is_told(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(SETUP)
    stale = organiser.form(SETUP).fields
    answer = await organiser.press(SETUP, questions=["first", "country", "shoe size"])
    assert answer.status_code == 303
    page = await organiser.open(SETUP)
    assert organiser.form(SETUP).all("questions") == ["country", "first"]
    assert f'href="/floor/{DAY}/tally"' in page.text
    noted = [row.terms for row in rows(site, facts) if row.kind == "TallyChosen"]
    assert noted == [{"questions": ["country", "first"]}]

    late = await organiser.browser.post(
        SETUP, data={**dict(stale), "_key": "another-key-of-a-form", "questions": "group"}
    )
    assert late.status_code == 409
    assert "2 questions" in (await organiser.open(f"/organise/{DAY}")).text
