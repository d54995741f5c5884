"""What a compiled reward may do: the operators in its TorchScript graph, whatever its source looked like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from video2reward.reward.names import ATTRIBUTES

# Operators that TorchScript produces from Python's syntax and from torch's own Python functions.
_SYNTAX = """
 Int Float Bool Complex FloatImplicit IntImplicit ScalarImplicit __getitem__ __contains__ __delitem__ __not__ __is__
 __isnot__ __and__ __or__ __xor__ __derive_index __range_length __round_to_zero_floordiv __interpolate _set_item
 and bitwise_and bitwise_not bitwise_or bitwise_xor copy dict extend fill format index index_put insert len list mod
 not numpy_T or ord percentFormat reverse slice str warn alias contiguous _cast_Float
 floordiv join fill zero sorted update extend setdefault pop popitem clear remove count startswith endswith zfill
"""
_INTERNAL = """
 _euclidean_dist _shape_as_tensor _softmax _log_softmax _weight_norm linalg_norm linalg_vector_norm linalg_matrix_norm
 linalg_cross linalg_vecdot frobenius_norm nuclear_norm constant_pad_nd hardtanh threshold nll_loss broadcast_tensors meshgrid result_type
 special_erf special_expm1 log_sigmoid linalg_diagonal tensor_split unsafe_chunk unsafe_split layout is_floating_point reflection_pad1d
"""
_ATEN = ATTRIBUTES | frozenset(f"{_SYNTAX} {_INTERNAL}".split())
_CONTROL = """
 Constant ListConstruct ListUnpack TupleConstruct TupleUnpack TupleIndex TupleSlice DictConstruct If Loop min max abs
 RaiseException NumToTensor Uninitialized unchecked_cast unchecked_unwrap_optional isinstance annotate
 dtype device layout type shape requires_grad is_cuda StringIndex rangelist
"""
_PRIM = frozenset(_CONTROL.split())
_LINE = re.compile(r'File "<[^"]*>", line (\d+)')


def operator_faults(graph: Any) -> list[str]:
    """Return a sentence for each forbidden operator in an inlined graph; empty if there is none."""
    faults = []
    first: dict[str, Any] = {}
    for node in _nodes(graph):
        first.setdefault(node.kind(), node)
    for kind, node in first.items():
        space, _, name = kind.partition("::")
        plain = (
            name if name.endswith("__") else name.rstrip("_")
        )  # the rest writes in place, into the reward's own tensors
        if (space == "aten" and plain in _ATEN) or (space == "prim" and name in _PRIM):
            continue
        line = _LINE.search(str(node.sourceRange()))
        where = f"line {line[1]}: " if line else ""
        faults.append(
            f"{where}it compiles to the operator {kind}, which is not allowed in a reward; write it with torch's "
            "element-wise functions and reductions"
        )
    return faults


def _nodes(block: Any) -> Iterator[Any]:
    """Yield a block's nodes, inner blocks included."""
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _nodes(inner)
