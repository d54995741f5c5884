"""Results folders written by the real artefacts' writers: rounds of candidates that worked or failed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.io import write_csv, write_json, write_text
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.repairs import Repairs, write_repairs
from video2reward.artifacts.rollout import write_rollout
from video2reward.artifacts.screen import Screen
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.report.gather import LoopView, gather_loop
from video2reward.similarity import gait_similarity, posture_similarity

TRACEBACKS = {
    "training": "Traceback (most recent call last):\n  ...\n"
    "video2reward.policy.failure.CandidateFailedError: the training diverged: actor loss NaN after step 512",
    "evaluation": 'Traceback (most recent call last):\n  File "a.py"\nValueError: no agents',
}
REWARD = "def compute_reward(velocity):\n    speed = velocity[:, 0]\n    return {scale} * speed, {{}}\n"


class Results:
    """A results folder with loops; a candidate is "ok" or the stage it fails at, the last "ok" of a round wins."""

    def __init__(self, folder: Path, sine_gait: Any, sine_rollout: Any, sine_motion: Any, reference: Any):
        self.folder, self.reference = folder, reference
        self._gait, self._rollout = sine_gait, sine_rollout
        self.repairs: dict[tuple[int, int], Repairs] = {}  # (round, candidate) -> its repairs
        self.screens: dict[tuple[int, int], Screen] = {}  # (round, candidate) -> what its reward pays for
        self.ended: dict[tuple[int, int], str] = {}  # (round, candidate) -> why its training was ended early
        self.halved: dict[
            tuple[int, int], int
        ] = {}  # (round, candidate) -> the part after which halving stopped it
        write_motion(folder / "videos" / "dog" / "motion.h5", sine_motion(reference.target))

    def rollout(self, amplitude: float) -> Any:
        phase = np.arange(300) * 0.02 / self.reference.period_s
        return self._rollout(np.stack([self._gait(phase, amplitude=amplitude)] * 2))

    def evaluation(self, amplitude: float) -> dict[str, Any]:
        found = gait_similarity(self.rollout(amplitude), self.reference)
        gait = found.as_dict()
        posture = posture_similarity(self.rollout(amplitude), self.reference, found).as_dict()
        success = {"mean": -0.1, "interval": [-0.2, 0.0]}
        figures = {"falls": 0.0, "speed": 1.3, "speed_ratio": 0.9, "velocity_error": 0.1, "gait": gait}
        figures |= {"posture": posture}
        return {
            "status": "ok",
            "deterministic": figures | {"success": success, "command_falls": 0.0, "paper": {"raw_sum": 2.5}},
            "h_mts": -0.05,
            "success_words": {"what": "speed along the course", "unit": "m/s", "best": "larger is better"},
            "definitions": {"falls": "part of the agents that fell", "success": "minus squared errors"},
        }

    def loop(self, rounds: list[list[str]], seed: int = 0, name: str = "walk") -> LoopView:
        """Write a loop of rounds and gather it."""
        experiment = self.folder / name
        write_reference(experiment / "reference.h5", self.reference)
        write_json(experiment / "base_evaluation.json", self.evaluation(0.2))
        best: Candidate | None = None
        for n, kinds in enumerate(rounds, start=1):
            best = self._round(experiment / f"seed{seed}" / f"iter{n}", n, kinds, best)
        failed = {"status": "failed", "traceback": "all failed", "h_mts": None}
        evaluation = self.evaluation(0.5 + 0.1 * best.iteration) if best else failed
        write_json(experiment / f"seed{seed}" / "evaluation.json", evaluation)
        samples = len(rounds[0])
        plan = {"experiment": name, "seed": seed, "robot": "sines", "video": "dog", "method": "words"}
        return gather_loop(self.folder, plan | {"iterations": len(rounds), "samples": samples})

    def _round(self, folder: Path, n: int, kinds: list[str], before: Candidate | None) -> Candidate | None:
        candidates = [self._candidate(folder, n, k, kind) for k, kind in enumerate(kinds, start=1)]
        able = [candidate for candidate in candidates if candidate.status == "ok"]
        best = able[-1] if able else before
        why = "the last one that worked" if able else "all failed"
        status, round_status = ("ok" if best else "failed"), ("ok" if able else "failed")
        selection = Selection(
            status, round_status, "gait", why, n, able[-1].k if able else None, best, tuple(candidates)
        )
        write_selection(folder / "selection.json", selection)
        source = folder.parent / f"iter{best.iteration}" / f"reward_{best.k}.py" if best else None
        write_text(folder / "best_reward.py", source.read_text() if source else "# all failed\n")
        write_json(folder / "feedback.json", {"text": "words", "status": round_status})
        rollout = self.rollout(0.5 + 0.1 * n)
        names = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at")
        nobody = {name: getattr(rollout, name)[:0] for name in names}
        write_rollout(folder / "rollout.h5", rollout if best else replace(rollout, **nobody))
        return best

    def _candidate(self, folder: Path, n: int, k: int, kind: str) -> Candidate:
        text = f"# candidate {k}\n" + REWARD.format(scale=float(n))
        write_text(folder / f"reward_{k}.py", text)
        write_completion(
            folder / f"completion_{k}.json", Completion(text, "m", "openai", True, {}, 1000, 50, 0.02)
        )
        check = Check("ok", "done", screen=self.screens.get((n, k)))
        if kind == "check":
            check = Check("failed", "allowlist", "line 3: import os is not allowed\nline 4: eval is not")
        write_check(folder / f"check_{k}.json", check)
        write_repairs(folder / f"repairs_{k}.json", self.repairs.get((n, k), Repairs()))
        trained = {"ok": "ok", "evaluation": "ok"}.get(kind, "failed")
        traceback = TRACEBACKS.get(kind, check.message)
        write_json(
            folder / f"training_{k}.json",
            {
                "status": trained,
                "traceback": traceback if trained == "failed" else "",
                "seconds": 3.5,
                "init": "" if kind == "check" else "base",
                "stopped_early": self.ended.get((n, k), ""),
                "halved": self.halved.get((n, k)),
                "steps": 5000 * k,
            },
        )
        write_csv(folder / f"training_{k}.csv", *self._curves(kind))
        evaluation = (
            self.evaluation(0.5 + 0.1 * n) if kind == "ok" else {"status": "failed", "traceback": traceback}
        )
        write_json(folder / f"evaluation_{k}.json", {"h_mts": None, **evaluation})
        return Candidate(n, k, "ok" if kind == "ok" else "failed", "" if kind == "ok" else traceback)

    def _curves(self, kind: str) -> tuple[list[str], list[list[float]]]:
        if kind == "check":
            return ["step"], []
        names = ["step", "reward", "reward/speed", "reward/upright", "success", "episode_length"]
        steps = range(1, 4 if kind == "training" else 41)
        return names, [[1024 * i, 0.1 * i, 0.2 * i, -0.1 * i, -1 / i, 10 * i] for i in steps]


@pytest.fixture
def results(
    tmp_path: Path, sine_gait: Callable, sine_rollout: Callable, sine_motion: Callable, sine_reference: Any
) -> Results:
    """An empty results folder with a video; `results.loop([[...], ...])` writes a loop of rounds."""
    return Results(tmp_path / "results", sine_gait, sine_rollout, sine_motion, sine_reference)
