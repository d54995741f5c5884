import shutil
from pathlib import Path

import pytest
import yaml

from video2reward.config.layers import merge
from video2reward.config.method import load_method
from video2reward.config.plan import load_plan
from video2reward.config.robot import load_preset
from video2reward.errors import UserError
from video2reward.settings.bases import base_name, base_seed
from video2reward.settings.tuning import Tuning

ROOT = Path(__file__).resolve().parents[3]
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def plan(**changes):
    return load_plan(merge(CONFIG, changes), ROOT)


def test_the_default_configuration_is_a_plan():
    p = plan()
    amble, human = ("anymal_c", "dog_amble", 2, 2), ("humanoid", "human_run", 2, 1)
    for name, expected in (("amble", amble), ("human_run", human)):
        e = p.experiments[name]
        assert (e.robot, e.video, e.loop.iterations, e.loop.samples) == expected
        assert p.videos[e.video].file.exists()
    assert len(p.experiments) == 2


def test_the_papers_fidelity_repairs_nothing_unless_it_is_asked_for():
    repairs = [p.experiments["amble"].loop.llm.repairs for p in (plan(), plan(fidelity="paper"))]
    assert repairs == [1, 0]
    assert plan(fidelity="paper", llm={"repairs": 2}).experiments["amble"].loop.llm.repairs == 2


def test_the_papers_fidelity_screens_nothing_and_off_may_be_written_as_yaml_reads_it():
    screens = [plan(**changes).experiments["amble"].loop.screen for changes in ({}, {"fidelity": "paper"})]
    assert screens == ["repair", "off"]
    assert plan(**yaml.safe_load("screen: off")).experiments["amble"].loop.screen == "off"
    with pytest.raises(UserError, match="screen"):
        plan(screen="on")


def test_command_line_values_win_over_an_experiments_overrides():
    asked = {"samples": 7, "experiments": ["human_run"], "llm": {"repairs": 3}}
    loop = load_plan(merge(CONFIG, asked), ROOT, asked).experiments["human_run"].loop
    assert (loop.samples, loop.iterations, loop.llm.repairs, loop.reach.crouch) == (7, 2, 3, 0.15)


def test_command_line_values_win_over_presets():
    p = plan(task={"episode_s": 3.0}, fidelity="cpu")
    assert p.practices["anymal_c"].task.episode_s == 3.0
    assert p.practices["anymal_c"].task.command_vx == (0.0, 1.3)


def test_a_robots_preset_stands_between_fidelity_and_configuration():
    p = plan(experiments=["amble", "human_run"], training={"steps": 500_000})
    dog, human = p.practices["anymal_c"], p.practices["humanoid"]
    assert (dog.task.name, human.task.name) == ("velocity", "run")
    assert dog.training.gamma == 0.97 and human.training.gamma == 0.99
    assert dog.training.steps == human.training.steps == 500_000
    assert p.experiments["human_run"].loop.training == human.training
    assert human.training.units == (256, 128, 64) != dog.training.units


def test_what_trainings_ask_of_a_cluster_follows_fidelity_robot_and_experiment(tmp_path):
    cpu, paper = (plan(fidelity=fidelity).practices["anymal_c"].cluster for fidelity in ("cpu", "paper"))
    assert (cpu.gpus, cpu.memory_mb, cpu.minutes) == (None, 4000, 240)
    assert (paper.memory_mb, paper.minutes) == (16000, 2880)
    for part in ("config", "resources"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "resources/robots/anymal_c/cpu.yaml").write_text("cluster: {gpus: 2, minutes: 30}")
    amble = yaml.safe_load((ROOT / "config/experiments/amble.yaml").read_text())
    own = amble | {"overrides": {"cluster": {"minutes": 45}}}
    (tmp_path / "config/experiments/amble.yaml").write_text(yaml.safe_dump(own))
    changed = load_plan(merge(CONFIG, {"cluster": {"memory_mb": 900}}), tmp_path)
    base, candidate = changed.practices["anymal_c"].cluster, changed.experiments["amble"].loop.cluster
    assert (base.gpus, base.memory_mb, base.minutes) == (2, 900, 30)
    assert (candidate.gpus, candidate.memory_mb, candidate.minutes) == (2, 900, 45)


def test_the_papers_fidelity_trains_each_robot_as_published():
    """AnymalPPO.yaml and HumanoidPPO.yaml of IsaacGymEnvs 1.5.1."""
    p = plan(fidelity="paper", experiments=["amble", "human_run"])
    shared = {"num_envs": 4096, "mini_epochs": 5, "kl_threshold": 0.008, "gamma": 0.99, "gae_lambda": 0.95,
              "clip": 0.2, "entropy": 0.0, "sigma0": 1.0, "init": "scratch", "early_stop": False}  # fmt: skip
    own = {
        "anymal_c": {"horizon": 24, "minibatches": 3, "learning_rate": 3e-4, "units": (256, 128, 64)},
        "humanoid": {"horizon": 32, "minibatches": 4, "learning_rate": 5e-4, "units": (400, 200, 100)},
    }
    for robot, figures in own.items():
        training = p.practices[robot].training.model_dump()
        assert {key: training[key] for key in shared | figures} == shared | figures
    tasks = [p.practices[robot].task for robot in own]
    assert [task.episode_s / task.control_dt for task in tasks] == pytest.approx([2500, 1000])
    assert not any(task.observe_clock for task in tasks)


@pytest.mark.parametrize(("init", "behind"), [("base", 800_000), ("best", 1_400_000)])
def test_yardsticks_owe_nothing_to_the_base_policy_and_have_as_many_steps_behind_them(init, behind):
    training = {"init": init, "steps": 300_000, "base_steps": 500_000}
    p = plan(experiments=["medium"], training=training)  # three rounds
    loops = {e.method_name: e.loop for e in p.experiments.values()}
    for name in ("human", "sparse"):
        own = loops[name].training
        assert (own.init, own.steps, own.early_stop, loops[name].iterations) == ("scratch", behind, False, 1)
    for name in ("template", "tracking"):
        assert (loops[name].training.init, loops[name].training.steps) == (init, 300_000)
    alone = plan(experiments=["medium"], training={"init": "scratch", "steps": 300_000})
    assert {e.loop.training.steps for e in alone.experiments.values()} == {300_000}


def test_what_a_task_leaves_at_rest_is_not_said():
    """Robots without starts in motion must not be trained again for settings they do not use."""
    assert set(plan().practices["anymal_c"].task.model_dump()) == {
        "name", "episode_s", "command_vx", "command_vy", "command_yaw", "observe_clock", "substeps",
    }  # fmt: skip
    assert plan(task={"start_speed": 0.5}).practices["anymal_c"].task.model_dump()["start_speed"] == 0.5


def test_a_method_names_reward_and_task_as_the_robots_task_has_them():
    velocity, run = (load_method("human", ROOT, task) for task in ("velocity", "run"))
    assert (velocity.reward, run.reward) == ("human_velocity", "human_run")
    assert "run as fast" in load_method("eureka", ROOT, "run").task_description
    assert load_method("eureka", ROOT).task_description.startswith("to make the robot follow")


def test_a_mistake_in_a_robots_preset_is_answered_with_its_file(tmp_path):
    folder = tmp_path / "resources" / "robots" / "humanoid"
    folder.mkdir(parents=True)
    (folder / "cpu.yaml").write_text("trainings: {}\n")
    with pytest.raises(UserError, match=r"cpu.yaml: unknown key 'trainings'. Did you mean 'training'"):
        load_preset("humanoid", "cpu", tmp_path)
    (folder / "cpu.yaml").write_text("training: {gama: 0.9}\n")
    assert load_preset("humanoid", "cpu", tmp_path) == {"training": {"gama": 0.9}}
    assert load_preset("humanoid", "paper", tmp_path) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iteration": 3}, "unknown key 'iteration'. Did you mean 'iterations'"),
        ({"training": {"num_env": 3}}, "unknown key 'num_env'. Did you mean 'num_envs'"),
        (
            {"training": {"warm_start": False}},
            "training.warm_start no longer exists; write training.init: base instead of true",
        ),
        (
            {"training": {"init": "bset"}},
            "training.init = 'bset': Input should be 'scratch', 'base' or 'best'",
        ),
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
        (
            {"training": {"together": "round"}, "task": {"observation": "deployable"}},
            "needs a critic that sees more; set training.together: candidate",
        ),
        (
            {"task": {"observation": "published", "robustness": "light"}},
            "task.robustness: light has no figures for the noise of task.observation: published",
        ),
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
    assert load_plan({**CONFIG, "experiments": ["amble"]}, root).experiments["amble"].loop.iterations == 5
    file.write_text(
        "robot: anymal_c\nvideo: dog_amble\nmethod: video2reward\noverrides: {training: {units: [8]}}\n"
    )
    with pytest.raises(UserError, match="units is shared with the base policy"):
        load_plan({**CONFIG, "experiments": ["amble"]}, root)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.org/films/My%20dog.MP4?token=1", "My_dog"),
        ("http://example.org/watch?v=aB-3_x", "watch_v_aB_3_x"),
        ("https://example.org", "example_org"),
    ],
)
def test_an_address_is_a_video_that_is_fetched_later(address, name):
    p = plan(video=address)
    assert list(p.videos) == [name] and p.videos[name].file == address
    assert list(p.experiments) == [f"anymal_c-{name}-video2reward"]


def test_an_address_in_a_yaml(tmp_path):
    (tmp_path / "dog.yaml").write_text("file: https://example.org/a/b.mp4\ntrim: [1.5, 4]\n")
    video = plan(video=str(tmp_path / "dog.yaml")).videos["dog"]
    assert (video.file, video.trim) == ("https://example.org/a/b.mp4", (1.5, 4.0))


def test_a_folder_of_pictures(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run.yaml").write_text("file: run/\nfps: 60\n")
    for given in (tmp_path / "run.yaml", tmp_path / "run"):
        video = plan(video=str(given)).videos["run"]
        assert (video.file, video.fps) == (tmp_path / "run", 60)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "file: ftp://example.org/a.mp4",
            "ftp:/example.org/a.mp4 cannot be fetched; valid addresses: http",
        ),
        ("file: run", "is a folder of images, which has no frame rate"),
        ("file: a.mp4\nfps: 30", "fps = 30 is for folders of images"),
        ("file: https://example.org/a.mp4\nfps: 30", "fps = 30 is for folders of images"),
        ("file: gone.mp4", "gone.mp4 does not exist"),
        ("file: a.mp4\ntrim: [2]", "trim.1 is missing"),
        ("file: a.mp4\ntrim: [-1, 2]", "trim.0 = -1: Input should be greater than or equal to 0"),
        ("file: a.mp4\ntrim: 2", "trim = 2: Input should be a valid tuple"),
        ("file: a.mp4\nstart_s: 2", "unknown key 'start_s'"),
    ],
)
def test_mistakes_in_a_videos_yaml(tmp_path, content, expected):
    (tmp_path / "run").mkdir()
    (tmp_path / "a.mp4").touch()
    (tmp_path / "clip.yaml").write_text(content)
    with pytest.raises(UserError) as error:
        plan(video=str(tmp_path / "clip.yaml"))
    assert expected in str(error.value) and "\n" not in str(error.value)


def test_a_password_in_the_models_address_is_refused_and_not_quoted():
    llm = {"provider": "openai", "base_url": "https://me:hidden@example.org/v1"}
    with pytest.raises(UserError, match="llm.base_url holds a user or a password") as caught:
        load_plan({"experiments": ["amble"], "llm": llm}, ROOT)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("llm", "sentence"),
    [
        ({"base_url": "https://example.org/v1?api-key=hidden-9"}, "llm.base_url has a part after ? or #"),
        ({"base_url": "https://example.org/v1#hidden-9"}, "llm.base_url has a part after ? or #"),
        ({"base_url": "https://hidden-9@example.org/v1"}, "holds a user or a password"),
        ({"base_url": "https://example.org/planted-hidden-9/v1"}, "llm.base_url or llm.model holds the key"),
        ({"base_url": "example.org/v1?key=hidden-9"}, "llm.base_url: String should match"),
        ({"base_url": "https://[::1/hidden-9"}, "llm.base_url is not a valid address"),
        ({"key_variable": "sk-hidden-9"}, "llm.key_variable: String should match"),
        ({"key_variable": "gsk_hidden9AbCdEfGhIjKlMn"}, "llm.key_variable looks like a key"),
        ({"organisation": "org\n1"}, "llm.organisation"),
    ],
)
def test_a_key_in_the_settings_is_refused_and_not_quoted(llm, sentence, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-hidden-9")
    with pytest.raises(UserError) as caught:
        load_plan({"experiments": ["amble"], "llm": {"provider": "openai", **llm}}, ROOT)
    assert sentence in str(caught.value) and "hidden" not in str(caught.value)


SEEDS = {"experiments": ["amble"], "seeds": [0, 1, 2, 5]}


@pytest.mark.parametrize(
    ("asked", "bases"),
    [
        (None, ["base", "base", "base", "base"]),
        ([0], ["base", "base", "base", "base"]),
        ([0, 1, 2, 5], ["base", "base_seed1", "base_seed2", "base_seed5"]),
        ([5], ["base", "base", "base", "base_seed5"]),
        (1, ["base", "base", "base", "base"]),
        (3, ["base", "base_seed1", "base_seed2", "base"]),
    ],
)
def test_a_loop_uses_the_base_policy_of_its_seed_where_there_is_one(asked, bases):
    p = plan(**SEEDS, **({} if asked is None else {"base_seeds": asked}))
    assert [base_name(seed, p.base_seeds) for seed in SEEDS["seeds"]] == bases
    assert [base_seed(base) for base in bases] == [
        s if b != "base" else 0 for s, b in zip(SEEDS["seeds"], bases, strict=True)
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([0, 7], "base_seeds holds 7, but no loop has that seed; the loops' seeds are 0, 1, 2, 5"),
        (5, "base_seeds holds 3, 4, but"),
        (0, "base_seeds"),
        ([], "base_seeds"),
        ([-1], "base_seeds"),
        ("all", "base_seeds"),
        (True, "base_seeds"),
    ],
)
def test_base_policies_that_nobody_would_use_are_refused(asked, said):
    with pytest.raises(UserError, match=said):
        plan(**SEEDS, base_seeds=asked)


def test_a_simulator_of_ones_own_has_its_script(tmp_path):
    with pytest.raises(
        UserError, match=r"server and training\.server: SCRIPT belong together.*'server'.*None"
    ):
        plan(training={"simulator": "server"})
    with pytest.raises(UserError, match=r"belong together.*'mujoco'"):
        plan(training={"server": str(tmp_path / "mine.py")})
    with pytest.raises(UserError, match=r"training\.server .*mine\.py does not exist"):
        plan(training={"simulator": "server", "server": str(tmp_path / "mine.py")})
    (tmp_path / "mine.py").touch()
    made = plan(training={"simulator": "server", "server": str(tmp_path / "mine.py")})
    assert made.practices["anymal_c"].training.server == tmp_path / "mine.py"


def test_a_terrain_needs_a_simulator_whose_contacts_are_tried(tmp_path):
    assert plan(task={"terrain": "stairs"})
    with pytest.raises(
        UserError, match=r"stairs is for training\.simulator: mujoco; contacts of 'mujoco_warp'"
    ):
        plan(task={"terrain": "stairs"}, training={"simulator": "mujoco_warp"})
    with pytest.raises(UserError, match="rough"):
        plan(task={"terrain": "ruff"})


def test_torques_need_a_robot_that_has_figures_for_them():
    with pytest.raises(UserError, match=r"torque needs torque_control in the robot\.yaml of 'anymal_c'"):
        plan(task={"actions": "torque"})


def test_a_server_to_judge_in_has_its_script(tmp_path):
    for asked in ({"physics": ["server"]}, {"server": str(tmp_path / "mine.py")}):
        with pytest.raises(
            UserError, match=r"evaluation\.physics: \[server\] needs evaluation\.server: SCRIPT"
        ):
            plan(evaluation=asked)
    (tmp_path / "mine.py").touch()
    assert plan(evaluation={"physics": ["server"], "server": str(tmp_path / "mine.py")})
    with pytest.raises(UserError, match=r"'cg' is no list; write \[cg\]"):
        plan(evaluation={"physics": "cg"})


def test_the_papers_simulator_is_used_where_it_is_installed(monkeypatch):
    def simulators(**changes):
        return {practice.training.simulator for practice in plan(**changes).practices.values()}

    monkeypatch.delenv("ISAACGYM_PYTHON", raising=False)
    assert simulators(fidelity="paper") == {"mujoco"}
    monkeypatch.setenv("ISAACGYM_PYTHON", "/opt/isaacgym/bin/python")
    assert simulators(fidelity="paper") == {"isaacgym"} and simulators(fidelity="cpu") == {"mujoco"}
    assert simulators(fidelity="paper", training={"simulator": "mujoco_warp"}) == {"mujoco_warp"}
    assert plan(fidelity="paper").practices["anymal_c"].training.on_gpu


def test_a_wish_is_a_text_or_has_measures_that_the_film_tells():
    assert plan(wish="quietly").experiments["amble"].loop.wish.text == "quietly"
    fault = "experiment amble: wish.measured.torque: times 0.5 of what.*give at_most or at_least in N m"
    for measure, target, said in (
        ("torque", {"times": 0.5}, fault),
        ("paw_height", {"times": 2}, "measure of a wish.*foot_lift"),
        ("foot_lift", {"times": 2, "at_least": 1}, "give one of times, at_most, at_least"),
    ):
        with pytest.raises(UserError, match=said):
            plan(wish={"text": "x", "measured": {measure: target}})


def test_tuning_is_on_off_or_says_how_and_needs_a_place_and_a_next_round():
    off = plan().experiments["amble"].loop
    assert off.tuning is None and plan(tuning=False).experiments["amble"].loop == off
    one = {"experiments": ["amble"]}
    for asked in (True, "true", {"variants": 4}):
        tuning = plan(tuning=asked, **one).experiments["amble"].loop.tuning
        assert tuning == Tuning() and tuning.steps_each(400_000) == 100_000 and tuning.trainings == 8
    few = (
        plan(tuning={"steps": 90_000, "variants": 3, "generations": 3}, **one)
        .experiments["amble"]
        .loop.tuning
    )
    assert few.steps_each(400_000) == 10_000
    for changes, said in (
        (
            {"samples": 1},
            "with tuning, samples must be 2 or more, found 1: the tuned reward is the last candidate",
        ),
        (
            {"iterations": 1},
            "with tuning, iterations must be 2 or more, found 1: the reward is tuned between rounds",
        ),
        (
            {"llm": {"provider": "tuned"}},
            "provider: tuned stands for the tuned candidate alone; set tuning: true",
        ),
        ({"tuning": {"variants": 2}}, "variants = 2.*greater than or equal to 3"),
        ({"tuning": {"factors": 2}}, "unknown key 'tuning.factors'|unknown key 'factors'"),
    ):
        with pytest.raises(UserError, match=said):
            plan(**{"tuning": True, **one, **changes})
    fixed = plan(tuning=True, video="resources/videos/dog_amble.mp4", method="human", samples=1, iterations=1)
    assert [one.loop.tuning for one in fixed.experiments.values()] == [None]
