"""Languages at work: dates, times, counts, lists, names, fallbacks, and what a browser asks for."""

import datetime as dt

import pytest

from onestop.locale.catalogue import Catalogue
from onestop.locale.environment import make_environment
from onestop.locale.languages import KNOWN, LANGUAGES, PSEUDO_LANGUAGES, direction, fallbacks, negotiate, own_name
from onestop.locale.locales import Locale, locale_for

DAY = dt.date(2026, 12, 2)


def with_texts(tag: str, texts: dict[tuple[str | None, str], tuple[str, ...]]) -> Locale:
    return Locale(KNOWN[tag], Catalogue(locale_for(tag).catalogue.plural_index, texts))


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("en", "Wednesday 2 December 2026"),
        ("sk", "streda 2. decembra 2026"),
        ("uk", "середа 2 грудня 2026"),
        ("ar", "الأربعاء، 2 ديسمبر 2026"),
        ("fr", "mercredi 2 décembre 2026"),
    ],
)
def test_a_date_has_weekday_day_month_word_and_year(tag: str, shown: str):
    assert locale_for(tag).date(DAY) == shown


def test_a_short_date_leaves_the_year_out():
    assert locale_for("en").short_date(DAY) == "Wed 2 Dec"


@pytest.mark.parametrize("tag", list(KNOWN))
def test_every_known_language_can_write_a_date_and_a_list(tag: str):
    locale = locale_for(tag)

    assert "2" in locale.date(DAY)
    assert all(part in locale.list_and(["x", "y", "z"]) for part in "xyz")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (dt.datetime(2026, 12, 2, 8, 5, tzinfo=dt.UTC), "09:05"),
        (dt.datetime(2026, 7, 1, 8, 5, tzinfo=dt.UTC), "10:05"),
        (dt.datetime(2026, 12, 2, 23, 30, tzinfo=dt.UTC), "00:30"),
    ],
)
def test_a_time_is_on_the_venues_clock_with_24_hours(at: dt.datetime, shown: str):
    assert locale_for("ar").time(at, "Europe/Bratislava") == shown


@pytest.mark.parametrize(
    ("minute", "second", "shown"), [(0, 0, "10:00"), (1, 0, "10:05"), (55, 1, "11:00"), (58, 0, "11:00")]
)
def test_a_time_that_is_only_expected_is_told_in_steps_of_five_minutes_and_never_too_early(
    minute: int, second: int, shown: str
):
    at = dt.datetime(2026, 12, 2, 9, minute, second, tzinfo=dt.UTC)
    assert locale_for("en").about(at, "Europe/Bratislava") == shown


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0 min"), (25, "25 min"), (60, "1 h"), (70, "1 h 10 min"), (-3, "0 min")]
)
def test_a_duration_is_in_hours_and_minutes(minutes: int, shown: str):
    assert locale_for("en").duration(minutes) == shown


def test_lists_and_quantities_follow_the_language():
    assert locale_for("en").list_and(["a", "b", "c"]) == "a, b and c"
    assert locale_for("sk").list_and(["a", "b", "c"]) == "a, b a c"
    assert (locale_for("en").number(1250), locale_for("sk").number(1250)) == ("1,250", "1\xa0250")


def test_languages_are_called_by_their_own_name_and_by_the_readers():
    assert (own_name("ar"), direction("ar"), own_name("xx"), direction("xx")) == ("العربية", "rtl", "xx", "ltr")
    assert (locale_for("sk").language_name("ar"), locale_for("en").language_name("xx")) == ("arabčina", "xx")
    assert [locale_for("en").language_name(tag) for tag in ("sr-Latn", "sr-Cyrl", "zh-Hans")] == [
        "Serbian (Latin)",
        "Serbian (Cyrillic)",
        "Simplified Chinese",
    ]


ARABIC = ("none", "one", "two", "few", "many", "other")
SLAVIC = ("one", "few", "many")


@pytest.mark.parametrize(
    ("tag", "forms", "expected"),
    [
        ("ar", ARABIC, {0: "none", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other"}),
        ("ar", ARABIC, {101: "other", 102: "other", 103: "few", 111: "many"}),
        ("sk", SLAVIC, {0: "many", 1: "one", 2: "few", 4: "few", 5: "many", 22: "many"}),
        ("uk", SLAVIC, {0: "many", 1: "one", 2: "few", 5: "many", 11: "many", 21: "one", 22: "few", 112: "many"}),
    ],
)  # fmt: skip
def test_each_count_gets_the_plural_of_its_language(tag: str, forms: tuple[str, ...], expected: dict[int, str]):
    locale = with_texts(tag, {(None, "%(num)s person"): forms})

    assert {n: locale.ngettext("%(num)s person", "%(num)s people", n) for n in expected} == expected


def test_a_sentence_without_translation_is_shown_in_english():
    locale = with_texts("sk", {("desk", "Open"): ("Otvoriť",)})

    assert locale.gettext("Not there") == "Not there"
    assert locale.ngettext("%(num)s desk", "%(num)s desks", 2) == "%(num)s desks"
    assert (locale.pgettext("desk", "Open"), locale.gettext("Open")) == ("Otvoriť", "Open")


def test_places_are_filled_after_translation():
    locale = with_texts("sk", {(None, "Step %(now)s of %(total)s"): ("Krok %(now)s z %(total)s",)})

    assert locale.say("Step %(now)s of %(total)s", {"now": 2, "total": 4}) == "Krok 2 z 4"
    assert locale.say("100 % free") == "100 % free"


def test_a_text_falls_back_to_its_kin_then_the_working_language_then_english():
    assert fallbacks("fa-AF", working="sk") == ("fa-AF", "fa", "sk", "en")
    assert fallbacks("en", working="en") == ("en",)


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("uk-UA,uk;q=0.9,ru;q=0.8", "uk"),
        ("de-AT, ar;q=0.5, sk;q=0.7", "sk"),
        ("ar-EG", "ar"),
        ("zh-CN", "zh-Hans"),
        ("prs-AF", "fa-AF"),
        ("sr-RS", "sr-Latn"),
        ("SK", "sk"),
        ("xx", "en"),
        ("ar;q=0", "en"),
        ("ar;q=rubbish, uk;q=0.1", "uk"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        (",;;q=,-", "en"),
    ],
)
def test_a_browser_gets_the_language_it_likes_best(accepted: str | None, tag: str):
    assert negotiate(accepted, ("en", "sk", "uk", "ar", "zh-Hans", "fa-AF", "sr-Latn")) == tag


def test_the_first_offered_language_is_for_those_who_like_none():
    assert negotiate("ko", ("sk", "en")) == "sk"


def test_pseudo_languages_mark_text_and_keep_places():
    locale = locale_for("qps-ploc")

    assert locale.gettext("Step %(now)s") == "[Šţéþ %(now)s~~~~~]"
    assert [locale_for(tag).dir for tag in PSEUDO_LANGUAGES] == ["ltr", "rtl"]
    assert set(PSEUDO_LANGUAGES) & set(LANGUAGES) == set()


def test_only_the_source_is_not_a_draft_until_somebody_has_read_it():
    assert {tag: locale_for(tag).checked for tag in LANGUAGES} == {"en": True, "sk": False, "uk": False, "ar": False}


def test_names_in_their_own_script_are_joined_as_markup_and_everything_else_is_escaped() -> None:
    for tag, joined in (("en", " and "), ("ar", " و")):
        environment = make_environment(locale_for(tag))
        page = environment.from_string("{{ ['uk', 'en']|map('own_name')|list|list_and }} {{ ['<b>', 'c']|list_and }}")
        names = f'<span lang="uk" dir="ltr">українська</span>{joined}<span lang="en" dir="ltr">English</span>'
        assert page.render() == f"{names} &lt;b&gt;{joined}c"
