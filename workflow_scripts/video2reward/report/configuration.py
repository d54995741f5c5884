"""The settings that each stage of an experiment ran with, as readable YAML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from video2reward.report.gather import LoopView
from video2reward.report.provenance import Job
from video2reward.results.files import Folder
from video2reward.results.places import place_of


def configuration(loops: Sequence[LoopView], jobs: Sequence[Job]) -> dict[str, str]:
    """Return experiment -> YAML of rule -> settings, from the job records.

    Settings that differ between jobs of a rule, such as seeds, are shown as "0, 1". A section identical to that
    of an earlier rule refers to it.
    """
    found = {}
    for name in dict.fromkeys(loop.experiment for loop in loops):
        own = [job for job in jobs if any(loop.experiment == name and belongs(job, loop) for loop in loops)]
        found[name] = _yaml(_by_rule(own))
    return found


def belongs(job: Job, loop: LoopView) -> bool:
    """Whether a job's output is used by this loop; jobs of other seeds, or of rounds of other runs, are not."""
    place = place_of(Folder(job.folder).record(job.name))
    if place is None or place.experiment not in ("", loop.experiment) or place.seed not in (None, loop.seed):
        return False
    if not place.experiment:
        return place.video == loop.video or place.robot == loop.practice
    samples = max(view.k for view in loop.candidates)
    return (place.n or 1) <= len(loop.selections) and (place.k or 1) <= samples


def _by_rule(jobs: Iterable[Job]) -> dict[str, Any]:
    """Return rule -> merged settings, in the order of the jobs."""
    by_rule: dict[str, list[dict[str, Any] | None]] = {}
    for job in jobs:
        by_rule.setdefault(job.rule, []).append(_settings(job))
    shown: dict[str, Any] = {}
    first: dict[str, tuple[str, Any]] = {}
    for rule, found in by_rule.items():
        known = [settings for settings in found if settings is not None]
        if not known:
            shown[rule] = "not recorded"
            continue
        sections: dict[str, Any] = merged(known)
        if len(known) < len(found):
            sections = sections | {"not recorded": f"{len(found) - len(known)} of {len(found)} jobs"}
        shown[rule] = _without_repeats(rule, sections, first) or "no settings"
    return shown


def _without_repeats(
    rule: str, sections: dict[str, Any], first: dict[str, tuple[str, Any]]
) -> dict[str, Any]:
    """Replace sections already shown for an earlier rule by a reference; updates `first`."""
    shown = {}
    for name, value in sections.items():
        owner, known = first.setdefault(name, (rule, value))
        repeated = isinstance(value, dict) and owner != rule and known == value and len(value) > 1
        shown[name] = f"as in {owner}" if repeated else value
    return shown


def merged(values: Sequence[Any]) -> Any:
    """Merge values: mappings key by key, differing values as "a, b"."""
    if all(value == values[0] for value in values):
        return values[0]
    if all(isinstance(value, dict) for value in values):
        keys = dict.fromkeys(key for value in values for key in value)
        return {key: merged([value[key] for value in values if key in value]) for key in keys}
    texts = dict.fromkeys(value if isinstance(value, str) else json.dumps(value) for value in values)
    return ", ".join(texts)


def _settings(job: Job) -> dict[str, Any] | None:
    """Return the settings in a job's record, None without any."""
    if job.record is None:
        return None
    try:
        read = json.loads(job.record.params)
    except json.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _yaml(content: dict[str, Any]) -> str:
    import yaml

    class Readable(yaml.SafeDumper):
        """Mappings with one key per line, lists on one line."""

    def in_one_line(dumper: Any, items: list[Any]) -> Any:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)

    Readable.add_representer(list, in_one_line)
    if not content:
        return "# no job left a record of its settings\n"
    text: str = yaml.dump(content, Dumper=Readable, sort_keys=False, width=100, allow_unicode=True)
    return text
