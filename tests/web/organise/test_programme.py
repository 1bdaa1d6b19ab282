"""An organiser chooses days, reads and takes their figures, which is noted, and sees what may be published."""

import csv
import json
from io import StringIO

from onestop.db.ledger import facts
from onestop.visits.actions.closing import close_day
from tests.counting import counted
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_statistics import come, words
from tests.web.public.test_tally import rows
from tests.web.site import Site

DAY = "iom-bratislava-2026-12-03"
PATH = "/organise/programme"


async def test_days_are_found_by_date_and_shown_in_as_many_statements_for_more_people(site: Site) -> None:
    organiser = Organiser(site)
    assert "Only days that have begun have figures." in (await organiser.open(PATH)).text
    come(site, "uk", "ar")
    page = await organiser.open(PATH)
    assert (f'value="{DAY}"' in page.text, organiser.form(f"{PATH}/figures").all("day")) == (True, [])
    await organiser.open(f"{PATH}?since=2026-12-01&until=2026-12-31")
    assert organiser.form(f"{PATH}/figures").all("day") == [DAY]
    page = await organiser.open(f"{PATH}?since=2026-12-04")
    assert "No day found" in page.text

    shown = f"{PATH}/figures?day={DAY}"
    page = await organiser.open(shown)
    assert "Day by day" in words(page.text)
    with counted() as count:
        await organiser.open(shown)
        few = count()
    for tongue in ("uk", "uk", "en"):
        site.hall.walk_in(site.hall.wish("legal", "social", languages=[tongue], adults=2))
    with counted() as count:
        page = await organiser.open(shown)
        assert count() == few
    said = words(page.text)
    assert "All days together 5 10 1" in said
    assert "Tickets by language and day" in said


async def test_a_file_is_noted_and_the_report_to_publish_keeps_small_numbers_back(site: Site) -> None:
    come(site, "uk", "uk", "uk", "uk", "uk", "ar")
    organiser = Organiser(site)
    await organiser.open(f"{PATH}/figures?day={DAY}")
    as_csv = await organiser.press(f"{PATH}/file", kind="csv")
    as_json = await organiser.press(f"{PATH}/file", kind="json")
    lines = list(csv.reader(StringIO(as_csv.content.decode("utf-8-sig"), newline="")))
    assert ["All days together", "Tickets", "Number", "6"] in lines
    assert json.loads(as_json.content)["together"]["all"]["people"] == 12
    name = "programme-2026-12-03-2026-12-03.csv"
    assert as_csv.headers["content-disposition"] == f'attachment; filename="{name}"'
    noted = [row.terms for row in rows(site, facts) if row.kind == "ProgrammeTaken"]
    assert noted == [{"file": "csv", "days": [DAY]}, {"file": "json", "days": [DAY]}]

    assert "Nothing to publish" in (await organiser.open(f"{PATH}/report?day={DAY}")).text  # it still changes
    site.hall.write(close_day, site.hall.id, reason="Evening")
    report = words((await organiser.open(f"{PATH}/report?day={DAY}")).text)
    assert "All days together 6 12 * kept back" in report.replace("12 *kept", "12 * kept")
    assert "Other languages * kept back" in report.replace("languages *kept", "languages * kept")
    assert "The reports of the days can be published beside it." in report


async def test_nothing_chosen_and_a_wrong_date_are_told_and_who_organises_one_day_only_sees_none(site: Site) -> None:
    come(site, "uk")
    organiser = Organiser(site)
    for path, why in ((f"{PATH}/figures", "at least one day"), (f"{PATH}?since=soon", "a date like")):
        page = await organiser.browser.get(path)
        assert (page.status_code, why in page.text) == (422, True)
    organiser.page = await organiser.browser.get(f"{PATH}?since=soon")
    assert organiser.form(PATH)["since"] == "soon"
    assert "Nothing to publish" in (await organiser.open(f"{PATH}/report?day={DAY}")).text
    only = Organiser(site, day=site.hall.id)
    assert (await only.browser.get(PATH)).status_code == 403
