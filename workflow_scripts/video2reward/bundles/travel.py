"""What is shared tells nothing of the machine it was made on: no keys, no absolute paths."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from video2reward.artifacts.job_record import JobRecord
from video2reward.errors import UserError
from video2reward.text.redaction import redacted

BINARY = (".h5", ".pth", ".png", ".jpg", ".mp4")
_USUAL = (
    "home",
    "root",
    "Users",
    "Volumes",
    "mnt",
    "media",
    "tmp",
    "var",
    "opt",
    "data",
    "scratch",
    "private",
)


class Traveller:
    """Makes files fit to travel, for one results folder of one checkout."""

    def __init__(self, results: Path, root: Path) -> None:
        """Take the folder and the checkout, each by the name that records may have used."""
        named = [*dict.fromkeys([str(results), os.path.abspath(results), str(results.resolve())])]
        here = [*dict.fromkeys([str(root.absolute()), str(root.resolve()), os.getcwd()])]
        self._folders = [(f"{name}/", "results/") for name in named if os.path.isabs(name)]
        self._folders += [(f"{name}/", "") for name in here if name != "/"]
        self._results = f"{results}/"
        tops = {*_USUAL, *(one.name for one in Path("/").iterdir() if one.is_dir())}
        within = "|".join(map(re.escape, sorted(tops)))
        self._path = re.compile(rf"(?<![\w.~/:<>-])/(?:{within})/[^\s\"'`,;:()\[\]{{}}<>\\]*")

    def text(self, text: str) -> str:
        """Return a text without keys; of absolute paths, what is inside the project or else the last name stays."""
        text = redacted(text)
        for folder, short in self._folders:
            text = text.replace(folder, short)
        return self._path.sub(lambda found: _last(found[0]), text)

    def content(self, name: str, content: bytes) -> bytes:
        """Return a file's content fit to travel; arrays and policies cannot be changed, and one that tells is a `UserError`."""
        if not name.endswith(BINARY):
            return self.text(content.decode("utf-8", "replace")).encode()
        seen = content.decode("latin-1")
        if redacted(seen) != seen or any(folder in seen for folder, _ in self._folders):
            raise UserError(f"{name} holds a key or a path of this machine and cannot be shared")
        return content

    def record(self, record: JobRecord, changed: Mapping[str, str]) -> bytes:
        """Return a job's record with names from the results folder on, and the digests of files as they travel.

        changed: SHA-256 here -> SHA-256 in the bundle
        """

        def named(files: Mapping[str, str]) -> dict[str, str]:
            return {self._name(name): changed.get(sha, sha) for name, sha in files.items()}

        fit = replace(record, inputs=named(record.inputs), outputs=named(record.outputs))
        return self.text(json.dumps(asdict(fit), indent=1) + "\n").encode()

    def _name(self, name: str) -> str:
        if name.startswith(self._results):
            return f"results/{name.removeprefix(self._results)}"
        return self.text(name)


def _last(path: str) -> str:
    """Return a path's last name, unless that may be a user's: /home/ann."""
    parts = [part for part in path.split("/") if part]
    return parts[-1] if len(parts) > 2 else "[path]"


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()
