"""Base policies in their robots' folders: used where they fit, and good under the simulation as it is."""

import pytest

from video2reward.artifacts.io import digest, write_json
from video2reward.policy.shipped import fits

SETTINGS = {
    "training": {"base_steps": 1000, "num_envs": 4},
    "task": {"name": "velocity", "episode_s": 5.0},
    "seed": 0,
}


@pytest.fixture
def kept(tmp_path):
    """A record, and the files that its training read."""
    files = {
        "robot": [tmp_path / "robot.yaml"],
        "assets": [tmp_path / "a.stl", tmp_path / "b.stl"],
        "server": [],
    }
    for paths in files.values():
        for path in paths:
            path.write_text(path.name)
    names = {"robot": "robot.yaml", "assets": "a.stl", "assets1": "b.stl"}
    inputs = {name: digest(tmp_path / file) for name, file in names.items()}
    record = tmp_path / "base.json"
    write_json(record, {"status": "ok", "provenance": {"parameters": SETTINGS, "inputs": inputs}})
    return record, files


def changed(section, **values):
    return {**SETTINGS, section: {**SETTINGS[section], **values}}


def test_the_same_settings_and_files_fit(kept):
    record, files = kept
    assert fits(record, SETTINGS, files)


def test_a_default_that_is_written_out_fits(kept):
    record, files = kept
    assert fits(record, changed("training", gamma=0.97, mirror=False), files)


@pytest.mark.parametrize(
    "other",
    [
        changed("training", gamma=0.98),
        changed("task", observation="deployable"),
        changed("task", robustness="light"),
        changed("training", base_steps=2000),
        changed("training", simulator="mujoco_warp"),
        changed("task", episode_s=6.0),
        {**SETTINGS, "seed": 1},
    ],
)
def test_other_settings_do_not_fit(kept, other):
    record, files = kept
    assert not fits(record, other, files)


def test_other_files_do_not_fit(kept):
    record, files = kept
    files["assets"][1].write_text("a longer leg")
    assert not fits(record, SETTINGS, files)
    assert not fits(record, SETTINGS, {**files, "assets": files["assets"][:1]})


@pytest.mark.parametrize(
    "record",
    [
        {"status": "failed", "provenance": {}},
        {},
        {"status": "ok", "provenance": {"parameters": {"training": {"no longer": 1}, "task": {}, "seed": 0}}},
    ],
)
def test_a_record_that_says_nothing_useful_does_not_fit(kept, record):
    path, files = kept
    write_json(path, record)
    assert not fits(path, SETTINGS, files)
    path.write_text("{")
    assert not fits(path, SETTINGS, files)
    path.unlink()
    assert not fits(path, SETTINGS, files)
