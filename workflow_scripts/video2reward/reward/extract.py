"""Extract the code of one reward function, with its helpers, from an answer's text."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from video2reward.errors import UserError
from video2reward.reward.assemble import with_helpers, with_one
from video2reward.reward.bare_code import after_difference, at_the_margin, bare_code, broken_code
from video2reward.reward.embedded import methods_as_functions, texts_within
from video2reward.reward.fences import dedented, fenced_blocks
from video2reward.reward.python_code import (
    MAX_CHARACTERS,
    NAME,
    Block,
    free_names,
    is_complete,
    is_stub,
    parse,
    readable_head,
    syntax_fault,
)

MAX_ANSWER = 4_000_000
"""Longest answer that is read, characters."""
MOST = 8
"""How many versions of the function are tried, from the last."""
_DEF = f"def {NAME}"
_UNCLOSED = r"never closed|unterminated|EOF"
_LEVELS = 2  # levels of embedding: code in JSON in a fence
_THOUGHT = re.compile(
    r"</(?:think|thinking|thought|thoughts|reasoning)>|\[/THINK\]|<\|channel\|>final<\|message\|>|\u25c1/think\u25b7",
    re.I,
)
# Tags around code, sometimes on its first and last line.
_TAG = re.compile(
    r"</?(?:think|thinking|thoughts?|reasoning|code|pre|python|answer|solution|final|output|response|div|span|p)"
    r"(?:\s[^<>\n]{0,80})?>|\[/?THINK\]",
    re.I,
)
# First and last line of a shell here-document.
_HERE_DOCUMENT = re.compile(
    r"^[ \t$]*(?:cat|tee)\b[^\n]*<<-?[ \t]*['\"]?(\w+)['\"]?[^\n]*$|^(?:EOF|EOT|PY|PYTHON|END)$", re.M
)
# Spaces and invisible characters of pasted text that Python refuses.
_BLANKS = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u3000", " ") | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)


class ExtractError(UserError):
    """No reward function can be extracted from the answer."""


@dataclass(frozen=True)
class Extracted:
    """The content of an answer.

    codes: versions of the function with their helpers, the most likely one first
    fault: what to report if none of them passes, if it differs from the first one's fault: the answer's last version
    does not parse
    """

    codes: tuple[str, ...]
    fault: str = ""


def extract(text: str) -> Extracted:
    """Return the versions of `compute_reward` in an answer: the last complete one first, stubs at the end.

    The search covers fenced blocks, then bare text, then embedded texts such as JSON; the model's reasoning counts only
    if the answer has no version. Helpers, imports and constants from other blocks are put before the function. Takes
    seconds at most for any text. Raises an `ExtractError` if there is no version.
    """
    if len(text) > MAX_ANSWER:
        raise ExtractError(f"the answer has {len(text):,} characters, at most {MAX_ANSWER:,} are read")
    text = text.encode("utf-8", "replace").decode().translate(_BLANKS)  # JSON may hold lone surrogates
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends = [match.end() for match in _THOUGHT.finditer(text)]
    found = _Search(text[ends[-1] :] if ends else text)
    if ends and not found.complete:
        thoughts = _Search(text)
        found = thoughts if thoughts.complete or not (found.codes or found.fault) else found
    if not found.codes:
        raise ExtractError(found.fault or found.reason())
    return Extracted(tuple(found.codes[:MOST]), found.fault)


class _Search:
    """The search through one text, from the most to the least likely places, until code is found."""

    def __init__(self, text: str, level: int = 0) -> None:
        text = _HERE_DOCUMENT.sub("", _TAG.sub("\n", text))
        self.fault = ""
        self._text, self._level = text, level
        self._complete: list[str] = []
        self._others: list[str] = []
        self._raw = list(fenced_blocks(text))
        self._blocks = [dedented(after_difference(code)) for code in self._raw]
        self._parsed = [block for code in self._blocks if (block := parse(code) or self._readable(code))]
        too_long = any(_DEF in code and len(code) > MAX_CHARACTERS for code in self._blocks)
        places = (self._fenced, self._methods, self._joined, self._bare, self._within)
        for place in places[:1] if too_long else places:
            if _DEF in text and not self._complete:
                place()

    @property
    def complete(self) -> bool:
        """Whether a version was found that ends with a return."""
        return bool(self._complete)

    @property
    def codes(self) -> list[str]:
        """The versions, without duplicates."""
        return list(dict.fromkeys([*self._complete, *self._others]))

    @staticmethod
    def _readable(code: str) -> Block | None:
        """Return the helpers in a block that turns into prose."""
        return (
            readable_head(code)
            if len(code) <= MAX_CHARACTERS and _DEF not in code and "def " in code
            else None
        )

    def _fenced(self) -> None:
        """Search the fenced blocks, from the last; prose in a block is skipped."""
        for code in reversed(self._blocks):
            if _DEF not in code:
                continue
            if (block := parse(code)) is not None:
                self._take(block)
            elif len(code) <= MAX_CHARACTERS:
                self._saved(code)

    def _saved(self, text: str) -> None:
        """Take the readable part of a text that is not all Python, else keep its fault."""
        newest = not self._complete and not self.fault
        found = next(bare_code(text), None)
        if found is not None and all(map(is_complete, found.rewards)):
            self._take(found)
            lost = re.search(r"^[ \t]*(?:def|return)\b", text.replace(found.code, ""), re.M) is not None
        else:
            lost = True
        if newest and lost:
            self.fault = f"the code does not parse: {syntax_fault(text)}"

    def _bare(self) -> None:
        """Search the text as it is, and without line prefixes."""
        for text in filter(None, (self._text, at_the_margin(self._text))):
            for block in bare_code(text):
                if all(is_complete(node) or is_stub(node) for node in block.rewards):
                    self._take(block)
                    self._miss(block, text)
            if self._complete:
                return
            fault = syntax_fault(broken_code(text))
            last = broken_code(text).rpartition("\n")[2].strip()
            goes_on = last.startswith("return ") and not syntax_fault(
                f"def f():\n {last}"
            )  # it is not truncated
            cut_off = _UNCLOSED if not goes_on else "EOF"
            if fault and not re.search(rf"{cut_off}|expected an indented", fault):
                self.fault = self.fault or f"the code does not parse: {fault}"

    def _miss(self, block: Block, text: str) -> None:
        """Note the fault of a helper that a block calls and the text defines, but in invalid Python."""
        known = set(block.offered).union(*(other.offered for other in self._parsed))
        for name in set(free_names(block.tree)) - known:
            if re.search(rf"^def {re.escape(name)}\b", text, re.M) and (
                fault := syntax_fault(broken_code(text))
            ):
                self.fault = self.fault or f"the code does not parse: {fault}"

    def _within(self) -> None:
        """Search embedded texts."""
        if self._level < _LEVELS:
            for text in texts_within(self._text, self._parsed):
                inner = _Search(text, self._level + 1)
                self._complete += inner._complete
                self._others += inner._others
                self.fault = self.fault or inner.fault
                if inner.complete:
                    self.fault = inner.fault
                    return

    def _methods(self) -> None:
        """Search methods of classes."""
        whole = parse(self._text)
        for block in [*reversed(self._parsed), *([whole] if whole else [])]:
            for functions in methods_as_functions(block):
                self._take(functions)

    def _joined(self) -> None:
        """Join all blocks, as a function may continue in the next one."""
        block = parse("\n".join(self._raw)) if len(self._raw) > 1 else None
        if block is not None and block.rewards and is_complete(block.rewards[-1]):
            self._take(block)

    def _take(self, block: Block) -> None:
        """Keep each version of the function in a block, last first, with what it needs from other blocks."""
        for node in reversed(block.rewards):
            code = with_helpers(with_one(block, node), self._parsed)
            if len(code) > MAX_CHARACTERS:
                self.fault = self.fault or _too_long(code)
            else:
                (self._complete if is_complete(node) else self._others).append(code.strip() + "\n")

    def reason(self) -> str:
        """Return why nothing was found."""
        text = self._text
        if not text.strip():
            return "the answer is empty"
        for block in reversed(self._blocks):
            if _DEF in block:
                if len(block) > MAX_CHARACTERS:
                    return _too_long(block)
                return self._place() or f"the code does not parse: {syntax_fault(block)}"
        if _DEF in text:
            place = self._place()
            return (
                place or f"a {NAME} was begun, but the answer holds no complete Python code; was it cut off?"
            )
        others = list(dict.fromkeys(name for block in self._parsed for name in block.functions))
        named = f"; it defines {', '.join(others[:5])}" if others else ""
        return (
            f"the answer defines no function {NAME}{named}; give the complete code in one fenced Python block"
        )

    def _place(self) -> str:
        """Say where the function is if it is not at the top level of valid code."""
        whole = parse(self._text)
        for block in [*reversed(self._parsed), *([whole] if whole else [])]:
            for outer in block.tree.body:
                kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
                inner = [node for node in ast.walk(outer) if isinstance(node, kinds) and node.name == NAME]
                if inner and isinstance(outer, ast.AsyncFunctionDef) and outer is inner[0]:
                    return f"{NAME} is async, not a function at the top level, line {outer.lineno}; take async away"
                if inner:
                    name = getattr(outer, "name", "") if outer is not inner[0] else ""
                    where = f" in {type(outer).__name__.removesuffix('Def').lower()} {name}".rstrip()
                    return (
                        f"{NAME} stands{where}, line {inner[0].lineno}; write it as a plain function at the top level, "
                        "without self"
                    )
        return ""


def _too_long(code: str) -> str:
    return f"the code has {len(code)} characters, at most {MAX_CHARACTERS} are read"
