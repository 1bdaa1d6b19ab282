"""The rules of a referral: who may see it, which last day it may have, how it stands."""

from datetime import date, timedelta
from itertools import product

from onestop.domain.referral import LATEST_BY, Standing, by_choices, goes_to_her_alone, may_be_by, standing_of

TODAY = date(2026, 12, 3)


def test_one_private_end_is_enough_to_keep_a_referral_to_herself() -> None:
    met = {
        ends: goes_to_her_alone(stop_private=ends[0], service_private=ends[1], place_discreet=ends[2])
        for ends in product((False, True), repeat=3)
    }

    assert met == {ends: any(ends) for ends in product((False, True), repeat=3)}


def test_a_last_day_is_today_or_later_and_within_a_year() -> None:
    days = {days: may_be_by(TODAY + timedelta(days=days), today=TODAY) for days in (-1, 0, 1, LATEST_BY.days, 367)}

    assert days == {-1: False, 0: True, 1: True, 366: True, 367: False}
    assert all(may_be_by(day, today=TODAY) for day in by_choices(TODAY))


def test_a_referral_is_not_kept_only_once_its_last_day_is_over() -> None:
    def on(by_on: date | None, *, kept: bool = False, withdrawn: bool = False) -> Standing:
        return standing_of(withdrawn=withdrawn, kept=kept, by_on=by_on, today=TODAY)

    assert [on(None), on(TODAY), on(TODAY - timedelta(days=1))] == [Standing.OPEN, Standing.OPEN, Standing.NOT_KEPT]
    assert on(TODAY - timedelta(days=1), kept=True) is Standing.KEPT
    assert on(TODAY, kept=True, withdrawn=True) is Standing.WITHDRAWN
