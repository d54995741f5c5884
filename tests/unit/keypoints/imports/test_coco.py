"""COCO's and AlphaPose's files: which frame, which category, how sure."""

import random

import numpy as np
import pytest
from tests.unit.keypoints.imports.elsewhere import (
    alphapose,
    coco,
    coco_results,
    film,
    read,
    walkers,
    write_json,
)

from video2reward.errors import UserError
from video2reward.settings.video import Subject
from video2reward.skeletons import AP10K

JOINTS = AP10K.joints
PERSON = {"id": 2, "name": "person", "keypoints": ["nose", "left_eye"]}


def xy(k):
    return k[..., :2]


@pytest.mark.parametrize("name", ["{}.jpg", "{:06d}.png", "frame_{:03d}.jpg", "clip-{}.jpg", "{}", None])
def test_results_sorted_as_text_are_read_by_their_numbers(tmp_path, name):
    k = walkers(frames=120)
    path = write_json(tmp_path / "alphapose-results.json", alphapose(k, name))
    assert xy(read(path, film(120, film_frames=120))) == pytest.approx(xy(k[0]))


def test_results_begin_and_end_where_somebody_is_seen(tmp_path):
    k = walkers(frames=100)
    k[0, :15], k[0, 80:] = np.nan, np.nan
    found = read(write_json(tmp_path / "a.json", alphapose(k)), film(100, film_frames=100))
    assert np.flatnonzero((found[..., 2] > 0).any(1)).tolist() == list(range(15, 80))
    assert xy(found[15:80]) == pytest.approx(xy(k[0, 15:80]))
    named = write_json(tmp_path / "a.json", alphapose(k, "frame_{:04d}.jpg"))
    with pytest.raises(
        UserError, match="numbers its frames 15 to 79 without saying whether it counts from 0 or 1"
    ):
        read(named, film(100, film_frames=100))
    later = read(named, film(100, film_frames=100), first_frame=1)
    assert xy(later[14:79]) == pytest.approx(xy(k[0, 15:80]))


def test_ids_from_1_end_with_the_films_last_frame(tmp_path):
    k = walkers(frames=100)
    k[0, :15] = np.nan
    found = read(write_json(tmp_path / "a.json", alphapose(k, None, first=1)), film(100, film_frames=100))
    assert xy(found[15:]) == pytest.approx(xy(k[0, 15:]))


def test_of_a_trimmed_film_the_trims_rows_are_taken(tmp_path):
    k = walkers(frames=100)
    path = write_json(tmp_path / "a.json", alphapose(k))
    assert xy(read(path, film(40, start=30))) == pytest.approx(xy(k[0, 30:70]))


def test_ids_of_pictures_say_nothing_where_their_names_do(tmp_path):
    k = walkers(frames=60)
    content = coco(k, JOINTS, first=0)
    ids = random.Random(0).sample(range(10**6), 60)
    for image, one in zip(content["images"], ids, strict=True):
        image["id"] = one
    for a in content["annotations"]:
        a["image_id"] = str(ids[a["image_id"] - 100])  # as text, which some exporters write
    random.Random(1).shuffle(content["images"])
    random.Random(2).shuffle(content["annotations"])
    assert xy(read(write_json(tmp_path / "a.json", content), film(60))) == pytest.approx(xy(k[0]))
    for image in content["images"]:
        image["frame_id"] = int(image["file_name"][6:11])
        image["file_name"] = (
            f"{image['id'] * 7919:x}-a{image['id']:x}.jpg"  # digests, as annotation servers write
        )
    assert xy(read(write_json(tmp_path / "a.json", content), film(60))) == pytest.approx(xy(k[0]))
    for image in content["images"]:
        del image["frame_id"]
    with pytest.raises(UserError, match="names pictures in"):
        read(write_json(tmp_path / "a.json", content), film(60))


def test_pictures_that_nobody_is_in_count(tmp_path):
    k = walkers(frames=60)
    k[0, :20] = np.nan
    found = read(write_json(tmp_path / "a.json", coco(k, JOINTS)), film(60))
    assert xy(found[20:]) == pytest.approx(xy(k[0, 20:])) and not (found[:20, :, 2] > 0).any()


def test_names_of_a_folders_pictures_are_its_pictures(tmp_path):
    k = walkers(frames=60)
    names = tuple(f"take2_{3 * t + 7:04d}.jpg" for t in range(60))
    content = coco(k, JOINTS)
    for image, name in zip(content["images"], names, strict=True):
        image["file_name"] = f"images/{name}"
    content["images"] = content["images"][20:]
    content["annotations"] = content["annotations"][20:]
    found = read(write_json(tmp_path / "a.json", content), film(60, names=names))
    assert xy(found[20:]) == pytest.approx(xy(k[0, 20:])) and not (found[:20, :, 2] > 0).any()


def test_two_films_in_one_file(tmp_path, capsys):
    k = walkers(2, frames=50)
    content, other = (
        coco(one[None], JOINTS, first=0, name=f"{n}/{{:04d}}.jpg") for n, one in zip("ab", k, strict=True)
    )
    for key in ("images", "annotations"):
        for entry in other[key]:
            entry["id"] += 1000
            entry["image_id" if key == "annotations" else "id"] += 0 if key == "images" else 1000
        content[key] += other[key]
    path = write_json(tmp_path / "a.json", content)
    assert xy(read(path, film(50, source="b.mp4"))) == pytest.approx(xy(k[1]))
    assert "50 pictures left out that do not belong to b.mp4" in capsys.readouterr().err
    with pytest.raises(
        UserError, match=r"50 like 'a/0000.jpg', 50 like 'b/0000.jpg', and 'c.mp4' matches none"
    ):
        read(path, film(50, source="c.mp4"))


def two_categories(k, first="dog", joints=("nose", "left_eye")):
    """Dogs (category 1) and, in some frames, persons of a few joints (category 2)."""
    content = coco(k, JOINTS, first=0)
    content["categories"].append({**PERSON, "keypoints": list(joints)})
    persons = [
        {"id": 9000 + t, "image_id": 100 + t, "category_id": 2, "keypoints": [10, 10, 2] * len(joints)}
        for t in range(0, k.shape[1], 5)
    ]
    dogs = content["annotations"]
    content["annotations"] = [*dogs, *persons] if first == "dog" else [*persons, *dogs]
    return content


@pytest.mark.parametrize("first", ["dog", "person"])
def test_of_two_categories_the_one_with_the_skeletons_joints_is_taken(tmp_path, capsys, first):
    k = walkers(frames=50)
    path = write_json(tmp_path / "a.json", two_categories(k, first))
    assert xy(read(path, film(50))) == pytest.approx(xy(k[0]))
    said = capsys.readouterr().err
    assert "category dog taken of" in said and "person (10 detections of 2 joints)" in said
    with pytest.raises(UserError, match="several categories: (?=.*dog )(?=.*person ).*set pose.category"):
        read(path, film(50), Subject(species="human"), skeleton="coco17")


def test_of_two_kinds_of_animals_the_species_is_taken_or_all_are_named(tmp_path):
    k = walkers(frames=50)
    path = write_json(tmp_path / "a.json", two_categories(k, joints=JOINTS))
    content = two_categories(k, "person", joints=JOINTS)
    content["categories"][1]["name"] = "cat"
    path = write_json(tmp_path / "a.json", content)
    assert xy(read(path, film(50))) == pytest.approx(xy(k[0]))
    with pytest.raises(
        UserError, match=r"cat \(10 detections of 17 joints\); dog \(50 detections of 17 joints\)"
    ):
        read(path, film(50), Subject(species="horse"))
    for said in ("dog", "Dog", "1"):
        assert xy(read(path, film(50), Subject(species="horse"), category=said)) == pytest.approx(xy(k[0]))
    with pytest.raises(UserError, match=r"pose.category is 'cow'; the file has cat .*dog"):
        read(path, film(50), category="cow")


def test_results_of_two_categories_have_numbers_alone(tmp_path):
    entries = coco_results(walkers(2, frames=50))
    for n, entry in enumerate(entries):
        entry["category_id"] = 1 + n % 2
    path = write_json(tmp_path / "a.json", entries)
    with pytest.raises(UserError, match=r"several categories: 1 \(50 detections of 17 joints\); 2 \(50 "):
        read(path, film(50))
    assert xy(read(path, film(50), category="2")) == pytest.approx(xy(walkers(2, frames=50)[1]))
    for entry in entries[::2]:
        entry["keypoints"] = entry["keypoints"][:15]
    assert xy(read(write_json(path, entries), film(50))) == pytest.approx(xy(walkers(2, frames=50)[1]))


@pytest.mark.parametrize(
    ("third", "sure"),
    [(2, 1.0), (1, 1.0), (0.7, 0.7), (1.02, 1.0), (None, 1.0), (float("nan"), 1.0), (70, 0.7), (0, 0.0)],
)
def test_the_third_column_is_visibility_a_score_percent_or_nothing(tmp_path, third, sure):
    k = walkers(frames=50)
    content = coco(k, JOINTS, first=0)
    for a in content["annotations"]:
        a["keypoints"][5::3] = [third] * 16
        a["keypoints"][2] = third if third != 0 else 1
    found = read(write_json(tmp_path / "a.json", content), film(50))
    assert found[:, 1:, 2] == pytest.approx(np.full((50, 16), sure))


def test_hidden_joints_are_half_sure_and_scores_above_1_are_no_visibility(tmp_path):
    content = coco(walkers(frames=50), JOINTS, first=0)
    content["annotations"][3]["keypoints"][2::3] = [0, 1] + [2] * 15
    assert read(write_json(tmp_path / "a.json", content), film(50))[3, :3, 2].tolist() == [0.0, 0.5, 1.0]
    content["annotations"][3]["keypoints"][2::3] = [1.3, 0.6] + [0.9] * 15
    assert read(write_json(tmp_path / "a.json", content), film(50))[3, 1, 2] == pytest.approx(0.6)
    content["annotations"][3]["keypoints"][2::3] = [250.0] * 17
    with pytest.raises(UserError, match="confidences go up to 250, expected 0 to 1, or percent"):
        read(write_json(tmp_path / "a.json", content), film(50))


def test_numbers_in_folders_names_and_entries_left_empty(tmp_path):
    k = walkers(frames=60)
    content = coco(k, JOINTS, first=0, name="clip/{:06d}/left.jpg")
    assert xy(read(write_json(tmp_path / "a.json", content), film(60))) == pytest.approx(xy(k[0]))
    entries = alphapose(k)
    entries[3]["keypoints"] = []
    found = read(write_json(tmp_path / "a.json", entries), film(60, film_frames=60))
    assert (found[..., 2] > 0).any(1).sum() == 59


def test_somebody_twice_in_a_frame_ends_with_a_sentence(tmp_path):
    k = walkers(2, frames=50)
    entries = alphapose(k, track_id=4)
    with pytest.raises(UserError, match="subject 4 is in frame 49 twice; keep one of them"):
        read(write_json(tmp_path / "a.json", entries), film(50))


def test_idx_says_who_is_who_only_where_somebody_was_tracked(tmp_path):
    k = walkers(2, frames=50, speed=(0.0, 3.0))
    for tracked in (True, False):
        entries = alphapose(k)
        for entry in entries:
            entry["idx"] = [float(entry["keypoints"][0] > 200)] if tracked else [0.0]
        assert xy(read(write_json(tmp_path / "a.json", entries), film(50))) == pytest.approx(xy(k[1]))


@pytest.mark.parametrize("count", [26, 133, 136])
def test_skeletons_that_begin_with_cocos(tmp_path, count):
    k = walkers(frames=50, joints=count)
    path = write_json(tmp_path / "a.json", alphapose(k))
    assert xy(read(path, film(50), skeleton="coco17")) == pytest.approx(xy(k[0, :, :17]))
    with pytest.raises(
        UserError, match=f"{count} keypoints per subject, but 17 joints in pose.skeleton ap10k"
    ):
        read(path, film(50))
