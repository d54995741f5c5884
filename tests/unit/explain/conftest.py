"""A made results folder: two jobs, one after the other, and their records."""

import json
from pathlib import Path

import pytest

from video2reward.artifacts.job_record import JobRecord, digests, write_job_record
from video2reward.engine.graph import PlannedJob
from video2reward.jobs.code_digest import code_digest, code_modules

ROUND = Path("results/amble/seed0/iter1")


def record_of_job(rule, script, settings, inputs, outputs, name, seconds=2.0):
    """Write outputs' record as a job does."""
    record = JobRecord(
        rule=rule,
        params=json.dumps(settings),
        code=code_digest(script),
        modules=code_modules(script),
        inputs=digests(inputs),
        outputs=digests(outputs),
        versions={"python": "3.11.2"},
        started="2026-11-20T10:00:00+00:00",
        seconds=seconds,
    )
    write_job_record(ROUND / "logs" / f"{name}.json", record)
    return record


@pytest.fixture
def made(tmp_path, monkeypatch):
    """completion_1.json (given) -> extract_reward -> reward_1.py, check_1.json -> train_policy -> policy_1.pth."""
    monkeypatch.chdir(tmp_path)
    ROUND.mkdir(parents=True)
    for name in ("completion_1.json", "reward_1.py", "check_1.json", "policy_1.pth"):
        (ROUND / name).write_text(f"{name} as made")
    reward, check, policy = ROUND / "reward_1.py", ROUND / "check_1.json", ROUND / "policy_1.pth"
    record_of_job("extract_reward", "extract_reward", {"check": {"seconds": 30}}, [ROUND / "completion_1.json"], [reward, check], "extract_reward_1")  # fmt: skip
    settings = {"training": {"steps": 4096, "num_envs": 64}, "seed": 0}
    record_of_job("train_policy", "train_policy", settings, [reward, check], [policy], "train_policy_1", 8.0)
    return ROUND


@pytest.fixture
def job(made):
    """The training as it would be made now, nothing changed; keywords change it."""

    def planned(**changes):
        known = {
            "rule": "train_policy",
            "wildcards": {"experiment": "amble", "seed": "0", "n": "1", "k": "1"},
            "settings": json.dumps({"training": {"steps": 4096, "num_envs": 64}, "seed": 0}),
            "code": code_digest("train_policy"),
            "inputs": (made / "reward_1.py", made / "check_1.json"),
            "outputs": (made / "policy_1.pth",),
            "record": made / "logs" / "train_policy_1.json",
            "runs": True,
            "reason": "Snakemake's words",
        }
        return PlannedJob(**{**known, **changes})

    return planned
