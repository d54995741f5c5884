"""From an answer to a verdict: extract, allow-list, signature, then compile and trial under limits."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.reward.allowlist import check_source
from video2reward.reward.extract import ExtractError, extract_code
from video2reward.reward.signature import check_signature
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from pathlib import Path

    from video2reward.reward.trial import Trial


def check_text(text: str, visible: Collection[str] | None) -> tuple[str, Check | None]:
    """Read an answer -> (its code, the verdict if it failed before anything was run, else None).

    visible: names of the signals that the method shows; None: the whole catalogue
    """
    try:
        code = extract_code(text)
    except ExtractError as error:
        return f"# No reward function: {error}\n", Check("failed", "extract", str(error))
    if faults := check_source(code):
        return code, Check("failed", "allowlist", _listed(faults))
    if faults := check_signature(code, SIGNALS if visible is None else visible):
        return code, Check("failed", "signature", _listed(faults))
    return code, None


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
