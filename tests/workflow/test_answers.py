"""Answers that people give, and those of an earlier run, through the real workflow up to the first round's completions."""

import json
import shutil
from dataclasses import replace

import pytest
from tests.workflow.conftest import Workflow, copy_project

from video2reward.artifacts.completion import read_completion, write_completion
from video2reward.artifacts.repairs import Repair, Repairs, write_repairs
from video2reward.llm.recorded_provider import OTHER_PROMPT

ROUND = "results/amble/seed0/iter1"
COMPLETIONS = [f"{ROUND}/completion_{k}.json" for k in (1, 2)]
TEXT = "Because.\n```python\ndef compute_reward(base_height):\n    return base_height, {{}}  # {}\n```\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A run that wrote the first prompt and had the template answer it."""
    folder = tmp_path_factory.mktemp("asked")
    copy_project(folder)
    flow = Workflow(folder, folder)
    run = flow("--", *COMPLETIONS)
    assert run.status == 0, run.output[-3000:]
    return flow


@pytest.fixture
def flow(asked, tmp_path):
    return asked.copy(tmp_path / "flow")


def sentences(run):
    """The errors that the run ends with; those of the jobs' logs, shown in between, stand in their frames."""
    return [
        line
        for line in run.output.splitlines()
        if line.startswith("error: ") and "logs/sample_completion" in line
    ]


def test_answers_by_hand(flow):
    manual = ("--config", "llm={provider: manual}", "--", *COMPLETIONS)
    answers = [flow.folder / ROUND / f"answer_{k}.txt" for k in (1, 2)]
    run = flow(*manual)
    (sentence,) = sentences(run)
    assert run.status != 0 and "round 1 waits for 2 of 2 answers" in sentence
    assert f"{ROUND}/prompt.txt" in sentence and all(f"{ROUND}/answer_{k}.txt" in sentence for k in (1, 2))
    answers[0].write_text(answers[0].read_text() + TEXT.format("first"))
    run = flow(*manual)
    (sentence,) = sentences(run)
    assert run.status != 0 and "waits for 1 of 2" in sentence and "answer_1" not in sentence
    assert json.loads((flow.folder / COMPLETIONS[0]).read_text())["text"] == TEXT.format("first")
    answers[1].write_text(TEXT.format("second"))
    assert flow(*manual).status == 0
    assert flow.planned(*manual) == set()
    answers[0].write_text(TEXT.format("a better one"))
    assert flow.planned(*manual) == {"sample_completion 1.1"}
    assert flow(*manual).status == 0
    assert "a better one" in json.loads((flow.folder / COMPLETIONS[0]).read_text())["text"]


def test_answers_of_an_earlier_run(flow, asked, tmp_path):
    earlier = tmp_path / "earlier"
    shutil.copytree(asked.folder / "results", earlier)
    once = "iterations=1"  # one round was recorded
    recorded = ("--config", f"llm={{provider: recorded, recorded: {earlier}}}", once, "--", *COMPLETIONS)
    assert flow.planned(*recorded) == {"sample_completion 1.1", "sample_completion 1.2"}
    run = flow(*recorded)
    assert run.status == 0, run.output[-3000:]
    for name in COMPLETIONS:
        now, then = (json.loads((folder / name).read_text()) for folder in (flow.folder, asked.folder))
        assert now["text"] == then["text"] and now["provider"] == "recorded" and now["price_usd"] == 0
        assert (
            now["note"].startswith("Replayed")
            and then["note"] in now["note"]
            and OTHER_PROMPT not in now["note"]
        )
    assert flow.planned(*recorded) == set()
    source = earlier / COMPLETIONS[1].removeprefix("results/")
    source.write_text(json.dumps(json.loads(source.read_text()) | {"text": TEXT.format("edited")}))
    assert flow.planned(*recorded) == {"sample_completion 1.2"}
    source.unlink()
    run = flow("--dry-run", *recorded)
    assert run.status != 0 and "Traceback" not in run.output
    assert f"{source} does not exist (1 of 2 answers are missing)" in run.output


def test_recorded_repairs_are_replayed(flow, asked, tmp_path):
    """Candidate 1 was misspelt and repaired then, candidate 2 misspelt and not repaired."""
    earlier = tmp_path / "earlier"
    shutil.copytree(asked.folder / "results", earlier)
    folder = earlier / "amble" / "seed0" / "iter1"
    good = read_completion(folder / "completion_1.json")
    text = "```python\ndef compute_reward(base_height: Tensor):\n    return base_height, {'height': base_height}\n```"
    bad = replace(good, text=text.replace("base_height", "base_hight"), note="")
    for k in (1, 2):
        write_completion(folder / f"completion_{k}.json", bad)
    mended = replace(good, text=text, note="", provenance={})
    done = Repair(1, "unknown", (), mended, "ok", "done")
    write_repairs(folder / "repairs_1.json", Repairs((done,)))
    checks = [f"{ROUND}/check_{k}.json" for k in (1, 2)]
    llm = f"llm={{provider: recorded, recorded: {earlier}, repairs: 1}}"
    run = flow("--config", llm, "iterations=1", "--", *checks)
    assert run.status == 0, run.output[-3000:]
    first, second = (json.loads((flow.folder / name).read_text()) for name in checks)
    assert (first["status"], first["repairs"]) == ("ok", 1)
    assert (second["status"], second["repairs"]) == ("failed", 0)
    exchange = [json.loads((flow.folder / ROUND / f"repairs_{k}.json").read_text()) for k in (1, 2)]
    assert OTHER_PROMPT in exchange[0]["repairs"][0]["completion"]["note"]
    assert "holds no repair 1" in exchange[1]["why"]
