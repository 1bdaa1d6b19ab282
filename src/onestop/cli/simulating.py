"""`onestop simulate`: a day played before it comes."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from onestop.cli.opening import opened
from onestop.days.dayfile import read_day_file, read_template, templates
from onestop.days.queries.days import day_by_slug
from onestop.domain.discipline import POLICIES
from onestop.domain.figures import Figures, figures_of, spread
from onestop.domain.rehearsal import Rehearsal
from onestop.domain.simulation import play
from onestop.reports.rehearsal import rehearsal_of_day, rehearsal_of_file

MOST_SEEDS = 1000
ANY_DATE = date(2027, 3, 4)
"""A file has no date of its own; this one is a Thursday on which no clock changes."""
SHOWN = {
    "parties": "parties who came",
    "inside": "minutes in the building",
    "waited": "minutes waited",
    "waited_p90": "nine of ten waited at most",
    "waited_longest": "longest wait",
    "first_wait": "minutes to the first desk",
    "overtime": "minutes after closing",
    "unfinished": "parties not finished",
}


@click.command("simulate")
@click.argument("what", metavar="DAY|FILE.toml|TEMPLATE")
@click.option(
    "--seeds", default=20, show_default=True, type=click.IntRange(1, MOST_SEEDS), help="How often it is played."
)
@click.option(
    "--rule", default="onestop", show_default=True, type=click.Choice(list(POLICIES)), help="Who is called next."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def simulate(what: str, seeds: int, rule: str, as_json: bool) -> None:
    """Play a day before it comes: waits, overtime, who is not finished, how much each desk is used.

    A day of the database is played with its bookings, or with invented visitors while there are none; a file or a
    template with the visitors it expects. Each number is a mean over the seeds with its standard error.

    Example: onestop simulate iom-bratislava --seeds 50 --rule fixed-order
    """
    made = _rehearsal(what)
    if not made.day.desks:
        raise click.ClickException("This day has no desk with hours: there is nothing to play.")
    played = [
        figures_of(play(made.day, made.visitors(seed), POLICIES[rule], seed))
        for seed in track(range(seeds), "Playing", console=Console(stderr=True), transient=True, disable=as_json)
    ]
    if as_json:
        click.echo(json.dumps(_plain(made, played, rule), ensure_ascii=False, indent=2))
    else:
        _show(made, played, what, rule)


def _rehearsal(what: str) -> Rehearsal:
    if what.endswith(".toml"):
        return rehearsal_of_file(read_day_file(Path(what)), ANY_DATE)
    if what in templates():
        return rehearsal_of_file(read_template(what), ANY_DATE)
    with opened() as database:
        return database.read_now(lambda conn: rehearsal_of_day(conn, day_by_slug(conn, what)))


def _show(made: Rehearsal, played: list[Figures], what: str, rule: str) -> None:
    console = Console()
    table = Table("", "mean", "± error", "worst", title=f"{what}, {len(played)} times, {rule}")
    for name, label in SHOWN.items():
        values = [float(getattr(one, name)) for one in played]
        found = spread(values)
        table.add_row(label, f"{found.mean:.1f}", f"{found.error:.1f}", f"{max(values):.0f}")
    console.print(table)
    use = Table("", "busy", title="Desks and mediators")
    for who, part in _use(made, played).items():
        use.add_row(who, f"{part:.0%}")
    console.print(use)


def _plain(made: Rehearsal, played: list[Figures], rule: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "seeds": len(played),
        **{name: asdict(spread([float(getattr(one, name)) for one in played])) for name in SHOWN},
        "busy": {who: round(part, 4) for who, part in _use(made, played).items()},
    }


def _use(made: Rehearsal, played: list[Figures]) -> dict[str, float]:
    used = [{**one.desks, **one.mediators} for one in played]
    services = {
        each.desk.id: " ".join(sorted(made.names[service] for service in each.desk.services)) for each in made.day.desks
    }
    return {f"{made.names[who]} {services.get(who, '')}".strip(): fmean(one[who] for one in used) for who in used[0]}
