"""Successive halving of a round's candidates: after which steps they are judged, and who then has how many left."""

from __future__ import annotations

MARKS = (0.25, 0.5)
"""Fractions of `training.steps` at which the candidates that are still trained are judged."""


def judged_parts(samples: int) -> int:
    """Return how many parts of a round's training end with a judgement: none for one candidate, one for two."""
    return min(len(MARKS), (samples - 1).bit_length())


def part_end(steps: int, part: int) -> int:
    """Return after how many steps of `training.steps` a judged part, counted from 1, ends."""
    return max(1, round(steps * MARKS[part - 1]))


def going_on(running: int) -> int:
    """Return how many of so many candidates go on: the better half, the one in the middle included."""
    return (running + 1) // 2


def part_lengths(samples: int, steps: int) -> list[tuple[int, int]]:
    """Return of each part how many candidates are trained in it and for how many steps, if none fails or stops early.

    The last part shares out what is left of samples x steps.
    """
    running, done, left, found = samples, 0, samples * steps, list[tuple[int, int]]()
    for part in range(1, judged_parts(samples) + 1):
        length = part_end(steps, part) - done
        found.append((running, length))
        done, left, running = done + length, left - running * length, going_on(running)
    return [*found, (running, left // running)]
