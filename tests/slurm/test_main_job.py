"""The main job on a SLURM of two nodes: every artefact, trainings on the partition of GPUs, trivial stages not submitted."""

import re

from tests.workflow.test_main_job import FILES

ASKED = ("squeue", "--states=all", "--noheader", "--format=%i|%k|%P|%T|%N")
KEY = "sk-planted-5f0c7e"
CANDIDATE = "candidate_evaluate_policy_train_policy"
PARTITIONS = {
    "estimate_keypoints": "cpu",
    "train_base": "gpu",
    "evaluate_base": "cpu",
    CANDIDATE: "gpu",
    "record_rollout": "cpu",
    "evaluate_best": "cpu",
}


def test_the_same_command_runs_on_slurm(on_slurm, cluster):
    earlier = {number for number, *_ in finished_jobs(cluster)}
    run = on_slurm(timeout=3000, OPENAI_API_KEY=KEY, **cluster.environment)
    assert run.status == 0, run.output[-6000:]
    assert not [name for name in FILES if not (on_slurm / name).exists()]

    jobs = [rest for number, *rest in finished_jobs(cluster) if number not in earlier]
    assert {state for _, _, state, _ in jobs} == {"COMPLETED"}
    assert {node for _, _, _, node in jobs} <= {"n1", "n2"}
    submitted = [stage(comment) for comment, _, _, _ in jobs]
    repeated = {CANDIDATE: 4, "record_rollout": 2}
    assert {name: submitted.count(name) for name in submitted} == dict.fromkeys(PARTITIONS, 1) | repeated
    assert {(stage(comment), partition) for comment, partition, _, _ in jobs} == set(PARTITIONS.items())

    kept = [path.read_bytes() for path in (cluster.folder / "state").rglob("environment")]
    assert kept
    assert not any(KEY.encode() in content for content in kept), "SLURM was handed the language model's key"

    again = on_slurm(**cluster.environment)
    assert again.status == 0
    assert "Nothing to be done" in again.output


def finished_jobs(cluster) -> list[list[str]]:
    """Number, comment, partition, state and node of each job that the cluster remembers."""
    return [line.split("|") for line in cluster.ask(*ASKED).splitlines()]


def stage(comment: str) -> str:
    """The rule or the group of a job, from the comment that Snakemake gives it."""
    found = re.match(r"rule_(\w+?)(?:_wildcards_.*)?$", comment)
    assert found is not None, comment
    return found[1]
