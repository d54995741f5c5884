"""Clean up an error before it is sent to a model: no repetition, nothing specific to this machine."""

from __future__ import annotations

import re

from video2reward.text.visible import visible

# A Python traceback frame: a file on this machine and lines of its code, which are not the model's.
_FRAME = re.compile(r'^  File "[^"\n]*[/\\][^"\n]*", line \d+(?:, in [^\n]*)?\n(?: {4}[^\n]*\n)*', re.M)
_FOLDER = re.compile(
    r"""(?<=["'])(?:/|[A-Z]:\\)[^"'\n]*[/\\](?=[^"'/\\\n]+["'])|(?<![\w./:"'])/(?:[\w.+@~-]+/)+(?=[\w.-])"""
)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_NO_FILE = re.compile(
    r"PermissionError|\[Errno (?:1|13|24)\]|Can't get source for|ModuleNotFoundError|cannot import name"
)
NO_FILE = (
    "it uses a part of torch that is read from a file when it is first used, and no file can be opened here; use another "
    "function, or write it out with elementary ones"
)


def error_words(message: str, traceback: str = "") -> tuple[str, str]:
    """Return message and traceback for the model: no folders, none of our frames, no traceback that only repeats.

    What the limits of the trial process refused is explained in a sentence, as the code is not to blame.
    """
    message, traceback = _clean(message), _clean(_FRAME.sub("", traceback))
    if _NO_FILE.search(message):
        place = re.search(r"line \d+(?:, in \w+)?\n(?:[^\n]*\n){0,20}?[^\n]*<--- HERE", message)
        message = f"{NO_FILE}\n{place[0]}" if place else NO_FILE
        return message, ""
    # The first line of an exception starts with its type.
    said = [(line.partition(": ")[2] or line).strip() for line in traceback.splitlines()]
    beyond = any(line not in message for line in said if not line.startswith("Traceback ("))
    return message, traceback.strip() if beyond else ""


def _clean(text: str) -> str:
    return visible(_ADDRESS.sub("", _FOLDER.sub("", text)))
