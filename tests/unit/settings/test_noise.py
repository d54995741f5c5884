from pathlib import Path

import pytest
import yaml

import seed_noise
from video2reward.artifacts.io import write_json
from video2reward.errors import UserError
from video2reward.settings.noise import read_noise

TABLE = Path(__file__).resolve().parents[3] / "resources" / "noise.yaml"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "noise.yaml"
    path.write_text(
        "source: made\nrows:\n  - {robot: dog, steps: 400000, sd: 0.02, freedom: 5}\n"
        "  - {robot: dog, steps: 100000, sd: 0.04, freedom: 9}\n"
    )
    return path


def test_between_budgets_it_is_interpolated_and_far_away_unknown(table):
    assert read_noise(table, "dog", 200_000).sd == pytest.approx(0.03)
    assert read_noise(table, "dog", 200_000).freedom == 5
    assert (read_noise(table, "dog", 60_000).sd, read_noise(table, "dog", 700_000).sd) == (0.04, 0.02)
    assert read_noise(table, "dog", 40_000) is None and read_noise(table, "dog", 900_000) is None
    assert read_noise(table, "cat", 200_000) is None


def test_a_damaged_table_is_named(table):
    table.write_text("source: made\nrows: [{robot: dog, steps: 1, sd: -1, freedom: 1}]")
    with pytest.raises(UserError, match=r"noise.yaml: rows.0.sd = -1"):
        read_noise(table, "dog", 1)


@pytest.mark.parametrize(
    ("robot", "steps"), [("anymal_c", 400_000), ("anymal_c", 800_000), ("humanoid", 1_000_000)]
)
def test_the_shipped_table_knows_the_shipped_robots_at_their_budgets(robot, steps):
    assert 0.002 < read_noise(TABLE, robot, steps).sd < 0.03


def test_the_table_pools_the_seeds_of_each_clip_and_lever_without_those_that_fall(tmp_path):
    def cell(case, lever, seed, gait, falls=0.0):
        write_json(
            tmp_path / case / f"{lever}_{seed}.json",
            {"rows": [{"steps": 380_928, "gait": gait, "falls": falls}]},
        )

    for seed, gait in enumerate((0.05, 0.07, 0.06)):
        cell("amble", "plain", seed, gait)
        cell("trot", "mirror", seed, gait + 0.1)  # another mean, the same spread
    cell("trot", "mirror", 3, 0.9, falls=0.5)
    cell("human_run", "plain", 0, 0.3)
    text = seed_noise.table(seed_noise.distances(tmp_path))
    assert yaml.safe_load(text)["rows"] == [{"robot": "anymal_c", "steps": 375_000, "sd": 0.01, "freedom": 4}]
