"""The organiser reads the day in figures, takes them away as a file that is noted, and prints what may be published."""

import csv
import json
import re
from html import unescape
from io import BytesIO, StringIO

import sqlalchemy as sa
from openpyxl import load_workbook

from onestop.db.ledger import facts
from onestop.domain.day import DayState
from onestop.visits.actions.calls import finish, serve
from tests.counting import counted
from tests.visits.looking import call_at
from tests.web.organise.browsing import Organiser
from tests.web.public.visitor import set_state
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
PATH = f"{DAY}/statistics"


def come(site: Site, *tongues: str) -> None:
    """Somebody comes for each language; the first one has her talk."""
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    for tongue in tongues:
        site.hall.walk_in(site.hall.wish("legal", languages=[tongue], adults=2))
    stop = call_at(site.hall, 1)
    site.hall.write(serve, stop)
    site.hall.write(finish, stop)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def test_before_anybody_has_come_the_page_says_what_will_stand_there(site: Site) -> None:
    organiser = Organiser(site)
    assert f'href="{PATH}"' in (await organiser.open(DAY)).text
    said = words((await organiser.open(PATH)).text)
    assert "Nothing counted yet Figures stand here as soon as the day has begun" in said
    assert "The day is not closed yet" in words((await organiser.open(f"{PATH}/report")).text)
    come(site, "uk")
    assert "Nothing counted yet" not in (await organiser.open(PATH)).text
    set_state(site, DayState.CLOSED)
    assert "Nothing to publish" in words((await organiser.open(f"{PATH}/report")).text)


async def test_the_day_in_figures_with_pictures_in_as_many_statements_for_one_as_for_several(site: Site) -> None:
    come(site, "en")
    organiser = Organiser(site)
    await organiser.open(PATH)
    with counted() as count:
        await organiser.open(PATH)
        few = count()
    for tongue in ("uk", "uk", "ar", "uk", "uk", "uk"):
        site.hall.walk_in(site.hall.wish("legal", "social", languages=[tongue], adults=2))
    with counted() as count:
        page = await organiser.open(PATH)
        many = count()

    said = words(page.text)
    assert few == many
    assert "The day still runs." in said
    assert "The day in figures Number Tickets 7 People 14 Talks 1" in said.replace(
        "The day in figures The day in figures", "The day in figures"
    )
    assert "By language" in said
    pictures = re.findall(rf'<img src="({PATH}/pictures/\w+)"', page.text)
    assert [path.rsplit("/", 1)[1] for path in pictures] == ["services", "waits", "languages", "hours"]
    for path in pictures:
        drawn = await organiser.open(path)
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert drawn.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    # While numbers move, two reports with one visitor between them would tell of her.
    running = words((await organiser.open(f"{PATH}/report")).text)
    assert ("The day is not closed yet" in running, "Ukrainian" in running, f"{PATH}/report" in page.text) == (
        True, False, False
    )  # fmt: skip
    set_state(site, DayState.CLOSED)
    closed = await organiser.open(PATH)
    assert "They may answer until Saturday 5 December 2026, 00:00 . Then the sums stand here." in words(closed.text)
    assert f"{PATH}/report" in closed.text
    # Eight people, two of them told apart by nobody: the report has no 1.
    report = words((await organiser.open(f"{PATH}/report")).text)
    assert "Other languages * kept back Ukrainian * kept back" in report.replace("languages *kept", "languages * kept")


async def test_a_file_opens_and_that_somebody_took_it_is_in_the_ledger(site: Site) -> None:
    come(site, "en", "uk")
    organiser = Organiser(site)
    await organiser.open(PATH)
    action = f"{PATH}/file"
    as_csv = await organiser.press(action, kind="csv")
    as_book = await organiser.press(action, kind="xlsx")
    as_json = await organiser.press(action, kind="json")
    nothing = await organiser.press(action, kind="exe")

    lines = list(csv.reader(StringIO(as_csv.content.decode("utf-8-sig"), newline="")))
    assert ["The day in figures", "Tickets", "Number", "2"] in lines
    assert load_workbook(BytesIO(as_book.content)).sheetnames[0] == "1 The day in figures"
    assert json.loads(as_json.content)["all"]["people"] == 4
    assert as_csv.headers["content-disposition"] == 'attachment; filename="iom-bratislava-2026-12-03-statistics.csv"'
    assert as_csv.headers["cache-control"] == "no-store"
    assert nothing.status_code == 404
    taken = sa.select(facts.c.terms).where(facts.c.kind == "StatisticsTaken").order_by(facts.c.id)
    noted = site.database.read_now(lambda conn: conn.execute(taken).scalars().all())
    assert noted == [{"file": "csv"}, {"file": "xlsx"}, {"file": "json"}]
