"""What a form was made of is told apart from everything it could have become."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from onestop.domain.own_words import Reading, Written
from onestop.domain.seen import fingerprint_of

READ = {
    "en": Written(text="always", reading=Reading.SOURCE),
    "uk": Written(text="завжди", reading=Reading.CHECKED),
}


@dataclass(frozen=True)
class Entry:
    name: str
    tags: tuple[str, ...] = ()
    on: date | None = None
    whose: UUID | None = None


ENTRY = Entry("Škola", ("a", "b"))


def test_every_change_of_a_text_has_another_fingerprint() -> None:
    others = (
        {},
        READ,
        {**READ, "en": Written(text="always", reading=Reading.AGAIN)},
        {**READ, "en": Written(text="always!", reading=Reading.SOURCE)},
        {"en": READ["en"]},
    )

    assert len({fingerprint_of(each) for each in others}) == 5
    assert fingerprint_of(READ) == fingerprint_of(dict(reversed(READ.items())))


def test_every_change_of_an_entry_has_another_fingerprint() -> None:
    others = (
        ENTRY,
        replace(ENTRY, name="Skola"),
        replace(ENTRY, tags=("b", "a")),
        replace(ENTRY, on=date(2026, 12, 3)),
        replace(ENTRY, whose=UUID(int=1)),
    )

    assert len({fingerprint_of(each) for each in others}) == 5
    assert fingerprint_of(ENTRY) == fingerprint_of(Entry("Škola", ("a", "b")))
