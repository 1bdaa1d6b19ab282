"""Devices: a code that works once and for fifteen minutes, a token that works until it is revoked."""

from datetime import UTC, datetime, timedelta

import pytest

from onestop.db.session import Database
from onestop.devices.actions import create_device, new_pair_code, pair_device, revoke_device, touch_device
from onestop.devices.queries import Device, actor_of_device, devices_list
from onestop.domain.board import DisplaySetup
from onestop.domain.errors import PairingWrong
from onestop.domain.roles import SYSTEM, Actor, Grant, Role

NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


def test_a_code_pairs_one_machine_once(database: Database) -> None:
    code = database.write_now(create_device, kind=Role.KIOSK, name="Entrance", actor=SYSTEM, real=NOW)
    spoken = f"{code.code[:3]} {code.code[3:]}"

    paired = database.write_now(pair_device, spoken, real=NOW + timedelta(minutes=14, seconds=59))

    someone = Actor(ref=f"device:{code.device}", grants=(Grant(role=Role.KIOSK),), name="Entrance", device=code.device)
    assert (paired.device, paired.kind, paired.day_slug) == (code.device, Role.KIOSK, None)
    assert database.read_now(actor_of_device, paired.token) == someone
    with pytest.raises(PairingWrong):
        database.write_now(pair_device, code.code, real=NOW)


def test_a_code_is_too_old_after_fifteen_minutes_and_a_wrong_one_says_the_same(database: Database) -> None:
    code = database.write_now(create_device, kind=Role.DISPLAY, name="Hall", actor=SYSTEM, real=NOW)

    for typed, minutes in ((code.code, 15), ("", 0), ("rubbish", 0)):
        with pytest.raises(PairingWrong):
            database.write_now(pair_device, typed, real=NOW + timedelta(minutes=minutes))


def test_a_new_code_takes_the_place_of_the_machine_when_it_is_used(database: Database) -> None:
    first = database.write_now(create_device, kind=Role.KIOSK, name="Entrance", actor=SYSTEM, real=NOW)
    old = database.write_now(pair_device, first.code, real=NOW)
    second = database.write_now(new_pair_code, first.device, actor=SYSTEM, real=NOW)
    assert database.read_now(actor_of_device, old.token) is not None

    new = database.write_now(pair_device, second.code, real=NOW)

    assert database.read_now(actor_of_device, old.token) is None
    assert database.read_now(actor_of_device, new.token) is not None


def test_a_revoked_machine_is_shut_out_at_once(database: Database) -> None:
    code = database.write_now(create_device, kind=Role.KIOSK, name="Entrance", actor=SYSTEM, real=NOW)
    paired = database.write_now(pair_device, code.code, real=NOW)
    database.write_now(touch_device, code.device, real=NOW + timedelta(minutes=1))
    database.write_now(revoke_device, code.device, actor=SYSTEM, real=NOW + timedelta(minutes=2))

    assert database.read_now(actor_of_device, paired.token) is None
    assert database.read_now(devices_list) == [
        Device(
            id=code.device,
            day=None,
            kind=Role.KIOSK,
            name="Entrance",
            waiting_for_pairing=False,
            paired_at=NOW,
            seen_at=NOW + timedelta(minutes=1),
            revoked_at=NOW + timedelta(minutes=2),
            display=DisplaySetup(),
            report=None,
        )
    ]
