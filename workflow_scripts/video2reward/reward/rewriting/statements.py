"""Remove statements without effect on the reward: prints, script parts, no-gradient blocks."""

from __future__ import annotations

import ast

from video2reward.reward.annotations import is_type
from video2reward.reward.rewriting.base import Notes, blocks, dotted, functions, harmless

_WITHOUT_GRADIENT = frozenset(
    {"torch.no_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.enable_grad"}
)
_SPEED = frozenset({"torch.compile", "torch.jit.script_if_tracing", "torch.jit.script"})


def drop_script(tree: ast.Module, notes: Notes) -> None:
    """Drop `if __name__ == "__main__":`, `if TYPE_CHECKING:` and `__all__`, which training never runs."""
    for node in list(tree.body):
        match node:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                tree.body.remove(node)
                notes.add(node, "the part for running the file as a script dropped")
            case ast.If(test=test, body=body, orelse=[]) if dotted(test).endswith("TYPE_CHECKING"):
                if all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in body):
                    tree.body.remove(node)
                    notes.add(node, "imports for type checkers alone dropped")
            case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")], value=value) if harmless(
                value, ()
            ):
                tree.body.remove(node)
                notes.add(node, f"{ast.unparse(node.targets[0])} dropped")


def drop_prints(tree: ast.Module, notes: Notes) -> None:
    """Drop `print(...)` calls whose arguments have no side effects."""
    known = {function.name for function in functions(tree)}
    for block in blocks(tree):
        for i, node in enumerate(block):
            match node:
                case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args, keywords=keywords)):
                    if all(harmless(part, known) for part in (*args, *(k.value for k in keywords))):
                        block[i] = ast.copy_location(_Dropped(), node)
                        notes.add(node, "print dropped")
    _without_dropped(tree)


def unwrap_no_grad(tree: ast.Module, notes: Notes) -> None:
    """Replace `with torch.no_grad():` with its body, as rewards are never differentiated."""
    found = True
    while found:  # a block within a block
        found = False
        for block in blocks(tree):
            for i in reversed(range(len(block))):
                node = block[i]
                if isinstance(node, ast.With) and all(map(_is_no_grad, node.items)):
                    block[i : i + 1] = node.body
                    notes.add(node, f"{ast.unparse(node.items[0])} unwrapped, no reward is differentiated")
                    found = True


def _is_no_grad(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        item.optional_vars is None
        and isinstance(call, ast.Call)
        and dotted(call.func) in _WITHOUT_GRADIENT
        and all(isinstance(argument, ast.Constant) for argument in call.args)
        and not call.keywords
    )


def drop_declarations(tree: ast.Module, notes: Notes) -> None:
    """Drop `x: torch.Tensor` without a value."""
    for function in functions(tree):
        for block in blocks(function):
            for node in [n for n in block if isinstance(n, ast.AnnAssign) and n.value is None and n.simple]:
                if not is_type(node.annotation):
                    continue
                block[block.index(node)] = ast.copy_location(_Dropped(), node)
                notes.add(node, f"the declaration {ast.unparse(node)} dropped")
    _without_dropped(tree)


def drop_decorators(tree: ast.Module, notes: Notes) -> None:
    """Drop decorators that only ask for speed or disable gradients."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in list(node.decorator_list):
            bare = decorator.func if isinstance(decorator, ast.Call) else decorator
            simple = not isinstance(decorator, ast.Call) or not (decorator.args or decorator.keywords)
            name = dotted(bare)
            if simple and name in _WITHOUT_GRADIENT | _SPEED and ast.unparse(decorator) != "torch.jit.script":
                node.decorator_list.remove(decorator)
                notes.add(decorator, f"@{ast.unparse(decorator)} dropped")


def plain_messages(tree: ast.Module, notes: Notes) -> None:
    """Make the message of an `assert` or `raise` plain text, with its placeholders kept as written."""
    known = {function.name for function in functions(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Assert(msg=ast.expr() as message) if _is_filled(message) and harmless(message, known):
                node.msg = _plain(message)
                notes.add(node, "the assertion's message made plain text")
            case ast.Raise(exc=ast.Call(args=[message], keywords=[])) if _is_filled(message):
                if harmless(message, known):
                    node.exc.args = [_plain(message)]  # type: ignore[union-attr]
                    notes.add(node, "the error's message made plain text")
        if isinstance(node, ast.Raise) and node.cause is not None and harmless(node.cause, known):
            node.cause = None
            notes.add(node, "the error's cause dropped")


def _is_filled(message: ast.expr) -> bool:
    """Tell whether a message is a formatted text."""
    match message:
        case ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return _is_filled(message.left) or (
                isinstance(message.left, ast.Constant) and isinstance(message.left.value, str)
            )
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
    return False


def _plain(message: ast.expr) -> ast.Constant:
    text = ast.unparse(message)
    text = text[2:-1] if isinstance(message, ast.JoinedStr) else text
    shown = "".join(c for c in text if " " <= c <= "~")[:200]
    return ast.copy_location(ast.Constant(shown), message)


class _Dropped(ast.Pass):
    """Placeholder for a removed statement."""


def _without_dropped(tree: ast.Module) -> None:
    """Remove dropped statements; a block that would be empty keeps a `pass`."""
    for block in blocks(tree):
        dropped = [node for node in block if isinstance(node, _Dropped)]
        if not dropped:
            continue
        block[:] = [node for node in block if not isinstance(node, _Dropped)]
        if not block and block is not tree.body:
            block.append(ast.copy_location(ast.Pass(), dropped[0]))
