"""Jobs that fail by themselves, with real processes: too little memory, a GPU that does not answer, an endless reward.

`python -m pytest tests/slurm/test_failing_jobs.py -s` prints what docs/cluster.md tells.
"""

from datetime import datetime

import pytest
from tests.slurm.test_faults import TARGET

from video2reward.artifacts.io import read_json

MANY = "training={num_envs: 4096, base_steps: 131072}"  # robots, so that a training takes more than 500 MB
ASKED = ("squeue", "--states=all", "--noheader", "--format=%i|%T|%m|%N|%V|%S|%e")
REWARD = """```python
def compute_reward(base_height: Tensor, base_lin_vel: Tensor, torques: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    forward = torch.exp(-torch.square(base_lin_vel[:, 0] - 0.5)){fault}
    effort = -1e-5 * torch.sum(torch.square(torques), dim=-1)
    return forward + effort, {{"forward": forward, "effort": effort}}
```
"""
# Trials try other numbers of robots than the 64 of tiny.yaml.
ENDLESS = "\n    while base_height.shape[0] == 64:\n        forward = forward * 1.0"


@pytest.fixture
def jobs_of(cluster):
    """A function that returns state, memory and node of each job that was submitted since the test began."""
    before = {line.split("|")[0] for line in cluster.ask(*ASKED).splitlines()}

    def found():
        rows = [line.split("|") for line in cluster.ask(*ASKED).splitlines()]
        return [
            (row[1], *row[2:4]) for row in sorted(rows, key=lambda row: int(row[0])) if row[0] not in before
        ]

    return found


def test_a_job_that_runs_out_of_memory_gets_more(on_slurm, cluster, jobs_of):
    run = on_slurm("--config", MANY, "cluster={memory_mb: 500}", "--", TARGET, **cluster.environment)
    assert run.status == 0, run.output[-3000:]
    assert (on_slurm.folder / TARGET).exists()
    jobs = jobs_of()
    print(jobs, f"{run.seconds:.0f} s, started again {pause(cluster):.0f} s after the first had ended")
    assert [(state, memory) for state, memory, _ in jobs] == [("FAILED", "500M"), ("COMPLETED", "1000M")]
    assert any("exceeded memory limit" in text for text in said(on_slurm))


def test_a_job_whose_gpu_does_not_answer_goes_to_another_node(on_slurm, cluster, jobs_of):
    cluster.break_gpus("n1")
    try:
        run = on_slurm("--config", "cluster={gpus: 1}", "--", TARGET, **cluster.environment)
    finally:
        cluster.mend_gpus()
    assert run.status == 0, run.output[-3000:]
    assert (on_slurm.folder / TARGET).exists()
    jobs = jobs_of()
    print(jobs, f"{run.seconds:.0f} s, started again {pause(cluster):.0f} s after the first had ended")
    assert [(state, node) for state, _, node in jobs] == [("FAILED", "n1"), ("COMPLETED", "n2")]
    assert "warning: the GPU of node n1 does not answer (Unable to determine the device handle" in run.output
    assert any("error: node n1: the GPU that SLURM gave this job" in text for text in said(on_slurm))


def test_a_candidate_whose_reward_never_returns_fails_and_the_loop_goes_on(on_slurm, cluster, jobs_of):
    first = on_slurm / "amble/seed0/iter1"
    first.mkdir(parents=True)
    for candidate, fault in ((1, ENDLESS), (2, "")):
        (first / f"answer_{candidate}.txt").write_text(REWARD.format(fault=fault))
    target = "results/amble/seed0/iter2/prompt.txt"
    run = on_slurm("--config", "llm={provider: manual}", "--", target, timeout=3000, **cluster.environment)
    assert run.status == 0, run.output[-3000:]
    assert {state for state, _, _ in jobs_of()} == {"COMPLETED"}
    trainings = [read_json(first / f"training_{k}.json") for k in (1, 2)]
    assert [training["status"] for training in trainings] == ["failed", "ok"]
    assert "one call of the reward took more than 60 s" in trainings[0]["traceback"]
    assert read_json(first / "selection.json")["winner"] == 2
    assert "took more than 60 s" in (on_slurm.folder / target).read_text()
    seconds = read_json(first / "logs/train_policy_1.json")["seconds"]
    print(f"the endless candidate's training ended after {seconds:.0f} s; all took {run.seconds:.0f} s")


def pause(cluster):
    """Seconds between the end of the last job but one and the start of the last one."""
    rows = sorted((line.split("|") for line in cluster.ask(*ASKED).splitlines()), key=lambda row: int(row[0]))
    ended, started = datetime.fromisoformat(rows[-2][6]), datetime.fromisoformat(rows[-1][5])
    return (started - ended).total_seconds()


def said(flow):
    """What SLURM's jobs printed."""
    return [file.read_text() for file in (flow.folder / ".snakemake" / "slurm_logs").rglob("*.log")]
