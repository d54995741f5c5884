"""Check an answer: extraction, allow-list, signature, then compilation and a trial under limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.artifacts.screen import Screen
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
"""How many versions of an answer are compiled and tried, at 1.5 s each."""


@dataclass(frozen=True)
class ReadCode:
    """Code read from an answer.

    code: ready to compile, or as in the answer if it failed
    rewritten: what was rewritten for that, each with the line in the answer's code
    verdict: None if the static checks pass
    """

    code: str
    rewritten: tuple[str, ...] = ()
    verdict: Check | None = None


def check_answer(
    text: str, visible: Collection[str] | None, tried: Callable[[str], Check]
) -> tuple[str, Check]:
    """Check an answer -> (its code, the verdict): of the first version that passes, else of the likeliest one.

    visible: names of the signals that the method shows; None: the whole catalogue
    tried: compiles and tries code, like `check_by_trial`
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
    """Rewrite harmless deviations, and run the static checks."""
    found = rewrite(code)
    # The rewritten tree keeps the answer's line numbers; its text is checked again before it is compiled.
    if faults := check_source(code) if found.tree is None else check_tree(found.tree):
        return ReadCode(code, verdict=Check("failed", "allowlist", _listed(faults)))
    if faults := check_signature(found.source, SIGNALS if visible is None else visible):
        return ReadCode(code, verdict=Check("failed", "signature", _listed(faults)))
    return ReadCode(found.source, found.notes)


def _read(text: str, visible: Collection[str] | None) -> tuple[list[ReadCode], str]:
    """Return an answer's versions, likeliest first, and why none of them counts, "" if they do."""
    try:
        found = extract(text)
    except ExtractError as error:
        return [], str(error)
    return [read_code(code, visible) for code in found.codes], found.fault


def _with_rewritten(check: Check, rewritten: tuple[str, ...]) -> Check:
    """Add what was rewritten to a verdict; a message with line numbers then explains them."""
    message = check.message
    if not check.ok and rewritten and re.search(r"\bline \d", message):
        message += f"\n(Its lines are those of the code as it was rewritten: {'; '.join(rewritten)})"
    return replace(check, rewritten=rewritten, message=message)


def _nothing(fault: str) -> tuple[str, Check]:
    return f"# No reward function: {fault}\n", Check("failed", "extract", fault)


def check_by_trial(
    code: str, trial: Trial, states: Path, known: Path | None = None, sees_gait: bool = False
) -> Check:
    """Compile code that passed `read_code`, try it on the states in a file and screen it -> the final verdict.

    known: a file of known motions, None for no screen; sees_gait: whether the code's writer was told of the gait
    """
    verdict: dict[str, Any] = trial.finish(code, states, known, sees_gait)
    verdict["message"], verdict["traceback"] = error_words(
        verdict.get("message", ""), verdict.get("traceback", "")
    )
    for name in ("needed", "components"):
        verdict[name] = tuple(verdict.get(name, ()))
    if "screen" in verdict:
        found = verdict["screen"]
        found["violations"] = tuple(error_words(sentence, "")[0] for sentence in found["violations"])
        found["fault"] = error_words(found["fault"], "")[0]
        verdict["screen"] = Screen(**found)
    return Check(**verdict)


def _listed(faults: list[str]) -> str:
    """Return the faults, one per line, at most `most`."""
    more = [f"and {len(faults) - _MOST_LISTED} more"] if len(faults) > _MOST_LISTED else []
    return "\n".join([*faults[:_MOST_LISTED], *more])
