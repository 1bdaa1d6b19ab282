"""`onestop demo`: make the world, print the doors, start the server on loopback, and the crowd if asked for."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from onestop.demo.world import World, make_world
from onestop.serve import run_server
from onestop.settings import read_settings

LOOPBACK = "127.0.0.1"


def run_demo(*, port: int, play: float) -> None:
    """Serve an invented day until stopped. Demo time starts half an hour before the opening, whatever the hour."""
    folder = Path(os.environ.get("ONESTOP_VAR", "var"))
    base = f"http://{LOOPBACK}:{port}"
    file, world = make_world(folder, rate=play or 1.0)
    os.environ |= {
        "ONESTOP_VAR": str(folder),
        "ONESTOP_DATABASE_URL": f"sqlite:///{file.absolute()}",
        "ONESTOP_DATABASE_OWNER_URL": "",
        "ONESTOP_BASE_URL": base,
        "ONESTOP_HOST": LOOPBACK,
        "ONESTOP_PORT": str(port),
        "ONESTOP_WORKERS": "1",
    }
    _print_doors(world, base, play)
    crowd = _start_crowd(world, base, play) if play else None
    try:
        run_server(read_settings())
    finally:
        if crowd is not None:
            crowd.terminate()
            crowd.wait(timeout=10)


def _start_crowd(world: World, base: str, play: float) -> subprocess.Popen[str]:
    crowd = subprocess.Popen([sys.executable, "-m", "onestop.demo.play"], stdin=subprocess.PIPE, text=True)
    assert crowd.stdin is not None
    crowd.stdin.write(json.dumps({"base": base, "rate": play, "world": asdict(world)}))
    crowd.stdin.close()
    return crowd


def _print_doors(world: World, base: str, play: float) -> None:
    table = Table(title="onestop demo: an invented day", show_lines=False)
    table.add_column("Door")
    table.add_column("Address")
    table.add_row("All days", f"{base}/")
    table.add_row("Book for today", f"{base}/d/{world.slug}?invitation={world.invitation}")
    table.add_row("Book for another day", f"{base}/d/{world.later_slug}")
    table.add_row("Ticket machine", f"{base}/pair?code={world.kiosk_code}")
    table.add_row("Waiting-room display", f"{base}/pair?code={world.display_code}")
    table.add_row("Reception", f"{base}{world.reception}")
    table.add_row("Organiser", f"{base}{world.organiser}")
    for desk in world.desks:
        table.add_row(f"Desk {desk.number} · {desk.institution}", f"{base}{desk.path}")
    table.add_row("Machine interface", f"{base}/api/v1/openapi.json")
    console = Console(soft_wrap=True)
    console.print(table)
    console.print(f"Accounts: organiser and reception, password {world.password}")
    if play:
        console.print(f"The day is played {play:g} times as fast by an invented crowd.")
    console.print("Stop with Ctrl+C. Everything is on this machine only; the next start makes a new day.")
