"""`onestop serve`, `jobs` and `demo`: the processes."""

import os
from contextlib import nullcontext

import rich_click as click

from onestop.backup.restoring import check_restored
from onestop.cli.opening import opened
from onestop.demo.run import run_demo
from onestop.jobs.alone import run_jobs
from onestop.serve import is_sqlite, run_server, server_lock
from onestop.settings import read_settings


@click.command()
@click.option("--host", default=None, help="Address to listen on; default: the setting.")
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="Port to listen on; default: the setting.")
@click.option("--workers", default=None, type=click.IntRange(1, 64), help="Processes; more than one needs PostgreSQL.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Migrate if needed and start the server.

    Example: onestop serve --host 0.0.0.0 --port 8000
    """
    settings = read_settings()
    if settings.base_url:
        click.echo(f"Hosted as {settings.base_url}.")
    else:
        click.echo("Hall laptop: no public address, so online booking and camera scanning are off.")
    run_server(settings, host=host, port=port, workers=workers)


@click.command()
def jobs() -> None:
    """Run the background work alone (PostgreSQL with several processes).

    Example: onestop jobs
    """
    settings = read_settings()
    check_restored(settings)
    # On SQLite the server does it itself; a second process would write beside it and beside a restore.
    with server_lock(settings) if is_sqlite(settings) else nullcontext():
        with opened(settings):
            pass  # says what is wrong with the database, once, before the clockwork starts
        run_jobs(settings)


@click.command()
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="Port; default: PORT or 8000.")
@click.option("--play", default=None, type=click.FloatRange(0, 60), help="Play the day that many times as fast.")
def demo(port: int | None, play: float | None) -> None:
    """Start an invented day on this machine and print the way to every door.

    Example: PLAY=20 onestop demo
    """
    run_demo(
        port=port or int(os.environ.get("PORT", "8000")),
        play=play if play is not None else float(os.environ.get("PLAY") or 0),
    )
