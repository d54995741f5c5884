"""The allow-list of reward code: syntax, imports, functions and attributes; everything else is refused."""

from __future__ import annotations

import ast
import builtins
import difflib

from video2reward.reward.annotations import annotation_fault
from video2reward.reward.characters import character_faults
from video2reward.reward.names import ATTRIBUTES, BUILTINS, EXCEPTIONS, IMPORTS, IN_PLACE

_NODES: tuple[type[ast.AST], ...] = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign,
    ast.For, ast.While, ast.If, ast.IfExp, ast.Break, ast.Continue, ast.Pass, ast.Expr, ast.Assert, ast.Raise,
    ast.Import, ast.ImportFrom, ast.alias, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.ListComp, ast.DictComp, ast.comprehension, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip

# Inner nodes of refused statements, which need no fault of their own.
_INNER = (ast.withitem, ast.ExceptHandler, ast.FormattedValue)
_REMEDIES = {
    "Try": "; guard the value itself, with torch.clamp before a division, root or logarithm, or torch.nan_to_num",
    "TryStar": "; guard the value itself, with torch.clamp or torch.nan_to_num",
    "Lambda": "; give it a name and call it by that, or write a function (def) beside compute_reward",
    "JoinedStr": "; put a name together from texts and integers alone, as in 'foot_' + str(i)",
    "NamedExpr": "; assign the value in a line of its own before",
    "With": "; write the lines without it",
    "ClassDef": "; write functions and plain variables",
    "GeneratorExp": "; write a list, [... for ...]",
    "Global": "; a reward keeps nothing from call to call",
    "Nonlocal": "; a reward keeps nothing from call to call",
    "Starred": "; write the arguments out",
    "Delete": "; leave it out",
    "Match": "; write if and elif",
    "Set": "; write a list",
    "SetComp": "; write a list",
}

_TOP = (ast.FunctionDef, ast.Import, ast.ImportFrom)
_CONTEXTS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

MAX_DEPTH = 150
"""Largest nesting depth, as of a long sum or of brackets; far deeper code overflows the compiler's stack."""
MAX_NODES = 30_000
"""Largest number of syntax-tree nodes, about a table of ten thousand numbers; compiling more takes minutes."""


def check_source(source: str) -> list[str]:
    """Return a sentence, with its line, for each violation of the allow-list; empty if there is none."""
    if faults := character_faults(source):
        return faults
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return [f"line {line or '?'}: not Python: {getattr(error, 'msg', error)}"]
    return check_tree(tree)


def check_tree(tree: ast.Module) -> list[str]:
    """Return the faults of parsed code."""
    if fault := size_fault(tree):
        return [fault]
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    nodes = list(ast.walk(tree))
    faults = [_top_level(node) for node in tree.body]
    faults += expression_faults(nodes, functions)
    return list(dict.fromkeys(f for f in faults if f))


def expression_faults(nodes: list[ast.AST], functions: set[str]) -> list[str]:
    """Return the faults of syntax-tree nodes anywhere in the code; `functions`: those defined beside them."""
    granted = _granted(nodes)
    faults = [_node(node, functions) for node in nodes if id(node) not in granted]
    faults += [_name(node) for node in nodes]
    faults += [annotation_fault(node) for node in nodes]
    faults += _foreign_names(nodes)
    return [fault for fault in faults if fault]


def _granted(nodes: list[ast.AST]) -> set[int]:
    """Return the attributes that are harmless only as called: in-place on an own tensor, `"..{}..".format(i)`."""
    given = {node.arg for node in nodes if isinstance(node, ast.arg)}
    granted = set()
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format"), keywords=[]
            ):
                if not {"{", "}"} & set(text.replace("{}", "")):
                    granted.add(id(node.func))
            case ast.Call(func=ast.Attribute(attr=name) as function) if name in IN_PLACE:
                root = _root(function.value)
                if root in ("torch", "F") and node.args:
                    root = _root(node.args[0])
                if root and root not in given:
                    granted.add(id(function))
    return granted


def _root(node: ast.AST) -> str:
    """Return the name at the root of an expression's attributes, subscripts and calls, "" if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def size_fault(tree: ast.Module) -> str:
    """Refuse code so deeply nested or so large that processing it would overflow a stack or take minutes."""
    level: list[ast.AST] = [tree]
    count = 0
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        count += sum(not isinstance(node, _CONTEXTS) for node in level)
        if count > MAX_NODES:
            return f"the code has more than {MAX_NODES} parts; shorten its tables and repetitions"
        if not level:
            return ""
    line = next((node.lineno for node in level if hasattr(node, "lineno")), "?")
    return f"line {line}: nested more than {MAX_DEPTH} levels deep; break long expressions into several lines"


def _top_level(node: ast.stmt) -> str:
    """Check a statement outside functions: only imports, definitions and a docstring are allowed."""
    if isinstance(node, _TOP) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return ""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return f"line {node.lineno}: TorchScript sees no module constants: move {_quote(node)!r} into the function"
    return f"line {node.lineno}: {_quote(node)} is not allowed outside a function"


def _node(node: ast.AST, functions: set[str]) -> str:
    """Check one node of the syntax tree -> a fault or ""."""
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
        case ast.Constant():
            return _constant(node, line)
        case ast.Raise() if not _is_plain_raise(node):
            return f'{line}: Raise ({_quote(node)}) is not allowed, only raise ValueError("plain text") and the like'
        case _ if not isinstance(node, (*_NODES, *_INNER)):
            remedy = _REMEDIES.get(type(node).__name__, "")
            return f"{line}: {type(node).__name__} ({_quote(node)}) is not allowed in reward code{remedy}"
    return ""


def _is_plain_raise(node: ast.Raise) -> bool:
    """Tell whether a `raise` uses a common exception, with plain text or none."""
    match node:
        case ast.Raise(
            exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name), args=[], keywords=[]), cause=None
        ):
            return name in EXCEPTIONS
        case ast.Raise(
            exc=ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str())], keywords=[]), cause=None
        ):
            return name in EXCEPTIONS
    return False


def _constant(node: ast.Constant, line: str) -> str:
    if isinstance(node.value, bytes | complex):
        return f"{line}: {_quote(node)} is not allowed"
    if isinstance(node.value, int) and abs(node.value) >= 2**63:
        return f"{line}: an integer of more than 64 bits; write it as a float"
    return ""


def _name(node: ast.AST) -> str:
    """Refuse names with a special meaning in Python, and look-alike letters."""
    given: list[str] = []
    match node:
        case ast.Name():
            given = [node.id]
        case ast.arg() | ast.keyword():
            given = [node.arg or ""]
        case ast.FunctionDef():
            given = [node.name]
        case ast.alias() if node.asname:
            given = [node.asname]
    for name in given:
        if name.startswith("__"):
            return f"line {getattr(node, 'lineno', '?')}: the name {name!r} is not allowed"
        if not name.isascii():
            return f"line {getattr(node, 'lineno', '?')}: the name {name!r} has letters outside a-z; use plain ones"
    return ""


def _foreign_names(nodes: list[ast.AST]) -> list[str]:
    """Return faults for names that are read but neither defined here nor allowed, such as other built-ins."""
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)} | BUILTINS
    own |= {_root(node.exc) for node in nodes if isinstance(node, ast.Raise) and node.exc} & EXCEPTIONS
    return [
        f"line {name.lineno}: the name {name.id!r} is not allowed"
        for name in names
        if id(name) not in called and name.id in vars(builtins) and name.id not in own
    ]


def _import_from(node: ast.ImportFrom, line: str) -> str:
    if node.module == "__future__":
        return ""
    names = [alias.name for alias in node.names]
    wrong = [n for n in names if n not in IMPORTS.get(node.module or "", frozenset())]
    if node.module == "math" and set(wrong) & {"pi", "e", "inf", "nan", "tau"}:
        return f"{line}: TorchScript takes only functions from math this way; import math and write math.{wrong[0]}"
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
    for keyword in node.keywords:
        if keyword.arg in ("out", "inplace"):
            return f"{line}: {keyword.arg}= writes into a tensor, which is not allowed"
    if isinstance(target, ast.Attribute):
        return ""
    if isinstance(target, ast.Name):
        allowed = functions | BUILTINS | IMPORTS["math"] | EXCEPTIONS | {"Tensor"}
        return (
            ""
            if target.id in allowed
            else f"{line}: the function {target.id!r} is not allowed or not defined"
        )
    return f"{line}: {_quote(node)}: only named functions may be called"


def _definition(node: ast.FunctionDef, line: str) -> str:
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Attribute) or _quote(decorator) != "torch.jit.script":
            return f"{line}: the decorator @{_quote(decorator)} is not allowed, only @torch.jit.script"
    spec = node.args
    if spec.vararg or spec.kwarg or spec.kwonlyargs or spec.posonlyargs:
        return f"{line}: {node.name} takes *, / or ** arguments, which TorchScript does not know"
    for default in spec.defaults:
        value = default.operand if isinstance(default, ast.UnaryOp) else default
        if not isinstance(value, ast.Constant):  # anything else would be evaluated at definition
            return f"{line}: the default {_quote(default)} of {node.name} is not a plain number"
    return ""


def _quote(node: ast.AST) -> str:
    try:
        text = " ".join(ast.unparse(node).split())
    except (ValueError, RecursionError):  # an integer of thousands of digits cannot be converted to text
        return type(node).__name__
    return text if len(text) <= 60 else f"{text[:60]}..."
