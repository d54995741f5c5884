"""What the table of a search shows, in sentences, also where nothing is gained."""

from __future__ import annotations

import math

from video2reward.pages.templates import figure
from video2reward.scores.paired import Outcome, Paired
from video2reward.tables.numbers import Number
from video2reward.tables.runs import ClipColumn
from video2reward.tables.search import SearchStudy
from video2reward.tables.search_numbers import DISTANCE

_OUTCOMES: dict[Outcome, str] = {
    "smaller": "nearer, by more than the noise between seeds",
    "larger": "farther, by more than the noise between seeds",
    "within noise": "within the noise between seeds: no difference is shown",
    "unsure": "the interval includes 0: no difference is shown",
    "too few": "of one seed there is no interval: no difference is shown",
}


def sentences(study: SearchStudy) -> list[str]:
    """Return what is shown: for each clip one sentence on all, then one a row."""
    return [said for clip in study.clips for said in (_on_all(study, clip), *_on_each(study, clip))]


def _on_all(study: SearchStudy, clip: ClipColumn) -> str:
    """Say which variants are nearer than the first, and how many comparisons that rests on."""
    others = [way for way in study.ways if study.of(way, clip) and way != study.first(way, clip)]
    nearer = [way for way in others if study.against_first(way, clip).outcome == "smaller"]
    where, firsts = (
        f"{clip.robot}, {clip.video}",
        " and ".join(dict.fromkeys(study.first(way, clip) for way in others)),
    )
    if not others:
        return f"{where}: there is nothing to compare {' and '.join(study.ways)} with."
    if not nearer:
        return f"{where}: nothing is shown to be gained over {firsts} by any of {', '.join(others)}."
    chance = ""
    if len(others) > 1:
        chance = f" Of {len(others)} comparisons without any difference, one in {round(40 / len(others))} groups would show such a gain by chance."
    return f"{where}: nearer to the clip than {firsts}, by more than the noise: {', '.join(nearer)}.{chance}"


def _on_each(study: SearchStudy, clip: ClipColumn) -> list[str]:
    """Say of each row what it reached, its difference from the first row, and what its later rounds gained."""
    told = []
    for way in study.ways:
        if not study.of(way, clip):
            continue
        number = study.number(way, clip, DISTANCE)
        seeds = f" ({', '.join(map(figure, number.known))})" if len(number.known) > 1 else ""
        parts = [f"distance {figure(number.interval.mean)}{seeds}" if number.known else "no distance"]
        parts += _lacking(number)
        first = study.first(way, clip)
        found = study.against_first(way, clip)
        if way != first and found.interval.count:
            parts.append(f"{_compared(found, first)}: {_OUTCOMES[found.outcome]}{_limit(found)}")
        parts += _on_later(study, way, clip)
        told.append(f"{way}: {'; '.join(parts)}.")
    return told


def _lacking(number: Number) -> list[str]:
    """Say which seeds have no value and why, seeds with one reason together."""
    seeds: dict[str, list[str]] = {}
    for one in number.values:
        if one.value is None:
            seeds.setdefault(one.missing, []).append(str(one.seed))
    return [f"{'seeds' if len(own) > 1 else 'seed'} {', '.join(own)}: {why}" for why, own in seeds.items()]


def _compared(found: Paired, first: str) -> str:
    """Return the mean difference from the first row in words, with its interval and seeds."""
    mean, low, high = found.interval.mean, found.interval.low, found.interval.high
    between = f" ({figure(low)} … {figure(high)})" if math.isfinite(low) else ""
    return f"{figure(mean)}{between} against {first}, nearer in {found.below} of {found.interval.count} seeds"


def _limit(found: Paired) -> str:
    """Say what the noise between seeds is."""
    if found.of_means is None:
        return "; how large the noise between seeds is at this budget was not measured"
    return f" (means of {found.interval.count} trainings of one reward differ by {figure(found.of_means)})"


def _on_later(study: SearchStudy, way: str, clip: ClipColumn) -> list[str]:
    """Say in how many seeds later rounds beat the first, and in how many that would be so by chance."""
    found = study.later(way, clip)
    count = found.interval.count
    if not count:
        return []
    said = f"a later round beats the first in {found.below} of {count} seeds"
    if found.single is not None:
        surely = sum(one < -found.single for one in found.differences)
        said += f", by more than the noise ({figure(found.single)}) in {surely}"
    return [f"{said}; by chance alone in {figure(_by_chance(study, way, clip))}"]


def _by_chance(study: SearchStudy, way: str, clip: ClipColumn) -> float:
    """Return in how many seeds the best candidate would be a later one if rounds made no difference."""
    expected = 0.0
    for trail in study.of(way, clip):
        usable = trail.usable
        before, after = sum(usable[: trail.planned.first]), sum(usable[trail.planned.first :])
        if before and after and not trail.unfinished:
            expected += after / (before + after)
    return expected
