"""Alembic's entry: runs on the connection that `onestop.db.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from onestop.db.base import metadata
from onestop.db.types import Instant


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Instant):
        return "Instant()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
