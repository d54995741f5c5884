import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.chat_server import ChatServer, completion

from make_known_states import make_known_states
from video2reward.artifacts.check import read_check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.prompt import write_prompt
from video2reward.artifacts.repairs import read_repairs
from video2reward.artifacts.states import States, read_states, write_known_states, write_states
from video2reward.errors import UserError
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.reward.compile import compile_source
from video2reward.reward.states import sample_states
from video2reward.robots.description import load_robot
from video2reward.settings.evaluation import TrialLimits
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from video2reward.signals import CATALOGUE
from video2reward.sim.locomotion import make_env
from write_prompt import words_of

ROOT = Path(__file__).resolve().parents[3]
SIZES = {"N": 8, "D": 12, "F": 4, "J": 14, "2": 2, "3": 3}


@pytest.fixture
def run(tmp_path, made_reference, made_motion, robot_folder):
    """Run the script on an answer -> (its output, the verdict, the reward's text)."""
    robot = load_robot(robot_folder / "robot.yaml")
    method = Method(description="m", signals=("keypoints", "clock"))
    env = make_env("mujoco", robot, robot_folder / robot.mjcf, Task(), made_reference, None, 8, 0)
    write_states(tmp_path / "states.npz", States(sample_states(env, seed=0)))
    env.close()
    prompt = build_prompt(
        Ingredients(made_reference, made_motion, robot, method, Task(), words_of(Task(), 1.2), 1),
        ROOT / "resources" / "prompts",
    )
    known = tmp_path / "known_states.npz"
    playing = (robot, robot_folder / robot.mjcf, Task(), made_reference)
    write_prompt(tmp_path / "prompt.txt", tmp_path / "prompt.json", prompt)

    def call(text, finish="stop", screen=None, **llm):
        answer = Completion(text, "m", "p", is_language_model=True, finish=finish)
        write_completion(tmp_path / "completion.json", answer)
        params = {"check": TrialLimits(seconds=10), "method": method}
        params = {name: value.model_dump(mode="json") for name, value in params.items()}
        files = ["--completion", tmp_path / "completion.json", "--record", tmp_path / "prompt.json"]
        files += ["--states", tmp_path / "states.npz", "--reward", tmp_path / "reward.py"]
        files += ["--check", tmp_path / "check.json", "--repairs", tmp_path / "repairs.json", "--code", "x"]
        if screen:
            params["screen"] = screen
            if not known.exists():
                write_known_states(known, make_known_states(*playing))
            files += ["--known", known]
        if llm:
            params |= {"llm": llm, "seed": 0, "iteration": 1, "candidate": 1}
            files += ["--repair", ROOT / "resources" / "prompts" / "repair.j2"]
            files += ["--store", tmp_path / "store", "--prices", ROOT / "resources" / "prices.yaml"]
        script = ROOT / "workflow_scripts" / "extract_reward.py"
        done = subprocess.run(
            [sys.executable, script, *files, "--params", json.dumps(params)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, read_check(tmp_path / "check.json"), (tmp_path / "reward.py").read_text()

    return call


@pytest.mark.slow
def test_a_good_answer_is_tried_on_the_real_robot(run):
    body = "    r = torch.exp(-torch.sum(torch.square(keypoints), dim=(1, 2))) * (1.0 + phase_sin)\n"
    text = f"```python\ndef compute_reward(keypoints: Tensor, phase_sin: Tensor):\n{body}    return r, {{'r': r}}\n```"
    out, verdict, reward = run(text)
    assert verdict.ok and verdict.components == ("r",) and "ok, terms r" in out
    assert reward.startswith("def compute_reward") and verdict.provenance["inputs"]


def test_a_bad_answer_ends_the_candidate_and_not_the_run(run):
    out, verdict, reward = run("```python\ndef compute_reward(reference_keypoints):\n    return 1, {}\n```")
    assert verdict.stage == "signature" and "hidden by this method" in verdict.message
    assert "failed at signature" in out and "def compute_reward" in reward


@pytest.mark.slow
def test_what_was_rewritten_is_kept_and_the_file_is_what_is_compiled(run):
    text = "```python\nimport torch\nTEMP = 0.25\n\ndef compute_reward(base_height: torch.Tensor):\n    print('x')\n    r = torch.exp(-base_height / TEMP)\n    return r, {'r': r}\n```"
    _, verdict, reward = run(text)
    assert verdict.ok and verdict.rewritten == (
        "line 5: print dropped",
        "line 2: the constant TEMP moved into compute_reward",
    )
    assert "print" not in reward and compile_source(reward).needed == ("base_height",)
    _, verdict, _ = run(text.replace("-base_height", "-base_height * weight"))
    assert verdict.stage == "compile" and "undefined value weight" in verdict.message
    assert verdict.message.endswith(
        "(Its lines are those of the code as it was rewritten: " + "; ".join(verdict.rewritten) + ")"
    )


GOOD = "```python\ndef compute_reward(base_height: Tensor):\n    return base_height, {'height': base_height}\n```"
BAD = "```python\ndef compute_reward(base_hight):\n    return base_hight, {}\n```"


@pytest.mark.slow
def test_a_candidate_that_fails_is_repaired_and_the_exchange_is_kept(run, tmp_path):
    with ChatServer((200, completion(GOOD), 0)) as server:
        llm = {"provider": "openai", "base_url": server.url, "model": "gpt-4o", "repairs": 1}
        out, verdict, reward = run(BAD, **llm)
        assert verdict.ok and verdict.repairs == 1 and verdict.components == ("height",)
        assert "base_height" in reward and "ok after 1 repair, terms height" in out
        exchange = read_repairs(tmp_path / "repairs.json")
        assert [one.completion.text for one in exchange.repairs] == [GOOD] and exchange.provenance
        assert "base_height" in exchange.repairs[0].error  # the nearest valid name
        run(BAD, **llm)
        assert len(server.requests) == 1  # a rerun pays nothing


@pytest.mark.slow
def test_nothing_is_asked_of_candidates_that_pass_or_have_nobody_to_ask(run, tmp_path):
    with ChatServer() as server:
        _, verdict, _ = run(GOOD, provider="openai", base_url=server.url, repairs=1)
    assert verdict.ok and not server.requests
    assert read_repairs(tmp_path / "repairs.json").repairs == ()
    _, verdict, _ = run(BAD)
    assert not verdict.ok and read_repairs(tmp_path / "repairs.json").repairs == ()


LAZY = GOOD.replace("base_height, {'height'", "torch.exp(-100.0 * base_height), {'height'")


@pytest.mark.slow
def test_a_reward_for_the_wrong_motion_is_sent_back_once_and_kept_with_its_fault(run, tmp_path):
    """The mend is worse, a failure, so that the first code is what is trained; its fault stays on record."""
    with ChatServer((200, completion(BAD), 0)) as server:
        llm = {"provider": "openai", "base_url": server.url, "model": "gpt-4o", "repairs": 1}
        out, verdict, reward = run(LAZY, screen="repair", **llm)
        assert len(server.requests) == 1
    assert verdict.ok and (verdict.stage, verdict.repairs, verdict.message) == ("done", 0, "")
    assert "torch.exp" in reward and "ok after 1 repair, terms height\nscreen: " in out
    assert any(fault.startswith("standing (stands still) earns ") for fault in verdict.screen.violations)
    (asked,) = read_repairs(tmp_path / "repairs.json").repairs
    assert (asked.cause, asked.status, asked.stage) == ("screen", "failed", "signature")
    assert asked.error == verdict.screen.complaint in asked.messages[-1]["content"]


@pytest.mark.slow
def test_telling_asks_nobody_and_off_is_silent(run, tmp_path):
    with ChatServer() as server:
        llm = {"provider": "openai", "base_url": server.url, "repairs": 1}
        _, verdict, _ = run(LAZY, screen="tell", **llm)
        assert verdict.ok and verdict.screen.violations and not server.requests
        out, verdict, _ = run(LAZY, **llm)
        assert verdict.ok and verdict.screen is None and "screen" not in out and not server.requests


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("def compute_reward(", "length", "the answer was cut off at llm.max_tokens; "),
        ("I cannot help with that.", "refusal", "the model refused to answer; "),
        ("", "content_filter", "the server's content filter stopped the answer; "),
        ("", "stop", "the answer is empty"),
    ],
)
def test_an_answer_without_code_still_gives_both_files(run, text, finish, reason):
    _, verdict, reward = run(text, finish=finish)
    assert verdict.stage == "extract" and verdict.message.startswith(reason)
    assert reward.startswith("# No reward function")


def test_the_states_are_the_catalogue_and_vary(made_reference, robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    env = make_env("mujoco", robot, robot_folder / robot.mjcf, Task(), replace(made_reference), None, 8, 0)
    states = sample_states(env, seed=1)
    env.close()
    for signal in CATALOGUE:
        values = states[signal.name]
        assert values.shape == (9, *(SIZES[n] for n in signal.shape)), signal.name
        assert np.isfinite(values).all()
    assert not np.array_equal(states["joint_pos"][0], states["joint_pos"][2])
    rest, air, back = ({name: values[i] for name, values in states.items()} for i in (6, 7, 8))
    assert not rest["commands"].any() and not air["foot_contacts"].any()
    assert back["projected_gravity"][0].tolist() == [0, 0, 1]


def test_states_survive_their_file(tmp_path):
    states = States(
        {"dt": np.full(2, 0.02, np.float32), "commands": np.ones((2, 3, 3), np.float32)}, {"code": "c"}
    )
    write_states(tmp_path / "states.npz", states)
    read = read_states(tmp_path / "states.npz")
    assert len(read) == 2 and read.provenance == {"code": "c"}
    assert read[1]["commands"].shape == (3, 3) and float(read[1]["dt"]) == np.float32(0.02)
    (tmp_path / "states.npz").write_bytes(b"PK broken")
    with pytest.raises(UserError, match="not a readable states.npz"):
        read_states(tmp_path / "states.npz")
    with pytest.raises(UserError, match="does not exist"):
        read_states(tmp_path / "none.npz")
