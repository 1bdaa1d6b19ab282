"""Questions about needs on the page of the plan: which are asked on a day, and what their answers take off.

An answer travels as a short mark that says nothing to whoever reads an address, like needs and services do.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar.datastructures import MultiDict

from onestop.days.queries.offer import DayOffer, OfferedNeed
from onestop.directory.vocabulary import QUESTIONS, QuestionWords
from onestop.domain.errors import N_
from onestop.domain.questions import changes_route, without_needless
from onestop.web.kit.locale import Locale
from onestop.web.kit.words import service_title

UNKNOWN = N_("I do not know")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer to choose; `without` are titles of services it leaves out."""

    value: str
    says: str
    without: tuple[str, ...]
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its answers, the widest of which is chosen at first."""

    name: str
    asks: str
    options: tuple[Option, ...]


def need_mark(key: str) -> str:
    """The mark of a need."""
    return hashlib.sha256(f"need|{key}".encode()).hexdigest()[:8]


def answer_mark(answer: str) -> str:
    """The mark of an answer `question:answer`."""
    return hashlib.sha256(f"answer|{answer}".encode()).hexdigest()[:8]


_ANSWERS = {
    answer_mark(f"{key}:{answer}"): f"{key}:{answer}" for key, words in QUESTIONS.items() for answer in words.answers
}
_NAMES = {key: f"say{number}" for number, key in enumerate(QUESTIONS, 1)}


def read_said(values: MultiDict[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The answers a page was shown with, and those she gives on it."""
    before = [_ANSWERS[mark] for each in values.getall("said", []) if (mark := str(each)) in _ANSWERS]
    said = {answer.partition(":")[0]: answer for answer in before}
    shown = tuple(said.values())
    for key, name in _NAMES.items():
        if name not in values:
            continue
        said.pop(key, None)
        answer = _ANSWERS.get(str(values.get(name)), "")
        if answer.partition(":")[0] == key:
            said[key] = answer
    return shown, tuple(said[key] for key in QUESTIONS if key in said)


def about(needs: Collection[str], said: Sequence[str]) -> tuple[str, ...]:
    """Those of the answers that are about these needs."""
    return tuple(answer for answer in said if QUESTIONS[answer.partition(":")[0]].need in needs)


def wanted_services(offer: DayOffer, needs: Collection[str], said: Sequence[str]) -> frozenset[UUID]:
    """The services everybody gets and those these needs mean under these answers."""
    return frozenset(offer.always).union(*(_route(offer, need, said) for need in offer.needs if need.key in needs))


def narrowed(
    offer: DayOffer, needs: Collection[str], services: Sequence[UUID], before: Sequence[str], after: Sequence[str]
) -> tuple[UUID, ...]:
    """The ticked services without those that an answer, given now, takes off."""
    return without_needless(
        services,
        before=wanted_services(offer, needs, before),
        after=wanted_services(offer, needs, after),
    )


def questions_of(locale: Locale, offer: DayOffer, needs: Collection[str], said: Sequence[str]) -> tuple[Question, ...]:
    """The questions whose answers lead to different services of this day."""
    found: list[Question] = []
    for key, words in QUESTIONS.items():
        need = next((each for each in offer.needs if each.key == words.need and each.key in needs), None)
        if need is None:
            continue
        besides = wanted_services(offer, set(needs) - {need.key}, said)
        routes = {answer: _services(offer, need, words, answer) for answer in words.answers}
        if not changes_route([frozenset(need.services), *routes.values()], besides=besides):
            continue
        options = tuple(
            Option(
                value=answer_mark(f"{key}:{answer}"),
                says=locale.gettext(words.answers[answer].says),
                without=_titles(locale, offer, frozenset(need.services) - route - besides),
                checked=f"{key}:{answer}" in said,
            )
            for answer, route in routes.items()
        )
        unknown = Option(
            value="",
            says=locale.gettext(UNKNOWN),
            without=(),
            checked=not any(option.checked for option in options),
        )
        found.append(Question(name=_NAMES[key], asks=locale.gettext(words.asks), options=(*options, unknown)))
    return tuple(found)


def said_values(said: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The answers for an address or hidden fields."""
    return tuple(("said", answer_mark(answer)) for answer in said)


def _route(offer: DayOffer, need: OfferedNeed, said: Sequence[str]) -> frozenset[UUID]:
    given: Mapping[str, str] = {QUESTIONS[key].need: answer for key, _, answer in (one.partition(":") for one in said)}
    for words in QUESTIONS.values():
        if words.need == need.key and need.key in given:
            return _services(offer, need, words, given[need.key])
    return frozenset(need.services)


def _services(offer: DayOffer, need: OfferedNeed, words: QuestionWords, answer: str) -> frozenset[UUID]:
    kinds = words.answers[answer].services
    return frozenset(service.id for service in offer.services if service.id in need.services and service.key in kinds)


def _titles(locale: Locale, offer: DayOffer, services: Collection[UUID]) -> tuple[str, ...]:
    titles = [service_title(locale, service.key) for service in offer.services if service.id in services]
    return tuple(dict.fromkeys(titles))
