"""What reward code may contain: a list of allowed syntax, imports, functions and attributes; all else is refused."""

from __future__ import annotations

import ast
import builtins
import difflib

IMPORTS: dict[str, frozenset[str]] = {
    "torch": frozenset({"Tensor"}),
    "torch.nn": frozenset({"functional"}),
    "torch.nn.functional": frozenset(),
    "math": frozenset({"pi", "exp", "sqrt", "sin", "cos", "tan", "atan2", "log", "floor", "ceil"}),
    "typing": frozenset({"Dict", "List", "Optional", "Tuple"}),
    "__future__": frozenset(),
}

_CALLABLE = "abs bool dict enumerate float int len list max min pow range round str sum tuple zip"
BUILTINS = frozenset(_CALLABLE.split())

# Attributes by themselves harmless: element-wise mathematics, reductions, shapes, types. Nothing that
# reads or writes files, touches storage or memory addresses, changes a tensor in place, or leaves torch.
_MATH = """
 abs absolute acos add all amax amin any arange argmax argmin asin atan atan2 bmm cat ceil chunk clamp clamp_max
 clamp_min clip clone concat copysign cos cosh cross cumprod cumsum deg2rad detach diag diagonal diff div dot einsum
 eq equal erf exp exp2 expand expand_as expm1 flatten flip floor fmod frac full full_like gather ge gt heaviside
 hypot index_select isclose isfinite isinf isnan le lerp linspace log log10 log1p log2 logical_and logical_not
 logical_or logical_xor logsumexp lt masked_fill matmul max maximum mean median min minimum mm movedim mul mv
 nan_to_num narrow ne neg new_full new_ones new_tensor new_zeros norm numel ones ones_like outer permute polar pow
 prod rad2deg reciprocal remainder repeat repeat_interleave reshape roll round rsqrt scalar_tensor select sigmoid
 sign sin sinc sinh size softmax split sqrt square squeeze stack std std_mean sub sum swapaxes t take take_along_dim
 tan tanh tensor tile topk transpose true_divide trunc unbind unflatten unsqueeze var view view_as where zeros
 zeros_like logical_and sort argsort cdist addcmul addcdiv relu
"""
_TYPES = (
    "Tensor bool dtype device float float32 int int32 int64 long double to type type_as shape dim ndim item"
)
_FUNCTIONAL = "nn functional linalg vector_norm normalize cosine_similarity smooth_l1_loss huber_loss elu softplus leaky_relu"
_OTHER = "pi e inf items keys values append get jit script"
ATTRIBUTES = frozenset(f"{_MATH} {_TYPES} {_FUNCTIONAL} {_OTHER}".split())

_NODES: tuple[type[ast.AST], ...] = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign,
    ast.For, ast.While, ast.If, ast.IfExp, ast.Break, ast.Continue, ast.Pass, ast.Expr, ast.Assert,
    ast.Import, ast.ImportFrom, ast.alias, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.ListComp, ast.comprehension, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip

_TOP = (ast.FunctionDef, ast.Import, ast.ImportFrom)


def check_source(source: str) -> list[str]:
    """Return a sentence for each thing that reward code may not contain, with its line; empty if none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return [f"line {line or '?'}: not Python: {getattr(error, 'msg', error)}"]
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    faults = [_top_level(node) for node in tree.body]
    faults += [_node(node, functions) for node in ast.walk(tree)]
    faults += _foreign_names(tree)
    return list(dict.fromkeys(f for f in faults if f))


def _top_level(node: ast.stmt) -> str:
    """Judge a statement outside functions: only imports, definitions and a docstring may stand there."""
    if isinstance(node, _TOP) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return ""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return f"line {node.lineno}: TorchScript sees no module constants: move {ast.unparse(node)!r} into the function"
    return f"line {node.lineno}: {_quote(node)} is not allowed outside a function"


def _node(node: ast.AST, functions: set[str]) -> str:
    """Judge one node of the syntax tree -> a fault or ""."""
    line = f"line {getattr(node, 'lineno', '?')}"
    match node:
        case ast.Import():
            wrong = [a.name for a in node.names if a.name not in IMPORTS or a.name == "__future__"]
            return (
                f"{line}: import of {', '.join(wrong)} is not allowed, only torch, math, typing"
                if wrong
                else ""
            )
        case ast.ImportFrom():
            return _import_from(node, line)
        case ast.Attribute():
            return _attribute(node, line)
        case ast.Call():
            return _call(node, functions, line)
        case ast.FunctionDef():
            return _definition(node, line)
        case ast.Constant() if isinstance(node.value, bytes | complex) or node.value is Ellipsis:
            return "" if node.value is Ellipsis else f"{line}: {_quote(node)} is not allowed"
        case _ if not isinstance(node, _NODES):
            return f"{line}: {type(node).__name__} ({_quote(node)}) is not allowed in reward code"
    return ""


def _foreign_names(tree: ast.Module) -> list[str]:
    """Name what is read, but neither defined here nor allowed: Python's other built-ins."""
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)} | BUILTINS
    return [
        f"line {name.lineno}: the name {name.id!r} is not allowed"
        for name in names
        if name.id.startswith("__") or (name.id in vars(builtins) and not {name.id} & own)
        if id(name) not in called
    ]


def _import_from(node: ast.ImportFrom, line: str) -> str:
    if node.module == "__future__":
        return ""
    names = [alias.name for alias in node.names]
    wrong = [n for n in names if n not in IMPORTS.get(node.module or "", frozenset())]
    return (
        f"{line}: from {node.module} import {', '.join(wrong)} is not allowed" if wrong or node.level else ""
    )


def _attribute(node: ast.Attribute, line: str) -> str:
    if node.attr in ATTRIBUTES:
        return ""
    if node.attr.endswith("_") and node.attr.rstrip("_") in ATTRIBUTES:
        return f"{line}: .{node.attr} changes a tensor in place, use .{node.attr.rstrip('_')}"
    near = difflib.get_close_matches(node.attr, ATTRIBUTES, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near and not node.attr.startswith("_") else ""
    return f"{line}: {_quote(node)}: attribute {node.attr!r} is not allowed{hint}"


def _call(node: ast.Call, functions: set[str], line: str) -> str:
    target = node.func
    if isinstance(target, ast.Attribute):
        if any(k.arg == "out" for k in node.keywords):
            return f"{line}: out= writes into a tensor, which is not allowed"
        return ""
    if isinstance(target, ast.Name):
        allowed = functions | BUILTINS | IMPORTS["math"] | {"Tensor"}
        return (
            ""
            if target.id in allowed
            else f"{line}: the function {target.id!r} is not allowed or not defined"
        )
    return f"{line}: {_quote(node)}: only named functions may be called"


def _definition(node: ast.FunctionDef, line: str) -> str:
    for decorator in node.decorator_list:
        if ast.unparse(decorator) != "torch.jit.script":
            return f"{line}: the decorator @{_quote(decorator)} is not allowed, only @torch.jit.script"
    spec = node.args
    if spec.vararg or spec.kwarg or spec.kwonlyargs or spec.posonlyargs:
        return f"{line}: {node.name} takes *, / or ** arguments, which TorchScript does not know"
    for default in spec.defaults:
        if not isinstance(default, ast.Constant | ast.UnaryOp):
            return f"{line}: the default {_quote(default)} of {node.name} is not a plain number"
    return ""


def _quote(node: ast.AST, width: int = 60) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= width else f"{text[:width]}..."
