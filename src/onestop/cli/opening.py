"""What every command needs: settings, an open database, and one way to print rows."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import rich_click as click
from rich.console import Console
from rich.table import Table

from onestop.backup.restoring import check_restored
from onestop.db.migrate import check_not_newer, current_revision, newest_revision, upgrade
from onestop.db.session import Database, open_database
from onestop.domain.roles import Actor
from onestop.settings import Settings, read_settings

OPERATOR = Actor(ref="cli")
"""Who acts on the command line: somebody with access to the machine."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@contextmanager
def opened(settings: Settings | None = None) -> Generator[Database]:
    """The database, made if there is none; says in a sentence what is wrong when it is not there or not up to date."""
    settings = settings or read_settings()
    settings.make_var()
    check_restored(settings)
    database = open_database(settings.database)
    try:
        revision = database.read_now(current_revision)
        if revision is None:
            upgrade(settings.database_owner_url or settings.database)
        elif revision != newest_revision():
            check_not_newer(revision)
            raise click.ClickException("The database is not up to date. Run `onestop db upgrade` first.")
        yield database
    finally:
        database.close()


def show(rows: Sequence[dict[str, Any]], *, as_json: bool, title: str = "") -> None:
    """Print rows as a table for people or as JSON for programs."""
    if as_json:
        click.echo(json.dumps(list(rows), default=_plain, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("Nothing to show.")
        return
    table = Table(title=title or None)
    for name in rows[0]:
        table.add_column(name.replace("_", " "))
    for row in rows:
        table.add_row(*(str(_plain(value)) for value in row.values()))
    Console().print(table)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return "" if value is None else value
