import json

import pytest

from video2reward.artifacts.job_record import read_job_record, write_job_record
from video2reward.explain.history import Records
from video2reward.explain.reasons import changed_modules, flat, module_file, reasons, setting_changes


def own(job):
    return reasons(job, Records()).own


def test_nothing_of_its_own_leaves_snakemakes_words(job):
    assert own(job()) == ("Snakemake's words",)


def test_a_setting(job):
    new = json.dumps({"training": {"steps": 8192, "num_envs": 64}, "seed": 0})
    assert own(job(settings=new)) == ("training.steps 4096 -> 8192",)


def test_new_and_dropped_settings():
    assert setting_changes('{"a": 1, "b": {"c": null}}', '{"b": {"d": "x"}, "a": 1}') == [
        "new setting b.d x",
        "setting b.c null is no longer read",
    ]


def test_lists_of_settings_count_from_one():
    assert flat({"loops": [{"seed": 0}, {"seed": 1}], "units": [128, 128]}) == {
        "loops.1.seed": 0,
        "loops.2.seed": 1,
        "units": [128, 128],
    }


def test_code_names_the_changed_file(job, made):
    path = made / "logs" / "train_policy_1.json"
    record = read_job_record(path)
    old = {**record.modules, "video2reward.policy.train": "0", "video2reward.gone": "1"}
    write_job_record(path, type(record)(**{**vars(record), "modules": old, "code": "0"}))
    assert own(job()) == ("code changed: gone.py (no longer used), policy/train.py",)
    assert changed_modules(read_job_record(path)) == ["gone.py (no longer used)", "policy/train.py"]


def test_code_that_was_put_in_other_places_is_one_sentence(job, made):
    path = made / "logs" / "train_policy_1.json"
    record = read_job_record(path)
    moved = {name.replace("video2reward.", "video2reward.once_"): sha for name, sha in record.modules.items()}
    write_job_record(path, type(record)(**{**vars(record), "modules": moved, "code": "0"}))
    assert own(job()) == ("made by an earlier version of this project with other modules",)


def test_code_of_a_script_that_is_gone(made):
    record = read_job_record(made / "logs" / "train_policy_1.json")
    modules = {"no_such_script": "0", "video2reward": "1"}
    assert changed_modules(type(record)(**{**vars(record), "modules": modules})) == [
        "no_such_script.py (gone)"
    ]


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("train_policy", "train_policy.py"),
        ("video2reward.sim.locomotion", "sim/locomotion.py"),
        ("video2reward.sim", "sim/__init__.py"),
        ("video2reward", "__init__.py"),
    ],
)
def test_modules_are_named_by_their_files(module, file):
    assert module_file(module) == file


def test_an_edited_input(job, made):
    (made / "reward_1.py").write_text("mine")
    assert own(job()) == ("input changed: reward_1.py was edited",)


def test_an_input_that_its_job_made_again(job, made):
    path = made / "logs" / "extract_reward_1.json"
    (made / "reward_1.py").write_text("better")
    record = read_job_record(path)
    outputs = {**record.outputs, str(made / "reward_1.py"): Records().digest(made / "reward_1.py")}
    write_job_record(path, type(record)(**{**vars(record), "outputs": outputs}))
    assert own(job()) == ("input changed: reward_1.py was made again",)


def test_an_input_no_job_made(job, made):
    path = made / "logs" / "train_policy_1.json"
    given = made / "given.yaml"
    given.write_text("now")
    record = read_job_record(path)
    write_job_record(
        path, type(record)(**{**vars(record), "inputs": {**record.inputs, str(given): "before"}})
    )
    known = job()
    assert own(job(inputs=(*known.inputs, given))) == ("input changed: given.yaml changed",)


def test_other_inputs_than_before(job, made):
    reward, check = job().inputs
    other = made / "base.pth"
    assert own(job(inputs=(reward, check, other))) == ("now also reads iter1/base.pth",)
    assert own(job(inputs=(reward,))) == ("no longer reads iter1/check_1.json",)
    assert own(job(inputs=(reward, other))) == ("reads iter1/base.pth instead of iter1/check_1.json",)


def test_what_runs_before(job, made):
    (made / "reward_1.py").write_text("to be made again anyway")
    found = reasons(
        job(remade={made / "reward_1.py": "extract_reward", made / "check_1.json": "extract_reward"}),
        Records(),
    )
    assert found.own == () and found.because == ("extract_reward",)


def test_missing_files(job, made):
    policy = made / "policy_1.pth"
    policy.unlink()
    assert own(job(missing=(policy,))) == ("policy_1.pth is gone",)
    assert own(job(missing=(policy,), record=made / "logs" / "none.json")) == ("not made yet",)
    both = (policy, made / "check_1.json")
    assert own(job(outputs=both, missing=(policy,), record=made / "logs" / "none.json")) == (
        "policy_1.pth missing",
    )


def test_no_record_force_and_a_killed_run(job, made):
    assert own(job(record=made / "none.json")) == ("no record of how this was made",)
    assert own(job(forced=True)) == ("asked for with a --force option",)
    assert own(job(interrupted=True)) == ("its last run was cut short",)
