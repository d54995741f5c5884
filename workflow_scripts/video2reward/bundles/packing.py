"""Pack a finished experiment into a bundle, and unpack one that somebody else made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import atomic_path
from video2reward.artifacts.job_record import FOLDER, JobRecord, read_job_record
from video2reward.artifacts.selection import read_selection
from video2reward.bundles.archive import MOST_PACKED, read_archive, write_archive
from video2reward.bundles.contents import contents, finished_loops, last_round, may_hold
from video2reward.bundles.manifest import FORMAT, NAME, Manifest, checked_manifest, written
from video2reward.bundles.travel import Traveller, sha256
from video2reward.config.layers import merge
from video2reward.config.plan import Experiment, Plan
from video2reward.errors import UserError
from video2reward.search.planned import last_node
from video2reward.settings.search import Search
from video2reward.text.redaction import hide_variable

_SECTIONS = ("reach", "training", "evaluation", "task", "motion", "llm", "vlm", "critique")
_LEFT_OUT = {
    "evaluation": ("server", "server_python"),
    "training": ("server", "server_python", "threads", "checkpoint_s"),
    "llm": ("base_url", "key_variable", "organisation", "recorded"),
    "vlm": ("base_url", "key_variable", "organisation", "recorded"),
}
_SECONDS = {
    "evaluate_policy": "short_seconds",
    "evaluate_halved": "short_seconds",
    "evaluate_best": "seconds",
}


def packed(plan: Plan, experiment: Experiment, results: Path, root: Path) -> bytes:
    """Return an experiment's bundle; one without a finished loop, or too large, is a `UserError`."""
    for model in (experiment.loop.llm, experiment.loop.vlm):
        hide_variable(model.key_variable)
    traveller = Traveller(results, root)
    found = contents(results, experiment.name, experiment.practice, experiment.video)
    files, records = _travelling(found, results, traveller)
    loops = finished_loops(results, experiment.name)
    search = _search(experiment, records)
    own = {
        "seeds": [int(loop.path.name.removeprefix("seed")) for loop in loops],
        "iterations": min(map(last_round, loops)) // last_node(search, 1),
        "samples": min(len(read_selection(loop.round(1).selection).candidates) for loop in loops),
    }
    configuration = _configuration(plan, experiment, records) | own
    if search.kind != "greedy":
        configuration["search"] = search.model_dump()
    manifest = Manifest(
        FORMAT,
        experiment.name,
        experiment.robot,
        experiment.video,
        experiment.method_name,
        json.loads(traveller.text(json.dumps(configuration))),
        {name: version for record in records for name, version in record.versions.items()},
        {name: sha256(content) for name, content in files.items()},
    )
    archive = write_archive(files | {NAME: written(manifest)})
    if len(archive) > MOST_PACKED:
        raise UserError(
            f"the bundle of {experiment.name} would have {len(archive) / 1e6:.0f} MB, more than {MOST_PACKED / 1e6:.0f}; "
            "pack a results folder with fewer seeds"
        )
    return archive


def _travelling(
    found: Iterable[Path], results: Path, traveller: Traveller
) -> tuple[dict[str, bytes], list[JobRecord]]:
    """Return the files as they travel, by name below `results`, and the jobs' records as they are here."""
    files: dict[str, bytes] = {}
    changed: dict[str, str] = {}
    records: dict[str, JobRecord] = {}
    for path in found:
        name = path.relative_to(results).as_posix()
        if path.parent.name == FOLDER:
            records[name] = read_job_record(path)
            continue
        here = path.read_bytes()
        files[name] = traveller.content(name, here)
        changed[sha256(here)] = sha256(files[name])
    files |= {name: traveller.record(record, changed) for name, record in records.items()}
    return files, list(records.values())


def unpacked(bundle: Path, folder: Path) -> Manifest:
    """Check a bundle and put its files into `folder`, whose content they replace, at once.

    Raises:
        UserError: it is damaged, hostile, of another version or not a bundle
    """
    files = read_archive(bundle)
    manifest = checked_manifest(bundle, files)
    strange = sorted(name for name in manifest.files if not may_hold(name))
    if strange:
        raise UserError(f"{bundle}: {strange[0][:100]!r} does not belong in a bundle: refused")
    with atomic_path(folder) as aside:
        for name, content in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return manifest


def _search(experiment: Experiment, records: Iterable[JobRecord]) -> Search:
    """Return the search that the experiment ran with: its kind and islands as recorded, the rest as configured now."""
    found = [json.loads(record.params) for record in records]
    made = merge(*(params["search"] for params in found if isinstance(params.get("search"), dict)))
    now = experiment.loop.search.model_dump()
    same = made.get("kind", "greedy") == now["kind"]
    return Search(**merge(now if same else {}, made))


def _configuration(plan: Plan, experiment: Experiment, records: Iterable[JobRecord]) -> dict[str, Any]:
    """Return the sections of config.yaml that the experiment ran with, as its jobs recorded them.

    What no job recorded is as the configuration has it now.
    """
    practice = plan.practices[experiment.practice]
    layers: list[Mapping[str, Any]] = [experiment.loop.model_dump(mode="json", include=set(_SECTIONS))]
    layers += [{"task": practice.task.model_dump(mode="json"), "motion": plan.motion.model_dump(mode="json")}]
    for record in records:
        params = json.loads(record.params)
        layers.append({name: params[name] for name in _SECTIONS if isinstance(params.get(name), dict)})
        if record.rule in _SECONDS and "seconds" in params:
            layers.append({"evaluation": {_SECONDS[record.rule]: params["seconds"]}})
    whole = merge(*layers)
    for section, keys in _LEFT_OUT.items():
        whole[section] = {name: value for name, value in whole[section].items() if name not in keys}
    return whole
