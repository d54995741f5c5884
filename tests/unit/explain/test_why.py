from pathlib import Path

import pytest
from tests.unit.explain.conftest import record_of_job

from video2reward.artifacts.job_record import read_job_record, write_job_record
from video2reward.errors import UserError
from video2reward.explain.history import Records
from video2reward.explain.origin import used_by
from video2reward.explain.why import why_page


def page(path):
    return " ".join(why_page(path, Path("results")).split())


def test_what_made_a_policy(made):
    text = page(made / "policy_1.pth")
    assert "policy_1.pth: as its job wrote it" in text
    assert "made by train_policy (train_policy.py), 2026-11-20 10:00 UTC, in 8 s on one thread" in text
    assert "training: steps 4096, num_envs 64" in text and "seed 0" in text
    assert "unchanged since" in text and "python 3.11.2" in text
    assert "reward_1.py, check_1.json: unchanged; extract_reward, 2 s" in text
    assert "completion_1.json: unchanged" in text


def test_the_path_may_be_absolute(made):
    assert "made by train_policy" in page((made / "policy_1.pth").absolute())


def test_an_edited_file_and_its_users_say_so(made):
    (made / "reward_1.py").write_text("mine")
    assert "reward_1.py: NOT as its job wrote it: edited since" in page(made / "reward_1.py")
    assert "reward_1.py EDITED SINCE; extract_reward" in page(made / "policy_1.pth")


def test_a_file_that_is_gone_is_still_explained(made):
    (made / "policy_1.pth").unlink()
    (made / "completion_1.json").unlink()
    text = page(made / "policy_1.pth")
    assert "gone; this is how it was made" in text and "completion_1.json: GONE" in text


def test_an_input_its_job_made_again(made):
    path = made / "logs" / "extract_reward_1.json"
    (made / "reward_1.py").write_text("better")
    record = read_job_record(path)
    outputs = {**record.outputs, str(made / "reward_1.py"): Records().digest(made / "reward_1.py")}
    write_job_record(path, type(record)(**{**vars(record), "outputs": outputs}))
    assert "reward_1.py MADE AGAIN SINCE" in page(made / "policy_1.pth")


def test_changed_code_is_marked(made):
    path = made / "logs" / "train_policy_1.json"
    record = read_job_record(path)
    modules = {**record.modules, "video2reward.policy.train": "0"}
    write_job_record(path, type(record)(**{**vars(record), "modules": modules}))
    assert "CHANGED since: policy/train.py" in page(made / "policy_1.pth")


def test_what_lies_in_a_folder_that_a_job_made(made):
    best = made / "best"
    best.mkdir()
    (best / "policy.onnx").write_text("onnx")
    record_of_job("finish", "finish", {}, [made / "policy_1.pth"], [best], "finish")
    assert f"policy.onnx: part of {best}, which is as its job wrote it" in page(best / "policy.onnx")
    text = page(best / "policy.pt")
    assert "not there" in text


def test_each_job_is_told_once_as_near_as_it_is_read(made):
    films = made / "film.mp4"
    films.write_text("film")
    inputs = [made / "policy_1.pth", made / "reward_1.py"]
    record = record_of_job("record_rollout", "record_rollout", {}, inputs, [films], "record_rollout")
    train, extract = used_by(record, Records())
    assert (train.rule, extract.rule) == ("train_policy", "extract_reward")
    assert train.used == [] and [used.paths[0].name for used in extract.used] == ["completion_1.json"]
    (made / "check_1.json").write_text("edited")
    train, extract = used_by(record, Records())
    assert train.used[0].above and train.used[0].states == ["edited since"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("results/amble/seed0/iter1/policy_2.pth", "does not exist; did you mean results/amble/seed0/iter1/policy_1.pth"),
        ("policy_1.pth", "does not exist; did you mean results/amble/seed0/iter1/policy_1.pth?"),
        ("results/amble/seed0/iter1/logs/train_policy_1.log", "ask for what that made: results/amble/seed0/iter1/policy_1.pth"),
        ("results/amble/seed0/iter1", "is a folder of several jobs"),
        ("results/amble/seed0/iter1/mine.txt", "has no record of how it was made"),
        ("results/amble/seed0/iter1/work_1/checkpoint.pt", "a training's checkpoint"),
        ("clip.mp4", "is outside results"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_one_sentence(made, name, words):
    if "policy" not in name or "logs" in name:
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        if not path.is_dir():
            path.write_text("")
    with pytest.raises(UserError) as error:
        why_page(Path(name), Path("results"))
    assert words in str(error.value) and "\n" not in str(error.value)


def test_nothing_made_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="nothing has been made"):
        why_page(tmp_path / "results" / "report.html", Path("results"))
