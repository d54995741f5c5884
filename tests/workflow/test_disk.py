"""A full disk and results that cannot be written: one sentence, nothing damaged, the same command goes on."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.workflow.same import differences

from video2reward.artifacts.io import write_csv, write_h5, write_json, write_text
from video2reward.errors import disk_trouble
from video2reward.motion.picture import draw_motion
from video2reward.policy.export import export_onnx
from video2reward.policy.network import Policy, write_policy
from video2reward.video.decode import Picture
from video2reward.video.film import write_film
from video2reward.video.frames import save

NO_SPACE = "error: no space left on the disk: existing files are complete; free some (make prune helps)"


@contextmanager
def disk(folder: Path, *options: str):
    """A file system of its own in `folder`, where this is permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)],
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        pytest.skip(f"no right to mount a small disk here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def resize(folder: Path, kilobytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(folder)], check=True)


def used(folder: Path) -> int:
    """kB."""
    disk = os.statvfs(folder)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize // 1024


NOISE = np.random.default_rng(0).integers(0, 255, (12, 96, 160, 3), dtype=np.uint8)


def pictures():
    return (Picture(i / 25, picture, 0) for i, picture in enumerate(NOISE))


WRITERS = {
    "out.json": lambda path: write_json(path, {"x": list(range(9000))}),
    "out.csv": lambda path: write_csv(path, ["x"], [[i] for i in range(9000)]),
    "out.txt": lambda path: write_text(path, "x" * 60_000),
    "out.h5": lambda path: write_h5(path, {f"x{i}": NOISE[i] for i in range(3)}, {"a": "x" * 5000}),
    "out.pth": lambda path: write_policy(path, Policy(9, 2, (96, 96)), {}),
    "out.onnx": lambda path: export_onnx(Policy(9, 2, (96, 96), {"dt": 0.02}), path),
    "out.mp4": lambda path: write_film(path, iter(NOISE), 25.0),
    "frames": lambda path: save(pictures(), path, Path(__file__), {}),
}


def content(path: Path) -> dict[str, int]:
    """File -> bytes of it."""
    files = path.rglob("*") if path.is_dir() else [path]
    return {str(file.relative_to(path)): file.stat().st_size for file in files if file.is_file()}


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_tells_of_a_full_disk_and_leaves_nothing_half(tmp_path, name):
    write = WRITERS[name]
    write(tmp_path / name)
    whole = content(tmp_path / name)
    needed = sum(whole.values()) // 1024
    with disk(tmp_path / "disk", "size=8m") as folder:
        for share in (0.0, 0.3, 0.6, 0.9):
            resize(folder, max(4, int(share * needed) // 4 * 4))
            with pytest.raises(Exception) as error:
                write(folder / name)
            assert "no space left" in str(disk_trouble(error.value)), f"{share}: {error.value!r}"
            assert not list(folder.iterdir()), "something half was left"
        resize(folder, 8000)
        write(folder / name)
        assert content(folder / name) == whole


def test_a_picture_on_a_full_disk(tmp_path, made_motion):
    with disk(tmp_path / "disk", "size=40k") as folder:
        with pytest.raises(OSError) as error:
            draw_motion(made_motion, folder / "motion.png")
        assert "no space left" in disk_trouble(error.value)
        assert not list(folder.iterdir())


@pytest.fixture
def on_small_disk(finished, tmp_path):
    """The finished run's results on a disk of their own, with the last steps undone; -> (workflow, its disk)."""
    flow = finished.copy(tmp_path / "copy")
    whole = tmp_path / "whole"
    (flow / "").rename(whole)
    with disk(flow / "", "size=200m") as folder:
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        for path in ("amble/seed0/best", "amble/seed0/iter2/rollout.mp4", "amble/seed0/iter2/rollout.h5"):
            (shutil.rmtree if (folder / path).is_dir() else os.unlink)(folder / path)
        yield flow, folder


@pytest.mark.slow
def test_the_same_command_finishes_when_there_is_room_again(finished, on_small_disk):
    flow, folder = on_small_disk
    resize(folder, used(folder) + 48)
    full = flow()
    assert full.status != 0
    assert NO_SPACE in full.output
    assert "Traceback" not in full.output
    resize(folder, 200_000)
    again = flow()
    assert again.status == 0, again.output[-3000:]
    assert differences(finished / "", folder) == []


def test_results_that_cannot_be_written_end_the_run_before_it_begins(workflow):
    with disk(workflow / "", "ro"):
        run = workflow()
    assert run.status == 1
    (sentence,) = [line for line in run.output.splitlines() if line.startswith("error: ")]
    assert "the file system is read-only" in sentence
    assert "make it writable, then run the same command again" in sentence
    assert "Traceback" not in run.output
    assert "Execute" not in run.output


def test_a_working_directory_that_cannot_be_written_is_told(workflow):
    with disk(workflow.folder, "ro"):
        run = workflow()
    assert run.status == 1
    assert "error: the file system is read-only" in run.output
    assert "Traceback" not in run.output


@pytest.mark.slow
def test_finished_results_may_lie_on_a_read_only_disk(finished, on_small_disk, tmp_path):
    flow, folder = on_small_disk
    shutil.copytree(tmp_path / "whole", folder, dirs_exist_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    run = flow()
    assert run.status == 0, run.output
    assert "Nothing to be done" in run.output
