from dataclasses import replace

import numpy as np

from video2reward.keypoints.following.both_ways import LOOK_S, SubjectTrack, follow_chosen


class Recorded(SubjectTrack):
    """Plays joints that are known; writes down in which order the frames come."""

    def __init__(self, frames, first, truth):
        super().__init__(frames, first, truth.shape[1])
        self.truth, self.seen, self.said = truth, [], []

    def look(self, picture, part):
        index = int(picture[0, 0, 0])
        self.seen.append(index)
        return self.truth[index]

    def remember(self):
        self.said.append(("remember", self.seen[-1]))

    def turn(self):
        self.said.append(("turn", self.seen[-1]))


def numbered(frames, folder, count):
    """Frames whose grey is their number."""
    import cv2

    for index in range(count):
        cv2.imwrite(str(folder / f"{index:06d}.jpg"), np.full((16, 16, 3), index, np.uint8))
    return replace(frames, folder=folder, times=frames.times[:count], fps=20.0, size=(16, 16))


def walk(count, step):
    joints = np.ones((count, 3, 3))
    joints[..., 0] = 100 + step * np.arange(count)[:, None] + 20 * np.arange(3)
    return joints


def test_the_chosen_one_is_followed_to_the_end_and_then_to_the_beginning(clips, tmp_path):
    frames = numbered(clips("dog_amble")[0], tmp_path, 140)
    stands, walks = Recorded(frames, 0, walk(140, 0)), Recorded(frames, 40, walk(140, 3))
    track, why = follow_chosen([stands, walks], "", "test")
    assert track is walks and why.startswith("1 of 2")
    assert walks.seen == [*range(40, 140), *reversed(range(40))]
    assert walks.said == [("remember", 40), ("turn", 139)]
    assert (walks.keypoints == walks.truth).all()
    assert len(stands.seen) == round(LOOK_S * frames.fps)


def test_who_is_pointed_at_is_followed_alone(clips, tmp_path):
    frames = numbered(clips("dog_amble")[0], tmp_path, 20)
    first, second = Recorded(frames, 5, walk(20, 0)), Recorded(frames, 0, walk(20, 3))
    track, why = follow_chosen([first, second], "by subject.box", "test")
    assert track is first and why == "by subject.box" and not second.seen
    assert (first.keypoints[..., 2] == 1).all()
