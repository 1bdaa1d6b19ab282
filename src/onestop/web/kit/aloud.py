"""Whether a visitor can be called in her own language too."""

from onestop.speech.clips import Clips
from onestop.web.kit.locale import own_name
from onestop.web.kit.requests import WebRequest


def spoken_name(request: WebRequest, tag: str, *, working: str) -> str:
    """Her language by its own name, where boards can say it and do not say it in any case; else empty."""
    clips: Clips = request.app.state.clips
    return own_name(tag) if tag != working and clips.speaks(tag) else ""
