"""Reading a day from TOML: what the shipped templates say, and the sentence for each mistake."""

from dataclasses import replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from onestop.days.dayfile import (
    DayFile,
    DayFileWrong,
    FileDesk,
    FileInstitution,
    FileMediator,
    FilePrecedence,
    parse_day,
    read_day_file,
    read_template,
    templates,
)
from onestop.days.dayfile_sessions import FileSession
from onestop.domain.day import Release

SMALL = """
schema = 1
slug = "small"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 12:00:00
display_languages = ["en", "uk"]
[[institution]]
key = "mic"
name = "Centre"
[[desk]]
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
"""


def test_the_least_a_file_must_say_makes_a_whole_day() -> None:
    nine, twelve = time(9), time(12)
    assert parse_day(SMALL) == DayFile(
        slug="small",
        name="small",
        venue="small",
        address="",
        timezone=ZoneInfo("Europe/Bratislava"),
        working_language="sk",
        opens=nine,
        closes=twelve,
        slot_minutes=15,
        reserve_percent=20,
        no_show_percent=10,
        interpreter_needed_percent=50,
        parties=20,
        release=Release.INVITED,
        display_languages=("en", "uk"),
        always=(),
        mix={},
        party_languages={},
        institutions=(FileInstitution(key="mic", name="Centre", authority="none"),),
        desks=(
            FileDesk(
                number=1,
                institution="mic",
                services=("legal",),
                private=False,
                minutes=20,
                languages=("sk", "en"),
                opens=nine,
                closes=twelve,
            ),
        ),
        mediators=(),
        precedences=(),
    )


def test_the_pilot_day_is_the_one_that_was_reported() -> None:
    day = read_template("iom-bratislava")
    assert [(desk.number, desk.institution, desk.services, desk.minutes) for desk in day.desks] == [
        (1, "mic", ("legal",), 20),
        (2, "mic", ("social",), 18),
        (3, "mic", ("labour",), 18),
        (4, "foreign-police", ("residence",), 15),
        (5, "labour-office", ("employment-office",), 12),
        (6, "health-insurer", ("health-insurance",), 10),
    ]
    assert day.desks[3].closes == time(13)
    assert {item.key: item.authority for item in day.institutions} == {
        "mic": "none",
        "foreign-police": "police",
        "labour-office": "state",
        "health-insurer": "none",
    }
    assert day.mediators == (
        FileMediator(languages=("ar", "en"), opens=time(9), closes=time(15)),
        FileMediator(languages=("uk", "ru"), opens=time(9), closes=time(15)),
        FileMediator(languages=("es", "en"), opens=time(9), closes=time(12, 30)),
    )
    assert [(each.before, each.after) for each in day.precedences] == [("legal", "residence")]
    assert (day.opens, day.closes, day.slot_minutes, day.reserve_percent) == (time(9), time(15), 15, 20)


@pytest.mark.parametrize("name", templates())
def test_every_shipped_template_reads(name: str) -> None:
    day = read_template(name)
    assert day.slug == name
    assert sum(day.mix.values()) > 0


def test_a_count_makes_as_many_desks_with_running_numbers_and_as_many_mediators() -> None:
    text = (
        SMALL.replace("[[desk]]", "[[desk]]\nnumber = 4\ncount = 3") + '[[mediator]]\nlanguages = ["ar"]\ncount = 2\n'
    )
    day = parse_day(text)
    assert [desk.number for desk in day.desks] == [4, 5, 6]
    assert day.mediators == (FileMediator(languages=("ar",), opens=time(9), closes=time(12)),) * 2


def test_a_star_stands_for_everything_else() -> None:
    text = SMALL + '[[precedence]]\nbefore = "legal"\nafter = "*"\nbecause = "needs are assessed first"\n'
    assert parse_day(text).precedences == (
        FilePrecedence(before="legal", after=None, because="needs are assessed first"),
    )


MISTAKES = {
    "no TOML": ("schema = 1", "schema = ", "This is not TOML: Invalid value (at line 2, column 10)"),
    "another schema": ("schema = 1", "schema = 2", "schema: expected 1."),
    "no slug": ('slug = "small"', 'slug = " "', "the top of the file: slug should be a text."),
    "an unknown zone": ("Europe/Bratislava", "Europe/Nowhere", "timezone: 'Europe/Nowhere' is not a known time zone."),
    "a zone that is a path": ("Europe/Bratislava", "../etc", "timezone: '../etc' is not a known time zone."),
    "an hour as text": ("opens = 09:00:00", 'opens = "9"', "[day]: opens should be a time such as 09:00:00."),
    "a count as text": ("minutes = 20", 'minutes = "20"', "[[desk]] number 1: minutes should be a whole number."),
    "a yes for a number": ("minutes = 20", "minutes = true", "[[desk]] number 1: minutes should be a whole number."),
    "languages as one text": (
        'languages = ["sk", "en"]', 'languages = "sk"', "[[desk]] number 1: languages should be a list of texts.",
    ),
    "no languages": ('languages = ["sk", "en"]', "languages = []", "desk 1: languages is empty."),
    "no services": ('services = ["legal"]', "services = []", "desk 1: services is empty."),
    "an endless talk": ("minutes = 20", "minutes = 481", "desk 1: minutes should be between 1 and 480."),
    "an unknown institution": (
        'institution = "mic"', 'institution = "x"', "desk 1: the institution 'x' is not in [[institution]].",
    ),
    "an unknown authority": (
        'name = "Centre"', 'name = "Centre"\nauthority = "army"',
        "[[institution]] number 1: authority should be state or police, or left out.",
    ),
    "an unknown release": (
        "[day]", '[day]\nrelease = "lottery"', "[day]: release should be one of invited, open, draw, not 'lottery'.",
    ),
    "too many desks": ("[[desk]]", "[[desk]]\ncount = 61", "[[desk]] number 1: count should be between 1 and 60."),
    "no desk": ("[[desk]]", "[[table]]", "[[desk]]: a day needs at least one desk."),
    "a share over one": ("[[desk]]", "[mix]\nlegal = 1.5\n[[desk]]", "[mix]: legal should be a share between 0 and 1."),
    "a mix nobody offers": ("[[desk]]", "[mix]\nsocial = 0.5\n[[desk]]", "[mix]: no desk offers 'social'."),
    "slots of 12 minutes": (
        "[day]", "[day]\nslot_minutes = 12", "[day]: slot_minutes should be between 10 and 240, in steps of 5.",
    ),
    "a reserve over everything": (
        "[day]", "[day]\nreserve_percent = 101", "[day]: reserve_percent should be between 0 and 100.",
    ),
    "no language to show": (
        'display_languages = ["en", "uk"]', "display_languages = []", "[day]: display_languages is empty.",
    ),
    "an order of services nobody offers": (
        "[[desk]]", '[[precedence]]\nbefore = "social"\nafter = "legal"\n[[desk]]',
        "precedence: no desk offers 'social'.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", list(MISTAKES))
def test_a_mistake_is_named_with_its_place(what: str) -> None:
    right, wrong, sentence = MISTAKES[what]
    assert right in SMALL
    with pytest.raises(DayFileWrong) as found:
        parse_day(SMALL.replace(right, wrong, 1))
    assert str(found.value) == sentence


SESSION = """
[[session]]
service = "legal"
desk = 1
starts = 10:00:00
minutes = 60
seats = 12
language = "uk"
"""
HELD = FileSession(service="legal", desk=1, starts=time(10), minutes=60, seats=12, language="uk")


def test_sessions_are_read_and_a_file_without_them_has_none() -> None:
    second = SESSION.replace("10:00:00", "11:00:00").replace('language = "uk"\n', "")

    assert parse_day(SMALL).sessions == ()
    assert parse_day(SMALL + SESSION + second).sessions == (HELD, replace(HELD, starts=time(11), language=""))


def test_a_session_after_midnight_stands_in_the_hours_of_a_desk_that_is_open_at_night() -> None:
    night = SMALL.replace("09:00:00", "22:00:00").replace("12:00:00", "03:00:00")

    held = parse_day(night + SESSION.replace("10:00:00", "01:30:00")).sessions
    with pytest.raises(DayFileWrong, match="desk 1 should be open all its time"):
        parse_day(night + SESSION.replace("10:00:00", "02:30:00"))

    assert held == (replace(HELD, starts=time(1, 30)),)


BAD_SESSIONS = {
    "no service": ('service = "legal"', 'service = ""', "service should be a text."),
    "a service of another desk": ('"legal"\ndesk', '"social"\ndesk', "desk 1 does not offer 'social'."),
    "no such desk": ("desk = 1", "desk = 2", "there is no desk 2."),
    "a desk as text": ("desk = 1", 'desk = "1"', "desk should be a whole number."),
    "an hour as text": ("starts = 10:00:00", 'starts = "10"', "starts should be a time such as 09:00:00."),
    "before the desk opens": ("10:00:00", "08:59:00", "desk 1 should be open all its time."),
    "after it closes": ("10:00:00", "11:01:00", "desk 1 should be open all its time."),
    "a moment": ("minutes = 60", "minutes = 4", "minutes should be between 5 and 480."),
    "a day": ("minutes = 60", "minutes = 481", "minutes should be between 5 and 480."),
    "no seat": ("seats = 12", "seats = 0", "seats should be between 1 and 500."),
    "a stadium": ("seats = 12", "seats = 501", "seats should be between 1 and 500."),
    "no such language": ('"uk"', '"tlh"', "'tlh' is no language we know."),
}


@pytest.mark.parametrize("what", list(BAD_SESSIONS))
def test_a_mistake_in_a_session_is_named_with_its_number(what: str) -> None:
    right, wrong, sentence = BAD_SESSIONS[what]
    assert right in SESSION
    with pytest.raises(DayFileWrong) as found:
        parse_day(SMALL + SESSION.replace(right, wrong, 1))
    assert str(found.value) == f"[[session]] number 1: {sentence}"


def test_two_sessions_of_a_desk_are_not_at_the_same_time_nor_is_one_in_a_break() -> None:
    with pytest.raises(DayFileWrong) as found:
        parse_day(SMALL + SESSION + SESSION.replace("10:00:00", "10:59:00"))
    assert str(found.value) == "[[session]] number 2: desk 1 holds another session at this time."
    broken = SMALL.replace("minutes = 20", "minutes = 20\nbreaks = [[10:30:00, 10:45:00]]")
    with pytest.raises(DayFileWrong, match="desk 1 should be open all its time"):
        parse_day(broken + SESSION)


def test_a_day_has_at_most_two_hundred_sessions() -> None:
    with pytest.raises(DayFileWrong, match="A day has at most 200 sessions"):
        parse_day(SMALL + SESSION * 201)


def test_two_desks_have_two_numbers() -> None:
    desk = SMALL[SMALL.index("[[desk]]") :].replace("[[desk]]", "[[desk]]\nnumber = 1")
    with pytest.raises(DayFileWrong, match="two desks have the same number"):
        parse_day(SMALL + desk)


def test_an_unknown_template_and_an_unreadable_file_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(DayFileWrong, match=r"There is no template 'moon'\. Known: arrival-hub, "):
        read_template("moon")
    missing = tmp_path / "missing.toml"
    with pytest.raises(DayFileWrong, match=r"missing\.toml cannot be read"):
        read_day_file(missing)
    missing.write_bytes(b"\xff\xfe")
    with pytest.raises(DayFileWrong, match="cannot be read"):
        read_day_file(missing)
    missing.write_text(SMALL)
    assert read_day_file(missing) == parse_day(SMALL)
