"""Paths that users write: one rule for all keys.

`~` and $VARIABLES are expanded. A relative path in a video's or an experiment's YAML is relative to that file's folder,
or, if nothing is there, to the working directory. In config.yaml and on the command line it is relative to the working
directory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from video2reward.errors import UserError


def expanded(path: str | Path) -> Path:
    """Return a path with ~ and $VARIABLES expanded."""
    return Path(os.path.expandvars(path)).expanduser()


def _expanded(value: Any) -> Any:
    return expanded(value) if isinstance(value, str | Path) else value


UserPath = Annotated[Path, BeforeValidator(_expanded)]
"""A path as a setting, with ~ and $VARIABLES expanded; `located` resolves relative ones."""


def located(path: str | Path, folder: Path, what: str) -> Path:
    """Return an absolute path, resolved against `folder`, the YAML's, or else the working directory.

    what: key and file that hold the path, for error messages

    Raises:
        UserError: nothing is there, or it is neither a file nor a folder: reading a pipe could block forever
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
    """Return the path of the file of this name in `folder`, the YAML's, if there is one, else the name itself."""
    wanted = expanded(name)
    there = folder / wanted
    return str(there) if wanted.suffix and there.exists() else name
