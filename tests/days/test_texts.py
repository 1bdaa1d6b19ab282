"""Two people who save one text at once: one of them hears that the other was first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from onestop.days.queries.texts import Which, own_texts
from onestop.days.texts import write_text
from onestop.db.session import Database
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.domain.errors import Changed
from onestop.domain.roles import SYSTEM

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_one_of_two_who_save_the_same_text_at_once_is_told(database: Database) -> None:
    words = PlaceWords(kind="food", name="Soup kitchen", hours={"en": "Daily"})
    place = database.write_now(add_place, words, actor=SYSTEM, now=NOW)
    which = Which("place", place, "hours")
    seen_as = database.read_now(own_texts, which).seen_as

    def save(text: str) -> str:
        try:
            database.write_now(write_text, which, {"en": text}, marks={}, seen_as=seen_as, actor=SYSTEM, now=NOW)
        except Changed:
            return ""
        return text

    with ThreadPoolExecutor(2) as two:
        met = sorted(two.map(save, ("Mondays", "Tuesdays")))

    assert met[0] == ""
    assert {tag: one.text for tag, one in database.read_now(own_texts, which).words.items()} == {"en": met[1]}
