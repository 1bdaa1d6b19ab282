"""The confirmation that nobody gets: made like every other, for an organiser who wants to see what hers look like."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.days.queries.offer import OfferedService
from onestop.db.types import new_id
from onestop.directory.papers import asked_papers
from onestop.domain.checklist import Coming
from onestop.notify.messages import compose
from onestop.notify.queries import Message, own_in, papers_told, told_on
from onestop.settings import Settings

SENDER = "onestop@example.org"
ADDRESS = "visitor@example.org"
AFTER = timedelta(minutes=30)


def example_mail(
    conn: sa.Connection,
    day: Day,
    language: str,
    services: Sequence[OfferedService],
    *,
    number: int,
    key: bytes,
    settings: Settings,
    now: datetime,
) -> str:
    """The page of the mail with its picture in it, for one person who comes for these services."""
    papers = [paper for service in services for paper in service.papers]
    told = told_on(
        day,
        language,
        arrival_at=day.opens_at + AFTER,
        ends_at=min(day.opens_at + 4 * AFTER, day.closes_at),
        number=number,
        generation=1,
        papers=papers_told(asked_papers(papers, coming=Coming(adults=1, children=0))),
        **own_in(conn, day, language),
    )
    message = Message(
        id=new_id(),
        day=day.id,
        party=new_id(),
        kind="confirmation",
        way="email",
        address=ADDRESS,
        language=language,
        message_id=f"<example@{ADDRESS.partition('@')[2]}>",
        sequence=0,
        due_at=now,
        terms=told.terms,
    )
    made = compose(message, key=key, settings=replace(settings, mail_from=settings.mail_from or SENDER))
    return _page_in(message_from_bytes(made, policy=policy.default))


def _page_in(mail: EmailMessage) -> str:
    page = ""
    pictures: dict[str, str] = {}
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            page = part.get_content()
        elif part.get_content_maintype() == "image":
            content = base64.b64encode(part.get_content()).decode("ascii")
            pictures[part["Content-ID"].strip("<>")] = f"data:{part.get_content_type()};base64,{content}"
    for name, content in pictures.items():
        page = page.replace(f"cid:{name}", content)
    return page
