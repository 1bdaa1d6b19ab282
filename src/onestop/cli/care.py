"""`onestop db`, `verify`, `erase`, `retention`, `mail`, `languages`, `check`: looking after an installation."""

import asyncio
import importlib
from datetime import UTC, datetime

import rich_click as click
import sqlalchemy as sa
from click.exceptions import Exit

from onestop.booking.tickets import find_code
from onestop.cli.opening import OPERATOR, json_option, opened, show
from onestop.db.clock_row import is_demo
from onestop.db.migrate import current_revision, differences, newest_revision, upgrade
from onestop.locale.catalogue import read_catalogue
from onestop.locale.languages import LANGUAGES
from onestop.locale.review import review_of
from onestop.notify.sender import mail_test
from onestop.notify.ways import sms_problem
from onestop.paper.letters import missing_scripts
from onestop.reports.verify import verify as audit
from onestop.retention.actions import erase_party, run_retention
from onestop.settings import Settings, describe, read_settings
from onestop.speech.voices import missing_programs


@click.group()
def db() -> None:
    """Migrations."""


@db.command("upgrade")
def upgrade_db() -> None:
    """Bring the database to the newest migration.

    Example: onestop db upgrade
    """
    settings = read_settings()
    settings.make_var()
    upgrade(settings.database_owner_url or settings.database)
    click.echo(f"The database is at {newest_revision()}.")


@db.command("check")
def check_db() -> None:
    """Say whether database and program agree; exit 1 when not.

    Example: onestop db check
    """
    with opened() as database:
        # Importing the schema brings every table, so that everything is compared.
        importlib.import_module("onestop.schema")
        at = database.read_now(current_revision)
        found = database.read_now(differences)
    if found:
        raise click.ClickException(f"The database at {at} differs from the program: {found}")
    click.echo(f"The database is at {at} and agrees with the program.")


@click.command()
@json_option
def verify(as_json: bool) -> None:
    """Audit the promises on the live database; exit 1 on a violation.

    Example: onestop verify
    """
    with opened() as database:
        found = database.read_now(audit, now=database.now())
    if not found:
        click.echo("[]" if as_json else "Every promise holds.")
        return
    show(
        [{"rule": one.rule, "what": one.sentence, "ids": ", ".join(str(i) for i in one.ids)} for one in found],
        as_json=as_json,
        title="Violations",
    )
    raise Exit(1)


@click.command()
@click.argument("code")
def erase(code: str) -> None:
    """Erase what is known of the holder of a ticket code.

    Example: onestop erase abcdefghijklmnopqrstuvwxyz
    """
    settings = read_settings()
    with opened(settings) as database:
        found = database.read_now(find_code, code)
        database.write_now(
            erase_party, found.party, journal=settings.var, actor=OPERATOR, now=database.now(), day=found.day
        )
    click.echo("Erased.")


@click.group()
def retention() -> None:
    """Deleting what is no longer needed."""


@retention.command("run")
@click.option("--at", type=click.DateTime(), default=None, help="As if it were this time (UTC).")
def run(at: datetime | None) -> None:
    """Delete and blur what has passed its term.

    Example: onestop retention run
    """
    settings = read_settings()
    with opened(settings) as database:
        counts = run_retention(database, settings, now=database.now() if at is None else at.replace(tzinfo=UTC))
    for name, count in counts.items():
        click.echo(f"{name}: {count}")


@click.group()
def mail() -> None:
    """Mail."""


@mail.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send one mail to see whether the settings work.

    Example: onestop mail test somebody@example.org
    """
    asyncio.run(mail_test(read_settings(), address))
    click.echo("The mail server took it.")


@click.command()
@json_option
def languages(as_json: bool) -> None:
    """Show how complete each language is and whether a native speaker checked it.

    Example: onestop languages
    """
    total = max(len(read_catalogue(tag).texts) for tag in LANGUAGES)
    show(
        [
            {
                "language": tag,
                "sentences": total if tag == "en" else len(read_catalogue(tag).texts),
                "of": total,
                "state": review_of(tag).state,
                "by": review_of(tag).by,
            }
            for tag in LANGUAGES
        ],
        as_json=as_json,
        title="Languages",
    )


@click.command()
def check() -> None:
    """Print the effective configuration without secrets, and what is unsafe for real days; exit 1 if anything is.

    Example: onestop check
    """
    settings = read_settings()
    show(
        [{"setting": name, "value": value, "meaning": says} for name, value, says in describe(settings)],
        as_json=False,
    )
    if missing := missing_programs():
        click.echo(f"Boards play their chime and do not speak: not installed is {' and '.join(missing)}.")
    if scripts := missing_scripts():
        click.echo(f"The day pack cannot draw {', '.join(scripts)}: install fonts-noto-core and fonts-noto-cjk.")
    worries = _worries(settings)
    for worry in worries:
        click.echo(f"! {worry}", err=True)
    if worries:
        raise Exit(1)
    click.echo("Nothing unsafe was found.")


def _worries(settings: Settings) -> list[str]:
    found: list[str] = []
    if not settings.base_url:
        found.append(
            "base_url is empty (hall laptop): tickets carry no link, online booking and camera scanning are off."
        )
    elif not settings.base_url.startswith("https://"):
        found.append("base_url is not https: tickets and sign-ins can be read on the way.")
    elif not settings.trusted_proxies:
        found.append("base_url is https, but trusted_proxies is empty: every visitor would share one address.")
    if settings.smtp_host and not settings.mail_from:
        found.append("mail_from is empty: no mail can be sent.")
    if settings.smtp_host and settings.smtp_tls in {"none", "unsafe"}:
        found.append(f"smtp_tls is {settings.smtp_tls}: mails travel unprotected.")
    if settings.sms_url and (problem := sms_problem(settings)):
        found.append(problem)
    with opened(settings) as database:
        if database.read_now(is_demo):
            found.append("this database belongs to a demo.")
        if not database.is_sqlite:
            found += database.read_now(_postgres_worries)
    return found


def _postgres_worries(conn: sa.Connection) -> list[str]:
    wrong: list[str] = []
    for name, wanted in (("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")):
        value = conn.execute(sa.select(sa.func.current_setting(name))).scalar()
        if value != wanted:
            wrong.append(f"PostgreSQL runs with {name} = {value}: an accepted booking could be lost.")
    return wrong
