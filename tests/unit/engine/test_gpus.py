import os
import time

import pytest

from video2reward.engine.gpus import AVOIDED_S, avoided, check_gpus
from video2reward.errors import UserError


@pytest.fixture
def node(tmp_path):
    """A function that gives a job's environment on node n7, where NVIDIA's tool is the given script."""

    def environment(script=None, given="0", **more):
        tool = tmp_path / "bin" / "nvidia-smi"
        tool.parent.mkdir(exist_ok=True)
        if script is not None:
            tool.write_text(f"#!/bin/sh\n{script}\n")
            tool.chmod(0o755)
        path = f"{tool.parent}:/bin:/usr/bin" if script else str(tmp_path)
        job = {"SLURM_JOB_GPUS": given, "CUDA_VISIBLE_DEVICES": given, "SLURMD_NODENAME": "n7"}
        return {"PATH": path} | job | more

    return environment


def test_a_gpu_that_answers_is_used(node, tmp_path):
    check_gpus(tmp_path, node('[ "$1" = --id=0,2 ] && echo "NVIDIA H100"', given="0,2"))
    check_gpus(tmp_path, node('[ "$1" = --query-gpu=name ] && echo "NVIDIA H100"', given="MIG-2f1c"))
    assert avoided(tmp_path) == {}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'No devices were found'; exit 6", "No devices were found"),
        ("exit 9", "status 9"),
        ("true", "status 0"),
    ],
)
def test_one_that_does_not_ends_the_job_and_its_node_is_avoided(node, tmp_path, script, said):
    with pytest.raises(UserError, match=f"node n7: the GPU .*=0. does not answer; nvidia-smi: {said}"):
        check_gpus(tmp_path, node(script))
    assert avoided(tmp_path) == {"n7": said}
    late = time.time() - AVOIDED_S - 1
    os.utime(tmp_path / ".runs" / "gpus" / "n7", (late, late))
    assert avoided(tmp_path) == {}


def test_one_that_hangs_counts_as_broken(node, tmp_path, monkeypatch):
    monkeypatch.setattr("video2reward.engine.gpus.ANSWER_S", 0.1)
    with pytest.raises(UserError, match=r"no answer within 0\.1 s"):
        check_gpus(tmp_path, node("exec sleep 5"))


def test_without_a_gpu_or_the_tool_nothing_is_asked(node, tmp_path):
    check_gpus(tmp_path, node("exit 9", SLURM_JOB_GPUS=""))
    check_gpus(tmp_path, node())
    assert avoided(tmp_path) == {}
