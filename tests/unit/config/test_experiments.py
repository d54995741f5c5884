from pathlib import Path

import pytest
import yaml

from video2reward.config.experiments import choices_of, own_choice
from video2reward.config.layers import merge
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.search.planned import last_node, shown_later

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
        (
            {"variants": {"a": {"scren": "off"}}},
            "experiment group-dog_amble-human-a, overrides: unknown key 'scren'. Did you mean 'screen'",
        ),
        ({"variants": {"two words": {}}}, "'two words' stands in the names of folders; write two_words"),
        ({"variants": {False: {}}}, "False is no name; write it in quotes"),
        ({"variants": ["greedy"]}, "variants = ['greedy']: Input should be a valid dictionary"),
        ({"variants": {"a": 3}}, "variants.a = 3: Input should be a valid dictionary"),
        ({"baselines": {"traking": {}}}, "unknown method 'traking'. Did you mean 'tracking'"),
        ({"baselines": {"human": {}}}, "two experiments are called 'group-dog_amble-human'; rename one"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(root, content, expected):
    write(root, "group", **content)
    with pytest.raises(UserError) as error:
        plan(root, "group")
    assert expected in str(error.value) and "\n" not in str(error.value)


VARIED = {
    "overrides": {"samples": 3, "training": {"init": "base", "steps": 1000}},
    "variants": {"greedy": {"screen": "off"}, "long": {"training": {"steps": 4000}}, "plain": None},
    "baselines": {"tracking": {"training": {"steps": 6000}}},
}


def test_variants_multiply_the_methods_and_win_key_by_key_and_baselines_run_once(root):
    write(root, "group", method=["video2reward", "eureka"], **VARIED)
    found = plan(root, "group").experiments
    assert list(found) == [
        *(f"group-dog_amble-{m}-{v}" for m in ("video2reward", "eureka") for v in ("greedy", "long", "plain")),
        "group-dog_amble-tracking",
    ]  # fmt: skip
    told = {
        one.way: (one.loop.screen, one.loop.training.init, one.loop.training.steps) for one in found.values()
    }
    assert told["video2reward-greedy"] == ("off", "base", 1000) and told["eureka-long"] == (
        "repair",
        "base",
        4000,
    )
    assert told["video2reward-plain"] == ("repair", "base", 1000) and told["tracking"] == (
        "repair",
        "base",
        6000,
    )
    assert [one.variant for one in found.values()][2:] == ["plain", "greedy", "long", "plain", ""]
    assert {one.group for one in found.values()} == {"group"}
    assert found["group-dog_amble-tracking"].loop.samples == 1


def test_a_variant_wins_over_a_clip_and_the_command_line_over_both(root):
    clips = [
        {"robot": "anymal_c", "video": "dog_amble", "overrides": {"samples": 5, "training": {"init": "base"}}}
    ]
    content = {
        "clips": clips,
        "method": "human",
        "variants": {"a": {"samples": 6}, "b": {}},
        "overrides": {"samples": 4},
    }
    (root / "config" / "experiments" / "odd.yaml").write_text(yaml.safe_dump(content | {"method": "eureka"}))
    found = plan(root, "odd").experiments
    assert {name: (one.loop.samples, one.loop.training.init) for name, one in found.items()} == {
        "odd-anymal_c-dog_amble-eureka-a": (6, "base"), "odd-anymal_c-dog_amble-eureka-b": (5, "base"),
    }  # fmt: skip
    asked = {"samples": 2, "iterations": 3}
    with pytest.raises(
        UserError, match=r"-eureka-a and odd-\S+-eureka-b have the same settings; let their variants differ"
    ):
        load_plan(merge(CONFIG, {"experiments": ["odd"]}, asked), root, asked)
    asked = {"iterations": 3}
    told = load_plan(merge(CONFIG, {"experiments": ["odd"]}, asked), root, asked).experiments
    assert {(one.loop.samples, one.loop.iterations) for one in told.values()} == {(6, 3), (5, 3)}


def test_a_video_of_the_command_line_takes_the_place_of_a_named_files(root, tmp_path):
    write(root, "group", video=["dog_run"], method=["human", "sparse"], variants={"a": {}})
    write(root, "runner", robot="humanoid", video="human_run")

    def asked(**more):
        return load_plan(merge(CONFIG, more), root, more).experiments

    both = asked(experiments=["group"], video="dog_amble", method="tracking")
    assert list(both) == ["group-dog_amble-human-a", "group-dog_amble-sparse-a"]
    clip = tmp_path / "my clip.mp4"
    clip.write_bytes(b"x")
    (own,) = asked(experiments=["runner"], video=str(clip)).values()
    assert (own.name, own.group, own.robot) == ("runner-my_clip-human", "runner-my_clip", "humanoid")
    (other,) = asked(experiments=["runner"], video="dog_amble", robot="anymal_c").values()
    assert (other.name, other.robot) == ("runner-dog_amble-human", "anymal_c")
    assert list(asked(video="dog_amble", method="human")) == ["anymal_c-dog_amble-human"], "without files"
    with pytest.raises(
        UserError, match=r"bilevel.yaml has clips, .* so video=dog_amble cannot take their place"
    ):
        load_plan(merge(CONFIG, wanted := {"experiments": ["bilevel"], "video": "dog_amble"}), ROOT, wanted)


def test_the_search_group_spends_the_same_steps_on_every_way():
    spent = {}
    for way, loop in ((one.way, one.loop) for one in plan(ROOT, "search").experiments.values()):
        spent[way] = last_node(loop.search, loop.iterations) * loop.samples * loop.training.steps
        if loop.tuning is not None:
            each = loop.tuning.steps_each(loop.training.steps) * loop.tuning.trainings
            spent[way] += len(shown_later(loop.search, loop.iterations)) * each
    assert set(spent.values()) == {2_000_000} and {"video2reward-greedy", "template", "tracking"} < set(spent)


def test_folders_of_the_results_are_no_experiments(root):
    write(root, "tables")
    with pytest.raises(UserError, match="'tables': a folder of the results has this name"):
        plan(root, "tables")


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("fidelity", ["cpu", "paper"])
def test_every_shipped_file_is_a_plan(name, fidelity):
    # A critique needs a model, by hand or by a server; the others make do with what config.yaml says.
    asked = {"llm": {"provider": "manual"}} if name == "bilevel" else {}
    experiments = plan(ROOT, name, fidelity=fidelity, **asked).experiments.values()
    assert experiments and {experiment.group for experiment in experiments} == {name}


def test_the_second_papers_five_tasks_are_in_its_group():
    found = plan(ROOT, "bilevel", llm={"provider": "manual"}).experiments.values()
    learned = {f"{one.robot}/{one.video}": one.practice for one in found}
    published = yaml.safe_load((ROOT / "resources/tables/bilevel.yaml").read_text())["tasks"].values()
    assert {clip for clips in published for clip in clips} < set(learned)
    single = {clip for clip, practice in learned.items() if practice.endswith("-single")}
    assert single == {"ant/spider_jump", "humanoid/human_jump", "anymal_c/dog_hop"}


def test_robots_with_videos_and_settings_of_their_own(root):
    clips = [
        {"robot": "anymal_c", "video": "dog_amble"},
        {"robot": "humanoid", "video": "human_run", "overrides": {"reach": {"crouch": 0.15}}},
    ]
    content = {"clips": clips, "method": "human", "overrides": {"reach": {"crouch": 0.1}, "seeds": [0, 1]}}
    (root / "config" / "experiments" / "both.yaml").write_text(yaml.safe_dump(content))
    found = plan(root, "both").experiments
    assert list(found) == ["both-anymal_c-dog_amble-human", "both-humanoid-human_run-human"]
    assert [one.loop.reach.crouch for one in found.values()] == [0.1, 0.15]
    assert {one.loop.seeds for one in found.values()} == {(0, 1)}


@pytest.mark.parametrize(
    "content",
    [
        {"robot": "anymal_c"},
        {"video": "dog_amble"},
        {"robot": "anymal_c", "video": "dog_amble", "clips": True},
    ],
)
def test_a_file_has_robot_and_video_or_clips(root, content):
    clips = [{"robot": "anymal_c", "video": "dog_amble"}]
    content = content | {"method": "human"} | ({"clips": clips} if "clips" in content else {})
    (root / "config" / "experiments" / "odd.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(UserError, match="give robot and video, or clips"):
        plan(root, "odd")


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


HOP = {"video": "dog_hop", "method": "template"}


def test_an_experiment_may_name_a_task_which_has_its_own_presets_and_base_policy(root):
    write(root, "hop", **HOP, overrides={"task": {"name": "single"}, "samples": 3})
    write(root, "walk")
    p = plan(root, "hop", "walk")
    hop, walk = p.experiments["hop"], p.experiments["walk"]
    assert (hop.practice, walk.practice) == ("anymal_c-single", "anymal_c")
    assert {name: one.task.name for name, one in p.practices.items()} == {
        "anymal_c-single": "single", "anymal_c": "velocity",
    }  # fmt: skip
    assert {one.robot for one in p.practices.values()} == {"anymal_c"} == set(p.robots)
    assert (
        p.practices["anymal_c-single"].task.reference_starts,
        p.practices["anymal_c"].task.reference_starts,
    ) == (0.5, 0)
    assert hop.loop.samples == 3 and hop.loop.training.steps == 500_000 != walk.loop.training.steps
    assert hop.loop.training.units == p.practices["anymal_c-single"].training.units
    asked = {"task": {"reference_starts": 0.25}}
    told = load_plan(merge(CONFIG, {"experiments": ["hop"]}, asked), root, asked)
    assert told.practices["anymal_c-single"].task.reference_starts == 0.25


def test_a_task_named_on_the_command_line_has_its_presets_too(root):
    p = load_plan(merge(CONFIG, {"video": "dog_hop", "method": "template", "task": {"name": "single"}}), root)
    assert p.practices["anymal_c"].task.reference_starts == 0.5
    (experiment,) = p.experiments.values()
    assert experiment.practice == "anymal_c"


def test_experiments_that_share_a_base_policy_have_one_task(root):
    write(root, "hop", **HOP, overrides={"task": {"name": "single"}})
    write(root, "short", **HOP, overrides={"task": {"name": "single", "episode_s": 3.0}})
    with pytest.raises(
        UserError, match="short: another one gives anymal_c the task single with other settings"
    ):
        plan(root, "hop", "short")
    write(root, "odd", **HOP, overrides={"task": {"nam": "single"}})
    with pytest.raises(UserError, match="nam"):
        plan(root, "odd")
