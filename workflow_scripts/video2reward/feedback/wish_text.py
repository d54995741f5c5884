"""The user's wish in words: what was asked, and how far the policy got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from video2reward.settings.wish import Wish
from video2reward.wishes.words import asked_in_words, reached_in_words


def wish_text(wish: Wish, found: Mapping[str, Any] | None, changed: Iterable[str] = ()) -> str:
    """Return the text on a wish.

    found: as wish_fulfilment returns it, None if nothing of the wish was measured
    changed: measures that the reference has as they are wished
    """
    head = f'The user\'s wish: "{wish.text.strip()}"'
    if found is None:
        return f"{head}\nNothing of it was measured: no figure here says how far it is fulfilled."
    lines = [
        f"{figure['words'].capitalize()}: asked {asked_in_words(figure)}; {reached_in_words(figure)}; "
        f"{100 * figure['fulfilled']:.0f} % fulfilled."
        for figure in found["measures"].values()
    ]
    whole = f"The wish as a whole is fulfilled to {100 * found['success']:.0f} %; agents that fell count as not fulfilling it."
    own = ", ".join(found["measures"][name]["words"] for name in changed if name in found["measures"])
    against = f"In all that follows, the video and the motion in reach have the wished {own}." if own else ""
    return "\n".join(line for line in (head, *lines, whole, against) if line)
