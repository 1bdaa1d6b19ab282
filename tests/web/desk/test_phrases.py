"""The phrase card speaks the visitor's language, says so where it cannot, and is complete in every shipped one."""

import re
from uuid import UUID

import pytest

from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.web.desk.phrases import PHRASES
from tests.web.site import Site


def _called(site: Site, *languages: str) -> UUID:
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", languages=languages))
    stop = site.hall.next(site.desk.number).stop
    assert stop is not None
    return stop


async def test_the_card_is_in_her_first_language_that_has_one(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(f"/stops/{_called(site, 'ti', 'ar', 'uk')}/phrases")).text

    assert '<span class="phrase-hers" lang="ar" dir="rtl">' in page
    assert locale_for("ar").gettext(PHRASES[0]) in page
    assert PHRASES[0] in page
    assert "There are no sentences in Tigrinya yet." in page


async def test_another_language_is_one_tap_away(site: Site) -> None:
    officer = site.sign_in("officer")
    path = f"/stops/{_called(site, 'ar')}/phrases"

    assert 'lang="uk" dir="ltr"' in (await officer.get(f"{path}?to=uk")).text
    assert 'lang="ar" dir="rtl"' in (await officer.get(f"{path}?to=xx")).text


async def test_each_sentence_has_its_sound_in_her_language_and_nothing_else_has(site: Site) -> None:
    officer, stranger = site.sign_in("officer"), site.sign_in("visitor")
    page = (await officer.get(f"/stops/{_called(site, 'uk')}/phrases")).text
    sounds = re.findall(r'<audio[^>]* src="([^"]+)"', page)
    heard = [await officer.get(path) for path in (sounds[0], sounds[-1], "/phrases/0/sk")]

    assert len(sounds) == len(PHRASES)
    assert [(each.status_code, each.content[:4]) for each in heard] == [(200, b"OggS")] * 3
    assert len({each.content for each in heard}) == 3
    wrong = [f"/phrases/{len(PHRASES)}/uk", "/phrases/0/ti"]
    assert [(await officer.get(path)).status_code for path in wrong] == [404, 404]
    assert (await stranger.get(sounds[0])).status_code in (303, 401, 403)


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_every_sentence_is_on_the_card_of_every_language(tag: str) -> None:
    same = [each for each in PHRASES if locale_for(tag).gettext(each) == each]

    assert same == []
