"""Unpacking: only a whole bundle of this version with files that belong in one."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from video2reward.artifacts.selection import Selection, write_selection
from video2reward.bundles.archive import write_archive
from video2reward.bundles.contents import may_hold
from video2reward.bundles.manifest import FORMAT, NAME, Manifest, written
from video2reward.bundles.packing import packed, unpacked
from video2reward.bundles.travel import sha256
from video2reward.config.layers import merge
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.results.layout import Results
from video2reward.settings.validation import read_yaml

ROOT = Path(__file__).parents[3]

FILES = {"amble/seed0/iter1/reward_1.py": b"x = 1\n", "amble/seed0/iter1/logs/train_policy_1.json": b"{}"}
WHOLE = Manifest(FORMAT, "amble", "anymal_c", "dog_amble", "video2reward", {}, {}, {})


@pytest.fixture
def bundle(tmp_path):
    """A function that writes a bundle; `changed`: of its manifest."""

    def write(files=FILES, **changed):
        content = asdict(WHOLE) | {"files": {name: sha256(data) for name, data in files.items()}} | changed
        path = tmp_path / "b.tar.xz"
        path.write_bytes(write_archive({**files, NAME: json.dumps(content).encode()}))
        return path

    return write


def refused(path, folder, match):
    with pytest.raises(UserError, match=match):
        unpacked(path, folder)
    assert not folder.exists()


def test_files_are_put_in_place(bundle, tmp_path):
    folder = tmp_path / "bundle"
    assert unpacked(bundle(), folder).experiment == "amble"
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found.pop(NAME) and found == FILES


def test_a_jumps_bundle_has_the_settings_of_its_own_task_and_the_base_policy_of_it(tmp_path):
    asked = {"experiments": ["dog_hop", "amble"]}
    plan = load_plan(merge(read_yaml(ROOT / "config" / "config.yaml"), asked), ROOT, asked)
    experiment, top = plan.experiments["dog_hop"], Results(tmp_path)
    loop, base = top.experiment("dog_hop").loop(0), top.robot("anymal_c-single").base("base")
    write_selection(loop.round(1).selection, Selection("ok", "ok", "gait", "", 1, None, None, ()))
    for path in (loop.evaluation, base.training, top.robot("anymal_c").base("base").training):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    archive = tmp_path / "hop.tar.xz"
    archive.write_bytes(packed(plan, experiment, tmp_path, ROOT))
    manifest = unpacked(archive, tmp_path / "bundle")
    assert manifest.configuration["task"]["name"] == "single"
    assert [name for name in manifest.files if name.startswith("robots/")] == [
        base.training.relative_to(tmp_path).as_posix()
    ]


def test_an_earlier_content_is_replaced(bundle, tmp_path):
    folder = tmp_path / "bundle"
    (folder / "old").mkdir(parents=True)
    unpacked(bundle(), folder)
    assert not (folder / "old").exists()


def test_another_version(bundle, tmp_path):
    refused(
        bundle(format=FORMAT + 1),
        tmp_path / "x",
        f"has format {FORMAT + 1} of bundles, and this version reads {FORMAT}",
    )


def test_a_foreign_archive(tmp_path):
    path = tmp_path / "b.tar.xz"
    path.write_bytes(write_archive({"a": b"x"}))
    refused(path, tmp_path / "x", "no bundle of this project")


@pytest.mark.parametrize("content", [b"[]", b"no json", b"[" * 100_000])
def test_a_damaged_manifest(tmp_path, content):
    path = tmp_path / "b.tar.xz"
    path.write_bytes(write_archive({NAME: content}))
    refused(path, tmp_path / "x", r"bundle\.json is damaged")


@pytest.mark.parametrize("fault", [{"files": {"a": 1}}, {"robot": None}, {"configuration": []}, {"more": 1}])
def test_a_manifest_of_other_types(tmp_path, fault):
    path = tmp_path / "b.tar.xz"
    path.write_bytes(write_archive({NAME: json.dumps({**asdict(WHOLE), **fault}).encode()}))
    refused(path, tmp_path / "x", "not a manifest")


@pytest.mark.parametrize(
    ("present", "named", "wrong"),
    [
        ({"amble/reference.h5": b"x"}, {"amble/reference.h5": b"y"}, "reference.h5"),
        ({"amble/reference.h5": b"x"}, {}, "reference.h5"),
        ({}, {"amble/reference.h5": b"x"}, "reference.h5"),
    ],
    ids=["changed", "added", "missing"],
)
def test_a_bundle_is_whole_and_nothing_more(tmp_path, present, named, wrong):
    digests = {name: sha256(content) for name, content in (FILES | named).items()}
    path = tmp_path / "b.tar.xz"
    manifest = json.dumps(asdict(WHOLE) | {"files": digests}).encode()
    path.write_bytes(write_archive(FILES | present | {NAME: manifest}))
    refused(path, tmp_path / "x", f"is damaged: 'amble/{wrong}'")


@pytest.mark.parametrize(
    "name",
    [
        ".snakemake/x", "Snakefile", "rules/a.smk", "config/config.yaml", "videos/dog_amble/frames/000000.jpg",
        "amble/seed0/iter1/logs/train_policy_1.log", "amble/seed0/iter1/work_1/checkpoint.pt", "report.html",
        "amble/seed0/iter1/.hidden/reward_1.py", "amble/seed0/iter1/rollout.h5",
    ],
)  # fmt: skip
def test_files_that_do_not_belong_in_a_bundle(bundle, tmp_path, name):
    assert not may_hold(name)
    refused(bundle(FILES | {name: b"x"}), tmp_path / "x", "does not belong in a bundle")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "videos", "-rf", "a\nb", "x" * 300])
@pytest.mark.parametrize("part", ["experiment", "robot", "video", "method"])
def test_names_that_lead_elsewhere(bundle, tmp_path, part, name):
    refused(bundle(**{part: name}), tmp_path / "x", "cannot be a name")


def test_a_manifest_has_one_spelling():
    assert written(WHOLE) == written(Manifest(**json.loads(written(WHOLE))))
