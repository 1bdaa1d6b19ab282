"""A series as its visitors see it, in the reader's language: name, logos, and the statement of those who pay."""

from dataclasses import dataclass

from onestop.directory.logos import ENDINGS
from onestop.directory.series import FUNDING, NAME, Logo, Series
from onestop.domain.logo import LogoKind
from onestop.locale.languages import direction
from onestop.web.kit.locale import Locale

LOGOS = "/logos"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """Words of an organiser; `lang` and `dir` are empty where they are in the language of the page."""

    text: str
    lang: str = ""
    dir: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoView:
    """A picture to show as `<img>`, in CSS pixels; `whose` is said where it is not seen."""

    src: str
    whose: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """What stands round a page of a day: the first logo of the centre in the head, all others at the foot."""

    name: OwnWords
    logo: LogoView | None
    partners: tuple[LogoView, ...]
    funding: OwnWords | None
    funders: tuple[LogoView, ...]
    office: str
    draft: bool = False
    """Whether nobody has read the name or the statement in the language they are shown in."""


def series_view(series: Series | None, locale: Locale, *, working: str) -> SeriesView | None:
    """The series in this language, or in the nearest that it has; `None` for a day that belongs to none."""
    if series is None:
        return None
    own = tuple(map(logo_view, series.logos_of(LogoKind.CENTRE)))
    name, of_name = series.name_for(locale.tag, working=working)
    funding, language = series.funding_for(locale.tag, working=working)
    return SeriesView(
        name=_words(name, of_name, locale),
        logo=own[0] if own else None,
        partners=own[1:],
        funding=_words(funding, language, locale) if funding else None,
        funders=tuple(map(logo_view, series.logos_of(LogoKind.FUNDER))),
        office=series.address,
        draft=not series.drafts.isdisjoint({(NAME, of_name), (FUNDING, language)}),
    )


def logo_view(logo: Logo) -> LogoView:
    """A logo by its address, which is another one for every other picture."""
    src = f"{LOGOS}/{logo.digest}.{ENDINGS[logo.media_type]}"
    return LogoView(src=src, whose=logo.whose, width=logo.width, height=logo.height)


def _words(text: str, language: str, locale: Locale) -> OwnWords:
    if language in ("", locale.tag):
        return OwnWords(text=text)
    return OwnWords(text=text, lang=language, dir=direction(language))
