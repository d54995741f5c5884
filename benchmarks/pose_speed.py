"""Overhead of the keypoint stage over a pose model's own run time.

    python benchmarks/pose_speed.py [--sizes 640x480 1920x1080 | --video FILE] [--threads 1] [--model FILE.onnx]

Without --model, the network has random weights and the layout of RTMPose-m (CSPNeXt, 256 x 256 px, about 2 GMAC, SimCC),
so it costs as much as the published one. "Bare" is onnxruntime's `run` on one prepared picture, repeated; the backend
reads the JPEG frames, crops, runs, decodes and tracks. Both are interleaved, --rounds times; medians are shown. The
ratio of processor times is the speed left if the model alone keeps all cores busy, and is independent of other load.
Then the whole stage, as in the workflow: the fraction of its processor time outside the model, with a given box and
with a search for the subject. Exit status 1 if a ratio of speeds is below 0.9.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.frames import Frames  # noqa: E402
from video2reward.config.model_files import weights  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.keypoints.onnx.backend import OnnxBackend  # noqa: E402
from video2reward.keypoints.onnx.network import open_pose  # noqa: E402
from video2reward.settings.video import Pose, Subject  # noqa: E402
from video2reward.skeletons import skeleton  # noqa: E402
from video2reward.video.decode import Picture, decode  # noqa: E402
from video2reward.video.frames import save  # noqa: E402

CLIP = ROOT / "resources" / "videos" / "dog_amble_pan.mp4"
AIM = 0.9


def main() -> None:
    """Print a row per picture size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", default=["640x480", "1280x720", "1920x1080"], metavar="WxH")
    parser.add_argument("--video", type=Path, help="instead: this video as it is")
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", help="an .onnx file, or a name of resources/models.yaml")
    args = parser.parse_args()
    ratios = []
    print("pictures     JPEG, kB   bare, 1/s   backend, 1/s   ratio   ratio of processor time")
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or str(random_model(Path(folder) / "random.onnx"))
        for size in ["as it is"] if args.video else args.sizes:
            wanted = None if args.video else tuple(map(int, size.split("x")))
            frames = make_frames(Path(folder) / size, args.video or CLIP, wanted, args.frames)
            kilobytes = sum(file.stat().st_size for file in frames.folder.glob("*.jpg")) / args.frames / 1000
            bare, backend, ratio, processor = measure(frames, model, args.threads, args.rounds)
            ratios.append(ratio)
            name = f"{frames.size[0]}x{frames.size[1]}"
            print(
                f"{name:<12}{kilobytes:>9.0f}{bare:>12.1f}{backend:>15.1f}{ratio:>8.2f}{processor:>10.2f}",
                flush=True,
            )
            for words, part in stage_parts(frames, model, args.threads):
                print(
                    f"    of the stage of {args.frames} frames, {words}: {part:.0%} is not the model's",
                    flush=True,
                )
    if min(ratios) < AIM:
        raise SystemExit(1)


def measure(frames: Frames, model: str, threads: int, times: int) -> tuple[float, float, float, float]:
    """Return medians: frames a second, bare and of the backend, their ratio, the ratio of processor times."""
    pose, count = Pose(backend="onnx", model=model), len(frames.times)
    network = open_pose(weights(model, "pose"), len(skeleton(pose.skeleton).joints), threads).network
    width, height = frames.size
    subject = Subject(box=(0.2 * width, 0.25 * height, 0.8 * width, 0.85 * height))
    prepared = network.prepare(np.random.default_rng(0).integers(0, 255, (*network.size[::-1], 3), np.uint8))
    backend = OnnxBackend()
    backend.threads = threads

    def bare() -> None:
        for _ in range(count):
            network.session.run(None, {network.input: prepared})

    def own() -> None:
        with contextlib.redirect_stderr(io.StringIO()):
            backend.estimate(frames, pose, subject)

    rounds = [(*_timed(bare), *_timed(own)) for _ in range(times)]
    return tuple(
        float(np.median(values))
        for values in zip(
            *((count / b, count / o, b / o, b_busy / o_busy) for b, b_busy, o, o_busy in rounds), strict=True
        )
    )


def stage_parts(frames: Frames, model: str, threads: int) -> list[tuple[str, float]]:
    """Run the stage's script -> by how the subject is known, the part of its processor time that is not the model's."""
    network = open_pose(weights(model, "pose"), 17, threads).network
    prepared = network.prepare(np.zeros((*network.size[::-1], 3), np.uint8))
    _, bare = _timed(lambda: [network.session.run(None, {network.input: prepared}) for _ in frames.times])
    (width, height), found = frames.size, []
    box = [0.2 * width, 0.25 * height, 0.8 * width, 0.85 * height]
    for words, subject in (("box given", {"box": box}), ("subject searched", {})):
        params = {"pose": {"backend": "onnx", "model": model, "accept": True}, "subject": subject}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [
                sys.executable, ROOT / "workflow_scripts" / "estimate_keypoints.py", "--params", json.dumps(params),
                "--frames", frames.folder, "--keypoints", frames.folder.parent / "keypoints.h5",
                "--threads", str(threads),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append((words, 1 - bare / whole))
    return found


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the processor seconds of some work."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def make_frames(folder: Path, video: Path, size: tuple[int, int] | None, count: int) -> Frames:
    """Write a video's first pictures as extract_frames does, enlarged to `size` if it is given."""
    import cv2

    def sized(picture: Picture) -> Picture:
        if size is None:
            return picture
        return replace(picture, bgr=cv2.resize(picture.bgr, size, interpolation=cv2.INTER_CUBIC))

    with contextlib.redirect_stderr(io.StringIO()):
        return save(map(sized, itertools.islice(decode(video), count)), folder, video, {})


def random_model(path: Path) -> Path:
    """Write a network of RTMPose-m's layout with random weights (Jiang et al. 2023; Lyu et al. 2022 for CSPNeXt)."""
    import torch
    from torch import nn

    def conv(i: int, o: int, k: int = 1, s: int = 1, groups: int = 1) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=groups), nn.SiLU())

    class Block(nn.Module):
        def __init__(self, c: int) -> None:
            super().__init__()
            self.path = nn.Sequential(conv(c, c, 3), conv(c, c, 5, groups=c), conv(c, c))

        def forward(self, x: Any) -> Any:
            return x + self.path(x)

    class Stage(nn.Module):
        def __init__(self, i: int, o: int, blocks: int) -> None:
            super().__init__()
            self.down, self.main, self.short = conv(i, o, 3, 2), conv(o, o // 2), conv(o, o // 2)
            self.blocks, self.last = nn.Sequential(*[Block(o // 2) for _ in range(blocks)]), conv(o, o)

        def forward(self, x: Any) -> Any:
            x = self.down(x)
            return self.last(torch.cat([self.blocks(self.main(x)), self.short(x)], 1))

    class Rows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(
                conv(3, 24, 3, 2), conv(24, 24, 3), conv(24, 48, 3),
                Stage(48, 96, 2), Stage(96, 192, 4), Stage(192, 384, 4), Stage(384, 768, 2), nn.Conv2d(768, 17, 7, 1, 3),
            )  # fmt: skip
            self.wide = nn.Sequential(nn.Linear(64, 256), nn.SiLU())
            self.x, self.y = nn.Linear(256, 512), nn.Linear(256, 512)

        def forward(self, picture: Any) -> Any:
            joints = self.wide(self.body(picture).flatten(2))
            return self.x(joints), self.y(joints)

    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Rows().eval(),
            (torch.zeros(1, 3, 256, 256),),
            str(path),
            input_names=["input"],
            output_names=["simcc_x", "simcc_y"],
            dynamo=False,
        )
    return path


if __name__ == "__main__":
    run_script(main)
