"""From an answer to a verdict: extract, allow-list, signature, then compile and trial under limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.reward.allowlist import check_source, check_tree
from video2reward.reward.error_words import error_words
from video2reward.reward.extract import ExtractError, extract
from video2reward.reward.rewriting.rewrite import rewrite
from video2reward.reward.signature import check_signature
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from pathlib import Path

    from video2reward.reward.trial import Trial


_MOST_LISTED = 20
MOST_TRIED = 3
"""Versions of one answer that are compiled and tried, a second and a half each."""


@dataclass(frozen=True)
class ReadCode:
    """Code as it was read.

    code: as it is to be compiled, or as it stands in the answer if it failed
    rewritten: what was written otherwise for that, each with the line of the answer's code
    verdict: None if nothing is found before it is run
    """

    code: str
    rewritten: tuple[str, ...] = ()
    verdict: Check | None = None


def check_answer(
    text: str, visible: Collection[str] | None, tried: Callable[[str], Check]
) -> tuple[str, Check]:
    """Read an answer -> (its code, the verdict): the first version that passes, or what is wrong with the likeliest.

    visible: names of the signals that the method shows; None: the whole catalogue
    tried: compiles and tries code, as `check_by_trial` does
    """
    readings, fault = _read(text, visible)
    failed: list[tuple[str, Check]] = []
    trials = 0
    for reading in readings:
        check = reading.verdict
        if check is None and trials < MOST_TRIED:
            trials += 1
            check = _with_rewritten(tried(reading.code), reading.rewritten)
            if check.ok:
                return reading.code, check
        if check is not None:
            failed.append((reading.code, check))
    return _nothing(fault) if fault else failed[0]


def read_code(code: str, visible: Collection[str] | None) -> ReadCode:
    """Rewrite what is harmless, and judge what can be judged without running it."""
    found = rewrite(code)
    # The rewritten tree has the lines of the answer; its text is judged anew wherever it is compiled.
    if faults := check_source(code) if found.tree is None else check_tree(found.tree):
        return ReadCode(code, verdict=Check("failed", "allowlist", _listed(faults)))
    if faults := check_signature(found.source, SIGNALS if visible is None else visible):
        return ReadCode(code, verdict=Check("failed", "signature", _listed(faults)))
    return ReadCode(found.source, found.notes)


def _read(text: str, visible: Collection[str] | None) -> tuple[list[ReadCode], str]:
    """Return an answer's versions, the likeliest first, and why none of them is to be judged, "" if they are."""
    try:
        found = extract(text)
    except ExtractError as error:
        return [], str(error)
    return [read_code(code, visible) for code in found.codes], found.fault


def _with_rewritten(check: Check, rewritten: tuple[str, ...]) -> Check:
    """Return a verdict with what was rewritten; a message on its lines says whose lines they are."""
    message = check.message
    if not check.ok and rewritten and re.search(r"\bline \d", message):
        message += f"\n(Its lines are those of the code as it was rewritten: {'; '.join(rewritten)})"
    return replace(check, rewritten=rewritten, message=message)


def _nothing(fault: str) -> tuple[str, Check]:
    return f"# No reward function: {fault}\n", Check("failed", "extract", fault)


def check_by_trial(code: str, trial: Trial, states: Path) -> Check:
    """Compile and try code that `read_code` passed, on the states of a file -> the final verdict."""
    verdict: dict[str, Any] = trial.finish(code, states)
    verdict["message"], verdict["traceback"] = error_words(
        verdict.get("message", ""), verdict.get("traceback", "")
    )
    for name in ("needed", "components"):
        verdict[name] = tuple(verdict.get(name, ()))
    return Check(**verdict)


def _listed(faults: list[str]) -> str:
    """Return the faults, one a line; of very many the first."""
    more = [f"and {len(faults) - _MOST_LISTED} more"] if len(faults) > _MOST_LISTED else []
    return "\n".join([*faults[:_MOST_LISTED], *more])
