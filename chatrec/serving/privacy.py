"""What the page says about what is kept; PRIVACY.md says the same at length."""

from __future__ import annotations

from chatrec.config import settings
from chatrec.dialogue.values import Language
from chatrec.serving.texts import say


def privacy_note(language: Language, stored: bool) -> list[str]:
    """Return the paragraphs of the note; `stored` tells whether conversations are put into a database."""
    keys = ("privacy_stored", "privacy_remember") if stored else ("privacy_passing",)
    known = {"minutes": str(settings().session_minutes), "days": str(settings().retention_days)}
    return [
        line for key in (*keys, "privacy_note") for line in say(language, key, **known).strip().splitlines()
    ]
