from dataclasses import replace

from video2reward.report.scores import scores, wishes

FIGURE = {
    "words": "foot lift", "unit": "m", "definition": "the highest point", "base": 0.08, "relation": "times",
    "asked": 2.0, "limit": 0.16, "value": 0.112, "fulfilled": 0.4,
}  # fmt: skip


def wish(success, value):
    measures = {"foot_lift": FIGURE | {"value": value}}
    return {"success": success, "distance": 0.1, "measures": measures, "definitions": {"success": "the part"}}


def judged_by_wish(loop, success, value):
    def judged(evaluation, found):
        return evaluation | {"deterministic": evaluation["deterministic"] | {"wish": found}}

    return replace(
        loop,
        base=judged(loop.base, wish(0.0, None)),
        evaluation=judged(loop.evaluation, wish(success, value)),
    )


def test_a_wish_has_a_row_and_each_measure_one_with_what_was_asked(results):
    loop = judged_by_wish(results.loop([["ok"]]), 0.4, 0.112)
    whole, lift = wishes(loop)
    assert (whole.name, whole.base, whole.best, whole.definition) == ("wish", 0.0, 0.4, "the part")
    assert (lift.name, lift.base, lift.best) == ("wish: foot lift, m", None, 0.112)
    assert lift.reading == "asked 2.00 times the motion in reach's (0.16 m); the motion in reach has 0.08"
    assert [row.name for row in scores(loop)][-3:] == ["wish", "wish: foot lift, m", "H_mts"]


def test_without_a_wish_there_is_no_row(results):
    assert wishes(results.loop([["ok"]])) == [] and wishes(results.loop([["check"]], name="lost")) == []
