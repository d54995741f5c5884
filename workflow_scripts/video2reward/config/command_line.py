"""The values of `--config` outside Snakemake: NAME=VALUE, each value as YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from video2reward.errors import UserError

_BEGINS = re.compile(r"[^\W\d]\w*=")


def assigned(words: Iterable[str]) -> dict[str, Any]:
    """Return the settings of words such as `training={steps: 1000}`; anything else is a `UserError`.

    A word without NAME= goes on with the value before it, which a shell has cut at a space.
    """
    found: dict[str, Any] = {}
    whole: list[str] = []
    for word in words:
        if whole and not _BEGINS.match(word):
            whole[-1] += f" {word}"
        else:
            whole.append(word)
    for word in whole:
        name, equals, value = word.partition("=")
        if not equals or not name.isidentifier():
            raise UserError(f"{word!r} is no setting; write NAME=VALUE, such as training={{steps: 400000}}")
        try:
            found[name] = yaml.safe_load(value)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise UserError(f"{name}: {value!r} is not YAML: {' '.join(str(error).split())}") from None
    return found
