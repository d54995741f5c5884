"""Remove keys from text, however they are spelled, as the last step before files and logs.

Servers quote keys in many forms: escaped, in other letter case, wrapped over lines, in hexadecimal, in base64 (as in
Basic authentication), shortened. Therefore only letters and digits of text and key are compared, and parts of a key
count as well.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

HIDDEN = "[key]"
SHORTEST = 5
"""Shortest value that is hidden, characters: a shorter one is no secret and would match in any text."""
_WHOLE_WORD = 8  # shorter values are hidden only as whole words
_PART = (8, 12)  # shortest hidden part, in letters and digits: two fifths of a key, within these bounds
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

_variables: set[str] = set()
_ESCAPES = re.compile(
    r"\\+u\{([0-9a-fA-F]{1,6})\}|\\+u([0-9a-fA-F]{4})|\\+U([0-9a-fA-F]{8})|(?:\\+|\b0)x([0-9a-fA-F]{2})|%(?:25)*([0-9a-fA-F]{2})"
    r"|&#[xX]([0-9a-fA-F]{1,6});?|&#([0-9]{1,7});?|\\+([0-7]{3})|\\+([nrtfvb])|(\x1b\[[0-9;]*[A-Za-z])|(=\r?\n)"
    r"|(&[a-zA-Z]{2,8};)|(</?[a-zA-Z][^<>\n]{0,80}>)"
)
_BASES = (16, 16, 16, 16, 16, 16, 10, 8)
"""Number base of each of the first groups of `_ESCAPES`; what the other groups match is not part of a key."""


def hide_variable(name: str) -> None:
    """Hide the value of an environment variable, and passwords of proxies, in all output."""
    _variables.add(name)


def redacted(text: str) -> str:
    """Return `text` with every key, and every long enough part of one, replaced by `HIDDEN`."""
    finder = _finder(_values())
    return finder.redact(text) if finder is not None and len(text) >= SHORTEST else text


def _values() -> tuple[str, ...]:
    """Return the values to hide, from the current environment."""
    if not _variables:
        return ()
    found = [os.environ.get(name, "") for name in sorted(_variables)]
    for name in _PROXIES:
        for proxy in (os.environ.get(name, ""), os.environ.get(name.upper(), "")):
            found += _password(proxy)
    return tuple(dict.fromkeys(found))


def _password(address: str) -> list[str]:
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        password = address.rpartition("@")[0]
    return [password, unquote(password)]


@dataclass(frozen=True)
class _View:
    """The letters and digits of a text and their positions: text[starts[i]:ends[i]] spells letters[i]."""

    letters: str
    starts: list[int]
    ends: list[int]

    def is_joined(self, first: int, last: int) -> bool:
        """Tell whether two letters and all between them are adjacent in the text."""
        return all(self.ends[i] == self.starts[i + 1] for i in range(first, last - 1))


class _Finder:
    """Finds given values in texts."""

    def __init__(self, values: tuple[str, ...]) -> None:
        """Prepare to find `values`, and every word of those with several words."""
        self._exact: list[re.Pattern[str]] = []
        self._spelled: list[tuple[str, int]] = []  # letters and digits of a spelling, and how many must match
        for value in values:
            for part in dict.fromkeys((value.strip(), *value.split())):
                self._add(part)
        self._parts: dict[int, dict[str, list[tuple[str, int]]]] = {}
        for spelling, size in self._spelled:
            parts = self._parts.setdefault(size, {})
            for i in range(len(spelling) - size + 1):
                parts.setdefault(spelling[i : i + size], []).append((spelling, i))

    def _add(self, value: str) -> None:
        short = len(value) < _WHOLE_WORD
        if len(value) < SHORTEST or (
            short and value.isalpha()
        ):  # EMPTY, none, dummy: for servers without keys
            return
        letters = _skeleton(value)
        wrapped = r"\s*".join(map(re.escape, value))
        self._exact.append(re.compile(rf"(?<!\w){wrapped}(?!\w)" if short else wrapped, re.I))
        if short:
            return
        if re.search(r"\d", letters) and re.search(r"[^\W\d]", letters) and len(letters) >= _PART[0]:
            self._spelled.append((letters, min(max(2 * len(letters) // 5, _PART[0]), _PART[1])))
        for spelling in _encoded(value.encode("utf-8", "replace")):
            if len(spelling) >= _PART[0]:
                self._spelled.append((spelling, min(len(spelling), _PART[1])))

    def redact(self, text: str) -> str:
        """Return `text` without the values."""
        spans = [match.span() for pattern in self._exact for match in pattern.finditer(text)]
        spans += self._found(_plain(text))
        if _ESCAPES.search(text):
            read, places = _unescaped(text)
            view = _shifted(_plain(read), places)
            spans += self._found(view)
            whole = [match.span() for pattern in self._exact for match in pattern.finditer(read)]
            spans += [(places[start][0], places[end - 1][1]) for start, end in whole]
        if not spans:
            return text
        pieces, done = list[str](), 0
        for start, end in _merged(spans):
            pieces += [text[done:start], HIDDEN]
            done = end
        return "".join([*pieces, text[done:]])

    def _found(self, view: _View) -> Iterator[tuple[int, int]]:
        """Yield the spans of all parts of keys, each extended as far as it matches the key."""
        letters = view.letters
        for size, parts in self._parts.items():
            for i in range(len(letters) - size + 1):
                for spelling, at in parts.get(letters[i : i + size], ()):
                    if letters[i : i + size].isdigit() and not view.is_joined(i, i + size):
                        continue  # a chance match in a table of numbers
                    first, last = i, i + size
                    while (
                        first > 0 and at > i - first and letters[first - 1] == spelling[at - 1 - (i - first)]
                    ):
                        first -= 1
                    while (
                        last < len(letters)
                        and (k := at + last - i) < len(spelling)
                        and letters[last] == spelling[k]
                    ):
                        last += 1
                    yield view.starts[first], view.ends[last - 1]


@lru_cache(maxsize=8)
def _finder(values: tuple[str, ...]) -> _Finder | None:
    return _Finder(values) if any(values) else None


def _skeleton(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _encoded(value: bytes) -> Iterator[str]:
    """Yield the letters and digits of a value in hexadecimal, and in base64 at each of its three possible offsets.

    Of base64, only the characters that do not depend on neighbouring bytes.
    """
    yield value.hex()
    for before in range(3):
        code = base64.b64encode(bytes(before) + value).decode()
        yield _skeleton(code[-(-8 * before // 6) : 8 * (before + len(value)) // 6])


def _plain(text: str) -> _View:
    """Return the letters and digits of a text in lower case."""
    starts, letters = list[int](), list[str]()
    for i, character in enumerate(text):
        if character.isalnum():
            letters.append(character.lower()[0])
            starts.append(i)
    return _View("".join(letters), starts, [i + 1 for i in starts])


def _shifted(view: _View, places: list[tuple[int, int]]) -> _View:
    """Return a view of unescaped text with positions in the original text."""
    return _View(view.letters, [places[i][0] for i in view.starts], [places[i][1] for i in view.starts])


def _unescaped(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with its escapes decoded, and the original position of each character."""
    read, places, done = list[str](), list[tuple[int, int]](), 0

    def plain(end: int) -> None:
        read.extend(text[done:end])
        places.extend((i, i + 1) for i in range(done, end))

    for match in _ESCAPES.finditer(text):
        plain(match.start())
        done = match.end()
        number = next((int(match[i + 1], base) for i, base in enumerate(_BASES) if match[i + 1]), -1)
        read.append(chr(number) if 0 < number < 0x110000 else " ")
        places.append(match.span())
    plain(len(text))
    return "".join(read), places


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, with touching ones merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
