"""`onestop demo`: make the world, print the doors, start the server on loopback, and the crowd if asked for."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from onestop.demo.world import World, make_world
from onestop.serve import run_server
from onestop.settings import read_settings
from onestop.web.demo import AGAIN

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
    again = folder / AGAIN
    again.unlink(missing_ok=True)
    threading.Thread(target=_stop_when_asked, args=(again,), daemon=True).start()
    try:
        run_server(read_settings())
    finally:
        if crowd is not None:
            crowd.terminate()
            crowd.wait(timeout=10)
    if again.exists():
        # A process of its own for each day: nothing of the old one is left.
        os.execv(sys.executable, [sys.executable, "-m", "onestop", "demo", "--port", str(port), "--play", str(play)])  # noqa: S606


def _stop_when_asked(again: Path) -> None:
    """A page of the demo asks for another day by this file; the server then ends as by Ctrl+C."""
    while not again.exists():
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _start_crowd(world: World, base: str, play: float) -> subprocess.Popen[str]:
    crowd = subprocess.Popen([sys.executable, "-m", "onestop.demo.play"], stdin=subprocess.PIPE, text=True)
    assert crowd.stdin is not None
    crowd.stdin.write(json.dumps({"base": base, "rate": play, "world": asdict(world)}))
    crowd.stdin.close()
    return crowd


def _print_doors(world: World, base: str, play: float) -> None:
    doors = [
        ("All days", "/"),
        ("Book for today (by invitation)", f"/d/{world.slug}?invitation={world.invitation}"),
        ("Book for another day", f"/d/{world.later_slug}"),
        ("Ticket machine", f"/pair?code={world.kiosk_code}"),
        ("Waiting-room display", f"/pair?code={world.display_code}"),
        ("Reception", world.reception),
        ("Helper of another organisation", world.helper),
        ("Interpreter", world.mediator),
        ("Floor guide", world.guide),
        ("Organiser", world.organiser),
        *((f"Desk {desk.number}, {desk.institution}", desk.path) for desk in world.desks),
        ("Machine interface", "/api/v1/openapi.json"),
    ]
    # Plain lines, however narrow the terminal: an address that is cut is worth nothing.
    console = Console(soft_wrap=True, highlight=False)
    console.print("[bold]onestop demo: an invented day on this machine[/bold]")
    for name, path in doors:
        console.print(f"{name}\n    {base}{path}", markup=False)
    console.print(f"Accounts: organiser, reception, helper, mediator and guide, password {world.password}")
    if play:
        console.print(f"The day is played {play:g} times as fast by an invented crowd.")
    console.print("One browser holds one sign-in: open the doors in private windows to see several at once.")
    console.print("Stop with Ctrl+C. Everything is on this machine only; the next start makes a new day.")
