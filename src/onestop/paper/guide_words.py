"""What the guides say: one for each kind of work, in the words of the screens where a screen has words.

Each word of a screen is the sentence that the screen itself shows, so that paper and screen cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from onestop.domain.errors import N_


class Work(StrEnum):
    """Who a guide is for."""

    OFFICER = "officer"
    RECEPTION = "reception"
    GUIDE = "guide"
    MEDIATOR = "mediator"
    HELPER = "helper"
    ORGANISER = "organiser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A word of the screen, its key if it has one, and what it does; `words` are others that stand in that."""

    word: str
    does: str
    key: str = ""
    words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that fails, and what to do; `words` are words of the screen that stand in the sentence."""

    when: str
    do: str
    words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A guide before it is in a language."""

    title: str
    sign: str
    """A pictogram."""
    begin: str
    sees: tuple[str, ...]
    acts: tuple[Act, ...]
    troubles: tuple[Trouble, ...]
    path: str = "/sign-in"


NETWORK, WRONG, AFRAID, DANGER, ALARM = (
    N_("No network"),
    N_("The wrong person"),
    N_("Somebody is afraid"),
    N_("Danger"),
    N_("Alarm in the house"),
)
OUT = Trouble(
    when=ALARM,
    do=N_("Everybody goes out first. Leave the machines. Nobody loses her place: waiting time goes on counting."),
)
ACCOUNT = N_(
    "Scan the picture with your phone, or open this address. Sign in with the name and password you were given."
)
HELP_AT_DESK = Trouble(
    when=DANGER,
    do=N_("Phone 112 first. Then press “%(help)s”: other desks, reception and floor see it, without a sound."),
    words={"help": N_("Help")},
)
HELP_ON_FLOOR = Trouble(
    when=DANGER,
    do=N_("Phone 112 first. Then press “%(help)s” and stay there: other screens show it, without a sound."),
    words={"help": N_("Call help without a number")},
)
GUIDES: Mapping[Work, Said] = {
    Work.OFFICER: Said(
        title=N_("Guide: officer at a desk"),
        sign="monitor",
        begin=N_("Your card has a picture and a code. Scan the picture, or open this address and type the code."),
        path="/pass",
        sees=(
            N_("The biggest number is at your desk. With it stand languages, and why it is called now."),
            N_("Beside that: who comes next, and what you did today."),
            N_("You see numbers, no names; notes of other institutions only if the visitor said yes."),
        ),
        acts=(
            Act(word=N_("Open the desk"), key="N", does=N_("when you are ready for the first visitor")),
            Act(
                word=N_("Next"),
                key="N",
                does=N_("calls the next number; if nobody can come, the desk waits and calls for you"),
            ),
            Act(word=N_("Start"), key="S", does=N_("when the visitor is at your desk")),
            Act(
                word=N_("Not here"),
                key="H",
                does=N_("nobody came: the number is called again later, up to three times"),
            ),
            Act(
                word=N_("Finish"),
                key="F",
                does=N_("choose first how the talk ended; the next place is found by itself"),
            ),
        ),
        troubles=(
            Trouble(
                when=NETWORK,
                do=N_("The page says so. Work from the paper sheet: number, times, one digit for how it ended."),
            ),
            Trouble(
                when=WRONG,
                do=N_("Take your press back under “%(mine)s” within 30 seconds. Later, ask the reception."),
                words={"mine": N_("My numbers")},
            ),
            Trouble(
                when=AFRAID,
                do=N_("Go slowly. Nobody must say yes to a desk. Press “%(more)s”, then “%(card)s”, to speak simply."),
                words={"more": N_("More"), "card": N_("Phrase card")},
            ),
            HELP_AT_DESK,
            OUT,
        ),
    ),
    Work.RECEPTION: Said(
        title=N_("Guide: reception"),
        sign="door-open",
        begin=ACCOUNT,
        sees=(
            N_("One field on top. Scan a ticket into it, or type a number, a code or part of a name."),
            N_("Below: who is inside, who is expected, who needs somebody, and which desk is behind."),
        ),
        acts=(
            Act(word=N_("Check in"), does=N_("when somebody with a ticket is here; then say what the page says")),
            Act(
                word=N_("Without an appointment"),
                does=N_("gives a ticket for today; name each institution and ask first"),
            ),
            Act(word=N_("Book a time"), does=N_("for people who phone, or who come another day")),
            Act(word=N_("Paper lost: new code"), does=N_("on the page of the ticket; the old paper ends")),
            Act(
                word=N_("Answered at the door"),
                does=N_("one tap for each party that needed no ticket; nothing about people is kept"),
            ),
        ),
        troubles=(
            Trouble(
                when=NETWORK,
                do=N_("Take the day pack: list of arrivals, spare tickets. Enter everything later, in any order."),
            ),
            Trouble(
                when=WRONG,
                do=N_("Press “%(undo)s” on the page of the ticket. For other acts there is “%(back)s” for 30 seconds."),
                words={"undo": N_("Undo check-in"), "back": N_("Undo")},
            ),
            Trouble(
                when=AFRAID,
                do=N_("Find a quiet place. Any desk can be left out. For one of several: “%(own)s”."),
                words={"own": N_("One of them alone: own ticket")},
            ),
            HELP_ON_FLOOR,
            OUT,
        ),
    ),
    Work.GUIDE: Said(
        title=N_("Guide: helping in the hall"),
        sign="footprints",
        begin=ACCOUNT,
        sees=(
            N_("A list of numbers that were called and are not at their desk yet, with desk and languages."),
            N_("Above it a field: type the number of somebody who asks, and read her the answer."),
        ),
        acts=(
            Act(word=N_("Found"), does=N_("you found her: show the way; the number goes when the desk begins")),
            Act(word=N_("Not found"), does=N_("you looked and she is not there; nothing more to do")),
            Act(word=N_("Take back"), does=N_("if you pressed the wrong one")),
            Act(word=N_("Find"), does=N_("answers when and where a number is called")),
            Act(word=N_("Has gone home: end the visit"), does=N_("only if you know it; desks stop calling her")),
        ),
        troubles=(
            Trouble(
                when=NETWORK, do=N_("Look at the boards, or ask the desks which number they called. Show the way.")
            ),
            Trouble(
                when=WRONG,
                do=N_("Look at the paper in her hand: only the number counts. Go with her to the reception."),
            ),
            Trouble(
                when=AFRAID,
                do=N_("Stay with her and speak quietly. A quiet call is never called out: go to her and lead her."),
            ),
            HELP_ON_FLOOR,
            OUT,
        ),
    ),
    Work.MEDIATOR: Said(
        title=N_("Guide: interpreter and mediator"),
        sign="languages",
        begin=ACCOUNT,
        sees=(
            N_("Your page says to which desk you are asked, for which number and which languages."),
            N_("If nobody needs you, it says so. Keep the page open: it changes by itself."),
        ),
        acts=(
            Act(word=N_("This is me"), does=N_("once in the morning: choose your own name")),
            Act(word=N_("Switch the sound on"), does=N_("then your phone sounds when somebody needs you")),
            Act(word=N_("They do not need me any more"), does=N_("the talk goes on; you can be asked to another desk")),
            Act(
                word=N_("I have a break"),
                does=N_("in a talk it begins after that; then press “%(back)s”"),
                words={"back": N_("I am back")},
            ),
            Act(word=N_("I leave for today"), does=N_("nobody is called for you any more")),
        ),
        troubles=(
            Trouble(
                when=NETWORK, do=N_("Stay where the reception sees you. Somebody tells you which desk asks for you.")
            ),
            Trouble(
                when=WRONG,
                do=N_("Another name stands on your page? Press “%(not_me)s” and choose your own."),
                words={"not_me": N_("This is not me")},
            ),
            Trouble(
                when=AFRAID,
                do=N_("Say that you interpret every word and tell it to nobody. She may ask for another interpreter."),
            ),
            Trouble(when=DANGER, do=N_("Phone 112 first. Then tell the officer or the reception.")),
            OUT,
        ),
    ),
    Work.HELPER: Said(
        title=N_("Guide: booking for others"),
        sign="hand-helping",
        begin=ACCOUNT,
        sees=(
            N_("The days you may book, how many bookings you have, and your own bookings below."),
            N_("Nothing of what others booked, and nothing of what happens at the desks."),
        ),
        acts=(
            Act(
                word=N_("Book a time"),
                does=N_("ask what she needs, name each institution, then choose a time with her"),
            ),
            Act(word=N_("Print the ticket"), does=N_("the paper is enough: she needs no phone and no e-mail")),
            Act(word=N_("Move to another time"), does=N_("on the page of the booking")),
            Act(word=N_("Cancel the booking"), does=N_("her time is free for others at once")),
            Act(word=N_("Book for another person"), does=N_("begins again; each person or family has a booking")),
        ),
        troubles=(
            Trouble(when=NETWORK, do=N_("Phone the centre: reception books, and reads number and code to you.")),
            Trouble(when=WRONG, do=N_("Cancel the booking and book again, or phone: reception corrects a name.")),
            Trouble(
                when=AFRAID,
                do=N_("Read her who will be there. Police and state offices are marked; each can be left out."),
            ),
            Trouble(when=DANGER, do=N_("Phone 112 first. On the day, tell the reception.")),
        ),
    ),
    Work.ORGANISER: Said(
        title=N_("Guide: organiser in the morning"),
        sign="clipboard-check",
        begin=ACCOUNT,
        sees=(
            N_("The page of the day: checks, what to hand out, pause and close."),
            N_("The live overview: desks, queues, waits, machines, and whom to look after."),
        ),
        acts=(
            Act(word=N_("Day passes for desks"), does=N_("print them, one card for each desk; give each by hand")),
            Act(word=N_("Day pack on paper"), does=N_("print it before the doors open, and keep it at the reception")),
            Act(word=N_("Machines"), does=N_("connect boards and ticket machines, then try one ticket")),
            Act(word=N_("Live overview"), does=N_("keep it open all day; open and close desks here")),
            Act(word=N_("Close the day"), does=N_("at the end, when nobody is inside any more")),
        ),
        troubles=(
            Trouble(
                when=NETWORK, do=N_("Say it to everybody. Hand out the sheets of the day pack and write down the time.")
            ),
            Trouble(
                when=WRONG,
                do=N_("A wrong change of the set-up is taken back under “%(history)s”."),
                words={"history": N_("History of the set-up")},
            ),
            Trouble(
                when=AFRAID, do=N_("Have one quiet room, and one person whom everybody may ask. Tell the desks where.")
            ),
            Trouble(
                when=DANGER, do=N_("Phone 112 first. Calls for help stand on the live overview until they are over.")
            ),
            Trouble(
                when=ALARM,
                do=N_(
                    "Lead everybody out. Then press “%(pause)s”: nobody is called, and waiting time goes on counting."
                ),
                words={"pause": N_("Pause the day")},
            ),
        ),
    ),
}
