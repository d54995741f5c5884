"""make's values reach programs as they are, whatever they hold; the programs here only say what they were given."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ["`touch pwned`", "$(touch pwned)", "$$(touch pwned)", '"; touch pwned; "', "$(shell touch pwned)", "a'b c(2).mp4", "走路 $HOME"]  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def make(tmp_path):
    """Run make in a checkout whose environment is one that prints its arguments, one a line."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    shutil.copytree(ROOT / "lock", tmp_path / "lock")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "snakemake"):
        program = tmp_path / ".venv" / "bin" / name
        program.write_text("#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n")
        program.chmod(0o755)
    for stamp in ("run", "play"):
        (tmp_path / ".venv" / f"{stamp}.stamp").touch()

    def run(*arguments):
        done = subprocess.run(["make", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert not (tmp_path / "pwned").exists()
        return done

    return run


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("target", "variable", "given"),
    [
        ("run", "VIDEO", "video={}"),
        ("status", "VIDEO", "video={}"),
        ("estimate", "VIDEO", "video={}"),
        ("why", "FILE", "{}"),
        ("merge", "FROM", "{}"),
        ("prune", "RESULTS", "{}"),
        ("bundle", "EXPERIMENT", "{}"),
        ("bundle", "OUT", "{}"),
        ("rerun", "BUNDLE", "{}"),
        ("feedback", "ROUND", "{}"),
        ("prefer", "WHO", "{}"),
        ("prefer", "GROUP", "{}"),
        ("play", "RESULTS", "{}"),
        ("play", "EXPERIMENT", "{}"),
        ("play", "SEED", "{}"),
        ("so-far", "GROUP", "{}"),
        ("so-far", "OUT", "{}"),
        ("robot", "FROM", "{}"),
        ("robot", "NAME", "{}"),
        ("robot", "OUT", "{}"),
    ],
)
def test_values_are_passed_as_they_are(make, target, variable, given, value):
    done = make(target, f"{variable}={value}")
    assert done.returncode == 0, done.stderr
    assert f"<{given.format(value)}>" in done.stdout.splitlines()


@pytest.mark.parametrize("value", HOSTILE)
def test_robot_and_method_too(make, value):
    done = make("run", "VIDEO=clip.mp4", f"ROBOT={value}", f"METHOD={value}")
    assert {f"<robot={value}>", f"<method={value}>"} <= set(done.stdout.splitlines())


def test_a_robot_without_a_video_is_answered(make):
    done = make("run", "ROBOT=go2")
    assert done.returncode != 0 and "ROBOT and METHOD need VIDEO" in done.stderr


def test_settings_are_words_of_the_shell(make):
    done = make("estimate", "SET=iterations=5 llm='{provider: openai, model: m}'")
    assert {"<iterations=5>", "<llm={provider: openai, model: m}>"} <= set(done.stdout.splitlines())
