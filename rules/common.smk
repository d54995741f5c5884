# Paths, the checked plan and input functions, shared by all rules.
import json
import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.code_digest import code_digest
from video2reward.config import load_plan
from video2reward.errors import UserError
from video2reward.registry import COMPLETION_PROVIDERS, POSE_BACKENDS, SIMULATORS, TASKS

try:
    PLAN = load_plan(config, ROOT)
except UserError as error:
    raise SystemExit(f"error: {error}")

RESULTS = str(PLAN.results)
VIDEO = f"{RESULTS}/videos/{{video}}"
ROBOT = f"{RESULTS}/robots/{{robot}}"
EXPERIMENT = f"{RESULTS}/{{experiment}}"
SEED = f"{EXPERIMENT}/seed{{seed}}"
ITERATION = f"{SEED}/iter{{n}}"
COMPLETIONS = f"{RESULTS}/completions"
REPORT = f"{RESULTS}/report.html"
ENVIRONMENTS = ROOT / ".environments"
SCRIPTS = ROOT / "workflow_scripts"
RESOURCES = ROOT / "resources"

LOOPS = [(e.name, seed) for e in PLAN.experiments.values() for seed in e.loop.seeds]


wildcard_constraints:
    experiment="|".join(PLAN.experiments),
    video="|".join(PLAN.videos),
    robot="|".join(PLAN.robots),
    seed=r"\d+",
    n=r"\d+",
    k=r"\d+",


def experiment(wildcards):
    """The experiment that a wildcard names."""
    return PLAN.experiments[wildcards.experiment]


def of_video(file):
    """A file of the experiment's video."""
    return lambda wildcards: f"{VIDEO}/{file}".format(video=experiment(wildcards).video)


def of_robot(file):
    """A result of the experiment's robot."""
    return lambda wildcards: f"{ROBOT}/{file}".format(robot=experiment(wildcards).robot)


def robot_name(wildcards):
    """The robot of a rule, by its own wildcard or its experiment's."""
    return getattr(wildcards, "robot", None) or experiment(wildcards).robot


def robot_yaml(wildcards):
    """The robot's description."""
    return str(RESOURCES / "robots" / robot_name(wildcards) / "robot.yaml")


def robot_mjcf(wildcards):
    """The robot's model."""
    name = robot_name(wildcards)
    return str(RESOURCES / "robots" / name / PLAN.robots[name].mjcf)


def previous(file):
    """A file of the iteration before; none for the first."""
    return lambda wildcards: (
        []
        if int(wildcards.n) == 1
        else f"{ITERATION}/{file}".format(
            experiment=wildcards.experiment, seed=wildcards.seed, n=int(wildcards.n) - 1
        )
    )


def each_candidate(file):
    """A file of every candidate of the iteration; `{k}` is the candidate."""
    return lambda wildcards: [
        f"{ITERATION}/{file}".format(**wildcards, k=k)
        for k in range(1, experiment(wildcards).loop.samples + 1)
    ]


def last_iteration(file):
    """A file of the loop's last iteration."""
    return lambda wildcards: f"{ITERATION}/{file}".format(
        **wildcards, n=experiment(wildcards).loop.iterations
    )


def settings(**sections):
    """The slice of the configuration a stage reads, as JSON; sections are settings or plain values."""
    plain = {
        name: value.model_dump(mode="json") if hasattr(value, "model_dump") else value
        for name, value in sections.items()
    }
    return json.dumps(plain, sort_keys=True)


def training_settings(settings, *left_out):
    """The training section without the keys that this stage does not read."""
    return settings.model_dump(
        mode="json", exclude={"threads", "checkpoint_s", *left_out}
    )


def optional(flag, path):
    """`--flag path` where there is a path."""
    paths = [path] if isinstance(path, str) else list(path)
    return f"--{flag} " + " ".join(paths) if paths else ""


def command(name, arguments, python=sys.executable):
    """The shell command of a rule: its script, its files, its slice of the configuration, its log."""
    return (
        f"{python} {SCRIPTS / name}.py {arguments} "
        "--params {params.settings:q} --code {params.code} 2>&1 | tee {log}"
    )


def simulation_code(name):
    """The digest of a script that simulates: with the chosen simulator's and task's modules."""
    return code_digest(
        name, (SIMULATORS.module(PLAN.training.simulator), TASKS.module(PLAN.task.name))
    )


def messages(folder, since):
    """The sentences with which jobs ended that failed after `since` (s), from their logs."""
    found = []
    for log in sorted(Path(folder).glob("**/logs/*.log")):
        if log.stat().st_mtime >= since:
            found += [
                f"{line}  [{log}]"
                for line in log.read_text().splitlines()
                if line.startswith("error: ")
            ]
    return found
