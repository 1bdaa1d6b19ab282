"""What the agent of a machine says of the paper that a screen promises."""

from onestop.web.kit.requests import WebRequest

KNOWN = ("begun", "came", "sent", "missing")


def paper_of(request: WebRequest) -> str:
    """`begun`, `came`, `sent` (nobody knows), `missing`; `came` where no agent says anything."""
    said = request.headers.get("x-onestop-paper", "")
    return said if said in KNOWN else "came"
