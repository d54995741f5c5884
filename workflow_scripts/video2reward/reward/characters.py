"""Characters and comments that make reward code parse differently from how it looks or was checked."""

from __future__ import annotations

import re
import unicodedata

# Direction marks (unicode.org/reports/tr9): code with them looks different from what it does.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# TorchScript reads such comments as types and evaluates them, even inside strings.
_TYPE_COMMENT = re.compile(r"#[ \t]*type[ \t]*:")
_IGNORE = re.compile(r"# type: ignore(\[[a-zA-Z-]+\])?$")


def character_faults(source: str) -> list[str]:
    """Return a sentence for each line with forbidden characters or a type comment, naming the line."""
    faults = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", source), 1):
        odd = next((c for c in line if _is_odd(c)), None)
        if odd is not None:
            name = unicodedata.name(odd, "a control character").lower()
            faults.append(f"line {number}: holds U+{ord(odd):04X} ({name}); use visible characters only")
        if _TYPE_COMMENT.search(line) and not _IGNORE.search(line):
            faults.append(
                f"line {number}: '# type:' is read as a type, wherever it stands; write types as annotations "
                "and begin comments with another word"
            )
    return faults


def _is_odd(character: str) -> bool:
    """Tell whether a character is a control character, unusual line end, lone surrogate or direction mark."""
    if character == "\t" or " " <= character <= "~":
        return False
    return character in _DIRECTION or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
