"""A finished run as one file, judged again and run again in another checkout."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.workflow.conftest import Workflow, copy_project

from video2reward.artifacts.completion import read_completion, write_completion
from video2reward.artifacts.io import digest
from video2reward.bundles.archive import read_archive

pytestmark = pytest.mark.slow
NOTE = "Written for a test."


def script(flow, name, *arguments):
    """A script's output; it must end well."""
    done = subprocess.run(
        [sys.executable, flow.root / "workflow_scripts" / name, *arguments],
        cwd=flow.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def rows(output):
    """The verdicts of the printed table, by figure of a policy."""
    table = output[output.index("policy  ") :].splitlines()[1:]
    found, policy = {}, ""
    for line in table:
        policy = line[:30].strip() or policy
        if "seed" in policy:  # no line below the table
            found[f"{policy}: {line[30:54].strip()}"] = line[83:].strip()
    return found


@pytest.fixture(scope="module")
def bundle(finished, tmp_path_factory):
    """The bundle of a tiny run whose first answer has a note of its own, with its digest on record."""
    flow = finished.copy(tmp_path_factory.mktemp("there") / "flow")
    path = flow / "amble/seed0/iter1/completion_1.json"
    old = digest(path)
    write_completion(path, replace(read_completion(path), note=NOTE))
    for record in path.parent.glob("logs/*.json"):
        record.write_text(record.read_text().replace(old, digest(path)))
    assert "amble.tar.xz" in script(flow, "bundle.py", "amble")
    return flow.folder / "amble.tar.xz"


@pytest.fixture
def elsewhere(tmp_path):
    copy_project(tmp_path)
    return Workflow(tmp_path, tmp_path)


def test_what_a_bundle_holds(bundle, finished):
    files = read_archive(bundle)
    for name in (
        "reference.h5",
        "seed0/evaluation.json",
        "seed0/iter1/prompt.json",
        "seed0/iter2/check_2.json",
        "seed0/iter2/best.pth",
    ):
        assert f"amble/{name}" in files
    assert "videos/dog_amble/motion.h5" in files
    assert not [
        name
        for name in files
        if name.endswith((".jpg", ".mp4", ".log"))
        or ("rollout" in name.split("/")[-1] and "logs" not in name)
    ]
    everything = b"".join(files.values())
    assert str(bundle.parent).encode() not in everything and str(finished.folder).encode() not in everything
    manifest = json.loads(files["bundle.json"])
    assert manifest["configuration"]["training"]["steps"] == 4096, (
        "as the jobs ran, not as config.yaml has it"
    )
    assert (
        manifest["configuration"]["evaluation"]["agents"] == 4
        and manifest["configuration"]["iterations"] == 2
    )


def test_the_same_results_give_the_same_bytes(bundle, finished, tmp_path):
    """In another folder, with other times."""
    first, second = (Workflow(tmp_path / name, tmp_path / name) for name in ("first", "second"))
    for flow in (first, second):
        shutil.copytree(finished.folder, flow.folder, copy_function=shutil.copyfile)
        script(flow, "bundle.py", "amble", "--out", "b.tar.xz")
    assert (first.folder / "b.tar.xz").read_bytes() == (second.folder / "b.tar.xz").read_bytes()


def test_policies_are_judged_again(bundle, elsewhere):
    output = script(elsewhere, "rerun.py", bundle)
    verdicts = rows(output)
    assert {name.split(":")[0] for name in verdicts} >= {"seed 0, best"} and len(verdicts) >= 12
    assert set(verdicts.values()) == {"same"}
    assert not (elsewhere.folder / "results").exists()
    again = script(elsewhere, "rerun.py", bundle)
    assert "judging again" in output and "judging again" not in again and rows(again) == verdicts


def test_another_physics_is_told_apart(bundle, elsewhere):
    server = elsewhere.root / "resources" / "simulators" / "single.py"
    setting = f"training={{simulator: server, server: {server}}}"
    verdicts = rows(script(elsewhere, "rerun.py", bundle, "--config", *setting.split()))
    assert len(verdicts) >= 12 and set(verdicts.values()) <= {
        "same", "within the noise", "BEYOND THE NOISE", "no spread recorded", "missing on one side",
    }  # fmt: skip
    record = next((elsewhere.folder / "reruns").glob("*/judged/amble/seed0/logs/evaluate_best*.json"))
    assert "single.py" in record.read_text()


def test_the_catalogue_of_physics_is_that_of_a_run(bundle, elsewhere):
    output = script(elsewhere, "rerun.py", bundle, "--config", "evaluation={physics: [cg, friction_0.5]}")
    assert "best: MuJoCo, solver CG" in output and "best: MuJoCo, friction 0.5" in output
    again = script(elsewhere, "rerun.py", bundle, "--config", "evaluation={physics: [cg, friction_0.5]}")
    assert "judging again" not in again


def test_the_whole_is_run_again_with_its_answers(bundle, elsewhere):
    output = script(elsewhere, "rerun.py", bundle, "--whole", "--cores", "2")
    results = elsewhere.folder / "reruns" / "amble" / "results"
    completion = read_completion(results / "amble/seed0/iter1/completion_1.json")
    assert completion.provider == "recorded" and NOTE in completion.note
    assert "No job record proves" not in completion.note
    verdicts = rows(output)
    assert len(verdicts) == 5 * 6 and set(verdicts.values()) == {"same"}, verdicts
    assert (results / "report.html").exists()
