"""What every workflow script shares: named arguments, its slice of the configuration, job record, error handling."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from video2reward.artifacts.io import Provenance, numbered_names, provenance
from video2reward.artifacts.job_record import JobRecord, digests, write_job_record
from video2reward.artifacts.versions import imported_versions
from video2reward.errors import UserError, disk_trouble
from video2reward.jobs.code_digest import code_modules, selected_modules
from video2reward.jobs.garbage import keep_all, look_rarely
from video2reward.jobs.lifeline import hold_on
from video2reward.text.redaction import hide_variable
from video2reward.text.visible import clean_output, indented


class Script:
    """A script's command line: `--NAME PATH` for each file of its rule, and the arguments that every rule passes.

    `--params JSON --code DIGEST` go into the provenance; with `--job-record FILE` a job record is written there
    when the script succeeds.
    """

    running: ClassVar[Script | None] = None

    def __init__(self, description: str) -> None:
        """Create the command line with the arguments common to all scripts."""
        self._parser = argparse.ArgumentParser(description=description)
        self._parser.add_argument("--params", default="{}", help="JSON: the settings this stage reads")
        self._parser.add_argument("--code", default="", help="digest of the code behind this stage")
        self._parser.add_argument("--threads", type=int, default=1, help="number of threads to use")
        self._parser.add_argument("--rule", help="the rule's name, if it differs from the script's")
        self._parser.add_argument("--job-record", type=Path, help="where the job's record goes")
        self._start = time.time()
        self._inputs: list[str] = []
        self._outputs: list[str] = []
        self.params: dict[str, Any] = {}
        self.args = argparse.Namespace()

    def input(self, *names: str, optional: bool = False, many: bool = False) -> Script:
        """Declare input files; their digests go into the provenance. Optional ones may be empty.

        Declare all inputs of the rule, also those that the script finds through others, such as a robot's meshes.
        """
        nargs = "*" if many else "?" if optional else None
        for name in names:
            self._parser.add_argument(f"--{name}", type=Path, required=not optional, nargs=nargs)
            self._inputs.append(name)
        return self

    def output(self, *names: str, many: bool = False) -> Script:
        """Declare output files."""
        for name in names:
            self._parser.add_argument(f"--{name}", type=Path, required=True, nargs="+" if many else None)
            self._outputs.append(name)
        return self

    def option(self, name: str, kind: Callable[[str], Any], default: Any) -> Script:
        """Declare an option that does not affect the result, such as the time between checkpoints."""
        self._parser.add_argument(f"--{name}", type=kind, default=default)
        return self

    def parse(self) -> Script:
        """Parse the command line; a missing input file is a `UserError`."""
        self.args = self._parser.parse_args()
        Script.running = self
        if self.args.job_record is not None:
            self.args.job_record.unlink(missing_ok=True)  # a record says that its files are complete
        self.params = json.loads(self.args.params)
        asked = {**(self.params.get("llm") or {}), **getattr(self.args, "asking", {})}
        if "key_variable" in asked:
            hide_variable(asked["key_variable"])
        for name, path in self._paths().items():
            if not path.exists():
                raise UserError(f"--{name} {path} does not exist")
        return self

    def path(self, name: str) -> Path:
        """Return a declared file's path."""
        value = getattr(self.args, name.replace("-", "_"))
        assert isinstance(value, Path)
        return value

    def paths(self, name: str) -> list[Path]:
        """Return the paths of a declared file that may be several."""
        value = getattr(self.args, name.replace("-", "_"))
        return [value] if isinstance(value, Path) else list(value or ())

    def provenance(self, extra: Mapping[str, Any] | None = None) -> Provenance:
        """Return the provenance of this script's outputs."""
        return provenance(self._paths(), {**self.params, **(extra or {})}, self.args.code)

    def write_record(self) -> None:
        """Write the job record, if the rule asked for one."""
        if self.args.job_record is None:
            return
        selected = selected_modules(self.args.code)
        write_job_record(
            self.args.job_record,
            JobRecord(
                rule=self.args.rule or Path(sys.argv[0]).stem,
                params=self.args.params,
                code=self.args.code,
                modules=code_modules(Path(sys.argv[0]).stem, selected),
                inputs=digests(self._paths().values()),
                outputs=digests(path for name in self._outputs for path in self.paths(name)),
                versions=imported_versions(),
                started=datetime.fromtimestamp(self._start, UTC).isoformat(timespec="seconds"),
                seconds=round(time.time() - self._start, 3),
                processor_seconds=round(sum(os.times()[:4]), 3),
                peak_mb=round(_peak_mb(), 1),
                threads=self.args.threads,
            ),
        )

    def _paths(self) -> dict[str, Path]:
        values = {name: getattr(self.args, name.replace("-", "_")) for name in self._inputs}
        listed = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        return {name: path for name, path in numbered_names(listed).items() if path is not None}


def _peak_mb() -> float:
    """Return the most memory that this process or one of its finished children held, MiB."""
    return (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )


def run_script(main: Callable[[], None]) -> None:
    """Run a workflow script's `main` and write its job record; errors that a user can fix end it with one sentence.

    Exit status 1 after a `UserError` or when the disk is full or not writable, 130 when interrupted.
    """
    look_rarely()
    hold_on()
    threading.excepthook = _thread_ended
    clean_output()
    try:
        main()
        if Script.running is not None:
            Script.running.write_record()
    except UserError as error:
        _end(str(error), 1)
    except Exception as error:
        sentence = disk_trouble(error)
        if sentence is None:
            raise
        _end(sentence, 1)
    except KeyboardInterrupt:
        _end("interrupted; the same command continues from here", 130)
    finally:
        keep_all()


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    """Report a thread's disk trouble in one sentence, as for TensorBoard's writer; other errors as usual."""
    sentence = disk_trouble(ended.exc_value) if ended.exc_value is not None else None
    if sentence is None:
        threading.__excepthook__(ended)
    else:
        print(f"warning: {sentence}", file=sys.stderr)


def _end(sentence: str, status: int) -> None:
    print(f"error: {indented(sentence)}", file=sys.stderr)
    raise SystemExit(status) from None


def limit_threads(threads: int) -> None:
    """Limit numerical libraries to `threads` threads; call before torch is imported.

    OpenMP threads wait passively: spinning costs a factor of 3 to 4 when training runs share the cores.
    """
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
