"""What of an experiment is packed: all figures and answers, few policies, never the film."""

import pytest

from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.bundles.contents import contents, finished_loops, may_hold
from video2reward.errors import UserError
from video2reward.results.layout import Results


def selection(number, winner):
    candidates = tuple(Candidate(number, k, "ok") for k in (1, 2))
    best = candidates[winner - 1] if winner else None
    return Selection("ok", "ok", "gait", "", number, winner, best, candidates)


@pytest.fixture
def results(tmp_path):
    """A finished loop of two rounds, the second of which nobody won, with a critique, and an unfinished loop."""
    own = Results(tmp_path).experiment("amble")
    paths = [own.reference, own.states, own.record("retarget_motion"), own.log("retarget_motion")]
    video = Results(tmp_path).video("dog")
    paths += [video.motion, video.frames / "000000.jpg", video.keypoints, video.overlay]
    for seed in (0, 1):
        for number, winner in ((1, 2), (2, None)):
            folder = own.loop(seed).round(number)
            write_selection(folder.selection, selection(number, winner))
            paths += [
                folder.prompt,
                folder.best_policy,
                folder.rollout,
                folder.film,
                folder.pictures / "1.jpg",
                folder.pictures / ".snakemake_timestamp",
            ]
            for k in (1, 2):
                files = folder.candidate(k)
                paths += [files.completion, files.policy, files.answer, files.work / "checkpoint.pt"]
    paths += [own.loop(0).evaluation, own.loop(0).round(1).critique]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


def test_what_is_packed(results):
    found = {path.relative_to(results).as_posix() for path in contents(results, "amble", "anymal_c", "dog")}
    rounds = {
        f"amble/seed0/iter{n}/{name}"
        for n in (1, 2)
        for name in ("selection.json", "prompt.txt", "best.pth", "completion_1.json", "completion_2.json")
    }
    assert found == rounds | {
        "amble/reference.h5", "amble/logs/retarget_motion.json", "videos/dog/motion.h5", "amble/seed0/evaluation.json",
        "amble/seed0/iter1/policy_2.pth", "amble/seed0/iter1/critique.json", "amble/seed0/iter1/pictures/1.jpg",
    }  # fmt: skip
    assert all(map(may_hold, found)), "what is packed can be unpacked"


def test_links_stay(results):
    target = results / "amble" / "reference.h5"
    target.unlink()
    target.symlink_to("/etc/hostname")
    assert target not in contents(results, "amble", "anymal_c", "dog")


def test_only_finished_loops_count(results):
    assert [loop.path.name for loop in finished_loops(results, "amble")] == ["seed0"]
    Results(results).experiment("amble").loop(0).evaluation.unlink()
    with pytest.raises(UserError, match="no finished loop of the experiment amble"):
        contents(results, "amble", "anymal_c", "dog")
