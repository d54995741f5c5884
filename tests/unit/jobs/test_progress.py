import pytest

from video2reward.jobs.progress import progress


def lines(capsys):
    return capsys.readouterr().err.strip().splitlines()


def test_items_pass_through_and_the_sum_is_printed(capsys):
    assert list(progress("abc", "spelling", 3, "letters")) == ["a", "b", "c"]
    (line,) = lines(capsys)
    assert line.startswith("spelling: 3/3 letters, ")
    assert "letters/s, took" in line


def test_rate_and_time_left_on_the_way(capsys, monkeypatch):
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    assert sum(progress(range(4), "adding", 4)) == 6
    assert lines(capsys)[:2] == [
        "adding: 1/4 frames, 0.2 frames/s, 15 s left",
        "adding: 2/4 frames, 0.2 frames/s, 10 s left",
    ]


@pytest.mark.parametrize("total", [0, 2])
def test_a_wrong_total_does_no_harm(capsys, total):
    assert list(progress(range(5), "counting", total)) == [0, 1, 2, 3, 4]
    assert lines(capsys)[-1].startswith("counting: 5/5 frames")
    assert list(progress([], "counting", total)) == []
    assert lines(capsys)[-1].startswith("counting: 0/0 frames")
