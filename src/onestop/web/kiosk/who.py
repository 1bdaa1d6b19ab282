"""Who of a party goes where, at the machine: every person is a key at every desk; without a touch all go together."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.domain.errors import Refusal
from onestop.web.kiosk.frame import carried, chosen_day, kiosk_page, locale_here, onward, turned
from onestop.web.kit.answers import Answers, read_answers
from onestop.web.kit.goers import LABELS, label_says, labels_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import service_pictogram, service_title


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoLine:
    """A desk with the people who go there: label, words, whether ticked."""

    mark: str
    title: str
    icon: str
    institution: str
    people: tuple[tuple[str, str, bool], ...]
    wrong: bool


@page_of("kiosk/who.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskWho:
    """Every chosen desk with everybody who comes."""

    lines: tuple[WhoLine, ...]
    action: str
    carried: tuple[tuple[str, str], ...]
    back: str
    error: str = ""


@get("/kiosk/d/{slug:str}/who")
async def show_who(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Who goes where? Somebody alone, or with one desk, is not asked."""
    _, day, _ = await chosen_day(request, db, slug)
    offer = await db.read(day_offer, day.id)
    asked = read_answers(request.query_params, offer, narrow=False)
    if (other := turned(request, day, asked, f"/kiosk/d/{day.slug}/who")) is not None:
        return other
    answers = together_again(asked)
    if not is_asked(answers):
        return see_other(onward(request, answers, f"/kiosk/d/{day.slug}/desks"))
    return who_page(request, day, offer, answers)


def is_asked(answers: Answers) -> bool:
    """Whether there is anything to say: several people, several desks, and no more people than a ticket has."""
    try:
        people = len(answers.members())
    except Refusal:
        return False
    return people > 1 and len(answers.services or ()) > 1


def together_again(answers: Answers) -> Answers:
    """The same, without the desks everybody goes to: whoever comes too later goes there as well."""
    try:
        everybody = labels_of(answers.members())
    except Refusal:
        return answers
    goers = {service: labels for service, labels in answers.goers.items() if set(labels) & set(everybody)}
    apart = {service: labels for service, labels in goers.items() if not set(everybody) <= set(labels)}
    return replace(answers, goers=apart)


def who_says(request: WebRequest, day: Day, answers: Answers) -> dict[str, str]:
    """By the mark of a desk who goes there; nothing for desks everybody goes to."""
    locale, coming = locale_here(request, day), labels_of(answers.members())
    return {
        answers.mark(service): locale.list_and([label_says(locale, label) for label in labels if label in coming])
        for service, labels in answers.goers.items()
    }


def who_page(
    request: WebRequest, day: Day, offer: DayOffer, answers: Answers, *, refusal: Refusal | None = None
) -> Response[Any]:
    """The keys, with what was touched so far; a desk to which children would go alone is marked."""
    locale = locale_here(request, day)
    coming = [label for label in LABELS if label in labels_of(answers.members())]
    alone = answers.sends_children_alone() if refusal else ()
    path = f"/kiosk/d/{day.slug}/desks"
    context = KioskWho(
        lines=tuple(
            WhoLine(
                mark=answers.mark(service.id),
                title=service_title(locale, service.key),
                icon=service_pictogram(service.key),
                institution=service.institution.name,
                people=tuple(
                    (label, label_says(locale, label), label in answers.goers.get(service.id, coming))
                    for label in coming
                ),
                wrong=service.id in alone,
            )
            for service in offer.services
            if service.id in (answers.services or ())
        ),
        action=path,
        carried=carried(request, answers, "with"),
        back=onward(request, answers, path),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    status = refusal.status if refusal else 200
    return kiosk_page(request, day, context, status=status, turns=f"/kiosk/d/{day.slug}/who")


route_handlers: list[Any] = [show_who]
