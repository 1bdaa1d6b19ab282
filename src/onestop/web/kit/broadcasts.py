"""The message to everybody as each screen says it: a fixed sentence in the reader's language, or own words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onestop.days.queries.broadcasts import Said, broadcast_here
from onestop.db.session import Database
from onestop.domain.broadcast import SENTENCES, Sentence
from onestop.web.kit.locale import Locale, direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message in words; `lang` and `dir` are empty in the reader's own language."""

    id: UUID
    text: str
    until: datetime
    alarm: bool
    """Everybody must go: nothing else is shown beside it where there is little room."""
    lang: str = ""
    dir: str = ""


async def told_to_all(db: Database, day: UUID, locale: Locale, *, board: UUID | None = None) -> Told | None:
    """What is said at this day now, or on this display; `None` while nothing is."""
    said = await db.read(broadcast_here, day, board=board, now=db.now())
    return None if said is None else in_words(locale, said)


def in_words(locale: Locale, said: Said) -> Told:
    """A message in the reader's language."""
    alarm = said.sentence is Sentence.LEAVE
    if said.sentence is Sentence.OWN:
        tag = said.language if said.language != locale.tag else ""
        return Told(
            id=said.id, text=said.text, until=said.until, alarm=alarm, lang=tag, dir=direction(tag) if tag else ""
        )
    text = locale.say(
        SENTENCES[said.sentence], {"duration": locale.duration(said.minutes or 0), "desk": said.desk or 0}
    )
    return Told(id=said.id, text=text, until=said.until, alarm=alarm)
