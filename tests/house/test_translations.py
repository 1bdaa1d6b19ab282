"""Every shipped language is complete: each sentence translated, nothing fuzzy, same places to fill, right plurals."""

import re
from pathlib import Path

import polib
import pytest

from onestop.locale.catalogue import po_path
from onestop.locale.languages import KNOWN, LANGUAGES
from onestop.locale.update import merged, source_catalogue

ROOT = Path(__file__).parents[2]
TRANSLATED = LANGUAGES[1:]
PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
TAG = re.compile(r"</?[a-z]+")


@pytest.fixture(scope="module")
def english():
    """Every English sentence as (context, text)."""
    found = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in source_catalogue(ROOT)
        if message.id
    }
    assert len(found) > 100
    return found


def entries(tag: str) -> polib.POFile:
    return polib.pofile(str(po_path(tag)))


def forms(entry: polib.POEntry) -> list[str]:
    return [text for _, text in sorted(entry.msgstr_plural.items())] or [entry.msgstr]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_in_the_catalogue_and_no_other(tag: str, english: set[tuple[str | None, str]]):
    known = {(entry.msgctxt, entry.msgid) for entry in entries(tag) if not entry.obsolete}

    assert {"missing": english - known, "gone": known - english} == {"missing": set(), "gone": set()}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_translated(tag: str):
    assert [entry.msgid for entry in entries(tag) if not all(forms(entry))] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_is_fuzzy(tag: str):
    assert [entry.msgid for entry in entries(tag) if entry.fuzzy] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_have_the_places_and_tags_of_their_sentence(tag: str):
    assert [entry.msgid for entry in entries(tag) if misfit(entry)] == []


def misfit(entry: polib.POEntry) -> bool:
    """Whether a translation loses or invents a place. A form for one exact count ("one person") may leave it out."""
    wanted = set(PLACE.findall(entry.msgid_plural or entry.msgid))
    *exact, general = forms(entry)
    if not general:
        return False  # told by another test
    lost = set(PLACE.findall(general)) != wanted or any(set(PLACE.findall(form)) - wanted for form in exact)
    return lost or sorted(TAG.findall(general)) != sorted(TAG.findall(entry.msgid_plural or entry.msgid))


@pytest.mark.parametrize(
    ("text", "translation", "wrong"),
    [
        ("Step %(now)s of %(total)s", "Krok %(now)s z %(total)s", False),
        ("Step %(now)s of %(total)s", "Krok %(now)s", True),
        ("Step %(now)s", "Krok %(krok)s", True),
        ("<b>Now</b>", "<i>Teraz</i>", True),
    ],
)
def test_a_lost_place_is_recognised(text: str, translation: str, wrong: bool):
    assert misfit(polib.POEntry(msgid=text, msgstr=translation)) is wrong


@pytest.mark.parametrize("tag", TRANSLATED)
def test_each_plural_has_every_form_of_the_language(tag: str):
    count = int(KNOWN[tag].plural_forms.partition("nplurals=")[2][0])
    file = entries(tag)

    assert file.metadata["Plural-Forms"] == KNOWN[tag].plural_forms
    assert [e.msgid for e in file if e.msgid_plural and sorted(e.msgstr_plural) != list(range(count))] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_catalogue_is_as_the_update_command_writes_it(tag: str):
    assert po_path(tag).read_text(encoding="utf-8") == merged(tag, source_catalogue(ROOT))
