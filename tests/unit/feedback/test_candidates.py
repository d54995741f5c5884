from dataclasses import replace

from video2reward.artifacts.selection import Candidate, Selection
from video2reward.feedback.candidates import candidates_text, excerpt, failure_texts, screen_text

GOOD = Candidate(2, 1, "ok", success=-0.12, falls=0.02, velocity_error=0.11, gait=0.05)
BAD = Candidate(
    2,
    2,
    "failed",
    traceback="Traceback (most recent call last):\n  line 1\nNameError: name 'speed' is not defined",
)


def chosen(*candidates, best=GOOD):
    return Selection("ok", "ok", "gait", "it has the smallest gait distance", 2, 1, best, candidates)


def test_the_others_have_a_line_each_and_the_best_none():
    text = candidates_text(chosen(GOOD, BAD, replace(GOOD, k=3, gait=None)))
    assert text.splitlines() == [
        "The round's choice: it has the smallest gait distance. The other rewards of the round:",
        "Candidate 3: success -0.120, 2 % fell, velocity error 0.11 m/s.",
    ]
    assert candidates_text(chosen(GOOD, BAD)) == ""
    earlier = replace(GOOD, iteration=1)
    assert "Candidate 1: gait distance 0.050" in candidates_text(chosen(GOOD, best=earlier))


def test_a_tuned_one_says_so():
    tuned = replace(GOOD, k=3, gait=0.06, origin="tuned from round 1's best")
    assert "Candidate 3 (tuned from round 1's best): gait distance 0.060" in candidates_text(
        chosen(GOOD, tuned)
    )
    said = candidates_text(chosen(tuned, replace(GOOD, k=1), best=tuned)).splitlines()
    assert said[0].endswith(
        "distance. The chosen one was tuned from round 1's best. The other rewards of the round:"
    )


def test_what_the_screen_found_is_told_of_the_best_first():
    assert screen_text(chosen(GOOD, BAD)) == ""
    best, other = (
        replace(GOOD, screen="- standing earns as much."),
        replace(GOOD, k=3, screen="- falling earns more."),
    )
    said = screen_text(chosen(best, BAD, other, best=best)).splitlines()
    assert said[1:] == [
        "The reward above:",
        "- standing earns as much.",
        "The reward of candidate 3 of iteration 2:",
        "- falling earns more.",
    ]
    assert "The reward above" not in screen_text(chosen(GOOD, other))


def test_a_tie_is_no_difference_and_a_wish_has_its_part():
    near, far = replace(GOOD, k=2, gait=0.055, wish=0.4), replace(GOOD, k=3, gait=0.2)
    text = candidates_text(replace(chosen(GOOD, near, far), tied=(near.name,)))
    first, second = text.splitlines()[1:]
    assert "40 % of the wish fulfilled" in first and first.endswith("; no difference from the chosen one.")
    assert "no difference" not in second


def test_equal_errors_are_told_once():
    whole, short, count = failure_texts(
        chosen(GOOD, BAD, replace(BAD, k=3), replace(BAD, k=4, traceback="NaN"))
    )
    assert (
        "Candidates 2, 3: Traceback (most recent call last):\n  line 1\nNameError" in whole
        and "Candidate 4: NaN" in whole
    )
    assert "Candidates 2, 3: (2 earlier lines left out)\nNameError: name 'speed' is not defined" in short
    assert count == "Only 1 of the 4 reward functions of this round could be used."
    assert failure_texts(chosen(GOOD)) == [""]
    assert failure_texts(chosen(BAD))[2] == "The one reward function of this round could not be used."
    assert failure_texts(chosen(BAD, BAD))[2].startswith("None of the 2")


def test_an_error_keeps_whole_lines_where_its_cause_stands():
    lines = [f"line {i}" for i in range(100)]
    assert excerpt("\n".join(lines), 20) == "line 0\nline 1\n(98 further lines left out)"
    traced = "\n".join(["Traceback (most recent call last):", *lines])
    assert excerpt(traced, 20) == "(99 earlier lines left out)\nline 98\nline 99"
    assert excerpt(traced, 10_000) == traced
    assert excerpt(" \n", 20) == "no reason was recorded"
    words = excerpt("word " * 1000, 2000)
    assert len(words) <= 500 and words.endswith("word [...]")


def test_folders_of_this_computer_are_nobodys_business():
    text = 'Traceback (most recent call last):\n  File "/home/me/a b/reward.py", line 3\nNameError'
    assert excerpt(text, 2000).splitlines()[1] == '  File "reward.py", line 3'
