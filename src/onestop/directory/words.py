"""Words for services, needs and papers: own before shipped ones, the reader's language before others."""

from collections.abc import Collection, Mapping

from onestop.directory.vocabulary import CONDITIONS, NEEDS, PAPERS, PRIVATE_STOP, SERVICES
from onestop.domain.checklist import Asked
from onestop.domain.errors import N_
from onestop.locale.languages import fallbacks
from onestop.locale.locales import Locale

UNCHECKED = N_("%(words)s (a draft that nobody has checked)")
ONLY_IF = N_("%(paper)s, %(condition)s")


def words_of_paper(
    locale: Locale,
    key: str,
    own: Mapping[str, str],
    *,
    drafts: Collection[str] = (),
    working: str = "en",
    asked: Asked = Asked.YES,
    condition: str = "",
) -> tuple[str, str]:
    """What a paper is called and the language that is in; with its condition while nobody knows whether it holds."""
    shipped = PAPERS[key][0] if key in PAPERS else ""
    text, language = _own_or_shipped(locale, key, shipped, own, drafts=drafts, working=working)
    if asked is Asked.IF and condition in CONDITIONS:
        text = locale.say(ONLY_IF, {"paper": text, "condition": locale.gettext(CONDITIONS[condition])})
    return text, language


def words_of_need(
    locale: Locale, key: str, own: Mapping[str, str], *, drafts: Collection[str] = (), working: str = "en"
) -> tuple[str, str]:
    """What a visitor would say and the language that is in."""
    return _own_or_shipped(locale, key, NEEDS[key].says if key in NEEDS else "", own, drafts=drafts, working=working)


def _own_or_shipped(
    locale: Locale, key: str, shipped: str, own: Mapping[str, str], *, drafts: Collection[str], working: str
) -> tuple[str, str]:
    chain = fallbacks(locale.tag, working=working)
    kin = chain[: chain.index(working)] if working in chain and working != locale.tag else chain[:1]
    mine = next((tag for tag in kin if tag in own), None)
    if mine is None and shipped:
        return locale.gettext(shipped), locale.tag
    language = mine or next((tag for tag in (*chain, *sorted(own)) if tag in own), "")
    if not language:
        return readable(key), locale.tag
    return (unchecked(locale, own[language]) if language in drafts else own[language]), language


def unchecked(locale: Locale, words: str) -> str:
    """Words of an organiser that no person has read, with what says so."""
    return locale.say(UNCHECKED, {"words": words})


def service_title(locale: Locale, key: str) -> str:
    """What a service is called."""
    return locale.gettext(SERVICES[key].title) if key in SERVICES else readable(key)


def stop_title(locale: Locale, key: str, *, private: bool) -> str:
    """What a stop is called on tickets, phones, prints and boards: a private one never says what it is (R19)."""
    return locale.gettext(PRIVATE_STOP) if private else service_title(locale, key)


def readable(key: str) -> str:
    """A key that nobody has words for."""
    return key.replace("-", " ").capitalize()
