"""What a film without settings is taken for."""

import pytest
from tests.unit.config.test_plan import CONFIG, ROOT, plan

from video2reward.config.plan import load_plan
from video2reward.errors import UserError


@pytest.mark.parametrize(
    ("robot", "content", "found"),
    [
        ("humanoid", None, ("mediapipe", "coco17", "human")),
        ("humanoid", "", ("mediapipe", "coco17", "human")),
        ("anymal_c", None, ("onnx", "ap10k", "dog")),
        (
            "humanoid",
            "subject: {leg_length_m: 0.9}\npose: {min_confidence: 0.5}",
            ("mediapipe", "coco17", "human"),
        ),
        ("humanoid", "subject: {species: human}", ("mediapipe", "coco17", "human")),
        ("humanoid", "pose: {backend: onnx}", ("onnx", "coco17", "human")),
        ("humanoid", "pose: {model: rtmpose-s-coco17}", ("onnx", "coco17", "human")),
        ("humanoid", "pose: {skeleton: coco17}", ("mediapipe", "coco17", "human")),
        ("humanoid", "pose: {backend: mediapipe}", ("mediapipe", "coco17", "human")),
        ("anymal_c", "pose: {backend: markers}", ("markers", "ap10k", "dog")),
        ("anymal_c", "subject: {species: cat}", ("onnx", "ap10k", "cat")),
    ],
)
def test_what_a_video_leaves_open_follows_from_the_robot(tmp_path, robot, content, found):
    (tmp_path / "clip.mp4").write_bytes(b"x")
    if content is not None:
        (tmp_path / "clip.yaml").write_text(f"file: clip.mp4\n{content}\n")
    video = plan(video=str(tmp_path / "clip.mp4"), robot=robot).videos["clip"]
    assert (video.pose.backend, video.pose.skeleton, video.subject.species) == found


def test_an_address_for_the_humanoid_shows_a_person():
    video = plan(video="https://example.org/clip.mp4", robot="humanoid").videos["clip"]
    assert (video.pose.backend, video.subject.species) == ("mediapipe", "human")


@pytest.mark.parametrize(("robot", "species"), [("humanoid", "dog"), ("anymal_c", "human")])
def test_a_robot_that_does_not_suit_the_species_is_refused(tmp_path, robot, species):
    (tmp_path / "clip.mp4").write_bytes(b"x")
    (tmp_path / "clip.yaml").write_text(f"file: clip.mp4\nsubject: {{species: {species}}}\n")
    with pytest.raises(UserError, match="no keypoint table for skeleton .*choose another robot"):
        plan(video=str(tmp_path / "clip.mp4"), robot=robot)


def test_one_film_for_robots_of_both_kinds_needs_a_word(tmp_path):
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    (tmp_path / "config" / "experiments").mkdir(parents=True)
    for name in ("fidelity", "methods"):
        (tmp_path / "config" / name).symlink_to(ROOT / "config" / name)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    file = tmp_path / "config" / "experiments" / "both.yaml"
    file.write_text(f"robot: [anymal_c, humanoid]\nvideo: {clip}\nmethod: video2reward\n")
    with pytest.raises(UserError, match=r"set subject\.species in its YAML"):
        load_plan({**CONFIG, "experiments": ["both"]}, tmp_path)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("subject: {species: spider}\npose: {backend: markers}", ("markers", "spider", "spider")),
        ("pose: {backend: markers, skeleton: insect}", ("markers", "insect", "insect")),
        ("pose: {backend: markers}", ("markers", "spider", "spider")),
    ],
)
def test_animals_of_many_legs_for_the_ant(tmp_path, content, found):
    (tmp_path / "clip.mp4").write_bytes(b"x")
    (tmp_path / "clip.yaml").write_text(f"file: clip.mp4\n{content}\n")
    video = plan(video=str(tmp_path / "clip.mp4"), robot="ant").videos["clip"]
    assert (video.pose.backend, video.pose.skeleton, video.subject.species) == found


def test_no_pose_model_knows_spiders(tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"x")
    (tmp_path / "clip.yaml").write_text("file: clip.mp4\nsubject: {species: spider}\n")
    with pytest.raises(
        UserError, match="unknown skeleton 'spider'.* For other animals: pose.backend: markers"
    ):
        plan(video=str(tmp_path / "clip.mp4"), robot="ant")
