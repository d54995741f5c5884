"""What users meet when something is wrong: one sentence, a non-zero exit, nothing half-written."""

import json

import pytest
from tests.workflow.conftest import ROOT

CODE = (ROOT / "resources" / "rewards" / "human_velocity.py").read_text()
GOOD = f"```python\n{CODE}```"
BAD = "```python\nimport os\n\ndef compute_reward(base_height):\n    os.remove('x')\n    return base_height, {}\n```"


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
    """Round 1: the first answer is hostile, the second good. The hostile one is reported, the good one wins."""
    server = chat_server([BAD, GOOD, GOOD, GOOD])
    llm = ask(server.url, repairs=0)
    run = workflow("--cores", "1", "--config", f"llm={llm}", OPENAI_API_KEY="secret-key")
    assert run.status == 0, run.output[-6000:]
    checks = [json.loads((workflow / f"amble/seed0/iter1/check_{k}.json").read_text()) for k in (1, 2)]
    assert sorted(check["status"] for check in checks) == ["failed", "ok"]
    failed = next(check for check in checks if check["status"] == "failed")
    assert "os" in failed["message"]
    assert failed["message"].splitlines()[0] in (workflow / "amble/seed0/iter2/prompt.txt").read_text()
    assert (workflow / "amble/seed0/best/policy.onnx").exists()
    written = b"".join(path.read_bytes() for path in (workflow / ".").rglob("*") if path.is_file())
    assert b"secret-key" not in written
    before = len(server.requests)
    assert workflow("--config", f"llm={llm}", OPENAI_API_KEY="secret-key").status == 0
    assert len(server.requests) == before == 4


@pytest.mark.slow
def test_only_bad_candidates_end_the_run_with_the_reason(workflow, chat_server):
    server = chat_server([BAD])
    run = workflow("--config", f"llm={ask(server.url)}", OPENAI_API_KEY="secret-key")
    assert run.status != 0
    assert "best stays empty" in run.output
    assert not (workflow / "amble/seed0/best").exists()
    assert "os" in json.loads((workflow / "amble/seed0/iter2/feedback.json").read_text())["text"]
    assert "failed" in (workflow / "report.html").read_text()
