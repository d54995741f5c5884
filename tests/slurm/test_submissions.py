"""What a run submits, by a dry run: a training with its evaluation is one job, trivial stages are none."""

import re

from tests.workflow.conftest import ROOT

ONCE = {"estimate_keypoints", "train_base", "evaluate_base", "evaluate_best"}
ROUNDS, CANDIDATES = 5, 16


def test_a_whole_run_submits_a_job_for_each_candidate_and_one_for_each_round(on_slurm):
    plan = on_slurm(
        "--dry-run",
        "--quiet",
        "host",
        "--config",
        f"iterations={ROUNDS}",
        f"samples={CANDIDATES}",
        "cluster={gpus: 1, memory_mb: 900, minutes: 30}",
    )
    assert plan.status == 0, plan.output[-3000:]
    groups = re.findall(r"Group job candidate ", plan.output)
    single = [
        name for name in re.findall(r"^rule (\w+):$", plan.output, re.MULTILINE) if name not in at_home()
    ]
    assert len(groups) == ROUNDS * CANDIDATES
    assert sorted(single) == sorted([*ONCE, *["record_rollout"] * ROUNDS])
    asked = re.findall(r"rule train_\w+:.*?\n *resources: (.*?)\n", plan.output, re.DOTALL)
    assert len(asked) == 1 + ROUNDS * CANDIDATES
    for part in ("slurm_partition=gpu", "gpu=1", "mem_mb=900", "runtime=30"):
        assert all(part in resources.split(", ") for resources in asked)
    assert len(groups) + len(single) <= ROUNDS * (CANDIDATES + 2)


def at_home() -> set[str]:
    """The rules that stay on the submitting host."""
    text = "\n".join(file.read_text() for file in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")])
    blocks = re.findall(r"^ *localrules:\n((?: +\w+,\n)+)", text, re.MULTILINE)
    return set(re.findall(r"\w+", "".join(blocks)))
