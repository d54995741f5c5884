"""One rule for the paths of every key."""

import os
import shutil

import pytest
import yaml
from tests.unit.config.test_plan import CONFIG, ROOT, plan

from video2reward.config.layers import merge
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.settings.paths import expanded, located


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder, a variable and a working directory: tmp_path/home, $CLIPS = tmp_path/clips, tmp_path/here."""
    for name in ("home", "clips", "here", "yaml"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLIPS", str(tmp_path / "clips"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


PLACES = {"~/x": "home", "$CLIPS/x": "clips", "${CLIPS}/x": "clips", "x": "yaml", "sub dir/../x": "yaml"}


@pytest.mark.parametrize("written", PLACES)
def test_what_a_path_in_a_yaml_means(home, written):
    (home / "yaml/sub dir").mkdir()
    (home / PLACES[written] / "x").touch()
    assert located(written, home / "yaml", "key") == home / PLACES[written] / "x"


def test_the_yamls_folder_comes_before_the_working_directory(home):
    (home / "here/x").touch()
    assert located("x", home / "yaml", "key") == home / "here/x"
    (home / "yaml/x").touch()
    assert located("x", home / "yaml", "key") == home / "yaml/x"
    assert located(home / "here/x", home / "yaml", "key") == home / "here/x"


def test_errors_name_both_places_and_pipes(home):
    with pytest.raises(UserError, match=r"key: .*/yaml/gone does not exist, nor does .*/here/gone$"):
        located("gone", home / "yaml", "key")
    with pytest.raises(UserError, match=r"key: \S*/home/gone does not exist$"):
        located("~/gone", home / "yaml", "key")
    os.mkfifo(home / "yaml/pipe")
    with pytest.raises(UserError, match="pipe is neither a file nor a folder"):
        located("pipe", home / "yaml", "key")


@pytest.mark.parametrize("place", ["~", "$CLIPS", "."])
@pytest.mark.parametrize("key", ["file", "keypoints", "model", "detector"])
def test_every_key_of_a_videos_yaml_follows_the_rule(home, place, key):
    folder = {"~": home / "home", "$CLIPS": home / "clips", ".": home / "here"}[place]
    for name in ("clip.mp4", "k.csv", "m.onnx"):
        (folder / name).touch()
        (home / "yaml" / name).touch() if place != "." else None
    content = {"file": f"{place}/clip.mp4", "pose": {}}
    if key == "keypoints":
        content["pose"] = {"backend": "import", "keypoints": f"{place}/k.csv"}
    elif key != "file":
        content["pose"] = {key: f"{place}/m.onnx"}
    (home / "yaml/v.yaml").write_text(yaml.safe_dump(content))
    video = plan(video=str(home / "yaml/v.yaml")).videos["v"]
    assert video.file == folder / "clip.mp4"
    found = getattr(video.pose, key, None)
    assert found is None or str(found) == str(folder / ("k.csv" if key == "keypoints" else "m.onnx"))


def test_the_configurations_keys_follow_it_too(home):
    (home / "home/clip.mp4").touch()
    p = plan(video="~/clip.mp4", results="$CLIPS/runs", llm={"recorded": "~/earlier"})
    assert p.videos["clip"].file == home / "home/clip.mp4" and p.results == home / "clips/runs"
    assert p.experiments["anymal_c-clip-video2reward"].loop.llm.recorded == home / "home/earlier"
    assert str(expanded("results")) == "results"  # stays relative: results may move with the project


def test_an_experiments_clip_may_lie_beside_it(home):
    for part in ("config", "resources"):
        shutil.copytree(ROOT / part, home / "root" / part, ignore=shutil.ignore_patterns("*.mp4"))
    folder = home / "root/config/experiments"
    (folder / "mine.yaml").write_text("robot: anymal_c\nvideo: walk.mp4\nmethod: human\n")
    (folder / "walk.mp4").touch()
    (home / "here/walk.mp4").touch()
    made = load_plan(merge(CONFIG, {"experiments": ["mine"]}), home / "root")
    assert made.videos["walk"].file == folder / "walk.mp4"
    (folder / "walk.mp4").unlink()
    made = load_plan(merge(CONFIG, {"experiments": ["mine"]}), home / "root")
    assert made.videos["walk"].file == home / "here/walk.mp4"


def test_two_clips_that_fold_alike_end_the_plan(home):
    for part in ("config", "resources"):
        shutil.copytree(ROOT / part, home / "root" / part, ignore=shutil.ignore_patterns("*.mp4"))
    for name in ("my clip", "my-clip", "走路", "跑步"):
        (home / f"here/{name}.mp4").touch()
    file = home / "root/config/experiments/mine.yaml"
    for i, names in enumerate((["my clip.mp4", "my-clip.mp4"], ["走路.mp4", "跑步.mp4"])):
        file.write_text(
            yaml.safe_dump({"robot": "anymal_c", "video": names, "method": "human"}, allow_unicode=True)
        )
        content = merge(CONFIG, {"experiments": ["mine"]})
        if i == 0:
            with pytest.raises(UserError, match="two experiments are called 'mine-my_clip-human'"):
                load_plan(content, home / "root")
        else:
            assert list(load_plan(content, home / "root").videos) == ["走路", "跑步"]


@pytest.mark.parametrize("key", ["file: pipe", "pose: {backend: import, keypoints: pipe}"])
def test_a_pipe_is_refused_before_it_is_read(home, key):
    os.mkfifo(home / "yaml/pipe")
    (home / "yaml/v.yaml").write_text(key)
    with pytest.raises(UserError, match="pipe is neither a file nor a folder, but a pipe"):
        plan(video=str(home / "yaml/v.yaml"))
    (home / "yaml/folder.yaml").mkdir()
    with pytest.raises(UserError, match=r"folder.yaml is not a file; name a YAML file"):
        plan(video=str(home / "yaml/folder.yaml"))
