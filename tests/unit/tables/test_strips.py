"""Which pictures of a clip a film strip shows."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from tests.unit.tables.conftest import Group

from video2reward.artifacts.motion import read_motion, write_motion
from video2reward.tables import strips


def test_a_motion_that_begins_later_is_shown_by_its_own_pictures(
    tmp_path, sine_motion, sine_reference, monkeypatch
):
    """The overlay grows brighter frame by frame."""
    motion = sine_motion(sine_reference.target)
    Group(tmp_path, sine_reference, motion, None).clip("dog", {})
    path = tmp_path / "videos" / "dog" / "motion.h5"
    later = {name: getattr(motion, name)[20:] for name in ("times", "paper", "body", "confidence")}
    write_motion(path, replace(motion, first_frame=20, **later))
    run = SimpleNamespace(
        motion=read_motion(path), planned=SimpleNamespace(clip=SimpleNamespace(video="dog"))
    )
    clip = run.planned.clip
    study = SimpleNamespace(rows=[], runs=[run], results=tmp_path)
    shown = []
    monkeypatch.setattr(strips, "subject", lambda picture, boxes, moment: shown.append(moment) or picture)
    film = (np.full((60, 192, 3), i, np.uint8) for i in range(len(motion.times)))
    strips.make_strips(study, clip, SimpleNamespace(read=lambda path: film))
    assert shown == [20 + moment for moment in strips.stride_moments(run)]
    assert min(shown) >= 20 and max(shown) < len(motion.times)
