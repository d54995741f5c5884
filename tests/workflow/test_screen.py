"""A reward that pays for the wrong motion is mended by its model before it is trained, or trained with its fault on record."""

import json

import pytest

from video2reward.artifacts.check import read_check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.repairs import Repair, Repairs, read_repairs, write_repairs
from video2reward.artifacts.selection import read_selection

ROUND = "results/amble/seed0/iter1"
HONEST = "torch.exp(-torch.square(commands[:, 0] - base_lin_vel[:, 0]) / 0.25)"
STANDS = "2.0 * torch.exp(-torch.square(base_lin_vel[:, 0])) + 0.0 * commands[:, 0]"


def answer(total):
    """A reward of one term."""
    head = "def compute_reward(base_lin_vel: Tensor, commands: Tensor):"
    return f"```python\n{head}\n    r = {total}\n    return r, {{'r': r}}\n```"


@pytest.fixture
def recording(tmp_path):
    """Two answers that pay for standing; of the first there is a repair."""
    folder = tmp_path / "earlier" / "amble" / "seed0" / "iter1"
    for k in (1, 2):
        write_completion(folder / f"completion_{k}.json", Completion(answer(STANDS), "m", "openai", True))
    mended = Completion(answer(HONEST), "m", "openai", True)
    write_repairs(folder / "repairs_1.json", Repairs((Repair(1, "", (), mended, "ok", "done"),)))
    return tmp_path / "earlier"


def config(recording, **more):
    """The command line's settings."""
    llm = {"provider": "recorded", "recorded": str(recording)}
    return [f"llm={json.dumps(llm)}", *(f"{name}={value}" for name, value in more.items())]


@pytest.mark.slow
def test_caught_mended_trained_and_told(workflow, recording):
    # The blind pairs of the gait are not asked of a method that does not show it.
    asked = config(recording, screen="repair", iterations=1)
    changed = ["--config", *asked, "method=eureka", "robot=anymal_c", "video=dog_amble"]
    earlier = recording / "anymal_c-dog_amble-eureka"
    (recording / "amble").rename(earlier)
    of_round = "results/anymal_c-dog_amble-eureka/seed0/iter1"
    run = workflow(*changed, "--", f"{of_round}/feedback.json")
    assert run.status == 0, run.output[-6000:]
    folder = workflow.folder / of_round
    mended, kept = (read_check(folder / f"check_{k}.json") for k in (1, 2))
    assert mended.ok and kept.ok and mended.stage == kept.stage == "done"
    assert mended.screen.violations == () and mended.screen.returns["honest"] > 0.9
    assert any(one.startswith("standing (") for one in kept.screen.violations) and kept.screen.margin < -0.5
    (exchange,) = read_repairs(folder / "repairs_1.json").repairs
    assert "standing (stands still) earns " in exchange.messages[-1]["content"]
    assert "holds no repair 1" in read_repairs(folder / "repairs_2.json").why
    selection = read_selection(folder / "selection.json")
    assert selection.execute_rate_unrepaired == 1.0 and all(
        one.status == "ok" for one in selection.candidates
    )
    told = json.loads((folder / "feedback.json").read_text())
    assert "The reward of candidate 2" in told["text"] or "The reward above:" in told["text"]
    assert "- standing (stands still) earns " in told["sections"]["screen"][0]


def test_off_plans_no_motions(workflow):
    planned = workflow.planned("--config", "screen=off")
    assert "make_known_states" not in planned and "extract_reward 1.1" in planned
    assert "make_known_states" in workflow.planned()
