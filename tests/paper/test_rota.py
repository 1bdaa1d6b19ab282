"""Who works when on one page: every name and hour, in every language, and a place that nobody fills says so."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pypdfium2 as pdfium
import pytest

from onestop.days.queries.crew import CrewRow
from onestop.days.queries.desks import mediators_of_day
from onestop.domain.crew import Work
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.paper.rota import Rota, rota_of
from onestop.paper.rota_drawing import draw_rota
from tests.halls import TestDay
from tests.paper.pages import texts


def _crew(hall: TestDay) -> list[CrewRow]:
    opens, hour = hall.day.opens_at, timedelta(hours=1)
    desk = hall.desks[1]
    someone = CrewRow(
        id=UUID(int=1),
        work=Work.OFFICER,
        label="Eva",
        institution=desk.institution.id,
        institution_name=desk.institution.name,
        desk=desk.id,
        desk_number=desk.number,
        account=None,
        left_at=None,
        hours=((opens, opens + 2 * hour), (opens + 3 * hour, opens + 4 * hour)),
    )
    nowhere = {"institution": None, "institution_name": "", "desk": None, "desk_number": None}
    place = replace(someone, id=UUID(int=2), work=Work.RECEPTION, label="", hours=((opens - hour, opens),), **nowhere)
    return [someone, place]


def _rota(hall: TestDay, tag: str, crew: list[CrewRow]) -> Rota:
    mediators = hall.db.read_now(mediators_of_day, hall.id)
    return rota_of(hall.day, crew, mediators, locale_for(tag), now=hall.now)


def test_each_person_stands_under_her_work_with_place_and_hours(hall: TestDay) -> None:
    rota = _rota(hall, "en", _crew(hall))

    lines = {group.title: [(line.who, line.where, line.hours) for line in group.lines] for group in rota.groups}
    assert lines == {
        "Officers": [("Eva", f"Desk 1 · {hall.desks[1].institution.name}", "09:00–11:00, 12:00–13:00")],
        "Mediators": [
            ("M01", "Arabic and English", "09:00–15:00"),
            ("M02", "Russian and Ukrainian", "09:00–15:00"),
            ("M03", "English and Spanish", "09:00–12:30"),
        ],
        "People at the reception": [("Nobody yet", "", "08:00–09:00")],
    }
    # The scale begins with the earliest shift, an hour before the doors open.
    assert rota.ticks[0] == (0.0, "08:00")
    assert rota.groups[2].lines[0].bars == ((0.0, pytest.approx(1 / 7)),)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_it_is_one_page_in_every_language(hall: TestDay, tag: str) -> None:
    made = draw_rota(_rota(hall, tag, _crew(hall)))

    assert len(pdfium.PdfDocument(made)) == 1
    assert "Eva" in texts(made)[0]


def test_many_people_go_on_the_next_page_and_none_is_lost(hall: TestDay) -> None:
    one, _ = _crew(hall)
    many = [replace(one, id=UUID(int=nth), label=f"Person{nth:02}") for nth in range(60)]

    pages = texts(draw_rota(_rota(hall, "en", many)))

    assert len(pages) > 1
    assert [f"Person{nth:02}" in "".join(pages) for nth in range(60)] == [True] * 60
