import ast
import time

import pytest
from tests.unit.reward.conftest import extract_code

from video2reward.reward.extract import ExtractError

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
        ("def compute_reward(dt: float):\n    r = (dt\n    return r, {}", "line 2: '\\(' was never closed"),
        (fenced(MAIN + "\n" + "#" * 200_000), "characters"),
    ],
)
def test_what_cannot_be_used_says_why(text, reason):
    with pytest.raises(ExtractError, match=reason):
        extract_code(text)


@pytest.mark.parametrize(
    "text",
    [
        f"````python\n{HELPER}\n\n{MAIN}\n````\n",
        f"~~~~\n{HELPER}\n\n{MAIN}\n~~~~~\n",
        f"```python\n{HELPER}\n\n{MAIN}```\nThat is it.",
        f"```python\n{HELPER}\n\n{MAIN}\n~~~\nMore words.",
        f"```\n{HELPER}\n```\n```Python 3\n{MAIN}\n```",
        f"```{HELPER}\n\n{MAIN}\n```",
        f"'''python\n{HELPER}\n\n{MAIN}\n'''",
        f"<code>\n{HELPER}\n\n{MAIN}\n</code>",
        f"Code:\n{HELPER}\n\nand then the function (see above):\n\n{HELPER}\n\n{MAIN}\n\nEnjoy (it",
        f"{HELPER}\n\n{MAIN}\n\nDone",
        f"<think>\n```python\n{OTHER}\n```\n</think>\n{fenced(HELPER, MAIN)}",
    ],
    ids=["long", "tildes", "closed in the line", "mixed", "tags", "begun in the line", "quotes", "tags of HTML", "words between",
         "a word behind", "thoughts"],
)  # fmt: skip
def test_wrong_fences_and_prose(text):
    code = extract_code(text)
    assert names(code) == ["squash", "compute_reward"] and "squash(dt" in code
    assert "Done" not in code and "import" not in code


def test_thoughts_count_where_there_is_nothing_else():
    assert names(extract_code(f"<think>{fenced(OTHER)}")) == ["compute_reward"]
    assert names(extract_code(f"<think>{fenced(OTHER)}</think>Sorry.")) == ["compute_reward"]


def test_unicode():
    blanks = MAIN.replace("    ", "\u00a0 \u202f\u200b ")
    words = "Größer is better – 更好 🐕\u2028 \ud83d.\n"
    code = extract_code(words + fenced(f"{HELPER}\n\n{blanks}  # 更好\x0c\u2028é"))
    assert names(code) == ["squash", "compute_reward"] and "更好" in code


WORDS = "import what you need from the long words before\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("word " * 200_000 + fenced(f"\n{MAIN}"), True),
        (WORDS * 20_000 + f"{HELPER}\n{MAIN}\nword word", True),
        (fenced(*["x = 1"] * 40_000, HELPER, MAIN), True),
        (fenced("x = 1\n" * 170_000 + MAIN), False),
        ("def compute_reward(x):\n    return (\n" * 25_000, False),
        ("def f(x):\n" * 100_000 + MAIN, False),
        (fenced(*[f"def f{i}(x):\n    return f{i + 1}(x)" for i in range(20_000)], "def compute_reward(x):\n    return f0(x)"), False),
        (fenced(f"def compute_reward(x):\n    return {'-' * 90_000}1"), False),
        (fenced(f"def compute_reward(x):\n    return x{'.a' * 40_000}"), False),
        ("`" * 1_000_000 + "def compute_reward", False),
    ],
    ids=["words", "words like code", "blocks", "one block", "begun", "begun before", "helpers", "deep", "long", "fences"],
)  # fmt: skip
def test_a_megabyte_takes_seconds_at_most(text, usable):
    start = time.process_time()
    if usable:
        assert "compute_reward" in names(extract_code(text))
    else:
        with pytest.raises(ExtractError):
            extract_code(text)
    assert time.process_time() - start < 8.0
