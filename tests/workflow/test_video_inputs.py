"""Videos from an address, from a folder of pictures, and keypoints of another tool, through the real workflow."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest
from tests.unit.keypoints.imports.elsewhere import frame_table, walkers
from tests.unit.video.films import numbered, write

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.skeletons import AP10K

NO_PROXY = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    """A web server on the loopback -> (its folder, its address)."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_fetched_once_by_a_job(workflow, site, tmp_path):
    folder, url = site
    write(folder / "dog.mp4", [40 * i for i in range(8)])
    environment = {"V2R_VIDEOS": str(tmp_path / "cache"), **NO_PROXY}
    call = ("--config", f"video={url}/dog.mp4?a=1", "--", "results/videos/dog/frames.json")
    listed = workflow("--dry-run", *call, **environment)
    assert "fetch_video" in listed.output and not (tmp_path / "cache").exists()  # parsing downloads nothing
    done = workflow(*call, **environment)
    assert done.status == 0, done.output[-3000:]
    assert "downloading the video from" in done.output
    assert len(read_frames(workflow / "videos/dog/frames").times) == 8
    assert "Nothing to be done" in workflow(*call, **environment).output
    (folder / "dog.mp4").unlink()
    (workflow / "videos/dog/dog.video").unlink()
    (workflow / "videos/dog/frames.json").unlink()
    again = workflow(*call, **environment)  # the results are gone, the cache is not
    assert again.status == 0, again.output[-3000:]
    assert "downloading" not in again.output


def test_an_address_that_fails_ends_with_one_sentence(workflow, site, tmp_path):
    environment = {"V2R_VIDEOS": str(tmp_path / "cache"), **NO_PROXY}
    run = workflow("--config", f"video={site[1]}/gone.mp4", **environment)
    assert run.status != 0 and "Traceback" not in run.output
    assert "error: the video cannot be downloaded (127.0.0.1: the server answers 404" in run.output


def test_a_picture_that_is_replaced_is_seen(workflow, tmp_path):
    (tmp_path / "run").mkdir()
    for i in range(6):
        cv2.imwrite(str(tmp_path / "run" / f"{i}.png"), numbered(i))
    (tmp_path / "run.yaml").write_text("file: run\nfps: 25\n")
    call = ("--config", f"video={tmp_path / 'run'}", "--", "results/videos/run/frames.json")
    done = workflow(*call)
    assert done.status == 0, done.output[-3000:]
    assert read_frames(workflow / "videos/run/frames").fps == pytest.approx(25)
    assert "Nothing to be done" in workflow(*call).output
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "run" / "3.png"), noise)
    assert "extract_frames" in workflow("--dry-run", *call).output


def test_a_table_of_deeplabcut_alone(workflow, tmp_path):
    frame_table(walkers(2, speed=(0.1, 3.0)), AP10K.joints, ("a", "b")).to_csv(tmp_path / "dlc.csv")
    (tmp_path / "dlc.yaml").write_text(
        "trim: [0.1, null]\npose: {backend: import, keypoints: dlc.csv, fps: 50, accept: true}\n"
    )
    done = workflow("--config", f"video={tmp_path / 'dlc.yaml'}", "--", "results/videos/dlc/keypoints.h5")
    assert done.status == 0, done.output[-3000:]
    found = read_keypoints(workflow / "videos/dlc/keypoints.h5")
    assert (len(found.times), found.size) == (15, (960, 540))
    assert (np.diff(found.keypoints[:, 0, 0]) > 0).all()  # b, who moves
    assert "subject 'b' of 2, the one that moves most" in done.output
