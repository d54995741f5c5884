"""Groups of finished experiments, small, written by the real artefacts' writers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.io import write_json
from video2reward.artifacts.keypoints import Keypoints, write_keypoints
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.repairs import Repairs, write_repairs
from video2reward.artifacts.rollout import write_rollout
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.skeletons import AP10K
from video2reward.tables.bilevel import make_expert_tables
from video2reward.tables.numbers import Table
from video2reward.tables.papers import make_tables
from video2reward.tables.published import read_published
from video2reward.tables.study import Study, read_study
from video2reward.video.film import write_film

TABLES = Path(__file__).resolve().parents[3] / "resources" / "tables"
PAPER, SECOND = TABLES / "paper.yaml", TABLES / "bilevel.yaml"
# Method -> a seed's figures: gait distance, success, H_mts; None: all candidates failed.
Figures = Mapping[str, list[tuple[float, float, float] | None]]


def tables_of(study: Study) -> list[Table]:
    """All tables of a group, in page order."""
    first, second = study.papers
    return [*make_tables(study, first), *make_expert_tables(study, second)]


class Group:
    """Writes experiments of a group into a results folder."""

    def __init__(self, results: Path, reference: Any, motion: Any, rollout: Any):
        self.results, self.reference, self.motion, self.rollout = results, reference, motion, rollout
        self.experiments: list[dict[str, Any]] = []

    def clip(self, video: str, figures: Figures, robot: str = "anymal_c", rounds: int = 1) -> None:
        """Write one experiment a method, one loop a seed; in a round before the last, the gait distance is twice as large."""
        folder = self.results / "videos" / video
        write_motion(folder / "motion.h5", self.motion)
        count = len(self.motion.times)
        write_film(
            folder / "overlay.mp4", (np.full((60, 192, 3), 40 + i, np.uint8) for i in range(count)), 60.0
        )
        unseen = np.full((count, len(AP10K.joints), 3), (np.nan, np.nan, 0.0))
        boxes = np.tile([400.0, 100.0, 1400.0, 500.0], (count, 1))
        write_keypoints(
            folder / "keypoints.h5",
            Keypoints(unseen, self.motion.times, AP10K.joints, "ap10k", (1920, 600), boxes, "onnx"),
        )
        for method, seeds in figures.items():
            name = f"g-{video}-{method}"
            self.experiments.append(
                {
                    "name": name, "robot": robot, "video": video, "method": method, "description": f"{method} in words",
                    "seeds": list(range(len(seeds))), "iterations": rounds, "samples": 2,
                }
            )  # fmt: skip
            write_reference(self.results / name / "reference.h5", self.reference)
            for seed, one in enumerate(seeds):
                self._loop(self.results / name / f"seed{seed}", video, one, rounds)

    def study(self) -> Study:
        """Read everything that was written."""
        papers = [read_published(path) for path in (PAPER, SECOND)]
        return read_study("g", self.results, self.experiments, papers)

    def _loop(
        self, folder: Path, video: str, figures: tuple[float, float, float] | None, rounds: int
    ) -> None:
        status, why = "ok" if figures else "failed", "all 2 candidates failed"
        for n in range(1, rounds + 1):
            best = Candidate(n, 2, "ok") if figures else None
            write_selection(
                folder / f"iter{n}" / "selection.json",
                Selection(status, status, "gait", why, n, 2 if figures else None, best, ()),
            )
        gait, success, h_mts = figures or (None, None, None)
        deterministic = {
            "falls": 0.25, "speed_ratio": 0.64,
            "gait": {"distance": gait, "standing": 0.15, "definition": "how far"},
            "paper": {"raw_sum": gait and 100 * gait, "per_sample": gait},
            "posture": {
                "distance": gait and 1.5 * gait, "definitions": {"lean": "of the trunk"},
                "errors": {"lean": -12.0, "legs": 3.0, "knees": 4.0, "hip_height": -0.07},
            },
            "success": {"mean": success}, "expert": {"r_lin": 40.0, "r_ang": 20.0},
        }  # fmt: skip
        words = {"what": "speed along the course", "unit": "m/s", "best": "larger is better"}
        judged = {"status": "ok", "deterministic": deterministic, "h_mts": h_mts, "success_words": words}
        write_json(folder / "evaluation.json", judged if figures else {"status": "failed", "h_mts": None})
        for n in range(1, rounds + 1):
            farther = {"posture": {"distance": gait and 1.5 * gait * (1 + (n < rounds))}}
            write_json(
                folder / f"iter{n}" / "evaluation_2.json", judged | {"deterministic": deterministic | farther}
            )
        write_json(
            folder / "clips.json",
            {"clips": {v: {"distance": 0.05 if v == video else 0.12} for v in ("amble", "trot")}},
        )
        for n, k in product(range(1, rounds + 1), (1, 2)):
            failed = {"status": "failed", "traceback": "why"}
            trained = {"status": "ok", "steps": 1000, "seconds": 2.0, "stopped_early": "hopeless"}
            write_json(folder / f"iter{n}" / f"training_{k}.json", trained if figures and k == 2 else failed)
            write_completion(
                folder / f"iter{n}" / f"completion_{k}.json",
                Completion("code", "m-1", "openai", True, {}, 100, 10, 0.5),
            )
            write_repairs(folder / f"iter{n}" / f"repairs_{k}.json", Repairs())
        arrays = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at")
        nobody = {name: getattr(self.rollout, name)[:0] for name in arrays}
        rollout = self.rollout if figures else replace(self.rollout, **nobody)
        last = folder / f"iter{rounds}"
        write_rollout(last / "rollout.h5", rollout)
        pictures = (np.full((48, 64, 3), (60 + i, 60, 60), np.uint8) for i in range(150 if figures else 1))
        write_film(last / "rollout.mp4", pictures, 25.0)


@pytest.fixture(scope="session")
def new_group(
    sine_gait: Callable, sine_rollout: Callable, sine_motion: Callable, sine_reference: Any
) -> Callable[[Path], Group]:
    """Results folder -> the group "g" to write experiments into; its robots move like the clip."""
    phase = np.arange(300) * 0.02 / sine_reference.period_s
    rollout = sine_rollout(np.stack([sine_gait(phase, amplitude=0.8)] * 2))
    motion = sine_motion(sine_reference.target)
    return lambda results: Group(results, sine_reference, motion, rollout)


@pytest.fixture
def group(tmp_path: Path, new_group: Callable[[Path], Group]) -> Group:
    """An empty results folder."""
    return new_group(tmp_path / "results")
