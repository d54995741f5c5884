"""What rewards need of TorchScript, which torch has deprecated: still there, and torch says no more about it than it did."""

import sys
import warnings

import torch
from torch import Tensor

TODAY = "`torch.jit.script` is deprecated. Please switch to `torch.compile` or `torch.export`."
FROM_3_14 = "`torch.jit.script` is not supported in Python 3.14+ and may break. Please switch to `torch.compile` or `torch.export`."


def scaled(x: Tensor, by: float) -> Tensor:
    return torch.exp(x) * by


def test_torch_still_compiles_and_says_no_more_than_that_it_is_deprecated():
    """If this fails after a new torch, its release notes say how long TorchScript stays; docs/reward-backends.md says what to do."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        compiled = torch.jit.script(scaled)
    said = FROM_3_14 if sys.version_info >= (3, 14) else TODAY
    assert {(warning.category, str(warning.message)) for warning in given} <= {(DeprecationWarning, said)}
    assert torch.equal(compiled(torch.ones(2), 0.5), scaled(torch.ones(2), 0.5))
    assert {node.kind() for node in compiled.inlined_graph.nodes()} == {"aten::exp", "aten::mul"}
    assert [argument.type.annotation_str for argument in compiled.schema.arguments] == ["Tensor", "float"]
