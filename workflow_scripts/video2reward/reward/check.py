"""From an answer to a verdict: extract, allow-list, signature, then compile and trial under limits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.reward.allowlist import check_source
from video2reward.reward.error_words import error_words
from video2reward.reward.extract import ExtractError, extract
from video2reward.reward.signature import check_signature
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from pathlib import Path

    from video2reward.reward.trial import Trial


MOST_TRIED = 3
"""Versions of one answer that are compiled and tried, a second and a half each."""


def check_answer(
    text: str, visible: Collection[str] | None, tried: Callable[[str], Check]
) -> tuple[str, Check]:
    """Read an answer -> (its code, the verdict): the first version that passes, or what is wrong with the likeliest.

    visible: names of the signals that the method shows; None: the whole catalogue
    tried: compiles and tries code, as `check_by_trial` does
    """
    try:
        found = extract(text)
    except ExtractError as error:
        return _nothing(str(error))
    failed: list[tuple[str, Check]] = []
    trials = 0
    for code in found.codes:
        check = check_code(code, visible)
        if check is None and trials < MOST_TRIED:
            trials += 1
            check = tried(code)
            if check.ok:
                return code, check
        if check is not None:
            failed.append((code, check))
    return _nothing(found.fault) if found.fault else failed[0]


def check_text(text: str, visible: Collection[str] | None) -> tuple[str, Check | None]:
    """Read an answer -> (its code, the verdict if it failed before anything was run, else None)."""
    waiting = Check("ok", "done")
    code, check = check_answer(text, visible, lambda _: waiting)
    return code, None if check is waiting else check


def check_code(code: str, visible: Collection[str] | None) -> Check | None:
    """Read code -> the verdict if it failed before anything is run, else None."""
    if faults := check_source(code):
        return Check("failed", "allowlist", _listed(faults))
    if faults := check_signature(code, SIGNALS if visible is None else visible):
        return Check("failed", "signature", _listed(faults))
    return None


def _nothing(fault: str) -> tuple[str, Check]:
    return f"# No reward function: {fault}\n", Check("failed", "extract", fault)


def check_by_trial(code: str, trial: Trial, states: Path) -> Check:
    """Compile and try code that passed `check_text` on the states of a file -> the final verdict."""
    verdict: dict[str, Any] = trial.finish(code, states)
    verdict["message"], verdict["traceback"] = error_words(
        verdict.get("message", ""), verdict.get("traceback", "")
    )
    for name in ("needed", "components"):
        verdict[name] = tuple(verdict.get(name, ()))
    return Check(**verdict)


def _listed(faults: list[str], most: int = 20) -> str:
    """Return the faults, one a line; of very many the first."""
    more = [f"and {len(faults) - most} more"] if len(faults) > most else []
    return "\n".join([*faults[:most], *more])
