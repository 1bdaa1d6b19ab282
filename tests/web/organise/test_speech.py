"""The organiser stores recorded words: who speaks which language, what a bad file is told, listening and removing."""

import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.speech.clips import NEEDED
from onestop.web.kit.forms import new_key
from tests.speech.test_recordings import tone
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

HOME = "/organise/speech"


async def store(organiser: Organiser, word: str, sound: bytes, *, tag: str = "ti", number: str = ""):
    form = {"_key": new_key(), "word": word, "number": number}
    return await organiser.browser.post(f"{HOME}/{tag}", data=form, files={"sound": ("word.wav", sound)})


def line(text: str, tag: str) -> str:
    """What the list says of a language."""
    return text.partition(f'href="{HOME}/{tag}"')[2].partition("</li>")[0]


async def test_a_language_without_a_voice_is_spoken_once_all_words_are_there(site: Site) -> None:
    organiser = Organiser(site)
    first = (await organiser.open(HOME)).text
    for word in NEEDED[:-1]:
        assert (await store(organiser, word, tone(0.2))).status_code == 303
    half = (await organiser.open(HOME)).text
    await store(organiser, NEEDED[-1], tone(0.2))
    done = (await organiser.open(HOME)).text

    assert ("Nobody speaks it" in line(first, "ti"), "Voice of the server" in line(first, "sk")) == (True, True)
    assert ("Nobody speaks it" in line(half, "ti"), "11 of 12 words" in line(half, "ti")) == (True, True)
    assert "Recorded" in line(done, "ti")


async def test_a_word_is_listened_to_and_removed(site: Site) -> None:
    organiser = Organiser(site)
    await store(organiser, "", tone(), number="12")
    page = await organiser.open(f"{HOME}/ti")
    sound = await organiser.browser.get(f"{HOME}/ti/12")
    gone = await organiser.press(f"{HOME}/ti/12/remove")
    after = await organiser.browser.get(f"{HOME}/ti/12")

    assert f'src="{HOME}/ti/12"' in page.text
    assert (sound.headers["content-type"], sound.content[:4]) == ("audio/ogg", b"OggS")
    assert (gone.status_code, after.status_code) == (303, 404)


async def test_a_bad_file_is_told_in_a_sentence(site: Site) -> None:
    organiser = Organiser(site)
    answers = [
        await store(organiser, "desk", b"an MP3"),
        await store(organiser, "desk", b""),
        await store(organiser, "", tone(), number="07"),
    ]

    says = ("This file is no recording we can read.", "Please choose a file.", "Please write a number between 10")
    assert [(each.status_code, told in each.text) for each, told in zip(answers, says, strict=True)] == [
        (422, True)
    ] * 3
    assert (await organiser.browser.get(f"{HOME}/xx")).status_code == 404


async def test_the_ledger_hears_who_stored_and_removed_which_word(site: Site) -> None:
    organiser = Organiser(site)
    await store(organiser, "desk", b"an MP3")
    await store(organiser, "desk", tone())
    for _ in range(2):
        await organiser.browser.post(f"{HOME}/ti/desk/remove", data={"_key": new_key()})
    await store(organiser, "", tone(), number="12")

    kinds = facts.c.kind.in_(["RecordingKept", "RecordingRemoved"])
    rows = site.database.read_now(
        lambda conn: conn.execute(sa.select(facts.c.kind, facts.c.terms, facts.c.actor).where(kinds)).all()
    )
    assert [(row.kind, row.terms["word"]) for row in rows] == [
        ("RecordingKept", "desk"),
        ("RecordingRemoved", "desk"),
        ("RecordingKept", "12"),
    ]
    assert {(row.terms["language"], row.actor.partition(":")[0]) for row in rows} == {("ti", "account")}
