"""Paths that users write, in whichever key: one rule for what they mean.

`~` and $VARIABLES are filled in. A relative path in a YAML of its own (a video's, an experiment's) counts from that file's
folder, and where there is nothing of that name from the working directory; in config.yaml and on the command line from
the working directory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from video2reward.errors import UserError


def expanded(path: str | Path) -> Path:
    """Return a path with ~ and $VARIABLES filled in."""
    return Path(os.path.expandvars(path)).expanduser()


def _expanded(value: Any) -> Any:
    return expanded(value) if isinstance(value, str | Path) else value


UserPath = Annotated[Path, BeforeValidator(_expanded)]
"""A path as a setting: ~ and $VARIABLES filled in, relative ones left for `located`."""


def located(path: str | Path, folder: Path, what: str) -> Path:
    """Return where a path leads, absolute: from `folder`, the YAML's, else from the working directory.

    what: the key and the file it stands in, for the error message

    Raises:
        UserError: nothing is there, or neither a file nor a folder; a pipe would be waited for without end
    """
    wanted = expanded(path)
    tried = list(dict.fromkeys(Path(os.path.abspath(base / wanted)) for base in (folder, Path.cwd())))
    found = next((place for place in tried if place.exists()), None)
    if found is None:
        raise UserError(
            f"{what}: {' does not exist, nor does '.join(map(str, tried))}{' does not exist' * (len(tried) < 2)}"
        )
    if not (found.is_file() or found.is_dir()):
        raise UserError(f"{what}: {found} is neither a file nor a folder, but a pipe, socket or device")
    return found


def beside(name: str, folder: Path) -> str:
    """Return a clip's name as it is, or the path of the file of that name in `folder`, the YAML's."""
    wanted = expanded(name)
    there = folder / wanted
    return str(there) if wanted.suffix and there.exists() else name
