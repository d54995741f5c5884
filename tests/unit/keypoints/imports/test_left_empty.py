"""What a file leaves empty is not stated; which frames its rows are it says itself."""

import pickle
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
from tests.unit.artifacts.test_hdf5 import LARGE, OUTSIDE
from tests.unit.keypoints.imports.elsewhere import (
    film,
    frame_table,
    mmpose_frames,
    read,
    walkers,
    write_json,
    write_sleap,
)

from video2reward.artifacts.keypoints import write_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.imports.backend import ImportBackend, load_imported
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import AP10K

JOINTS = AP10K.joints
WRITE = {
    "csv": lambda folder, table: table.to_csv(folder / "a.csv") or folder / "a.csv",
    "table": lambda folder, table: table.to_hdf(folder / "a.h5", key="k", format="table") or folder / "a.h5",
    "fixed": lambda folder, table: table.to_hdf(folder / "a.h5", key="k") or folder / "a.h5",
}


@pytest.mark.parametrize("kind", WRITE)
def test_an_empty_likelihood_is_not_stated_and_one_of_0_is_unseen(tmp_path, kind):
    k = walkers(frames=60)
    k[0, 10:50, :, 2] = np.nan  # corrected by hand
    k[0, 50:, :3, 2] = 0
    k[0, 5, 4, :2] = np.nan  # a likelihood without a place
    sure = read(WRITE[kind](tmp_path, frame_table(k, JOINTS)), film(60))[..., 2]
    assert (sure[10:50] == 1).all() and sure[:5] == pytest.approx(np.full((5, 17), 0.9))
    assert (sure[50:, :3] == 0).all() and sure[5, 4] == 0


def test_words_for_nothing_in_a_csv(tmp_path):
    path = WRITE["csv"](tmp_path, frame_table(walkers(frames=60), JOINTS))
    lines = path.read_text().splitlines()
    for n, word in enumerate(("NaN", "None", "", "NA", "null", "n/a")):
        cells = lines[10 + n].split(",")
        lines[10 + n] = ",".join([*cells[:3], word, *cells[4:]])
    path.write_text("\n".join(lines))
    assert (read(path, film(60))[7:13, 0, 2] == 1).all()


def test_percent_is_percent(tmp_path):
    k = walkers(frames=60) * (1, 1, 100)
    assert read(WRITE["csv"](tmp_path, frame_table(k, JOINTS)), film(60))[..., 2] == pytest.approx(
        np.full((60, 17), 0.9)
    )


def test_scores_of_mmpose_and_sleap_may_be_missing(tmp_path):
    k = walkers(frames=60)
    entries = mmpose_frames(k)
    for entry in entries:
        entry["instances"][0]["keypoint_scores"][3] = None
    del entries[7]["instances"][0]["keypoint_scores"]
    found = read(write_json(tmp_path / "a.json", entries), film(60))
    assert (found[:, 3, 2] == 1).all() and (found[7, :, 2] == 1).all()
    assert found[8, 4, 2] == pytest.approx(0.9)
    k[0, 20:30, :, 2] = np.nan
    found = read(write_sleap(tmp_path / "a.h5", k, JOINTS, ("a",)), film(60))
    assert (found[20:30, :, 2] == 1).all()


INDEX = {
    "from 1": (range(1, 61), 0),
    "floats": (np.arange(60.0), 0),
    "the film's later part": (range(20, 80), 20),
    "pictures": ([f"labeled-data/clip/img{n:02d}.png" for n in range(60)], 0),
    "pictures sorted as text": (sorted(f"img{n}.png" for n in range(60)), 0),
    "folders apart": (pd.MultiIndex.from_tuples([("labeled-data", "clip", f"img{n:03d}.png") for n in range(20, 80)]), 20),
}  # fmt: skip


# The layout `table` is that of analysed videos, which are numbered.
@pytest.mark.parametrize(
    ("kind", "case"), [(k, c) for k in WRITE for c in INDEX if k != "table" or isinstance(INDEX[c][0], range)]
)
def test_an_index_says_which_frames_the_rows_are(tmp_path, kind, case):
    index, first = INDEX[case]
    k = walkers(frames=60)
    order = [int(name[3:-4]) for name in index] if "text" in case else range(60)
    path = WRITE[kind](tmp_path, frame_table(k[:, order], JOINTS, index=index))
    found = read(path, film(60 + first, film_frames=60 + first))
    assert found[first:, :, :2] == pytest.approx(k[0, :, :, :2])
    assert not (found[:first, :, 2] > 0).any()


def test_an_index_that_begins_with_1_and_ends_inside_is_asked_for(tmp_path):
    path = WRITE["csv"](tmp_path, frame_table(walkers(frames=60), JOINTS, index=range(1, 61)))
    with pytest.raises(UserError, match="pose.first_frame: 0 or pose.first_frame: 1"):
        read(path, film(80, film_frames=80))


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (
            [*range(30), *range(29, 59)],
            "row 30: frame '29' is out of order or there twice",
        ),
        (np.arange(60) / 25, "row 1: frame 0.04 is not an integer from 0"),
        (
            [f"img{n // 2}.png" for n in range(60)],
            "frame 'img0.png' is out of order or there twice",
        ),
        ([f"{'ab'[n % 2]}/img{n}.png" for n in range(60)], "names pictures in 2 ways"),
    ],
)
def test_an_index_that_cannot_be_right_ends_with_a_sentence(tmp_path, index, message):
    for kind in ("csv", "fixed"):
        path = WRITE[kind](tmp_path, frame_table(walkers(frames=60), JOINTS, index=index))
        with pytest.raises(UserError) as caught:
            read(path, film(60))
        assert message in str(caught.value).replace("'0.04'", "0.04")


def test_more_rows_than_the_film_has_frames(tmp_path):
    path = WRITE["csv"](tmp_path, frame_table(walkers(frames=60), JOINTS))
    with pytest.raises(UserError, match=r"has frames 0 to 59 \(of 60\), the video has 50 frames, 0 to 49"):
        read(path, film(50, film_frames=50))


def own(folder, k, **fields):
    np.savez(folder / "a.npz", keypoints=k[0], joint_names=np.array(JOINTS), **fields)
    return folder / "a.npz"


def test_our_own_layout_numbers_its_rows_by_frames(tmp_path):
    k = walkers(frames=60)
    order = np.random.default_rng(0).permutation(60)
    path = own(tmp_path, k[:, order], frames=order + 15, size="", fps=np.nan, skeleton="")
    found = read(path, film(80, film_frames=80))
    assert found[15:75] == pytest.approx(k[0]) and not (found[:15, :, 2] > 0).any()
    assert load_imported(path, Pose(backend="import", fps=50)).times[-1] == pytest.approx(59 / 50)
    with pytest.raises(UserError, match="frames has 3 twice"):
        read(own(tmp_path, k, frames=np.r_[3, 3, 4:62]), film(80))
    with pytest.raises(UserError, match="frames has 59 numbers, keypoints has 60 rows"):
        read(own(tmp_path, k, frames=np.arange(59)), film(80))


def test_our_own_files_of_a_trimmed_clip_know_where_it_began(tmp_path):
    k = walkers(frames=100)
    path = own(tmp_path, k, times=np.arange(100) / 25)
    pose = Pose(backend="import", keypoints=path)
    first = ImportBackend().estimate(film(60, start=30), pose, Subject())
    assert first.keypoints == pytest.approx(k[0, 30:90])
    write_keypoints(tmp_path / "keypoints.h5", replace(first, start_s=30 / 25))
    found = read(tmp_path / "keypoints.h5", film(20, start=40))
    assert found == pytest.approx(k[0, 40:60], abs=1e-4)
    assert read(tmp_path / "keypoints.h5", film(60, start=30)) == pytest.approx(k[0, 30:90], abs=1e-4)


def test_an_array_that_claims_more_than_its_file_holds(tmp_path):
    path = own(tmp_path, walkers(frames=60), fps=25)
    content = bytearray(path.read_bytes())
    at = content.index(b"'shape': (60, 17, 3), }")
    content[at : at + 23] = b"'shape': (9999999,17)} "
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"keypoints.npy declares|is not a readable .npz"):
        read(path, film(60))


@pytest.mark.parametrize("make", [*OUTSIDE, *LARGE], ids=lambda make: make.__name__)
@pytest.mark.parametrize("layout", ["own", "sleap", "deeplabcut"])
def test_hostile_hdf5_is_refused_in_every_layout(tmp_path, make, layout):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["keypoints"] = np.full((4, 4), 42.0)
    path, k = tmp_path / "hostile.h5", walkers(frames=60)
    if layout == "sleap":
        write_sleap(path, k, JOINTS, ("a",))
    elif layout == "deeplabcut":
        frame_table(k, JOINTS).to_hdf(path, key="df_with_missing", format="table")
    with h5py.File(path, "a") as file:
        group = file if layout == "own" else file.create_group("more")
        make(group, *([secret] if make in OUTSIDE else []))
    with pytest.raises(UserError, match=r"hostile.h5.*( is not read| declares )") as caught:
        read(path, film(60))
    assert "\n" not in str(caught.value)


def test_column_names_that_grow_when_they_are_spelled_out_are_refused(tmp_path):
    path = WRITE["table"](tmp_path, frame_table(walkers(frames=60), JOINTS))
    bomb: list = []
    for _ in range(60):
        bomb = [bomb, bomb]
    with h5py.File(path, "r+") as file:
        file["k/table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps([(bomb, "a", "x")], 0))
    with pytest.raises(UserError, match="its column names are not plain text"):
        read(path, film(60))
