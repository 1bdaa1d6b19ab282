"""Start the server: one process on SQLite, held by a file lock; as many as wanted on PostgreSQL."""

import fcntl
import logging
import os
import resource
import socket
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server
from granian.server.common import AbstractServer

from onestop.backup.making import sqlite_file
from onestop.backup.restoring import check_restored, sweep
from onestop.backup.sqlite import close_file
from onestop.db.migrate import upgrade
from onestop.db.session import open_database
from onestop.domain.errors import N_, Refusal
from onestop.keys import load_ticket_key
from onestop.live.hub import LISTENERS
from onestop.logs import log_to_stderr
from onestop.retention.actions import replay_erasures
from onestop.settings import Settings, SettingsWrong

HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 5
BESIDE_STREAMS = 1000
"""Requests a process takes while it holds as many live streams as it may."""

log = logging.getLogger(__name__)


class ServerRunning(Refusal):
    code = "server_running"
    sentence = N_(
        "Another onestop server uses this database. SQLite allows one server. Please stop the other one first."
    )


class PortTaken(Refusal):
    code = "port_taken"
    sentence = N_("The server cannot listen at %(host)s, port %(port)s: %(reason)s. Please choose another port.")


class OneWorkerOnly(Refusal):
    code = "one_worker_only"
    sentence = N_("SQLite allows one server process. Please use one worker, or set a PostgreSQL database.")


def run_server(
    settings: Settings, *, host: str | None = None, port: int | None = None, workers: int | None = None
) -> None:
    """Migrate if needed, then serve until a signal.

    Raises `OneWorkerOnly`, `ServerRunning`, `PortTaken`, and what `upgrade`, `load_ticket_key` and `make_var` raise:
    whatever is wrong is said here once, because a process that cannot start would be started again for ever.

    The processes read the settings again from the environment, as `asgi.create` does.
    """
    count = settings.workers if workers is None else workers
    if count > 1 and is_sqlite(settings):
        raise OneWorkerOnly
    log_to_stderr(settings.log)
    settings.make_var()
    with server_lock(settings) if is_sqlite(settings) else nullcontext():
        check_restored(settings)
        load_ticket_key(settings)
        check_port(host or settings.host, settings.port if port is None else port)
        upgrade(settings.database_owner_url or settings.database)
        erase_again(settings)
        allow_open_streams()
        server(settings, host=host, port=port, workers=count).serve()


def allow_open_streams() -> None:
    """Each open stream is an open file: ask the system for as many as a process may hold, as far as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * (LISTENERS + BESIDE_STREAMS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def check_port(host: str, port: int) -> None:
    """Raises `PortTaken` when nothing can listen there.

    The server itself shares a port with whoever listens already, and each would get a part of the requests.
    """
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise PortTaken(host=host, port=port, reason=error.strerror or str(error)) from error


def erase_again(settings: Settings) -> None:
    """Before the port opens: whoever the journal names is erased, also where somebody copied an old database back."""
    sweep(settings)
    database = open_database(settings.database)
    try:
        erased = replay_erasures(database, settings.var, now=database.now())
    finally:
        database.close()
    if not erased:
        return
    log.warning("the database held %s parties that had been erased; they are erased again", erased)
    if (file := sqlite_file(settings)) is not None:
        close_file(file)  # free pages hold nothing of them


def server(
    settings: Settings, *, host: str | None = None, port: int | None = None, workers: int = 1
) -> AbstractServer[Any]:
    """The configured server, not started."""
    return Server(
        "onestop.asgi:create",
        factory=True,
        address=host or settings.host,
        port=settings.port if port is None else port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        loop=Loops.asyncio,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=64 * 1024),
        log_access=False,
        workers_kill_timeout=STOP_SECONDS,
        # The server's own limit would stop everything at 1 024 open streams; ours are told as "busy" in the doors.
        backpressure=LISTENERS + BESIDE_STREAMS,
        respawn_failed_workers=True,
    )


@contextmanager
def server_lock(settings: Settings) -> Generator[None, None, None]:
    """Hold a lock beside the SQLite file, so that no second server writes to it. Raises `ServerRunning`.

    The lock is the kernel's: it ends with the process, however that dies. Raises `SettingsWrong` if it has no place.
    """
    settings.make_var()
    database = Path(sa.make_url(settings.database).database or settings.var / "onestop.db")
    path = database.resolve().with_suffix(".lock")
    try:
        opened = path.open("a")
    except OSError as error:
        raise SettingsWrong(f"database_url: {path} cannot be written: {error.strerror}.") from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerRunning from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def is_sqlite(settings: Settings) -> bool:
    """Whether the database is SQLite."""
    return sa.make_url(settings.database).get_backend_name() == "sqlite"
