import re
from xml.etree import ElementTree

import numpy as np
import pytest

from video2reward.pages.svg import svg_saying
from video2reward.report.likeness import heatmap_columns
from video2reward.report.plots import component_panels, joint_heatmap, learning_curves, trajectories
from video2reward.similarity.foot_paths import aligned_feet


def texts(drawn):
    """The words in a drawing, which must be well-formed XML."""
    root = ElementTree.fromstring(drawn)
    return [element.text for element in root.iter() if element.tag.endswith("}text")]


@pytest.fixture
def loop(results):
    return results.loop([["ok", "training"], ["check", "ok"], ["check", "training"]])


def test_learning_curves_name_every_trained_candidate(loop):
    shown = texts(learning_curves(loop.candidates))
    assert {"success per step", "episode length, steps", "environment steps"} <= set(shown)
    assert [text for text in shown if text and text.startswith("round")] == [
        "round 1, candidate 1",
        "round 1, candidate 2",
        "round 2, candidate 2: the best",
        "round 3, candidate 2",
    ]
    assert shown[-1] == "failed at this point"


def test_many_candidates_are_named_by_round(results):
    loop = results.loop([["ok"] * 4 + ["training"], ["ok"] * 5])
    shown = texts(learning_curves(loop.candidates))
    assert shown[-4:] == [
        "round 1",
        "round 2, the others",
        "round 2, candidate 5: the best",
        "failed at this point",
    ]


def test_component_curves_have_a_panel_each(loop):
    shown = texts(component_panels(loop.candidates[0]))
    assert {"the whole reward", "speed", "upright"} <= set(shown)


def test_heatmap_of_the_best_so_far(loop):
    columns = heatmap_columns(loop)
    assert [column.name for column in columns] == [
        "base\npolicy",
        "round 1\ncandidate 1",
        "round 2\ncandidate 2",
        "round 3\nas round 2",
    ]
    # Amplitudes 0.2, 0.6 and 0.7 of the video's: the less, the nearer to standing still (1).
    costs = [column.all_joints for column in columns]
    assert costs[0] > costs[1] > costs[2] == costs[3]
    assert costs[1] == pytest.approx(0.4, abs=0.05)
    shown = texts(joint_heatmap(loop))
    assert {"left front paw", "all joints", "base", "policy", f"{costs[1]:.2f}"} <= set(shown)


def test_heatmap_without_a_base(loop):
    alone = type(loop)(**{**vars(loop), "base": {"status": "failed"}})
    assert heatmap_columns(alone)[0].name == "round 1\ncandidate 1"
    assert "base" not in texts(joint_heatmap(alone))


def test_feet_are_compared_in_phase(loop):
    times, robot, video = aligned_feet(loop.rollout(), loop.reference)
    assert robot.shape == video.shape == (len(times), 4, 2)
    assert times[-1] == pytest.approx(2, abs=0.05)
    forward = robot[..., 0] - robot[..., 0].mean(0), video[..., 0] - video[..., 0].mean(0)
    assert np.corrcoef(forward[0].ravel(), forward[1].ravel())[0, 1] > 0.99
    assert np.ptp(robot[..., 0]) / np.ptp(video[..., 0]) == pytest.approx(0.8, abs=0.05)


def test_trajectories_name_the_feet(loop):
    shown = texts(trajectories(loop))
    assert {"left front paw", "right back paw", "robot", "video, within the robot's reach"} <= set(shown)


def test_where_there_is_nothing_to_draw_it_is_said(results):
    loop = results.loop([["check", "check"]])
    assert "no learning curves" in texts(learning_curves(loop.candidates))[0]
    assert "was not trained" in texts(component_panels(loop.candidates[0]))[0]
    assert "no trajectories" in texts(trajectories(loop))[0]
    assert [column.name for column in heatmap_columns(loop)] == ["base\npolicy"]
    nobody = type(loop)(**{**vars(loop), "base": {"status": "failed"}})
    assert "no similarity" in texts(joint_heatmap(nobody))[0]


def test_drawings_are_the_same_every_time(loop):
    for draw in (joint_heatmap, trajectories, lambda loop: learning_curves(loop.candidates)):
        assert draw(loop) == draw(loop)


def test_names_are_unique_in_a_page_of_drawings(loop):
    drawings = [learning_curves(loop.candidates), joint_heatmap(loop), trajectories(loop)]
    names = [set(re.findall(r'id="([^"]*)"', drawn)) for drawn in drawings]
    assert all(names)
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]
    for drawn, known in zip(drawings, names, strict=True):
        assert (
            set(re.findall(r"url\(#([^)]*)\)", drawn)) | set(re.findall(r'href="#([^"]*)"', drawn)) <= known
        )


def test_a_drawing_says_what_it_shows(loop):
    label = ElementTree.fromstring(joint_heatmap(loop)).attrib["aria-label"]
    assert "relative to standing still" in label
    assert "base policy" in label
    assert ElementTree.fromstring(svg_saying('a "b" <c> & d')).attrib["aria-label"] == 'a "b" <c> & d'


def test_a_heatmap_of_many_rounds_names_them_short(results):
    loop = results.loop([["ok"]] + [["check"]] * 5)
    shown = texts(joint_heatmap(loop))
    assert {"base", "1", "6", "best so far after round"} <= set(shown)
    assert "candidate 1" not in shown
