"""`onestop staff`, `token` and `device`: who may do what."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import rich_click as click
import sqlalchemy as sa

from onestop.accounts.actions import add_account, create_token, fold_login, make_pass, revoke_account, revoke_token
from onestop.accounts.passwords import hash_password
from onestop.accounts.queries import accounts_list, tokens_list
from onestop.accounts.second_steps import take_codes_off
from onestop.cli.opening import OPERATOR, json_option, opened, show
from onestop.clock import real_now
from onestop.days.queries.days import day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.devices.actions import create_device, revoke_device
from onestop.devices.queries import devices_list
from onestop.directory.queries import institution_by_key
from onestop.domain.errors import NotKnown
from onestop.domain.roles import HELPER_CAP, MOST_HELPER_CAP, Grant, Role
from onestop.settings import read_settings

PEOPLE = (Role.ORGANISER, Role.OFFICER, Role.RECEPTIONIST, Role.FLOOR_GUIDE, Role.HELPER, Role.ADMINISTRATOR)
TOKENS = (
    Role.ORGANISER,
    Role.OFFICER,
    Role.RECEPTIONIST,
    Role.MEDIATOR,
    Role.ADMINISTRATOR,
    Role.HELPER,
    Role.KIOSK,
    Role.DISPLAY,
)


def _narrowed(conn: sa.Connection, role: str, institution: str, day: str, desk: int | None) -> Grant:
    found = day_by_slug(conn, day) if day else None
    if desk is not None and found is None:
        raise click.BadParameter("needs --day.", param_hint="--desk")
    place = None
    if desk is not None and found is not None:
        place = next((one for one in desks_of_day(conn, found.id) if one.number == desk), None)
        if place is None:
            raise click.BadParameter(f"{day} has no desk {desk}.", param_hint="--desk")
    of = institution_by_key(conn, institution) if institution else None
    return Grant(
        role=Role(role),
        institution=of if of is not None else place.institution.id if place is not None else None,
        day=found.id if found is not None else None,
        desk=place.id if place is not None else None,
    )


@click.group()
def staff() -> None:
    """Accounts and day passes of people who work at a day."""


@staff.command("add")
@click.argument("login")
@click.option("--role", required=True, type=click.Choice([str(role) for role in PEOPLE]))
@click.option("--name", default="", help="Shown on this person's own pages.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
@click.option("--institution", default="", help="Only this institution (its key).")
@click.option("--day", default="", help="Only this day.")
@click.option(
    "--cap",
    type=click.IntRange(1, MOST_HELPER_CAP),
    default=None,
    help=f"A helper's most bookings on one day; {HELPER_CAP} when left out.",
)
def add_staff(login: str, role: str, name: str, password: str, institution: str, day: str, cap: int | None) -> None:
    """Add an account.

    Example: onestop staff add reception --role receptionist
    """
    if cap is not None and role != Role.HELPER:
        raise click.BadParameter("is for --role helper.", param_hint="--cap")
    if role == Role.HELPER and not name.strip():
        raise click.BadParameter("a helper is known by name.", param_hint="--name")
    hashed = hash_password(password)
    with opened() as database:
        grant = database.read_now(_narrowed, role, institution, day, None)
        if role == Role.HELPER:
            grant = replace(grant, cap=cap or HELPER_CAP)
        database.write_now(
            add_account,
            login=login,
            password_hash=hashed,
            held=(grant,),
            name=name,
            actor=OPERATOR,
            now=database.now(),
        )
    click.echo(f"{login} can sign in as {role}.")


@staff.command("list")
@json_option
def list_staff(as_json: bool) -> None:
    """List accounts.

    Example: onestop staff list
    """
    with opened() as database:
        rows = [
            {"login": one.login, "name": one.name, "active": one.active} for one in database.read_now(accounts_list)
        ]
    show(rows, as_json=as_json, title="Accounts")


@staff.command("pass")
@click.option("--day", required=True, help="The day.")
@click.option("--desk", required=True, type=int, help="The desk's number.")
def staff_pass(day: str, desk: int) -> None:
    """Make a day pass: a link that signs one browser in at one desk.

    Example: onestop staff pass --day iom-bratislava-2026-12-03 --desk 4
    """
    settings = read_settings()
    with opened(settings) as database:
        grant = database.read_now(_narrowed, Role.OFFICER, "", day, desk)
        assert grant.desk is not None
        made = database.write_now(make_pass, grant.desk, actor=OPERATOR, now=database.now(), day=grant.day)
    click.echo(f"{settings.base_url.rstrip('/')}/pass/{made.token}")


@staff.command("revoke")
@click.argument("login")
def revoke_staff(login: str) -> None:
    """Close an account and end its sessions at once.

    Example: onestop staff revoke reception
    """
    with opened() as database:
        database.write_now(revoke_account, login, actor=OPERATOR, now=database.now())
    click.echo(f"{login} cannot sign in any more.")


@staff.command("codes-off")
@click.argument("login")
def remove_codes(login: str) -> None:
    """Remove somebody's one-time codes (a lost phone); a new one can be set up after the next sign-in.

    Example: onestop staff codes-off anna
    """
    with opened() as database:
        found = next((one for one in database.read_now(accounts_list) if one.login == fold_login(login)), None)
        if found is None:
            raise NotKnown
        database.write_now(take_codes_off, found.id, actor=OPERATOR, now=database.now())
    click.echo(f"{login} signs in without a code now.")


@click.group()
def token() -> None:
    """Bearer tokens for the JSON interface."""


@token.command("create")
@click.option("--role", required=True, type=click.Choice([str(role) for role in TOKENS]))
@click.option("--institution", default="", help="Only this institution (its key).")
@click.option("--desk", type=int, default=None, help="Only this desk number of the day.")
@click.option("--day", default="", help="Only this day.")
@click.option("--label", default="", help="What it is for, for your own lists.")
@click.option("--valid-days", default=365, show_default=True, type=click.IntRange(1, 3650), help="How long it lasts.")
def create(role: str, institution: str, desk: int | None, day: str, label: str, valid_days: int) -> None:
    """Print a new token; it is told once.

    Example: onestop token create --role receptionist --day iom-bratislava-2026-12-03
    """
    with opened() as database:
        grant = database.read_now(_narrowed, role, institution, day, desk)
        now = database.now()
        made = database.write_now(
            create_token, grant, label=label, until=now + timedelta(days=valid_days), actor=OPERATOR, now=now
        )
    click.echo(made.token)


@token.command("list")
@json_option
def list_tokens(as_json: bool) -> None:
    """List tokens, never what they open with.

    Example: onestop token list --json
    """
    with opened() as database:
        rows = [
            {
                "id": one.id,
                "label": one.label,
                "role": one.grant.role,
                "made": one.created_at,
                "until": one.until_at,
                "revoked": one.revoked_at,
            }
            for one in database.read_now(tokens_list)
        ]
    show(rows, as_json=as_json, title="Tokens")


@token.command("revoke")
@click.argument("token_id", type=click.UUID)
def revoke_token_of(token_id: UUID) -> None:
    """End a token at once.

    Example: onestop token revoke 0199…
    """
    with opened() as database:
        database.write_now(revoke_token, token_id, actor=OPERATOR, now=database.now())
    click.echo("The token opens nothing any more.")


@click.group()
def device() -> None:
    """Kiosks and displays."""


@device.command("pair")
@click.option("--kind", required=True, type=click.Choice(["kiosk", "display"]))
@click.option("--name", required=True, help="Where it stands.")
@click.option("--day", default="", help="The day it serves.")
def pair(kind: str, name: str, day: str) -> None:
    """Print a pairing code to type at the machine's /pair page.

    Example: onestop device pair --kind display --name "Hall, north" --day iom-bratislava-2026-12-03
    """
    with opened() as database:
        found = database.read_now(day_by_slug, day).id if day else None
        made = database.write_now(
            create_device, kind=Role(kind), name=name, day_id=found, actor=OPERATOR, real=real_now(), day=found
        )
    click.echo(f"{made.code}  (valid until {made.until_at:%H:%M} UTC; open /pair on the machine)")


@device.command("list")
@json_option
def list_devices(as_json: bool) -> None:
    """List machines.

    Example: onestop device list --json
    """
    with opened() as database:
        rows = [
            {
                "id": one.id,
                "kind": one.kind,
                "name": one.name,
                "paired": one.paired_at,
                "seen": one.seen_at,
                "revoked": one.revoked_at,
            }
            for one in database.read_now(devices_list)
        ]
    show(rows, as_json=as_json, title="Machines")


@device.command("revoke")
@click.argument("device_id", type=click.UUID)
def revoke(device_id: UUID) -> None:
    """Shut a machine out at once.

    Example: onestop device revoke 0199…
    """
    with opened() as database:
        database.write_now(revoke_device, device_id, actor=OPERATOR, real=real_now())
    click.echo("The machine is shut out.")
