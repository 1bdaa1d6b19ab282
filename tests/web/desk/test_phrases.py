"""The phrase card speaks the visitor's language, says so where it cannot, and is complete in every shipped one."""

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


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_every_sentence_is_on_the_card_of_every_language(tag: str) -> None:
    same = [each for each in PHRASES if locale_for(tag).gettext(each) == each]

    assert same == []
