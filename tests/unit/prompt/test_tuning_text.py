"""What the next prompt says of the tuned reward."""

from dataclasses import replace

import pytest

from video2reward.artifacts.tuning import TunedNumber, TunedVariant, TuningRecord, read_tuning, write_tuning
from video2reward.errors import UserError
from video2reward.prompt.tuning_text import tuning_sections

NUMBERS = (
    TunedNumber("w_speed", 1.0, 1.8, 1 / 3, 3.0, (4,), 0.2),
    TunedNumber("temperature of gait", 0.25, 0.1, 0.083, 0.75, (9,), 0.1),
    TunedNumber("w_height", 0.5, 0.5, 0.17, 1.5, (5,), 0.05),
)
VARIANTS = tuple(
    TunedVariant(1, i, (1.0, 0.25, 0.5), status) for i, status in enumerate(["ok", "ok", "refused", "ok"])
)
TUNED = TuningRecord(
    "candidate 2 of iteration 1", "better", "variant 3 has the smallest gait distance", "gait", "gait distance", 0.0712, 0.0641,
    0.005, (1, 3), NUMBERS, VARIANTS,
)  # fmt: skip


def test_what_moved_and_whether_it_is_noise():
    long, short = tuning_sections(TUNED)["tuning"]
    assert "2 variants of it had a short training each, beside the unchanged reward" in long
    assert (
        "What moved: temperature of gait 0.25 -> 0.1, w_speed 1 -> 1.8. " in long and "w_height" not in long
    )
    assert "gait distance 0.071 -> 0.064; more than the noise between trainings." in long
    assert "already a candidate of the round for which you write now" in long
    assert len(short) < len(long) and "0.071 -> 0.064" in short
    within = tuning_sections(replace(TUNED, verdict="within noise"))["tuning"][0]
    assert "0.064; within the noise between trainings, so no difference." in within


def test_a_search_that_ends_at_its_start_says_where_not_to_look():
    long, short = tuning_sections(replace(TUNED, verdict="start", before=None, after=None))["tuning"]
    assert "None did better. What was varied: w_speed, temperature of gait, w_height." in long
    assert short.endswith("None did better.")


def test_without_figures_the_reason_is_told_and_of_nothing_nothing():
    said = tuning_sections(
        replace(TUNED, verdict="unsure", before=None, after=None, why="no variant keeps the limits")
    )
    assert "0.25 -> 0.1, w_speed 1 -> 1.8. No variant keeps the limits." in said["tuning"][0]
    assert tuning_sections(TuningRecord("nobody", "none", "no reward")) == {}


def test_the_record_is_read_as_it_was_written(tmp_path):
    write_tuning(tmp_path / "tuning.json", TUNED)
    assert read_tuning(tmp_path / "tuning.json") == TUNED
    (tmp_path / "tuning.json").write_text('{"source": "x", "verdict": "best", "why": ""}')
    with pytest.raises(UserError, match="verdict"):
        read_tuning(tmp_path / "tuning.json")
