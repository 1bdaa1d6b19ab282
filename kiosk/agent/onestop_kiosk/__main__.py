"""`python -m onestop_kiosk run FILE` works; `pair FILE CODE` makes this machine known to the server."""

import argparse
import asyncio
import contextlib
import logging
import secrets
import sys
from pathlib import Path

from aiohttp import web

from onestop_kiosk.clock import Clock
from onestop_kiosk.files import Files, write_whole
from onestop_kiosk.keeper import Keeper
from onestop_kiosk.printing import printing_of
from onestop_kiosk.server import Server, pair
from onestop_kiosk.settings import Settings, SettingsWrong, read_settings
from onestop_kiosk.shell import Shell
from onestop_kiosk.store import Store


def main() -> int:
    """Read the command line and do it; 2 says what is wrong with the settings."""
    parser = argparse.ArgumentParser(prog="onestop_kiosk", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="say more in the log")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="serve the machine's browser: python -m onestop_kiosk run kiosk.toml")
    pairing = verbs.add_parser("pair", help="use the organiser's six digits: … pair kiosk.toml 123456")
    for each in (run, pairing):
        each.add_argument("file", type=Path)
    pairing.add_argument("code")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO if told.verbose else logging.WARNING, format="%(levelname)s %(message)s")
    try:
        settings = read_settings(told.file)
        if told.verb == "pair":
            asyncio.run(keep_token(settings, told.code))
        else:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(serve(settings))
    except (SettingsWrong, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def keep_token(settings: Settings, code: str) -> None:
    """Pair, and keep the token where only this account reads it."""
    token = await pair(settings.server, code)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(settings.data / "token", token.encode("ascii"), mode=0o600)
    print("Paired.")


async def serve(settings: Settings) -> None:
    """Work until stopped. The address for the browser stands in `data/address`, new at each start."""
    file = settings.data / "token"
    if not file.exists():
        raise SettingsWrong("This machine is not paired yet: python -m onestop_kiosk pair FILE CODE")
    clock = Clock()
    server = Server(settings.server, file.read_text(encoding="ascii"), clock=clock, patience=settings.patience_seconds)
    store = Store(settings.data / "kiosk.sqlite3")
    files, printing = Files(settings.data / "static"), printing_of(settings.printer)
    keeper = Keeper(store, files, server, printing, clock, blocks=settings.blocks)
    token = secrets.token_urlsafe(32)
    runner = web.AppRunner(Shell(keeper, settings, token=token).app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    address = settings.data / "address"
    address.touch(mode=0o600)
    address.write_text(f"http://127.0.0.1:{settings.port}/?token={token}\n", encoding="ascii")
    try:
        await keeper.go_round()
    finally:
        await runner.cleanup()
        await server.close()
        store.close()


if __name__ == "__main__":
    sys.exit(main())
