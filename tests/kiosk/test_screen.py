"""The scripts round the agent, with what they start played by others: how the picture is turned, and what sounds."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from onestop_kiosk.settings import SettingsWrong, read_settings

DEVICE = Path(__file__).parents[2] / "kiosk/device"
OLD_CAGE = 'if [ "$1" = -h ]; then echo " -r Rotate the output"; exit; fi\n'
NEW_CAGE = 'if [ "$1" = -h ]; then echo " -s Allow VT switching"; exit; fi\n'
TOLD = 'echo "$(basename "$0") $*" >>"$TOLD"\n'
CARDS = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 31
 1 [Camera         ]: USB-Audio - USB Camera
                      USB Camera at usb-0000:00:14.0-1
 2 [Keypad         ]: USB-Audio - Keypad with headphones
                      Keypad at usb-0000:00:14.0-2
"""
SETTINGS = 'server = "https://days.example.org"\n'


def told_by(folder: Path, script: str, *words: Path, programs: Mapping[str, str]) -> list[str]:
    """The command lines that a script came to, where these programs stand for the real ones."""
    (bin_ := folder / "bin").mkdir()
    for name, text in programs.items():
        (bin_ / name).write_text(f"#!/bin/sh\n{text}")
        (bin_ / name).chmod(0o755)
    told = folder / "told"
    told.touch()
    env = {"PATH": f"{bin_}:{os.environ['PATH']}", "RUNTIME_DIRECTORY": str(folder), "TOLD": str(told)}
    subprocess.run(["sh", str(DEVICE / script), *map(str, words)], env=env, check=True, capture_output=True)
    return told.read_text().splitlines()


def settings_of(folder: Path, text: str) -> Path:
    """The file as the machine has it, with these lines; the agent takes it."""
    (file := folder / "kiosk.toml").write_text(f'{SETTINGS}{text}\n[printer]\nkind = "none"\n')
    read_settings(file)
    return file


@pytest.mark.parametrize(
    ("text", "turned"),
    [("", "-d -- "), ("rotate = 0   # upright", "-d -- "), ("rotate = 90", "-d -r -- "), ("rotate=180", "-d -rr -- "),
     ("rotate = 270 # clockwise", "-d -rrr -- ")],
)  # fmt: skip
def test_the_picture_is_turned_by_quarters(tmp_path: Path, text: str, turned: str) -> None:
    (address := tmp_path / "address").write_text("http://127.0.0.1:8765/?start")
    cage = OLD_CAGE + TOLD
    (line,) = told_by(tmp_path, "screen", settings_of(tmp_path, text), address, programs={"cage": cage})

    assert line.startswith(f"cage {turned}chromium --kiosk ")
    assert line.endswith(" http://127.0.0.1:8765/?start")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_cage_that_does_not_turn_it_lets_wlr_randr_do_so_before_the_browser_starts(
    tmp_path: Path, rotate: int
) -> None:
    (address := tmp_path / "address").write_text("http://127.0.0.1:8765/?start")
    lists = 'if [ $# -eq 0 ]; then printf \'DP-1 "Panel"\\n  Enabled: yes\\nHDMI-A-1 "Other"\\n\'; exit; fi\n'
    programs = {"cage": f'{NEW_CAGE}shift 2\n"$@"\n', "wlr-randr": lists + TOLD, "chromium": TOLD}
    *turns, browser = told_by(
        tmp_path, "screen", settings_of(tmp_path, f"rotate = {rotate}"), address, programs=programs
    )

    each = [f"wlr-randr --output {output} --transform {rotate}" for output in ("DP-1", "HDMI-A-1")]
    assert turns == (each if rotate else [])
    assert browser.startswith("chromium --kiosk ")
    assert browser.endswith(" http://127.0.0.1:8765/?start")


@pytest.mark.parametrize(
    ("text", "controls", "card", "levels"),
    [
        ("", "Master Headphone PCM Mic", "Keypad", {"Master": 80, "Headphone": 100, "PCM": 100}),
        ("volume = 35 # quiet", "Speaker Mic", "Keypad", {"Speaker": 35}),
        ('volume = 0\nsound = "PCH"  # loudspeakers', "Master", "PCH", {"Master": 0}),
    ],
)
def test_the_card_that_plays_is_chosen_unmuted_and_as_loud_as_the_settings_say(
    tmp_path: Path, text: str, controls: str, card: str, levels: dict[str, int]
) -> None:
    sound, chosen = _sound(tmp_path), tmp_path / "asound.conf"
    lists = f"for name in {controls}; do echo \"Simple mixer control '$name',0\"; done\n"
    amixer = f'case "$*" in *scontrols) {lists} exit ;; esac\n{TOLD}'
    told = told_by(tmp_path, "sound", settings_of(tmp_path, text), sound, chosen, programs={"amixer": amixer})

    assert f'defaults.pcm.card "{card}"\n' in chosen.read_text()
    assert told == [
        line for name, level in levels.items()
        for line in (f"amixer -q -M -c {card} sset {name} {level}%", f"amixer -q -c {card} sset {name} unmute")
    ]  # fmt: skip


def test_a_machine_without_a_keypad_sounds_by_itself_and_one_without_sound_starts_all_the_same(tmp_path: Path) -> None:
    for place, (cards, line) in enumerate([(CARDS[: CARDS.index(" 1 [")], '"PCH"'), ("--- no soundcards ---\n", "")]):
        (here := tmp_path / str(place)).mkdir()
        sound, chosen = _sound(here, cards), here / "asound.conf"
        told_by(here, "sound", settings_of(here, ""), sound, chosen, programs={"amixer": "exit 1\n"})
        assert (line in chosen.read_text()) if line else not chosen.exists()


def _sound(folder: Path, cards: str = CARDS) -> Path:
    """What the kernel tells of its cards; the camera can only listen."""
    for name, stream in (("PCH", "pcm0p"), ("Camera", "pcm0c"), ("Keypad", "pcm0p")):
        (folder / "asound" / name / stream).mkdir(parents=True)
    (folder / "asound/cards").write_text(cards)
    return folder / "asound"


@pytest.mark.parametrize("text", ["rotate = 45", "volume = 101", "volume = -1", "[printer]\nrotate = 90"])
def test_what_cannot_be_is_said_when_the_agent_starts(tmp_path: Path, text: str) -> None:
    (file := tmp_path / "kiosk.toml").write_text(SETTINGS + text)
    with pytest.raises(SettingsWrong, match=r"rotate|volume"):
        read_settings(file)


def test_the_settings_of_a_new_machine_can_be_read_and_are_the_usual_ones(tmp_path: Path) -> None:
    usual = read_settings(DEVICE / "onestop-kiosk.toml")
    assert (usual.rotate, usual.volume, usual.sound) == (0, 80, "")
