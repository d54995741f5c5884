"""The base policies that lie in their robots' folders: the default configuration takes them, any other trains its own."""

import shutil
from pathlib import Path

import pytest
from tests.workflow.conftest import ROOT, Workflow, copy_project

DEFAULT = ROOT / "config" / "config.yaml"
BASES = [f"results/robots/{robot}/base.pth" for robot in ("anymal_c", "humanoid")]


def planned(folder: Path, *settings: str, targets: list[str] = BASES[:1], root: Path = ROOT) -> set[str]:
    asked = ["--config", *settings] if settings else []
    return Workflow(folder, root, DEFAULT).planned(*asked, "--", *targets)


def test_the_default_configuration_takes_both_robots_policies(tmp_path):
    assert planned(tmp_path, targets=BASES) == {"take_base"}


@pytest.mark.parametrize(
    ("experiment", "robot"), [("spider_walk", "ant"), ("go2_amble", "go2"), ("g1_run", "g1")]
)
def test_so_do_the_other_robots_experiments(tmp_path, experiment, robot):
    asked = (f"experiments=[{experiment}]",)
    assert planned(tmp_path, *asked, targets=[f"results/robots/{robot}/base.pth"]) == {"take_base"}


def test_it_is_the_robots_file_with_its_record_and_curves(tmp_path):
    run = Workflow(tmp_path, ROOT, DEFAULT)("--", BASES[0])
    assert run.status == 0, run.output[-3000:]
    for ending in ("pth", "json", "csv"):
        taken = (tmp_path / BASES[0]).with_suffix(f".{ending}")
        assert taken.read_bytes() == (ROOT / "resources/robots/anymal_c" / taken.name).read_bytes()
    assert planned(tmp_path) == set()
    assert planned(tmp_path, "training={base_steps: 5000}") == {"train_base"}


@pytest.mark.parametrize(
    "setting",
    [
        "training={base_policy: trained}",
        "training={gamma: 0.98}",
        "training={simulator: mujoco_warp_cpu}",
        "task={command_vx: [0.0, 1.0]}",
        "fidelity=paper",
    ],
)
def test_other_settings_train_their_own(tmp_path, setting):
    assert planned(tmp_path, setting) == {"train_base"}


@pytest.mark.parametrize("setting", ["training={steps: 1000, init: scratch, early_stop: false}", "seeds=[3]"])
def test_what_a_base_policy_does_not_depend_on_changes_nothing(tmp_path, setting):
    assert planned(tmp_path, setting) == {"take_base"}


def test_a_seed_with_a_base_policy_of_its_own_trains_it(tmp_path):
    own = "results/robots/anymal_c/base_seed1.pth"
    assert planned(tmp_path, "seeds=[0, 1]", "base_seeds=[0, 1]", targets=[own]) == {"train_base"}


def test_another_robot_file_trains_its_own(tmp_path):
    copy_project(tmp_path)
    described = tmp_path / "resources/robots/anymal_c/robot.yaml"
    described.write_text(described.read_text().replace('{".*": 85.0}', '{".*": 80.0}'))
    assert planned(tmp_path, root=tmp_path) == {"train_base"}
    shutil.rmtree(tmp_path / "resources/robots/anymal_c")
    shutil.copytree(ROOT / "resources/robots/anymal_c", tmp_path / "resources/robots/anymal_c")
    (tmp_path / "resources/robots/anymal_c/base.json").unlink()
    assert planned(tmp_path, root=tmp_path) == {"train_base"}
