"""Shipped vocabulary: stable keys for services, needs and papers, with English message ids for the catalogues.

An installation may put its own words over any of these (table `texts`); a key unknown here is shown by its own words.
"""

from dataclasses import dataclass

from onestop.domain.errors import N_


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """What a service is called, its pictogram, and which papers to bring (`!` first: a blocking paper).

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


SERVICES: dict[str, ServiceWords] = {
    "reception-assessment": ServiceWords(N_("First talk about your needs"), "clipboard-list", ("id",)),
    "legal": ServiceWords(N_("Legal advice"), "scale", ("id", "letters")),
    "social": ServiceWords(N_("Social advice"), "heart-handshake", ("id", "letters")),
    "labour": ServiceWords(N_("Work advice"), "briefcase", ("cv", "work-contract"), for_one=True),
    "residence": ServiceWords(N_("Residence permit"), "id-card", ("!passport", "photo", "address-proof", "fee")),
    "employment-office": ServiceWords(N_("Labour office"), "building-2", ("id", "work-contract"), for_one=True),
    "health-insurance": ServiceWords(N_("Health insurance"), "heart-pulse", ("id", "work-contract")),
    "social-insurance": ServiceWords(N_("Social insurance"), "umbrella", ("id", "work-contract")),
    "citizenship": ServiceWords(N_("Citizenship and registry"), "landmark", ("!passport", "birth-certificate")),
    "business": ServiceWords(N_("Trade licence and business"), "store", ("id", "criminal-record"), for_one=True),
    "psychological": ServiceWords(N_("Psychological support"), "message-circle"),
    "temporary-refuge": ServiceWords(N_("Temporary refuge"), "shield", ("passport", "border-stamp")),
    "material-need": ServiceWords(N_("Money for basic needs"), "hand-coins", ("id", "bank-account")),
    "health": ServiceWords(N_("Health advice"), "stethoscope", ("id", "medicines")),
    "accommodation": ServiceWords(N_("A place to stay"), "bed", ("id",)),
    "first-need-items": ServiceWords(N_("Food, clothes and first things"), "package"),
    "school-places": ServiceWords(N_("A place at school"), "school", ("id", "birth-certificate")),
    "minors": ServiceWords(N_("Children without a parent"), "baby"),
}

NEEDS: dict[str, NeedWords] = {
    "my-rights": NeedWords(N_("I have a question about the law or a letter"), "scale", ("legal",)),
    "residence-permit": NeedWords(N_("My residence permit"), "id-card", ("legal", "residence")),
    "temporary-refuge": NeedWords(N_("I ask for temporary refuge"), "shield", ("temporary-refuge",)),
    "find-work": NeedWords(N_("I want to find work"), "briefcase", ("labour", "employment-office")),
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
    "birth-certificate": (N_("Birth certificates of you and your children"), "file-text"),
    "criminal-record": (N_("A criminal record paper, if you have one"), "file-text"),
    "border-stamp": (N_("The stamp or paper from the border, if you have it"), "stamp"),
    "bank-account": (N_("The number of a bank account, if you have one"), "credit-card"),
    "medicines": (N_("The medicines that you take"), "pill"),
}

PRIVATE_STOP = N_("Talk at the centre")
"""What a private stop is called everywhere but at its own desk."""

DESK_SHAPES = ("circle", "square", "triangle", "diamond", "hexagon", "star")
DESK_COLOURS = 12


def is_for_one(service_key: str) -> bool:
    """Whether one adult of a family goes there, unless they say otherwise."""
    words = SERVICES.get(service_key)
    return words is not None and words.for_one


def papers_of(service_key: str) -> tuple[tuple[str, bool], ...]:
    """Paper keys of a shipped service with whether each is blocking."""
    words = SERVICES.get(service_key)
    return tuple((paper.lstrip("!"), paper.startswith("!")) for paper in words.papers) if words else ()
