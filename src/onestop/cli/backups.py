"""`onestop backup` and `restore`."""

import sys
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import rich_click as click
from click.exceptions import Exit
from rich.console import Console

from onestop.backup.making import make_backup
from onestop.backup.restoring import Restored, restore_backup
from onestop.cli.opening import show
from onestop.retention.journal import FILE as JOURNAL
from onestop.serve import is_sqlite, server_lock
from onestop.settings import Settings, read_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def backup(file: Path, force: bool) -> None:
    """Write a backup of the database to FILE; the server may run meanwhile.

    The ticket key and the journal of erasures are not in it: keep copies of both apart from the backups.

    Example: onestop backup /media/stick/onestop-thursday.backup
    """
    settings = read_settings()
    with _at_work("Copying the database"):
        about = make_backup(settings, file, force=force)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {about.database}, migration {about.migration}, {size:.1f} MB.")
    click.echo(f"Not in it: {settings.ticket_key_file} and {settings.var / JOURNAL}. Keep copies of both elsewhere.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the database; the server must be stopped.

    Whoever was erased since is erased again, and ticket numbers go on 500 higher. Exit 1 when something needs a look.

    Example: onestop restore /media/stick/onestop-thursday.backup
    """
    settings = read_settings()
    with _at_work("Putting the backup back"), server_lock(settings) if is_sqlite(settings) else nullcontext():
        done = restore_backup(settings, file)
    _tell(settings, done)
    if done.violations or not done.key_fits:
        raise Exit(1)


def _tell(settings: Settings, done: Restored) -> None:
    click.echo(f"The database is as it was at {done.about.taken_at}.")
    if done.aside:
        click.echo(f"The one before is kept as {done.aside}. It holds persons: delete it when all is well.")
    if (settings.var / JOURNAL).exists():
        click.echo(f"Erased again: {done.erased}.")
    else:
        click.echo(f"There is no journal of erasures at {settings.var / JOURNAL}. Whoever was erased may be back.")
    ended = done.settled
    click.echo(
        f"Ended: {ended.sessions} sign-ins, {ended.passes} day passes, {ended.tokens} tokens, {ended.devices} machines."
    )
    if ended.passes or ended.devices:
        click.echo("For these make new passes (onestop staff pass) and pair the machines again (onestop device pair).")
    if ended.messages:
        click.echo(f"Not sent, because they have probably been sent before: {ended.messages} messages.")
    click.echo("Tickets issued after the backup are not known any more; new numbers begin 500 higher.")
    if not done.key_fits:
        click.echo(f"! {settings.ticket_key_file} is not the key of these tickets. Put the right file back.", err=True)
    if not done.violations:
        click.echo("Every promise holds.")
        return
    show(
        [{"rule": one.rule, "what": one.sentence, "ids": ", ".join(map(str, one.ids))} for one in done.violations],
        as_json=False,
        title="Violations",
    )


@contextmanager
def _at_work(what: str) -> Generator[None]:
    """Show on a terminal that something is being done; its length is not known before."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(what):
        yield
