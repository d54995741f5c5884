# Paths (results/layout.py says what lies where), the checked plan and functions that all rules share.
import json
import os
import re
import shlex
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.settings.bases import BASE_NAME, base_name, base_seed
from video2reward.results.claims import SCHEDULER_JOB, claim_as_job
from video2reward.jobs.code_digest import code_digest as digest_of_code
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.engine.gpus import check_gpus
from video2reward.engine.interruption import SENTENCE, Interruption
from video2reward.jobs.garbage import keep_all, look_rarely
from video2reward.jobs.lifeline import VARIABLE, this_process
from video2reward.engine.lock import hold_results
from video2reward.robots.mjcf import mjcf_assets
from video2reward.config.pose_models import own_file, pose_settings
from video2reward.policy.shipped import fits
from video2reward.results.layout import (
    CandidateFiles,
    Results,
    RobotFolder,
    RoundFolder,
)
from video2reward.results.names import check_names
from video2reward.results.places import EVERY_JUDGE, EVERY_LOG
from video2reward.config.critic import critic_of, critic_section, shows_figure
from video2reward.config.judge import judge_of, judge_section
from video2reward.config.recordings import (
    check_recordings,
    recorded_answer,
    recorded_critique,
    recorded_judgement,
)
from video2reward.registry import (
    COMPLETION_PROVIDERS,
    FEEDBACK_SOURCES,
    OTHER_PHYSICS,
    POSE_BACKENDS,
    REPAIRERS,
    SIMULATORS,
    TASKS,
    kind_of_task,
    simulator_of,
)
from video2reward.search.planned import (
    compared_at_the_end,
    planned_graph,
    shown_later,
)
from video2reward.settings.halving import judged_parts
from video2reward.settings.task import Task
from video2reward.settings.training import ON_GPU
from video2reward.sim.known_motions import KNOWN
from video2reward.engine.records import use_job_records
from video2reward.engine.scheduler import let_sleep
from video2reward.engine.submission import avoid_broken_gpus, withhold
from video2reward.engine.tested import check_versions
from video2reward.engine.workflow import command_line_settings, plans

INTERRUPTION = Interruption()

try:
    check_versions()
    PLAN = load_plan(config, ROOT, command_line_settings(workflow))
    check_recordings(PLAN)
    check_names(PLAN.results, PLAN.called)
except UserError as error:
    raise SystemExit(f"error: {error}")

# Jobs end together with the process that executes them: this one, also on a cluster node.
os.environ[VARIABLE] = str(this_process())
if plans(workflow):
    hold_results(PLAN.results)
elif SCHEDULER_JOB in os.environ:
    claim_as_job(PLAN.results, os.environ[SCHEDULER_JOB])
    try:
        check_gpus(PLAN.results)
    except UserError as error:
        raise SystemExit(f"error: {error}")

use_job_records()
# A plan makes millions of objects that stay, on top of what was imported.
keep_all()
look_rarely()

RESULTS = str(PLAN.results)
LAYOUT = Results(PLAN.results)
VIDEO = LAYOUT.video("{video}")
BASE = LAYOUT.robot("{robot}").base("{base}")
EXPERIMENT = LAYOUT.experiment("{experiment}")
BASE_SCORES = EXPERIMENT.base("{base}")
SEED = EXPERIMENT.loop("{seed}")
ITERATION = SEED.round("{n}")
CANDIDATE = ITERATION.candidate("{k}")
PART = ITERATION.part("{part}")
PART_OF_CANDIDATE = PART.candidate("{k}")
REPORT = str(LAYOUT.report)
ENVIRONMENTS = os.path.relpath(ROOT / ".environments")
SCRIPTS = ROOT / "workflow_scripts"
RESOURCES = Path(
    os.path.relpath(ROOT / "resources")
)  # relative: results may move with the project

LOOPS = [(e.name, seed) for e in PLAN.experiments.values() for seed in e.loop.seeds]


wildcard_constraints:
    experiment="|".join(map(re.escape, PLAN.experiments)),
    video="|".join(map(re.escape, PLAN.videos)),
    robot="|".join(map(re.escape, PLAN.practices)),
    base=BASE_NAME,
    seed=r"\d+",
    n=r"\d+",
    k=r"\d+",
    part=r"\d+",
    motion="|".join(motion.name for motion in KNOWN),


def experiment(wildcards):
    """The experiment of the job's wildcard."""
    return PLAN.experiments[wildcards.experiment]


def robot_name(wildcards):
    """The robot of a job."""
    return practice(wildcards).robot


def practice(wildcards):
    """The task of a job's robot, and the training of its base policy; from its own wildcard or its experiment."""
    own = getattr(wildcards, "robot", None)
    return PLAN.practices[own or experiment(wildcards).practice]


@cache
def _digest(script, selected):
    return digest_of_code(script, selected)


def code_digest(script, selected=()):
    """The digest of the code behind a stage, computed once."""
    return _digest(script, tuple(selected))


def settings(**sections):
    """The slice of the configuration that a stage reads, as JSON; sections are settings or plain values."""
    plain = {
        name: value.model_dump(mode="json") if hasattr(value, "model_dump") else value
        for name, value in sections.items()
    }
    return json.dumps(plain, sort_keys=True)


def of_method(wildcards, *keys):
    """The keys of the experiment's method that a stage reads, without the description, which is for people."""
    method = experiment(wildcards).method.model_dump(mode="json", include=set(keys))
    return method | {"description": ""}


class Unwatched(dict):
    """A parameter that does not trigger a rerun: text in the command, but empty when parameters are compared."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def __str__(self):
        return self.text


def arguments(**told):
    """The arguments of a rule's script: its named inputs and outputs, and further values in `told`, each by name.

    A change in `told`, such as a time limit or how a server is called, does not rerun the job. Values may be functions
    of the wildcards.
    """

    def words(wildcards, input, output):
        found = []
        for name, files in [*input.items(), *output.items()]:
            found += [option(name), *([files] if isinstance(files, str) else files)]
        for name, value in told.items():
            value = value(wildcards) if callable(value) else value
            found += [
                option(name),
                value if isinstance(value, str) else json.dumps(value),
            ]
        return Unwatched(shlex.join(found))

    return words


def option(name):
    """A name as a command-line option."""
    return f"--{name.replace('_', '-')}"


def training_settings(settings, *left_out):
    """The training section without keys that this stage does not read; the server's script is an input."""
    return settings.model_dump(
        mode="json",
        exclude={
            "threads",
            "checkpoint_s",
            "server",
            "together",
            "halving",
            *left_out,
        },
        exclude_none=True,
    )


# Priority of what a round waits for, so that all loops' rounds begin early: judging the base policy and the best, films and
# pages fill the gaps.
ROUNDS_FIRST = 1

# Jobs that call the language model; no other job gets its key.
ASKERS = {"sample_completion", "extract_reward", "critique_motion", "judge_motions"}
KEYS = sorted(
    {
        llm.key_variable
        for e in PLAN.experiments.values()
        for llm in (e.loop.llm, e.loop.vlm)
    }
)
UNSET_KEYS = f"unset {shlex.join(KEYS)}; " if KEYS else ""
PYTHON = sys.executable
withhold(KEYS)
avoid_broken_gpus(PLAN.results)


def command(name, rule="{rule}"):
    """The shell command of a rule: its script, its files, its slice of the configuration, record and log.

    `params`, except for `arguments`, decides whether a job runs again and goes into its record, so nothing else belongs
    there. Paths of this checkout are left for Snakemake to fill in, because they may hold braces.
    """
    secrets = "" if name in ASKERS else "{UNSET_KEYS}"
    return (
        f"{secrets}log={{log:q}}; {{PYTHON:q}} {{SCRIPTS:q}}/{name}.py {{params.arguments}} --threads {{threads}} "
        f"--params {{params.settings:q}} --code {{params.code}} --rule {rule} "
        '--job-record "${{log%.log}}.json" 2>&1 | tee "$log"'
    )


def shown(file, caption, category, *, patterns=(), **labels):
    """An output that `snakemake --report` shows, with a caption; `patterns` select files in a folder."""
    return report(
        file,
        caption=f"../resources/captions/{caption}.rst",
        category=category,
        patterns=list(patterns),
        labels=labels,
    )


def simulated(wildcards, without=Task.TRAINED):
    """The settings that every stage reads that simulates without training, with a task without what trainings alone read."""
    return {
        "task": practice(wildcards).task.model_dump(mode="json", exclude=set(without)),
        "training": chooses_simulator(practice(wildcards).training),
    }


def chooses_simulator(training):
    """The settings of a training that choose the simulator; its server's script is an input."""
    chosen = {
        "simulator": training.simulator,
        "server_python": training.server_python,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def simulation_code(name):
    """The code digest of a script that simulates, including the chosen simulator's and task's modules."""

    def digest(wildcards):
        chosen = practice(wildcards)
        simulator = SIMULATORS.module(chosen.training.simulator)
        return code_digest(name, (simulator, TASKS.module(chosen.task.name)))

    return digest


def messages(folder, since):
    """The error messages of jobs that failed after `since` (s), from their logs, without repetitions."""
    found = {}
    for log in sorted(Path(folder).glob(f"**/{EVERY_LOG}")):
        if log.stat().st_mtime >= since:
            for line in log.read_text().splitlines():
                if line.startswith("error: "):
                    found.setdefault(line, log)
    return [f"{line}  [{log}]" for line, log in found.items()]
