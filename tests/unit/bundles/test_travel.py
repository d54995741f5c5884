"""What is shared: no keys, no paths of this machine; digests still fit."""

import json
from pathlib import Path

import pytest

from video2reward.artifacts.job_record import JobRecord
from video2reward.bundles.travel import Traveller, sha256
from video2reward.errors import UserError
from video2reward.text.redaction import HIDDEN, hide_variable

KEY = "sk-Zq81LmP0aXv7TrW3"


@pytest.fixture
def traveller(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    return Traveller(tmp_path / "elsewhere", tmp_path / "project")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('"/home/ann/films/dog.mp4"', '"dog.mp4"'),
        ("made by /opt/python/bin/python3 here", "made by python3 here"),
        ("/tmp/a/b, /var/log/x.", "b, x."),
        ("/home/ann/ and /home/ann", "[path] and [path]"),
        ("resources/robots/a.xml", "resources/robots/a.xml"),
        ("error / standing and m/s, N/m/s", "error / standing and m/s, N/m/s"),
        ("http://127.0.0.1/home/x", "http://127.0.0.1/home/x"),
        ("a </home/> tag, x = y/home/z", "a </home/> tag, x = y/home/z"),
    ],
)
def test_absolute_paths_are_shortened(traveller, text, left):
    assert traveller.text(text) == left


def test_paths_of_results_and_project_are_relative(traveller, tmp_path):
    text = f"{tmp_path}/elsewhere/amble/a.json {tmp_path}/project/config/config.yaml"
    assert traveller.text(text) == "results/amble/a.json config/config.yaml"


def test_keys_are_removed(traveller, monkeypatch):
    monkeypatch.setenv("TRAVEL_KEY", KEY)
    hide_variable("TRAVEL_KEY")
    assert traveller.content("a.json", f'{{"a": "{KEY}"}}'.encode()) == f'{{"a": "{HIDDEN}"}}'.encode()
    with pytest.raises(UserError, match=r"a\.h5 holds a key"):
        traveller.content("a.h5", b"\x00\xff" + KEY.encode() + b"\x00")


def test_binary_files_stay_or_are_refused(traveller, tmp_path):
    assert traveller.content("a.pth", b"\xff\x00/home") == b"\xff\x00/home"
    with pytest.raises(UserError, match=r"a\.pth holds a key or a path"):
        traveller.content("a.pth", b"\xff" + f"{tmp_path}/elsewhere/amble".encode())


def test_a_record_names_the_files_as_they_travel(traveller, tmp_path):
    old, new = sha256(b"old"), sha256(b"new")
    here = tmp_path / "elsewhere"
    record = JobRecord(
        "extract_reward",
        json.dumps({"file": "/home/ann/clip.mp4"}),
        "code",
        inputs={f"{here}/a.json": old, "resources/b.xml": "0" * 64, "/home/ann/clip.mp4": "1" * 64},
        outputs={f"{here}/c.json": old},
    )
    found = json.loads(traveller.record(record, {old: new}))
    assert found["inputs"] == {"results/a.json": new, "resources/b.xml": "0" * 64, "clip.mp4": "1" * 64}
    assert found["outputs"] == {"results/c.json": new}
    assert json.loads(found["params"]) == {"file": "clip.mp4"}


def test_a_folder_of_another_name_becomes_results():
    record = JobRecord("finish", "{}", "", outputs={"results/gallery/amble/best.json": "0" * 64})
    found = json.loads(Traveller(Path("results/gallery"), Path()).record(record, {}))
    assert list(found["outputs"]) == ["results/amble/best.json"]
