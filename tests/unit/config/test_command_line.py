"""Settings as words of a command line."""

import pytest

from video2reward.config.command_line import assigned
from video2reward.errors import UserError


def test_values_are_yaml():
    assert assigned(["samples=3", "seeds=[0, 1]", "video=dog amble.mp4", "llm={provider: openai}"]) == {
        "samples": 3, "seeds": [0, 1], "video": "dog amble.mp4", "llm": {"provider": "openai"},
    }  # fmt: skip


def test_a_value_that_a_shell_cut_is_joined():
    assert assigned(["training={simulator:", "mujoco,", "steps:", "3}", "samples=2"]) == {
        "training": {"simulator": "mujoco", "steps": 3}, "samples": 2,
    }  # fmt: skip


@pytest.mark.parametrize("word", ["samples", "=3", "a b=3", "3=x", "a={"])
def test_anything_else_is_a_sentence(word):
    with pytest.raises(UserError, match="is no setting|is not YAML"):
        assigned([word])
