"""The limits themselves, tried by Python code that does what no candidate can even say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from video2reward.reward import limits

ROOT = Path(__file__).resolve().parents[3] / "workflow_scripts"
HEAD = """
import json, socket, sys
from video2reward.reward import limits
network = limits.leave_network()
held = limits.limit_resources({seconds}, {memory})
print(json.dumps(held | {{"network": network}}), flush=True)
"""


def run(tmp_path, body, seconds=20.0, memory=256):
    source = HEAD.format(seconds=seconds, memory=memory) + body
    return subprocess.run(
        [sys.executable, "-c", source],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_no_file_can_be_written(tmp_path):
    done = run(tmp_path, "with open('f', 'w') as f:\n    f.write('x' * 10)\n")
    assert done.returncode != 0 and "File too large" in done.stderr
    assert not (tmp_path / "f").exists() or (tmp_path / "f").stat().st_size == 0


def test_no_file_or_socket_can_be_opened_once_forbidden(tmp_path):
    for what in ("open('/etc/hostname')", "socket.socket()"):
        done = run(tmp_path, f"limits._set(limits.resource.RLIMIT_NOFILE, 0, 0)\n{what}\n")
        assert "Too many open files" in done.stderr  # by the first of two limits alone
        done = run(tmp_path, f"limits.forbid_files_and_system_calls()\n{what}\n")
        assert done.returncode != 0 and "Error" in done.stderr


def test_memory_is_bounded(tmp_path):
    done = run(tmp_path, "x = bytearray(2**30)\n")
    assert done.returncode != 0 and "MemoryError" in done.stderr
    assert run(tmp_path, "x = bytearray(2**26)\n").returncode == 0


def test_time_is_bounded(tmp_path):
    assert run(tmp_path, "while True: pass\n", seconds=0.5).returncode == -14
    assert run(tmp_path, "import time; time.sleep(60)\n", seconds=0.5).returncode == -14


def test_the_network_is_gone_where_the_verdict_says_so(tmp_path):
    body = "print(json.dumps(socket.if_nameindex()))\n"
    lines = run(tmp_path, body).stdout.splitlines()
    if "own empty" not in json.loads(lines[0])["network"]:
        pytest.skip("this system lets no process leave the network")
    assert [name for _, name in json.loads(lines[1])] in ([], ["lo"])


def test_the_memory_of_a_call_is_limited_and_the_limit_lifted(tmp_path):
    body = (
        "memory = limits.CallMemory(2**28)\nprint(memory.holds)\nmemory.begin()\n"
        "try:\n    x = bytearray(2**29)\nexcept MemoryError:\n    print('refused')\n"
        "y = bytearray(2**26)\nmemory.end()\nx = bytearray(2**29)\nprint('lifted')\n"
    )
    done = run(tmp_path, body, memory=2048)
    assert done.stdout.split()[-4:] == ["256", "MB", "refused", "lifted"], done.stderr


def test_the_memory_of_a_call_follows_what_is_free(tmp_path, monkeypatch):
    group = tmp_path / "jobs" / "one"
    group.mkdir(parents=True)
    free = limits.available_memory()
    assert 0 < free <= os.sysconf("SC_PHYS_PAGES") * limits.PAGE
    groups = [(folder, "memory.max", "memory.current") for folder in (group, group.parent)]
    monkeypatch.setattr(limits, "_control_groups", lambda: iter(groups))
    (group / "memory.max").write_text("max\n")
    (group.parent / "memory.max").write_text(f"{3 * 2**29}\n")
    (group.parent / "memory.current").write_text(f"{2**29}\n")
    assert limits.available_memory() == min(free, 2**30) or free < 2**30
    assert limits.CallMemory().size == 2**28
