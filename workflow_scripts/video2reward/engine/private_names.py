"""Every name of Snakemake and its plugin for SLURM that is used here and that they do not promise to keep.

Nothing outside engine/ touches one. tests/unit/engine/test_private_names.py says in a sentence which one has moved.
What was measured: docs/architecture.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PrivateName:
    """One name, or several of one object that serve one end.

    names: as module:name, for a function's argument module:name(argument)
    module: who uses it, in engine/
    purpose: what for; without: what a user loses if it goes; public: the way to do it without, if there is one
    """

    names: tuple[str, ...]
    module: str
    purpose: str
    without: str
    public: str = "none"


PERSISTENCE = "snakemake.persistence:PersistenceBase"
SCHEDULER = "snakemake.scheduling.job_scheduler:JobScheduler"
GRAPH = "snakemake.dag:DAG"
WORKFLOW = "snakemake.workflow:Workflow"
SUBMIT = "snakemake_executor_plugin_slurm:get_submit_command"

PRIVATE_NAMES = (
    PrivateName(
        (
            f"{PERSISTENCE}.metadata",
            "snakemake.persistence:MetadataRecord.params",
            "snakemake.persistence:MetadataRecord.input",
            "snakemake.persistence:MetadataRecord.input_checksums",
            "snakemake.persistence:MetadataRecord.endtime",
            "snakemake.persistence:RECORD_FORMAT_VERSION",
        ),
        "records",
        "results are judged by the job records beside them",
        "copied, merged and restored results are accepted although their settings changed",
        "none: --persistence-backend db keeps its records by absolute path, apart from the results",
    ),
    PrivateName(
        (
            f"{PERSISTENCE}.lock",
            f"{PERSISTENCE}.path",
            f"{PERSISTENCE}.dag",
            "snakemake.persistence.file:FilePersistence._lockdir",
        ),
        "lock",
        "a run claims its results folder when, and only when, Snakemake locks its working directory",
        "after kill -9 a user has to know --unlock; two working directories may write one results folder",
        "none: onstart comes after the lock",
    ),
    PrivateName(
        (
            f"{WORKFLOW}.scheduler",
            f"{SCHEDULER}._schedule_reevalutation",
            f"{SCHEDULER}.job_rate_limiter",
            "snakemake.scheduling.job_scheduler:JobRateLimiter.get_free_jobs",
            "snakemake.scheduling.job_scheduler:JobRateLimiter.timespan",
        ),
        "scheduler",
        "the scheduler sleeps until a job ends",
        "Snakemake's process takes some ten times its processor time, and a run ends a second later",
        "none: --max-jobs-per-timespan has no value for no limit, and with a long span the process outlives the run",
    ),
    PrivateName(
        (f"{SUBMIT}(job)", f"{SUBMIT}(failed_nodes)"),
        "submission",
        "keys of language models are not submitted; jobs that want a GPU avoid nodes whose GPU is broken",
        "SLURM stores the keys and hands them to nodes; a node with a broken GPU takes every attempt of every training",
        "none: the plugin writes --export=ALL itself and forbids it in slurm_extra; its --slurm-exclude-failed-nodes is "
        "read once, at the start, and an --exclude in slurm_extra replaces what the profile has there",
    ),
    PrivateName(
        ("snakemake.logging:logger",),
        "interruption",
        "jobs that Ctrl-C stopped are not reported as errors",
        "Ctrl-C shows an error for every job that ran",
        "a logger plugin, which would have to print everything else as well",
    ),
    PrivateName(
        (
            f"{GRAPH}.toposorted",
            f"{GRAPH}.dependencies",
            f"{GRAPH}.reason",
            f"{GRAPH}.needrun",
            f"{GRAPH}.workflow",
            "snakemake.dag:Reason.forced",
            "snakemake.dag:Reason.incomplete_output",
            "snakemake.dag:Reason.updated_input_run",
            "snakemake.jobs:Job.wildcards_dict",
            "snakemake.jobs:Job.dag",
            f"{WORKFLOW}._cores",
            f"{WORKFLOW}.rules",
            f"{WORKFLOW}.globals",
            f"{WORKFLOW}.dag_settings",
        ),
        "graph",
        "make status and make estimate: what would run, why, how long and what it costs",
        "make status and make estimate fail",
        "none: logger plugins are given texts of a dry run, not its jobs",
    ),
    PrivateName(
        (f"{WORKFLOW}.is_main_process",),
        "workflow",
        "a job on a node of a cluster does not claim the results that the run on the login node has claimed",
        "jobs on a cluster are refused: the results are in use",
        "none",
    ),
    PrivateName(
        (f"{WORKFLOW}.config_settings", "snakemake.settings.types:ConfigSettings.config"),
        "workflow",
        "what the command line sets wins over an experiment's own overrides",
        "--config is silently ignored where an experiment overrides the same key",
        "none: a Snakefile sees files and command line merged",
    ),
)
