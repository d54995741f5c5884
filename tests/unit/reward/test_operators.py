"""What reading allows, compiling allows too: the operators of every allowed name."""

import linecache

import pytest
import torch

from video2reward.reward.names import ATTRIBUTES, IMPORTS, IN_PLACE
from video2reward.reward.operators import operator_faults

FORMS = [
    "torch.{}(x)", "x.{}()", "torch.{}(x, x)", "x.{}(x)", "torch.{}(x, 1)", "x.{}(1)", "F.{}(x)", "F.{}(x, x)", "torch.{}(x, -1)",
    "x.{}", "torch.{}([x, x])", "torch.{}(2)", "torch.linalg.{}(x)", "torch.linalg.{}(x, x)", "torch.special.{}(x)",
    "torch.special.{}(x, x)", "torch.{}(x, 0, 1)", "x.{}(0, 1)", "torch.{}(x, x, x)", "torch.{}(m, m)", "math.{}(2.0)", "math.{}(2.0, 1.0)",
    "torch.{}", "math.{}", "'a'.{}('a')", "'a'.{}()", "'a'.{}(['a'])", "'a'.{}(3)", "[1.0].{}(1.0)", "[1.0].{}()", "[1.0].{}([2.0])", "torch.{}(x, x, 1)",
    "{{'a': x}}.{}()", "{{'a': x}}.{}('a', x)", "{{'a': x}}.{}({{'b': x}})", "torch.{}(x, [0])", "x.{}([0])", "x.{}(0, i)", "x.{}(0, i, x)",
    "torch.{}(x, x > 0, x)", "F.{}(i, 9)", "F.{}(x, [1, 1])", "F.{}(x, x, x)", "torch.{}('nj,nj->n', x, x)", "torch.{}([3], 1.0)",
    "x.{}([3], 1.0)", "x.{}(0.5, 0)", "x.{}(0, 0, 1)", "x.{}(0, i, 1.0)", "torch.{}(0.0, 1.0, 5)", "x.{}(0, i, x, 'sum')", "'a'.{}('a', 'b')",
    "[1.0].{}(0)", "[1.0].{}(0, 1.0)", "x.{}(x > 0, 1.0)", "x.{}(x, x)", "x.{}(x, 1.0)", "x.{}(0, [2, 2])", "x.{}([1.0])", "F.{}(x, [3])",
]  # fmt: skip
NO_CALLS = {
    "Any",
    "Dict",
    "List",
    "Optional",
    "Tensor",
    "Tuple",
    "Union",
    "functional",
    "jit",
    "linalg",
    "nn",
    "script",
    "special",
}


def compiled(expression):
    """Return the graph of a function of one expression, None if TorchScript does not take it."""
    source = (
        f"def f(x: torch.Tensor, m: torch.Tensor, i: torch.Tensor):\n    y = {expression}\n    return y\n"
    )
    linecache.cache["<operators>"] = (len(source), None, source.splitlines(keepends=True), "<operators>")
    scope = {"__name__": "operators", "torch": torch, "F": torch.nn.functional, "math": __import__("math")}
    exec(compile(source, "<operators>", "exec"), scope)
    try:
        return torch.jit.script(scope["f"]).inlined_graph
    except (RuntimeError, AttributeError):
        return None


@pytest.mark.parametrize("name", sorted((ATTRIBUTES | IN_PLACE) - NO_CALLS))
@pytest.mark.filterwarnings("ignore")
def test_an_allowed_name_compiles_and_its_operators_are_allowed(name):
    graphs = {form: compiled(form.format(name)) for form in FORMS}
    graphs = {form: graph for form, graph in graphs.items() if graph is not None}
    assert graphs, "no form of it compiles: why is it allowed?"
    faults = {form: found for form, graph in graphs.items() if (found := operator_faults(graph))}
    if name == "tensordot":  # dims as tensors are read out as lists
        faults = {form: found for form, found in faults.items() if "tolist" not in found[0]}
    assert not faults


@pytest.mark.parametrize("name", sorted(IMPORTS["math"]))
def test_functions_of_math_compile(name):
    graphs = [compiled(form.format(name)) for form in ("math.{}(0.5)", "math.{}(0.5, 0.5)")]
    assert any(graphs) and not any(operator_faults(graph) for graph in graphs if graph)


def test_a_refused_operator_has_its_line_and_a_remedy():
    (fault,) = operator_faults(compiled("x + torch.rand(1)"))
    assert fault.startswith("line 2: ") and "aten::rand" in fault and "element-wise" in fault
