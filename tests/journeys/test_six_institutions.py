"""Six institutions on one day: the template has four; a social insurer and a registry join, with service and desk."""

import pytest

from onestop.clock import monotonic
from onestop.days.queries.desks import desks_of_day
from onestop.domain.day import DayState
from onestop.reports.verify import verify
from tests.journeys.conftest import Hall
from tests.journeys.hand import ways
from tests.journeys.test_organiser import (
    MOST_ACTS,
    MOST_SECONDS,
    Anyone,
    Organiser,
    home,
    link,
    made_by,
    organiser_at,
    publish_with_passes,
)

pytestmark = pytest.mark.browser
JOINING = (("Invented Social Insurer", "none", "social-insurance"), ("Invented Registry", "state", "citizenship"))


def add_institution(hand: Organiser, name: str, authority: str, service: str) -> None:
    """It joins the directory of the centre, with one service that has words in every language."""
    page = hand.page
    hand.turn(page.locator("a[href='/organise/institutions']").first)
    hand.write("#name", name)
    if authority != "none":
        page.locator("#authority").select_option(authority)
        hand.taps += 1
    hand.turn(page.locator("form[action='/organise/institutions'] button"))
    page.locator("#service").select_option(service)
    hand.taps += 1
    hand.turn(page.locator("form[action$='/services'] button"))


@ways(3)
def test_six_institutions_from_a_template_in_at_most_forty_acts_and_five_minutes(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    joining = [(f"{name} {language}", *more) for name, *more in JOINING]
    hand = organiser_at(calm, anyone, language, script=script)
    page, began = hand.page, monotonic()

    for each in joining:
        add_institution(hand, *each)
    hand.turn(page.locator("a[href='/organise']").first)
    hand.turn(page.locator("main a[href='/organise/new']").first)
    hand.tap(page.locator("label[for='template-iom-bratislava']"))
    hand.turn(page.locator("form[action$='from-template'] button"))
    hand.turn(link(hand, "desks"))
    for name, *_ in joining:
        hand.turn(page.locator("main a[href$='/desks/new']").first)
        hand.turn(page.locator("main a.day-name", has_text=name).first)
        hand.turn(page.locator("form.sheet .actions button"))
    home(hand)
    publish_with_passes(hand, desks=8)
    hand.says("six institutions, published", monotonic() - began)

    day = made_by(calm, hand)
    desks = calm.database.read_now(desks_of_day, day.id)
    assert (day.state, len({desk.institution.id for desk in desks})) == (DayState.PUBLISHED, 6)
    assert calm.database.read_now(verify, now=calm.database.now()) == []
    assert hand.acts <= MOST_ACTS
    assert hand.modelled <= MOST_SECONDS
