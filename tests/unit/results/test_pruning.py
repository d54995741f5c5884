import pytest

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.results.pruning import delete, find_prunable

KINDS = ("frames", "policies", "rollouts", "work", "leftovers")


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def put(path, text="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def decide(folder, iteration, winner, best, count=3):
    """A decided round: its policies, rollout and feedback, `best` as (iteration, k)."""
    candidates = tuple(Candidate(iteration, k, "ok") for k in range(1, count + 1))
    chosen = Candidate(*best, "ok") if best else None
    status = "ok" if best else "failed"
    write_selection(
        folder / "selection.json",
        Selection(status, status, "gait", "", iteration, winner, chosen, candidates),
    )
    for k in range(1, count + 1):
        put(folder / f"policy_{k}.pth")
    for name in ("rollout.h5", "rollout.mp4", "feedback.json"):
        put(folder / name)


def shoot(results, tmp_path):
    """A video whose frames are cut and used, its record naming the clip."""
    clip, folder = put(tmp_path / "clip.mp4", "film"), results / "videos" / "clip"
    for name in ("frames/0.jpg", "frames.json", "keypoints.h5", "motion.h5", "overlay.mp4"):
        put(folder / name)
    record = JobRecord("extract_frames", "{}", "", inputs={str(clip): digest(clip)}, seconds=2.5)
    write_job_record(folder / "logs" / "extract_frames.json", record)
    return clip, folder


def found(results):
    return dict(zip(KINDS, find_prunable(results), strict=True))


def names(prunable, results):
    return [str(path.relative_to(results)) for path in prunable.paths]


def test_an_empty_folder_has_nothing_to_free(results):
    results.mkdir()
    assert not [kind for kind in find_prunable(results) if kind.paths or kind.kept]


def test_winners_of_rounds_and_the_best_stay(results):
    loop = results / "amble" / "seed0"
    decide(loop / "iter1", 1, winner=2, best=(1, 2))
    decide(loop / "iter2", 2, winner=3, best=(1, 2))
    assert names(found(results)["policies"], results) == [
        f"amble/seed0/iter{n}/policy_{k}.pth" for n, k in ((1, 1), (1, 3), (2, 1), (2, 2))
    ]


def test_policies_of_an_undecided_round_stay(results):
    put(results / "amble/seed0/iter1/policy_1.pth")
    put(results / "amble/seed0/iter2/selection.json", "half")
    put(results / "amble/seed0/iter2/policy_1.pth")
    assert found(results)["policies"].paths == ()


def test_a_round_without_a_winner_keeps_none(results):
    decide(results / "amble" / "seed0" / "iter1", 1, winner=None, best=None)
    assert len(found(results)["policies"].paths) == 3


def test_only_the_last_judged_rollout_of_each_loop_stays(results):
    for seed, last in ((0, 10), (1, 1)):
        for n in range(1, last + 1):
            decide(results / f"amble/seed{seed}/iter{n}", n, 1, (n, 1))
    (results / "amble/seed0/iter10/feedback.json").unlink()  # still to come: the last one judged is the ninth
    freed = names(found(results)["rollouts"], results)
    assert [name for name in freed if name.endswith(".mp4")] == [
        f"amble/seed0/iter{n}/rollout.mp4" for n in range(1, 9)
    ]
    assert len(freed) == 16


def test_films_that_people_chose_between_are_freed_before_the_last_round(results):
    for n in (1, 2):
        folder = results / f"amble/seed0/iter{n}"
        decide(folder, n, 1, (n, 1), count=2)
        for k in (1, 2):
            put(folder / f"rollout_{k}.h5")
            put(folder / f"rollout_{k}.mp4")
            put(folder / f"logs/render_candidate_{k}.json")
    put(results / "amble/seed0/iter1/preferences.json")
    freed = names(found(results)["rollouts"], results)
    assert sorted(freed) == sorted(
        f"amble/seed0/iter1/rollout{name}" for name in (".h5", ".mp4", "_1.h5", "_1.mp4", "_2.h5", "_2.mp4")
    )


def test_work_of_finished_trainings_alone_is_freed(results):
    put(results / "amble/seed0/iter1/training_1.json")
    put(results / "robots/anymal_c/base.json")
    for name in ("amble/seed0/iter1/work_1", "amble/seed0/iter1/work_2", "robots/anymal_c/work_base"):
        put(results / name / "checkpoint.pt")
    put(results / "robots/humanoid/work_base/checkpoint.pt")
    put(results / "robots/humanoid/base_seed1.json")
    for seed in (1, 2):
        put(results / f"robots/humanoid/work_base_seed{seed}/checkpoint.pt")
    put(results / "amble/workshop/notes.txt")
    assert names(found(results)["work"], results) == [
        "amble/seed0/iter1/work_1", "robots/anymal_c/work_base", "robots/humanoid/work_base_seed1",
    ]  # fmt: skip


def test_frames_are_freed_with_the_time_they_took(results, tmp_path):
    _, folder = shoot(results, tmp_path)
    frames = found(results)["frames"]
    assert frames.paths == (folder / "frames",)
    assert frames.seconds == 2.5


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda clip, folder: clip.unlink(), "clip.mp4 no longer exists"),
        (lambda clip, folder: clip.write_text("another"), "clip.mp4 has changed"),
        (lambda clip, folder: (folder / "motion.h5").unlink(), "motion.h5 does not exist yet"),
        (
            lambda clip, folder: (folder / "logs/extract_frames.json").unlink(),
            "no record of the source video",
        ),
    ],
    ids=["video gone", "video changed", "still needed", "no record"],
)
def test_frames_that_could_not_be_had_again_stay(results, tmp_path, harm, reason):
    clip, folder = shoot(results, tmp_path)
    harm(clip, folder)
    frames = found(results)["frames"]
    assert frames.paths == ()
    assert len(frames.kept) == 1
    assert reason in frames.kept[0]


def test_frames_kept_elsewhere_by_a_link_are_left_alone(results, tmp_path):
    _, folder = shoot(results, tmp_path)
    (folder / "frames").rename(tmp_path / "elsewhere")
    (folder / "frames").symlink_to(tmp_path / "elsewhere")
    assert found(results)["frames"].paths == ()


def test_leftovers_are_known_by_what_they_hold(results):
    half = put(results / "amble/.reference.h5.ab12_x9z/reference.h5")
    empty = results / "amble/.best.01234567"
    empty.mkdir()
    put(results / "amble/.notes.personal/other.txt")
    put(results / "amble/.hidden")
    assert set(found(results)["leftovers"].paths) == {half.parent, empty}


def test_deleting_frees_files_and_folders(results):
    folder, file = put(results / "frames/0.jpg").parent, put(results / "policy.pth")
    delete([folder, file, results / "gone"])
    assert list(results.iterdir()) == []


def test_a_folder_whose_deletion_is_cut_short_is_a_leftover(results, monkeypatch):
    folder = put(results / "frames/0.jpg").parent
    monkeypatch.setattr(
        "video2reward.results.pruning.shutil.rmtree", lambda path: None
    )  # killed at this moment
    delete([folder])
    assert not folder.exists()
    assert len(found(results)["leftovers"].paths) == 1


def test_what_parts_left_goes_once_the_round_is_selected(results):
    first, second = (results / f"walk/seed0/iter{n}" for n in (1, 2))
    for folder in (first, second):
        for name in ("checkpoint_1.pt", "policy_1.pth", "training_1.json", "halving.json"):
            put(folder / "part1" / name)
    decide(first, 1, winner=1, best=(1, 1))
    assert names(found(results)["work"], results) == [
        f"walk/seed0/iter1/part1/{name}" for name in ("checkpoint_1.pt", "policy_1.pth")
    ]
