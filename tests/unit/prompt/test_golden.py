"""Whole prompts, letter by letter, as in golden/; `V2R_REWRITE_GOLDEN=1 pytest tests/unit/prompt/test_golden.py` writes them anew."""

import json
import locale
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from synthesis.moves import held
from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import Critique, CritiqueTurn, LeftOut
from video2reward.artifacts.io import write_json
from video2reward.artifacts.motion import Motion, write_motion
from video2reward.artifacts.reference import Reference, write_reference
from video2reward.artifacts.rollout import Rollout, write_rollout
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.config.method import load_method
from video2reward.config.plan import load_plan
from video2reward.critique.text import critique_texts
from video2reward.feedback.compare import compare, feedback
from video2reward.feedback.falls import Fall, Falls
from video2reward.geometry import sample_cycle
from video2reward.motion.wished import CHANGED, wished
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.crossover import build_crossover
from video2reward.prompt.feedback_text import Round, normalised
from video2reward.prompt.length import Window
from video2reward.registry import TASKS
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.settings.wish import Wish
from video2reward.similarity.posture import wanted_posture
from video2reward.wishes.fulfilment import figures_in_reach
from write_prompt import words_of

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).with_name("golden")
TEMPLATES = ROOT / "resources" / "prompts"
OTHER_REWARD = (ROOT / "resources" / "rewards" / "sparse_velocity.py").read_text(encoding="utf-8")
REWARD = (ROOT / "resources" / "rewards" / "human_velocity.py").read_text(encoding="utf-8")
AGENTS, STEPS, DT = 6, 500, 0.02

BEFORE = Candidate(1, 2, "ok", success=-0.31, falls=0.5, velocity_error=0.32, gait=0.12, h_mts=-0.3)
BEST = Candidate(2, 1, "ok", success=-0.182, falls=0.33, velocity_error=0.21, gait=0.081, h_mts=-0.15)
OTHER = Candidate(2, 3, "ok", success=-0.24, falls=0.0, velocity_error=0.3, gait=0.11, h_mts=-0.2)
REFUSED = Candidate(
    2, 2, "failed", traceback="line 3: import of os is refused\nallowed are torch, math and typing"
)
UNKNOWN = replace(REFUSED, k=4, traceback="NameError: name 'speed' is not defined")


@dataclass(frozen=True)
class Given:
    """What a round's files are made of."""

    reference: Reference
    motion: Motion
    rollout: Rollout
    training: dict[str, np.ndarray]
    falls: Falls


def walking(reference: Reference) -> Rollout:
    """Agents that walk 6 % too slowly; their hind feet lift 40 % less and come 0.1 cycle late; two fall."""
    times = np.arange(STEPS) * DT / (1.06 * reference.period_s)
    body = sample_cycle(reference.cycle, times)
    hind = [reference.keypoint_names.index(name) for name in ("L_B_Paw", "R_B_Paw")]
    body[:, hind] = sample_cycle(reference.cycle, times - 0.1)[:, hind]
    low = reference.cycle[:, hind, 1].min()
    body[:, hind, 1] = low + 0.6 * (body[:, hind, 1] - low)
    points = body * reference.body_length_m
    forward = points[..., 0] + (np.arange(STEPS) * DT * 1.1)[:, None]
    world = np.stack([forward, np.zeros_like(forward), points[..., 1] + 0.5], axis=-1)
    velocity = np.zeros((AGENTS, STEPS, 3))
    velocity[..., 0] = 1.1 + 0.2 * np.sin(4 * np.pi * times)
    return Rollout(
        qpos=np.zeros((AGENTS, STEPS, 19)),
        keypoints=np.tile(world, (AGENTS, 1, 1, 1)),
        heading=np.zeros((AGENTS, STEPS)),
        commands=np.tile([reference.speed, 0.0, 0.0], (AGENTS, 1)),
        velocity=velocity,
        fell_at=np.array([STEPS] * (AGENTS - 2) + [40, 130]),
        dt=DT,
        keypoint_names=reference.keypoint_names,
        robot=reference.robot,
    )


@pytest.fixture(scope="module")
def given(made_reference, made_motion):
    ramp = np.linspace(0.0, 1.0, 60)
    training = {
        "reward/linear_velocity": 0.4 + 0.5 * ramp,
        "reward/yaw_rate": np.full(60, 0.3),
        "reward/torque": -0.02 - 0.03 * ramp**2,
        "success": -1.2 + ramp,
        "episode_length": 30 + 450 * ramp,
        "terminated_fraction": 0.8 - 0.75 * ramp,
    }
    falls = Falls((Fall(0.82, "LH_THIGH", "nose up"), Fall(2.62, "base", "upright")), AGENTS, STEPS * DT)
    motion = replace(made_motion, camera="moving")
    return Given(made_reference, motion, walking(made_reference), training, falls)


def runner(reference: Reference, motion: Motion) -> tuple[Reference, Motion]:
    """A person of sines on the humanoid: trunk 6 degrees forward, legs and arms swinging in turn."""
    robot = load_robot(ROOT / "resources" / "robots" / "humanoid" / "robot.yaml")
    table = robot.skeletons["coco17"]
    names, turn = tuple(table.sites), 2 * np.pi * np.arange(64) / 64
    heights = {
        "nose": 0.8,
        "shoulder": 0.5,
        "elbow": 0.0,
        "wrist": -0.3,
        "hip": -0.5,
        "knee": -1.1,
        "ankle": -1.7,
    }
    swings = {"elbow": 0.1, "wrist": 0.3, "knee": -0.2, "ankle": -0.5}
    cycle = np.zeros((64, len(names), 2))
    for row, name in enumerate(names):
        side, _, joint = name.rpartition("_")
        cycle[:, row, 0] = swings.get(joint, 0.0) * np.cos(turn + np.pi * (side == "left"))
        cycle[:, row, 1] = heights[joint] + (
            0.2 * np.maximum(0, np.sin(turn + np.pi * (side == "left"))) * (joint == "ankle")
        )
    standing, target = cycle.mean(axis=0), cycle.copy()
    for joint in ("shoulder", "hip"):
        for side in ("left", "right"):
            target[:, names.index(f"{side}_{joint}"), 0] += np.tan(np.radians(6)) * heights[joint]
    limbs = tuple(limb.name for limb in table.limbs)
    reference = replace(
        reference, robot="humanoid", skeleton="coco17", keypoint_names=names, scored=table.scored, target=target,
        cycle=cycle, standing=standing, speed=2.9, limb_names=limbs, foot_names=tuple(limb.foot for limb in table.limbs),
        touchdown=np.array([0.0, 0.5]), duty_factor=np.array([0.35, 0.35]), body_length_m=0.5,
    )  # fmt: skip
    motion = replace(motion, joint_names=names, skeleton="coco17", cycle=target, limb_names=limbs, species="human",
        body=target, paper=target, confidence=np.ones(target.shape[:2]), times=np.arange(64) / 50,
        touchdown=reference.touchdown, duty_factor=reference.duty_factor, gait="run",
        gait_figures={"stride_leg_lengths": 3.0, "froude": 1.1})  # fmt: skip
    return reference, motion


def running(reference: Reference, walk: Rollout) -> Rollout:
    """Agents that run in time and lean 18 degrees further back than the runner; two fall."""
    body = held(off=-18.0)(
        reference, np.arange(STEPS)[None] * DT / reference.period_s, np.random.default_rng(0)
    )[0]
    points = body * reference.body_length_m
    world = np.stack([points[..., 0], np.zeros_like(points[..., 0]), points[..., 1] + 1.0], axis=-1)
    return replace(
        walk,
        keypoints=np.tile(world, (AGENTS, 1, 1, 1)),
        commands=np.tile([reference.speed, 0.0, 0.0], (AGENTS, 1)),
        keypoint_names=reference.keypoint_names,
        robot=reference.robot,
    )


def task_of(robot: str, video: str, fidelity: str) -> Task:
    """The task as a robot's experiments have it."""
    asked = {"robot": robot, "video": video, "method": "video2reward", "fidelity": fidelity}
    return load_plan(asked, ROOT).practices[robot].task


WISH = Wish(
    text="as in the video, but lift the paws twice as high and make no noise",
    measured={"foot_lift": {"times": 2.0}, "impact": {"at_most": 0.4}},
)


def judged(given, method, *candidates, best=BEST, task="velocity", wish=None):
    """feedback.json of round 2."""
    status = "ok" if any(c.status == "ok" for c in candidates) else "failed"
    why = "candidate 1 of iteration 2 has the smallest gait distance, 0.081 body lengths"
    words = TASKS.load(task).success_words
    selection = Selection("ok", status, "gait", why, 2, 1, best, candidates, success_words=words)
    found = compare(given.rollout, given.motion, given.reference, given.training, given.falls, wish)
    before = {
        "figures": {**asdict(BEFORE), "policy": BEFORE.name, "gait_distance": BEFORE.gait},
        "gait": None,
    }
    return feedback(found, selection, method, before, wish)


def with_critique(content):
    """feedback.json's content with a critique's section, as write_prompt adds it."""
    answer = Completion("1. Problems: ...", "eyes", "openai", is_language_model=True)
    heads = {
        "problems": ("The fore legs lift too high.",),
        "rewrite": ("torque: a smaller weight",),
        "remove": (),
        "add": ("a term for the height of the fore feet",),
    }
    turn = CritiqueTurn(0, (), answer)
    texts = critique_texts(
        Critique((turn,), heads, (LeftOut("problems", "The robot is stable", "4 % of the agents fell"),))
    )
    return {**content, "sections": {**content["sections"], "critique": texts}}


def prompt(given, method, content=None, window=None, task=None, second=None, **changes):
    robot = load_robot(ROOT / "resources" / "robots" / given.reference.robot / "robot.yaml")
    task = task or Task()
    last = Round(content, normalised(REWARD)) if content else None
    ingredients = Ingredients(
        given.reference, given.motion, robot, method, task, words_of(task, given.reference.speed), 3,
        f"class {task.name.capitalize()}Task:\n    ...", last,
    )  # fmt: skip
    ingredients = replace(ingredients, **changes)
    if second is not None:
        return build_crossover(ingredients, Round(second, normalised(OTHER_REWARD)), TEMPLATES, window).text
    return build_prompt(ingredients, TEMPLATES, window).text


def cases(given):
    """Name -> prompt."""
    ours, paper, eureka = (load_method(n, ROOT) for n in ("video2reward", "video2reward_paper", "eureka"))
    round_2 = (BEST, REFUSED, OTHER, UNKNOWN)
    found = {"duration_s": 1.0, "flight_s": 0.3, "rise": 0.25, "drop": 0.1, "distance": 0.8}
    jump = replace(given.motion, kind="single", gait="jump", gait_figures=found)
    way = np.stack([0.4 * np.linspace(0, 1, 64), 0.2 * np.sin(2 * np.pi * np.arange(64) / 64)], axis=1)
    once = replace(given.reference, kind="single", trunk=way, lean=np.zeros(64), flight=np.array([0.3, 0.6]))
    ran = Given(*runner(given.reference, given.motion), given.rollout, given.training, given.falls)
    ran = replace(ran, rollout=running(ran.reference, given.rollout))
    fast = replace(BEST, success=2.61, h_mts=2.9, posture=0.65, judged=0.2)
    high = wished(given.reference, WISH.times, figures_in_reach(CHANGED, given.reference))
    lifting = replace(given, reference=high)
    run_feedback = judged(ran, ours, fast, replace(OTHER, success=1.8), best=fast, task="run")
    run_paper = judged(ran, paper, fast, best=fast, task="run")
    tasks = {
        f: (task_of("anymal_c", "dog_amble", f), task_of("humanoid", "human_run", f))
        for f in ("cpu", "paper")
    }
    return {
        "next": prompt(given, ours, judged(given, ours, *round_2)),
        "crossover": prompt(
            given, ours, judged(given, ours, *round_2), second=judged(given, ours, OTHER, REFUSED, best=OTHER)
        ),
        "short": prompt(given, ours, judged(given, ours, *round_2), Window(8200, 1000)),
        "failed": prompt(given, ours, judged(given, ours, REFUSED, UNKNOWN, best=BEFORE)),
        "paper": prompt(given, paper, judged(given, paper, *round_2)),
        "eureka": prompt(given, eureka, judged(given, eureka, *round_2)),
        "velocity_paper": prompt(given, paper, judged(given, paper, *round_2), task=tasks["paper"][0]),
        "run": prompt(ran, ours, run_feedback, task=tasks["cpu"][1]),
        "run_paper": prompt(ran, paper, run_paper, task=tasks["paper"][1]),
        "bilevel": prompt(
            given, load_method("bilevel", ROOT), with_critique({"status": "ok", "sections": {}})
        ),
        "vlm": prompt(
            given, load_method("video2reward_vlm", ROOT), with_critique(judged(given, ours, *round_2))
        ),
        "wish": prompt(lifting, ours, judged(lifting, ours, *round_2, wish=WISH), wish=WISH),
        "wish_eureka": prompt(given, eureka, wish=Wish(text=WISH.text)),
        "jump": prompt(given, ours, motion=jump, reference=once, task=Task(name="single")),
    }


@pytest.fixture(scope="module")
def made(given):
    return cases(given)


def test_prompts_are_as_they_were(made):
    if os.environ.get("V2R_REWRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name, text in made.items():
            (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(made)
    for name, text in made.items():
        assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8"), name


def test_each_task_and_control_has_its_own_words(made):
    """What told the run task's success as squared errors, and torques as joint targets."""
    for name in ("next", "velocity_paper"):
        assert "0 is perfect" in made[name] and "squared errors" in made[name]
        assert "offsets of joint targets" in made[name]
    for name in ("run", "run_paper"):
        assert "speed along the course, m/s; larger is better" in made[name]
        assert "squared errors" not in made[name] and "0 is perfect" not in made[name]
    assert "actions are offsets of joint targets" in made["run"]
    assert "actions are joint torques, in units" in made["run_paper"] and "targets" not in made["run_paper"]
    assert "this speed straight ahead" in made["run"] and "commanded speed differs" not in made["run"]
    assert "commanded speed differs" in made["next"]


def test_the_run_is_told_that_it_leans_back_and_how_the_video_does(given, made):
    assert wanted_posture(runner(given.reference, given.motion)[0]).lean == pytest.approx(6.0, abs=0.01)
    text = made["run"]
    assert (
        "the trunk leans back by 12 degrees; in the video it leans forward by 6 degrees (too far off" in text
    )
    assert "trunk leaning forward by 6 degrees (projected_gravity[:, 0] = 0.10)" in text
    assert "projected_gravity[:, 0] is the sine of the trunk's lean" in text


def test_a_wish_is_told_and_what_came_of_it_is_fed_back(made):
    text = made["wish"]
    assert (
        WISH.text in text
        and "foot lift (highest point" in text
        and "2.00 times the motion in reach's" in text
    )
    assert (
        "already have the wished foot lift: follow them" in text and "Impact: asked at most 0.4 m/s" in text
    )
    assert "Foot lift: asked 2.00 times" in text and "The wish as a whole is fulfilled to" in text
    assert "Nothing of it is measured." in made["wish_eureka"]
    for name, other in made.items():
        assert ("wish" in other.lower()) == name.startswith("wish"), name


def test_the_papers_feed_back_what_they_say_and_no_more(given):
    ours, paper, eureka = (load_method(n, ROOT) for n in ("video2reward", "video2reward_paper", "eureka"))
    parts = {m: list(judged(given, m, BEST, REFUSED, OTHER)["sections"]) for m in (ours, paper, eureka)}
    assert parts[eureka] == ["components"]
    assert parts[paper] == ["score", "components", "similarity"]
    assert parts[ours] == list(ours.feedback)


def run(script, files, params, environment):
    words = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    command = [sys.executable, str(ROOT / "workflow_scripts" / f"{script}.py"), *words, "--code", "x"]
    done = subprocess.run(
        [*command, "--params", json.dumps(params)], env=os.environ | environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def other_locale():
    """A locale with another alphabet's order and a comma for the point, if the system has one; else UTF-8 alone."""
    for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "fr_FR.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_ALL, "C")
        return name
    return "C.UTF-8"


@pytest.mark.slow
def test_files_are_the_same_bytes_under_another_hash_seed_and_locale(given, tmp_path, robot_folder):
    """The real scripts, from the rollout to the next prompt."""
    write_rollout(tmp_path / "rollout.h5", given.rollout)
    write_reference(tmp_path / "reference.h5", given.reference)
    write_motion(tmp_path / "motion.h5", given.motion)
    round_2 = (BEST, replace(REFUSED, traceback="m² is no name"), OTHER, UNKNOWN)
    write_selection(
        tmp_path / "selection.json", Selection("ok", "ok", "gait", "nearest", 2, 1, BEST, round_2)
    )
    write_json(tmp_path / "before.json", {"figures": {"policy": BEFORE.name, "success": -0.3}})
    rows = [[str(float(v[i])) for v in given.training.values()] for i in range(60)]
    table = [",".join(given.training), *(",".join(row) for row in rows)]
    (tmp_path / "training.csv").write_text("\n".join(table))
    (tmp_path / "reward.py").write_text(REWARD + "\n# kg m²\nUNIT = 'kg m²'\n", encoding="utf-8")
    made = []
    for seed, where in (
        (1, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        (77, {"LC_ALL": other_locale()}),
    ):
        out = tmp_path / str(seed)
        inputs = {name: tmp_path / f"{name}.h5" for name in ("rollout", "reference", "motion")}
        inputs |= {"selection": tmp_path / "selection.json", "curves": tmp_path / "training.csv"}
        robot = {"robot": robot_folder / "robot.yaml"}
        outputs = {"feedback": out / "feedback.json", "picture": out / "similarity.png"}
        environment = {"PYTHONHASHSEED": str(seed), **where}
        run(
            "compare_motion",
            inputs
            | robot
            | {"mjcf": robot_folder / "anymal_c.xml", "previous": tmp_path / "before.json"}
            | outputs,
            {"method": {"description": ""}},
            environment,
        )
        files = {name: inputs[name] for name in ("reference", "motion")} | robot
        files |= {"feedback": out / "feedback.json", "reward": tmp_path / "reward.py"}
        files |= {"prompt": out / "prompt.txt", "record": out / "prompt.json"}
        llm = {"context_tokens": 32768, "max_tokens": 4096}
        params = {"method": {"description": ""}, "task": {}, "iteration": 3, "llm": llm}
        run("write_prompt", files, params, environment)
        made.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert made[0] == made[1]
    assert "kg m²" in made[0]["prompt.txt"].decode() and "m² is no name" in made[0]["prompt.txt"].decode()
