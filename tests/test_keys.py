"""The ticket key: made once, for its owner alone, and never replaced in silence."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onestop.keys import KEY_BYTES, KeyBroken, SealBroken, hash_token, load_ticket_key, new_token, seal, unseal
from onestop.settings import Settings


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    key = load_ticket_key(settings)

    assert (len(key), load_ticket_key(settings)) == (32, key)
    assert stat.S_IMODE(settings.ticket_key_file.stat().st_mode) == 0o600
    assert [path.name for path in settings.var.iterdir()] == ["ticket.key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_ticket_key(settings), range(64)))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ticket.key"]


def test_a_damaged_key_stops_the_start_instead_of_making_a_new_one(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    settings.ticket_key_file.write_bytes(b"half a key")

    with pytest.raises(KeyBroken):
        load_ticket_key(settings)
    assert settings.ticket_key_file.read_bytes() == b"half a key"


def test_tokens_have_256_bits_and_are_stored_as_their_hash() -> None:
    tokens = {new_token("ost_") for _ in range(1000)}

    assert {len(token) for token in tokens} == {4 + 43}
    assert len(tokens) == 1000
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_is_sealed_opens_with_its_key_for_what_it_is_about_alone() -> None:
    key, other = b"k" * KEY_BYTES, b"o" * KEY_BYTES
    sealed = seal(key, b"secret", about=b"anna")
    changed = [bytes((*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :])) for at in range(len(sealed))]
    broken = [
        (other, sealed, b"anna"),
        (key, sealed, b"bea"),
        (key, b"", b"anna"),
        *((key, each, b"anna") for each in changed),
    ]

    assert (unseal(key, sealed, about=b"anna"), b"secret" in sealed) == (b"secret", False)
    assert seal(key, b"secret", about=b"anna") != sealed
    for wrong, content, about in broken:
        with pytest.raises(SealBroken):
            unseal(wrong, content, about=about)
