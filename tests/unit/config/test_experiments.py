from pathlib import Path

import pytest
import yaml

from video2reward.config.experiments import choices_of, own_choice
from video2reward.config.plan import load_plan, merge
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
SHIPPED = sorted(path.stem for path in (ROOT / "config" / "experiments").glob("*.yaml"))


@pytest.fixture
def root(tmp_path):
    """A project folder with the shipped methods and presets, and no experiments."""
    (tmp_path / "config" / "experiments").mkdir(parents=True)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    for name in ("fidelity", "methods"):
        (tmp_path / "config" / name).symlink_to(ROOT / "config" / name)
    return tmp_path


def write(root, name, **content):
    content = {"robot": "anymal_c", "video": "dog_amble", "method": "human"} | content
    (root / "config" / "experiments" / f"{name}.yaml").write_text(yaml.safe_dump(content))


def plan(root, *files, **changes):
    return load_plan(merge(CONFIG, {"experiments": list(files), **changes}), root)


def test_lists_are_multiplied_and_name_the_experiments(root):
    write(
        root, "group", video=["dog_amble", "dog_run"], method=["human", "sparse"], overrides={"seeds": [0, 1]}
    )
    p = plan(root, "group")
    assert list(p.experiments) == [
        "group-dog_amble-human", "group-dog_amble-sparse", "group-dog_run-human", "group-dog_run-sparse",
    ]  # fmt: skip
    for name, experiment in p.experiments.items():
        assert f"group-{experiment.video}-{experiment.method_name}" == name == experiment.name
        assert (experiment.group, experiment.robot, experiment.loop.seeds) == ("group", "anymal_c", (0, 1))
    assert set(p.videos) == {"dog_amble", "dog_run"} and set(p.robots) == {"anymal_c"}


def test_a_list_of_one_is_a_group_and_no_list_is_none(root):
    write(root, "group", video=["dog_amble"])
    write(root, "single")
    p = plan(root, "group", "single")
    assert {e.name: e.group for e in p.experiments.values()} == {
        "group-dog_amble-human": "group", "single": "single",
    }  # fmt: skip


def test_several_robots_stand_in_the_names(root):
    write(root, "group", robot=["anymal_c", "humanoid"], method=["human", "sparse"])
    found = choices_of(("group",), root / "config" / "experiments")
    assert [choice.name for choice in found] == [
        "group-anymal_c-dog_amble-human", "group-anymal_c-dog_amble-sparse",
        "group-humanoid-dog_amble-human", "group-humanoid-dog_amble-sparse",
    ]  # fmt: skip
    with pytest.raises(
        UserError, match=r"experiment group-humanoid-dog_amble-human: robot 'humanoid' has no"
    ):
        plan(root, "group")


def test_videos_of_ones_own_are_named_by_their_files(root, tmp_path):
    clip = tmp_path / "my clip.mp4"
    clip.write_bytes(b"x")
    write(root, "group", video=[str(clip), "https://example.org/films/dog.mp4"])
    assert list(plan(root, "group").experiments) == ["group-my_clip-human", "group-dog-human"]


def test_an_experiment_of_the_command_line_is_its_own_group():
    choice = own_choice("anymal_c", "films/my clip.mp4", "human")
    assert choice.name == choice.group == "anymal_c-my_clip-human"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"video": ["dog_ambel"]}, "unknown video 'dog_ambel'. Did you mean 'dog_amble'"),
        ({"method": ["human", "traking"]}, "unknown method 'traking'. Did you mean 'tracking'"),
        ({"robot": ["anymal"]}, "unknown robot 'anymal'. Did you mean 'anymal_c'"),
        (
            {"video": ["dog_run", "dog_run"]},
            "two experiments are called 'group-dog_run-human'; rename one",
        ),
        ({"video": []}, "video = []: Value error, must be a name or a list of names"),
        ({"method": ["human", 3]}, "method = ['human', 3]: Value error, must be a name or a list of names"),
        ({"methods": ["human"]}, "unknown key 'methods'. Did you mean 'method'"),
        ({"overrides": {"iteration": 2}}, "unknown key 'iteration'. Did you mean 'iterations'"),
        ({"overrides": {"fidelity": "paper"}}, "experiment group, overrides: unknown key 'fidelity'"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(root, content, expected):
    write(root, "group", **content)
    with pytest.raises(UserError) as error:
        plan(root, "group")
    assert expected in str(error.value) and "\n" not in str(error.value)


def test_folders_of_the_results_are_no_experiments(root):
    write(root, "tables")
    with pytest.raises(UserError, match="'tables': a folder of the results has this name"):
        plan(root, "tables")


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("fidelity", ["cpu", "paper"])
def test_every_shipped_file_is_a_plan(name, fidelity):
    experiments = plan(ROOT, name, fidelity=fidelity).experiments.values()
    assert experiments and {experiment.group for experiment in experiments} == {name}


def test_the_papers_sizes():
    for name in ("paper", "paper_humanoid"):
        for experiment in plan(ROOT, name, fidelity="paper").experiments.values():
            asks = experiment.method.reward is None
            loop = experiment.loop
            assert (loop.iterations, loop.samples, len(loop.seeds)) == ((5, 16, 5) if asks else (1, 1, 5))


def test_a_fixed_reward_is_trained_once_and_a_method_may_name_its_provider():
    llm = {"provider": "openai", "model": "m"}
    training = {"init": "base"}
    loops = {
        e.method_name: e.loop for e in plan(ROOT, "quick", llm=llm, training=training).experiments.values()
    }
    told = {name: (loop.llm.provider, loop.iterations, loop.samples) for name, loop in loops.items()}
    assert told == {
        "template": ("template", 2, 2), "tracking": ("fixed", 1, 1), "human": ("fixed", 1, 1), "sparse": ("fixed", 1, 1),
    }  # fmt: skip
    assert plan(ROOT, "amble", llm=llm).experiments["amble"].loop.llm.provider == "openai"


def test_a_fixed_reward_has_rounds_that_go_on_from_the_best():
    loops = {e.method_name: e.loop for e in plan(ROOT, "quick_humanoid").experiments.values()}
    assert {name: (loop.iterations, loop.samples) for name, loop in loops.items()} == {
        "template": (2, 2), "tracking": (2, 1), "human": (1, 1), "sparse": (1, 1),
    }  # fmt: skip


def test_a_method_says_what_the_video_shows(root, tmp_path):
    texts = {
        video: plan(ROOT, video=video, robot=robot, method="eureka_td").experiments.popitem()[1].method
        for video, robot in (("dog_amble", "anymal_c"), ("dog_run", "anymal_c"), ("human_run", "humanoid"))
    }
    assert {video: method.task_description for video, method in texts.items()} == {
        "dog_amble": "to make the quadruped amble like real dogs",
        "dog_run": "to make the quadruped run like real dogs",
        "human_run": "to make the humanoid run like real humans",
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"reward": "tracking", "provider": "template"}, "give one of them"),
        ({"provider": "templat"}, "unknown completion provider 'templat'. Did you mean 'template'"),
        ({"reward": "traking"}, "unknown fixed reward 'traking'. Did you mean 'tracking'"),
    ],
)
def test_mistakes_in_a_method(tmp_path, content, expected):
    bare_root(tmp_path)
    (tmp_path / "config" / "methods" / "mine.yaml").write_text(
        yaml.safe_dump({"description": "mine", **content})
    )
    with pytest.raises(UserError) as error:
        load_plan({"video": "dog_amble", "method": "mine"}, tmp_path)
    assert expected in str(error.value)


def bare_root(folder):
    """Make a project folder with presets and resources, and no methods."""
    (folder / "config" / "methods").mkdir(parents=True)
    (folder / "config" / "fidelity").symlink_to(ROOT / "config" / "fidelity")
    (folder / "resources").symlink_to(ROOT / "resources")
