"""The tables of other physics, over seeds."""

import pytest

from video2reward.artifacts.io import read_json, write_json
from video2reward.tables.elsewhere import make_physics_tables
from video2reward.tables.quantities import FALLS

ONE, TWO = (0.04, -0.1, -0.05), (0.06, -0.12, -0.07)


@pytest.fixture
def group(new_group, tmp_path):
    made = new_group(tmp_path)
    made.clip("amble", {"human": [ONE, TWO], "template": [ONE, None]})
    return made


def judge(group, method, seed, times):
    """Write a loop's figures in two physics: with a multiple of its gait distance, and not at all."""
    folder = group.results / f"g-amble-{method}" / f"seed{seed}"
    figures = read_json(folder / "evaluation.json")["deterministic"]
    figures["gait"]["distance"] *= times
    judged = {
        "cg": {"words": "CG", "reason": "", "deterministic": figures},
        "warp": {"words": "Warp", "reason": "none here"},
    }
    write_json(folder / "physics.json", {"physics": judged})


def test_without_other_physics_there_is_no_table(group):
    assert make_physics_tables(group.study()) == []


def test_a_column_for_each_physics_over_seeds(group):
    judge(group, "human", 0, 2.0), judge(group, "human", 1, 3.0), judge(group, "template", 0, 1.0)
    study = group.study()
    tables = {table.name: table for table in make_physics_tables(study)}
    assert set(tables) == {"physics_gait", "physics_falls", "physics_speed"}
    table, (clip,) = tables["physics_gait"], study.clips
    assert [quantity.label for _, quantity in table.columns] == ["as trained", "CG", "Warp"]
    trained, cg, warp = (table.at("human", clip, quantity) for _, quantity in table.columns)
    assert trained.known == [0.04, 0.06] and cg.known == pytest.approx([0.08, 0.18])
    assert cg.interval.low < 0.13 < cg.interval.high and cg.interval.mean == pytest.approx(0.13)
    assert cg.sources[0] == "g-amble-human/seed0/physics.json: physics.cg.deterministic.gait.distance"
    assert warp.known == [] and warp.missing == [
        "g-amble-human, seed 0: none here",
        "g-amble-human, seed 1: none here",
    ]
    template = table.at("template", clip, table.columns[1][1])
    assert template.known == [0.04] and "no policy" in template.missing[0]
    assert tables["physics_falls"].at("human", clip, tables["physics_falls"].columns[1][1]).known == [
        0.25,
        0.25,
    ]
    assert FALLS.name == "falls"  # the quantities that other tables have stay as they are
