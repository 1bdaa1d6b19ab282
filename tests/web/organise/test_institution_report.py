"""The organiser takes the report of an institution once the day is closed; that is noted."""

import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.visits.actions.closing import close_day
from tests.paper.pages import texts
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_statistics import PATH, come
from tests.web.site import Site

ACTION = f"{PATH}/institution"


async def test_the_report_is_a_pdf_of_a_closed_day_and_noted(site: Site) -> None:
    come(site, "en", "uk")
    organiser = Organiser(site)
    early = await organiser.open(PATH)
    refused = await organiser.browser.post(ACTION, data={"institution": "IOM"})
    site.hall.write(close_day, site.hall.id, reason="late")
    late = await organiser.open(PATH)
    name = site.desk.institution.name

    answer = await organiser.press(ACTION, institution=name)
    unknown = await organiser.press(ACTION, institution="Nobody")

    sentence = "An institution gets its report when the day is closed."
    assert (sentence in early.text, ACTION in early.text, refused.status_code) == (True, False, 409)
    assert (sentence in late.text, ACTION in late.text, unknown.status_code) == (False, True, 404)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="iom-bratislava-2026-12-03-institution.pdf"'
    (page,) = texts(answer.content)
    assert all(said in page for said in (name, "Report of the day for an institution", "Legal advice"))
    taken = sa.select(facts.c.terms, facts.c.actor).where(facts.c.kind == "InstitutionReportTaken")
    ((terms, actor),) = site.database.read_now(lambda conn: conn.execute(taken).all())
    assert (terms, actor.startswith("account:")) == ({"institution": str(site.desk.institution.id)}, True)
