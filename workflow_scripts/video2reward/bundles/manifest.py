"""`bundle.json`: what a bundle holds, how it was configured, and the digest of every file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import typed
from video2reward.errors import UserError
from video2reward.results.layout import RESERVED

NAME = "bundle.json"
FORMAT = 1
_PLAIN = re.compile(r"[^\W_][\w.-]{0,200}")


@dataclass(frozen=True)
class Manifest:
    """What a bundle holds.

    format: of bundles, raised when an older project could not read them
    experiment, robot, video, method: names; video: that of its results folder
    configuration: sections of config.yaml as the jobs read them
    versions: package -> version, of all jobs; files: name in the bundle -> SHA-256
    """

    format: int
    experiment: str
    robot: str
    video: str
    method: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def written(manifest: Manifest) -> bytes:
    """Return a manifest as the bytes of its file."""
    return (json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n").encode()


def checked_manifest(path: Path, files: Mapping[str, bytes]) -> Manifest:
    """Return the manifest of an archive's files; a `UserError` if they are not what it says.

    path: the bundle's, for the sentence
    """
    if NAME not in files:
        raise UserError(f"{path} holds no {NAME}: it is no bundle of this project; make bundle makes one")
    try:
        content = json.loads(files[NAME])
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UserError(f"{path}: {NAME} is damaged; get the bundle again")
    if content.get("format") != FORMAT:
        raise UserError(
            f"{path} has format {str(content.get('format'))[:20]} of bundles, and this version reads {FORMAT}; "
            "use the version of video2reward that made it"
        )
    manifest = typed(Manifest, content, path)
    for name in (manifest.experiment, manifest.robot, manifest.video, manifest.method):
        if not _PLAIN.fullmatch(name) or name in RESERVED:
            raise UserError(f"{path}: {name[:100]!r} cannot be a name of an experiment's part: refused")
    wrong = sorted(
        name
        for name in {*files, *manifest.files} - {NAME}
        if name not in files or hashlib.sha256(files[name]).hexdigest() != manifest.files.get(name)
    )
    if wrong:
        raise UserError(
            f"{path} is damaged: {wrong[0][:100]!r} is not the file that its {NAME} names ({len(wrong)} in all); "
            "get it again"
        )
    return manifest
