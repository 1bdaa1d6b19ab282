"""`onestop day …`: make, list, publish, pack and close advisory days."""

import os
from datetime import date, datetime
from pathlib import Path

import rich_click as click
from rich.console import Console

from onestop.booking.drawing import run_draw
from onestop.booking.draws import counts_of
from onestop.cli.opening import OPERATOR, json_option, opened, show
from onestop.clock import real_now
from onestop.days.actions import create_day, make_invitations
from onestop.days.checks import publish_checked
from onestop.days.dayfile import DayFile, read_day_file, read_template, templates
from onestop.days.daysheet import day_of_workbook
from onestop.days.queries.checks import Finding
from onestop.days.queries.days import Day, all_days, day_by_slug
from onestop.days.queries.draws import the_draw
from onestop.days.sheet_cells import MOST_BYTES
from onestop.db.session import Database
from onestop.directory.organising import directory
from onestop.domain.day import DayState
from onestop.domain.ending import publishable
from onestop.domain.paper import MOST_SPARES, check_packable
from onestop.keys import load_ticket_key
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.notify.reactor import OutboxReactor
from onestop.notify.ways import writes_links
from onestop.paper.printing import make_pack
from onestop.settings import read_settings
from onestop.visits.actions.closing import close_day
from onestop.visits.carrying_on import carry_all
from onestop.visits.queries.carrying import Fate, carried_from, days_to_carry_to, still_inside
from onestop.visits.queries.day_check import check_whole_day
from onestop.visits.queries.ending import end_counts_of

MOST_FAULTS = 50


class _Date(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-12-03.", param, ctx)


@click.group()
def day() -> None:
    """Advisory days."""


@day.command("new")
@click.option("--template", required=True, help="A shipped template; a wrong name lists them all.")
@click.option("--date", "on", required=True, type=_Date(), help="The date, such as 2026-12-03.")
def new_day(template: str, on: date) -> None:
    """Make a draft day from a shipped template.

    Example: onestop day new --template iom-bratislava --date 2026-12-03
    """
    if template not in templates():
        raise click.BadParameter(f"unknown. Known: {', '.join(templates())}.", param_hint="--template")
    with opened() as database:
        _make(database, read_template(template), on, template)


@day.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--date", "on", type=_Date(), help="The date, such as 2026-12-03. A workbook may have its own.")
def import_day(file: Path, on: date | None) -> None:
    """Make a draft day from a workbook (.xlsx) or a TOML file.

    Example: onestop day import our-day.xlsx --date 2026-12-03
    """
    content = _read_workbook(file) if file.suffix.casefold() == ".xlsx" else None
    with opened() as database:
        if content is None:
            day_file = read_day_file(file)
        else:
            day_file, date_inside = _from_workbook(database, content, file)
            on = on or date_inside
        if on is None:
            raise click.BadParameter("needed.", param_hint="--date")
        _make(database, day_file, on, "")


def _read_workbook(file: Path) -> bytes:
    """Its bytes, no more than a workbook may have."""
    with file.open("rb") as opened_file:
        return opened_file.read(MOST_BYTES + 1)


def _from_workbook(database: Database, content: bytes, file: Path) -> tuple[DayFile, date | None]:
    """The day and the date of a workbook; every fault of it is told."""
    read = day_of_workbook(content, locale_for("en"), database.read_now(directory))
    if read.file is None:
        lines = [
            f"{' '.join(filter(None, [fault.sheet, fault.cell, fault.heading]))}: {fault.sentence % fault.params}"
            for fault in read.faults[:MOST_FAULTS]
        ]
        more = len(read.faults) - MOST_FAULTS
        lines += [f"and {more} more"] if more > 0 else []
        raise click.ClickException(f"{file} cannot become a day. Nothing was made.\n" + "\n".join(lines))
    return read.file, read.on


@day.command("list")
@json_option
def list_days(as_json: bool) -> None:
    """List every day.

    Example: onestop day list --json
    """
    with opened() as database:
        rows = [
            {"day": one.slug, "date": one.on.isoformat(), "name": one.name, "state": one.state, "release": one.release}
            for one in database.read_now(all_days)
        ]
    show(rows, as_json=as_json, title="Advisory days")


@day.command("publish")
@click.argument("slug")
def publish(slug: str) -> None:
    """Open a day for booking, if nothing stops it; says what an organiser should know before.

    Example: onestop day publish iom-bratislava-2026-12-03
    """
    settings = read_settings()
    with opened(settings) as database:
        found = database.read_now(day_by_slug, slug)
        now = database.now()
        for finding in database.read_now(
            check_whole_day, found, now=now, real=real_now(), writes=writes_links(settings)
        ):
            click.echo(_line(finding), err=True)
        database.write_now(publish_checked, found.id, version=found.version, actor=OPERATOR, now=now, day=found.id)
    click.echo(f"{slug} is published.")


def _line(finding: Finding) -> str:
    """What was found, for a terminal."""
    about = [
        f"desk {finding.desk}" if finding.desk is not None else "",
        finding.institution,
        finding.service,
        " ".join(finding.services),
        " ".join(map(str, finding.desks)),
        " ".join(finding.languages),
        " ".join(f"{start:%H:%M}-{end:%H:%M} UTC" for start, end in finding.hours),
        finding.name,
        finding.printer.replace("_", " ") if finding.printer else "",
        finding.on.isoformat() if finding.on is not None else "",
        finding.language,
        f"{finding.at:%H:%M} UTC" if finding.at is not None else "",
        f"{finding.minutes} min" if finding.minutes else "",
        f"{finding.count} expected" if finding.count else "",
    ]
    return (
        f"{'Stops' if finding.stops else 'Note'}: {', '.join(filter(None, [finding.kind.replace('_', ' '), *about]))}"
    )


@day.command("invite")
@click.argument("slug")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 500), help="How many invitations.")
@click.option("--uses", default=1, show_default=True, type=click.IntRange(1, 1000), help="Bookings per invitation.")
@click.option("--label", default="", help="For whom these are, for your own lists.")
def invite(slug: str, count: int, uses: int, label: str) -> None:
    """Make invitation codes for a day by invitation; they are printed once and not kept readable.

    Example: onestop day invite iom-bratislava-2026-12-03 --count 20 --label "shelter"
    """
    with opened() as database:
        found = database.read_now(day_by_slug, slug)
        codes = database.write_now(
            make_invitations,
            found.id,
            count=count,
            uses=uses,
            label=label,
            actor=OPERATOR,
            now=database.now(),
            day=found.id,
        )
    for code in codes:
        click.echo(code)


@day.command("draw")
@click.argument("slug")
@json_option
def draw(slug: str, as_json: bool) -> None:
    """Draw the places of a day whose time for requests is over; run again it goes on, or changes nothing.

    Ends with 0 when every place was given, with 1 and a sentence while requests are taken or without a draw.

    Example: onestop day draw iom-bratislava-2026-12-03 --json
    """
    settings = read_settings()
    with opened(settings) as database:
        database.reactors.append(OutboxReactor(settings))
        found = database.read_now(day_by_slug, slug)
        run_draw(database, found.id, key=load_ticket_key(settings), actor=OPERATOR)
        drawn, counts = database.read_now(the_draw, found.id), database.read_now(counts_of, found.id)
    told = {
        "day": slug,
        "requests": counts.requests,
        "drawn": counts.drawn,
        "commitment": drawn.commitment,
        "list_hash": drawn.list_hash,
        "seed": drawn.seed,
        "result_hash": drawn.result_hash,
        "drawn_at": drawn.drawn_at,
    }
    if as_json:
        show([told], as_json=True)
        return
    click.echo("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in told.items()))


@day.command("close")
@click.argument("slug")
@click.option("--reason", default="", help="Why it closes while somebody is still inside.")
@click.option("--carry-over-to", "to", default="", help="A later published day on which those who still wait go on.")
def close(slug: str, reason: str, to: str) -> None:
    """Close a day; refuses while somebody is inside, unless you give a reason.

    With --carry-over-to everybody inside with open steps first gets a place on that day, one after the other. Run
    again it goes on where it stopped; nobody is carried twice, and nobody out of a talk.

    Example: onestop day close iom-bratislava-2026-12-03 --carry-over-to iom-bratislava-2026-12-10
    """
    settings = read_settings()
    with opened(settings) as database:
        database.reactors.append(OutboxReactor(settings))
        found = database.read_now(day_by_slug, slug)
        if to:
            _carry_over(database, found, to, key=load_ticket_key(settings))
        database.write_now(close_day, found.id, reason=reason, actor=OPERATOR, now=database.now(), day=found.id)
    click.echo(f"{slug} is closed.")


def _carry_over(database: Database, day: Day, slug: str, *, key: bytes) -> None:
    """Carry everybody over, and say of each ticket what became of it."""
    known = {each.slug: each for each in database.read_now(days_to_carry_to, day, now=database.now())}
    if day.state is not DayState.PUBLISHED or slug not in known:
        raise click.BadParameter(
            f"no published day after this one. Known: {', '.join(known) or 'none'}.", param_hint="--carry-over-to"
        )
    then = known[slug]
    done = carry_all(database, day, then, key=key, actor=OPERATOR)
    for one in database.read_now(carried_from, day.id, then.id):
        there = f"{one.arrival_at.astimezone(then.zone):%H:%M}, number {one.then}" if one.arrival_at else "waiting list"
        click.echo(f"{one.number}: {'does not come there any more' if one.over else there}")
    for one, refusal in done.refused:
        click.echo(f"{one.number}: {refusal.sentence % dict(refusal.params)}", err=True)
    for one in database.read_now(still_inside, day.id, then.id):
        if one.fate is not Fate.GOES:
            click.echo(f"{one.number}: {_LEFT[one.fate]}", err=True)


@day.command("pack")
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; otherwise DAY-pack.pdf here.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of the sheets; otherwise that of the day.")
@click.option("--spares", type=click.IntRange(0, MOST_SPARES), help="Spare tickets; otherwise one for ten people.")
def pack(slug: str, out: Path | None, language: str | None, spares: int | None) -> None:
    """Make the PDF for work on paper: arrivals, a sheet for each desk, spare tickets, the rules.

    Each run takes fresh numbers for the spare tickets, so print what it makes. The file tells who comes: whoever runs
    this deletes it after printing.

    Example: onestop day pack iom-bratislava-2026-12-03 --out pack.pdf
    """
    settings = read_settings()
    file = out or Path(f"{slug}-pack.pdf")
    with opened(settings) as database, Console(stderr=True).status("") as status:
        found = database.read_now(day_by_slug, slug)
        check_packable(found.state)
        made = make_pack(
            database,
            settings,
            found.id,
            key=load_ticket_key(settings),
            actor=OPERATOR,
            now=database.now(),
            language=language or "",
            spares=spares,
            told=lambda what: status.update(what),
        )
    try:
        _write_private(file, made)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"{file}: {len(made) // 1024} KB. Print it, then delete the file.")


@day.command("answers")
@click.argument("slug")
@json_option
def answers(slug: str, as_json: bool) -> None:
    """Show what visitors of a closed day said at the end, to publish: numbers from 1 to 4 are left out.

    Example: onestop day answers iom-bratislava-2026-12-03 --json
    """
    with opened() as database:
        found = database.read_now(day_by_slug, slug)
        if found.state is not DayState.CLOSED:
            raise click.ClickException("This day is not closed yet. Its answers are shown a day after it is.")
        if not found.tells_answers(database.now()):
            until = f"{found.answered_until.astimezone(found.zone):%d.%m.%Y %H:%M}"
            raise click.ClickException(f"Visitors may still answer until {until}. Then the answers are shown.")
        counts = publishable(database.read_now(end_counts_of, found.id))
    rows = [
        {"question": question, "answer": answer, "count": count}
        for question, each in counts.items()
        for answer, count in each.items()
    ]
    show(rows, as_json=as_json, title="At the end of the visit")


def _write_private(file: Path, content: bytes) -> None:
    """Only its owner reads it, from the first byte on."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(descriptor, 0o600)
        out.write(content)


_LEFT = {Fate.TALKS: "in a talk, not carried over", Fate.NOTHING: "nothing that day could go on with"}


def _make(database: Database, file: DayFile, on: date, template: str) -> None:
    now: datetime = database.now()
    made = database.write_now(create_day, file, on=on, actor=OPERATOR, now=now, template=template)
    click.echo(next(one.slug for one in database.read_now(all_days) if one.id == made))
