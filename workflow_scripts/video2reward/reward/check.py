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
    from torch import Tensor

    from video2reward.reward.trial import Trial


def check_text(text: str, visible: Collection[str] | None) -> tuple[str, Check | None]:
    """Read an answer -> (its code, the verdict if it failed before anything was run, else None).

    visible: names of the signals that the method shows; None: the whole catalogue
    """
    try:
        code = extract_code(text)
    except ExtractError as error:
        return f"# No reward function: {error}\n", Check("failed", "extract", str(error))
    try:
        if faults := check_source(code):
            return code, Check("failed", "allowlist", "\n".join(faults))
        if faults := check_signature(code, SIGNALS if visible is None else visible):
            return code, Check("failed", "signature", "\n".join(faults))
    except RecursionError:
        return code, Check("failed", "allowlist", "the code is nested too deeply to be read")
    return code, None


def check_by_trial(code: str, trial: Trial, states: list[dict[str, Tensor]]) -> Check:
    """Compile and try code that passed `check_text` -> the final verdict."""
    verdict: dict[str, Any] = trial.finish(code, states)
    for name in ("needed", "components"):
        verdict[name] = tuple(verdict.get(name, ()))
    return Check(**verdict)
