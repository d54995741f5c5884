import numpy as np
import pytest

from synthesis.clips import CLIPS, stage
from synthesis.disturbed import DISTURBANCES, OVERLAYS, _together, _unsteady, overlaid

CLIP = CLIPS["human_walk"]


@pytest.mark.parametrize("what", OVERLAYS)
def test_what_is_written_stays_where_it_is_but_for_the_clock(what):
    grey = np.full((240, 320, 3), 128, np.uint8)
    first, later = (overlaid(grey, (what,), seconds) for seconds in (1.0, 2.5))
    assert (first != grey).any() and (grey == 128).all()
    assert ((first != later).any()) == (what == "clock")


@pytest.mark.parametrize("what", DISTURBANCES, ids=lambda what: what.name)
def test_other_walkers_leave_the_subject_as_it_is(what):
    figure, _ = stage(CLIP)
    both = _together(CLIP, figure, what)
    assert len(both.parts) == (1 + len(what.walkers)) * len(figure.parts)
    assert len({part.name for part in both.parts}) == len(both.parts)
    assert both.keypoints == figure.keypoints
    for number, walker in enumerate(what.walkers):
        trunk = both.points[f"other{number}_" + figure.parts[0].start][:, 0]
        assert np.sign(trunk[-1] - trunk[0]) == walker.heading


def test_a_hand_trembles_and_does_not_wander():
    move = _unsteady(120, DISTURBANCES[-2])
    assert (move[:, 0] == 1).all() and move[:, 1:].std() > 1
    assert np.abs(move[:40].mean(0) - move[-40:].mean(0)).max() < 3
    assert _unsteady(120, DISTURBANCES[-1])[-1, 0] == pytest.approx(1.2, rel=0.01)
