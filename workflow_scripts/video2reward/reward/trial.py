"""Try a candidate in a separate process, under limits, and read its verdict."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from video2reward.reward import trial_process
from video2reward.reward_contract import DEATHS
from video2reward.settings.evaluation import TrialLimits
from video2reward.text.visible import visible

STARTUP_S = 120.0
_KILLED = DEATHS | {
    signal.SIGALRM: "it did not finish within {seconds:g} s (an endless loop?)",
    signal.SIGXCPU: "it used more than {seconds:g} s of CPU time (an endless loop?)",
    signal.SIGKILL: "the system killed it, most likely for lack of memory",
    signal.SIGABRT: "it was aborted, most likely at its limit of {memory_mb} MB of memory",
}


@dataclass
class Trial:
    """A running trial process; `finish` passes it the candidate. Starting it early hides the time of torch's import."""

    settings: TrialLimits
    command: ClassVar[tuple[str, ...]] = ("-m", trial_process.__name__)

    def __post_init__(self) -> None:
        """Start the process without the caller's environment variables: no keys, one thread, its own folder."""
        self._scratch = tempfile.TemporaryDirectory(prefix="video2reward-trial-")
        root = Path(__file__).resolve().parents[2]
        environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ} | {
            "PATH": os.defpath,
            "PYTHONPATH": str(root),
            "HOME": self._scratch.name,
            "TMPDIR": self._scratch.name,
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, *self.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._scratch.name,
            env=environment,
            start_new_session=True,
            text=True,
        )

    def finish(
        self, source: str, states: Path, known: Path | None = None, sees_gait: bool = False
    ) -> dict[str, Any]:
        """Try the reward on the states of a states.npz -> verdict: status, stage, message, traceback, limits, ...

        known: known_states.npz, on which a reward that may be trained is screened; sees_gait: see `screen`
        """
        job = {
            "source": source,
            "states": str(states.resolve()),
            "known": str(known.resolve()) if known else "",
            "sees_gait": sees_gait,
            "seconds": self.settings.seconds,
            "memory_mb": self.settings.memory_mb,
        }
        try:
            out, err = self._process.communicate(
                json.dumps(job) + "\n", timeout=STARTUP_S + self.settings.seconds
            )
        except subprocess.TimeoutExpired:
            self.stop()
            return _failed(f"it did not finish within {STARTUP_S + self.settings.seconds:g} s")
        finally:
            self.stop()
        return self._verdict(out, err)

    def stop(self) -> None:
        """Kill the process if it still runs, and remove its folder."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        self._scratch.cleanup()

    def _verdict(self, out: str, err: str) -> dict[str, Any]:
        """Read the verdict; for a process that died, the signal tells why."""
        lines = [line for line in out.splitlines() if line.startswith("{") and line.endswith("}")]
        last: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        if "status" in last:
            return last
        code = self._process.returncode
        held = last.get("limits", {})
        if not held:
            raise RuntimeError(f"the trial's process did not start (exit status {code}):\n{err[-2000:]}")
        known = {int(number): text for number, text in _KILLED.items()}
        reason = known.get(-code, f"its process ended with exit status {code}")
        message = reason.format(seconds=self.settings.seconds, memory_mb=self.settings.memory_mb)
        return _failed(message, traceback=visible(err[-2000:]), limits=held)


def _failed(message: str, **more: Any) -> dict[str, Any]:
    return {"status": "failed", "stage": "trial", "message": f"the trial ended early: {message}", **more}
