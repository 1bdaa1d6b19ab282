"""Which text is the source, and what a translation is after a change."""

from onestop.domain.own_words import Reading, Written, rewritten, source_of

SOURCE, DRAFT, CHECKED, AGAIN = Reading


def told(before: dict[str, Written], **after: str) -> dict[str, Reading]:
    return {tag: one.reading for tag, one in rewritten(before, after, working="sk", marks={}).items()}


READ = {
    "sk": Written(text="stále", reading=SOURCE),
    "en": Written(text="always", reading=CHECKED),
    "uk": Written(text="завжди", reading=DRAFT),
}


def test_the_working_language_is_the_source_then_english_then_the_first() -> None:
    met = [source_of(tags, working="sk") for tags in (("en", "sk"), ("ar", "en"), ("uk", "ar"), ())]
    assert met == ["sk", "en", "ar", ""]


def test_other_words_in_the_source_ask_for_all_others_to_be_read_again() -> None:
    assert told(READ, sk="nonstop", en="always", uk="завжди") == {"sk": SOURCE, "en": AGAIN, "uk": AGAIN}


def test_other_words_in_a_translation_make_it_a_draft_and_leave_the_rest() -> None:
    assert told(READ, sk="stále", en="open always", uk="завжди") == {"sk": SOURCE, "en": DRAFT, "uk": DRAFT}
    assert told(READ, sk="stále", en="always", uk="завжди", ar="دائمًا") == {
        "sk": SOURCE,
        "en": CHECKED,
        "uk": DRAFT,
        "ar": DRAFT,
    }


def test_what_somebody_says_of_the_reading_counts_even_as_the_source_changes() -> None:
    after = rewritten(
        READ, {"sk": "nonstop", "en": "non-stop", "uk": "завжди"}, working="sk", marks={"en": CHECKED, "sk": DRAFT}
    )
    assert {tag: one.reading for tag, one in after.items()} == {"sk": SOURCE, "en": CHECKED, "uk": AGAIN}


def test_a_source_that_goes_or_comes_leaves_the_others_unread() -> None:
    assert told(READ, en="always", uk="завжди") == {"en": SOURCE, "uk": AGAIN}
    lone = {"en": Written(text="always", reading=SOURCE)}
    assert told(lone, sk="stále", en="always") == {"sk": SOURCE, "en": AGAIN}
    assert told({}, uk="завжди", sk="stále") == {"uk": DRAFT, "sk": SOURCE}
