from pathlib import Path

import pytest
import yaml

from video2reward.config import load_plan, merge
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def plan(**changes):
    return load_plan(merge(CONFIG, changes), ROOT)


def test_the_default_configuration_is_a_plan():
    p = plan()
    assert list(p.experiments) == ["amble"]
    e = p.experiments["amble"]
    assert (e.robot, e.video, e.loop.iterations, e.loop.samples) == ("anymal_c", "dog_amble", 2, 2)
    assert p.videos["dog_amble"].file.exists()


def test_command_line_values_win_over_presets():
    p = plan(task={"episode_s": 3.0}, fidelity="cpu")
    assert p.task.episode_s == 3.0
    assert p.task.command_vx == (0.0, 1.3)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iteration": 3}, "unknown key 'iteration'. Did you mean 'iterations'"),
        ({"training": {"num_env": 3}}, "unknown key 'num_env'. Did you mean 'num_envs'"),
        ({"training": {"gamma": 2.0}}, "training.gamma = 2.0"),
        ({"experiments": ["ambel"]}, "unknown experiment 'ambel'. Did you mean 'amble'"),
        ({"experiments": []}, "no experiment to run"),
        ({"video": "dog_ambel"}, "unknown video 'dog_ambel'. Did you mean 'dog_amble'"),
        ({"video": "gone.mp4"}, "video gone.mp4 does not exist"),
        ({"video": "dog_amble", "robot": "anymal"}, "unknown robot 'anymal'. Did you mean 'anymal_c'"),
        ({"video": "dog_amble", "method": "eurika"}, "unknown method 'eurika'. Did you mean 'eureka'"),
        ({"video": "human_walk"}, "no keypoint table for skeleton 'coco17'"),
        ({"llm": {"provider": "opnai"}}, "unknown completion provider 'opnai'. Did you mean 'openai'"),
        ({"training": {"simulator": "isaac"}}, "unknown simulator 'isaac'"),
        ({"task": {"name": "velocty"}}, "unknown task 'velocty'. Did you mean 'velocity'"),
        ({"fidelity": "gpu"}, "fidelity = 'gpu'"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(changes, expected):
    with pytest.raises(UserError) as error:
        plan(**changes)
    assert expected in str(error.value)


def test_a_person_drives_the_humanoid():
    experiment = plan(video="human_walk", robot="humanoid").experiments["humanoid-human_walk-video2reward"]
    assert (experiment.robot, experiment.video) == ("humanoid", "human_walk")
    with pytest.raises(UserError, match="no keypoint table for skeleton 'ap10k'"):
        plan(video="dog_amble", robot="humanoid")


def test_own_video_without_yaml(tmp_path):
    clip = tmp_path / "my clip.mp4"
    clip.write_bytes(b"x")
    p = plan(video=str(clip))
    assert list(p.videos) == ["my_clip"]
    assert list(p.experiments) == ["anymal_c-my_clip-video2reward"]


def test_own_video_with_yaml_and_unknown_backend(tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"x")
    (tmp_path / "clip.yaml").write_text("file: clip.mp4\npose: {backend: mmpos}\n")
    with pytest.raises(UserError, match="unknown pose backend 'mmpos'"):
        plan(video=str(tmp_path / "clip.mp4"))


def test_overrides_of_one_experiment(tmp_path):
    root = tmp_path
    for name in ("config", "resources"):
        (root / name).symlink_to(ROOT / name) if name == "resources" else None
    (root / "config" / "experiments").mkdir(parents=True)
    for name in ("fidelity", "methods"):
        (root / "config" / name).symlink_to(ROOT / "config" / name)
    file = root / "config" / "experiments" / "amble.yaml"
    file.write_text("robot: anymal_c\nvideo: dog_amble\nmethod: video2reward\noverrides: {iterations: 5}\n")
    assert load_plan(CONFIG, root).experiments["amble"].loop.iterations == 5
    file.write_text(
        "robot: anymal_c\nvideo: dog_amble\nmethod: video2reward\noverrides: {training: {units: [8]}}\n"
    )
    with pytest.raises(UserError, match="units is shared with the base policy"):
        load_plan(CONFIG, root)
