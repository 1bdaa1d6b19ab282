"""Shipped vocabulary of referrals: kinds of places, and the reasons somebody is sent on; keys are stable."""

from onestop.directory.tables import PLACE_KINDS
from onestop.domain.errors import N_

PLACES: dict[str, tuple[str, str]] = {
    "shelter": (N_("A place to sleep or a shelter"), "bed"),
    "social-pharmacy": (N_("Pharmacy for people without money"), "pill"),
    "medical-centre": (N_("Medical centre"), "stethoscope"),
    "municipal": (N_("Office of the city"), "landmark"),
    "ngo": (N_("Organisation that helps"), "hand-helping"),
    "school": (N_("School"), "school"),
    "language-course": (N_("Language course"), "graduation-cap"),
    "food": (N_("Food and clothes"), "utensils"),
    "legal-help": (N_("Legal help"), "scale"),
    "other": (N_("Another place"), "map-pin"),
}
"""What a kind of place is called, with its pictogram."""
assert set(PLACES) == set(PLACE_KINDS)

REASONS: dict[str, str] = {
    "go-on": N_("To go on with what began today"),
    "permit": N_("About your residence permit"),
    "legal": N_("For legal help"),
    "work": N_("To find work"),
    "work-problem": N_("About a problem at work"),
    "health-insurance": N_("About health insurance"),
    "social-insurance": N_("About pension or sickness insurance"),
    "money": N_("About money for basic needs"),
    "housing": N_("About a place to live"),
    "shelter": N_("For a safe place to sleep"),
    "food": N_("For food, clothes and first things"),
    "health": N_("To see a doctor or a nurse"),
    "medicine": N_("To get medicine"),
    "talk": N_("To talk about hard things"),
    "children": N_("For help for your children"),
    "school": N_("For a place at school"),
    "language": N_("To learn the language"),
    "papers": N_("To get a paper or a translation"),
    "citizenship": N_("About citizenship, birth or marriage papers"),
    "business": N_("To start a business"),
}
"""Why somebody is sent on, as she reads it. A code that an older release knew is never given another meaning."""
