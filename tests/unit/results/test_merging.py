import os
from pathlib import Path

import pytest

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import JobRecord, digests, write_job_record
from video2reward.errors import UserError
from video2reward.results.merging import merge_results


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that makes results of one seed on a machine of its own; the second argument is its base policy."""

    def results(name, seed, base="base", folder="results"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        job(f"{folder}/robots/anymal_c", "base.pth", base)
        job(f"{folder}/amble/seed{seed}", "best.pth", f"best {seed}", f"{folder}/robots/anymal_c/base.pth")
        for extra in (
            "report.html",
            "amble/seed0/iter1/work_1/checkpoint.pt",
            ".runs/lock",
            "amble/.half.abcdefgh/half",
        ):
            write(f"{folder}/{extra}", name)
        return tmp_path / name / folder

    return results


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def job(folder, name, text, *inputs):
    write(f"{folder}/{name}", text)
    record = JobRecord(
        "train", "{}", "c", inputs=digests(map(Path, inputs)), outputs=digests([Path(folder, name)])
    )
    write_job_record(Path(folder, "logs", "train.json"), record)


def merged(source, target, monkeypatch):
    monkeypatch.chdir(target.parent)
    return merge_results(source, Path(target.name))


def test_what_is_missing_comes_with_its_records(machine, monkeypatch):
    first, second = machine("first", 0), machine("second", 1)
    found = merged(second, first, monkeypatch)
    assert (found.copied, found.same, found.kept, found.again) == (2, 2, [], {})
    assert digest(first / "amble/seed1/best.pth") == digest(second / "amble/seed1/best.pth")
    assert (first / "report.html").read_text() == "first"
    assert not list(first.glob("amble/seed1/work*"))
    assert merged(second, first, monkeypatch).copied == 0


def test_what_differs_stays_and_what_was_made_from_it_is_named(machine, monkeypatch):
    first, second = machine("first", 0), machine("second", 1, base="another")
    found = merged(second, first, monkeypatch)
    assert (first / "robots/anymal_c/base.pth").read_text() == "base"
    assert [str(path) for path in found.kept] == ["results/robots/anymal_c/base.pth"]
    assert list(found.again) == ["results/robots/anymal_c/base.pth"]
    assert [str(path) for path in found.again["results/robots/anymal_c/base.pth"]] == [
        "results/amble/seed1/logs/train.json"
    ]


def test_what_cannot_be_merged_is_a_sentence(machine, monkeypatch, tmp_path):
    first, named = machine("first", 0), machine("named", 1, folder="results/mine")
    with pytest.raises(UserError, match="was made as results/mine, .*here it is results"):
        merged(named, first, monkeypatch)
    with pytest.raises(UserError, match="is the folder to merge into"):
        merged(first, first, monkeypatch)
    with pytest.raises(UserError, match="is not a folder of results"):
        merged(tmp_path / "none", first, monkeypatch)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no records"):
        merged(tmp_path / "empty", first, monkeypatch)


def planted(results):
    """Links, a pipe, a device, setuid: what a hostile results folder may hold beside its files."""
    loop = results / "amble" / "seed1"
    secret = results.parent / "secret.txt"
    secret.write_text("secret")
    (loop / "link.txt").symlink_to(secret)
    (loop / "zero").symlink_to("/dev/zero")
    (loop / "folder").symlink_to("/etc", target_is_directory=True)
    (loop / "logs" / "zero.json").symlink_to("/dev/zero")
    os.mkfifo(loop / "pipe")
    os.mkfifo(loop / "logs" / "pipe.json")
    (loop / "best.pth").chmod(0o4777)
    return {"link.txt", "zero", "folder", "zero.json", "pipe", "pipe.json"}


def test_links_pipes_and_permissions_stay_behind(machine, monkeypatch):
    first, second = machine("first", 0), machine("second", 1)
    names = planted(second)
    found = merged(second, first, monkeypatch)
    assert {path.name for path in found.left_out} == names
    arrived = [path for path in (first / "amble" / "seed1").rglob("*")]
    assert not {path.name for path in arrived} & names
    assert all(
        not path.is_symlink() and path.stat().st_mode & 0o7133 == 0 for path in arrived if path.is_file()
    )
    assert (first / "amble/seed1/best.pth").stat().st_mtime == (
        second / "amble/seed1/best.pth"
    ).stat().st_mtime


@pytest.mark.parametrize("name", ["/dev/zero", "/etc/passwd", "../../../etc/passwd", "link", "pipe", "a\0b"])
def test_records_have_nothing_read_outside_the_project(machine, monkeypatch, name):
    first, second = machine("first", 0), machine("second", 1)
    os.mkfifo(first.parent / "pipe")
    (first.parent / "link").symlink_to("/etc/passwd")
    record = second / "amble/seed1/logs/train.json"
    write_job_record(
        record,
        JobRecord("train", "{}", "c", inputs={name: "0"}, outputs={"results/amble/seed1/best.pth": "0"}),
    )
    assert merged(second, first, monkeypatch).again == {}


def test_pages_of_loops_come_along_the_overview_does_not(machine, monkeypatch):
    first, second = machine("first", 0), machine("second", 1)
    (second / "amble/seed1/report.html").write_text("page")
    merged(second, first, monkeypatch)
    assert (first / "amble/seed1/report.html").read_text() == "page"
    assert (first / "report.html").read_text() == "first"


def test_an_experiment_may_be_called_like_work(machine, monkeypatch, tmp_path):
    first, second = machine("first", 0), machine("second", 1)
    monkeypatch.chdir(tmp_path / "second")
    job("results/workout/seed0", "best.pth", "best")
    assert merged(second, first, monkeypatch).copied == 4
    assert (first / "workout/seed0/best.pth").exists()
