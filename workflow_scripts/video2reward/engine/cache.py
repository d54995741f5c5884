"""What costs most and depends on the video alone, taken from a folder that several checkouts share: `snakemake --cache`.

Snakemake files results there by everything they follow from and leaves links to them. Here a result comes with its
job's record, by which it is judged later on, and as a file of its own: results may be copied, and the cache cleared.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import atomic_path
from video2reward.artifacts.job_record import digests, read_job_record, write_job_record
from video2reward.errors import UserError

RECORD = "_job.json"


def share(workflow: Any, rules: Iterable[str]) -> None:
    """Make rules eligible for `--cache` where it was given; their times are then in their records alone.

    Snakemake's `cache:` says the same, but warns in every run without `--cache`, and not beside `benchmark:`.
    """
    if workflow.workflow_settings.cache is None:
        return
    import snakemake.workflow as implementation
    from snakemake.caching.rule import RuleCache

    for name in rules:
        rule = workflow.get_rule(name)
        rule._benchmark = None
        rule.cache = RuleCache.from_rule(
            rule, "omit-software"
        )  # versions: the digests of code and models count
    own: Any = implementation.LocalOutputFileCache
    if not hasattr(own, "with_links"):
        implementation.LocalOutputFileCache = _with_records(own)  # type: ignore[misc]


def _with_records(own: Any) -> Any:
    from snakemake.exceptions import CacheMissException

    class OutputFileCache(own):  # type: ignore[misc]
        """Snakemake's cache, with job records and without links."""

        with_links = own

        def __init__(self) -> None:
            super().__init__()
            self.path.mkdir(parents=True, exist_ok=True)

        async def store(self, job: Any) -> None:
            record, kept = await self._records(job)
            if record.exists():
                _copy(record, kept)
                await super().store(job)
                _unlink(job)

        async def fetch(self, job: Any) -> None:
            record, kept = await self._records(job)
            try:
                found = read_job_record(kept)
            except (OSError, UserError):
                raise CacheMissException(f"{kept} is missing") from None
            await super().fetch(job)
            _unlink(job)
            inputs, outputs = (digests(map(Path, files)) for files in (job.input, job.output))
            if sorted(outputs.values()) != sorted(found.outputs.values()):
                for path in map(Path, job.output):
                    path.unlink()
                raise CacheMissException(f"{kept} is of other files")
            write_job_record(record, replace(found, inputs=inputs, outputs=outputs))

        async def _records(self, job: Any) -> tuple[Path, Path]:
            """Return where a job's record lies beside its results, and where in the cache."""
            key = await self.provenance_hash_map.get_provenance_hash(job)
            return Path(job.log[0]).with_suffix(".json"), self.path / f"{key}{RECORD}"

    return OutputFileCache


def _unlink(job: Any) -> None:
    """Put copies in place of links into the cache; Snakemake goes by their time, as by that of what was just made."""
    for path in map(Path, job.output):
        if path.is_symlink():
            _copy(Path(os.path.realpath(path)), path)


def _copy(source: Path, target: Path) -> None:
    with atomic_path(target) as aside:
        shutil.copyfile(source, aside)
