"""What stands round every screen of a ticket machine: the size of the text, and its texts as sounds.

The size is carried in addresses, like the language: nothing of a visitor stays on a machine. A screen is read aloud
text by text. Each text is sealed with the key of this installation, so that nobody makes the server say anything else;
texts travel in the body of a request, and no address tells what somebody listens to.
"""

import hashlib
import hmac
import json
from html.parser import HTMLParser

from onestop.speech.clips import Clips
from onestop.web.kit.language import this_page
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import Machine
from onestop.web.kit.requests import WebRequest

SIZE = "size"
"""The query value that carries the size of the text."""
SIZES = ("", "1", "2")
SPOKEN = frozenset({"h1", "h2", "legend", "p", "summary", "label", "a", "button"})
SECRET = frozenset({"short-code"})
"""Classes of what opens something: it is read by eyes only."""
LONGEST = 400
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def size_of(request: WebRequest) -> str:
    """The size somebody chose here, empty for the ordinary one."""
    size = request.query_params.get(SIZE, "")
    return size if size in SIZES else ""


def machine_of(request: WebRequest, locale: Locale, *, turns: str = "", back_after: int = 0) -> Machine:
    """The frame of this screen."""
    size = size_of(request)
    clips: Clips = request.app.state.clips
    key: bytes = request.app.state.ticket_key
    return Machine(
        size=size,
        bigger=this_page(request, **{SIZE: SIZES[min(SIZES.index(size) + 1, len(SIZES) - 1)]}),
        smallest=this_page(request, **{SIZE: ""}),
        turns=turns,
        back_after=back_after,
        aloud=(lambda screen: sealed_texts(key, screen, locale.tag)) if clips.reads(locale.tag) else None,
    )


def sealed_texts(key: bytes, screen: str, tag: str) -> str:
    """Every text of a screen with its language and seal, as JSON."""
    texts = _Texts(tag)
    texts.feed(screen)
    texts.close()
    return json.dumps([[text, spoken, seal(key, text, spoken)] for text, spoken in texts.found], ensure_ascii=False)


def seal(key: bytes, text: str, tag: str) -> str:
    """What shows that a text in a language is one of our own."""
    return hmac.new(key, f"aloud|{tag}|{text}".encode(), hashlib.sha256).hexdigest()[:32]


class _Texts(HTMLParser):
    """The texts of headings, sentences, choices and buttons; the script joins theirs in the same way."""

    def __init__(self, tag: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, bool, list[tuple[str, str]]]] = [("", tag, False, [])]
        self._seen: dict[tuple[str, str], None] = {}

    @property
    def found(self) -> list[tuple[str, str]]:
        """Text and language, each once."""
        return list(self._seen)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        _, language, secret, _ = self._open[-1]
        hidden = secret or bool(SECRET & set((given.get("class") or "").split()))
        self._open.append((tag, given.get("lang") or language, hidden, []))

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            _, language, secret, _ = self._open[-1]
            for *_, pieces in self._open[1:] if not secret else ():
                pieces.append((words, language))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or len(self._open) == 1:
            return
        name, language, _, pieces = self._open.pop()
        text, languages = " ".join(words for words, _ in pieces), {spoken for _, spoken in pieces}
        if name in SPOKEN and 0 < len(text) <= LONGEST:
            self._seen[text, languages.pop() if len(languages) == 1 else language] = None
