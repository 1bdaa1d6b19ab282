"""In whose name a day takes place and who pays, as paper says it in one language."""

from collections.abc import Mapping
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.domain.logo import LogoKind
from onestop.locale.locales import Locale
from onestop.paper.sheets import Backers, PackLogo


def backers_of(day: Day, pictures: Mapping[UUID, bytes], locale: Locale) -> Backers | None:
    """Name, statement and logos of its series, funders first; `None` for a day that belongs to none."""
    series = day.series
    if series is None:
        return None
    return Backers(
        name=brand_of(day, locale),
        funding=series.funding_for(locale.tag, working=day.working_language)[0],
        logos=tuple(
            PackLogo(whose=logo.whose, content=pictures[logo.id], width=logo.width, height=logo.height)
            for kind in (LogoKind.FUNDER, LogoKind.CENTRE)
            for logo in series.logos_of(kind)
            if logo.id in pictures
        ),
    )


def brand_of(day: Day, locale: Locale) -> str:
    """What the series calls itself in this language, else the name of the day."""
    return day.series.name_for(locale.tag, working=day.working_language)[0] if day.series else day.name
