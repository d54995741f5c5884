"""What users meet when something is wrong: one sentence, a non-zero exit, nothing half-written."""

import html
import json

import pytest
from tests.unit.reward.hostile import in_training
from tests.workflow.conftest import ROOT

CODE = (ROOT / "resources" / "rewards" / "human_velocity.py").read_text()
GOOD = f"```python\n{CODE}```"
BAD = "```python\nimport os\n\ndef compute_reward(base_height):\n    os.remove('x')\n    return base_height, {}\n```"


# Honest in the trial, whose crowds have agents in the air among them; hostile in the training of tiny.yaml.
TRAINED = "n == 64 and float(base_height.max()) < 0.85"
CRASHES = ("x = (-9223372036854775807 - n) + (n - 1)", "r = r * float(x % (n - n - 1))")
HOSTILE = {
    "divided integers": CRASHES,
    "the total is of type torch.int64": ("r = (r * 100.0).long()",),
    "components change from step to step: other, r": ("c = {'other': r}",),
    "of the training's processor time": ("for i in range(300000):", "    r = r * 1.0"),
}


def hostile(reason):
    return f"```python\n{in_training(*HOSTILE[reason], condition=TRAINED)}```"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("iteration=3", "error: configuration: unknown key 'iteration'. Did you mean 'iterations'"),
        ("video=gone.mp4", "error: video gone.mp4 does not exist"),
        ("robot=anymal video=dog_amble", "error: unknown robot 'anymal'. Did you mean 'anymal_c'"),
    ],
)
def test_configuration_mistakes_end_before_the_graph(workflow, config, expected):
    run = workflow("--dry-run", "--config", *config.split())
    assert run.status != 0
    assert expected in run.output
    assert "Traceback" not in run.output
    assert not (workflow.folder / "results").exists()


def test_another_snakemake_is_refused_before_anything_starts(workflow, tmp_path):
    other = tmp_path / "site" / "snakemake-9.28.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: snakemake\nVersion: 9.28.1\n")
    run = workflow("--dry-run", PYTHONPATH=str(tmp_path / "site"))
    assert run.status != 0
    assert "error: snakemake 9.28.1 is installed; Video2Reward relies on its internals" in run.output
    assert 'pip install "snakemake==9.27.*"' in run.output
    assert "Traceback" not in run.output


def test_a_damaged_video_ends_with_its_sentence(workflow, tmp_path):
    clip = tmp_path / "cut.mp4"
    clip.write_bytes((ROOT / "resources" / "videos" / "dog_amble.mp4").read_bytes()[:20_000])
    run = workflow("--config", f"video={clip}")
    assert run.status != 0
    sentences = [line for line in run.output.splitlines() if line.startswith("error: ")]
    assert any("cut.mp4" in line for line in sentences)
    assert "Traceback" not in run.output
    assert not (workflow / "videos/cut/frames").exists()


def ask(url, **more):
    return json.dumps({"provider": "openai", "base_url": url, "model": "tiny", "retries": 0, **more})


@pytest.mark.slow
def test_bad_candidates_do_not_stop_the_run(workflow, chat_server):
    """One answer is refused, one is good, four die in their trainings, all of round 2 among them. The good one wins."""
    first, *others = HOSTILE
    server = chat_server([BAD, GOOD, hostile(first), *map(hostile, others), GOOD])
    llm = ask(server.url, repairs=0)
    settings = ("--cores", "1", "--config", f"llm={llm}", "samples=3")
    run = workflow(*settings, OPENAI_API_KEY="secret-key")
    assert run.status == 0, run.output[-6000:]
    checks = read_round(workflow, 1, "check")
    assert sorted(check["status"] for check in checks) == ["failed", "ok", "ok"]
    failed = next(check for check in checks if check["status"] == "failed")
    assert "os" in failed["message"]
    told = (workflow / "amble/seed0/iter2/prompt.txt").read_text()
    assert failed["message"].splitlines()[0] in told and first in told
    assert all(check["status"] == "ok" for check in read_round(workflow, 2, "check"))
    trainings = read_round(workflow, 1, "training") + read_round(workflow, 2, "training")
    reasons = [training["traceback"] for training in trainings if training["status"] == "failed"]
    assert len(reasons) == 5
    for words in HOSTILE:
        assert sum(words in reason for reason in reasons) == 1, reasons
    best = json.loads((workflow / "amble/seed0/iter2/selection.json").read_text())["best"]
    assert best["iteration"] == 1
    assert (workflow / "amble/seed0/best/policy.onnx").exists()
    report = html.unescape((workflow / "report.html").read_text())
    assert all(words in report for words in HOSTILE)
    written = b"".join(path.read_bytes() for path in (workflow / ".").rglob("*") if path.is_file())
    assert b"secret-key" not in written
    before = len(server.requests)
    assert workflow(*settings, OPENAI_API_KEY="secret-key").status == 0
    assert len(server.requests) == before == 6


def read_round(workflow, iteration, kind):
    """The records of a round's three candidates."""
    folder = workflow / f"amble/seed0/iter{iteration}"
    return [json.loads((folder / f"{kind}_{k}.json").read_text()) for k in (1, 2, 3)]


@pytest.mark.slow
def test_only_bad_candidates_end_the_run_with_the_reason(workflow, chat_server):
    server = chat_server([BAD])
    run = workflow("--config", f"llm={ask(server.url)}", OPENAI_API_KEY="secret-key")
    assert run.status != 0
    assert "best stays empty" in run.output
    assert not (workflow / "amble/seed0/best").exists()
    assert "os" in json.loads((workflow / "amble/seed0/iter2/feedback.json").read_text())["text"]
    assert "failed" in (workflow / "report.html").read_text()
