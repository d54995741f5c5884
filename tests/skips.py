"""What may be skipped and why, in one place. CI ends with `python -m tests.skips FILE`: one line for each kind of what
its test runs skipped, as tests/conftest.py wrote it down, and an error where this machine could have run it."""

import ctypes.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.browser import find_browser


def never() -> bool:
    """No machine can run it, or none can be expected to."""
    return False


def always() -> bool:
    """Every machine can run it."""
    return True


def permitted(*options: str) -> Callable[[], bool]:
    """Whether this system lets a process have namespaces of its own."""
    return lambda: (
        shutil.which("unshare") is not None and subprocess.run(["unshare", *options, "true"]).returncode == 0
    )


def installs_packages() -> bool:
    """Whether Debian's packages can be installed here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


@dataclass(frozen=True)
class Kind:
    """Skipped tests of one reason: `where` is their file, `said` what they say; `possible` here, and so not to be skipped."""

    where: str
    said: str
    why: str
    possible: Callable[[], bool]


KINDS = (
    Kind("", r"V2R_LOCAL_DATA|answers of a live model", "recordings and answers that are not the project's to publish", never),
    Kind("", r"nothing says that it is an error|it can answer everything|it looks at no picture|need not give the same bits|stays up on its four",
         "does not apply to this case", never),
    Kind("", r"environments?/mmpose\.json", "no environment of mmpose (1.5 GB; make test-mmpose)", never),
    Kind("", r"snakemake_executor_plugin_slurm", "without SLURM's plugin; make slurm-test has it", never),
    Kind("", r"no CUDA GPU", "no NVIDIA GPU", lambda: shutil.which("nvidia-smi") is not None),
    Kind("", r"no OpenGL here", "no OpenGL (libegl1 libgl1-mesa-dri)", lambda: ctypes.util.find_library("EGL") is not None),
    Kind("", r"no Chromium here|no browser found", "no browser (chromium)", lambda: find_browser() is not None),
    Kind("", r"no environment for mediapipe", "no wheels of mediapipe for this machine", lambda: platform.machine() == "x86_64"),
    Kind("", r"lets no process leave the network", "no namespaces for users", permitted("--user", "--net")),
    Kind("", r"no right to mount", "no right to mount a disk", permitted("--mount")),
    Kind("tests/conformance/test_strangers.py", r"no package registry", "no package registry to fetch strangers' models from", never),
    Kind("tests/slurm/", r"", "no SLURM can be installed (Debian, root)", installs_packages),
)  # fmt: skip
UNKNOWN = Kind("", r"", "not in tests/skips.py", always)


def kind_of(where: str, said: str) -> Kind:
    """The kind of a skipped test."""
    return next(
        (kind for kind in KINDS if where.startswith(kind.where) and re.search(kind.said, said)), UNKNOWN
    )


def lines(skipped: list[tuple[str, str]]) -> tuple[list[str], bool]:
    """One line for each kind and file of (file, reason), and whether all of them may be skipped."""
    counted = Counter(
        (kind_of(where, said), where, said if kind_of(where, said) is UNKNOWN else "")
        for where, said in skipped
    )
    found, fine = [], True
    for (kind, where, said), count in sorted(counted.items(), key=lambda item: (item[0][0].why, item[0][1:])):
        wrong = kind.possible()
        fine = fine and not wrong
        note = "  <- ERROR: this machine can run it" if wrong else ""
        found.append(f"{count:5}  {kind.why}: {where}{f': {said}' if said else ''}{note}")
    return found, fine


def main(record: Path) -> int:
    """Print what `record` holds; 1 if something of it must not be skipped here."""
    read = map(json.loads, record.read_text().splitlines()) if record.exists() else ()
    found, fine = lines([(where, said) for where, said in read])
    print("\n".join(["== skipped, and why:", *(found or ["    0  nothing"])]))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
