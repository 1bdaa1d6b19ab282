"""The command line: `onestop …`. Each command is a line or two round an action or a query."""

import sys

import rich_click as click

from onestop import __version__
from onestop.backup.wrong import BackupWrong
from onestop.cli import backups, care, days, figures, people, running, simulating
from onestop.days.dayfile import DayFileWrong
from onestop.db.migrate import DatabaseNewer
from onestop.db.trouble import StoreTrouble
from onestop.demo.world import NotADemo
from onestop.domain.errors import Refusal
from onestop.keys import KeyBroken
from onestop.settings import SettingsWrong


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onestop")
def onestop() -> None:
    """Run one-stop advisory days: booking, tickets, kiosk, desks, display.

    Settings come from ONESTOP_… variables or the file in ONESTOP_CONFIG; `onestop check` shows them.
    """


for command in (
    running.serve,
    running.jobs,
    running.demo,
    care.db,
    days.day,
    simulating.simulate,
    figures.export,
    people.staff,
    people.token,
    people.device,
    care.verify,
    backups.backup,
    backups.restore,
    care.erase,
    care.retention,
    care.mail,
    care.languages,
    care.check,
):
    onestop.add_command(command)


def main() -> None:
    """Run a command; an expected refusal is one sentence on stderr and exit 1, wrong usage exit 2."""
    try:
        # A command that ends with `Exit` has its code given back here; nothing else gives a number.
        code = onestop.main(prog_name="onestop", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except StoreTrouble as trouble:
        said = getattr(trouble.__cause__, "orig", None) or trouble
        click.echo(f"The database cannot be used: {' '.join(str(said).split())}", err=True)
        sys.exit(1)
    except (Refusal, SettingsWrong, DayFileWrong, KeyBroken, BackupWrong, DatabaseNewer, NotADemo) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    if code:
        sys.exit(code)
