"""Wherever a model puts the code, it is found; or a sentence says where it stands."""

import ast
import html
import json
import time

import pytest
from tests.unit.reward.conftest import extract_code

from video2reward.reward.extract import MAX_ANSWER, ExtractError, extract

HELPER = "def squash(x: torch.Tensor, t: float) -> torch.Tensor:\n    return torch.exp(-x / t)"
MAIN = 'def compute_reward(dt: float):\n    r = squash(dt, 0.1)\n    return r, {"r": r}'
CODE = f"import torch\n\n{HELPER}\n\n\n{MAIN}"
STUB = "def compute_reward(dt: float):\n    ..."


def moved(text, prefix):
    return "\n".join(prefix + line for line in text.split("\n"))


def fence(code, tag="python"):
    return f"```{tag}\n{code}\n```"


def names(code):
    return [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]


PROMPT = "\n".join((">>> " if line[:1].strip() else "... ") + line for line in CODE.split("\n"))
FORMS = {
    "JSON": json.dumps({"analysis": "x", "code": CODE}),
    "JSON in a fence": f"Here:\n{fence(json.dumps({'code': CODE}, indent=1), 'json')}",
    "JSON in words": f"Sure! {json.dumps({'reward': {'source': CODE}})} done",
    "JSON, a list of lines": json.dumps({"code": CODE.split("\n")}),
    "JSON, two keys": json.dumps({"helpers": HELPER, "function": MAIN}),
    "JSON with line ends": '{"code": "' + CODE.replace('"', '\\"') + '"}',
    "JSON, cut off": json.dumps({"code": CODE, "x": 1})[:-8],
    "JSON with a fence": json.dumps({"answer": fence(CODE)}),
    "a dictionary": repr({"code": CODE}),
    "a Python text": fence(f"code = '''\n{CODE}\n'''"),
    "YAML": "code: |\n" + moved(CODE, "  "),
    "quoted fence": moved(fence(CODE), "> "),
    "quoted": moved(CODE, "> "),
    "Python's prompt": PROMPT,
    "a difference": moved(CODE, "+"),
    "a difference of a file": fence("--- a/r.py\n+++ b/r.py\n@@ -1,9 +1,9 @@\n import torch\n-def old(x):\n-    return x\n" + moved(CODE.removeprefix("import torch\n"), "+"), "diff"),
    "a shell's file": fence(f"cat > reward.py <<'EOF'\n{CODE}\nEOF", "bash"),
    "wide blanks": fence(CODE.replace("    ", "\u3000\u3000")),
    "soft hyphens": fence(CODE.replace("torch.exp", "torch.\u00adexp")),
    "reStructuredText": f".. code-block:: python\n\n{moved(CODE, '    ')}\n\nDone.",
    "indented": "1. Code\n" + moved(CODE, "   "),
    "a fence in a list": f"- ```python\n{moved(CODE, '  ')}\n  ```",
    "a fence at a line's end": f"Code: ```python\n{CODE}\n```",
    "attributes": f"```{{.python .numberLines}}\n{CODE}\n```",
    "tag and code": f"```python {CODE}\n```",
    "a fence in a fence": f"```markdown\n# T\n{fence(CODE)}\n```",
    "never closed, then the next": f"```python\nimport torch\n{HELPER}\n\nand:\n{fence(MAIN)}",
    "HTML": f"<pre><code>{html.escape(CODE)}</code></pre>",
    "tags": f"<python>{CODE}</python>",
    "Org": f"#+BEGIN_SRC python\n{CODE}\n#+END_SRC",
    "LaTeX": f"\\begin{{verbatim}}\n{CODE}\n\\end{{verbatim}}",
    "thoughts alone": f"<think>{CODE}</think>\nDone.",
    "thoughts and a stub": f"<think>\n{fence(CODE)}\n</think>\n{fence(STUB)}",
    "other thoughts": f"[THINK]{fence(MAIN.replace('0.1', '9'))}[/THINK]{fence(CODE)}",
    "channels": f"analysis {fence(MAIN.replace('0.1', '9'))}<|channel|>final<|message|>{fence(CODE)}",
    "a stub behind": f"{fence(CODE)}\n\nIts interface:\n\n{fence(STUB)}",
    "a stub behind, pass": f"{fence(CODE)}\n{fence(STUB.replace('...', 'pass'))}",
    "a stub behind, words": f"{fence(CODE)}\n{fence(STUB.replace('...', chr(34) * 3 + 'As above.' + chr(34) * 3))}",
    "a stub behind, an error": fence(f"{CODE}\n\n\n{STUB.replace('...', 'raise NotImplementedError')}"),
    "a stub behind, None": f"{fence(CODE)}\n{fence(STUB.replace('...', 'return None'))}",
    "a stub before": f"{fence(STUB)}\n{fence(CODE)}",
    "a fenced stub behind bare code": f"{CODE}\n\nInterface:\n{fence(STUB)}",
    "two blocks": f"{fence('import torch')}\n{fence(HELPER)}\nand\n{fence(MAIN)}",
    "words in the fence": fence(f"{CODE}\n\nThis is good, isn't it?"),
    "a list behind": f"{CODE}\n\n  - Explains things\n",
    "tabs": fence(CODE.replace("    ", "\t")),
    "static method": fence(f"import torch\n\nclass R:\n    @staticmethod\n{moved(HELPER, '    ')}\n\n    @staticmethod\n{moved(MAIN, '    ').replace('squash', 'R.squash')}").replace("R.squash", "squash"),
    "method": fence("import torch\nclass R:\n    t = 0.1\n    def squash(self, x, t):\n        return torch.exp(-x / t)\n    def compute_reward(self, dt: float):\n        r = self.squash(dt, self.t)\n        return r, {'r': r}"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_code_is_found_in_any_form(name):
    code = extract_code(FORMS[name])
    assert names(code) == ["squash", "compute_reward"]
    assert "squash(dt, 0.1)" in code and "self" not in code


def test_imports_and_constants_come_from_other_blocks():
    main = "def compute_reward(dt):\n    return F.relu(dt) * K * math.pi, {}"
    text = "\n".join(map(fence, ("import torch.nn.functional as F, math", "K: float = 3.0", main)))
    assert extract_code(text).startswith("import torch.nn.functional as F, math\n\n\nK: float = 3.0\n")


def test_a_function_may_go_on_in_the_next_block():
    text = "\nand then\n".join(map(fence, ("def compute_reward(dt):\n    a = dt", "    return a, {}")))
    assert extract_code(text).strip() == "def compute_reward(dt):\n    a = dt\n    return a, {}"


def test_versions_are_given_the_likeliest_first():
    other, third = MAIN.replace("0.1", "0.2"), MAIN.replace("0.1", "0.3")
    blocks = (MAIN, STUB, "\n\n".join((other, third)), STUB)
    found = extract("\n".join(map(fence, blocks)))
    assert [code.partition("dt, ")[2][:3] for code in found.codes] == ["0.3", "0.2", "0.1", ""]
    assert all(code.count("def compute_reward") == 1 for code in found.codes) and found.fault == ""


CURLY = MAIN.replace('{"r"', "{“r”")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (fence(CURLY), "does not parse: line 3: invalid character '“'"),
        (fence(f"import torch\n\n{CURLY}\n\n\n{HELPER}"), "does not parse: line 5: invalid character"),
        (f"Text.\n\n{CURLY}\n\nWords.", "does not parse: line 3: invalid character '“'"),
        (f"Text.\n\n```python\n{CURLY}", "does not parse: line 3"),
        (f"<think>{MAIN}</think>{fence(CURLY)}", "does not parse: line 3"),
        (json.dumps({"code": CURLY}), "does not parse: line 3"),
        (fence(MAIN.replace("0.1)", "0.1，t)")), "line 2: invalid character '，'"),
        (fence(MAIN.replace("    return", "\treturn")), "line 3: inconsistent use of tabs"),
        (fence(MAIN.replace("    return", "   return")), "line 3: unindent does not match"),
        (fence(MAIN.replace("0.1)", "0.1")), r"line 2: '\(' was never closed"),
        (fence("class R:\n    def __init__(self, w):\n        self.w = w\n    def compute_reward(self, dt):\n        return self.w, {}"), "stands in class R, line 4; write it as a plain function"),
        ("class R:\n    def compute_reward(self, dt):\n        return helper(self), {}", "stands in class R"),
        (fence("def make(w):\n    def compute_reward(dt):\n        return w, {}\n    return compute_reward"), "stands in function make, line 2"),
        (fence("def reward(dt):\n    return dt, {}"), "no function compute_reward; it defines reward"),
        ("x" * (MAX_ANSWER + 1), "at most 4,000,000 are read"),
    ],
)  # fmt: skip
def test_a_fault_is_told_as_what_it_is(text, fault):
    with pytest.raises(ExtractError, match=fault) as caught:
        extract(text) if not text.startswith("<think>") else extract(text.replace(MAIN, "no code"))
    assert "\n" not in str(caught.value)


def test_a_broken_helper_is_told_as_such():
    for text in (fence(CODE.replace("-x / t", "-x ， t")), CODE.replace("-x / t", "-x ， t")):
        found = extract(text)
        assert (
            "does not parse: line 4: invalid character '，'" in found.fault and "squash(dt" in found.codes[0]
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "`" * 1_000_000,
        "``` " * 250_000,
        "```\n" * 250_000,
        "```x\n" * 200_000,
        "~~~a\n```b\n" * 100_000,
        " " * 1_000_000 + "```",
        (" " * 1000 + "\n") * 1000,
        "> " * 500_000,
        "- " * 500_000 + "```",
        "x`" * 500_000,
        "``" * 500_000 + "x```",
        "```python\n" + "x```y\n" * 150_000,
        "&gt;" * 250_000,
        "<code" * 200_000,
        "</think" * 140_000,
        '"\\' * 500_000 + "def compute_reward",
        '{"a":' * 200_000 + "def compute_reward",
        "'" * 500_000 + " def compute_reward\\n",
        "1." * 500_000,
    ],
)  # fmt: skip
def test_a_megabyte_of_marks_is_read_in_seconds(text):
    start = time.process_time()
    with pytest.raises(ExtractError):
        extract(text)
    assert time.process_time() - start < 3.0
