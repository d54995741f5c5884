"""Plain tables with one header row: wide, long, SLEAP's."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.keypoints.imports.elsewhere import film, read, walkers

from video2reward.errors import UserError
from video2reward.keypoints.imports.backend import load_imported
from video2reward.settings.video import Pose
from video2reward.skeletons import AP10K

JOINTS = AP10K.joints


def wide(k, frame="frame", form="{}_{}", sure="score", first=0, track=None):
    """A row a frame and subject, of (N, T, J, 3)."""
    rows = []
    for n, one in enumerate(k):
        for t, here in enumerate(one):
            row = {track: f"dog{n}"} if track else {}
            row[frame] = first + t
            for name, values in zip(JOINTS, here, strict=True):
                row |= {form.format(name, axis): v for axis, v in zip(("x", "y", sure), values, strict=True)}
            rows.append(row)
    return pd.DataFrame(rows)


def saved(folder, table):
    table.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


@pytest.mark.parametrize(
    ("frame", "form", "sure"),
    [
        ("frame", "{}_{}", "likelihood"),
        ("Frame", "{} {}", "c"),
        ("image", "{}.{}", "confidence"),
        ("frame_id", "{}:{}", "v"),
    ],
)
def test_wide_tables(tmp_path, frame, form, sure):
    k = walkers(frames=40)
    table = wide(k, frame, form, sure).sample(frac=1, random_state=0)
    found = read(saved(tmp_path, table), film(40))
    assert found == pytest.approx(k[0])


def test_sleaps_table_of_two_tracks_that_begins_inside_the_film(tmp_path):
    k = walkers(2, frames=60, speed=(0.0, 3.0))
    table = wide(k, "frame_idx", "{}.{}", track="track", first=20).assign(**{"instance.score": 0.9})
    found = read(saved(tmp_path, table), film(80, film_frames=80))
    assert found[20:] == pytest.approx(k[1]) and not (found[:20, :, 2] > 0).any()


def test_long_tables(tmp_path):
    k = walkers(frames=40)
    rows = [
        {"image": f"f{t:03d}.png", "bodypart": JOINTS[j], "x": x, "y": y, "confidence": c}
        for t, one in enumerate(k[0]) for j, (x, y, c) in enumerate(one)
    ]  # fmt: skip
    assert read(saved(tmp_path, pd.DataFrame(rows)), film(40)) == pytest.approx(k[0])


def test_times_are_the_films(tmp_path):
    k = walkers(frames=100)
    table = wide(k, "time")
    table["time"] = table["time"] / 25
    assert read(saved(tmp_path, table), film(40, start=30)) == pytest.approx(k[0, 30:70])
    alone = load_imported(saved(tmp_path, table), Pose(backend="import"))
    assert alone.times == pytest.approx(np.arange(100) / 25)


def test_what_is_left_empty_is_not_stated(tmp_path):
    k = walkers(frames=40)
    table = wide(k)
    table.loc[3:9, "Nose_score"] = np.nan
    table.loc[5, ["Nose_x", "Nose_y"]] = np.nan
    found = read(saved(tmp_path, table), film(40))[:, JOINTS.index("Nose"), 2]
    assert found[3:10].tolist() == [1, 1, 0, 1, 1, 1, 1] and found[10:] == pytest.approx(np.full(30, 0.9))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(frame=[0, *range(39)]), "line 3: frame 0 is there twice"),
        (lambda t: t.assign(frame=[f"f{'abcd'[i % 4]}" for i in range(40)]), "frame 'fa' is neither a number"),
        (lambda t: t.assign(Nose_x=["far", *[1.0] * 39]), "line 2: 'far' is not a number"),
        (lambda t: t[:0], "has a header but no rows"),
        (lambda t: t.drop(columns="frame"), "begins with 'L_Eye_x'; expected are DeepLabCut's header rows"),
        (lambda t: t.assign(frame=range(1, 41)).drop(index=39), "pose.first_frame: 0 or pose.first_frame: 1"),
    ],
)  # fmt: skip
def test_faults_end_with_a_sentence(tmp_path, change, message):
    path = saved(tmp_path, change(wide(walkers(frames=40))))
    with pytest.raises(UserError, match=r"t\.csv") as caught:
        read(path, film(40, film_frames=40))
    assert message in str(caught.value)
