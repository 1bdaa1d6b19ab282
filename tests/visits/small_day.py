"""A short day with three desks at two institutions, and what people may want of it."""

from hypothesis import strategies as st

from onestop.booking.contacts import Contact
from onestop.days.dayfile import parse_day
from onestop.domain.booking import Interpreter

FILE = parse_day("""
schema = 1
slug = "small"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 12:00:00
slot_minutes = 30
reserve_percent = 20
parties = 6
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[institution]]
key = "police"
name = "Police"
authority = "police"
[[desk]]
number = 1
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
[[desk]]
number = 2
institution = "mic"
services = ["legal", "social"]
minutes = 15
languages = ["sk", "ru"]
[[desk]]
number = 3
institution = "police"
services = ["residence"]
minutes = 10
languages = ["sk"]
closes = 11:00:00
[[mediator]]
languages = ["ar", "en"]
[[mediator]]
languages = ["uk", "ru"]
[[precedence]]
before = "legal"
after = "residence"
""")
SERVICES = ("legal", "social", "residence")
CONTACTS = tuple(Contact(kind="email", address=f"{name}@example.org") for name in ("a", "b"))

people = st.fixed_dictionaries(
    {
        "services": st.sets(st.sampled_from(SERVICES), min_size=1),
        "adults": st.integers(1, 2),
        "children": st.integers(0, 1),
        "split": st.booleans(),
        "languages": st.sampled_from([("en",), ("uk",), ("ar",), ("vi",), ("sk",)]),
        "interpreter": st.sampled_from(Interpreter),
    }
)


ALONE = {"adults": 1, "children": 0, "split": False, "languages": ("en",), "interpreter": Interpreter.NONE}
