"""Who to look after, in words: every reason, and the one page where something can be done about the gravest."""

from dataclasses import dataclass

from onestop.domain.errors import N_
from onestop.domain.risk import Risk
from onestop.visits.queries.risk import AtRisk
from onestop.web.kit.locale import Locale

WHY: dict[Risk, str] = {
    Risk.NOBODY_SPEAKS: N_("nobody speaks this language"),
    Risk.NO_DESK: N_("no desk is open for this"),
    Risk.NO_SEAT: N_("no seat is left in a session today"),
    Risk.LONG_CALL: N_("was called and is not there"),
    Risk.LONG_OUT: N_("out for long"),
    Risk.NO_SHOW: N_("did not come when called"),
    Risk.MISSED: N_("missed a call three times"),
    Risk.PAPERS: N_("a paper is missing"),
    Risk.GUARDIAN: N_("the adult is at another desk"),
    Risk.LONG_WAIT: N_("waits long"),
    Risk.LONG_DAY: N_("here for more than 3 hours"),
}
_NEXT: dict[Risk, tuple[str, str]] = {
    Risk.NO_DESK: (N_("Open a desk"), "/floor/{slug}"),
    Risk.LONG_CALL: (N_("Look for her"), "/floor/{slug}/called"),
    Risk.LONG_OUT: (N_("Is she back?"), ""),
    Risk.MISSED: (N_("Call her again"), ""),
    Risk.PAPERS: (N_("Papers brought?"), ""),
}
"""What to press, and where that leads; without an address, and for every other reason, to her page at reception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLine:
    """A ticket at risk in the reader's language; without `href` for whoever may not open that page."""

    number: int
    minutes: int
    out: bool
    why: tuple[str, ...]
    """Without the long wait, whose minutes stand beside it."""
    next: str
    href: str


def risk_line(locale: Locale, slug: str, at_risk: AtRisk, *, opens: bool) -> RiskLine:
    """One ticket of the day with this slug."""
    label, path = _NEXT.get(at_risk.why[0], (N_("Open her page"), ""))
    href = (path or "/reception/{slug}/parties/{party}").format(slug=slug, party=at_risk.party)
    return RiskLine(
        number=at_risk.number,
        minutes=at_risk.minutes,
        out=at_risk.out,
        why=tuple(_said(locale, risk, at_risk) for risk in at_risk.why if at_risk.out or risk is not Risk.LONG_WAIT),
        next=locale.gettext(label),
        href=href if opens else "",
    )


def _said(locale: Locale, risk: Risk, at_risk: AtRisk) -> str:
    said = locale.gettext(WHY[risk])
    if risk is not Risk.NOBODY_SPEAKS:
        return said
    return f"{said}: {locale.list_and([locale.language_name(each) for each in at_risk.languages])}"
