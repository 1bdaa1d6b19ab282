"""Answers of the machine interface: one effect with what it shows, JSON, lists in pages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from onestop.domain.errors import InvalidInput
from onestop.web.kit.once import answer_api_once
from onestop.web.kit.requests import WebRequest

T = TypeVar("T")
Term: TypeAlias = str | int | float | bool | list[int | str] | None
"""A number or code of a fact, as JSON has it."""
MOST_LINES = 200

Limit = Annotated[int, QueryParameter(ge=1, le=MOST_LINES, description="Lines at most.")]
After = Annotated[int, QueryParameter(ge=0, le=2**53, description="Go on after this: `next` of the page before.")]


def paged(items: Sequence[T], *, after: int, limit: int) -> tuple[list[T], int | None]:
    """A page of a list that is read whole, and the `after` of the page that follows, `None` on the last."""
    return list(items[after : after + limit]), after + limit if after + limit < len(items) else None


def instant(value: datetime, field: str) -> datetime:
    """A time a program gave, in UTC. Raises `InvalidInput` for one at the edge of the calendar."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(field=field) from error


async def act(
    request: WebRequest,
    action: Callable[..., T],
    *args: Any,
    day: UUID | None = None,
    show: Callable[[Any, T], tuple[int, object]],
    **kwargs: Any,
) -> Response[Any]:
    """Run an action once for its key, under the day's lock if it has one; `show(conn, result)` gives status and body.

    What is shown is read in the transaction of the act, so that a repeat shows what was true then.
    """

    def act_and_show(conn: Any) -> tuple[int, object]:
        return show(conn, action(conn, *args, **kwargs))

    def encode(shown: tuple[int, object]) -> tuple[int, bytes]:
        status, body = shown
        return status, b"" if body is None else msgspec.json.encode(body)

    route = f"{request.method} {request.scope['path']}"
    return await answer_api_once(request, route, act_and_show, encode=encode, day=day)
