from dataclasses import replace

import numpy as np
import pytest

from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.motion.describe import describe_motion
from video2reward.motion.repairs import long_gaps, summary
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject
from video2reward.skeletons import AP10K

DOG = Subject(species="dog", leg_length_m=0.5)
AMBLE = make_case("dog", GAITS["dog", "amble"], Condition("plain"))


def described(keypoints, **changes):
    return describe_motion(keypoints, DOG, MotionSettings(**changes), 0.3, AMBLE.background)


def changed(points):
    return replace(AMBLE.keypoints, keypoints=points)


def test_nothing_wrong_nothing_repaired():
    motion = described(AMBLE.keypoints)
    assert not any(sum(kinds.values()) for kinds in motion.changed.values())
    assert summary(motion.changed, len(motion.times)) == "nothing repaired" and not motion.warnings


def test_every_repair_is_counted_at_its_joint():
    points = AMBLE.keypoints.keypoints.copy()
    paw, knee = AP10K.index("L_F_Paw"), AP10K.index("R_Knee")
    points[20, paw, 0] += 150  # an outlier
    points[30:32, knee] = np.nan, np.nan, 0.0  # a short gap
    points[60:80, knee] = np.nan, np.nan, 0.0  # a long one
    pair = [[AP10K.index(f"{side}_{joint}") for joint in ("Elbow", "F_Paw")] for side in "LR"]
    points[100:104, pair[0] + pair[1]] = points[100:104, pair[1] + pair[0]]
    motion = described(changed(points))
    assert motion.changed["L_F_Paw"]["outlier"] == 1
    assert motion.changed["R_Knee"] == {
        "unseen": 22, "outlier": 0, "exchanged": 0, "interpolated": 2, "from_cycle": 20,
    }  # fmt: skip
    assert motion.changed["R_Elbow"]["exchanged"] == motion.changed["L_Elbow"]["exchanged"] == 4
    text = summary(motion.changed, len(motion.times))
    assert "1 outliers removed" in text and "16 left-right exchanges" in text and "20 taken from" in text
    miss = np.linalg.norm(motion.body - AMBLE.body, axis=-1)
    assert miss[:, [paw, knee, *pair[0], *pair[1]]].max() < 0.1


@pytest.mark.parametrize(("limit", "from_cycle"), [(0.1, 12), (0.25, 0)])
def test_the_limit_of_gaps_is_a_setting(limit, from_cycle):
    points = AMBLE.keypoints.keypoints.copy()
    points[50:62, AP10K.index("L_B_Paw")] = np.nan, np.nan, 0.0  # 0.2 s
    motion = described(changed(points), max_gap_s=limit)
    assert motion.changed["L_B_Paw"]["from_cycle"] == from_cycle
    assert motion.changed["L_B_Paw"]["interpolated"] == 12 - from_cycle


def test_a_leg_that_is_mostly_guessed_is_said():
    points = AMBLE.keypoints.keypoints.copy()
    points[: int(0.6 * len(points)), AP10K.index("L_B_Paw")] = np.nan, np.nan, 0.0
    sentence = described(changed(points)).warnings[0]
    assert sentence.startswith("L_B_Paw: more than 50% of the frames filled in (60%")


def test_gaps_are_told_by_length():
    seen = np.array([1, 0, 1, 0, 0, 0, 1, 0, 0], bool)
    assert long_gaps(seen, 2).tolist() == [False] * 3 + [True] * 3 + [False] * 3
