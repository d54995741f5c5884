"""Numbers as pages show them."""

import pytest

from video2reward.pages.templates import count, duration, figure


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (-1.2e-18, "0"),
        (0.12345, "0.123"),
        (2, "2"),
        (-12.34, "\u221212.3"),
        (12345.6, "12346"),
    ],
)
def test_numbers_read_well(value, shown):
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (4.24, "4.2 s"), (59.97, "1 min 00 s"), (185, "3 min 05 s"), (7810, "2 h 10 min")],
)
def test_times_read_well(seconds, shown):
    assert duration(seconds) == shown


def test_counts_have_their_thousands_apart():
    assert (count(None), count(12), count(1234567)) == ("–", "12", "1\u202f234\u202f567")
