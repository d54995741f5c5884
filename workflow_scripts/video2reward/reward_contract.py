"""What a reward must fulfil, in its trial and in training: valid results, independent between agents."""

from __future__ import annotations

import re
import signal
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from video2reward.text.foreign import shown

if TYPE_CHECKING:
    from torch import Tensor

MAX_COMPONENTS = 40
MAX_IN_TRIAL = 1e6
"""Far above any sum of sensible terms; the square of much larger values overflows in the value loss."""
MAX_IN_TRAINING = 1e7
"""In training, values may exceed those on the trial's states, but not by orders of magnitude."""
_NAME = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_ .:+/()%-]{0,59}"
)  # a spreadsheet would read a leading - or + as a formula

DEATHS = {
    signal.SIGFPE: "it divided integers in a way that the processor cannot (SIGFPE), such as by zero or the smallest "
    "one by -1; divide floats",
    signal.SIGSEGV: "it crashed (segmentation fault), most likely at its limit of memory",
    signal.SIGBUS: "it crashed (bus error)",
    signal.SIGILL: "it crashed (illegal instruction)",
    signal.SIGTRAP: "it crashed (trap)",
    signal.SIGSYS: "it made a system call that is not allowed",
    signal.SIGABRT: "it was aborted, most likely at its limit of memory",
}
"""Signal that killed a reward's process -> the cause, in words."""


class ContractError(Exception):
    """A reward's results break the contract; the text is a sentence for the model."""


@dataclass(frozen=True)
class Result:
    """One call's results, copied.

    values: (K + 1, N) float32, the total first; names: of the K components
    lows, highs: of each row over the agents, all finite; precision: relative, of the coarsest dtype
    """

    values: Tensor
    names: tuple[str, ...]
    lows: list[float]
    highs: list[float]
    precision: float

    @property
    def total(self) -> Tensor:
        """The total (N,)."""
        return self.values[0]

    @property
    def components(self) -> dict[str, Tensor]:
        """The components by name, (N,) each."""
        return dict(zip(self.names, self.values[1:], strict=True))


def read_result(total: Any, components: Any, agents: int, device: Any, largest: float) -> Result:
    """Check and copy what a reward returned for `agents` agents; anything but finite float32 (N,) is a `ContractError`.

    largest: bound on the absolute value
    """
    import torch

    _check_names(components)
    rows = [("the total", total), *((f"the component {name!r}", value) for name, value in components.items())]
    for what, value in rows:
        _check_kind(what, value, agents, device)
    values = torch.stack([value.detach() for _, value in rows])
    # NaN if any value is; in one transfer, for which a GPU is waited for.
    lows, highs = torch.stack(torch.aminmax(values, dim=1)).tolist()
    # The total last: its faults mostly come from a component.
    for (what, _), row, small, great in list(zip(rows, values, lows, highs, strict=True))[::-1]:
        if not (-largest <= small and great <= largest):
            raise ContractError(_out_of_range(what, row, agents, largest))
    precision = max(torch.finfo(value.dtype).eps for _, value in rows)
    return Result(values, tuple(components), lows, highs, precision)


def check_same_names(names: Collection[str], expected: Iterable[str]) -> None:
    """Raise a `ContractError` unless the components are those that the reward had before, in any order."""
    odd = set(names) ^ set(expected)
    if odd:
        raise ContractError(
            f"the reward's components change from step to step: {shown(odd)}; always return the same names"
        )


def others_matter(whole: Result, index: Tensor, part: Result) -> bool:
    """Tell whether the totals of some agents change when they are evaluated without the others.

    whole: results of all agents; index: (n,) the agents that were run alone; part: their results then

    Differences are judged against the spread over the agents, so a constant offset does not hide them. Rounding errors,
    a few units in the last place of the largest term, do not count.
    """
    import torch

    values = whole.values.double()
    total, difference = values[0], (part.values[0].double() - values[0, index]).abs()
    size = values[:, index].abs().amax(0)
    quarter = torch.tensor([0.25, 0.75], dtype=torch.float64, device=values.device)
    low, high = torch.quantile(total, quarter).unbind()
    # Quartiles as well: a few fallen agents must not hide what happens to the others.
    spread = (high - low) + 0.01 * total.std(correction=0)
    rounding = max(part.precision, 1e-13) * size
    each = bool((difference > 1e-2 * spread + 16 * rounding).any())
    return each or bool(difference.mean() > 1e-3 * spread + 2 * rounding.mean())


def check_alone(whole: Result, index: Tensor, part: Result) -> None:
    """Raise a `ContractError` if some agents' totals change without the others, see `others_matter`."""
    if others_matter(whole, index, part):
        raise ContractError(
            f"an agent's total changes with the other agents (N = {whole.values.shape[1]} and N = {len(index)} differ); "
            "it must depend on the agent alone: give every sum, mean and norm its dim=, and do not normalise over the "
            "agents"
        )


def _check_names(components: Any) -> None:
    if not components:
        raise ContractError("the dictionary of components is empty; return each term under its name")
    if len(components) > MAX_COMPONENTS:
        raise ContractError(f"more than {MAX_COMPONENTS} components")
    for name in components:
        if not _NAME.fullmatch(name):
            raise ContractError(
                f"the component name {name[:80]!a} is not usable: at most 60 letters, digits, spaces and _.:+/()%-, and the first a letter, digit or _"
            )


def _check_kind(what: str, value: Any, agents: int, device: Any) -> None:
    import torch

    if tuple(value.shape) != (agents,):
        raise ContractError(
            f"{what} has shape {tuple(value.shape)} for N = {agents} agents, it must be (N,): one number per agent"
        )
    if value.dtype not in (torch.float32, torch.get_default_dtype()):
        raise ContractError(f"{what} is of type {value.dtype}, it must be torch.float32")
    if value.device != device or value.layout != torch.strided:
        raise ContractError(
            f"{what} is a {value.layout} tensor on {value.device}, it must be an ordinary one on {device}"
        )


def _out_of_range(what: str, row: Tensor, agents: int, largest: float) -> str:
    bad = int((~row.isfinite()).sum())
    if bad:
        return (
            f"{what} is NaN or infinite for {bad} of {agents} agents; look for divisions by zero, "
            "logarithms and roots of what can be zero or negative"
        )
    return (
        f"{what} reaches {float(row.abs().max()):.3g}, at most {largest:g} can be learned from; scale each term to "
        "about 0 to 1, for example with exp(-error / temperature)"
    )
