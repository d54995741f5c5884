from video2reward.report.changes import line_changes, reward_changes


def test_every_line_has_its_sign():
    lines = line_changes("a\nb\nc\n", "a\nB\nc\nd\n")
    assert [(line.sign, line.text) for line in lines] == [
        (" ", "a"),
        ("-", "b"),
        ("+", "B"),
        (" ", "c"),
        ("+", "d"),
    ]


def test_a_reward_and_the_one_it_replaces(results):
    first, second = reward_changes(results.loop([["ok"], ["ok"]]))
    assert "the first one" in first.said
    assert {line.sign for line in first.lines} == {" "}
    assert (second.added, second.removed) == (1, 1)
    assert second.said == (
        "Round 2: the reward of candidate 1 of iteration 2 replaces that of candidate 1 of iteration 1: "
        "1 line new, 1 line gone."
    )
    assert "    return 2.0 * speed, {}" in [line.text for line in second.lines if line.sign == "+"]


def test_nothing_changed_is_said(results):
    last = reward_changes(results.loop([["ok"], ["training"]]))[-1]
    assert "nothing changed" in last.said
    assert (last.added, last.removed) == (0, 0)
    assert last.lines


def test_the_same_reward_from_another_candidate(results):
    loop = results.loop([["ok"], ["ok"]])
    same = type(loop)(**{**vars(loop), "rewards": (loop.reward, loop.reward)})
    assert "to the letter" in reward_changes(same)[-1].said


def test_rounds_without_a_usable_candidate(results):
    changes = reward_changes(results.loop([["check"], ["training"], ["ok"]]))
    assert [change.candidate is None for change in changes] == [True, True, False]
    assert changes[0].said == "Round 1: no candidate could be used so far."
    assert changes[0].lines == ()
    assert "the first one" in changes[2].said
