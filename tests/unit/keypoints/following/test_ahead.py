import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest

from video2reward.errors import UserError
from video2reward.keypoints.following.ahead import pictures_ahead
from video2reward.keypoints.pictures import read_picture


def test_pictures_come_in_order_and_are_the_right_ones(clips):
    frames, _ = clips("dog_amble")
    order = [5, 6, 7, 30, 3, 2, 1, 0, 149, 148, 12, 11]
    got = list(pictures_ahead(frames, order, "test"))
    assert [index for index, _ in got] == order
    for index, picture in got[::4]:
        assert np.array_equal(picture, read_picture(frames, index))
    assert list(pictures_ahead(frames, [], "test")) == []


def test_a_damaged_picture_is_named_and_the_thread_ends(clips, tmp_path):
    frames, _ = clips("dog_amble")
    shutil.copytree(frames.folder, tmp_path / "frames")
    copy = replace(frames, folder=tmp_path / "frames")
    copy.picture(9).write_bytes(b"no picture")
    seen = []
    with pytest.raises(UserError, match="000009.jpg is missing or damaged"):
        for index, _ in pictures_ahead(copy, range(20), "test"):
            seen.append(index)
    assert seen == list(range(9))
    for _ in pictures_ahead(copy, range(5), "test"):
        break
    assert not [t for t in threading.enumerate() if t.name.startswith("pictures")]
