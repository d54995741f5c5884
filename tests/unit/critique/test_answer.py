"""Answers under four heads, as models lay them out."""

import pytest

from video2reward.critique.answer import missing_heads, read_heads

NUMBERED = """Here is my comparison.

1. Problems:
   - The fore legs lift too high
     in the swing.
   - The trunk rolls.
2. Components to rewrite: none
3. Components to remove:
torque, which keeps the legs still
4. Components to add:
a) a term for the height of the fore feet
"""
BOLD = """**1. Problems**
* The fore legs lift too high in the swing.
* The trunk **rolls**.

**2. Components to be rewritten**
None.

**3. Components to remove:** torque, which keeps the legs still

**4. New components (to add):**
1) a term for the height of the fore feet
"""
HEADINGS = """<think>
## Problems
- not this
</think>
## Problems with the gait
- The fore legs lift too high in the swing.
- The trunk rolls.

### Rewrite component
N/A
### Remove component
- torque, which keeps the legs still
### Add
- a term for the height of the fore feet
"""
POINTS = {
    "problems": ("The fore legs lift too high in the swing.", "The trunk rolls."),
    "rewrite": (),
    "remove": ("torque, which keeps the legs still",),
    "add": ("a term for the height of the fore feet",),
}
ANOTHER_LANGUAGE = """1. Probleme: Die Vorderbeine heben sich zu hoch.
2. Umzuschreiben: keine
3. Zu entfernen: torque
4. Neu: ein Term für die Höhe der Füße
"""


@pytest.mark.parametrize("text", [NUMBERED, BOLD, HEADINGS], ids=["numbered", "bold", "headings"])
def test_the_heads_are_found_however_they_are_laid_out(text):
    assert read_heads(text) == POINTS


@pytest.mark.parametrize(
    "text",
    ["", "The robot walks well.", ANOTHER_LANGUAGE, NUMBERED.replace("4. Components to add", "4. Ideas")],
)
def test_an_answer_without_all_heads_is_unstructured(text):
    assert read_heads(text) is None
    assert missing_heads(text)


def test_a_point_that_begins_like_a_head_is_none():
    found = read_heads(NUMBERED.replace("- The trunk rolls.", "- Add: nothing of the kind"))
    assert "Add: nothing of the kind" in found["problems"]


def test_the_missing_heads_are_named():
    assert missing_heads(NUMBERED.replace("4. Components to add", "4. Ideas")) == ["Components to add"]
