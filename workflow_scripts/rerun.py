"""Run a bundle again: judge its policies here, or train its whole experiment with its answers replayed, and compare."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import video2reward
from video2reward.artifacts.io import digest, read_json
from video2reward.artifacts.job_record import read_job_record
from video2reward.bundles.again import (
    Judging,
    changed_here,
    compared,
    judgings,
    whole_settings,
    with_settings,
)
from video2reward.bundles.manifest import Manifest
from video2reward.bundles.noise import HEAD, differences, lines
from video2reward.bundles.packing import unpacked
from video2reward.config.command_line import assigned
from video2reward.config.experiments import own_choice
from video2reward.config.robot import load_robot_file
from video2reward.errors import UserError
from video2reward.jobs.code_digest import code_digest
from video2reward.jobs.script import run_script
from video2reward.registry import SIMULATORS, TASKS, simulator_of
from video2reward.results.files import Folder
from video2reward.results.layout import Results
from video2reward.robots.mjcf import mjcf_assets

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "workflow_scripts"
SHOWN = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, help="the file that make bundle wrote")
    parser.add_argument("--results", type=Path, help="folder for all of it; default: reruns/EXPERIMENT")
    parser.add_argument(
        "--config", nargs="*", default=[], help="NAME=VALUE, settings that win over the bundle's"
    )
    parser.add_argument("--whole", action="store_true", help="train again too")
    parser.add_argument("--cores", default="all", help="with --whole: cores to use")
    args = parser.parse_args()
    asked = assigned(args.config)
    folder = args.results or Path("reruns") / (args.bundle.name.split(".")[0] or "bundle")
    manifest = unpacked(args.bundle, folder / "bundle")
    introduce(folder / "bundle", manifest)
    if args.whole:
        whole(folder, manifest, asked, args.cores)
    else:
        quick(folder, manifest, asked)


def introduce(bundle: Path, manifest: Manifest) -> None:
    """Print what the bundle is and what is different here."""
    print(f"{manifest.experiment}: {manifest.robot} learns {manifest.video} by {manifest.method}")
    own = installed(manifest.versions)
    other = [
        f"{name} {then} there, {own[name]} here"
        for name, then in manifest.versions.items()
        if own.get(name, then) != then
    ]
    changed = list(changed_here(bundle, ROOT))
    for sentence in (*other, *changed[:SHOWN]):
        print(f"differs: {sentence}")
    if len(changed) > SHOWN:
        print(f"differs: and {len(changed) - SHOWN} files more")


def installed(names: Iterable[str]) -> dict[str, str]:
    """Return package -> version here, without those that only another environment has, as a pose backend's."""
    found = {"python": platform.python_version(), "video2reward": video2reward.__version__}
    for name in {*names} - {*found}:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def quick(folder: Path, manifest: Manifest, asked: Mapping[str, Any]) -> None:
    """Judge the bundle's policies again and print what differs."""
    found = judgings(folder / "bundle", manifest)
    if not found:
        raise UserError("the bundle holds no policy; with WHOLE=1 its rewards are trained again")
    table = [HEAD]
    for one in found:
        there = read_json(one.evaluation)
        for name, here in named(one.name, read_json(judged(one, folder, manifest, asked))):
            table += lines(name, differences(there, here))
    print("\n".join(table))


def named(policy: str, found: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the evaluations of a policy with its name, one for each physics where other physics was asked for."""
    if "physics" not in found:
        return [(policy, found)]
    return [(f"{policy}: {one['reason'] or one['words']}", one) for one in found["physics"].values()]


def judged(one: Judging, folder: Path, manifest: Manifest, asked: Mapping[str, Any]) -> Path:
    """Return the evaluation of a policy in this checkout, made unless it is there already."""
    robot = ROOT / "resources" / "robots" / manifest.robot
    mjcf = robot / load_robot_file(manifest.robot, ROOT).mjcf
    bundle = Results(folder / "bundle")
    params = with_settings(one.params, asked)
    elsewhere = "physics" in params
    server = asked.get("evaluation" if elsewhere else "training", {}).get("server")
    files: dict[str, list[Path]] = {
        "policy": [one.policy],
        **({} if elsewhere else {"training": [one.training]}),
        "reference": [bundle.experiment(manifest.experiment).reference],
        "motion": [bundle.video(manifest.video).motion],
        "robot": [robot / "robot.yaml"],
        "mjcf": [mjcf],
        "assets": mjcf_assets(mjcf),
        "server": [Path(server)] if server else [],
    }
    script, rule, here = ("evaluate_policy", one.rule, one.here)
    simulators = [params["training"]["simulator"]]
    if elsewhere:
        script, rule, here = (
            "judge_physics",
            f"{one.rule}_physics",
            one.here.with_stem(f"{one.here.stem}_physics"),
        )
        simulators = [simulator_of(name) for name in params["physics"]]
    chosen = (*dict.fromkeys(map(SIMULATORS.module, simulators)), TASKS.module(params["task"]["name"]))
    code, told = code_digest(script, chosen), json.dumps(params, sort_keys=True)
    evaluation = folder / "judged" / here
    record = Folder(evaluation.parent).record(f"{rule}_{evaluation.stem}")
    if not finished(record, evaluation, told, code, [path for paths in files.values() for path in paths]):
        command: list[str | Path] = [sys.executable, SCRIPTS / f"{script}.py"]
        for name, paths in files.items():
            command += [f"--{name}", *paths]
        command += ["--physics" if elsewhere else "--evaluation", evaluation]
        command += ["--params", told, "--code", code, "--rule", rule]
        print(f"judging again: {one.name}", flush=True)
        if subprocess.run([*command, "--job-record", record], check=False).returncode:
            raise UserError(f"{one.name} could not be judged")
    return evaluation


def finished(record: Path, evaluation: Path, params: str, code: str, files: list[Path]) -> bool:
    """Tell whether an evaluation was made with these settings, code and files."""
    if not record.exists() or not evaluation.exists():
        return False
    made = read_job_record(record)
    now = {str(path): digest(path) for path in files}
    return (made.params, made.code, dict(made.inputs)) == (params, code, now)


def whole(folder: Path, manifest: Manifest, asked: Mapping[str, Any], cores: str) -> None:
    """Run the bundle's whole experiment here, in a results folder of its own, and print what differs."""
    results = folder / "results"
    settings = whole_settings(folder / "bundle", manifest, asked)
    named = {"robot": manifest.robot, "video": manifest.video, "method": manifest.method}
    if manifest.experiment == own_choice(*named.values()).name:
        settings = named | settings
    elif (ROOT / "config" / "experiments" / f"{manifest.experiment}.yaml").exists():
        settings = {"experiments": [manifest.experiment]} | settings
    else:
        raise UserError(
            f"config/experiments/{manifest.experiment}.yaml is missing here; write it: robot: {manifest.robot}, "
            f"video: {manifest.video}, method: {manifest.method}"
        )
    words = [f"{name}={json.dumps(value)}" for name, value in settings.items()]
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", cores]
    command += ["--config", *words, f"results={json.dumps(str(results))}"]
    if status := subprocess.run(command, check=False).returncode:
        raise SystemExit(status)
    table = [HEAD]
    for name, there, here in compared(Results(folder / "bundle"), Results(results), manifest):
        table += lines(name, differences(read_json(there), read_json(here) if here.exists() else {}))
    print("\n".join(table))
    print(f"noise is that between agents; trainings differ by more. The report: {Results(results).report}")


if __name__ == "__main__":
    run_script(main)
