"""Rendering: one template, one context, one language; parts that stand in every page."""

import datetime as dt
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from jinja2 import UndefinedError

from onestop.paths import resource_dir
from onestop.web.kit.locale import LANGUAGES, PSEUDO_LANGUAGES, locale_for
from onestop.web.kit.pages import Chrome, ErrorPage, WrongContext, environment_for, render, static_url
from onestop.web.kit.parts import mark_for
from onestop.web.kit.styleguide import sample_board, sample_chrome, sample_page

EN = locale_for("en")
CHROME = sample_chrome(EN)


def shown(source: str, tag: str = "en", **variables: object) -> str:
    """What a piece of template gives, spaces folded."""
    made = environment_for(locale_for(tag)).from_string(source).render(chrome=CHROME, **variables)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", made)).strip()


@pytest.mark.parametrize("layout", ["visitor", "staff", "kiosk"])
@pytest.mark.parametrize("tag", [*LANGUAGES, *PSEUDO_LANGUAGES])
def test_every_layout_speaks_every_language(tag: str, layout: str):
    locale = locale_for(tag)

    page = render("style.html", sample_page(locale, layout), locale=locale, chrome=sample_chrome(locale))

    assert f'<html lang="{tag}" dir="{locale.dir}"' in page
    assert re.findall(r"[{}]{2}|{%|None<|Undefined|%\(\w+\)s", page) == []


def test_an_error_page_has_its_sentence_and_a_way_on():
    page = render("error.html", ErrorPage(title="Not <found>", sentence="We do not know it."), locale=EN, chrome=CHROME)

    assert re.findall(r"<main.*?</main>", page, re.DOTALL) == [
        '<main id="content" tabindex="-1">\n'
        "  <h1>Not &lt;found&gt;</h1>\n"
        '  <p class="lead">We do not know it.</p>\n'
        '  <p class="actions"><a class="button primary" href="/"><span>Go to the first page</span></a></p>\n'
        "    </main>"
    ]


def test_a_context_is_refused_by_a_template_it_was_not_made_for():
    with pytest.raises(WrongContext):
        render("style.html", ErrorPage(title="", sentence=""), locale=EN, chrome=CHROME)


def test_one_block_is_rendered_alone_with_its_components():
    block = render("style_board.html", sample_board(), locale=EN, chrome=CHROME, block="main")

    assert re.findall(r'<li id="(call-\d+)">', block) == ["call-9", "call-8", "call-7", "call-6", "call-5"]
    assert "<html" not in block


def test_a_name_that_nobody_gave_is_an_error():
    with pytest.raises(UndefinedError):
        shown("{{ visitor }}")


def test_an_unknown_component_is_an_error():
    with pytest.raises(UndefinedError):
        shown("{{ ui.carousel() }}")


def test_what_people_type_is_escaped():
    assert shown("{{ ui.field('n', 'Name', value=typed) }}", typed='"><script>x</script>') == (
        '<div class="field"><label for="n">Name</label><input class="input" id="n" name="n" type="text"'
        ' value="&#34;&gt;&lt;script&gt;x&lt;/script&gt;" dir="auto"></div>'
    )


def test_hint_and_error_are_tied_to_their_field():
    assert shown("{{ ui.field('n', 'Name', hint='One is enough.', error='Too long.') }}").startswith(
        '<div class="field wrong"><label for="n">Name</label><p class="hint" id="n-hint">One is enough.</p>'
        '<p class="error" id="n-error">'
    )
    assert 'aria-describedby="n-hint n-error" aria-invalid="true"' in shown(
        "{{ ui.field('n', 'Name', hint='One is enough.', error='Too long.') }}"
    )


def test_a_button_says_its_key_to_eyes_and_to_programs():
    assert shown("{{ ui.button('Next', key='n', name='act', value='next') }}") == (
        '<button type="submit" class="button primary" name="act" value="next" data-key="n" aria-keyshortcuts="n">'
        '<span>Next</span><kbd class="key" aria-hidden="true">N</kbd></button>'
    )


def test_a_form_carries_its_keys_only_where_there_are_some():
    assert shown("{{ ui.form_keys() }}") == ""
    assert shown("{{ ui.form_keys('abc', 'k1') }}") == (
        '<input type="hidden" name="_csrf_token" value="abc"><input type="hidden" name="_key" value="k1">'
    )


def test_a_chosen_card_is_checked_and_labelled():
    assert shown("{{ ui.radio_card('l', 'ar', lang='ar', checked=true) }}") == (
        '<div class="choice"><input type="radio" id="l-ar" name="l" value="ar" checked>'
        '<label for="l-ar"><span class="choice-label"><span lang="ar" dir="rtl">العربية</span></span></label></div>'
    )


def test_a_desk_is_told_by_number_word_colour_and_shape():
    assert shown("{{ ui.desk_badge(desk) }}", desk=mark_for(4)) == (
        '<span class="desk-badge desk-c4 shape-triangle"><span class="desk-word">Desk</span>'
        '<span class="desk-shape"><bdi dir="ltr">4</bdi></span></span>'
    )


def test_neighbouring_desks_differ_in_colour_and_shape():
    marks = [mark_for(number) for number in range(1, 13)]

    assert len({mark.colour for mark in marks}) == 12
    assert all(one.shape != other.shape for one, other in pairwise(marks))


def test_languages_are_links_in_their_own_script_without_flags():
    links = shown("{{ ui.language_links(chrome.languages) }}")

    assert re.findall(r'hreflang="(\w+)"( aria-current="true")?><span lang="(\w+)" dir="(\w+)">', links) == [
        ("en", ' aria-current="true"', "en", "ltr"),
        ("sk", "", "sk", "ltr"),
        ("uk", "", "uk", "ltr"),
        ("ar", "", "ar", "rtl"),
    ]


def test_one_language_needs_no_links():
    assert shown("{{ ui.language_links([]) }}") == ""


def test_numbers_codes_and_times_are_kept_left_to_right():
    at = dt.datetime(2026, 12, 2, 8, 5, tzinfo=dt.UTC)

    assert shown("{{ at|time }}", "ar", at=at) == (
        '<time datetime="2026-12-02T08:05Z"><bdi dir="ltr">09:05</bdi></time>'
    )
    assert shown("{{ time(at, 'UTC') }}", at=at).endswith(">08:05</bdi></time>")
    assert shown("{{ 123|number }}, {{ number(123, 2) }}") == (
        '<bdi dir="ltr" class="number">123</bdi>, <bdi dir="ltr" class="number">123 · 2</bdi>'
    )
    assert shown("{{ x|ltr }}", x="+421 <b>") == '<bdi dir="ltr">+421 &lt;b&gt;</bdi>'


def test_the_frame_shows_who_is_signed_in_and_whom_to_ask():
    staff = render("style.html", sample_page(EN, "staff"), locale=EN, chrome=CHROME)
    alone = render("style.html", sample_page(EN, "staff"), locale=EN, chrome=replace(CHROME, signed_in="", demo=False))
    visitor = render("style.html", sample_page(EN), locale=EN, chrome=CHROME)

    sign = "Demo. Everything here is invented."
    assert [("Jana K." in page, sign in page) for page in (staff, alone)] == [(True, True), (False, False)]
    assert '<a href="tel:+421903123456"><bdi dir="ltr">+421 903 123 456</bdi></a>' in visitor


def test_pages_for_visitors_load_no_script():
    assert "<script" not in render("style.html", sample_page(EN), locale=EN, chrome=CHROME)
    assert render("style.html", sample_page(EN, "staff"), locale=EN, chrome=CHROME).count("<script") == 7


def test_a_draft_translation_says_so_at_the_foot_of_the_page():
    told = {
        tag: locale_for(tag).gettext("This translation is a draft. No native speaker has checked it yet.")
        for tag in ("en", "sk")
    }
    pages = {
        tag: render("error.html", ErrorPage(title="", sentence=""), locale=locale_for(tag), chrome=CHROME)
        for tag in told
    }

    assert {tag: told[tag] in page for tag, page in pages.items()} == {"en": False, "sk": True}


def test_a_style_sheets_address_changes_with_its_content():
    address = static_url("css/base.css")

    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{10}", address)
    assert address != static_url("css/tokens.css").replace("tokens", "base")


def test_a_style_sheet_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        static_url("css/none.css")


def test_the_resource_folders_are_found():
    assert [
        (resource_dir(name) / probe).is_file()
        for name, probe in (("templates", "base.html"), ("static", "css/base.css"))
    ] == [True, True]


def test_a_bare_frame_is_enough_for_a_page():
    page = render(
        "error.html",
        ErrorPage(title="x", sentence="y"),
        locale=EN,
        chrome=Chrome(now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    )

    assert '<nav class="languages"' not in page
