"""What a critic says against what was measured."""

from dataclasses import replace

import pytest

from video2reward.critique.verdict import Measurements, contradicted_verdict, without_contradictions

WELL = Measurements(0.0, 0.1, 1.2, 1.2, 0.65, 0.65)
FALLS = replace(WELL, falls=0.4)
FAST, SLOW = replace(WELL, speed=1.5), replace(WELL, speed=0.9)
OFTEN, RARE = replace(WELL, period_s=0.5), replace(WELL, period_s=0.9)


def left_out(point, measured):
    heads = {"problems": (point, "the trunk is low"), "rewrite": (), "remove": (), "add": ("x",)}
    kept, gone = without_contradictions(heads, measured)
    assert "the trunk is low" in kept["problems"] and kept["add"] == ("x",)
    assert (point in kept["problems"]) is not bool(gone)
    return gone[0].why if gone else ""


@pytest.mark.parametrize(
    ("point", "measured", "why"),
    [
        ("The robot is very stable, but its legs are stiff.", FALLS, "40 % of the agents fell"),
        ("It walks upright with excellent balance", FALLS, "40 %"),
        ("The robot does not fall", FALLS, "40 %"),
        ("The robot is not stable.", FALLS, ""),
        ("The robot is unstable.", FALLS, ""),
        ("It is less stable than the dog", FALLS, ""),
        ("The robot is very stable", WELL, ""),
        ("The robot falls over after a stride", WELL, "0 % of the agents fell"),
        ("The robot falls over after a stride", FALLS, ""),
        ("The robot moves too slowly.", FAST, "1.50 m/s"),
        ("The robot moves too slowly.", SLOW, ""),
        ("The robot moves too slowly.", WELL, ""),
        ("The robot moves slower than the dog", FAST, "1.50 m/s"),
        ("The gait is much too fast.", SLOW, "0.90 m/s"),
        ("Its head moves faster", WELL, ""),
        ("The robot never falls", WELL, ""),
        ("The steps are too high", RARE, ""),
        ("The cadence is far too high", RARE, "0.90 s"),
        ("The robot is too fast", SLOW, "0.90 m/s"),
        ("The robot is not too fast", SLOW, ""),
        ("The strides are too slow", OFTEN, "0.50 s"),
        ("The hind legs step too quickly", RARE, "0.90 s"),
        ("The hind legs step too quickly", OFTEN, ""),
    ],
)
def test_a_statement_that_the_measurements_contradict_is_left_out(point, measured, why):
    assert why in (found := left_out(point, measured)) and bool(found) is bool(why)


def test_no_problems_despite_falls_is_flagged():
    heads = {"problems": (), "rewrite": (), "remove": (), "add": ()}
    kept, gone = without_contradictions(heads, FALLS)
    assert kept == heads and gone[0].why == "40 % of the agents fell"
    assert without_contradictions(heads, WELL)[1] == ()


def test_nothing_measured_contradicts_nothing():
    assert (
        left_out("The robot moves too slowly and is stable", Measurements(None, 0.1, None, 1.2, None, 0.65))
        == ""
    )


@pytest.mark.parametrize(
    ("verdict", "measured", "point"),
    [
        ({"falls": "no"}, FALLS, "falls=no"),
        ({"falls": "yes"}, WELL, "falls=yes"),
        ({"speed": "slow"}, FAST, "speed=slow"),
        ({"speed": "fast"}, SLOW, "speed=fast"),
        ({"steps": "rare"}, OFTEN, "steps=rare"),
        ({"steps": "often"}, RARE, "steps=often"),
        ({"falls": "no", "speed": "right", "steps": "right"}, WELL, ""),
        ({"falls": "yes", "speed": "slow", "steps": "rare"}, replace(FALLS, speed=0.9, period_s=0.9), ""),
        ({}, FALLS, ""),
    ],
)
def test_a_verdict_is_held_against_the_measurements_in_any_language(verdict, measured, point):
    assert [one.point for one in contradicted_verdict(verdict, measured)] == ([point] if point else [])
    assert contradicted_verdict(verdict, Measurements(None, 0.1, None, 1.2, None, 0.65)) == ()
