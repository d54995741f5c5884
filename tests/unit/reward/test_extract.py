import ast

import pytest

from video2reward.reward.extract import ExtractError, extract_code

HELPER = "def squash(x: torch.Tensor, t: float) -> torch.Tensor:\n    return torch.exp(-x / t)"
MAIN = "def compute_reward(dt: float):\n    r = squash(dt, 0.1)\n    return r, {'r': r}"
OTHER = "def compute_reward(dt: float):\n    return 0, {}"


def names(code):
    return [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]


def fenced(*blocks, tag="python"):
    return "\n\nSome words.\n\n".join(f"```{tag}\n{block}\n```" for block in blocks)


@pytest.mark.parametrize("tag", ["python", "py", "Python", ""])
def test_one_block_with_its_helper(tag):
    code = extract_code("An analysis.\n" + fenced(f"import torch\n\n{HELPER}\n\n\n{MAIN}", tag=tag))
    assert names(code) == ["squash", "compute_reward"] and code.startswith("import torch")


def test_helpers_in_another_block_are_not_lost():
    code = extract_code(fenced(HELPER, MAIN))
    assert names(code) == ["squash", "compute_reward"]
    assert names(extract_code(fenced(MAIN, HELPER))) == ["squash", "compute_reward"]


def test_helpers_of_helpers_come_along():
    second = "def double(x):\n    return 2 * x"
    main = MAIN.replace("squash(", "outer(")
    outer = "def outer(x, t):\n    return double(squash(x, t))"
    assert set(names(extract_code(fenced(HELPER, second, outer, main)))) == {
        "squash", "double", "outer", "compute_reward",
    }  # fmt: skip


def test_the_last_complete_definition_counts():
    code = extract_code(fenced(OTHER, f"{HELPER}\n{MAIN}", "x = 1", "def compute_reward(dt:\n  broken"))
    assert "squash(dt" in code and names(code) == ["squash", "compute_reward"]


def test_an_older_definition_in_the_same_block_goes():
    code = extract_code(fenced(f"{OTHER}\n\n{HELPER}\n\n# the better one\n{MAIN}"))
    assert names(code) == ["squash", "compute_reward"] and "return 0" not in code
    assert "# the better one" in code


def test_decorators_stay():
    assert "@torch.jit.script" in extract_code(fenced(f"@torch.jit.script\n{HELPER}", MAIN))


def test_bare_code_between_words():
    code = extract_code(f"Here it is:\n\nimport torch\n{HELPER}\n\n{MAIN}\n\nThis rewards what is asked.")
    assert names(code) == ["squash", "compute_reward"] and "rewards what" not in code


def test_a_fence_that_was_never_closed():
    assert names(extract_code(f"```python\n{HELPER}\n\n{MAIN}")) == ["squash", "compute_reward"]


def test_a_block_in_a_list_is_moved_left():
    block = "\n".join(f"   {line}" for line in f"```python\n{HELPER}\n\n{MAIN}\n```".splitlines())
    assert names(extract_code(f"1. Code:\n{block}")) == ["squash", "compute_reward"]


def test_windows_line_ends():
    assert names(extract_code(fenced(f"{HELPER}\n\n{MAIN}").replace("\n", "\r\n"))) == [
        "squash",
        "compute_reward",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("I cannot do that.", "defines no function compute_reward"),
        (fenced("def reward(): pass"), "defines no function compute_reward"),
        (fenced("def compute_reward(dt:\n    return"), "does not parse: line 1"),
        ("def compute_reward(dt: float):\n    return (", "cut off"),
        (fenced(MAIN + "\n" + "#" * 200_000), "characters"),
    ],
)
def test_what_cannot_be_used_says_why(text, reason):
    with pytest.raises(ExtractError, match=reason):
        extract_code(text)
