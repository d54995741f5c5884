"""From an answer to a verdict: extract, allow-list, signature, then compile and trial under limits."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.reward.allowlist import check_source, check_tree
from video2reward.reward.extract import ExtractError, extract_code
from video2reward.reward.rewriting.rewrite import rewrite
from video2reward.reward.signature import check_signature
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from pathlib import Path

    from video2reward.reward.trial import Trial


@dataclass(frozen=True)
class Reading:
    """An answer as it was read.

    code: as it is to be compiled, or as it stands in the answer if it failed
    rewritten: what was written otherwise for that, each with the line of the answer's code
    verdict: None if nothing is found before it is run
    """

    code: str
    rewritten: tuple[str, ...] = ()
    verdict: Check | None = None


def read_answer(text: str, visible: Collection[str] | None) -> Reading:
    """Take the code out of an answer, rewrite what is harmless, and judge what can be judged without running it.

    visible: names of the signals that the method shows; None: the whole catalogue
    """
    try:
        code = extract_code(text)
    except ExtractError as error:
        return Reading(f"# No reward function: {error}\n", verdict=Check("failed", "extract", str(error)))
    found = rewrite(code)
    # The rewritten tree has the lines of the answer; its text is judged anew wherever it is compiled.
    if faults := check_source(code) if found.tree is None else check_tree(found.tree):
        return Reading(code, verdict=Check("failed", "allowlist", _listed(faults)))
    if faults := check_signature(found.source, SIGNALS if visible is None else visible):
        return Reading(code, verdict=Check("failed", "signature", _listed(faults)))
    return Reading(found.source, found.notes)


def check_text(text: str, visible: Collection[str] | None) -> tuple[str, Check | None]:
    """Read an answer -> (its code, the verdict if it failed before anything was run, else None)."""
    reading = read_answer(text, visible)
    return reading.code, reading.verdict


def with_rewritten(check: Check, rewritten: tuple[str, ...]) -> Check:
    """Return a verdict with what was rewritten; a message on its lines says whose lines they are."""
    message = check.message
    if not check.ok and rewritten and re.search(r"\bline \d", message):
        message += f"\n(Its lines are those of the code as it was rewritten: {'; '.join(rewritten)})"
    return replace(check, rewritten=rewritten, message=message)


def check_by_trial(code: str, trial: Trial, states: Path) -> Check:
    """Compile and try code that passed `check_text` on the states of a file -> the final verdict."""
    verdict: dict[str, Any] = trial.finish(code, states)
    for name in ("needed", "components"):
        verdict[name] = tuple(verdict.get(name, ()))
    return Check(**verdict)


def _listed(faults: list[str], most: int = 20) -> str:
    """Return the faults, one a line; of very many the first."""
    more = [f"and {len(faults) - most} more"] if len(faults) > most else []
    return "\n".join([*faults[:most], *more])
