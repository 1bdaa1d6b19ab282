"""Whoever is shut out hears nothing more, at once, also where another process shut her out; others go on."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.accounts.actions import (
    add_account,
    bind_pass,
    change_helper,
    create_token,
    leave,
    make_pass,
    release_pass,
    revoke_account,
    revoke_pass,
    revoke_token,
    set_password,
)
from onestop.accounts.desk_passes import hand_over
from onestop.accounts.second_steps import require_codes
from onestop.db.session import Database, open_database
from onestop.devices.actions import change_device, create_device, new_pair_code, pair_device, revoke_device
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.live.hub import Change, Hub, Message, Subscription, end_key, key_of
from onestop.live.observer import LiveObserver
from onestop.live.relay import Relay, announce
from tests.halls import TestDay, make_test_day

NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


@dataclass(slots=True)
class House:
    """A hub, what listens there, and the database in which somebody is shut out."""

    db: Database
    hub: Hub
    hall: TestDay

    def listen(self, ref: str) -> Subscription:
        return self.hub.subscribe([key_of("overview", self.hall.id)], ref=ref)

    def account(self, role: Role = Role.ORGANISER) -> UUID:
        return self.db.write_now(
            add_account, login="anna", password_hash="x", held=(Grant(role=role),), actor=SYSTEM, now=NOW
        )

    def day_pass(self) -> UUID:
        desk = self.hall.desks[min(self.hall.desks)].id
        made = self.db.write_now(make_pass, desk, actor=SYSTEM, now=NOW)
        self.db.write_now(bind_pass, made.token, real=NOW, now=NOW)
        return made.id

    def display(self) -> UUID:
        made = self.db.write_now(
            create_device, kind=Role.DISPLAY, name="Hall", day_id=self.hall.id, actor=SYSTEM, real=NOW
        )
        self.db.write_now(pair_device, made.code, real=NOW)
        return made.device


@pytest.fixture
async def house(database: Database) -> AsyncGenerator[House, None]:
    """On SQLite the writer tells the hub; on PostgreSQL another process writes and the relay tells it."""
    hub = Hub()
    hub.open(asyncio.get_running_loop())
    hall = make_test_day(database)
    if database.is_sqlite:
        database.observers.append(LiveObserver(hub))
        yield House(database, hub, hall)
        return
    other = open_database(database.url.render_as_string(hide_password=False))
    other.reactors.append(announce)
    relay = Relay(database.url, hub)
    await asyncio.to_thread(relay.start)
    yield House(other, hub, hall)
    await asyncio.to_thread(relay.stop)
    other.close()


def _account_closed(house: House) -> tuple[str, Callable[[], object]]:
    account = house.account()
    return f"account:{account}", lambda: house.db.write_now(revoke_account, "anna", actor=SYSTEM, now=NOW)


def _password_changed(house: House) -> tuple[str, Callable[[], object]]:
    account = house.account()
    return f"account:{account}", lambda: house.db.write_now(set_password, account, "y", actor=SYSTEM, now=NOW)


def _right_changed(house: House) -> tuple[str, Callable[[], object]]:
    account = house.account(Role.HELPER)
    return f"account:{account}", lambda: house.db.write_now(
        change_helper, account, cap=1, only_day=None, actor=SYSTEM, now=NOW
    )


def _signed_out(house: House) -> tuple[str, Callable[[], object]]:
    ref = f"account:{house.account()}"
    return ref, lambda: house.db.write_now(leave, "no session", actor=Actor(ref=ref), now=NOW)


def _codes_asked(house: House) -> tuple[str, Callable[[], object]]:
    ref = f"account:{house.account()}"
    house.db.write_now(lambda conn: conn.execute(sa.text("UPDATE centres SET codes_required = true")))
    return ref, lambda: house.db.write_now(require_codes, False, actor=SYSTEM, now=NOW)


def _pass_revoked(house: House) -> tuple[str, Callable[[], object]]:
    made = house.day_pass()
    return f"pass:{made}", lambda: house.db.write_now(revoke_pass, made, actor=SYSTEM, now=NOW)


def _pass_released(house: House) -> tuple[str, Callable[[], object]]:
    made = house.day_pass()
    return f"pass:{made}", lambda: house.db.write_now(release_pass, made, actor=SYSTEM, now=NOW)


def _desk_handed_over(house: House) -> tuple[str, Callable[[], object]]:
    ref, desk = f"pass:{house.day_pass()}", house.hall.desks[min(house.hall.desks)].id

    def go(conn: sa.Connection) -> None:
        hand_over(conn, "none", house.hall.id, desk=desk, actor=Actor(ref=ref), now=NOW)

    return ref, lambda: house.db.write_now(go)


def _device_shut_out(house: House) -> tuple[str, Callable[[], object]]:
    made = house.display()
    return f"device:{made}", lambda: house.db.write_now(revoke_device, made, actor=SYSTEM, real=NOW)


def _device_moved(house: House) -> tuple[str, Callable[[], object]]:
    made = house.display()
    return f"device:{made}", lambda: house.db.write_now(
        lambda conn: change_device(conn, made, name="Hall", day_id=None, actor=SYSTEM, real=NOW)
    )


def _device_paired_anew(house: House) -> tuple[str, Callable[[], object]]:
    made = house.display()
    code = house.db.write_now(new_pair_code, made, actor=SYSTEM, real=NOW)
    return f"device:{made}", lambda: house.db.write_now(pair_device, code.code, real=NOW)


def _token_revoked(house: House) -> tuple[str, Callable[[], object]]:
    made = house.db.write_now(create_token, Grant(role=Role.ORGANISER), actor=SYSTEM, now=NOW)
    return f"token:{made.id}", lambda: house.db.write_now(revoke_token, made.id, actor=SYSTEM, now=NOW)


WAYS = {
    each.__name__.strip("_"): each
    for each in (
        _account_closed,
        _password_changed,
        _right_changed,
        _signed_out,
        _codes_asked,
        _pass_revoked,
        _pass_released,
        _desk_handed_over,
        _device_shut_out,
        _device_moved,
        _device_paired_anew,
        _token_revoked,
    )
}


async def _last_of(stream: Subscription) -> list[str]:
    """What a stream says until it ends; what was done before may be told on the way."""
    told: list[str] = []
    while (message := await stream.next_message(10)) is not None:
        told.append(message.topic)
    assert stream.ended, told
    return told


async def test_every_way_of_shutting_somebody_out_ends_her_streams_after_one_last_look(house: House) -> None:
    met: dict[str, list[str]] = {}
    for name, way in WAYS.items():
        ref, act = way(house)
        hers = house.listen(ref)
        await asyncio.to_thread(act)
        met[name] = await _last_of(hers)
        house.hub.unsubscribe(hers)
        await asyncio.to_thread(
            house.db.write_now, lambda conn: conn.execute(sa.text("UPDATE accounts SET login = 'old-' || id"))
        )

    assert {name: told[-1:] for name, told in met.items()} == {name: ["overview"] for name in WAYS}


async def test_others_go_on(house: House) -> None:
    ref, act = _account_closed(house)
    other, phone = house.listen(f"account:{UUID(int=9)}"), house.listen("")
    hers = house.listen(ref)
    await asyncio.to_thread(act)
    await _last_of(hers)

    assert (hers.ended, other.ended, phone.ended) == (True, False, False)


async def test_an_ended_stream_says_its_last_line_and_no_more() -> None:
    hub = Hub()
    hers = hub.subscribe(["desk:x"], ref="pass:1")
    hub.publish([Change("desk:x", 4)])
    hub.publish([Change(end_key("pass:1"), 5)])

    assert [await hers.next_message(5) for _ in range(2)] == [Message(5, "desk"), None]
    hub.unsubscribe(hers)
    assert len(hub) == 0


async def test_after_a_break_of_the_line_staff_come_again_and_phones_look_again() -> None:
    """What was announced meanwhile is lost, a revocation as well."""
    hub = Hub()
    hub.open(asyncio.get_running_loop())
    hers, phone = hub.subscribe(["desk:x"], ref="pass:1"), hub.subscribe(["visit:y"])
    hub.publish_everything_from_thread()
    met = [await each.next_message(5) for each in (hers, phone)]

    assert met == [Message(0, "desk"), Message(0, "visit")]
    assert (hers.ended, phone.ended) == (True, False)
