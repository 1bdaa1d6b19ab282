"""The words of the project: what people read is plain English, and no file names the machine it was written on."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.extract import extract
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).parents[2]

KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SOURCES = {"src/onestop": {".py": "python"}, "templates": {".html": "jinja2", ".txt": "jinja2"}}
JINJA = {"silent": "false", "encoding": "utf-8", "extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true"}
CONTRACTION = re.compile(
    r"\b\w+(?:n['’]t|['’](?:ll|re|ve|d|m))\b|\b(?:it|that|there|here|what|who|where|how|he|she|let)['’]s\b",
    re.IGNORECASE,
)
NEVER = frozenset(
    {"lottery", "customer", "customers", "citizen", "citizens", "client", "clients", "prescriber", "usher"}
)
"""The glossary keeps these out of every screen."""
NOT_FOR_VISITORS = frozenset(
    {"officer", "officers", "walk-in", "check-in", "no-show", "hold", "kiosk", "slot", "queue"}
)
"""Words of the staff; a visitor reads adviser, without an appointment, I am here, ticket machine."""
VISITOR_PAGES = ("public/", "kiosk/", "display/", "email/")

# Spelled in pieces, so that this file does not hold what it looks for.
MACHINE = re.compile("|".join([r"(?<![\w.}])/(?:work|tmp|root)/", "/opt/" + "wheels", "/opt/" + "pypi"]))
REGISTRY = re.compile(r"py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|registry\.yarn" + r"pkg")
NUMBERED = re.compile(r"\bissue" + r"s? (?:#|no\. ?)?\d+", re.IGNORECASE)


class Message(NamedTuple):
    where: str
    text: str


def messages() -> Iterator[Message]:
    """Every English source sentence, from the code and from the templates; a template with a mistake fails here."""
    for folder, method in SOURCES.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in method:
                continue
            where = str(path.relative_to(ROOT))
            try:
                with path.open("rb") as file:
                    found = list(extract(method[path.suffix], file, KEYWORDS, options=JINJA))
            except TemplateSyntaxError as error:
                pytest.fail(f"{where}:{error.lineno}: {error.message}")
            for line, text, *_ in found:
                for one in [text] if isinstance(text, str) else text:
                    yield Message(f"{where}:{line}", one)


def sentences(text: str) -> list[str]:
    """A message's sentences; a placeholder counts as one word, a tag as none."""
    plain = re.sub(r"%\(\w+\)[sd]|\{\w*\}", " X ", re.sub(r"<[^>]+>", " ", text))
    return [part for part in re.split(r"(?<=[.!?:;])\s+|\n+", plain) if part.strip()]


def words(sentence: str) -> list[str]:
    return re.findall(r"\w[\w’'-]*", sentence)


def committed() -> list[Path]:
    """The files of the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def lines(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands in a committed text file."""
    found: list[str] = []
    for path in committed():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(content.decode("utf-8").splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def test_no_sentence_has_more_than_twenty_words():
    every = list(messages())

    long = [f"{where}: {part}" for where, text in every for part in sentences(text) if len(words(part)) > 20]

    assert (len(every) > 20, long) == (True, [])


def test_no_sentence_has_a_contraction():
    assert [f"{where}: {text}" for where, text in messages() if CONTRACTION.search(text)] == []


def test_no_sentence_uses_a_word_the_glossary_rules_out():
    assert [f"{where}: {text}" for where, text in messages() if NEVER & {word.lower() for word in words(text)}] == []


def test_visitors_do_not_read_the_words_of_the_staff():
    assert [
        f"{where}: {text}"
        for where, text in messages()
        if where.removeprefix("templates/").startswith(VISITOR_PAGES)
        and NOT_FOR_VISITORS & {word.lower() for word in words(text)}
    ] == []


@pytest.mark.parametrize("text", ["You can't do this.", "It’s your turn.", "We'll call you.", "You don’t need this."])
def test_contractions_are_recognised(text: str):
    assert CONTRACTION.search(text)


@pytest.mark.parametrize("text", ["The visitor's desk is open.", "The children’s desk is open.", "We did not find it."])
def test_possessives_are_not_contractions(text: str):
    assert not CONTRACTION.search(text)


def test_no_committed_file_names_a_path_of_the_machine_it_was_written_on():
    assert lines(MACHINE) == []


def test_no_committed_file_names_a_package_registry():
    assert lines(REGISTRY) == []


def test_no_committed_file_refers_to_a_numbered_task():
    assert lines(NUMBERED) == []


def test_what_must_not_be_committed_is_recognised():
    samples = {MACHINE: "see /wor" + "k/x", REGISTRY: "https://py" + "pi.org/simple", NUMBERED: "as in iss" + "ue #2"}

    assert {pattern: bool(pattern.search(text)) for pattern, text in samples.items()} == dict.fromkeys(samples, True)
