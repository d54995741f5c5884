"""A store of paid answers: the same question, asked again by a rerun, is answered from here."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion, write_completion
from video2reward.llm.base import Question

# Settings that change the answer; time limits, retries, prices and the key's variable do not.
_ASKED = ("provider", "model", "base_url", "temperature", "max_tokens")


def store_key(question: Question) -> str:
    """Return the digest that an answer is filed under: messages, settings, seed, iteration, candidate."""
    settings: dict[str, Any] = {name: getattr(question.settings, name) for name in _ASKED}
    asked = [list(question.messages), settings, question.seed, question.iteration, question.candidate]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def stored(folder: Path, key: str, ask: Callable[[], Completion]) -> Completion:
    """Return the answer filed under `key`, or `ask()` and file it.

    Processes that ask the same at once wait for the first: only one pays. A damaged file is a
    `UserError` rather than a second payment.
    """
    path = folder / f"{key}.json"
    with _locked(folder / f"{key}.lock"):
        if path.exists():
            return read_completion(path)
        completion = ask()
        write_completion(path, completion)
        return completion


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the system frees it when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
