"""A store of paid answers: when a rerun asks the same question, it is answered from here."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion, write_completion
from video2reward.errors import UserError
from video2reward.llm.base import Question

# Settings that change the answer, unlike time limits, retries, prices and the key's variable.
_ASKED = ("provider", "model", "base_url", "temperature", "max_tokens")
_WHERE_SET = ("seed", "reasoning_effort")


def store_key(question: Question) -> str:
    """Return the digest under which an answer is stored: messages, settings, seed, iteration, candidate, repair."""
    settings: dict[str, Any] = {name: getattr(question.settings, name) for name in _ASKED}
    settings |= {name: value for name in _WHERE_SET if (value := getattr(question.settings, name))}
    asked = [list(question.messages), settings, question.seed, question.iteration, question.candidate]
    if question.attempt:
        asked.append(question.attempt)
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Store:
    """A folder of answers, one file per question: `<key>.json`."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which may not exist yet."""
        self.folder = folder

    def find(self, key: str) -> Completion | None:
        """Return the answer stored under `key`; a damaged file is a `UserError`, not a reason to pay again."""
        path = self._path(key)
        return read_completion(path) if path.exists() else None

    def keep(self, key: str, completion: Completion) -> None:
        """Store an answer."""
        write_completion(self._path(key), completion)

    def answers(self) -> list[Completion]:
        """Return all answers, without damaged files."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(read_completion(path))
            except UserError:
                continue
        return found

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Hold the exclusive lock `name`; others wait, and the system releases it when the process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
