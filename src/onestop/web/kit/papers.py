"""Papers to bring as every page tells them: those that are asked for, in the reader's language."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from onestop.directory.papers import Paper, asked_papers
from onestop.directory.vocabulary import COVERED_BY, WITHOUT
from onestop.directory.words import words_of_paper
from onestop.domain.checklist import Asked, Coming
from onestop.domain.errors import N_
from onestop.domain.party import Member
from onestop.web.kit.locale import Locale, direction

WITHOUT_THESE = N_("Without these papers this desk cannot help you: %(papers)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A paper to bring. `lang` and `dir` are empty in the reader's own language; `only` is a condition still open."""

    key: str
    text: str
    icon: str
    blocking: bool
    lang: str = ""
    dir: str = ""
    only: str = ""
    ready: bool = False


def coming_of(members: Iterable[Member]) -> Coming:
    """How many these are."""
    children = [member.child for member in members]
    return Coming(adults=children.count(False), children=children.count(True))


def paper_lines(
    locale: Locale,
    papers: Collection[Paper],
    *,
    coming: Coming | None,
    said: Collection[str] = (),
    working: str = "en",
    ready: Collection[str] = (),
) -> tuple[PaperLine, ...]:
    """What is asked for, each paper once, blocking ones first. `coming` is `None` where who comes is still asked."""
    found: dict[str, PaperLine] = {}
    for paper, asked in asked_papers(papers, coming=coming, said=said):
        known = found.get(paper.key)
        text, tag = words_of_paper(
            locale,
            paper.key,
            paper.words,
            drafts=paper.drafts,
            working=working,
            asked=asked,
            condition=paper.condition,
        )
        line = PaperLine(
            key=paper.key,
            text=text,
            icon=paper.pictogram,
            blocking=paper.blocking or (known is not None and known.blocking),
            lang="" if tag == locale.tag else tag,
            dir="" if tag == locale.tag else direction(tag),
            only=paper.condition if asked is Asked.IF else "",
            ready=paper.key in ready,
        )
        # Where one desk asks for it of everybody, the condition of another says nothing.
        found[paper.key] = line if known is None or known.only else replace(known, blocking=line.blocking)
    for key, other in COVERED_BY.items():
        line, by = found.get(key), found.get(other)
        if line is not None and by is not None and not by.only:
            found[other] = replace(by, blocking=by.blocking or line.blocking)
            del found[key]
    return tuple(sorted(found.values(), key=lambda line: not line.blocking))


def paper_texts(
    locale: Locale, papers: Collection[Paper], *, coming: Coming | None, said: Collection[str] = (), working: str = "en"
) -> tuple[str, ...]:
    """The same as bare texts."""
    return tuple(line.text for line in paper_lines(locale, papers, coming=coming, said=said, working=working))


def said_without(locale: Locale, lines: Sequence[PaperLine]) -> str:
    """What a desk cannot do without, in one sentence; empty where it can do without any paper."""
    needed = [line for line in lines if line.blocking and not line.only]
    if not needed:
        return ""
    if len(needed) == 1 and not needed[0].lang and needed[0].key in WITHOUT:
        return locale.gettext(WITHOUT[needed[0].key])
    return locale.say(WITHOUT_THESE, {"papers": "; ".join(line.text for line in needed)})
