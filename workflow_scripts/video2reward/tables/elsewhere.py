"""The tables of policies in other physics: gait distance, falls and speed by physics, over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.tables import quantities as q
from video2reward.tables.numbers import Number, Quantity, Table, Value, dig, evaluated, fill
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.study import Study

_AS_TRAINED = "as trained"
_SHOWN = {
    q.GAIT: ("physics_gait", "In other physics: gait distance"),
    q.FALLS: ("physics_falls", "In other physics: falls"),
    q.SPEED: ("physics_speed", "In other physics: speed"),
}


def make_physics_tables(study: Study) -> list[Table]:
    """Return a table for each quantity, a column for each physics; [] if none was asked for."""
    judged = {run.folder.path: _judged(run) for run in study.runs}
    named = {name: one["words"] for found in judged.values() for name, one in found.items()}
    if not named:
        return []
    methods = list(dict.fromkeys(one.method for one in study.planned))

    def measure(method: str, clip: ClipColumn, quantity: Quantity) -> Number:
        runs = study.of(method, clip)
        values = tuple(_value(run, judged[run.folder.path], quantity) for run in runs)
        return Number(quantity, method, clip, values, study.absence(method, clip))

    return [
        fill(
            name,
            title,
            "The best policy of each loop, judged as trained and in physics that it never saw, without training in them; every "
            "robot counted, the fallen too.",
            [
                (clip, replace(quantity, name=f"{quantity.name} {key}".strip(), label=words))
                for clip in study.clips
                for key, words in {"": _AS_TRAINED, **named}.items()
            ],
            methods,
            measure,
        )
        for quantity, (name, title) in _SHOWN.items()
    ]


def _judged(run: Run) -> Mapping[str, Any]:
    """Return physics.json's figures by name, {} where none was asked for."""
    path = run.folder.physics
    found: Mapping[str, Any] = read_json(path)["physics"] if path.exists() else {}
    return found


def _value(run: Run, judged: Mapping[str, Any], quantity: Quantity) -> Value:
    """Return a quantity's value in the physics that its name ends with."""
    key = quantity.name.partition(" ")[2]
    if not key or run.failure:
        return evaluated(run, quantity)
    sources = (f"{run.source(run.folder.physics)}: physics.{key}.{'.'.join(quantity.keys)}",)
    found = judged.get(key, {})
    value = dig(found, quantity.keys)
    why = "" if value is not None else found.get("reason") or "not judged in it"
    return Value(run.name, run.seed, value, sources if found else (), why)
