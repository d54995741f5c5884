"""Names of clips in paths, unique so that no two clips share a results folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from video2reward.artifacts.io import read_json
from video2reward.errors import UserError
from video2reward.results.layout import Results

LONGEST = 120  # bytes; file systems allow 255, and an experiment's name also has a robot and a method


def slug(name: str) -> str:
    """Return a name that is safe in paths and wildcards: letters (of any script), digits and _.

    Single separators between words become _. If more is lost, a short digest of the full name is appended to keep names
    apart.
    """
    name = unicodedata.normalize("NFC", name)  # one encoding of accents, whatever the file system's
    plain = re.sub(r"\W+", "_", name)
    if re.fullmatch(r"[^\W_]\w*(?:[ .=?&-]\w+)*(?<!_)", name) and len(plain.encode()) <= LONGEST:
        return plain
    kept = plain.strip("_").encode()[: LONGEST - 7].decode(errors="ignore")
    return f"{kept or 'clip'}_{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:6]}"


def check_names(results: Path, called: Mapping[str, str]) -> None:
    """Raise a `UserError` if a clip's results folder already holds another clip, whose name gave the same slug.

    called: a clip's folder -> the clip's name
    """
    for folder, name in called.items():
        made = Results(results).video(folder).frames_summary
        if not made.is_file():
            continue
        other = read_json(made).get("provenance", {}).get("parameters", {}).get("called", name)
        if other != name:
            raise UserError(
                f"{made.parent} holds the results of the video {other!r}, which {name!r} would overwrite; rename "
                "one of the two, or give this run another folder (--config results=...)"
            )
