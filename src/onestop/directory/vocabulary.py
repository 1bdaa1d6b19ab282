"""Shipped vocabulary: stable keys for services, needs and papers, with English message ids for the catalogues.

An installation may put its own words over any of these (table `texts`); a key unknown here is shown by its own words.
"""

from dataclasses import dataclass

from onestop.domain.errors import N_


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """What a service is called, its pictogram, and which papers to bring.

    `!` before a paper: a blocking one. `?` after it: its condition (`domain/checklist.py`).

    `for_one`: the talk is about one person who works. A family is asked who; the first adult is chosen at first.
    """

    title: str
    pictogram: str
    papers: tuple[str, ...] = ()
    for_one: bool = False


@dataclass(frozen=True, slots=True)
class NeedWords:
    """What a visitor says, its pictogram, and which services it asks for."""

    says: str
    pictogram: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """What she answers, and which of the services of the need she then wants."""

    says: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What is asked about a need, because the answers lead to different services.

    Whoever does not know gets all services of the need.
    """

    need: str
    asks: str
    answers: dict[str, AnswerWords]


SERVICES: dict[str, ServiceWords] = {
    "reception-assessment": ServiceWords(N_("First talk about your needs"), "clipboard-list", ("id",)),
    "legal": ServiceWords(N_("Legal advice"), "scale", ("id", "letters")),
    "social": ServiceWords(N_("Social advice"), "heart-handshake", ("id", "letters")),
    "labour": ServiceWords(N_("Work advice"), "briefcase", ("cv", "work-contract"), for_one=True),
    "residence": ServiceWords(
        N_("Residence permit"),
        "id-card",
        (
            "!passport",
            "photo",
            "address-proof",
            "residence-card?permit:extend",
            "children-birth?children",
            "fee",
        ),
    ),
    "employment-office": ServiceWords(N_("Labour office"), "building-2", ("id", "work-contract"), for_one=True),
    "health-insurance": ServiceWords(N_("Health insurance"), "heart-pulse", ("id", "work-contract")),
    "social-insurance": ServiceWords(N_("Social insurance"), "umbrella", ("id", "work-contract")),
    "citizenship": ServiceWords(
        N_("Citizenship and registry"),
        "landmark",
        ("!passport", "birth-certificate", "children-birth?children"),
    ),
    "business": ServiceWords(N_("Trade licence and business"), "store", ("id", "criminal-record"), for_one=True),
    "psychological": ServiceWords(N_("Psychological support"), "message-circle"),
    "temporary-refuge": ServiceWords(N_("Temporary refuge"), "shield", ("passport", "border-stamp")),
    "material-need": ServiceWords(N_("Money for basic needs"), "hand-coins", ("id", "bank-account")),
    "health": ServiceWords(N_("Health advice"), "stethoscope", ("id", "medicines")),
    "accommodation": ServiceWords(N_("A place to stay"), "bed", ("id",)),
    "first-need-items": ServiceWords(N_("Food, clothes and first things"), "package"),
    "school-places": ServiceWords(N_("A place at school"), "school", ("id", "children-birth")),
    "minors": ServiceWords(N_("Children without a parent"), "baby"),
    "file-preparation": ServiceWords(N_("Help with papers and forms"), "file-pen", ("id", "letters")),
    "mediation": ServiceWords(N_("Help in talks with offices"), "messages-square", ("id", "letters")),
    "language-course": ServiceWords(N_("A place in a language course"), "book-open", ("id", "school-papers")),
    "computer-course": ServiceWords(N_("A place in a computer course"), "laptop", ("id",)),
    "naturalisation-course": ServiceWords(
        N_("A place in a course for citizenship"), "graduation-cap", ("id", "residence-card")
    ),
    "parent-group": ServiceWords(N_("A place in a group for parents"), "users-round"),
    "young-adults": ServiceWords(
        N_("Advice for people of 18 to 23 years"), "signpost", ("id", "school-papers"), for_one=True
    ),
    "job-search": ServiceWords(N_("Help to find a job"), "briefcase-business", ("id", "cv"), for_one=True),
}

NEEDS: dict[str, NeedWords] = {
    "my-rights": NeedWords(N_("I have a question about the law or a letter"), "scale", ("legal",)),
    "residence-permit": NeedWords(N_("My residence permit"), "id-card", ("legal", "residence")),
    "temporary-refuge": NeedWords(N_("I ask for temporary refuge"), "shield", ("temporary-refuge",)),
    "find-work": NeedWords(N_("I want to find work"), "briefcase", ("labour", "employment-office", "job-search")),
    "problem-at-work": NeedWords(N_("I have a problem at work"), "hard-hat", ("labour", "legal")),
    "health-insurance": NeedWords(N_("Health insurance"), "heart-pulse", ("health-insurance",)),
    "social-insurance": NeedWords(N_("Pension and sickness insurance"), "umbrella", ("social-insurance",)),
    "family-money-home": NeedWords(N_("Family, money or a home"), "house", ("social",)),
    "talk-to-someone": NeedWords(
        N_("I want to talk to somebody about hard things"), "message-circle", ("psychological",)
    ),
    "see-health": NeedWords(N_("I am ill or need medicine"), "stethoscope", ("health",)),
    "money-basic": NeedWords(N_("Money for food and basic needs"), "hand-coins", ("material-need",)),
    "place-to-stay": NeedWords(N_("A place to sleep"), "bed", ("accommodation",)),
    "first-things": NeedWords(N_("Food, clothes, things for children"), "package", ("first-need-items",)),
    "school": NeedWords(N_("School for my child"), "school", ("school-places",)),
    "child-alone": NeedWords(N_("A child is here without parents"), "baby", ("minors",)),
    "citizenship": NeedWords(N_("Citizenship, birth or marriage papers"), "landmark", ("citizenship",)),
    "start-business": NeedWords(N_("I want to start a business"), "store", ("business",)),
    "papers-help": NeedWords(N_("I need help with papers or forms"), "file-pen", ("file-preparation",)),
    "talk-with-office": NeedWords(N_("I need help to talk with an office"), "messages-square", ("mediation",)),
    "learn-language": NeedWords(N_("I want to learn the language of this country"), "book-open", ("language-course",)),
    "learn-computer": NeedWords(N_("I want to learn to use a computer"), "laptop", ("computer-course",)),
    "citizenship-course": NeedWords(
        N_("I want to prepare for citizenship"), "graduation-cap", ("naturalisation-course",)
    ),
    "other-parents": NeedWords(N_("I want to meet other parents"), "users-round", ("parent-group",)),
    "young-adult": NeedWords(N_("I am 18 to 23 years old and look for my way"), "signpost", ("young-adults",)),
}

QUESTIONS: dict[str, QuestionWords] = {
    "permit": QuestionWords(
        "residence-permit",
        N_("Do you have a residence permit now?"),
        {
            "first": AnswerWords(N_("No, or I want another kind of permit"), ("legal", "residence")),
            "extend": AnswerWords(N_("Yes, and I want to extend it"), ("residence",)),
        },
    ),
    "work": QuestionWords(
        "find-work",
        N_("Are you registered at the labour office?"),
        {
            "new": AnswerWords(N_("No"), ("labour", "employment-office", "job-search")),
            "registered": AnswerWords(N_("Yes"), ("labour", "job-search")),
        },
    ),
}

PAPERS: dict[str, tuple[str, str]] = {
    "id": (N_("A passport or another paper with your name"), "id-card"),
    "passport": (N_("Your passport"), "book-user"),
    "photo": (N_("One photo, 3 by 3.5 centimetres"), "image"),
    "address-proof": (N_("A paper that shows where you live"), "house"),
    "fee": (N_("Money for the fee"), "coins"),
    "letters": (N_("Letters from offices or courts, if you have them"), "mail"),
    "cv": (N_("A list of your work and schools, if you have one"), "file-text"),
    "work-contract": (N_("Your work contract, if you have one"), "file-text"),
    "residence-card": (N_("Your residence card"), "id-card"),
    "birth-certificate": (N_("Your birth certificate"), "file-text"),
    "children-birth": (N_("The birth certificates of your children"), "file-text"),
    "criminal-record": (N_("A criminal record paper, if you have one"), "file-text"),
    "border-stamp": (N_("The stamp or paper from the border, if you have it"), "stamp"),
    "bank-account": (N_("The number of a bank account, if you have one"), "credit-card"),
    "medicines": (N_("The medicines that you take"), "pill"),
    "school-papers": (N_("Papers from your schools and courses, if you have them"), "graduation-cap"),
}

WITHOUT: dict[str, str] = {
    "passport": N_("Without your passport this desk cannot help you."),
    "id": N_("Without a paper with your name this desk cannot help you."),
    "residence-card": N_("Without your residence card this desk cannot help you."),
}
"""What is said of a paper when it is the only one a desk cannot do without."""

COVERED_BY: dict[str, str] = {"id": "passport"}
"""Papers that need not be asked for where the other one is brought in any case."""

CONDITIONS: dict[str, str] = {
    "children": N_("if children come"),
    "several": N_("if more than one person comes"),
    "permit:first": N_("if this is your first permit or a new kind"),
    "permit:extend": N_("if you extend your permit"),
    "work:registered": N_("if you are registered at the labour office"),
    "work:new": N_("if you are not registered at the labour office"),
}
"""When a paper is asked for, as a part of a sentence: `children`, `several`, or an answer `question:answer`."""

PRIVATE_STOP = N_("Talk at the centre")
"""What a private stop is called everywhere but at its own desk."""

DESK_SHAPES = ("circle", "square", "triangle", "diamond", "hexagon", "star")
DESK_COLOURS = 12


def is_for_one(service_key: str) -> bool:
    """Whether one adult of a family goes there, unless they say otherwise."""
    words = SERVICES.get(service_key)
    return words is not None and words.for_one


@dataclass(frozen=True, slots=True)
class ShippedPaper:
    """A paper of a shipped service."""

    key: str
    blocking: bool
    condition: str


def papers_of(service_key: str) -> tuple[ShippedPaper, ...]:
    """The papers of a shipped service, none of one with the centre's own name."""
    words = SERVICES.get(service_key)
    return tuple(_shipped(paper) for paper in words.papers) if words else ()


def _shipped(paper: str) -> ShippedPaper:
    key, _, condition = paper.lstrip("!").partition("?")
    return ShippedPaper(key, paper.startswith("!"), condition)
